"""Web archives -> arrivals; a run that ends in the middle of an archive is gone on with by the next."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flows.addresses import redact
from flows.arrivals import Arrival
from flows.documents import normalize_address
from flows.fetch_log import KnownFetches, digest
from flows.found import Problem
from flows.pages import page_input
from flows.source_list import wants
from flows.sources import Input, printable, rejected_input
from flows.tdm import combine_signals, reserved_by_header, reserved_by_page
from flows.warc import WarcPage, read_warc
from schemas.records import Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A web archive on this machine."""

    path: Path
    source: str  # of its pages, where it does not say whose they are
    is_source_given: bool = False  # it is their source whatever the archive says
    include: tuple[str, ...] = ()  # as of `WebSource`
    exclude: tuple[str, ...] = ()

    def wants(self, address: str) -> bool:
        """Return whether a page is to be read."""
        return wants(address, self.include, self.exclude)

    @property
    def item(self) -> str:
        """What names it in `fetches` and `rejections`."""
        return f"file:{self.source}/{printable(self.path.name)}"


def read_archive(
    archive: Archive,
    known: KnownFetches,
    *,
    now: datetime,
    settings: str,
    allow_tdm_reserved: bool,
    ignored: Counter[str],
) -> Iterator[Arrival]:
    """Yield the pages of an archive from where the last run ended; nothing if it is known to its end.

    `settings` is a digest of what decides what becomes of its pages: under other settings it is read from its start.
    """
    settings = digest([settings, archive.include, archive.exclude])
    row = _new_row(archive, now, settings)
    before = known.find(archive.item)
    start = 0
    if before is not None and (before.etag, before.settings_hash) == (row.etag, settings):
        if before.next_offset is None:
            yield Arrival(is_not_modified=True, source=archive.source)
            return
        start = before.next_offset
    yield Arrival(resumed_item=archive.item) if start else Arrival(whole_item=archive.item)
    entry = None  # one behind: with it goes where the next one begins
    for found in read_warc(archive.path, source=archive.source, start=start, ignored=ignored):
        if isinstance(found, WarcPage) and not archive.wants(found.item or found.url):
            continue
        if entry:
            reached = replace(row, next_offset=found.offset) if isinstance(found, WarcPage) else None
            yield Arrival(entry=entry, row=reached, source=archive.source)
        entry = _input(archive, found, allow_tdm_reserved)
    yield Arrival(entry=entry, row=row if row.etag else None, source=archive.source)


def _new_row(archive: Archive, now: datetime, settings: str) -> Fetch:
    try:
        status = archive.path.stat()
        size, version = status.st_size, f"{status.st_size}-{status.st_mtime_ns}"
    except OSError:  # reading it says why
        size, version = None, None
    return Fetch(
        url=archive.item,
        source=archive.source,
        kind="archive",
        decision="fetched",
        status=None,
        reason=None,
        etag=version,
        last_modified=None,
        byte_count=size,
        fetched_at=now,
        failure_count=0,
        next_attempt_at=None,
        next_offset=None,
        settings_hash=settings,
    )


def _input(archive: Archive, found: WarcPage | Problem, allow_tdm_reserved: bool) -> Input:
    if isinstance(found, Problem):
        return rejected_input(redact(found.item), found.source, found.reason, found.error)
    item = found.item or redact(normalize_address(found.url))
    source = archive.source if archive.is_source_given else found.source or archive.source
    reserved = combine_signals(found.tdm_reserved, reserved_by_header(found.headers), reserved_by_page(found.body))
    if reserved and not allow_tdm_reserved:
        return rejected_input(item, source, "tdm_reserved", "text and data mining is reserved", step="fetch")
    return page_input(
        item=item,
        source=source,
        body=found.body,
        content_type=found.content_type,
        fetched_at=found.fetched_at,
        tdm_reserved=reserved,
    )
