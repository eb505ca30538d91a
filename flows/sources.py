"""Files, folders, globs and tables of records -> inputs.

Runs in the driver and streams: it never holds more than one record. Whatever cannot be read is an input too, of kind
"rejected", so that nothing is lost.
"""

import csv
import glob
import gzip
import io
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import TABLES
from schemas.records import ContentType
from transforms.decode import decode_html

MAX_INPUT_BYTES = 20_000_000  # of one file or record, inflated; the longest news pages measured have 6 MB
RECORD_COLUMNS = ("text", "html", "id", "url", "title", "author", "published_at", "source", "language")
PAGE_ENDINGS: Mapping[str, ContentType] = {".html": "html", ".htm": "html", ".txt": "text", ".md": "text"}
RECORD_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")
CSV_DELIMITERS = ",;\t|"  # the one that is most frequent in the header line counts
ZSTD_BUFFER_BYTES = 1 << 16  # of a truncated file, at most this much before the end is lost
# What the readers of damaged files raise.
UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError, pa.ArrowException)

InputKind = Literal["html", "text", "record", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: a file to read, one record cut out of a table of records, or one that could not be read."""

    kind: InputKind
    item: str  # names it in `rejections`: `file:<folder>/<path>`, with `#<id>` or `#record-<number>` for a record
    source: str
    path: str
    payload: bytes = b""  # record: its JSON; rejected: step, reason and error as JSON
    size_bytes: int = 0  # of the file or the payload
    modified_ns: int = 0  # of the file, so that a changed one is another input


class UsageError(ValueError):
    """Raised for an input argument that names nothing."""


def list_inputs(
    arguments: Sequence[str], source: str | None, ignored: Counter[str], output: Path | None = None
) -> Iterator[Input]:
    """Yield the inputs that the arguments name, in their order, folders sorted by path.

    A file in a folder whose ending is not ours is passed over and counted in `ignored`, by its ending; one that is
    named itself becomes a rejected input. The tables in `output` are never inputs of a folder that holds them. Raises
    UsageError, before the first input, if an argument names nothing.
    """
    matches = [(argument, _match(argument)) for argument in arguments]
    for argument, paths in matches:
        if not paths:
            raise UsageError(f"no such file or folder: {argument}")
    own = {(output / table).resolve() for table in TABLES} if output else set()
    return (entry for _, paths in matches for path in paths for entry in _list_path(path, source, ignored, own))


def _match(argument: str) -> list[Path]:
    if os.path.lexists(argument):
        return [Path(argument)]
    return [Path(match) for match in sorted(glob.glob(argument, recursive=True)) if Path(match).is_file()]


def _list_path(path: Path, source: str | None, ignored: Counter[str], own: set[Path]) -> Iterator[Input]:
    resolved = path.resolve()
    if not path.is_dir():
        folder = source or resolved.parent.name
        yield from _list_file(path, folder, path.name)
        return
    folder = source or resolved.name
    for file in _walk(path, own):
        if _ending(file) in PAGE_ENDINGS or _is_record_table(file):
            yield from _list_file(file, folder, file.relative_to(path).as_posix())
        else:
            ignored["".join(file.suffixes[-2:]).lower() or file.name] += 1


def _walk(folder: Path, own: set[Path]) -> Iterator[Path]:
    """Yield the files below a folder, sorted; hidden ones, those in hidden folders and `own` folders left out."""
    for parent, folders, files in os.walk(folder):
        visible = sorted(name for name in folders if not name.startswith("."))
        folders[:] = [name for name in visible if Path(parent, name).resolve() not in own]
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(parent, name)


def _ending(path: Path) -> str:
    """Return the ending that tells what a file holds: `.html` for `page.html.gz`."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def _is_record_table(path: Path) -> bool:
    return path.name.lower().endswith(RECORD_ENDINGS)


def _list_file(path: Path, folder: str, relative: str) -> Iterator[Input]:
    item = f"file:{printable(folder)}/{printable(relative)}"
    content_type = PAGE_ENDINGS.get(_ending(path))
    try:
        status = path.stat()
        if not path.is_file():
            yield rejected_input(item, folder, "not_a_file", f"{item} is not a regular file")
        elif _is_record_table(path):
            yield from _list_records(path, item, folder)
        elif content_type is None:
            accepted = " ".join([*PAGE_ENDINGS, *RECORD_ENDINGS])
            message = f"the ending {path.suffix!r} is none of {accepted}"
            yield rejected_input(item, folder, "unsupported_type", message)
        else:
            yield Input(
                kind=content_type,
                item=item,
                source=folder,
                path=str(path),
                size_bytes=status.st_size,
                modified_ns=status.st_mtime_ns,
            )
    except OSError as error:
        yield rejected_input(item, folder, "unreadable_file", io_message(error))


def rejected_input(item: str, source: str, reason: str, error: str) -> Input:
    """Return an input that is a rejection from the start."""
    payload = json.dumps({"reason": reason, "error": error}).encode()
    return Input(kind="rejected", item=item, source=source, path="", payload=payload)


def printable(name: str) -> str:
    """Return a file name as text that UTF-8 can hold; undecodable bytes become `\\xNN`, so names stay distinct."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def io_message(error: Exception) -> str:
    """Return what went wrong, without the path of this machine."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


# --- tables of records ------------------------------------------------------------------------------------------------


def _list_records(path: Path, item: str, folder: str) -> Iterator[Input]:
    """Yield the records of a table; one rejected input for the rest of it where it stops being readable."""
    read = {".csv": _csv_records, ".parquet": _parquet_records}.get(_ending(path), _jsonl_records)
    number = 0
    try:
        for number, payload in enumerate(read(path), start=1):
            name = f"{item}#record-{number}"
            if payload is None:
                message = f"the record has more than {MAX_INPUT_BYTES:,} bytes"
                yield rejected_input(name, folder, "too_large", message)
            elif payload.strip():
                size = len(payload)
                yield Input(kind="record", item=name, source=folder, path=str(path), payload=payload, size_bytes=size)
    except UNREADABLE as error:
        message = f"unreadable after record {number}: {io_message(error)}"
        yield rejected_input(item, folder, "unreadable_file", message)


def _jsonl_records(path: Path) -> Iterator[bytes | None]:
    """Yield each line of a JSONL file, unparsed; None for one over the limit."""
    with open_inflated(path) as stream:
        while line := stream.readline(MAX_INPUT_BYTES + 1):
            if len(line) > MAX_INPUT_BYTES and not line.endswith(b"\n"):
                while (rest := stream.readline(MAX_INPUT_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield None
            else:
                yield line


def open_inflated(path: Path) -> IO[bytes]:
    """Return the file opened for reading, inflated if its ending says so."""
    ending = path.suffix.lower()
    if ending == ".gz":
        return cast(IO[bytes], gzip.open(path))
    if ending == ".zst":
        return cast(IO[bytes], io.BufferedReader(pa.input_stream(str(path), compression="zstd"), ZSTD_BUFFER_BYTES))
    return path.open("rb")


def _csv_records(path: Path) -> Iterator[bytes | None]:
    """Yield each row of a CSV file with a header line, as JSON."""
    csv.field_size_limit(MAX_INPUT_BYTES)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        delimiter = max(CSV_DELIMITERS, key=stream.readline().count)
        stream.seek(0)
        for row in csv.DictReader(stream, delimiter=delimiter, restkey="_rest"):
            yield _record_json(row)


def _parquet_records(path: Path) -> Iterator[bytes | None]:
    """Yield each row of a Parquet file, as JSON."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=200):
            for row in batch.to_pylist():
                yield _record_json(row)


def _record_json(row: Mapping[str, Any]) -> bytes | None:
    payload = json.dumps(row, default=_json_value).encode("utf-8", "surrogatepass")
    return payload if len(payload) <= MAX_INPUT_BYTES else None


def _json_value(value: object) -> str:
    if isinstance(value, bytes):
        return decode_html(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
