"""Tables of records, one record at a time: JSONL, CSV and Parquet files -> the JSON of each record.

A record that cannot be read is a BadRecord, and the next one is read; what the readers raise besides ends the table.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import InputRejected
from transforms.decode import decode_html

MAX_INPUT_BYTES = 20_000_000  # of one file or record, inflated; the longest news pages measured have 6 MB
RECORD_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")
CSV_DELIMITERS = ",;\t|"  # the one that is most frequent in the header line counts
PARQUET_ROWS = 16  # decoded at a time: a dictionary can blow one long text up to as many copies
ZSTD_BUFFER_BYTES = 1 << 16  # of a damaged file, at most this much before the damage is lost
# What the readers of damaged files raise.
UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, pa.ArrowException)
# What single values raise: a date in the year 294247, a zone nobody knows, text that is no UTF-8.
BAD_VALUES = (ValueError, OverflowError, LookupError, InputRejected, pa.ArrowException)


class BadRecord(NamedTuple):
    """A record that cannot be read, and why."""

    reason: str
    error: str


Record = bytes | BadRecord


def read_records(path: Path, columns: Collection[str]) -> Iterator[Record]:
    """Yield the records of a table in order; of a Parquet file, the values of `columns` and the names of the others.

    Raises one of UNREADABLE where the rest of the file cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        return _parquet_records(path, columns)
    return _csv_records(path) if path.suffix.lower() == ".csv" else _lines(path)


def open_inflated(path: Path) -> IO[bytes]:
    """Return the file opened for reading, inflated if its ending says so."""
    ending = path.suffix.lower()
    if ending == ".gz":
        return cast(IO[bytes], gzip.open(path))
    if ending == ".zst":
        return cast(IO[bytes], io.BufferedReader(pa.input_stream(str(path), compression="zstd"), ZSTD_BUFFER_BYTES))
    return path.open("rb")


def _lines(path: Path) -> Iterator[Record]:
    """Yield each line of a file, with its end; one over the limit is a bad record."""
    with open_inflated(path) as stream:
        while line := stream.readline(MAX_INPUT_BYTES + 1):
            if len(line) <= MAX_INPUT_BYTES or line.endswith(b"\n"):
                yield line
                continue
            while (rest := stream.readline(MAX_INPUT_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield BadRecord("too_large", f"the record has more than {MAX_INPUT_BYTES:,} bytes")


def _csv_records(path: Path) -> Iterator[Record]:
    """Yield each row of a CSV file with a header line, as JSON; bytes that are no UTF-8 are read as Windows-1252."""
    csv.field_size_limit(MAX_INPUT_BYTES)
    lines = _csv_lines(path)
    header = next(lines, "")
    delimiter = max(CSV_DELIMITERS, key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRecord("invalid_csv", f"the row is no CSV: {error}")
            continue
        if row:
            yield _to_json(partial(dict, zip(names, row, strict=False)))


def _csv_lines(path: Path) -> Iterator[str]:
    for number, line in enumerate(_lines(path)):
        if isinstance(line, BadRecord):
            raise csv.Error(line.error.replace("record", "line"))
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("cp1252", "replace")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _parquet_records(path: Path, columns: Collection[str]) -> Iterator[Record]:
    """Yield each row of a Parquet file, as JSON; columns that are not ours keep their names only."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        wanted = [name for name in names if name in columns]
        for batch in file.iter_batches(batch_size=PARQUET_ROWS, columns=wanted):
            for place in range(batch.num_rows):
                yield _to_json(partial(_row, batch, place, names))


def _row(batch: pa.RecordBatch, place: int, names: Collection[str]) -> dict[str, Any]:
    values = zip(batch.schema.names, batch.columns, strict=True)
    return dict.fromkeys(names) | {name: column[place].as_py() for name, column in values}


def _to_json(read_row: Callable[[], Mapping[str, Any]]) -> Record:
    try:
        payload = json.dumps(read_row(), default=_json_value).encode("utf-8", "surrogatepass")
    except BAD_VALUES as error:
        return BadRecord("unreadable_value", f"{type(error).__name__}: {error}")
    if len(payload) > MAX_INPUT_BYTES:
        return BadRecord("too_large", f"the record has more than {MAX_INPUT_BYTES:,} bytes")
    return payload


def _json_value(value: object) -> str:
    if isinstance(value, bytes):
        return decode_html(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
