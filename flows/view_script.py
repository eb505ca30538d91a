"""DuckDB views of a dataset where it lies: of each table, and the questions of `flows.views`; also as a script."""

import re
from pathlib import Path

import duckdb

from flows.table_files import check_dataset, table_paths
from flows.views import create_views, quote_sql
from schemas.arrow import TABLES, arrow_schema, table_description

GLOB_CHARACTERS = re.compile(r"[\[*?]")  # of a path that is no pattern: `data [old]`


def view_statements(dataset: Path) -> list[str]:
    """Return the statements that make a view of each table of a dataset, by its absolute path, and the views above.

    A table without files, as a killed first run leaves, is empty; a column that older files lack is null. Raises
    NoDatasetError if there is no dataset.
    """
    check_dataset(dataset)
    folder = dataset.resolve()
    statements = []
    with duckdb.connect() as connection:
        for table in TABLES:
            comment = quote_sql(f"One row: {table_description(table)}")
            statements.append(f"CREATE OR REPLACE VIEW {table} AS\n{_select_rows(connection, folder, table)}")
            statements.append(f"COMMENT ON VIEW {table} IS {comment}")
    return [*statements, *create_views(TABLES)]


def views_script(dataset: Path) -> str:
    """Return these statements as a script."""
    statements = view_statements(dataset)
    folder = " ".join(str(dataset.resolve()).splitlines())
    head = f"-- DuckDB views of the dataset in {folder}, as `onrecord views` writes them.\n"
    return "\n".join([head, *(f"{statement};\n" for statement in statements)])


def _select_rows(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> str:
    """Return a query for all rows of a table, with all columns of today."""
    declared = connection.from_arrow(arrow_schema(table).empty_table())
    columns = zip(declared.columns, declared.types, strict=True)
    nothing = f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in columns)} WHERE false"
    if not table_paths(folder, table):
        return nothing
    plain = GLOB_CHARACTERS.sub(lambda found: f"[{found[0]}]", folder.as_posix())
    pattern = f"{plain}/{table}/**/*.parquet"
    rows = f"SELECT * FROM read_parquet({quote_sql(pattern)}, hive_partitioning = false)"
    is_whole = set(declared.columns) <= set(connection.sql(rows).columns)
    return rows if is_whole else f"{nothing}\nUNION ALL BY NAME\n{rows}"  # right also once the files are upgraded
