"""SQL over the tables of a dataset, with DuckDB."""

import shutil
import sys
from pathlib import Path

import duckdb

from flows.sources import UsageError
from flows.view_script import view_statements

MAX_TABLE_ROWS = 10_000  # of a printed table; `--format csv` prints any number
QUERIES = ("SELECT", "EXPLAIN", "PRAGMA", "CALL", "COPY", "MULTI")  # kinds of statements; DuckDB takes PIVOT for MULTI


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with the views of `flows.view_script`. Raises NoDatasetError if there is no dataset."""
    statements = view_statements(folder)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # which it would print among the rows
    for statement in statements:
        connection.execute(statement)
    return connection


def print_query(sql: str, folder: Path, format_: str) -> None:
    """Print the rows of a query as a table, as CSV or as JSON lines.

    Raises duckdb.Error for a wrong query, UsageError for what is none.
    """
    with connect(folder) as connection:
        kinds = [statement.type.name for statement in connection.extract_statements(sql)]
        if not kinds or kinds[-1] not in QUERIES:
            what = f"it ends in {kinds[-1]}" if kinds else "there is none"
            raise UsageError(f"only queries are run, which change nothing; {what}")
        result = connection.sql(sql)
        if result is None:  # COPY, which has written a file
            return
        if format_ == "csv":
            result.df().to_csv(sys.stdout, index=False)
        elif format_ == "jsonl":
            result.df().to_json(sys.stdout, orient="records", lines=True, date_format="iso", force_ascii=False)
        else:
            width = shutil.get_terminal_size((200, 50)).columns
            result.show(max_width=width, max_rows=MAX_TABLE_ROWS)
