"""Reservation of text and data mining: the signals of the TDM Reservation Protocol (W3C community group, 2024).

A page is reserved if its header, its `<meta>` or the site's tdmrep.json says so. The protocol lets a page overrule its
site; here a signal only ever adds a reservation, so that no page is mined whose site says no.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.path_patterns import PathPattern, normalise_path, parse_pattern

TDMREP_PATH = "/.well-known/tdmrep.json"
TDMREP_BYTES = 256 * 1024  # a few rules are usual
MAX_RULES = 10_000
HEAD_BYTES = 256 * 1024  # of a page, searched for its <meta>
META = re.compile(rb"<meta\b[^>]{0,1000}>")  # <meta name="tdm-reservation" content="1"> (searched in lower case)
NAME = re.compile(rb"""\bname\s*=\s*["']?\s*tdm-reservation["'\s/>]""")  # name="tdm-reservation"
CONTENT = re.compile(rb"""\bcontent\s*=\s*["']?\s*([01])\s*["'\s/>]""")  # content="1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmRule:
    """One entry of tdmrep.json."""

    pattern: PathPattern
    reserved: bool


def parse_tdmrep(content: bytes) -> tuple[TdmRule, ...]:
    """Return the rules of a tdmrep.json, the most specific first; none where it is malformed."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    rules = [rule for entry in entries[:MAX_RULES] if (rule := _parse_rule(entry))]
    return tuple(sorted(rules, key=lambda rule: (-rule.pattern.length, not rule.reserved)))


def _parse_rule(entry: object) -> TdmRule | None:
    if not isinstance(entry, dict):
        return None
    location, reservation = entry.get("location"), entry.get("tdm-reservation")
    if not isinstance(location, str) or str(reservation) not in ("0", "1"):
        return None
    pattern = parse_pattern(location.strip().encode("utf-8", "replace"))
    return TdmRule(pattern=pattern, reserved=str(reservation) == "1")


def reserved_by_site(rules: Iterable[TdmRule], path: bytes) -> bool | None:
    """Return what the most specific rule for a path says; None if there is none."""
    normalised = normalise_path(path)
    return next((rule.reserved for rule in rules if rule.pattern.matches(normalised)), None)


def reserved_by_header(headers: Iterable[tuple[str, str]]) -> bool | None:
    """Return what the header `tdm-reservation` says; None if it is absent."""
    return _strictest(value.strip() == "1" for name, value in headers if name.lower() == "tdm-reservation")


def reserved_by_page(body: bytes) -> bool | None:
    """Return what `<meta name="tdm-reservation">` says; None if it is absent."""
    head = body[:HEAD_BYTES].lower()
    if b"tdm-reservation" not in head:
        return None
    values = (CONTENT.search(tag) for tag in META.findall(head) if NAME.search(tag))
    return _strictest(value[1] == b"1" for value in values if value)


def combine_signals(*signals: bool | None) -> bool | None:
    """Return True if any signal reserves, False if none does and one says so, None where nothing is said."""
    return _strictest(signal for signal in signals if signal is not None)


def _strictest(signals: Iterable[bool]) -> bool | None:
    return max(signals, default=None)
