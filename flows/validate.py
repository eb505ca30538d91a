"""Whether a dataset keeps its promises: every violation with its file and row.

Files are checked by their footers first; then the rows, one partition at a time, in DuckDB, whose memory is bounded.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.erased import Erased
from flows.row_checks import Check, article_checks, root_checks
from flows.store import Store
from flows.table_files import (
    ARTICLE_TABLES,
    ROOT_FILE,
    Partition,
    check_dataset,
    is_current,
    month_files,
    read_columns,
    table_paths,
)
from schemas.arrow import TABLES, arrow_schema

MEMORY_LIMIT = "1GB"  # of DuckDB, for the rows of one partition; beyond it, it uses the disk
TEXT_ROWS = 1_000  # articles whose texts are in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One promise broken in one place."""

    check: str  # short stable term to group by
    file: str  # relative to the dataset
    row: int | None  # in the file, from 0; None: of the file as a whole
    message: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What was checked, and what was found: all violations counted, the first ones of each check kept."""

    output: str
    shown: int  # violations kept of each check
    rows: Counter[str] = field(default_factory=Counter)  # checked, by table
    counts: Counter[str] = field(default_factory=Counter)  # violations, by check
    violations: list[Violation] = field(default_factory=list)

    def add(self, violation: Violation) -> None:
        """Count a violation; keep it if it is one of the first of its check."""
        self.counts[violation.check] += 1
        if self.counts[violation.check] <= self.shown:
            self.violations.append(violation)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "output": self.output,
            "valid": not self.counts,
            "rows": dict(self.rows),
            "violation_count": self.counts.total(),
            "violations_by_check": dict(self.counts.most_common()),
            "violations": [asdict(violation) for violation in self.violations],
        }


def validate(output: Path, *, shown: int = 10, on_wait: Callable[[], None] = lambda: None) -> Report:
    """Return what is wrong with a dataset; nothing is written. Waits for a run that is under way.

    Raises NoDatasetError for a folder without a dataset.
    """
    check_dataset(output)
    report = Report(output=str(output), shown=shown)
    store = Store(output)
    with store.kept_still(on_wait):
        for violation in _violations(store, report.rows):
            report.add(violation)
    return report


def _violations(store: Store, rows: Counter[str]) -> Iterator[Violation]:
    broken: set[str] = set()  # files whose rows cannot be asked for
    for violation in _file_violations(store):
        if violation.check in ("unreadable", "schema"):
            broken.add(violation.file)
        yield violation
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{MEMORY_LIMIT}'")
        for partition in store.partitions():
            files = {table: str(partition.path(table)) for table in ARTICLE_TABLES}
            if broken.isdisjoint(files.values()) and all((store.folder / file).exists() for file in files.values()):
                yield from _row_violations(connection, store, files, article_checks(partition), rows)
                yield from _text_violations(store, partition)
        for table in (table for table in TABLES if table not in ARTICLE_TABLES):
            for file in (path.relative_to(store.folder) for path in table_paths(store.folder, table)):
                if str(file) not in broken:
                    yield from _row_violations(connection, store, {table: str(file)}, root_checks(file), rows)
    yield from _dataset_violations(store, broken)


def _file_violations(store: Store) -> Iterator[Violation]:
    """Yield what is wrong with files as such: strays, gaps, schemas, an interrupted commit."""
    if store.is_interrupted:
        yield _of_file(Path(".staging/commit.json"), "interrupted", "a commit was killed; the next run ends it")
    partitions = store.partitions()
    expected = {table: {partition.path(table) for partition in partitions} for table in ARTICLE_TABLES}
    expected["daily_counts"] = {path.relative_to(store.folder) for path in month_files(store.folder, "daily_counts")}
    for table in TABLES:
        for path in sorted(path for path in (store.folder / table).rglob("*") if path.is_file()):
            relative = path.relative_to(store.folder)
            if not _is_expected(relative, expected.get(table, set())):
                yield _of_file(relative, "stray", "no file of ours; readers with a plain glob may read it")
            if path.suffix == ".parquet":
                yield from _schema_violations(path, relative, table)
        missing = [path for path in sorted(expected.get(table, ())) if not (store.folder / path).exists()]
        if not missing and not table_paths(store.folder, table):
            missing = [Path(table, ROOT_FILE)]
        for path in missing:
            yield _of_file(path, "missing", "the file is missing")


def _is_expected(path: Path, expected: set[Path]) -> bool:
    return path in expected or (len(path.parts) == 2 and path.name == ROOT_FILE)


def _schema_violations(path: Path, relative: Path, table: str) -> Iterator[Violation]:
    try:
        schema = pq.read_schema(path)
        row_count = pq.read_metadata(path).num_rows
    except (OSError, pa.ArrowException) as error:
        yield _of_file(relative, "unreadable", f"no Parquet file: {error}")
        return
    today = arrow_schema(table)
    if not schema.equals(today):
        other = set(schema.names) ^ set(today.names)
        what = f"columns {', '.join(sorted(other))}" if other else "types"
        yield _of_file(relative, "schema", f"an older schema ({what}); the next run upgrades it")
    elif not is_current(path, table):
        yield _of_file(relative, "metadata", "older descriptions of columns; the next run upgrades them")
    if table in (*ARTICLE_TABLES, "daily_counts") and relative == Path(table, ROOT_FILE) and row_count:
        cure = "; the next run moves them" if table == "daily_counts" else ""
        yield _of_file(relative, "stray", f"rows outside of the months{cure}")


def _row_violations(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    files: dict[str, str],
    checks: Sequence[Check],
    rows: Counter[str],
) -> Iterator[Violation]:
    for table, file in files.items():
        relation = connection.read_parquet(str(store.folder / file), file_row_number=True, hive_partitioning=False)
        relation.create_view(table, replace=True)
        rows[table] += pq.read_metadata(store.folder / file).num_rows
    for check in checks:
        for row, message in connection.execute(check.sql).fetchall():
            yield Violation(check=check.name, file=files[check.table], row=row, message=str(message))


def _text_violations(store: Store, partition: Partition) -> Iterator[Violation]:
    """Yield the articles whose words are not as many as they say."""
    path = partition.path("articles")
    row = 0
    with pq.ParquetFile(store.folder / path) as file:
        for batch in file.iter_batches(batch_size=TEXT_ROWS, columns=["text", "word_count"]):
            for text, count in zip(batch["text"].to_pylist(), batch["word_count"].to_pylist(), strict=True):
                found = len(text.split())
                if found != count:
                    yield Violation(
                        check="word_count", file=str(path), row=row, message=f"word_count is {count}, words are {found}"
                    )
                row += 1


def _dataset_violations(store: Store, broken: set[str]) -> Iterator[Violation]:
    """Yield what only several files together show: articles in two months, erased ones, counts that do not add up."""
    erased = store.erased()
    first: dict[int, str] = {}
    statements: Counter[str] = Counter()
    for partition in store.partitions():
        path = partition.path("articles")
        if str(path) not in broken:
            yield from _identity_violations(store.folder, path, first, erased)
        if str(partition.path("statements")) not in broken and (store.folder / partition.path("statements")).exists():
            types = pq.read_table(
                store.folder / partition.path("statements"), columns=["quote_type"], partitioning=None
            )["quote_type"]
            statements.update({item["values"]: item["counts"] for item in types.value_counts().to_pylist()})
    days = table_paths(store.folder, "daily_counts")
    if days and broken.isdisjoint(str(path.relative_to(store.folder)) for path in days):
        counted: Counter[str] = Counter()
        for path in days:
            for row in read_columns(path, ["quote_type", "statement_count"]).to_pylist():
                counted[row["quote_type"]] += row["statement_count"]
        if counted != statements:
            message = f"counts {dict(counted)}; statements has {dict(statements)}"
            yield _of_file(Path("daily_counts"), "daily_counts", message)


def _identity_violations(folder: Path, path: Path, first: dict[int, str], erased: Erased) -> Iterator[Violation]:
    columns = ["article_id", "url", "canonical_url"] if erased.articles else ["article_id"]
    rows = pq.read_table(folder / path, columns=columns, partitioning=None)
    for row, article_id in enumerate(rows["article_id"].to_pylist()):
        place = first.setdefault(int(article_id, 16), str(path))
        if place != str(path):
            message = f"article_id {article_id} stands in {place}, too"
            yield Violation(check="unique", file=str(path), row=row, message=message)
    if erased.articles:
        for row, entry in enumerate(rows.to_pylist()):
            if any(entry[name] and erased.has(entry[name]) for name in ("url", "canonical_url")):
                message = f"article {entry['article_id']} was erased"
                yield Violation(check="erased", file=str(path), row=row, message=message)


def _of_file(path: Path, check: str, message: str) -> Violation:
    return Violation(check=check, file=str(path), row=None, message=message)
