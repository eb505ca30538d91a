"""A dataset as single files, for tools that want one file a table, one workbook or one database.

Every file is written beside its place and put there when all are done, so that nothing half-written is ever seen.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.destination import partial_path
from flows.export_plan import ExportRequest, Format, check_place, left_over, plan_files, unfinished_files
from flows.export_texts import CELL_LENGTH, change_wording, text_change
from flows.export_writers import (
    SHEET_ROWS,
    DatabaseWriter,
    FileWriter,
    WorkbookWriter,
    Writer,
    scratch_folder,
    write_csv,
    write_parquet,
)
from flows.sources import UsageError
from flows.store import Store
from flows.table_files import check_dataset, table_paths
from schemas.arrow import arrow_schema, conform

BATCH_ROWS = 1_000  # read at a time; few, because an article can have megabytes
BATCH_BYTES = 32_000_000  # written at a time, in memory: a row group of some 10 MB on disk


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written."""

    files: Mapping[str, Path]  # by table
    rows: Counter[str]  # by table
    missing: Sequence[str]  # tables without files, which are empty
    cut_cells: Counter[str]  # texts that did not fit into a cell, by column
    left_over: Sequence[Path]  # of an earlier export, in the same folder
    is_interrupted: bool  # a commit of the dataset was killed; its tables may differ by the articles in flight


def export_dataset(
    dataset: Path, request: ExportRequest, *, on_wait: Callable[[], None] = lambda: None
) -> ExportReport:
    """Write the tables of a dataset to single files; wait for a run that is under way, and keep the next one out.

    Raises UsageError where there is no dataset, where the place is taken or within the dataset, and for a table that
    has more rows than a sheet.
    """
    check_dataset(dataset)
    files = plan_files(request)
    check_place(dataset, request, files)
    store = Store(dataset)
    with store.kept_still(on_wait):
        rows = Counter({table: count_rows(dataset, table) for table in request.tables})
        if request.format == "xlsx":
            _check_sheets(rows)
        cut_cells = _write_files(dataset, request, files)
        return ExportReport(
            files=files,
            rows=rows,
            missing=[table for table in request.tables if not table_paths(dataset, table)],
            cut_cells=cut_cells,
            left_over=left_over(request, files),
            is_interrupted=store.is_interrupted,
        )


def report_lines(report: ExportReport) -> Iterator[str]:
    """Yield what a person is told of an export."""
    for table, path in report.files.items():
        yield f"{report.rows[table]:>12,} {table:<16} {path}"
    if report.missing:
        yield f"Empty, because the dataset has no files of them: {', '.join(report.missing)}"
    for column, count in report.cut_cells.items():
        if count:
            yield f"Cut to {CELL_LENGTH:,} characters, all that a cell of Excel holds: {count:,} in {column}."
    if report.left_over:
        yield f"Not of this export, but still there: {', '.join(map(str, report.left_over))}"
    if report.is_interrupted:
        yield "A run was killed while it wrote: tables may differ by some articles until the next run."


def count_rows(dataset: Path, table: str) -> int:
    """Return how many rows a table has."""
    return sum(int(pq.read_metadata(path).num_rows) for path in table_paths(dataset, table))


def read_batches(dataset: Path, table: str) -> Iterator[pa.Table]:
    """Yield the rows of a table in the schema of today, file by file, in batches of some BATCH_BYTES; one at least."""
    pending = [arrow_schema(table).empty_table()]
    for path in table_paths(dataset, table):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH_ROWS):
                pending.append(conform(table, pa.Table.from_batches([batch], file.schema_arrow)))
                if sum(rows.nbytes for rows in pending) >= BATCH_BYTES:
                    yield pa.concat_tables(pending)
                    pending = []
    if pending:
        yield pa.concat_tables(pending)


def _check_sheets(rows: Mapping[str, int]) -> None:
    for table, count in rows.items():
        if count >= SHEET_ROWS:
            raise UsageError(
                f"{table} has {count:,} rows; a sheet of Excel has {SHEET_ROWS:,}, one of them for the header: "
                "leave the table out (--tables), or take --format csv, parquet or duckdb"
            )


def _write_files(dataset: Path, request: ExportRequest, files: Mapping[str, Path]) -> Counter[str]:
    """Write all files beside their places, then put them there; return the cells that were cut."""
    staged = {path: partial_path(path) for path in files.values()}
    folder = next(iter(files.values())).parent
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    _remove({*staged.values(), *unfinished_files(request)})  # what a killed export left
    try:
        cut_cells = _write_tables(dataset, request, {table: staged[path] for table, path in files.items()})
        for path, partial in staged.items():
            os.replace(partial, path.resolve())  # what a link leads to
    except BaseException:
        _remove(staged.values())
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise
    return cut_cells


def _remove(files: Collection[Path]) -> None:
    """Remove unfinished files, with what DuckDB and XlsxWriter keep beside them."""
    for path in files:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        shutil.rmtree(scratch_folder(path), ignore_errors=True)


def _write_tables(dataset: Path, request: ExportRequest, paths: Mapping[str, Path]) -> Counter[str]:
    change = text_change(request.text_mode, request.excerpt_length)
    with _open_writer(request.format, paths) as writer:
        for table in request.tables:
            writer.write(table, (change_wording(table, rows, change) for rows in read_batches(dataset, table)))
    return writer.cut_cells


def _open_writer(format_: Format, paths: Mapping[str, Path]) -> Writer:
    first = next(iter(paths.values()))
    if format_ == "xlsx":
        return WorkbookWriter(first)
    if format_ == "duckdb":
        return DatabaseWriter(first)
    return FileWriter(paths, write_csv if format_ == "csv" else write_parquet)
