from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.addresses import parse_url, resolve_link
from flows.answers import parse_retry_after, redirect_target
from flows.connection import Head
from flows.web import NotFetched

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Fri, 20 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 13:00:00 +0100", 0.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("Friday, 20-Nov-26 12:00:10 GMT", 10.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
@example("Fri, 20 Nov 99999 12:00:00 GMT")
@example("Fri, 20 Nov 2026 12:00:00 +99999999999999999999")
@example("20 Nov 2026 12:00:00 -9959")
def test_any_retry_after_is_understood_or_not(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.text(st.characters(max_codepoint=255), max_size=40))
@example("http://[::ffff:0:0:0]:99999999999/")
@example("http://xn--a/")
@example("//\x80.example.org")
@example("http://" + "a" * 300 + "/")
def test_any_location_is_an_address_or_refused(location: str) -> None:
    target = redirect_target(Head(status=302, status_line="HTTP/1.1 302", headers=(("Location", location),)))
    try:
        url = resolve_link(parse_url("http://example.org/"), target or "/")
    except NotFetched:
        return
    assert url.scheme in ("http", "https")
    assert url.raw_path.startswith(b"/")
