"""SQL over a dataset, also by the script of views: missing tables are empty, columns that older files lack null."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.query import connect
from flows.table_files import NoDatasetError
from flows.view_script import views_script
from schemas.arrow import TABLES, arrow_schema


@pytest.fixture
def dataset(bundled_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_dataset, tmp_path / "data"))


def run_script(dataset: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(views_script(dataset))
    return connection


both = pytest.mark.parametrize("open_dataset", [connect, run_script])
Open = Callable[[Path], duckdb.DuckDBPyConnection]


@both
@pytest.mark.parametrize("table", ["runs", "speakers", "daily_counts"])
def test_a_table_without_files_is_empty(dataset: Path, table: str, open_dataset: Open) -> None:
    shutil.rmtree(dataset / table)
    with open_dataset(dataset) as connection:
        assert connection.sql(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
        assert connection.table(table).columns == arrow_schema(table).names
        assert connection.sql("SELECT count(*) FROM most_quoted").fetchall() is not None


@both
def test_a_column_that_older_files_lack_is_null_until_they_are_upgraded(dataset: Path, open_dataset: Open) -> None:
    whole = {path: pq.read_table(path, partitioning=None) for path in (dataset / "articles").glob("**/*.parquet")}
    for path, rows in whole.items():
        pq.write_table(rows.drop_columns(["story_id", "first_of_story"]), path)
    with open_dataset(dataset) as connection:
        kinds = dict(zip(connection.table("articles").columns, connection.table("articles").types, strict=True))
        assert (str(kinds["story_id"]), str(kinds["first_of_story"])) == ("VARCHAR", "BOOLEAN")
        [(articles, stories)] = connection.sql("SELECT count(*), count(story_id) FROM articles").fetchall()
        assert articles > 0
        assert stories == 0
        [(own,)] = connection.sql("SELECT count(*) FROM story_origins").fetchall()
        assert own == articles  # each is a story of its own
        for path, rows in whole.items():
            pq.write_table(rows, path)
        assert connection.sql("SELECT count(story_id) FROM articles").fetchall() == [(articles,)]


def test_every_table_is_there(dataset: Path) -> None:
    with connect(dataset) as connection:
        for table in TABLES:
            assert connection.table(table).columns == arrow_schema(table).names


def test_a_folder_without_tables_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDatasetError, match="no dataset in"):
        connect(tmp_path)
