"""What a page may measure, checked before it is read."""

import re

from schemas.records import InputRejected

MIN_BODY_LENGTH = 25  # characters; shorter pages are teasers or error pages
MAX_BODY_LENGTH = 1_000_000  # characters; the longest article measured has 29,000, books and dumps have more
MAX_TAGS = 200_000  # opening angle brackets; the page with the most measured has 12,000
MAX_DEPTH = 250  # open elements; the parser gives up the text below 256, the deepest article measured stands at 88

# <div>, </section>: elements that must be closed, so that counting them up and down gives a depth
CLOSED_TAG = re.compile(
    r"<(/?)(?:div|span|section|article|main|aside|table|ul|ol|blockquote|font|b|i|em|strong|a|center|form)\b",
    re.IGNORECASE,
)


def check_tag_count(html: str) -> None:
    """Raise InputRejected for a page with more tags than any article."""
    count = html.count("<")
    if count > MAX_TAGS:
        raise InputRejected("extract", "too_many_tags", f"page has {count:,} tags; the limit is {MAX_TAGS:,}")


def check_nesting(html: str) -> None:
    """Raise InputRejected for a page that nests deeper than the parser reads; an estimate, from the tags alone."""
    depth = deepest = 0
    for closing in CLOSED_TAG.findall(html):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        message = f"page nests {deepest:,} elements deep; the limit is {MAX_DEPTH}"
        raise InputRejected("extract", "too_deep", message)
