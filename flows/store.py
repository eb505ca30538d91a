"""The only writer to `output/`: replaces the rows of changed articles, file by file, so that no reader sees half.

Layout: `output/<table>/<month>/part-<bucket>.parquet`, where month is the one an article was first seen in and bucket
the top bits of its id; rows are sorted by `article_id`, then by place in the text. A file is replaced whole, by a
staged file and `os.replace`. A commit first leaves its plan in `.staging/commit.json`; after a kill the next run
carries that plan out again, which gives the same files. Tables that do not hang on articles (`rejections`, `fetches`,
`runs`, `daily_counts`) are one file each.
"""

import json
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from flows.known import KnownArticles
from flows.staging import Batch, clear_staging, discard_result, read_result
from schemas.arrow import arrow_schema, to_table
from schemas.records import Run

# Written in this order: `articles` is last, because its `content_hash` says that the others are complete.
ARTICLE_TABLES = ("segments", "statement_spans", "statements", "speakers", "citations", "articles")
BUCKETS = 4  # files per table and month; few, because every file costs each reader an open
ROW_GROUP_ARTICLES = 1_000  # articles per row group: what one step of a rewrite holds in memory, some 20 MB
ID_SPACE = 1 << 64  # article ids are 16 hex digits
ABOVE_ALL_IDS = "g"
ROOT_FILE = "part-0.parquet"


