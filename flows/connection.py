"""One HTTP/1.1 connection: a checked address dialled, one answer at a time, within limits.

h11, the protocol engine below httpx, on asyncio streams: an eighth of the CPU time that httpx's client takes for a
page, an exact limit on headers, and no second place that could resolve a name or follow a redirect.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import h11

from flows.addresses import Origin, resolve_name
from flows.manners import FetchLimits
from flows.web import NotFetched

READ_BYTES = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Network(Protocol):
    """The way out: what tests put their own servers behind."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a name. Raises OSError."""
        ...

    async def dial(self, address: str, port: int, tls: ssl.SSLContext | None, name: str) -> Streams:
        """Connect to an address; with TLS, verify that it is `name`. Raises OSError."""
        ...


class SystemNetwork:
    """The machine's own network; no proxy, whatever the environment says."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a name. Raises OSError."""
        return await resolve_name(host, port)

    async def dial(self, address: str, port: int, tls: ssl.SSLContext | None, name: str) -> Streams:
        """Connect to an address; with TLS, verify that it is `name`. Raises OSError."""
        server = name.rstrip(".") if tls else None
        return await asyncio.open_connection(address, port, ssl=tls, server_hostname=server)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Status line and headers of an answer."""

    status: int
    status_line: str
    headers: tuple[tuple[str, str], ...]  # as received

    def get(self, name: str) -> str | None:
        """Return the first header of a lower-case name."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """Return all headers of a lower-case name, in order."""
        return [value for key, value in self.headers if key.lower() == name]


class StaleConnection(NotFetched):
    """Raised where a kept connection turns out to be closed: worth asking again at once on a new one."""


class Connection:
    """One connection to one origin, open as long as both sides agree."""

    def __init__(self, streams: Streams, header_bytes: int) -> None:
        self._reader, self._writer = streams
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=header_bytes)
        self._header_bytes = header_bytes
        self._answers = 0

    def is_reusable(self) -> bool:
        """Return whether another request may be sent: the last answer was read whole."""
        return self._http.our_state is h11.IDLE and not self._writer.is_closing() and not self._reader.at_eof()

    async def _take_surplus(self) -> bytes:
        """Return what has come behind an answer; as the beginning of the next one it would be another page's."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(0):  # what is there already
                if data := await self._reader.read(READ_BYTES):
                    self._http.receive_data(data)
        return self._http.trailing_data[0]

    async def ask(self, target: bytes, headers: Iterable[tuple[str, str]]) -> Head:
        """Send a GET and return the head of its answer. Raises NotFetched."""
        if self._answers and await self._take_surplus():
            self.close()
            raise StaleConnection("connection_failed", "something came behind the last answer")
        try:
            with network_errors():
                self._send(h11.Request(method="GET", target=target, headers=list(headers)))
                event = await self._next_event()
                while isinstance(event, h11.InformationalResponse):
                    event = await self._next_event()
        except NotFetched as problem:
            if self._answers and problem.reason == "connection_failed":
                raise StaleConnection(problem.reason, problem.error) from problem
            raise
        assert isinstance(event, h11.Response)  # h11 raises for everything else
        self._answers += 1
        return self._read_head(event)

    def _send(self, request: h11.Request) -> None:
        self._writer.write((self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b""))

    def _read_head(self, event: h11.Response) -> Head:
        raw = event.headers.raw_items()
        size = sum(len(name) + len(value) for name, value in raw)
        if size > self._header_bytes:
            raise NotFetched("headers_too_large", f"the headers have {size:,} bytes; at most {self._header_bytes:,}")
        version, reason = event.http_version.decode("ascii"), event.reason.decode("latin-1")
        return Head(
            status=event.status_code,
            status_line=f"HTTP/{version} {event.status_code} {reason}".rstrip(),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw),
        )

    async def read_chunk(self) -> bytes:
        """Return the next piece of the body as received, empty at its end. Raises NotFetched if it breaks off."""
        with network_errors():
            event = await self._next_event()
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if (await self._take_surplus()).strip():
            raise NotFetched("truncated", "more came than the Content-Length announces")
        if self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        return b""

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(READ_BYTES)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise ConnectionResetError("the server closed the connection without an answer")
            self._http.receive_data(data)
        return event

    def close(self) -> None:
        """Close the connection at once."""
        self._writer.transport.abort()


async def connect(
    network: Network, origin: Origin, addresses: Sequence[str], tls: ssl.SSLContext | None, limits: FetchLimits
) -> Connection:
    """Return a connection to the first of the checked addresses that answers. Raises NotFetched."""
    failure = NotFetched("connection_failed", f"no address of {origin.host!r} was tried")
    for address in addresses:
        try:
            with network_errors():
                async with time_limit(limits.connect_s, "timed_out", "no connection"):
                    streams = await network.dial(address, origin.port, tls, origin.host)
                    return Connection(streams, limits.header_bytes)
        except NotFetched as problem:
            failure = problem
    raise failure


@asynccontextmanager
async def time_limit(seconds: float, reason: str, what: str) -> AsyncIterator[None]:
    """Raise NotFetched where a block takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise NotFetched(reason, f"{what} within {seconds:g} s") from error


@contextmanager
def network_errors() -> Iterator[None]:
    """Turn what goes wrong on a connection into NotFetched."""
    try:
        yield
    except ssl.SSLError as error:
        message = getattr(error, "verify_message", None) or error.reason or str(error)
        raise NotFetched("tls_error", f"no secure connection: {message}") from error
    except TimeoutError as error:  # the system's own
        raise NotFetched("timed_out", "the connection timed out") from error
    except OSError as error:
        message = error.strerror or str(error) or type(error).__name__
        raise NotFetched("connection_failed", f"the connection failed: {message}") from error
    except h11.RemoteProtocolError as error:
        raise _protocol_problem(error) from error
    except h11.LocalProtocolError as error:
        raise NotFetched("invalid_url", f"no request can be made of it: {error}") from error


def _protocol_problem(error: h11.RemoteProtocolError) -> NotFetched:
    if error.error_status_hint == 431:
        return NotFetched("headers_too_large", "the headers do not end within the limit")
    if "complete message body" in str(error):
        return NotFetched("truncated", f"the body breaks off: {error}")
    return NotFetched("protocol_error", f"the answer is no HTTP: {error}")
