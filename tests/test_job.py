"""The run, from files to tables, as a user of the tables meets it."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pytest

from flows import ledger as ledger_module
from flows import staging as staging_module
from flows.job import JobParameters, run_job
from flows.sources import UsageError
from flows.store import Store
from flows.summary import SourceCounts, Summary
from flows.table_files import ARTICLE_TABLES
from schemas.arrow import TABLES, arrow_schema
from tests.conftest import ROOT
from tests.news_site import write_sources

EXAMPLES = ROOT / "examples" / "articles"
STORY = (ROOT / "tests" / "fixtures" / "republished_story.txt").read_text(encoding="utf-8")


def run(output: Path, *inputs: Path | str, **parameters: Any) -> Summary:
    return run_job(JobParameters(inputs=[str(path) for path in inputs], output=str(output), **parameters))


def files(output: Path, *, runs: bool = False) -> dict[str, bytes]:
    """Return every Parquet file's bytes; `runs` aside unless asked for."""
    paths = [path.relative_to(output) for path in sorted(output.glob("**/*.parquet"))]
    return {str(path): (output / path).read_bytes() for path in paths if runs or path.parts[0] != "runs"}


def rows(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the tables, read through the plain glob."""
    with duckdb.connect() as connection:
        for table in TABLES:
            glob = output / table / "**" / "*.parquet"
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{glob}')")
        return connection.execute(sql).fetchall()


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.inputs, summary.written, summary.unchanged, summary.duplicates, summary.rejected.total()


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the bundled articles."""
    folder = tmp_path_factory.mktemp("output")
    run(folder, EXAMPLES)
    return folder


def write_records(path: Path, texts: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items()))
    return path


TEXTS = {
    f"r{number}": f"“It is day {number},” said Ann Lee, the mayor of Brack. The ferry waited." for number in range(30)
}


# --- reading the tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_pandas_and_pyarrow_read_the_same_rows_through_the_plain_glob(output: Path, table: str) -> None:
    dataset = ds.dataset(output / table, format="parquet")
    assert dataset.schema.equals(arrow_schema(table))
    [(by_duckdb,)] = rows(output, f"SELECT count(*) FROM {table}")
    by_pandas = pd.concat([pd.read_parquet(path) for path in (output / table).glob("**/*.parquet")])
    assert by_duckdb == len(by_pandas) == dataset.count_rows()
    assert list(by_pandas.columns) == dataset.schema.names
    assert by_duckdb > 0 or table == "fetches"  # nothing was fetched


def test_every_offset_gives_its_text(output: Path) -> None:
    broken = """
        SELECT s.segment_id FROM segments s JOIN articles a USING (article_id)
        WHERE s.text != substr(a.text, s.start_char + 1, s.end_char - s.start_char)
        UNION ALL
        SELECT s.statement_id FROM statements s JOIN articles a USING (article_id)
        WHERE s.speaker_text != substr(a.text, s.speaker_start_char + 1, s.speaker_end_char - s.speaker_start_char)
           OR s.cue_text != substr(a.text, s.cue_start_char + 1, s.cue_end_char - s.cue_start_char)
        UNION ALL
        SELECT statement_id FROM (
            SELECT p.statement_id, any_value(t.text) AS text,
                string_agg(substr(a.text, p.start_char + 1, p.end_char - p.start_char), ' ' ORDER BY span_index) AS cut
            FROM statement_spans p JOIN statements t USING (statement_id) JOIN articles a ON a.article_id = p.article_id
            GROUP BY p.statement_id) WHERE text != cut"""
    assert rows(output, broken) == []


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("segments", "article_id", "articles"),
        ("statements", "article_id", "articles"),
        ("statements", "segment_id", "segments"),
        ("statements", "speaker_id", "speakers"),
        ("statement_spans", "statement_id", "statements"),
        ("speakers", "article_id", "articles"),
        ("citations", "article_id", "articles"),
        ("articles", "run_id", "runs"),
        ("rejections", "run_id", "runs"),
    ],
)
def test_keys_join(output: Path, child: str, key: str, parent: str) -> None:
    orphans = f"SELECT {key} FROM {child} WHERE {key} IS NOT NULL AND {key} NOT IN (SELECT {key} FROM {parent})"
    assert rows(output, orphans) == []


def test_daily_counts_add_up(output: Path) -> None:
    by_type = "SELECT quote_type, sum({}) FROM {} GROUP BY 1 ORDER BY 1"
    counted = rows(output, by_type.format("statement_count", "daily_counts"))
    assert counted == rows(output, by_type.format("1", "statements"))
    cells = "SELECT DISTINCT * EXCLUDE (statement_count, article_count) FROM daily_counts"
    assert len(rows(output, cells)) == len(rows(output, "SELECT * FROM daily_counts"))


