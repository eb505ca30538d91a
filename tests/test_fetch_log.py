"""What is remembered of an address: validators for what stands, longer and longer pauses for what fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.fetch_log import FetchLog, fetch_row, is_due
from flows.store import Store
from flows.web import FetchDecision, WebResponse
from schemas.records import Fetch

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://a.example/1"


def answer(
    decision: FetchDecision = "fetched", reason: str | None = None, retry_after_s: float | None = None
) -> WebResponse:
    return WebResponse(
        url=URL,
        final_url=URL,
        decision=decision,
        fetched_at=NOW,
        status=200,
        reason=reason,
        body=b"text",
        etag='"1"',
        retry_after_s=retry_after_s,
    )


def row_of(before: Fetch | None, response: WebResponse) -> Fetch:
    return fetch_row(before, response, url=URL, source="a", kind="page")


def test_pauses_double_from_15_minutes_to_7_days() -> None:
    row, minutes = None, []
    for _ in range(13):
        row = row_of(row, answer("failed", "http_503"))
        assert row.next_attempt_at
        assert (row.etag, row.decision) == (None, "failed")
        minutes.append((row.next_attempt_at - NOW) / timedelta(minutes=1))
    assert minutes == [*(15 * 2**n for n in range(10)), *[7 * 24 * 60] * 3]
    good = row_of(row, answer())
    assert (good.failure_count, good.next_attempt_at, good.etag) == (0, None, '"1"')


@pytest.mark.parametrize(
    ("reason", "retry_after_s", "minutes"),
    [("http_429", 7200.0, 120), ("http_429", 1.0, 15), ("http_503", 1e9, 7 * 24 * 60), ("private_address", None, None)],
)
def test_a_pause_is_as_long_as_asked_for(reason: str, retry_after_s: float | None, minutes: int | None) -> None:
    row = row_of(None, answer("failed", reason, retry_after_s))
    assert row.next_attempt_at == (None if minutes is None else NOW + timedelta(minutes=minutes))


def test_a_page_that_has_not_changed_keeps_its_row() -> None:
    row = row_of(None, answer())
    later = replace(answer("not_modified"), fetched_at=NOW + timedelta(days=1), body=b"", status=304)
    assert row_of(row, later) == row


def test_rows_wait_for_the_commit_of_what_they_speak_of(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    store.staging.mkdir(parents=True)
    log = FetchLog(store)
    rows = [replace(row_of(None, answer()), url=f"https://a.example/{number}") for number in range(4)]
    for number, row in enumerate(rows):
        log.note(number + 1, row)
    log.commit(2)
    assert [log.known().find(row.url) for row in rows] == [rows[0], rows[1], None, None]
    log.commit(4)
    assert [log.known().find(row.url) for row in rows] == rows
    path = tmp_path / "out" / "fetches" / "part-0.parquet"
    before = path.stat().st_ino
    log.note(5, replace(rows[0], fetched_at=NOW + timedelta(days=1)))  # says the same as before
    log.commit(5)
    assert path.stat().st_ino == before
    log.note(6, row_of(rows[1], answer("failed", "http_404")))
    log.commit(6)
    assert log.known().failed_pages("a", NOW) == []
    assert log.known().failed_pages("a", NOW + timedelta(hours=1)) == [URL]
    assert log.known().urls("a", "sitemap") == []


@pytest.mark.parametrize(
    ("hours", "due"), [(-1, True), (0, True), (1, False), (7 * 24, False), (7 * 24 + 1, True), (24 * 365, True)]
)
def test_a_pause_that_only_a_wrong_clock_can_have_set_is_over(tmp_path: Path, hours: int, due: bool) -> None:
    next_attempt = NOW + timedelta(hours=hours)
    assert is_due(next_attempt, NOW) is due
    log = FetchLog(Store(tmp_path))
    (tmp_path / ".staging").mkdir()
    failed = row_of(None, answer("failed", "http_503"))
    log.note(1, replace(failed, next_attempt_at=next_attempt))
    log.commit(1)
    assert (URL in log.known().failed_pages("a", NOW)) is due
