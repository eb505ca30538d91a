"""What a site allows us: its robots.txt and its tdmrep.json, fetched once and kept for a day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from flows.robots import PRODUCT_TOKEN, ROBOTS_BYTES, Robots, parse_robots
from flows.tdm import TDMREP_BYTES, TDMREP_PATH, TdmRule, parse_tdmrep, reserved_by_site
from flows.web import NotFetched

RULES_S = 86_400.0  # kept at most 24 hours (RFC 9309 §2.4)
UNREACHABLE_S = 600.0  # after which a site that did not tell its rules is asked for them again
# The page itself would meet these too, so they are its own outcome rather than that of its robots.txt.
HOST_PROBLEMS = frozenset(
    {"private_address", "no_contact", "dns_failure", "connection_failed", "tls_error", "timed_out"}
)
GONE_ASTRAY = frozenset({"too_many_redirects", "redirect_loop"})

NO_RULES = Robots()

FetchRules = Callable[[str, int], Awaitable[bytes]]  # path on the site, limit in bytes at which the answer is cut


class RulesNotFetched(NotFetched):
    """Raised by a FetchRules; `is_elsewhere` says that the problem is that of another host, redirected to."""

    def __init__(self, problem: NotFetched, *, is_elsewhere: bool) -> None:
        super().__init__(problem.reason, problem.error, status=problem.status, retry_after_s=problem.retry_after_s)
        self.is_elsewhere = is_elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """The rules of one site, or the reason why they are unknown and nothing may be asked."""

    fresh_until: float  # by the fetcher's timer
    robots: Robots
    tdm: tuple[TdmRule, ...] = ()
    unknown: NotFetched | None = None

    @property
    def crawl_delay_s(self) -> float:
        """How long the site wants us to wait between two requests."""
        return self.robots.crawl_delay_s or 0.0

    def check(self, path: bytes) -> None:
        """Raise NotFetched if a path may not be asked for."""
        if self.unknown:
            raise self.unknown.copy()
        if not self.robots.allows(path):
            raise NotFetched("robots_disallowed", f"robots.txt disallows it to {PRODUCT_TOKEN.decode()}")

    def reserves(self, path: bytes) -> bool | None:
        """Return what the site says on text and data mining of a path; None if nothing."""
        return reserved_by_site(self.tdm, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRules:
    """The files in which a site states its rules, as they came."""

    robots: bytes | None  # None: there is none
    tdmrep: bytes | None
    stated_at: datetime
    is_certain: bool = True  # a file that is not there was said not to be there

    def parse(self, fresh_until: float) -> SiteRules:
        """Return the rules."""
        return SiteRules(
            fresh_until=fresh_until,
            robots=NO_RULES if self.robots is None else parse_robots(self.robots),
            tdm=() if self.tdmrep is None else parse_tdmrep(self.tdmrep),
        )


async def ask_for_rules(fetch: FetchRules, now: datetime) -> StatedRules:
    """Return what a site states. Raises NotFetched where its rules stay unknown, so that nothing may be asked."""
    try:
        robots = await fetch("/robots.txt", ROBOTS_BYTES + 1)
    except RulesNotFetched as problem:
        if unknown := _judge_absence(problem):
            raise unknown from problem
        robots = None
    is_certain = True
    try:
        tdmrep = await fetch(TDMREP_PATH, TDMREP_BYTES)
    except RulesNotFetched as problem:
        tdmrep = None  # nothing is declared
        is_certain = _is_absent(problem)
    return StatedRules(robots=robots, tdmrep=tdmrep, stated_at=now, is_certain=is_certain)


def _judge_absence(problem: RulesNotFetched) -> NotFetched | None:
    """Return None where an absent robots.txt allows everything (RFC 9309 §2.3.1.3), else why nothing may be asked.

    A 429 is no absence: it asks for less.
    """
    if problem.reason in GONE_ASTRAY or _is_absent(problem):
        return None
    if problem.reason in HOST_PROBLEMS and not problem.is_elsewhere:
        return problem.copy()
    message = f"robots.txt: {problem.reason}: {problem.error}"
    return NotFetched("robots_unreachable", message, status=problem.status, retry_after_s=problem.retry_after_s)


def _is_absent(problem: NotFetched) -> bool:
    is_client_error = problem.status is not None and 400 <= problem.status < 500 and problem.status != 429
    return is_client_error and problem.reason.startswith("http_")
