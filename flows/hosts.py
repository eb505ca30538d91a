"""The hosts of a run: one request at a time to each, at its pace, over one connection that is kept."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from flows.addresses import Origin
from flows.connection import Connection
from flows.site_rules import SiteRules
from flows.web import NotFetched

MAX_HOSTS = 256  # remembered at once, each with an open connection at most; systems allow 1,024 open files

Sleep = Callable[[float], Awaitable[None]]
Timer = Callable[[], float]


class Host:
    """What is known of one origin."""

    def __init__(self, origin: Origin, timer: Timer, sleep: Sleep, patience_s: float) -> None:
        self.origin = origin
        self.users = 0
        self.rules: SiteRules | None = None
        self.rules_lock = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._free_at = 0.0  # by the timer: nothing is asked before
        self._paused_until = 0.0  # by the timer: nothing is asked before, and who cannot wait is sent away
        self._pause_reason = ""
        self._timer = timer
        self._sleep = sleep
        self._patience_s = patience_s

    @asynccontextmanager
    async def turn(self, delay_s: float) -> AsyncIterator[None]:
        """Hold the host for one request, when its pace allows, and let it rest for `delay_s` after.

        Raises NotFetched where it is paused for longer than anyone here waits.
        """
        async with self._turn:
            pause_s = self._paused_until - self._timer()
            if pause_s > self._patience_s:
                message = f"{self.origin.host!r} asked for a pause, of which {pause_s:.0f} s are left"
                raise NotFetched(self._pause_reason, message, retry_after_s=pause_s)
            wait_s = max(self._free_at, self._paused_until) - self._timer()
            if wait_s > 0:
                await self._sleep(wait_s)
            try:
                yield
            finally:
                self._free_at = self._timer() + delay_s

    def pause(self, seconds: float, reason: str) -> None:
        """Ask nothing for so many seconds, because of what went wrong."""
        self._paused_until = max(self._paused_until, self._timer() + seconds)
        self._pause_reason = reason

    def is_forgettable(self) -> bool:
        """Return whether nothing is lost with this host but its rules."""
        return not self.users and max(self._free_at, self._paused_until) <= self._timer()

    def kept_connection(self) -> Connection | None:
        """Return the connection of the last request, if it is still good."""
        if self._connection and not self._connection.is_reusable():
            self.disconnect()
        return self._connection

    def keep_connection(self, connection: Connection) -> None:
        """Keep a connection for the next request."""
        self._connection = connection

    def disconnect(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None


class Hosts:
    """The hosts that a run has met, of which the longest unused are forgotten."""

    def __init__(self, timer: Timer, sleep: Sleep, *, patience_s: float, limit: int = MAX_HOSTS) -> None:
        self._timer = timer
        self._sleep = sleep
        self._patience_s = patience_s
        self._limit = limit
        self._hosts: OrderedDict[Origin, Host] = OrderedDict()

    @contextmanager
    def use(self, origin: Origin) -> Iterator[Host]:
        """Hold on to a host, so that it is not forgotten."""
        host = self._hosts.get(origin) or Host(origin, self._timer, self._sleep, self._patience_s)
        self._hosts[origin] = host
        self._hosts.move_to_end(origin)
        host.users += 1
        self._forget_some()
        try:
            yield host
        finally:
            host.users -= 1

    def _forget_some(self) -> None:
        surplus = len(self._hosts) - self._limit
        if surplus > 0:
            idle = [host for host in self._hosts.values() if host.is_forgettable()]
            for host in idle[:surplus]:
                self._hosts.pop(host.origin).disconnect()

    def close(self) -> None:
        """Close every connection."""
        for host in self._hosts.values():
            host.disconnect()
