"""SQL over a dataset: tables that are missing are empty, columns that older files lack are null."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.query import connect
from flows.table_files import NoDatasetError
from schemas.arrow import TABLES, arrow_schema


@pytest.fixture
def dataset(bundled_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_dataset, tmp_path / "data"))


@pytest.mark.parametrize("table", ["runs", "speakers", "daily_counts"])
def test_a_table_without_files_is_empty(dataset: Path, table: str) -> None:
    shutil.rmtree(dataset / table)
    with connect(dataset) as connection:
        assert connection.sql(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
        assert connection.table(table).columns == arrow_schema(table).names
        assert connection.sql("SELECT count(*) FROM most_quoted").fetchall() is not None


def test_a_column_that_older_files_lack_is_null(dataset: Path) -> None:
    for path in (dataset / "articles").glob("**/*.parquet"):
        rows = pq.read_table(path, partitioning=None)
        pq.write_table(rows.drop_columns(["story_id", "first_of_story"]), path)
    with connect(dataset) as connection:
        kinds = dict(zip(connection.table("articles").columns, connection.table("articles").types, strict=True))
        assert (str(kinds["story_id"]), str(kinds["first_of_story"])) == ("VARCHAR", "BOOLEAN")
        [(articles, stories)] = connection.sql("SELECT count(*), count(story_id) FROM articles").fetchall()
        assert articles > 0
        assert stories == 0
        [(own,)] = connection.sql("SELECT count(*) FROM story_origins").fetchall()
        assert own == articles  # each is a story of its own


def test_every_table_is_there(dataset: Path) -> None:
    with connect(dataset) as connection:
        for table in TABLES:
            assert connection.table(table).columns == arrow_schema(table).names


def test_a_folder_without_tables_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDatasetError, match="no dataset in"):
        connect(tmp_path)
