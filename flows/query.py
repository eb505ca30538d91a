"""SQL over the tables of a dataset, with DuckDB."""

import shutil
import sys
from pathlib import Path

import duckdb

from flows.table_files import check_dataset, table_paths
from flows.views import create_views
from schemas.arrow import TABLES, arrow_schema

MAX_TABLE_ROWS = 10_000  # of a printed table; `--format csv` prints any number


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with a view for each table of the dataset, and those of `flows.views` over them.

    A table without files, as a killed first run leaves, is empty; a column that older files lack is null. Raises
    NoDatasetError if there is no dataset.
    """
    check_dataset(folder)
    connection = duckdb.connect()
    tables = {table: [str(path) for path in table_paths(folder, table)] for table in TABLES}
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # which it would print among the rows
    for table, files in tables.items():
        if files:
            rows = connection.from_parquet(files, hive_partitioning=False)
            _with_all_columns(connection, table, rows).create_view(table)
        else:
            connection.register(table, arrow_schema(table).empty_table())
    for statement in create_views(tables):
        connection.execute(statement)
    return connection


def _with_all_columns(
    connection: duckdb.DuckDBPyConnection, table: str, rows: duckdb.DuckDBPyRelation
) -> duckdb.DuckDBPyRelation:
    declared = connection.from_arrow(arrow_schema(table).empty_table())
    columns = zip(declared.columns, declared.types, strict=True)
    missing = [f"NULL::{kind} AS {name}" for name, kind in columns if name not in rows.columns]
    return rows.project(", ".join(["*", *missing])) if missing else rows


def print_query(sql: str, folder: Path, format_: str) -> None:
    """Print the rows of a query as a table, as CSV or as JSON lines. Raises duckdb.Error for a wrong query."""
    with connect(folder) as connection:
        result = connection.sql(sql)
        if result is None:  # a statement without rows
            return
        if format_ == "csv":
            result.df().to_csv(sys.stdout, index=False)
        elif format_ == "jsonl":
            result.df().to_json(sys.stdout, orient="records", lines=True, date_format="iso", force_ascii=False)
        else:
            width = shutil.get_terminal_size((200, 50)).columns
            result.show(max_width=width, max_rows=MAX_TABLE_ROWS)