class Partition(NamedTuple):
    """One file of each article table."""

    month: str
    bucket: int

    def path(self, table: str) -> Path:
        """Return the file of a table, relative to the dataset."""
        return Path(table, self.month, f"part-{self.bucket}.parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPlan:
    """What one commit writes; it lies on disk while the commit lasts."""

    run_id: str
    month: str  # where articles go that the dataset does not know
    batches: Sequence[Batch]
    article_ids: Sequence[Sequence[str]]  # of each batch, those to write
    conflicts: Sequence[Mapping[str, str]]  # rejections that only the whole run could find
    succeeded_items: Sequence[str]  # rejected before, an article now
    story_ids: Mapping[str, str] = field(default_factory=dict)  # of articles that join a story; others begin one


class Store:
    """One dataset folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staging = folder / ".staging"

    @contextmanager
    def locked(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the dataset for one run, after healing what a killed one left; `on_wait` is called if it is taken."""
        self.staging.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.staging / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait()
            lock.acquire()
        try:
            self._finish_interrupted_commit()
            yield
        finally:
            lock.release()

    # --- reading ------------------------------------------------------------------------------------------------------

    def known_articles(self) -> KnownArticles:
        """Return the index of the articles in the dataset."""
        columns = ["article_id", "content_hash", "fetched_at"]
        parts = [
            (path.parent.name, pq.read_table(path, columns=columns, partitioning=None))
            for path in self._files("articles")
        ]
        return KnownArticles.of((*(rows[column].to_numpy() for column in columns), month) for month, rows in parts)

    def partitions(self) -> list[Partition]:
        """Return the partitions that hold articles, in order."""
        names = [(path.parent.name, path.stem.removeprefix("part-")) for path in self._files("articles")]
        return [Partition(month, int(bucket)) for month, bucket in names]

    def article_files(self, first_month: str) -> list[Path]:
        """Return the files of the articles that were first seen in a month or later."""
        return [path for path in self._files("articles") if path.parent.name >= first_month]

    def _files(self, table: str) -> list[Path]:
        return sorted((self.folder / table).glob("*/part-*.parquet"))

    def rejected_items(self) -> set[str]:
        """Return the inputs whose newest outcome is a rejection."""
        return set(self.read_root("rejections")["item"].to_pylist())

    def read_root(self, table: str) -> pa.Table:
        """Return a table that is one file."""
        path = self.folder / table / ROOT_FILE
        return pq.read_table(path, partitioning=None) if path.exists() else arrow_schema(table).empty_table()

    # --- committing ---------------------------------------------------------------------------------------------------

    def commit(self, plan: CommitPlan) -> None:
        """Write the plan's articles and rejections; every table is whole after each step."""
        self._replace(self._plan_path, lambda path: path.write_text(json.dumps(asdict(plan))))
        self._carry_out(plan)
        self._plan_path.unlink()
        for batch in plan.batches:
            discard_result(batch)

    @property
    def _plan_path(self) -> Path:
        return self.staging / "commit.json"

    def _finish_interrupted_commit(self) -> None:
        for stray in self.staging.glob("*.tmp"):
            stray.unlink()
        if not self._plan_path.exists():
            return
        plan = json.loads(self._plan_path.read_text())
        plan["batches"] = [Batch(**{**batch, "staging": str(self.staging)}) for batch in plan["batches"]]
        self._carry_out(CommitPlan(**plan))
        self._plan_path.unlink()

    def _carry_out(self, plan: CommitPlan) -> None:
        known = self.known_articles()
        partitions: dict[Partition, list[list[str]]] = {}
        for number, article_ids in enumerate(plan.article_ids):
            for article_id in article_ids:
                found = known.find(article_id)
                partition = Partition(found.month if found else plan.month, bucket_of(article_id))
                batches = partitions.setdefault(partition, [[] for _ in plan.batches])
                batches[number].append(article_id)
        for partition in sorted(partitions):
            written = partitions[partition]
            new = sum(known.find(article_id) is None for article_ids in written for article_id in article_ids)
            article_count = self._article_count(partition) + new
            for table in ARTICLE_TABLES:
                self._rewrite(table, partition, plan, written, article_count)
        self._update_rejections(plan)

    def _article_count(self, partition: Partition) -> int:
        path = self.folder / partition.path("articles")
        return int(pq.read_metadata(path).num_rows) if path.exists() else 0

    def _rewrite(
        self, table: str, partition: Partition, plan: CommitPlan, written: Sequence[Sequence[str]], article_count: int
    ) -> None:
        """Replace one file: its rows less those of the written articles, plus their staged rows, in order."""
        path = self.folder / partition.path(table)
        staged = [
            (read_result(batch, table), pa.array(article_ids, pa.string()))
            for batch, article_ids in zip(plan.batches, written, strict=True)
            if article_ids
        ]
        replaced = pa.chunked_array([article_ids for _, article_ids in staged])

        def write(target: Path) -> None:
            with pq.ParquetWriter(target, arrow_schema(table), compression="zstd") as writer:
                for low, high, old in _slices(path, table, partition.bucket, article_count):
                    new = pa.concat_tables([_only(_between(rows, low, high), ids) for rows, ids in staged])
                    if table == "articles":
                        new = _stamp(new, old, plan.run_id, plan.story_ids)
                    kept = old.filter(pc.invert(pc.is_in(old["article_id"], replaced)))
                    rows = pa.concat_tables([kept, new])
                    if rows.num_rows:
                        order = pc.sort_indices(rows, [("article_id", "ascending")])  # stable: text order stays
                        writer.write_table(rows.take(order))

        self._replace(path, write)

    def _update_rejections(self, plan: CommitPlan) -> None:
        """Bring `rejections` up to date: an equal row stays as it is, a success removes its item's row."""
        old = {row["item"]: row for row in self.read_root("rejections").to_pylist()}
        new = dict(old)
        for item in plan.succeeded_items:
            new.pop(item, None)
        staged = [row for batch in plan.batches for row in read_result(batch, "rejections").to_pylist()]
        for row in (*staged, *plan.conflicts):
            before = old.get(row["item"])
            same = before is not None and {**before, "run_id": None} == {**row, "run_id": None}
            new[row["item"]] = before if same else {**row, "run_id": plan.run_id}
        if new != old or not (self.folder / "rejections" / ROOT_FILE).exists():
            rows = [new[item] for item in sorted(new)]
            self.write_root("rejections", pa.Table.from_pylist(rows, arrow_schema("rejections")))

    # --- tables of one file -------------------------------------------------------------------------------------------

    def add_run(self, run: Run) -> None:
        """Append one row to `runs`."""
        self.write_root("runs", pa.concat_tables([self.read_root("runs"), to_table("runs", [run])]))

    def write_root(self, table: str, rows: pa.Table) -> None:
        """Replace a table that is one file."""
        self._replace(self.folder / table / ROOT_FILE, lambda path: pq.write_table(rows, path, compression="zstd"))

    def finish(self) -> None:
        """Give every table at least one typed file, and remove what is left of staged batches."""
        for table in (*ARTICLE_TABLES, "rejections", "fetches"):
            if not any((self.folder / table).glob("**/*.parquet")):
                self.write_root(table, arrow_schema(table).empty_table())
        clear_staging(self.staging)

    def _replace(self, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file beside the tables and put it in its place, on disk before and after."""
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = self.staging / f"{path.parent.name}-{path.name}.tmp"
        write(staged)
        _sync(staged)
        os.replace(staged, path)
        _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def bucket_of(article_id: str) -> int:
    """Return the bucket of an article: the top bits of its id, so that buckets are ranges of ids."""
    return int(article_id[0], 16) * BUCKETS // 16


def month_of(time: datetime) -> str:
    """Return the folder of articles first seen at `time`: `2026-11`."""
    return f"{time:%Y-%m}"


def _slices(path: Path, table: str, bucket: int, article_count: int) -> Iterator[tuple[str, str, pa.Table]]:
    """Yield (low, high, the file's rows with low <= article_id < high), covering the bucket's ids in order.

    The bounds depend on nothing but `article_count`, so that equal rows make equal files however they came.
    """
    count = -(-max(article_count, 1) // ROW_GROUP_ARTICLES)
    start, width = bucket * ID_SPACE // BUCKETS, ID_SPACE // BUCKETS
    bounds = [f"{start + width * number // count:016x}" for number in range(count)] + [ABOVE_ALL_IDS]
    pending = arrow_schema(table).empty_table()
    groups = _row_groups(path)
    for low, high in pairwise(bounds):
        while pending.num_rows == 0 or pending["article_id"][-1].as_py() < high:
            group = next(groups, None)
            if group is None:
                break
            pending = pa.concat_tables([pending, group])
        yield low, high, _between(pending, low, high)
        pending = _between(pending, high, ABOVE_ALL_IDS)


def _row_groups(path: Path) -> Iterator[pa.Table]:
    if path.exists():
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number)


def _between(rows: pa.Table, low: str, high: str) -> pa.Table:
    """Return the rows with low <= article_id < high, of rows sorted by article_id."""
    ids = rows["article_id"]
    first = bisect_left(range(len(ids)), low, key=lambda place: ids[place].as_py())
    last = bisect_left(range(len(ids)), high, key=lambda place: ids[place].as_py())
    return rows.slice(first, last - first)


def _only(rows: pa.Table, article_ids: pa.Array) -> pa.Table:
    return rows.filter(pc.is_in(rows["article_id"], article_ids))


def _stamp(new: pa.Table, old: pa.Table, run_id: str, story_ids: Mapping[str, str]) -> pa.Table:
    """Return the new articles with the run that writes them, their story and, where they replace one, what stays of it.

    That is its `first_seen_at` and its story.
    """
    article_ids = new["article_id"].to_pylist()
    replaced = old["article_id"].to_pylist()
    first_seen = dict(zip(article_ids, new["first_seen_at"].to_pylist(), strict=True))
    first_seen |= zip(replaced, old["first_seen_at"].to_pylist(), strict=True)
    settled = dict(zip(replaced, old["story_id"].to_pylist(), strict=True))
    stories = [settled.get(article_id) or story_ids.get(article_id, article_id) for article_id in article_ids]
    values = {
        "first_seen_at": [first_seen[article_id] for article_id in article_ids],
        "run_id": [run_id] * new.num_rows,
        "story_id": stories,
        "first_of_story": [story == article_id for story, article_id in zip(stories, article_ids, strict=True)],
    }
    for name, column in values.items():
        place = new.schema.get_field_index(name)
        new = new.set_column(place, new.schema.field(place), pa.array(column, new.schema.field(place).type))
    return new
