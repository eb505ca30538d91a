"""Nothing is lost: each input of a run is an article, a duplicate or a rejection, and too many of those fail it."""

import json
import os
from pathlib import Path
from unittest.mock import patch

from flows import staging as staging_module
from flows.summary import SourceCounts
from tests.conftest import ROOT
from tests.news_site import write_sources
from tests.runs import TEXTS, counts, rows, run, write_records


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


def test_few_rejections_beside_an_article_never_fail_a_run(tmp_path: Path) -> None:
    bad = {f"bad{number}": "Short." for number in range(9)}
    path = write_records(tmp_path / "r.jsonl", {**bad, "good": "The ferry waited for the tide."})
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
