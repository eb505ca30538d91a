"""Every promise of the data that is broken is found, with its file and row."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.daily_counts import update_daily_counts
from flows.erased import REGISTER, hash_address
from flows.store import Store
from flows.validate import Report, Violation, validate
from schemas.arrow import arrow_schema
from tests.rows import commit_articles, make_processed

ARTICLES = [make_processed(f"a{number}", f"Text {number} — “naïve”, it rained.") for number in range(10)]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in which all is right."""
    store = Store(tmp_path_factory.mktemp("dataset"))
    commit_articles(store, ARTICLES)
    update_daily_counts(store)
    store.write_root("runs", arrow_schema("runs").empty_table())
    return store.folder


@pytest.fixture
def store(dataset: Path, tmp_path: Path) -> Store:
    """A copy of it."""
    shutil.copytree(dataset, tmp_path, dirs_exist_ok=True)
    return Store(tmp_path)


def change(store: Store, table: str, edit: Callable[[list[Row]], object]) -> str:
    """Edit the rows of a table's first file with rows; return the file."""
    path = next(path for path in sorted((store.folder / table).glob("**/*.parquet")) if pq.read_metadata(path).num_rows)
    rows = pq.read_table(path, partitioning=None).to_pylist()
    edit(rows)
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(table)), path)
    return str(path.relative_to(store.folder))


def found(report: Report) -> set[tuple[str, str, int | None]]:
    return {(violation.check, violation.file, violation.row) for violation in report.violations}


def test_nothing_is_found_where_all_is_right(store: Store) -> None:
    report = validate(store.folder)
    assert report.violations == []
    assert report.rows["statements"] == len(ARTICLES)
    assert report.rows["segments"] == len(ARTICLES)


def set_to(row: int, **values: object) -> Callable[[list[Row]], object]:
    return lambda rows: rows[row].update(values)


CASES: list[tuple[str, str, Callable[[list[Row]], object], int]] = [
    ("round_trip", "segments", set_to(1, text="Text 3 — “naive”, it rained."), 1),
    ("round_trip", "statements", set_to(0, text="It snowed."), 0),
    ("round_trip", "statements", set_to(1, cue_text="said", cue_start_char=0, cue_end_char=4), 1),
    ("round_trip", "statements", set_to(1, speaker_text="Lee", speaker_start_char=0, speaker_end_char=3), 1),
    ("offsets", "statements", set_to(1, cue_start_char=0), 1),
    ("offsets", "statements", set_to(1, speaker_start_char=4, speaker_end_char=4), 1),
    ("offsets", "segments", set_to(0, start_char=9, end_char=5), 0),
    ("offsets", "statements", set_to(0, end_char=5), 0),
    ("offsets", "statement_spans", set_to(0, end_char=9_999), 0),
    ("range", "statements", set_to(1, quote_type="said"), 1),
    ("range", "statements", set_to(1, attribution_score=1.5), 1),
    ("range", "segments", set_to(1, paragraph_index=-1), 1),
    ("range", "articles", set_to(0, published_date=pa.scalar(1, pa.date32()).as_py()), 0),
    ("unique", "segments", lambda rows: rows.insert(1, rows[0]), 1),
    ("unique", "articles", lambda rows: rows.insert(1, rows[0]), 1),
    ("order", "statements", lambda rows: rows.reverse(), 1),
    ("foreign_key", "statements", set_to(1, segment_id="nowhere"), 1),
    ("foreign_key", "statements", set_to(0, speaker_id="nobody"), 0),
    ("foreign_key", "speakers", set_to(0, article_id="0000000000000000"), 0),
    ("foreign_key", "statement_spans", set_to(1, statement_id="nothing"), 1),
    ("foreign_key", "citations", lambda rows: rows.append({**rows[0], "article_id": "ffffffffffffffff"}), -1),
    ("place", "articles", set_to(1, first_seen_at=ARTICLES[0].article.first_seen_at.replace(month=3)), 1),
    ("identity", "articles", set_to(0, url="file:test/another"), 0),
    ("identity", "segments", set_to(0, segment_id="another"), 0),
    ("word_count", "articles", set_to(1, word_count=7_000), 1),
    ("statement_count", "articles", set_to(1, statement_count=2), 1),
    ("statement_count", "speakers", set_to(1, statement_count=5), 1),
]


