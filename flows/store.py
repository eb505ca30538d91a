"""The only writer to `output/`: replaces the rows of changed articles, file by file, so that no reader sees half.

A file (`flows.table_files`) is replaced whole, by a staged file and `os.replace`. A commit first leaves its plan in
`.staging/commit.json`; after a kill the next run carries that plan out again, which gives the same files. Of tables
that do not hang on articles, `rejections`, `fetches` and `runs` are one file each; `daily_counts` has one a month.
"""

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from flows.erased import REGISTER, Erased
from flows.known import KnownArticles
from flows.rewrites import Staged, merge_file, upgrade_file
from flows.staging import Batch, clear_staging, discard_result, read_result
from flows.table_files import (
    ARTICLE_TABLES,
    PART_ARTICLES,
    PARTS_OF_MONTH,
    ROOT_FILE,
    Partition,
    article_count,
    id_bounds,
    is_current,
    read_columns,
    read_file,
    slices,
    table_paths,
    write_file,
)
from schemas.arrow import TABLES, arrow_schema, conform, to_table
from schemas.records import Run

REPORT_FILE = "report.html"  # beside the tables; `flows.report` makes it
ROOT_KEYS = {"rejections": "item", "fetches": "url", "runs": "run_id"}  # tables of one file that name inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPlan:
    """What one commit writes; it lies on disk while the commit lasts."""

    run_id: str | None  # stamped on the articles; None: each keeps its own
    month: str  # where articles go that the dataset does not know
    part: int | None = None  # of the month; chosen by the store as the commit begins
    batches: Sequence[Batch]
    article_ids: Sequence[Sequence[str]]  # of each batch, those to write
    conflicts: Sequence[Mapping[str, str]]  # rejections that only the whole run could find
    succeeded_items: Sequence[str]  # rejected before, an article now
    story_ids: Mapping[str, str] = field(default_factory=dict)  # of articles that join a story; others begin one
    removed_ids: Sequence[str] = ()  # articles to remove
    erased: Sequence[str] = ()  # lines for the register of what is erased


