"""What the head of an answer tells: whether its body is wanted, when to come back, what to remember."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flows.connection import Head
from flows.web import NotFetched, Wanted

REDIRECTS = frozenset({301, 302, 303, 307, 308})
RETRIED = frozenset(
    {"http_429", "http_500", "http_502", "http_503", "http_504", "timed_out", "connection_failed"}
)  # reasons that may be gone a moment later
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
ACCEPT = {
    "page": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    "sitemap": "application/xml,text/xml,*/*;q=0.5",
}
VALIDATOR = re.compile(r"[\x20-\x7e]{1,500}")  # W/"33a64df5"


def redirect_target(head: Head) -> str | None:
    """Return where an answer leads on to; None if it is the last one."""
    location = head.get("location") if head.status in REDIRECTS else None
    if not location:
        return None
    # Headers are read as Latin-1; addresses in them are UTF-8 where they are not ASCII.
    return location.encode("latin-1").decode("utf-8", "replace")


def check_status(head: Head, now: datetime, *, is_conditional: bool) -> None:
    """Raise NotFetched for a status that brings neither a body, nor a redirect, nor an answer to our condition."""
    if 200 <= head.status < 300 or redirect_target(head) or (head.status == 304 and is_conditional):
        return
    retry_after_s = parse_retry_after(head.get("retry-after"), now)
    message = f"the server answered {head.status_line!r}"
    raise NotFetched(f"http_{head.status}", message, status=head.status, retry_after_s=retry_after_s)


def check_type(head: Head, wanted: Wanted) -> None:
    """Raise NotFetched for a page that says it is none."""
    content_type = (head.get("content-type") or "text/html").partition(";")[0].strip().lower()
    if wanted == "page" and content_type not in PAGE_TYPES:
        message = f"the content type is {content_type[:80]!r}; a page is HTML or text"
        raise NotFetched("wrong_type", message, status=head.status)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return how many seconds to wait; None for a value that says nothing. `now` must be in UTC."""
    if value is None:
        return None
    if re.fullmatch(r"\d{1,9}", value.strip()):  # 120
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def condition_headers(etag: str | None, last_modified: str | None) -> tuple[tuple[str, str], ...]:
    """Return the headers that ask for a body only if it changed; validators no header can hold are left out."""
    named = (("if-none-match", etag), ("if-modified-since", last_modified))
    return tuple((name, value) for name, value in named if value and VALIDATOR.fullmatch(value))
