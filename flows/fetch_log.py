"""What is remembered of every address that was asked for: the table `fetches`, sorted by address.

A row is written after the commit of the articles and rejections that it speaks of, so that a validator is only ever
sent for a page whose outcome stands. What a kill leaves unsaid costs one more request.
"""

import hashlib
import json
from bisect import bisect_left
from collections import deque
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from flows.store import Store
from flows.web import WebResponse
from schemas.arrow import to_table
from schemas.records import Fetch, FetchKind

FIRST_RETRY = timedelta(minutes=15)  # after the first failure, doubled after each further one
LAST_RETRY = timedelta(days=7)
# Refused before anything was asked: judged anew in every run, as that costs nobody a request.
UNASKED = frozenset({"no_contact", "private_address", "invalid_url", "unsupported_scheme"})
MAX_VALIDATOR_LENGTH = 500  # characters; longer ones are never sent


class KnownFetches:
    """The rows of `fetches` as they stood at one moment; `rejected` are the inputs that were rejections then."""

    def __init__(self, rows: pa.Table, rejected: Collection[str] = ()) -> None:
        self._rows = rows.combine_chunks()
        self._urls = self._rows["url"]
        self._rejected = rejected

    def find(self, url: str) -> Fetch | None:
        """Return the row of an address; None if there is none."""
        place = bisect_left(range(len(self._urls)), url, key=lambda place: self._urls[place].as_py())
        if place == len(self._urls) or self._urls[place].as_py() != url:
            return None
        return Fetch(**self._rows.slice(place, 1).to_pylist()[0])

    def is_article(self, row: Fetch) -> bool:
        """Return whether a page's validators are those of an article: its newest version, but for later failures."""
        return row.decision != "fetched" or row.url not in self._rejected

    def urls(self, source: str, kind: FetchKind) -> list[str]:
        """Return the addresses of one kind that a source led to."""
        return self._urls_where((pc.field("source") == source) & (pc.field("kind") == kind))

    def failed_pages(self, source: str, now: datetime) -> list[str]:
        """Return the pages of a source that failed and may be asked for again."""
        is_mine = (pc.field("source") == source) & (pc.field("kind") == "page")
        due = [now, now + LAST_RETRY]
        before, after = (pa.scalar(time, pa.timestamp("us", tz="UTC")) for time in due)
        is_due = (pc.field("next_attempt_at") <= before) | (pc.field("next_attempt_at") > after)
        return self._urls_where(is_mine & is_due)

    def _urls_where(self, condition: pc.Expression) -> list[str]:
        urls: list[str] = self._rows.filter(condition)["url"].to_pylist()
        return urls


class FetchLog:
    """Rows to write, each once the inputs before it are committed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._waiting: deque[tuple[int, Fetch]] = deque()

    def known(self) -> KnownFetches:
        """Return the rows as they stand."""
        return KnownFetches(self.store.read_root("fetches"), self.store.rejected_items())

    def note(self, after: int, row: Fetch) -> None:
        """Remember a row that speaks of nothing behind the run's first `after` inputs; never fewer than before."""
        self._waiting.append((after, row))

    def commit(self, committed: int) -> None:
        """Write the rows that speak of the first `committed` inputs; a table in which nothing changes stays as is."""
        ready: dict[str, Fetch] = {}
        while self._waiting and self._waiting[0][0] <= committed:
            row = self._waiting.popleft()[1]
            ready[row.url] = row
        erased = self.store.erased()
        kept_rows = [Fetch(**erased.mask_row(asdict(row))) for row in ready.values() if not erased.has(row.url)]
        masked = {row.url: row for row in kept_rows}
        if not masked:
            return
        standing = self.store.read_root("fetches")
        known = KnownFetches(standing)
        changed = [row for row in masked.values() if not _says_the_same(known.find(row.url), row)]
        if changed:
            replaced = pa.array([row.url for row in changed], pa.string())
            kept = standing.filter(pc.invert(pc.is_in(standing["url"], replaced)))
            whole = pa.concat_tables([kept, to_table("fetches", changed)])
            self.store.write_root("fetches", whole.take(pc.sort_indices(whole, [("url", "ascending")])))


def is_due(next_attempt_at: datetime, now: datetime) -> bool:
    """Return whether an address may be asked for again; a time that no pause leads to was set by a wrong clock."""
    return next_attempt_at <= now or next_attempt_at > now + LAST_RETRY


def _says_the_same(before: Fetch | None, row: Fetch) -> bool:
    return before is not None and replace(row, fetched_at=before.fetched_at) == before


def fetch_row(
    before: Fetch | None,
    response: WebResponse,
    *,
    url: str,
    source: str,
    kind: FetchKind,
    settings: str | None = None,
    is_article: bool = False,
) -> Fetch:
    """Return what is to be remembered of an answer, given what was known of its address.

    `is_article` says that the validators known are those of an article, which outlasts a failure: they are kept.
    """
    if response.decision == "not_modified" and before is not None:
        return replace(
            before,
            decision="fetched",
            status=before.status if before.decision == "fetched" else response.status,
            reason=None,
            etag=_validator(response.etag),
            last_modified=_validator(response.last_modified),
            failure_count=0,
            next_attempt_at=None,
        )
    row = Fetch(
        url=url,
        source=source,
        kind=kind,
        decision="fetched",
        status=response.status,
        reason=None,
        etag=_validator(response.etag),
        last_modified=_validator(response.last_modified),
        byte_count=len(response.body),
        fetched_at=response.fetched_at,
        failure_count=0,
        next_attempt_at=None,
        next_offset=None,
        settings_hash=settings,
    )
    if response.decision == "fetched":
        return row
    failed = _failed_row(before, response, row)
    return replace(failed, etag=before.etag, last_modified=before.last_modified) if before and is_article else failed


def _failed_row(before: Fetch | None, response: WebResponse, row: Fetch) -> Fetch:
    is_asked = response.reason not in UNASKED
    failures = (before.failure_count if before else 0) + 1 if is_asked else 0
    pause = min(FIRST_RETRY * 2 ** min(failures - 1, 20), LAST_RETRY) if is_asked else None
    if pause and response.retry_after_s:
        pause = min(max(pause, timedelta(seconds=response.retry_after_s)), LAST_RETRY)
    return replace(
        row,
        decision="refused" if response.decision == "refused" else "failed",
        reason=response.reason,
        etag=None,
        last_modified=None,
        byte_count=None,
        failure_count=failures,
        next_attempt_at=response.fetched_at + pause if pause else None,
        settings_hash=None,
    )


def without_validators(row: Fetch) -> Fetch:
    """Return the row of a document that is to be read whole the next time."""
    return replace(row, etag=None, last_modified=None)


def digest(settings: object) -> str:
    """Return a short hash of settings, which are JSON values."""
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]


def _validator(value: str | None) -> str | None:
    return value if value and len(value) <= MAX_VALIDATOR_LENGTH else None
