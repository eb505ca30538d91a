"""Fetched pages -> web archives, so that they can be processed again without the network (WARC 1.1)."""

import gzip
import os
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from flows.web import WebResponse

MAX_FILE_BYTES = 1_000_000_000  # Common Crawl's size; a file is closed once it has as many
# Headers that a body no longer has, or that say what it had on the wire, are kept under Common Crawl's prefix.
FORMER = "X-Crawler-"
ITEM_FIELD = "X-Onrecord-Item"  # address asked for, in normal form
SOURCE_FIELD = "X-Onrecord-Source"
RESERVED_FIELD = "X-Onrecord-TDM-Reserved"
UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f]+")  # line ends could forge headers
RUN_ID = re.compile(r"[\w.-]+")


class WarcWriter:
    """Appends answers to `onrecord-<run_id>-<number>.warc.gz`, one gzip member a record.

    A file is only ever appended to, each record in one go, and never opened again: what a kill leaves torn is the last
    record of its file, which readers skip. The names of files hold nothing that came from the network.
    """

    def __init__(self, folder: Path, run_id: str, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        if not RUN_ID.fullmatch(run_id):
            raise ValueError(f"run id {run_id!r} is no part of a file name")
        self._folder = folder
        self._run_id = run_id
        self._max_file_bytes = max_file_bytes
        self._number = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(self, answer: WebResponse, *, item: str | None = None, source: str | None = None) -> None:
        """Append an answer, as received where its `raw_body` was kept; on the way to the disk when this returns.

        What else names its article, and who led to it, is noted in fields of our own.
        """
        if self._file is None:
            self._file = self._open_next(answer.fetched_at)
        self._file.write(_answer_record(answer, item, source))
        self._file.flush()
        if self._file.tell() >= self._max_file_bytes:
            self.close()

    def close(self) -> None:
        """Close the file, on disk; the next answer starts another."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _open_next(self, time: datetime) -> BinaryIO:
        """Open the first file that does not exist yet: an earlier one may end in a torn record."""
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            name = f"onrecord-{self._run_id}-{self._number:05}.warc.gz"
            self._number += 1
            try:
                file = (self._folder / name).open("xb")
            except FileExistsError:
                continue
            information = f"software: onrecord\r\nisPartOf: {self._run_id}\r\nformat: WARC File Format 1.1\r\n"
            fields = [("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
            file.write(_record("warcinfo", time, fields, information.encode()))
            return file


def _answer_record(answer: WebResponse, item: str | None, source: str | None) -> bytes:
    body = answer.body if answer.raw_body is None else answer.raw_body
    former = {"transfer-encoding"} if answer.raw_body is not None else {"transfer-encoding", "content-encoding"}
    lines = [answer.status_line or f"HTTP/1.1 {answer.status or 200}"]
    for name, value in answer.headers:
        if name.lower() == "content-length" and value.strip() != str(len(body)):
            lines += [f"{FORMER}{name}: {_line(value)}", f"{name}: {len(body)}"]
        else:
            lines.append(f"{FORMER if name.lower() in former else ''}{_line(name)}: {_line(value)}")
    block = "\r\n".join(map(_line, lines)).encode("utf-8", "replace") + b"\r\n\r\n" + body
    fields = [
        ("WARC-Target-URI", UNSAFE.sub("", answer.final_url)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    reserved = None if answer.tdm_reserved is None else str(answer.tdm_reserved).lower()
    notes = ((ITEM_FIELD, item), (SOURCE_FIELD, source), (RESERVED_FIELD, reserved))
    fields += [(name, _line(value)) for name, value in notes if value is not None]
    return _record("response", answer.fetched_at, fields, block)


def _record(kind: str, time: datetime, fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    """Return one record as a gzip member."""
    head = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{uuid.uuid4().urn}>"),
        ("WARC-Date", f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"),
        *fields,
        ("Content-Length", str(len(block))),
    ]
    text = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head) + "\r\n"
    return gzip.compress(text.encode("utf-8", "replace") + block + b"\r\n\r\n", mtime=0)


def _line(value: str) -> str:
    """Return a value without line ends and NULs."""
    return re.sub(r"[\r\n\0]+", " ", value)
