"""The formats of an export: each writes tables that come in batches, and holds no more than a batch of them.

Parquet and DuckDB keep every value as it is. CSV and XLSX are for spreadsheets: see `flows.export_texts`.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError, FileSizeError

from flows.export_texts import cut_cell, make_harmless
from flows.sources import UsageError
from flows.views import create_views, quote_sql
from schemas.arrow import TABLES, arrow_schema, columns, table_description

SHEET_ROWS = 1_048_576  # of a sheet in Excel, its header included
MEMORY_LIMIT = "1GB"  # of DuckDB; beyond it, it uses the disk
# Releases of DuckDB open no file that a newer one wrote in its own format; all since 1.0 open this one.
STORAGE_VERSION = "v1.0.0"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it, Excel takes UTF-8 for the machine's old code page
WIDTHS = {pa.string(): 24, pa.timestamp("us", tz="UTC"): 22}  # of a sheet's columns, in characters
WORDING_WIDTH, OTHER_WIDTH = 60, 12


class Writer(Protocol):
    """One export being written: leaving it ends its files, unless by an error."""

    cut_cells: Counter[str]  # texts that did not fit, by column

    def write(self, table: str, batches: Iterable[pa.Table]) -> None:
        """Write one table."""
        ...

    def __enter__(self) -> "Writer": ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None: ...


def scratch_folder(path: Path) -> Path:
    """Return the folder in which a writer may keep what does not fit into memory."""
    return path.with_name(f"{path.name}.tmp")


class FileWriter:
    """Parquet or CSV: one file a table."""

    def __init__(self, paths: Mapping[str, Path], write_file: Callable[[Path, str, Iterable[pa.Table]], None]) -> None:
        self.paths = paths
        self.write_file = write_file
        self.cut_cells: Counter[str] = Counter()

    def write(self, table: str, batches: Iterable[pa.Table]) -> None:
        """Write a table to its file."""
        self.write_file(self.paths[table], table, batches)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Do nothing: each file is whole when it is written."""


def write_parquet(path: Path, table: str, batches: Iterable[pa.Table]) -> None:
    """Write one Parquet file; Snappy, because every reader of Parquet has it."""
    with pq.ParquetWriter(path, arrow_schema(table), compression="snappy") as writer:
        for rows in batches:
            writer.write_table(rows)


def write_csv(path: Path, table: str, batches: Iterable[pa.Table]) -> None:
    """Write one CSV file: commas, every text in quotation marks, a null as nothing; UTF-8 with a byte order mark."""
    with path.open("wb") as file:
        file.write(BYTE_ORDER_MARK)
        with pyarrow.csv.CSVWriter(file, arrow_schema(table)) as writer:
            for rows in batches:
                writer.write_table(make_harmless(rows, is_csv=True))


class WorkbookWriter:
    """XLSX: one workbook, a sheet a table. Times are UTC, to the millisecond; numbers have 16 digits."""

    def __init__(self, path: Path) -> None:
        self.scratch = scratch_folder(path)
        self.scratch.mkdir()
        options = {"constant_memory": True, "tmpdir": str(self.scratch), "remove_timezone": True}
        self.workbook = xlsxwriter.Workbook(str(path), options)
        self.bold = self.workbook.add_format({"bold": True})
        self.formats = {
            datetime: self.workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: self.workbook.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self.cut_cells: Counter[str] = Counter()

    def write(self, table: str, batches: Iterable[pa.Table]) -> None:
        """Write a table to a sheet of its name."""
        names = arrow_schema(table).names
        sheet = self.workbook.add_worksheet(table)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns(TABLES[table])):
            width = WORDING_WIDTH if column.is_wording else WIDTHS.get(column.arrow_type, OTHER_WIDTH)
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, column.name, self.bold)
        number = 0
        for rows in batches:
            for row in zip(*(column.to_pylist() for column in make_harmless(rows, is_csv=False).columns), strict=True):
                number += 1
                for place, value in enumerate(row):
                    if value is not None:
                        self._write_cell(sheet, number, place, value, f"{table}.{names[place]}")
        sheet.autofilter(0, 0, number, len(names) - 1)

    def _write_cell(self, sheet: Any, row: int, column: int, value: object, name: str) -> None:
        if isinstance(value, str):
            text = cut_cell(value)
            self.cut_cells[name] += text is not value
            outcome = sheet.write_string(row, column, text)
        elif isinstance(value, bool):
            outcome = sheet.write_boolean(row, column, value)
        elif isinstance(value, date):  # a datetime is one
            outcome = sheet.write_datetime(row, column, value, self.formats[type(value)])
        else:
            outcome = sheet.write_number(row, column, value)
        if outcome != 0:
            raise ValueError(f"{name}, row {row}: XlsxWriter refuses {value!r} ({outcome})")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Put the sheets together. Raises UsageError where one is too large for that."""
        try:
            if kind is None:
                self.workbook.close()
        except FileSizeError as error:
            message = "a sheet is over 4 GB, more than a workbook can hold; take fewer --tables, or another --format"
            raise UsageError(message) from error
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error  # a full disk, say
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)


class DatabaseWriter:
    """DuckDB: one database with the tables, the views of `flows.views` over them, and what every column means."""

    def __init__(self, path: Path) -> None:
        self.cut_cells: Counter[str] = Counter()
        self.tables: list[str] = []
        self.connection = duckdb.connect()
        self.connection.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{MEMORY_LIMIT}'")
        self.scratch = scratch_folder(path)
        self.connection.execute(f"SET temp_directory = {quote_sql(str(self.scratch))}")
        self.connection.execute(f"ATTACH {quote_sql(str(path))} AS export (STORAGE_VERSION '{STORAGE_VERSION}')")
        self.connection.execute("USE export")

    def write(self, table: str, batches: Iterable[pa.Table]) -> None:
        """Write a table, its types and what may be null as declared."""
        self.connection.register("batch", arrow_schema(table).empty_table())
        self.connection.execute(f"CREATE TABLE {table} AS SELECT * FROM batch")
        self.connection.execute(f"COMMENT ON TABLE {table} IS {quote_sql(f'One row: {table_description(table)}')}")
        for column in columns(TABLES[table]):
            if not column.nullable:
                self.connection.execute(f'ALTER TABLE {table} ALTER COLUMN "{column.name}" SET NOT NULL')
            self.connection.execute(f'COMMENT ON COLUMN {table}."{column.name}" IS {quote_sql(column.description)}')
        for rows in batches:
            self.connection.register("batch", rows)
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM batch")
        self.connection.unregister("batch")
        self.tables.append(table)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Add the views and end the database."""
        with self.connection:
            if kind is None:
                for statement in create_views(self.tables):
                    self.connection.execute(statement)
                self.connection.execute("USE memory; DETACH export")
        shutil.rmtree(self.scratch, ignore_errors=True)
