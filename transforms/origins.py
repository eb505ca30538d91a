"""Where a republished text comes from: the agency or outlet that the page names as its origin.

A claim of the page, not a finding: nothing here compares texts.
"""

import re
from collections.abc import Sequence

from transforms.agencies import AGENCIES, agency_in_byline, agency_named
from transforms.bylines import NAMELESS, fold_site
from transforms.citations import Reference, origin_publisher
from transforms.domains import is_web_address, registrable_domain

LEADING_BLOCKS = 3  # blocks that may hold the dateline or an editor's note on republication
TRAILING_BLOCKS = 3  # blocks that may hold the credit
MAX_CREDIT_LENGTH = 80  # characters of a credit line
MAX_NOTE_WORDS = 60  # words of a note on republication
_FORMS = "|".join(
    re.escape(form)
    for form in sorted({*AGENCIES, *(form for forms in AGENCIES.values() for form in forms)}, key=len, reverse=True)
)
_NAME = r"(?-i:[A-Z][\w&'’.-]*(?:\s+(?:(?:of|the|and|for)\s+){0,2}[A-Z][\w&'’.-]*){0,5})"
# "LONDON (Reuters) —", "NEW DELHI, 5 March (PTI) -", "(AP) —": the dateline of wire copy
DATELINE = re.compile(rf"(?:[A-Z][^()]{{0,60}}?)?\(\s*(?P<agency>{_FORMS})\s*\)\s*(?:[-–—:]|(?=[A-Z“\"]))")
# "LONDON, March 5 /Xinhua/ --", "MOSCOW, March 5. /TASS/."
SLASHED_DATELINE = re.compile(rf"[A-Z][^/]{{0,60}}?/\s*(?P<agency>{_FORMS})\s*/")
# The end of the last block: "… on Monday. (PTI)", "… on Monday. — Bernama", "… on Monday. /ANI"
CLOSING_CREDIT = re.compile(rf"[.!?”\"’]\s*(?:\((?:with\s)?|[-–—/]{{1,2}}\s*)(?P<agency>{_FORMS})\s*\)?\.?\s*$")
# A line of its own: "Reuters", "(AP)", "— AFP", "Credit: dpa", "via CGTN", "© 2024 AFP. All rights reserved."
CREDIT_LINE = re.compile(
    r"\W*(?:(?:credit|agency|courtesy(?: of)?|copyright|text|by)\b[\s:]*)?(?:(?:©|\(c\))\s*)?(?:(?:19|20)\d\d\s*)?"
    r"(?P<agency>.+?)"
    r"(?:\W*all rights reserved)?\W*",
    re.IGNORECASE,
)
VIA_LINE = re.compile(rf"\W*via[\s:]+(?P<name>{_NAME})\W*", re.IGNORECASE)  # (via CGTN)
_WORK = r"(?:story|article|report|piece|post|essay|column|interview|version of this (?:story|article|piece))"
_AGAIN = r"(?:re-?published|reprinted|syndicated|reproduced)"
_PERMISSION = r"(?:(?:with|by) (?:the )?(?:kind )?permission (?:of|from)\s+)"
# "This story was originally published by Cape Wire.", "Republished from Cape Wire", "This article first appeared in The
# Cape", "This article is republished from Cape Wire under a licence.", "Reprinted with permission from Cape Wire"
REPUBLISHED = re.compile(
    rf"(?:\bthis {_WORK}\s+(?:was |is |has been |had )?(?:(?:originally |first )(?:published|appeared|posted"
    rf"|reported by|written for)|(?:originally |first )?produced by|{_AGAIN}|(?:comes|came) (?:to you )?from)"
    rf"|^\W*(?:(?:originally|first) (?:published|appeared|posted)|{_AGAIN}))\s+"
    rf"(?:here\s+)?{_PERMISSION}?(?:(?:by|in|on|from|at|via)\s+)?{_PERMISSION}?"
    rf"(?P<name>(?-i:[Tt]he\s+)?{_NAME}|(?:[a-z0-9-]+\.)+[a-z]{{2,}})",
    re.IGNORECASE,
)
WEEKDAY_OR_MONTH = re.compile(
    r"(?:\s+(?:on|in))?\s*\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b.*"
    r"|^(?:January|February|March|April|May|June|July|August|September|October|November|December)\b.*"
)


def find_origin(
    blocks: Sequence[str],
    references: Sequence[Reference],
    *,
    authors: Sequence[str],
    agency: str | None,
    publisher: str | None,
    url: str,
    canonical_url: str | None,
) -> str | None:
    """Return the origin that a text claims, None where it claims none but its own publisher.

    The first of: its reference block, a note on republication, an agency among `authors`, `agency` (which the page's
    metadata names), the dateline, a credit at its end, a canonical address on another domain. A listed agency is named
    in full.
    """
    claims = (
        origin_publisher(references),
        republication_note(blocks),
        next((named for author in authors if (named := agency_in_byline(author))), agency),
        dateline_agency(blocks),
        credited_agency(blocks),
        other_domain(url, canonical_url),
    )
    names = (agency_named(claim) or claim for claim in claims if claim and not NAMELESS.fullmatch(claim))
    address = url if is_web_address(url) else canonical_url
    return next((name for name in names if not _is_own(name, publisher, address)), None)


def republication_note(blocks: Sequence[str]) -> str | None:
    """Return the outlet that a note at the start or end names: "This story was originally published by Cape Wire."."""
    for block in (*blocks[:LEADING_BLOCKS], *blocks[-TRAILING_BLOCKS:]):
        note = REPUBLISHED.search(block) if len(block.split()) <= MAX_NOTE_WORDS else None
        name = WEEKDAY_OR_MONTH.sub("", note["name"]).strip(" .,’'") if note else ""
        if name:
            return name
    return None


def dateline_agency(blocks: Sequence[str]) -> str | None:
    """Return the agency of a dateline: "LONDON (Reuters) — The …" gives Reuters."""
    for block in blocks[:LEADING_BLOCKS]:
        dateline = DATELINE.match(block) or SLASHED_DATELINE.match(block)
        if dateline:
            return agency_named(dateline["agency"])
    return None


def credited_agency(blocks: Sequence[str]) -> str | None:
    """Return the agency of a credit line at the end, or of the last words: "… on Monday. (PTI)"."""
    for block in blocks[-TRAILING_BLOCKS:]:
        if len(block) > MAX_CREDIT_LENGTH:
            continue
        via, line = VIA_LINE.fullmatch(block), CREDIT_LINE.fullmatch(block)
        agency = via["name"] if via else agency_named(line["agency"]) if line else None
        if agency:
            return agency
    closing = CLOSING_CREDIT.search(blocks[-1]) if blocks else None
    return agency_named(closing["agency"]) if closing else None


def other_domain(url: str, canonical_url: str | None) -> str | None:
    """Return the domain of the canonical address where the page was read from another outlet's domain."""
    own, canonical = registrable_domain(url), registrable_domain(canonical_url)
    if not is_web_address(url) or not own or not canonical or _label(own) == _label(canonical):
        return None
    return canonical


def _is_own(name: str, publisher: str | None, url: str | None) -> bool:
    """Return whether `name` is the page's own outlet, by its publisher's name or its address."""
    domain = registrable_domain(url)
    own = (publisher or "", agency_named(publisher or "") or "", _label(domain or ""), domain or "")
    return fold_site(name) in {folded for outlet in own for folded in (fold_site(outlet), fold_site(f"{outlet} news"))}


def _label(domain: str) -> str:
    """Return what names the outlet in a domain: the bbc of bbc.co.uk."""
    return domain.split(".")[0]
