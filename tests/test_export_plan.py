"""Where an export goes: over nothing that is there, unless asked; never into a dataset; nothing half-written stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows import export as export_module
from flows.export import ExportReport, export_dataset, read_batches, report_lines
from flows.export_plan import Format, request_export
from flows.sources import UsageError
from flows.store import Store
from tests.rows import commit_articles, make_processed


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("parent") / "data")
    commit_articles(store, [make_processed("a")])
    return store.folder


def export(dataset: Path, out: Path, *arguments: Any, **options: Any) -> ExportReport:
    return export_dataset(dataset, request_export(out, *arguments, **options))


@pytest.mark.parametrize("place", ["data", "data/statements", "data/exports/new", "data/a.duckdb", "link/articles/x"])
def test_nothing_goes_into_a_dataset(dataset: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "link").symlink_to(dataset)
    out = tmp_path / place if place.startswith("link") else dataset.parent / place
    before = sorted(dataset.rglob("*"))
    with pytest.raises(UsageError, match=r"lies in the dataset .*, which holds its own files alone"):
        export(dataset, out, overwrite=True)
    assert sorted(dataset.rglob("*")) == before


def test_nothing_goes_into_another_dataset(dataset: Path, tmp_path: Path) -> None:
    commit_articles(Store(tmp_path / "other"), [make_processed("a")])
    with pytest.raises(UsageError, match="lies in the dataset"):
        export(dataset, tmp_path / "other" / "articles" / "export")


@pytest.mark.parametrize(
    ("out", "arguments", "message"),
    [
        ("taken", ["parquet"], "taken is not empty; --overwrite replaces the files of the same names in it"),
        ("taken/a.xlsx", ["xlsx"], "a.xlsx exists; --overwrite replaces it"),
        ("taken/a.xlsx", ["csv"], "a.xlsx ends in .xlsx, but the format is csv"),
        ("taken/plain", ["csv"], "plain is a file; csv goes to a folder or to a file named so"),
        ("taken/plain/b.csv", ["csv", ["speakers"]], "b.csv lies in .*plain, which is a file and no folder"),
        (
            "new.xls",
            [],
            "new.xls ends in .xls; a file ends in .parquet, .csv, .xlsx, .duckdb, and a folder",
        ),
        ("new.xls", ["xlsx"], "new.xls ends in .xls; a file ends in"),
        ("folder.duckdb", ["duckdb"], "folder.duckdb is a folder; give the file another name"),
        ("new.csv", ["csv"], "new.csv is one file, for 10 tables: name a folder, or one table"),
        ("new", ["csv", ["speaker"]], "--tables speaker: no such table; there are articles, segments"),
    ],
)
def test_what_is_there_stays(dataset: Path, tmp_path: Path, out: str, arguments: list[Any], message: str) -> None:
    for name in ("taken/a.xlsx", "taken/plain"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    (tmp_path / "folder.duckdb").mkdir()
    with pytest.raises(UsageError, match=message):
        export(dataset, tmp_path / out, *arguments)
    assert {path.read_text() for path in (tmp_path / "taken").iterdir()} == {"mine"}
    assert not list(tmp_path.glob("new*"))


def test_overwriting_replaces_files_of_the_same_names_only(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(dataset, out, "csv")
    (out / "notes.txt").write_text("mine")
    report = export(dataset, out, "csv", ["speakers"], text_mode="hash", overwrite=True)
    assert "It rained." not in (out / "speakers.csv").read_text()
    assert "It rained." in (out / "statements.csv").read_text()
    assert (out / "notes.txt").read_text() == "mine"
    assert any(
        "Not of this export, but still there" in line and "statements.csv" in line for line in report_lines(report)
    )


@pytest.mark.parametrize("format_", ["parquet", "csv", "xlsx", "duckdb"])
def test_an_export_that_breaks_off_leaves_nothing(
    dataset: Path, tmp_path: Path, format_: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_some(dataset: Path, table: str) -> Iterator[pa.Table]:
        yield from read_batches(dataset, table)
        if table == "speakers":
            raise OSError("the disk is gone")

    monkeypatch.setattr(export_module, "read_batches", read_some)
    with pytest.raises(OSError, match="the disk is gone"):
        export(dataset, tmp_path / "out", format_)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_", ["xlsx", "duckdb"])
def test_what_a_killed_export_left_is_in_nobodys_way(dataset: Path, tmp_path: Path, format_: Format) -> None:
    (tmp_path / f"a.{format_}.partial").write_text("half")
    (tmp_path / f"a.{format_}.partial.tmp").mkdir()
    export(dataset, tmp_path / f"a.{format_}")
    assert [path.name for path in tmp_path.iterdir()] == [f"a.{format_}"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_may_have_a_dot_in_its_name(dataset: Path, tmp_path: Path, is_there: bool) -> None:
    out = tmp_path / ("news.xls" if is_there else "2026.11.20")
    if is_there:
        out.mkdir()
    export(dataset, out, tables=["speakers"])
    assert [path.name for path in out.iterdir()] == ["speakers.parquet"]


def test_what_a_killed_export_left_in_a_folder_is_cleared(dataset: Path, tmp_path: Path) -> None:
    for name in ("articles.csv.partial", "onrecord.duckdb.partial", "onrecord.duckdb.partial.wal"):
        (tmp_path / name).write_text("half")
    (tmp_path / "onrecord.xlsx.partial.tmp").mkdir()
    export(dataset, tmp_path, "csv", ["speakers"])
    assert [path.name for path in tmp_path.iterdir()] == ["speakers.csv"]


def test_a_file_of_a_folder_that_is_one_itself_is_said_before_anything_is_written(
    dataset: Path, tmp_path: Path
) -> None:
    (tmp_path / "speakers.csv").mkdir()
    with pytest.raises(UsageError, match=r"speakers\.csv is a folder; give the file another name"):
        export(dataset, tmp_path, "csv", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["speakers.csv"]
