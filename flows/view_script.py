"""The script that makes DuckDB views of a dataset where it lies: of each table, and the questions of `flows.views`."""

import os
import re
from pathlib import Path

from flows.sources import UsageError
from flows.views import create_views, quote_sql
from schemas.arrow import TABLES, table_description

GLOB_CHARACTERS = re.compile(r"[\[*?]")  # of a path that is no pattern: `data [old]`


def views_script(dataset: Path) -> str:
    """Return a script that makes a view of each table of a dataset, by its absolute path, and the views above.

    Raises UsageError if there is no dataset.
    """
    folder = dataset.resolve()
    tables = [table for table in TABLES if any((folder / table).glob("**/*.parquet"))]
    if not tables:
        raise UsageError(f"no dataset in {dataset}; `onrecord run` writes one")
    statements = [statement for table in tables for statement in _table_view(folder, table)]
    head = f"-- DuckDB views of the dataset in {' '.join(str(folder).splitlines())}, as `onrecord views` writes them.\n"
    return "\n".join([head, *(f"{statement};\n" for statement in (*statements, *create_views(tables)))])


def write_script(path: Path, script: str, *, overwrite: bool) -> None:
    """Write a script to a file, whole or not at all. Raises UsageError if it is there and not to be replaced."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; the script is one file")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists; --overwrite replaces it")
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(script, encoding="utf-8")
    os.replace(partial, path)


def _table_view(folder: Path, table: str) -> tuple[str, str]:
    plain = GLOB_CHARACTERS.sub(lambda found: f"[{found[0]}]", folder.as_posix())
    pattern = f"{plain}/{table}/**/*.parquet"
    source = f"read_parquet({quote_sql(pattern)}, hive_partitioning = false)"
    return (
        f"CREATE OR REPLACE VIEW {table} AS\nSELECT * FROM {source}",
        f"COMMENT ON VIEW {table} IS {quote_sql(f'One row: {table_description(table)}')}",
    )
