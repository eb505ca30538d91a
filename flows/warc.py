"""The pages of web archives, `.warc` and `.warc.gz` (WARC 1.1, ISO 28500:2017), one at a time.

A `.warc.gz` is a row of gzip members, one for each record. They are given to fastwarc one by one, so that a damaged or
lying record cannot reach beyond its member, and each page knows where reading can start again.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ChunkedReader, GzipReader, WarcReader
from fastwarc.warc import ArchiveIterator, WarcRecord, response, revisit

from flows.found import Problem
from flows.gzip_members import GZIP_SIGNATURE, DamagedMember, Member, read_members
from flows.sources import io_message, printable
from flows.tables import MAX_INPUT_BYTES
from flows.warc_writer import ITEM_FIELD, RESERVED_FIELD, SOURCE_FIELD
from schemas.records import InputRejected

MAX_HEADER_BYTES = 1_000_000  # of a record; WARC's and HTTP's each
MAX_MEMBER_BYTES = MAX_INPUT_BYTES + 2 * MAX_HEADER_BYTES  # kept of an inflated gzip member
ZSTD_SIGNATURE = b"\x28\xb5\x2f\xfd"
RECORD_SIGNATURE = b"WARC/"
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
CODINGS: dict[str, Callable[[io.BytesIO], WarcReader]] = {
    "gzip": GzipReader,
    "x-gzip": GzipReader,
    "deflate": partial(GzipReader, zlib=True),
    "br": BrotliReader,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPage:
    """One page of an archive."""

    offset: int  # of its record in the file: where reading can start again, with this page
    url: str
    fetched_at: datetime
    content_type: str | None
    headers: tuple[tuple[str, str], ...]  # as received
    body: bytes  # inflated
    item: str | None = None  # of an archive of ours: what names the article, and the source that led to it
    source: str | None = None
    tdm_reserved: bool | None = None


def read_warc(
    path: Path, *, source: str, start: int = 0, ignored: Counter[str] | None = None
) -> Iterator[WarcPage | Problem]:
    """Yield the pages of an archive from byte `start` on, which is 0 or the offset of one of its pages.

    Pages are answers with status 200 that hold HTML or text; other answers are counted in `ignored`, by what they are.
    A record that is damaged, cut off or over MAX_INPUT_BYTES is a Problem. The records after a damaged one are read in
    a `.warc.gz`; a plain archive ends there. One record is held in memory.
    """
    reader = _Reader(source=source, name=printable(path.name), ignored=Counter() if ignored is None else ignored)
    try:
        with path.open("rb") as file:
            yield from reader.read(file, start)
    except OSError as error:
        yield reader.problem(start, "unreadable_file", io_message(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    source: str
    name: str
    ignored: Counter[str]

    def problem(self, offset: int, reason: str, error: str, url: str | None = None) -> Problem:
        item = url or f"file:{self.source}/{self.name}#{offset}"
        return Problem(item=item, source=self.source, reason=reason, error=error)

    def read(self, file: BinaryIO, start: int) -> Iterator[WarcPage | Problem]:
        signature = file.read(len(ZSTD_SIGNATURE))
        file.seek(start)
        if signature == ZSTD_SIGNATURE:
            yield self.problem(start, "unsupported_type", "zstd archives are not read; `zstd -d` makes a .warc of one")
        elif not signature:
            yield self.problem(start, "invalid_warc", "the archive is empty")
        elif signature.startswith(GZIP_SIGNATURE):
            for member in read_members(file, start, RECORD_SIGNATURE, MAX_MEMBER_BYTES):
                if isinstance(member, DamagedMember):
                    yield self.problem(member.offset, "invalid_warc", member.error)
                else:
                    yield from self._read_records(io.BytesIO(member.content), member.offset, member)
        else:
            yield from self._read_records(file, start)

    def _read_records(
        self, stream: BinaryIO, offset: int, member: Member | None = None
    ) -> Iterator[WarcPage | Problem]:
        """Yield the page of a gzip member, which should hold one record, or those of a plain archive."""
        records = ArchiveIterator(stream, parse_http=False, max_header_len=MAX_HEADER_BYTES, strict_mode=False)
        count = 0
        try:
            for record in records:
                count += 1
                offset = member.offset if member else record.stream_pos
                if outcome := self._read_record(record, offset):
                    yield outcome
        except OSError as error:
            yield self.problem(offset, "invalid_warc", f"damaged here or in the record after: {error}")
        if member and member.is_cut and count != 1:
            message = f"a gzip member of over {MAX_MEMBER_BYTES:,} bytes; inflate an archive that is gzipped as a whole"
            yield self.problem(offset, "too_large", message)

    def _read_record(self, record: WarcRecord, offset: int) -> WarcPage | Problem | None:
        """Return the page or what is wrong with it; None for a record that is no page."""
        url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        try:
            if record.headers.get("Content-Length") is None:
                raise InputRejected("read", "truncated", "the archive ends within the header of a record")
            if not self._is_page(record):
                _check_end(record)
                return None
            if not url or record.record_date is None:
                raise InputRejected("read", "invalid_warc", "the record lacks the address or the time of its page")
            return WarcPage(
                offset=offset,
                url=url,
                fetched_at=record.record_date,
                content_type=record.http_headers.get("Content-Type"),
                headers=record.http_headers.to_tuples(),
                body=_body(record),
                item=record.headers.get(ITEM_FIELD),
                source=record.headers.get(SOURCE_FIELD),
                tdm_reserved={"true": True, "false": False}.get(record.headers.get(RESERVED_FIELD) or ""),
            )
        except InputRejected as rejected:
            return self.problem(offset, rejected.reason, rejected.message, url)

    def _is_page(self, record: WarcRecord) -> bool:
        if record.record_type == revisit:
            self.ignored["revisit"] += 1
        if record.record_type != response:
            return False
        try:
            record.parse_http(strict_mode=False, max_header_len=MAX_HEADER_BYTES)
        except OSError as error:
            raise InputRejected("read", "invalid_warc", f"the header of the answer cannot be read: {error}") from error
        headers = record.http_headers
        if not record.is_http or headers is None:
            self.ignored["no HTTP"] += 1
            return False
        if headers.status_code is None:
            raise InputRejected("read", "invalid_warc", "the header of the answer has no status")
        if headers.status_code != 200:
            self.ignored[f"status {headers.status_code}"] += 1
            return False
        media_type = (headers.get("Content-Type") or PAGE_TYPES[0]).partition(";")[0].strip().lower()
        if media_type not in PAGE_TYPES:
            self.ignored[media_type] += 1
        return media_type in PAGE_TYPES


def _check_end(record: WarcRecord) -> None:
    """Raise InputRejected where the archive ends within a record that is passed over: it may have been a page."""
    claimed = record.content_length
    if claimed <= MAX_INPUT_BYTES and record.consume() < claimed:
        raise InputRejected("read", "truncated", f"the archive ends within the record's {claimed:,} bytes")


def _body(record: WarcRecord) -> bytes:
    """Return the body of an answer, inflated."""
    claimed = record.content_length
    if claimed > MAX_INPUT_BYTES:
        raise InputRejected("read", "too_large", f"the record has {claimed:,} bytes; the limit is {MAX_INPUT_BYTES:,}")
    body = record.reader.read(claimed)
    if len(body) < claimed:
        raise InputRejected(
            "read", "truncated", f"the archive ends after {len(body):,} of the record's {claimed:,} bytes"
        )
    if record.headers.get("WARC-Truncated"):
        raise InputRejected("read", "truncated", f"cut off when archived: {record.headers.get('WARC-Truncated')}")
    if "chunked" in (record.http_headers.get("Transfer-Encoding") or "").lower():
        body = _decoded(body, ChunkedReader)
    codings = (record.http_headers.get("Content-Encoding") or "").lower().split(",")
    for coding in reversed(codings):
        body = _decoded(body, CODINGS[coding.strip()]) if coding.strip() in CODINGS else body
    return body


def _decoded(body: bytes, open_reader: Callable[[io.BytesIO], WarcReader]) -> bytes:
    """Return a body without its coding; as it is where it does not have it: archives often keep the header alone."""
    try:
        decoded = open_reader(io.BytesIO(body)).read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        if body.startswith(GZIP_SIGNATURE):
            raise InputRejected("read", "bad_encoding", f"the page is damaged gzip: {error}") from error
        return body
    if len(decoded) > MAX_INPUT_BYTES:
        raise InputRejected("read", "inflates_too_far", f"the page inflates to more than {MAX_INPUT_BYTES:,} bytes")
    return decoded or body
