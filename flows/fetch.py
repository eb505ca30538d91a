"""Polite and safe HTTP: one address in, its body or the reason why there is none out.

Each request, and each redirect, goes the same way: the address is parsed and judged, the site's rules are asked, the
host's turn is waited for, the name is resolved and judged when connecting, the answer is read within limits.
"""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import count
from types import TracebackType

import httpx

from flows.addresses import Origin, checked_addresses, origin_of, parse_url, resolve_link
from flows.answers import RETRIED, check_status, redirect_target
from flows.connection import Connection, Head, Network, StaleConnection, SystemNetwork, connect, time_limit
from flows.exchange import Answer, Question, exchange
from flows.hosts import Host, Hosts, Sleep, Timer
from flows.inflate import CODINGS
from flows.inquiry import Inquiry
from flows.manners import FetchLimits, Manners
from flows.rules_cache import RulesCache
from flows.site_rules import NO_RULES, RULES_S, UNREACHABLE_S, FetchRules, RulesNotFetched, SiteRules, ask_for_rules
from flows.web import NotFetched, WebRequest, WebResponse


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Fetcher:
    """Fetches addresses, any number at a time, at most one at a time from each host.

    Use it as an async context manager, which closes its connections, and within one event loop.
    """

    def __init__(
        self,
        manners: Manners,
        limits: FetchLimits | None = None,
        *,
        rules_cache: RulesCache | None = None,
        network: Network | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = utc_now,
        timer: Timer = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.manners = manners
        self.limits = limits or FetchLimits()
        self._rules_cache = rules_cache
        self._network = network or SystemNetwork()
        self._given_tls = tls
        self._clock = clock
        self._timer = timer
        self._jitter = jitter
        self._hosts = Hosts(timer, sleep, patience_s=self.limits.retry_after_s)
        self._headers = (("user-agent", manners.user_agent), ("accept-encoding", CODINGS))

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hosts.close()
        await asyncio.sleep(0)  # in which the loop closes the sockets

    async def fetch(self, request: WebRequest) -> WebResponse:
        """Return what became of a request; whatever the network does is an outcome, never an exception."""
        inquiry = Inquiry(request=request, manners=self.manners, limits=self.limits, clock=self._clock)
        try:
            visit = partial(self._visit, inquiry)
            return inquiry.respond(await self._follow(request.url, inquiry.trail, visit))
        except NotFetched as problem:
            return inquiry.fail(problem)

    async def _follow(
        self, address: str, trail: list[httpx.URL], visit: Callable[[httpx.URL], Awaitable[Answer]]
    ) -> Answer:
        """Return the last answer of a chain of redirects, whose addresses are put on the trail."""
        url = parse_url(address)
        while True:
            if url in trail:
                raise NotFetched("redirect_loop", f"redirected back to {url}")
            if len(trail) > self.limits.redirects:
                raise NotFetched("too_many_redirects", f"redirected more than {self.limits.redirects} times")
            trail.append(url)
            answer = await visit(url)
            target = redirect_target(answer.head)
            if target is None:
                return answer
            url = resolve_link(url, target)

    async def _visit(self, inquiry: Inquiry, url: httpx.URL) -> Answer:
        """Return the answer of one address, if its site allows to ask."""
        with self._hosts.use(origin_of(url)) as host:
            rules = await self._rules_of(host, url, inquiry.delay_s)
            rules.check(url.raw_path)
            inquiry.note_reservation(rules.reserves(url.raw_path))
            delay_s = max(inquiry.delay_s, rules.crawl_delay_s)
            return await self._ask_patiently(host, url, inquiry.question(url), delay_s)

    async def _rules_of(self, host: Host, url: httpx.URL, delay_s: float) -> SiteRules:
        async with host.rules_lock:
            if host.rules is None or self._timer() > host.rules.fresh_until:
                host.rules = await self._load_rules(host.origin, partial(self._fetch_rules, url, delay_s))
            return host.rules

    async def _load_rules(self, origin: Origin, fetch: FetchRules) -> SiteRules:
        """Return the rules of a site, as it stated them within the last day or states them now."""
        stated = self._rules_cache.find(origin) if self._rules_cache else None
        age_s = (self._clock() - stated.stated_at).total_seconds() if stated else 0.0
        if stated and 0 <= age_s < RULES_S:
            return stated.parse(self._timer() + RULES_S - age_s)
        try:
            stated = await ask_for_rules(fetch, self._clock())
        except NotFetched as unknown:
            return SiteRules(fresh_until=self._timer() + UNREACHABLE_S, robots=NO_RULES, unknown=unknown.copy())
        if self._rules_cache and stated.is_certain:
            self._rules_cache.keep(origin, stated)
        return stated.parse(self._timer() + RULES_S)

    async def _fetch_rules(self, site: httpx.URL, delay_s: float, path: str, limit: int) -> bytes:
        """Return a file in which a site states its rules, cut at a limit. Raises RulesNotFetched."""

        def judge(head: Head) -> bool:
            check_status(head, self._clock(), is_conditional=False)
            return not redirect_target(head)

        async def visit(url: httpx.URL) -> Answer:
            with self._hosts.use(origin_of(url)) as host:
                return await self._ask_patiently(host, url, question, delay_s)

        question = Question(headers=(("accept", "*/*"),), judge=judge, body_bytes=limit, is_cut=True)
        trail: list[httpx.URL] = []
        try:
            answer = await self._follow(str(site.join(path)), trail, visit)
        except NotFetched as problem:
            raise RulesNotFetched(problem, is_elsewhere=len(trail) > 1) from problem
        return answer.body

    async def _ask_patiently(self, host: Host, url: httpx.URL, question: Question, delay_s: float) -> Answer:
        """Return the answer, asking again after a while where the reason may be gone by then."""
        for attempt in count():
            try:
                async with host.turn(delay_s):
                    return await self._ask(host, url, question)
            except NotFetched as problem:
                if problem.reason not in RETRIED:
                    raise
                backoff_s = self.limits.backoff_s * 2**attempt * (1 + self._jitter())
                wait_s = max(backoff_s, problem.retry_after_s or 0.0)
                is_last = attempt == self.limits.retries
                if not is_last or problem.retry_after_s:
                    host.pause(wait_s, problem.reason)
                if is_last or wait_s > self.limits.retry_after_s:
                    raise
        raise AssertionError("count() has no end")

    async def _ask(self, host: Host, url: httpx.URL, question: Question) -> Answer:
        """Return the answer over the host's connection, or over a new one."""
        kept = host.kept_connection()
        if kept:
            with suppress(StaleConnection):
                return await self._ask_over(kept, host, url, question)
        return await self._ask_over(await self._connect(host), host, url, question)

    async def _ask_over(self, connection: Connection, host: Host, url: httpx.URL, question: Question) -> Answer:
        host.keep_connection(connection)
        try:
            headers = (("host", url.netloc.decode("ascii")), *self._headers)
            return await exchange(connection, url.raw_path, headers, question, self.limits)
        finally:
            host.kept_connection()  # closes one that cannot be used again

    async def _connect(self, host: Host) -> Connection:
        async with time_limit(self.limits.connect_s, "timed_out", "the name was not resolved"):
            addresses = await checked_addresses(
                host.origin,
                self._network.resolve,
                allow_private=self.manners.allow_private,
                has_contact=self.manners.contact is not None,
            )
        tls = self._tls if host.origin.scheme == "https" else None
        return await connect(self._network, host.origin, addresses, tls, self.limits)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context(trust_env=False)
