"""robots.txt, decided as RFC 9309 says: groups, the longest match, and what its absence means.

A parser of our own because the usual ones decide otherwise where the RFC is exact: they take a token that is a part of
ours for ours, let `Crawl-delay` end a group, or read `$` and `index.html` in ways of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.path_patterns import PathPattern, normalise_path, parse_pattern

PRODUCT_TOKEN = b"onrecord"
ROBOTS_BYTES = 500 * 1024  # RFC 9309 §2.5: at least 500 KiB are parsed
MAX_CRAWL_DELAY_S = 60.0  # a longer delay would stretch a run over days; 60 s are 1,440 pages a day
LINE_END = re.compile(rb"\r\n|\r|\n")
FIELDS = frozenset({b"allow", b"disallow", b"crawl-delay"})
TOKEN = re.compile(rb"[A-Za-z_-]+|\*")  # `onrecord` in `OnRecord/1.0`


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One allow or disallow line."""

    allow: bool
    pattern: PathPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a robots.txt says to us."""

    rules: tuple[Rule, ...] = ()  # the most specific first, allow before disallow
    crawl_delay_s: float | None = None  # capped at MAX_CRAWL_DELAY_S

    def allows(self, path: bytes) -> bool:
        """Return whether we may ask for a path with its query, as it stands in the request."""
        if not self.rules or path == b"/robots.txt":
            return True
        normalised = normalise_path(path)
        return next((rule.allow for rule in self.rules if rule.pattern.matches(normalised)), True)


def parse_robots(content: bytes, token: bytes = PRODUCT_TOKEN) -> Robots:
    """Return the rules for a product token: of the groups that name it, else of the groups for `*`."""
    ours: list[tuple[bytes, bytes]] = []
    general: list[tuple[bytes, bytes]] = []
    is_named = names_us = names_all = in_rules = False
    for field, value in _read_lines(content):
        if field == b"user-agent":
            if in_rules:
                names_us = names_all = in_rules = False
            agent = TOKEN.match(value)
            names_us = names_us or (agent is not None and agent[0].lower() == token.lower())
            names_all = names_all or (agent is not None and agent[0] == b"*")
            is_named = is_named or names_us
        elif field in FIELDS:
            # Only rules end a group's list of user agents; other records never interfere (§2.2.4).
            in_rules = in_rules or field != b"crawl-delay"
            if names_us:
                ours.append((field, value))
            elif names_all:
                general.append((field, value))
    return _make_robots(ours if is_named else general)


def _read_lines(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    lines = LINE_END.split(content[:ROBOTS_BYTES].removeprefix(b"\xef\xbb\xbf"))
    if len(content) > ROBOTS_BYTES:
        lines.pop()  # half a line could forbid more, or less, than the whole
    for line in lines:
        field, colon, value = line.partition(b"#")[0].partition(b":")
        if colon:
            yield field.strip().lower(), value.strip()


def _make_robots(lines: list[tuple[bytes, bytes]]) -> Robots:
    rules = {
        Rule(allow=field == b"allow", pattern=parse_pattern(value))
        for field, value in lines
        if field in (b"allow", b"disallow") and value
    }
    delays = [delay for field, value in lines if field == b"crawl-delay" and (delay := _seconds(value)) is not None]
    return Robots(
        rules=tuple(sorted(rules, key=lambda rule: (-rule.pattern.length, not rule.allow))),
        crawl_delay_s=min(max(delays), MAX_CRAWL_DELAY_S) if delays else None,
    )


def _seconds(value: bytes) -> float | None:
    return float(value) if re.fullmatch(rb"\d{1,9}(?:\.\d{1,9})?", value) else None  # 2.5