@pytest.mark.parametrize(("check", "table", "edit", "row"), CASES)
def test_a_broken_promise_is_found_in_its_file_and_row(
    store: Store, check: str, table: str, edit: Callable[[list[Row]], object], row: int
) -> None:
    file = change(store, table, edit)
    if row < 0:
        row += pq.read_metadata(store.folder / file).num_rows
    assert (check, file, row) in found(validate(store.folder))


RUN: Row = {
    **dict.fromkeys(["run_id", "pipeline_version", "versions", "parameters"], "r"),
    **dict.fromkeys(["started_at", "finished_at"], ARTICLES[0].article.first_seen_at),
    **dict.fromkeys(["written_count", "unchanged_count", "duplicate_count", "rejected_count"], 1),
    "state": "completed",
    "input_count": 4,
}


@pytest.mark.parametrize(("input_count", "wrong"), [(4, set()), (5, {("counts", "runs/part-0.parquet", 0)})])
def test_the_counts_of_a_run_reconcile(store: Store, input_count: int, wrong: set[Any]) -> None:
    store.write_root("runs", pa.Table.from_pylist([{**RUN, "input_count": input_count}], arrow_schema("runs")))
    assert found(validate(store.folder)) == wrong


def test_daily_counts_add_up(store: Store) -> None:
    change(store, "daily_counts", set_to(0, statement_count=1))
    assert found(validate(store.folder)) == {("daily_counts", "daily_counts", None)}


def test_days_outside_of_the_months_are_found(store: Store) -> None:
    shutil.copy(*(store.folder / "daily_counts" / place / "part-0.parquet" for place in ("2026-11", "")))
    assert ("stray", "daily_counts/part-0.parquet", None) in found(validate(store.folder))


def test_a_day_stands_once_in_the_file_of_its_month(store: Store) -> None:
    file = change(store, "daily_counts", lambda rows: rows.extend([rows[0], {**rows[0], "day": date(2020, 1, 2)}]))
    assert {("unique", file, 1), ("place", file, 2)} < found(validate(store.folder))


def break_footer(path: Path) -> None:
    path.write_bytes(b"PAR1")


def drop_column(path: Path) -> None:
    pq.write_table(pq.read_table(path, partitioning=None).drop(["form"]), path)


def change_description(path: Path) -> None:
    rows = pq.read_table(path, partitioning=None)
    pq.write_table(rows.replace_schema_metadata({"description": "older"}), path)


@pytest.mark.parametrize(
    ("edit", "check"),
    [(break_footer, "unreadable"), (drop_column, "schema"), (change_description, "metadata"), (Path.unlink, "missing")],
)
def test_a_file_that_is_wrong_as_a_whole_is_found(store: Store, edit: Callable[[Path], None], check: str) -> None:
    path = sorted((store.folder / "statements").glob("*/*.parquet"))[0]
    edit(path)
    assert (check, str(path.relative_to(store.folder)), None) in found(validate(store.folder))


def test_strays_an_article_in_two_months_and_erased_ones_are_found(store: Store) -> None:
    (store.folder / "statements" / "notes.txt").touch()
    there = sorted((store.folder / "articles").glob("*/*.parquet"))[0]
    for table in ("articles", "segments", "statements", "statement_spans", "speakers", "citations"):
        other = store.folder / table / "2026-12" / there.name
        other.parent.mkdir()
        other.write_bytes((store.folder / table / there.parent.name / there.name).read_bytes())
    url = pq.read_table(there, partitioning=None)["url"][0].as_py()
    (store.folder / REGISTER).write_text(f"salt 00\narticle {hash_address(url, bytes(1))}\n")
    places = found(validate(store.folder))
    assert ("stray", "statements/notes.txt", None) in places
    assert ("unique", f"articles/2026-12/{there.name}", 0) in places
    assert ("erased", str(there.relative_to(store.folder)), 0) in places


def test_a_killed_commit_is_said(store: Store) -> None:
    (store.staging / "commit.json").write_text("{}")
    assert found(validate(store.folder)) == {("interrupted", ".staging/commit.json", None)}


def test_all_violations_are_counted_and_the_first_ones_kept() -> None:
    report = Report(output="x", shown=2)
    for row in range(5):
        report.add(Violation(check="order", file="f", row=row, message="m"))
    assert [violation.row for violation in report.violations] == [0, 1]
    assert report.as_dict()["violation_count"] == 5


def test_the_command_says_what_is_wrong_and_fails(store: Store, tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["validate", "-o", str(tmp_path)]).exit_code == 0
    file = change(store, "statements", set_to(0, text="It snowed."))
    result = CliRunner().invoke(cli, ["validate", "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert f"round_trip: {file}, row 0: " in result.output
