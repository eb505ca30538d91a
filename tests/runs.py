"""Runs over files and loopback sites, and the datasets they write as readers see them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from flows.job import JobParameters, run_job
from flows.store import Store
from flows.summary import Summary
from schemas.arrow import TABLES
from tests.conftest import ROOT
from tests.rows import table_bytes

EXAMPLES = ROOT / "examples" / "articles"
STORIES = "SELECT article_id, url, title, text FROM articles ORDER BY ALL"
TEXTS = {
    f"r{number}": f"“It is day {number},” said Ann Lee, the mayor of Brack. The ferry waited." for number in range(30)
}


class Killed(BaseException):
    """Stands for kill -9: nothing of ours cleans up."""


def run(output: Path, *inputs: Path | str, **parameters: Any) -> Summary:
    """Run over files."""
    return run_job(JobParameters(inputs=[str(path) for path in inputs], output=str(output), **parameters))


def fetch(output: Path, *inputs: str, later: timedelta = timedelta(), **parameters: Any) -> Summary:
    """Run over what loopback servers have, by a clock that may be ahead."""
    job = JobParameters(inputs=inputs, output=str(output), allow_private=True, **parameters)
    return run_job(job, clock=lambda: datetime.now(UTC) + later)


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    """Return inputs, written, unchanged, duplicates and rejected."""
    return summary.inputs, summary.written, summary.unchanged, summary.duplicates, summary.rejected.total()


def files(output: Path) -> dict[str, bytes]:
    """Return every Parquet file's bytes by path, but those of `runs`."""
    return table_bytes(Store(output), without="runs")


def rows(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the tables, read through the plain glob."""
    with duckdb.connect() as connection:
        for table in TABLES:
            glob = output / table / "**" / "*.parquet"
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{glob}')")
        return connection.execute(sql).fetchall()


def write_records(path: Path, texts: dict[str, str]) -> Path:
    """Write a table of records, by id."""
    path.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items()))
    return path
