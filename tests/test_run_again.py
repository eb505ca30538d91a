"""Runs over a dataset that is there: what has not changed changes no file."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pyarrow.dataset as ds

from flows import ledger as ledger_module
from flows import staging as staging_module
from flows.job import JobParameters, run_job
from flows.table_files import ARTICLE_TABLES
from tests.runs import EXAMPLES, TEXTS, counts, files, rows, run, write_records


def test_the_same_run_twice_changes_no_file(bundled_dataset: Path, tmp_path: Path) -> None:
    shutil.copytree(bundled_dataset, tmp_path / "again")
    before = files(tmp_path / "again")
    summary = run(tmp_path / "again", EXAMPLES)
    assert counts(summary) == (22, 0, 20, 0, 2)
    assert files(tmp_path / "again") == before
    assert rows(tmp_path / "again", "SELECT count(*) FROM runs") == [(2,)]


def test_one_changed_article_replaces_its_rows_and_no_others(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    run(tmp_path / "out", path)
    before = {table: rows(tmp_path / "out", f"SELECT * FROM {table} ORDER BY ALL") for table in ARTICLE_TABLES}
    write_records(path, {**TEXTS, "r7": "“All is changed,” said Bo Chen of the harbour office. It rained."})
    summary = run(tmp_path / "out", path)
    assert counts(summary) == (30, 1, 29, 0, 0)
    [(changed,)] = rows(tmp_path / "out", "SELECT article_id FROM articles WHERE external_id = 'r7'")
    for table in ARTICLE_TABLES:
        after = rows(tmp_path / "out", f"SELECT * FROM {table} ORDER BY ALL")
        assert [row for row in after if changed not in row] == [row for row in before[table] if changed not in row]
        assert any(changed in row for row in after) or table == "citations"
    assert rows(tmp_path / "out", f"SELECT name FROM speakers WHERE article_id = '{changed}'") == [("Bo Chen",)]


def test_workers_change_nothing_in_the_rows(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    for workers in (1, 2):
        with patch.object(staging_module, "BATCH_INPUTS", 7), patch("secrets.token_hex", lambda _: "x"):
            parameters = JobParameters(inputs=[str(path)], output=str(tmp_path / str(workers)), workers=workers)
            run_job(parameters, clock=clock)
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_several_commits_make_the_same_files_as_one(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    for name, due in (("one", 1_000), ("many", 5)):
        with (
            patch.object(staging_module, "BATCH_INPUTS", 4),
            patch.object(ledger_module, "COMMIT_ARTICLES", due),
            patch("secrets.token_hex", lambda _: "x"),
        ):
            run_job(JobParameters(inputs=[str(path)], output=str(tmp_path / name)), clock=clock)
    assert files(tmp_path / "one") == files(tmp_path / "many")


def test_first_sight_decides_the_folder(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    parameters = JobParameters(inputs=[str(path)], output=str(tmp_path / "out"))
    run_job(parameters, clock=lambda: datetime(2026, 11, 30, tzinfo=UTC))
    write_records(path, {**TEXTS, "r1": "A new text for the first.", "new": "An article nobody has seen yet."})
    run_job(parameters, clock=lambda: datetime(2026, 12, 1, tzinfo=UTC))
    found = {path.parent.name for path in (tmp_path / "out" / "articles").glob("**/*.parquet")}
    assert found == {"2026-11", "2026-12"}
    december = ds.dataset(tmp_path / "out" / "articles" / "2026-12").to_table()
    assert december["external_id"].to_pylist() == ["new"]
