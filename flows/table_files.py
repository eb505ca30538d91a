"""One file of a table: where it lies, and its rows, slice by slice of the ids, in the schema of today.

Layout: `output/<table>/<month>/part-<bucket>.parquet`, where month is the one an article was first seen in and bucket
the top bits of its id; rows are sorted by `article_id`, then by place in the text.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import arrow_schema, conform

# Written in this order: `articles` is last, because its `content_hash` says that the others are complete.
ARTICLE_TABLES = ("segments", "statement_spans", "statements", "speakers", "citations", "articles")
BUCKETS = 4  # files per table and month; few, because every file costs each reader an open
ROW_GROUP_ARTICLES = 1_000  # articles per row group: what one step of a rewrite holds in memory, some 20 MB
ID_SPACE = 1 << 64  # article ids are 16 hex digits
ABOVE_ALL_IDS = "g"
ROOT_FILE = "part-0.parquet"
Bounds = list[tuple[str, str]]  # (low, high) of slices of ids: low <= article_id < high, in order, without gaps


class Partition(NamedTuple):
    """One file of each article table."""

    month: str
    bucket: int

    def path(self, table: str) -> Path:
        """Return the file of a table, relative to the dataset."""
        return Path(table, self.month, f"part-{self.bucket}.parquet")


def bucket_of(article_id: str) -> int:
    """Return the bucket of an article: the top bits of its id, so that buckets are ranges of ids."""
    return int(article_id[0], 16) * BUCKETS // 16


def month_of(time: datetime) -> str:
    """Return the folder of articles first seen at `time`: `2026-11`."""
    return f"{time:%Y-%m}"


def article_count(path: Path) -> int:
    """Return how many rows a file has; 0 if there is none."""
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0


def id_bounds(bucket: int, article_count: int) -> Bounds:
    """Return the slices of a bucket.

    They depend on nothing but `article_count`, so that equal rows make equal files however they came.
    """
    count = -(-max(article_count, 1) // ROW_GROUP_ARTICLES)
    start, width = bucket * ID_SPACE // BUCKETS, ID_SPACE // BUCKETS
    return list(pairwise([*(f"{start + width * number // count:016x}" for number in range(count)), ABOVE_ALL_IDS]))


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


def row_groups(path: Path, table: str) -> Iterator[pa.Table]:
    """Yield the row groups of a file; nothing if there is none."""
    if path.exists():
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield conform(table, file.read_row_group(number))


def read_file(path: Path, table: str) -> pa.Table:
    """Return the rows of a file; none if there is none."""
    return pa.concat_tables([arrow_schema(table).empty_table(), *row_groups(path, table)])


def is_current(path: Path, table: str) -> bool:
    """Return whether a file has the schema of today, with its descriptions."""
    return bool(pq.read_schema(path).equals(arrow_schema(table), check_metadata=True))


def between(rows: pa.Table, low: str, high: str) -> pa.Table:
    """Return the rows with low <= article_id < high, of rows sorted by article_id."""
    ids = rows["article_id"]
    first = bisect_left(range(len(ids)), low, key=lambda place: ids[place].as_py())
    last = bisect_left(range(len(ids)), high, key=lambda place: ids[place].as_py())
    return rows.slice(first, last - first)