class Store:
    """One dataset folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staging = folder / ".staging"
        self._known: KnownArticles | None = None  # of what stands; read again after a commit

    @contextmanager
    def locked(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the dataset for one run; `on_wait` is called if it is taken.

        Files of an older schema are upgraded first, and what a killed run left is healed.
        """
        self.staging.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.staging / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait()
            lock.acquire()
        self._known = None
        try:
            for stray in self.staging.glob("*.tmp"):
                stray.unlink()
            self._upgrade()
            self._finish_interrupted_commit()
            yield
        finally:
            lock.release()

    @contextmanager
    def kept_still(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Keep runs out while the tables are read, without healing anything; a folder that cannot be written has none.

        `on_wait` is called if a run is under way.
        """
        lock = FileLock(self.staging / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait()
            lock.acquire()
        except OSError:  # no such folder, or it is read-only
            pass
        try:
            yield
        finally:
            lock.release()

    @property
    def is_interrupted(self) -> bool:
        """Whether a commit was killed, which the next run ends: tables may differ by its articles."""
        return self._plan_path.exists()

    # --- reading ------------------------------------------------------------------------------------------------------

    def known_articles(self) -> KnownArticles:
        """Return the index of the articles in the dataset."""
        if self._known is not None:
            return self._known
        columns = ["article_id", "content_hash", "fetched_at"]
        parts = [
            (partition, read_columns(self.folder / partition.path("articles"), columns))
            for partition in self.partitions()
        ]
        self._known = KnownArticles.of(
            (*(rows[column].to_numpy() for column in columns), partition) for partition, rows in parts
        )
        return self._known

    def partitions(self) -> list[Partition]:
        """Return the partitions that hold articles, in order."""
        names = [(path.parent.name, path.stem.removeprefix("part-")) for path in self._files("articles")]
        return sorted(Partition(month, int(part)) for month, part in names)

    def article_files(self, first_month: str) -> list[Path]:
        """Return the files of the articles that were first seen in a month or later."""
        return [path for path in self._files("articles") if path.parent.name >= first_month]

    def _files(self, table: str) -> list[Path]:
        return sorted((self.folder / table).glob("*/part-*.parquet"))

    def slices(self, partition: Partition, tables: Collection[str] = ARTICLE_TABLES) -> Iterator[dict[str, pa.Table]]:
        """Yield the rows of a partition by table, some articles at a time, in order of their ids."""
        paths = {table: self.folder / partition.path(table) for table in tables}
        bounds = id_bounds(article_count(self.folder / partition.path("articles")))
        for parts in zip(*(slices(path, table, bounds) for table, path in paths.items()), strict=True):
            yield dict(zip(paths, parts, strict=True))

    def rejected_items(self) -> set[str]:
        """Return the inputs whose newest outcome is a rejection."""
        return set(self.read_root("rejections")["item"].to_pylist())

    def read_root(self, table: str) -> pa.Table:
        """Return a table that is one file."""
        return read_file(self.folder / table / ROOT_FILE, table)

    def erased(self) -> Erased:
        """Return what was erased and must not come back."""
        return Erased.load(self.folder / REGISTER)

    # --- committing ---------------------------------------------------------------------------------------------------

    def commit(self, plan: CommitPlan) -> None:
        """Write the plan's articles and rejections; every table is whole after each step."""
        placed = replace(plan, part=self._open_part(plan.month))
        self._replace(self._plan_path, lambda path: path.write_text(json.dumps(asdict(placed))))
        self._carry_out(placed)
        self._plan_path.unlink()
        for batch in plan.batches:
            discard_result(batch)

    def _open_part(self, month: str) -> int:
        """Return the number of the files that take new articles: the month's last, or the next once those are full."""
        partitions = [partition for partition in self.partitions() if partition.month == month]
        if not partitions:
            return 0
        counts = [article_count(self.folder / partition.path("articles")) for partition in partitions]
        is_full = counts[-1] >= max(PART_ARTICLES, sum(counts) // PARTS_OF_MONTH)
        return partitions[-1].part + is_full

    @property
    def _plan_path(self) -> Path:
        return self.staging / "commit.json"

    def _finish_interrupted_commit(self) -> None:
        if not self._plan_path.exists():
            return
        plan = json.loads(self._plan_path.read_text())
        plan["batches"] = [Batch(**{**batch, "staging": str(self.staging)}) for batch in plan["batches"]]
        self._carry_out(CommitPlan(**plan))
        self._plan_path.unlink()

    def _carry_out(self, plan: CommitPlan) -> None:
        if plan.erased:
            register = Erased.of([*self.erased().lines(), *plan.erased])
            self._replace(self.folder / REGISTER, lambda path: path.write_text("\n".join(register.lines()) + "\n"))
        known, self._known = self.known_articles(), None
        partitions: dict[Partition, list[list[str]]] = {}
        for number, article_ids in enumerate([*plan.article_ids, plan.removed_ids]):
            for article_id in article_ids:
                found = known.find(article_id)
                if found is None and number == len(plan.batches):
                    continue  # removed before the kill
                partition = found.partition if found else Partition(plan.month, plan.part or 0)
                parts = partitions.setdefault(partition, [[] for _ in range(len(plan.batches) + 1)])
                parts[number].append(article_id)
        for partition in sorted(partitions):
            *written, removed = partitions[partition]
            new = sum(known.find(article_id) is None for article_ids in written for article_id in article_ids)
            count = article_count(self.folder / partition.path("articles")) + new - len(removed)
            for table in ARTICLE_TABLES:
                path = self.folder / partition.path(table)
                merge = partial(
                    merge_file,
                    path,
                    table=table,
                    staged=_staged(plan.batches, written, table),
                    removed=removed,
                    bounds=id_bounds(count),
                    run_id=plan.run_id,
                    story_ids=plan.story_ids,
                )
                self._replace(path, merge)
        self._update_rejections(plan)
        if plan.erased:
            self._erase_from_roots()

    def _update_rejections(self, plan: CommitPlan) -> None:
        """Bring `rejections` up to date: an equal row stays as it is, a success removes its item's row."""
        old = {row["item"]: row for row in self.read_root("rejections").to_pylist()}
        new = dict(old)
        for item in plan.succeeded_items:
            new.pop(item, None)
        erased = self.erased()
        staged = [row for batch in plan.batches for row in read_result(batch, "rejections").to_pylist()]
        for row in map(erased.mask_row, (*staged, *plan.conflicts)):
            before = old.get(row["item"])
            same = before is not None and {**before, "run_id": None} == {**row, "run_id": None}
            new[row["item"]] = before if same else {**row, "run_id": plan.run_id}
        if new != old or not (self.folder / "rejections" / ROOT_FILE).exists():
            rows = [new[item] for item in sorted(new)]
            self.write_root("rejections", pa.Table.from_pylist(rows, arrow_schema("rejections")))

    def _erase_from_roots(self) -> None:
        """Take what is erased out of the tables that do not hang on articles."""
        erased = self.erased()
        for path in (self.folder / ".cache").glob("stories-*"):
            path.unlink()  # it holds signatures of texts
        (self.folder / REPORT_FILE).unlink(missing_ok=True)  # it shows texts
        for table, key in ROOT_KEYS.items():
            old = self.read_root(table).to_pylist()
            kept = {row[key]: row for row in map(erased.mask_row, old) if not erased.has(row[key])}
            rows = [kept[value] for value in sorted(kept)] if table != "runs" else list(kept.values())
            if rows != old:
                self.write_root(table, pa.Table.from_pylist(rows, arrow_schema(table)))

    # --- tables of one file -------------------------------------------------------------------------------------------

    def add_run(self, run: Run) -> None:
        """Append one row to `runs`."""
        row = self.erased().mask_rows(to_table("runs", [run]))
        self.write_root("runs", pa.concat_tables([self.read_root("runs"), row]))

    def write_root(self, table: str, rows: pa.Table) -> None:
        """Replace a table that is one file."""
        self.write_rows(Path(table, ROOT_FILE), rows)

    def write_rows(self, file: Path, rows: pa.Table) -> None:
        """Replace a file of a table, named relative to the dataset: `runs/part-0.parquet`."""
        table = file.parts[0]
        whole = conform(table, rows)
        self._replace(self.folder / file, lambda path: write_file(path, table, [whole]))

    def write_file(self, path: Path, content: bytes) -> None:
        """Replace a file of the dataset that is no table."""
        self._replace(path, lambda staged: staged.write_bytes(content))

    def finish(self) -> None:
        """Give every table at least one typed file, and remove what is left of staged batches."""
        for table in (*ARTICLE_TABLES, "rejections", "fetches"):
            if not table_paths(self.folder, table):
                self.write_root(table, arrow_schema(table).empty_table())
        clear_staging(self.staging)

    def _upgrade(self) -> None:
        """Rewrite the files of an older schema, from a table's last file to its first.

        Readers take a table's schema from its first file: they see the old one until all files have the new columns.
        """
        for table in TABLES:
            for path in reversed(table_paths(self.folder, table)):
                try:
                    if not is_current(path, table):
                        self._replace(path, partial(upgrade_file, path, table=table))
                except ValueError as error:  # of pyarrow, too
                    raise ValueError(f"{path.relative_to(self.folder)}: {error}") from error

    def _replace(self, path: Path, write: Callable[[Path], object]) -> None:
        """Write a file beside the tables and put it in its place, on disk before and after."""
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = self.staging / f"{path.parent.name}-{path.name}.tmp"
        try:
            write(staged)
            _sync(staged)
        except OSError:
            staged.unlink(missing_ok=True)  # a full disk gets its place back
            raise
        os.replace(staged, path)
        _sync(path.parent)


def _staged(batches: Sequence[Batch], written: Sequence[Sequence[str]], table: str) -> list[Staged]:
    """Return the staged rows of a table of those batches that have articles to write."""
    return [
        Staged(conform(table, read_result(batch, table)), pa.array(article_ids, pa.string()))
        for batch, article_ids in zip(batches, written, strict=True)
        if article_ids
    ]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