def test_the_bundled_articles_come_out_as_their_readme_says(output: Path) -> None:
    [(article_count,)] = rows(output, "SELECT count(*) FROM articles")
    assert article_count == 20
    refused = {item.removeprefix("file:articles/") for (item,) in rows(output, "SELECT item FROM rejections")}
    assert refused == {"consent-wall.html", "newsroom-export.jsonl#record-4"}
    assert ("de",) in rows(output, "SELECT language FROM articles")
    [(title, published_at, authors)] = rows(
        output, "SELECT title, published_at, authors FROM articles WHERE url LIKE '%council-backs%'"
    )
    assert title
    assert authors
    assert published_at.tzinfo


# --- the typical input ------------------------------------------------------------------------------------------------


def test_a_republished_story(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    run(tmp_path / "out", tmp_path / "story.txt")
    direct = "SELECT speaker_text, cue_text, speaker_type FROM statements JOIN speakers USING (speaker_id) "
    assert rows(tmp_path / "out", direct + "WHERE quote_type = 'direct' ORDER BY start_char") == [
        ("one user", "expressed", "anonymous"),
        ("the other user", "noted", "anonymous"),
    ]
    indirect = rows(tmp_path / "out", "SELECT speaker_text, cue_text FROM statements WHERE quote_type = 'indirect'")
    assert {("Ministry officials", "cite"), ("These users", "argue")} <= set(indirect)
    last = "SELECT quote_type, text FROM statements ORDER BY start_char DESC LIMIT 1"
    assert rows(tmp_path / "out", last)[0][0] == "narration"  # remains to be seen
    title, domain = STORY.strip().splitlines()[-2:]
    assert rows(tmp_path / "out", "SELECT kind, title, url, domain FROM citations") == [
        ("reference_block", title, None, domain)
    ]
    [(origin, text)] = rows(tmp_path / "out", "SELECT origin_publisher, text FROM articles")
    assert origin == domain
    assert text == STORY[: STORY.index("Reference(s):")].rstrip()


# --- running again ----------------------------------------------------------------------------------------------------


def test_the_same_run_twice_changes_no_file(output: Path, tmp_path: Path) -> None:
    shutil.copytree(output, tmp_path / "again")
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
    assert files(tmp_path / "one", runs=False) == files(tmp_path / "many", runs=False)


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


# --- nothing is lost --------------------------------------------------------------------------------------------------


def test_counts_reconcile_with_duplicates_conflicts_and_rejections(tmp_path: Path) -> None:
    lines = [
        {"url": "https://a.example/1", "text": "The first article, long enough to keep."},
        {"url": "https://a.example/1", "text": "The first article, long enough to keep."},
        {"url": "https://a.example/1", "text": "The same address with other words in it."},
        {"url": "https://a.example/2", "text": "Too short."},
        {"url": "https://a.example/3", "text": "A reprint is an article of its own.", "id": "x"},
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n{broken\n")
    with patch.object(staging_module, "BATCH_INPUTS", 2):  # the same rule inside a batch and across batches
        summary = run(tmp_path / "out", path)
    assert counts(summary) == (6, 2, 0, 1, 3)
    assert summary.rejected == {"identity_conflict": 1, "too_short": 1, "invalid_json": 1}
    reasons = rows(tmp_path / "out", "SELECT reason, step FROM rejections ORDER BY item")
    assert reasons == [("identity_conflict", "commit"), ("too_short", "extract"), ("invalid_json", "read")]
    assert rows(tmp_path / "out", "SELECT count(*) FROM statements WHERE text LIKE '%other words%'") == [(0,)]
    again = run(tmp_path / "out", path)
    assert counts(again) == (6, 0, 2, 1, 3)


def test_the_same_name_in_two_folders_is_a_conflict_that_is_said(tmp_path: Path) -> None:
    for year, text in (("2025", "Last year’s text, long enough."), ("2026", "This year’s text, long enough.")):
        (tmp_path / year / "news").mkdir(parents=True)
        (tmp_path / year / "news" / "a.txt").write_text(text)
    summary = run(tmp_path / "out", tmp_path / "2025" / "news", tmp_path / "2026" / "news")
    assert (summary.written, summary.rejected["identity_conflict"]) == (1, 1)


def test_a_rejected_input_that_is_mended_leaves_rejections(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Short.")
    assert counts(run(tmp_path / "out", path)) == (1, 0, 0, 0, 1)
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == [("too_short",)]
    path.write_text("Now it is long enough to be an article.")
    assert counts(run(tmp_path / "out", path)) == (1, 1, 0, 0, 0)
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == []


def test_damage_that_is_mended_leaves_rejections(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    whole = path.read_text()
    path.write_text(whole + "{broken\n")
    run(tmp_path / "out", path)
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == [("invalid_json",)]
    path.write_text(whole)
    run(tmp_path / "out", path, limit=30)  # not known to be at the end of the table
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == [("invalid_json",)]
    run(tmp_path / "out", path)
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == []


def test_rejections_of_equal_name_are_one_row_and_one_count(tmp_path: Path) -> None:
    for year in ("2025", "2026"):
        (tmp_path / year / "news").mkdir(parents=True)
        (tmp_path / year / "news" / "a.txt").write_text("Short.")
    summary = run(tmp_path / "out", tmp_path / "2025" / "news", tmp_path / "2026" / "news")
    assert counts(summary) == (2, 0, 0, 1, 1)
    assert rows(tmp_path / "out", "SELECT count(*) FROM rejections") == [(1,)]


def test_odd_names_and_links_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("The council met on Monday evening.")
    (folder / "new\nline [x]*?.txt").write_text("The council met on Tuesday evening.")
    with open(os.fsencode(folder) + b"/m\xff.txt", "wb") as stream:
        stream.write(b"The council met on Wednesday evening.")
    (folder / "dangling.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    summary = run(tmp_path / "out", folder, folder / "loop.txt")
    assert counts(summary) == (7, 3, 0, 1, 3)
    assert summary.rejected == {"unreadable_file": 2, "not_a_file": 1}
    assert summary.ignored == {"link to a folder": 1}
    urls = {url for (url,) in rows(tmp_path / "out", "SELECT url FROM articles")}
    assert urls == {"file:in/good.txt", "file:in/new\nline [x]*?.txt", "file:in/m\\xff.txt"}


def test_a_lone_surrogate_in_a_page_costs_no_neighbour(tmp_path: Path) -> None:
    head = '{"@type": "NewsArticle", "headline": "Bad \\ud800 head", "author": {"name": "Ann \\udfff Lee"}}'
    pages = {"good": "{}", "bad": head}
    for name, data in pages.items():
        script = f'<script type="application/ld+json">{data}</script>'
        body = f"<p>The council of {name} met on Monday evening and voted for the tram.</p>"
        (tmp_path / f"{name}.html").write_text(f"<html><head>{script}</head><body>{body}</body></html>")
    summary = run(tmp_path / "out", tmp_path / "good.html", tmp_path / "bad.html")
    assert summary.written == 2
    assert rows(tmp_path / "out", "SELECT title FROM articles WHERE title LIKE 'Bad%'") == [("Bad \ufffd head",)]


def test_a_run_over_its_rejection_limit_fails_after_writing_what_is_good(tmp_path: Path) -> None:
    texts = {**TEXTS, **{f"bad{number}": "Short." for number in range(10)}}
    path = write_records(tmp_path / "r.jsonl", texts)
    summary = run(tmp_path / "out", path)
    assert summary.failure == "10 of 40 inputs were rejected (25%; the limit is 20%)"
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(30,)]
    assert rows(tmp_path / "out", "SELECT state, rejected_count FROM runs") == [("failed", 10)]
    assert run(tmp_path / "out", path, max_rejected=0.25).failure is None


def test_few_rejections_never_fail_a_run(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", {f"bad{number}": "Short." for number in range(9)})
    assert run(tmp_path / "out", path, max_rejected=0).failure is None


def test_a_source_over_its_own_limit_fails_the_run_by_name_after_writing_what_is_good(tmp_path: Path) -> None:
    write_records(tmp_path / "good.jsonl", TEXTS)
    write_records(tmp_path / "weak.jsonl", {"a": TEXTS["r0"], "b": "Short.", "c": "Brief."})
    good = {"name": "good", "kind": "files", "address": "good.jsonl"}
    weak = {"name": "weak", "kind": "files", "address": "weak.jsonl", "max_rejected": 0.5}
    old = {"name": "old", "kind": "archive", "address": str(ROOT / "examples" / "archived-pages.warc.gz")}
    listed = str(write_sources(tmp_path / "sources.toml", good, weak, old))
    summary = run(tmp_path / "out", sources=listed)
    assert summary.failure == "source weak: 2 of 3 inputs were rejected (67%; the limit is 50%)"
    assert rows(tmp_path / "out", "SELECT state FROM runs") == [("failed",)]
    assert summary.sources["weak"] == SourceCounts(inputs=3, written=1, rejected=2)
    assert summary.sources["good"] == SourceCounts(inputs=30, written=30, rejected=0)
    assert summary.sources["old"].written > 0
    assert set(summary.sources) == {"good", "weak", "old"}  # whatever source the archive says its pages are of
    assert sum(of_source.inputs for of_source in summary.sources.values()) == summary.inputs
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(summary.written,)]
    write_sources(tmp_path / "sources.toml", good, {**weak, "max_rejected": 0.7}, old)
    again = run(tmp_path / "out", sources=listed)
    assert again.failure is None
    assert again.sources["old"] == SourceCounts(inputs=1, written=0, rejected=0)  # known to its end: one input


def test_nothing_to_read_still_makes_a_dataset(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert counts(run(tmp_path / "out", tmp_path / "empty")) == (0, 0, 0, 0, 0)
    assert rows(tmp_path / "out", "SELECT count(*) FROM statements") == [(0,)]
    assert rows(tmp_path / "out", "SELECT count(*) FROM daily_counts") == [(0,)]


def test_limit_stops_after_that_many_inputs(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    assert counts(run(tmp_path / "out", path, limit=3)) == (3, 3, 0, 0, 0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"workers": 0}, "workers is 0; it must be at least 1"),
        ({"limit": 0}, "limit is 0; it must be at least 1"),
        ({"max_rejected": 1.5}, "max_rejected is 1.5; it is a share from 0 to 1"),
        ({"since": date(2026, 11, 2), "until": date(2026, 11, 1)}, "since is 2026-11-02, after until"),
    ],
)
def test_parameters_out_of_range_are_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        JobParameters(inputs=["x"], **parameters)


def test_an_input_that_names_nothing_touches_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run(tmp_path / "out", tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()


# --- broken off -------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for kill -9: nothing of ours cleans up."""


def test_staged_batches_of_a_killed_run_are_used_by_the_next(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    out = tmp_path / "out"
    with patch.object(staging_module, "BATCH_INPUTS", 10):
        with patch.object(Store, "commit", side_effect=Killed), pytest.raises(Killed):
            run(out, path)
        results = sorted((out / ".staging" / "results").iterdir())
        assert len(results) == 3
        stamps = [result.stat().st_ino for result in results]
        with patch.object(Store, "finish"):  # keeps the staged results in view
            summary = run(out, path, workers=1)
        assert summary.written == 30
    assert stamps
    Store(out).finish()
    assert rows(out, "SELECT count(*) FROM articles") == [(30,)]


def test_a_failing_engine_is_recorded_as_a_failed_run(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    with patch("flows.job.WorkerPool.process", side_effect=RuntimeError("no worker")), pytest.raises(RuntimeError):
        run(tmp_path / "out", path)
    [(state,)] = rows(tmp_path / "out", "SELECT state FROM runs")
    assert state == "failed"


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", {"a": TEXTS["r1"]})
    store = Store(tmp_path / "out")
    waited = []
    with store.locked():
        import threading

        second = threading.Thread(
            target=run_job,
            args=(JobParameters(inputs=[str(path)], output=str(tmp_path / "out")),),
            kwargs={"on_wait": lambda: waited.append(True)},
        )
        second.start()
        second.join(timeout=1)
        assert second.is_alive()
    second.join(timeout=60)
    assert waited == [True]
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(1,)]


def test_progress_is_reported_batch_by_batch(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    seen: list[int] = []
    with patch.object(staging_module, "BATCH_INPUTS", 10):
        parameters = JobParameters(inputs=[str(path)], output=str(tmp_path / "out"))
        run_job(parameters, on_progress=lambda summary: seen.append(summary.inputs))
    assert seen == [0, 10, 20, 30]


def test_the_run_row_says_when_and_with_what(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", {"a": TEXTS["r1"]})
    times = iter(datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=5 * step) for step in range(2))
    run_job(JobParameters(inputs=[str(path)], output=str(tmp_path / "out")), clock=lambda: next(times))
    [(seconds, versions, parameters)] = rows(
        tmp_path / "out", "SELECT epoch(finished_at - started_at), versions, parameters FROM runs"
    )
    assert seconds == 5
    assert "trafilatura" in json.loads(versions)
    assert json.loads(parameters)["inputs"] == [str(path)]
