"""One file of a table: where it lies, and its rows, slice by slice of the ids, in the schema of today.

Layout: `output/<table>/<month>/part-<number>.parquet`, where month is the one an article was first seen in and number
counts the files of the month as they were begun; rows are sorted by `article_id`, then by place in the text. Of
`daily_counts`, which has one file for each, month is that of its days; other tables are one file, `part-0.parquet`.
"""

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from flows.sources import UsageError
from schemas.arrow import TABLES, arrow_schema, conform

# Written in this order: `articles` is last, because its `content_hash` says that the others are complete.
ARTICLE_TABLES = ("segments", "statement_spans", "statements", "speakers", "citations", "articles")
REMADE = ("statements", "statement_spans", "speakers")  # of the others, by `onrecord reprocess --all`
PART_ARTICLES = 1_000  # in a file before the next is begun: what an article that is added or changed has rewritten
PARTS_OF_MONTH = 8  # a large month's files hold an eighth of it first: few, because each costs readers an open
ROW_GROUP_ARTICLES = 1_000  # articles per row group: what one step of a rewrite holds in memory, some 20 MB
ID_SPACE = 1 << 64  # article ids are 16 hex digits
ABOVE_ALL_IDS = "g"
ROOT_FILE = "part-0.parquet"
Bounds = list[tuple[str, str]]  # (low, high) of slices of ids: low <= article_id < high, in order, without gaps


class Partition(NamedTuple):
    """One file of each article table."""

    month: str
    part: int

    def path(self, table: str) -> Path:
        """Return the file of a table, relative to the dataset."""
        return Path(table, self.month, f"part-{self.part}.parquet")


class NoDatasetError(UsageError):
    """Raised for a folder that holds no tables."""


class MissingFileError(Exception):
    """Raised where a file is gone, so that no other could be written without losing its rows for good."""


def check_dataset(folder: Path) -> None:
    """Raise NoDatasetError for a folder in which no table has a file; nothing is made in it."""
    if not any(table_paths(folder, table) for table in TABLES):
        raise NoDatasetError(f"no dataset in {folder}; `onrecord run` writes one")


def check_partitions(folder: Path, *, but: Collection[str] = ()) -> None:
    """Raise MissingFileError where a table, unless it is in `but`, lacks a file that another table has.

    A commit writes each of them; the store must be held, which heals a commit that was killed.
    """
    names = {path.parts[-2:] for table in ARTICLE_TABLES for path in (folder / table).glob("*/part-*.parquet")}
    files = (Path(table, *name) for table in ARTICLE_TABLES if table not in but for name in sorted(names))
    missing = next((file for file in files if not (folder / file).exists()), None)
    if missing is not None:
        table, *name = missing.parts
        # Without `fetches`, whose validators would have servers say that nothing has changed.
        anew = f"remove {'/'.join(name)} of every table, and the folder fetches, and run the sources again"
        cure = "run `onrecord reprocess --all`" if table in REMADE else anew
        raise MissingFileError(f"{folder / missing} is missing: restore it from a backup; else {cure}")


def table_paths(folder: Path, table: str) -> list[Path]:
    """Return the files of a table of a dataset, in order; none where its folder is missing."""
    return sorted((folder / table).glob("**/*.parquet"))


def month_files(folder: Path, table: str) -> list[Path]:
    """Return the files of a table that has one for each month."""
    return sorted((folder / table).glob(f"[0-9][0-9][0-9][0-9]-[0-9][0-9]/{ROOT_FILE}"))


def month_of(time: datetime) -> str:
    """Return the folder of articles first seen at `time`: `2026-11`."""
    return f"{time:%Y-%m}"


def article_count(path: Path) -> int:
    """Return how many rows a file has; 0 if there is none."""
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0


def id_bounds(article_count: int) -> Bounds:
    """Return the slices of a file of that many articles.

    They depend on nothing but `article_count`, so that equal rows make equal files however they came.
    """
    count = -(-max(article_count, 1) // ROW_GROUP_ARTICLES)
    return list(pairwise([*(f"{ID_SPACE * number // count:016x}" for number in range(count)), ABOVE_ALL_IDS]))


def slices(path: Path, table: str, bounds: Bounds) -> Iterator[pa.Table]:
    """Yield the rows of a file within each of the bounds."""
    pending = arrow_schema(table).empty_table()
    groups = row_groups(path, table)
    for low, high in bounds:
        while pending.num_rows == 0 or pending["article_id"][-1].as_py() < high:
            group = next(groups, None)
            if group is None:
                break
            pending = pa.concat_tables([pending, group])
        yield between(pending, low, high)
        pending = between(pending, high, ABOVE_ALL_IDS)


def write_file(path: Path, table: str, groups: Iterable[pa.Table]) -> None:
    """Write a file of a table, a row group at a time.

    Dictionaries are left out where most columns are texts and ids: beside zstd they make files of news larger, by 4 %,
    and take longer. Statistics, by which readers skip what they do not ask for, are of ids and times: files are sorted
    by the ones and lie in the folders of the others.
    """
    has_dictionaries = table not in ARTICLE_TABLES
    schema = arrow_schema(table)
    searched = [field.name for field in schema if pa.types.is_temporal(field.type) or field.name.endswith("_id")]
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=has_dictionaries, write_statistics=searched
    ) as writer:
        for rows in groups:
            writer.write_table(rows)


def row_groups(path: Path, table: str) -> Iterator[pa.Table]:
    """Yield the row groups of a file; nothing if there is none."""
    if path.exists():
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield conform(table, file.read_row_group(number, use_threads=False))


def read_file(path: Path, table: str) -> pa.Table:
    """Return the rows of a file; none if there is none."""
    return pa.concat_tables([arrow_schema(table).empty_table(), *row_groups(path, table)])


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Return columns of a file as they stand in it; without threads, which cost small files more than they save."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=list(columns), use_threads=False)


def is_current(path: Path, table: str) -> bool:
    """Return whether a file has the schema of today, with its descriptions."""
    # The bytes are found some ten times faster than the schema is read; another version of pyarrow may write others.
    return _schema_bytes(table) in _footer(path) or bool(
        pq.read_schema(path).equals(arrow_schema(table), check_metadata=True)
    )


@cache
def _schema_bytes(table: str) -> bytes:
    """Return the schema of a table as pyarrow writes it into the footer of a file."""
    with pa.BufferOutputStream() as sink:
        pq.write_table(arrow_schema(table).empty_table(), sink)
        return bytes(pq.read_metadata(sink.getvalue()).metadata[b"ARROW:schema"])


def _footer(path: Path) -> bytes:
    """Return the footer of a Parquet file, which its length and `PAR1` follow; nothing of a file that is cut off."""
    with path.open("rb") as file:
        end = max(0, file.seek(0, os.SEEK_END) - 8)
        file.seek(end)
        length, mark = int.from_bytes(file.read(4), "little"), file.read()
        file.seek(max(0, end - length))
        return file.read(length) if mark == b"PAR1" and length <= end else b""


def between(rows: pa.Table, low: str, high: str) -> pa.Table:
    """Return the rows with low <= article_id < high, of rows sorted by article_id."""
    ids = rows["article_id"]
    first = bisect_left(range(len(ids)), low, key=lambda place: ids[place].as_py())
    last = bisect_left(range(len(ids)), high, key=lambda place: ids[place].as_py())
    return rows.slice(first, last - first)
