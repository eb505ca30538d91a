"""Runs that fetch, over real sockets, as the tables and the site meet them."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from flows.cli import _run
from flows.erase import EraseRequest, erase
from flows.job import JobParameters, run_job
from flows.sources import UsageError
from flows.store import Store
from flows.summary import Summary
from flows.validate import validate
from tests.news_site import Asked, NewsSite, serving, story, write_sources
from tests.test_job import Killed, counts, files, rows
from tests.test_warc import MEMBERS

STORIES = "SELECT article_id, url, title, text FROM articles ORDER BY ALL"


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with serving() as site:
        yield site


def fetch(output: Path, *inputs: str, later: timedelta = timedelta(), **parameters: Any) -> Summary:
    job = JobParameters(inputs=inputs, output=str(output), allow_private=True, **parameters)
    return run_job(job, clock=lambda: datetime.now(UTC) + later)


def feed_of(site: NewsSite, folder: Path) -> str:
    return str(write_sources(folder / "s.toml", {"name": "n", "kind": "feed", "address": site.url("/feed.xml")}))


def asked_bodies(asked: list[Asked]) -> list[str]:
    return sorted(entry.path for entry in asked if entry.status == 200)


def test_a_second_run_sends_only_conditional_requests_and_changes_no_row(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(3))
    site.pages["/story/short"] = b"<p>Short.</p>"
    site.put_stories([3])
    sources = feed_of(site, tmp_path)
    first = fetch(tmp_path / "out", sources=sources)
    assert counts(first) == (5, 4, 0, 0, 1)
    assert first.fetched == 5
    assert len(site.take()) == 6
    before = files(tmp_path / "out")
    second = fetch(tmp_path / "out", sources=sources)
    assert site.take() == [Asked("/feed.xml", True, 304)]
    assert counts(second) == (0, 0, 0, 0, 0)
    site.pages["/feed.xml"] += b" "  # the feed is another; its pages are not
    third = fetch(tmp_path / "out", sources=sources)
    asked = site.take()
    assert asked_bodies(asked) == ["/feed.xml"]
    assert all(entry.is_conditional for entry in asked)
    assert counts(third) == (5, 0, 5, 0, 0)
    assert third.not_modified == 5
    after = files(tmp_path / "out")
    assert {name for name in after if after[name] != before[name]} == {"fetches/part-0.parquet"}  # the feed's row
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == [("too_short",)]  # its 304 keeps it
    site.pages["/story/short"] = story(9)
    site.pages["/story/1"] = story(1, " and more")
    site.pages["/feed.xml"] += b" "
    assert counts(fetch(tmp_path / "out", sources=sources)) == (5, 2, 3, 0, 0)
    assert rows(tmp_path / "out", "SELECT reason FROM rejections") == []


def test_a_window_of_the_past_is_read_again_and_leaves_all_else_alone(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(3))
    dated = [
        f"<item><link>{site.url(f'/story/{day}')}</link><pubDate>2026-11-1{day}T08:00:00Z</pubDate></item>"
        for day in range(3)
    ]
    site.pages["/feed.xml"] = f'<rss version="2.0"><channel><title>N</title>{"".join(dated)}</channel></rss>'.encode()
    sources = feed_of(site, tmp_path)
    fetch(tmp_path / "out", sources=sources)
    everything = rows(tmp_path / "out", STORIES)
    site.pages["/story/0"] = story(0, " and more")
    site.pages["/story/1"] = story(1, " and more")
    site.take()
    window: dict[str, Any] = {"since": date(2026, 11, 11), "until": date(2026, 11, 11)}
    assert counts(fetch(tmp_path / "out", sources=sources, **window)) == (1, 1, 0, 0, 0)
    assert asked_bodies(site.take()) == ["/feed.xml", "/story/1"]
    after = rows(tmp_path / "out", STORIES)
    assert [article for article in after if article not in everything] == [
        next(row for row in after if "day 1 and more" in row[3])
    ]
    assert len(after) == 3
    assert counts(fetch(tmp_path / "out", sources=sources, **window)) == (0, 0, 0, 0, 0)
    assert counts(fetch(tmp_path / "out", sources=sources)) == (3, 1, 2, 0, 0)  # the next plain run is whole


def test_a_failed_page_is_postponed_and_retried_although_its_feed_has_not_changed(
    site: NewsSite, tmp_path: Path
) -> None:
    site.put_stories(range(2))
    site.statuses["/story/1"] = 404
    sources = feed_of(site, tmp_path)
    assert counts(fetch(tmp_path / "out", sources=sources)) == (2, 1, 0, 0, 1)
    failed = "SELECT step, reason FROM rejections"
    assert rows(tmp_path / "out", failed) == [("fetch", "http_404")]
    site.take()
    fetch(tmp_path / "out", sources=sources)
    assert site.take() == [Asked("/feed.xml", True, 304)]  # too early
    site.pages["/feed.xml"] += b" "
    summary = fetch(tmp_path / "out", sources=sources)
    assert (summary.postponed, counts(summary)) == (1, (1, 0, 1, 0, 0))
    assert rows(tmp_path / "out", failed) == [("fetch", "http_404")]
    site.take()
    site.statuses.clear()
    summary = fetch(tmp_path / "out", sources=sources, later=timedelta(minutes=16))
    assert site.take() == [Asked("/feed.xml", True, 304), Asked("/story/1", False, 200)]
    assert counts(summary) == (1, 1, 0, 0, 0)
    assert rows(tmp_path / "out", failed) == []
    assert rows(tmp_path / "out", "SELECT count(*) FROM fetches WHERE next_attempt_at IS NOT NULL") == [(0,)]


def test_a_page_that_fails_for_a_while_is_not_fetched_again_unless_it_changed(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(2))
    site.pages["/story/short"] = b"<p>Short.</p>"
    site.put_stories([])
    sources = feed_of(site, tmp_path)
    fetch(tmp_path / "out", sources=sources)
    standing = rows(tmp_path / "out", STORIES)
    for days, status in ((1, 503), (3, 403), (30, None)):
        site.statuses = {path: status for path in site.pages if path.startswith("/story/") if status}
        site.pages["/feed.xml"] += b" "
        site.take()
        summary = fetch(tmp_path / "out", sources=sources, later=timedelta(days=days))
        reasons = rows(tmp_path / "out", "SELECT reason FROM rejections")
        if status:
            assert counts(summary) == (3, 0, 0, 0, 3)
            assert reasons == [(f"http_{status}",)] * 3
            assert rows(tmp_path / "out", STORIES) == standing
    assert [entry for entry in site.take() if entry.path != "/feed.xml"] == [
        Asked("/story/0", True, 304),
        Asked("/story/1", True, 304),
        Asked("/story/short", False, 200),  # was no article: what it is has to be told again
    ]
    assert counts(summary) == (3, 0, 2, 0, 1)
    assert reasons == [("too_short",)]
    assert rows(tmp_path / "out", STORIES) == standing
    failing = "SELECT count(*) FROM fetches WHERE decision != 'fetched' OR failure_count > 0 OR reason IS NOT NULL"
    assert rows(tmp_path / "out", failing) == [(0,)]


def test_an_erased_page_is_not_asked_for_and_named_nowhere(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(3))
    sources = feed_of(site, tmp_path)
    fetch(tmp_path / "out", sources=sources)
    page = site.url("/story/1")
    assert erase(tmp_path / "out", EraseRequest(urls=[page]), confirm=lambda _found: True)
    site.take()
    site.pages["/feed.xml"] += b" "
    summary = fetch(tmp_path / "out", sources=sources)
    assert (counts(summary), dict(summary.rejected)) == ((3, 0, 2, 0, 1), {"erased": 1})
    assert "/story/1" not in [entry.path for entry in site.take()]
    for table in ("articles", "fetches", "rejections", "runs"):
        assert page not in str(rows(tmp_path / "out", f"SELECT * FROM {table}"))
    assert validate(tmp_path / "out").violations == []


def test_a_dead_feed_is_a_row_that_goes_when_the_feed_is_back(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(1))
    sources = feed_of(site, tmp_path)
    good, site.pages["/feed.xml"] = site.pages["/feed.xml"], b"no feed"
    assert counts(fetch(tmp_path / "out", sources=sources)) == (1, 0, 0, 0, 1)
    assert rows(tmp_path / "out", "SELECT item, step, reason FROM rejections") == [
        (site.url("/feed.xml"), "read", "invalid_xml")
    ]
    site.pages["/feed.xml"] = good
    assert counts(fetch(tmp_path / "out", sources=sources)) == (1, 1, 0, 0, 0)
    assert rows(tmp_path / "out", "SELECT * FROM rejections") == []


def test_a_kill_between_two_commits_loses_nothing_and_costs_one_fetch_a_page(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(6))
    sources = feed_of(site, tmp_path)
    fetch(tmp_path / "undisturbed", sources=sources)
    site.take()
    commit = Store.commit
    with (
        patch("flows.staging.BATCH_INPUTS", 2),
        patch("flows.ledger.COMMIT_ARTICLES", 2),
        patch.object(Store, "commit", autospec=True) as commits,
    ):
        commits.side_effect = lambda store, plan: commit(store, plan) if commits.call_count == 1 else kill()
        with pytest.raises(Killed):
            fetch(tmp_path / "out", sources=sources)
    committed = [url for path in (tmp_path / "out" / "articles").glob("*/*.parquet") for url in urls_in(path)]
    assert len(committed) == 2
    assert urls_in(tmp_path / "out" / "fetches" / "part-0.parquet") == sorted(committed)
    site.take()
    summary = fetch(tmp_path / "out", sources=sources)
    assert counts(summary) == (6, 4, 2, 0, 0)
    assert len(site.take()) == 7
    assert rows(tmp_path / "out", STORIES) == rows(tmp_path / "undisturbed", STORIES)


def urls_in(path: Path) -> list[str]:
    urls: list[str] = pq.read_table(path, partitioning=None)["url"].to_pylist()
    return urls


def kill() -> None:
    raise Killed


def test_pages_that_were_kept_give_the_same_rows(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(3))
    site.headers = {"tdm-reservation": "0"}
    fetch(tmp_path / "out", sources=feed_of(site, tmp_path), keep_raw=str(tmp_path / "raw"))
    [archive] = (tmp_path / "raw").iterdir()
    again = fetch(tmp_path / "again", str(archive))
    assert counts(again) == (3, 3, 0, 0, 0)
    same = "SELECT * EXCLUDE (run_id, first_seen_at) FROM articles ORDER BY ALL"
    assert rows(tmp_path / "out", same) == rows(tmp_path / "again", same)
    assert rows(tmp_path / "again", "SELECT DISTINCT source, tdm_reserved FROM articles") == [("n", False)]
    for table in ("statements", "speakers", "segments"):
        every = f"SELECT * FROM {table} ORDER BY ALL"
        assert rows(tmp_path / "out", every) == rows(tmp_path / "again", every)


def test_a_better_model_reads_what_was_kept_and_the_newest_version_stays(site: NewsSite, tmp_path: Path) -> None:
    out, raw = tmp_path / "out", tmp_path / "raw"
    site.put_stories(range(2))
    sources = feed_of(site, tmp_path)
    fetch(out, sources=sources, keep_raw=str(raw))
    site.put_stories([1], " of the flood")
    site.pages["/feed.xml"] += b" "
    assert fetch(out, sources=sources, keep_raw=str(raw)).written == 1
    [before] = rows(out, "SELECT text FROM articles WHERE url LIKE '%/1'")
    assert "flood" in before[0]
    archives = [str(path) for path in sorted(raw.iterdir(), key=lambda path: path.stat().st_mtime)]
    assert len(archives) == 2
    with patch("flows.job.pipeline_version", lambda _model: "better"):
        summary = fetch(out, *archives)
    assert counts(summary) == (3, 2, 1, 0, 0)
    assert rows(out, "SELECT text FROM articles WHERE url LIKE '%/1'") == [before]
    assert rows(out, "SELECT DISTINCT pipeline_version FROM articles") == [("better",)]


def test_an_archive_is_gone_on_with_after_a_kill_and_not_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(MEMBERS[0] + gzip.compress(b"WARC/1.1\r\nnonsense") + b"".join(MEMBERS[1:]))
    assert counts(fetch(tmp_path / "whole", str(path)))[0] == 5
    first = fetch(tmp_path / "out", str(path), limit=3)  # ends within the archive, as a kill would
    assert first.inputs == 3
    second = fetch(tmp_path / "out", str(path))
    assert second.inputs == 2
    for sql in ("SELECT url, text FROM articles ORDER BY ALL", "SELECT item, reason FROM rejections ORDER BY ALL"):
        assert rows(tmp_path / "out", sql) == rows(tmp_path / "whole", sql)
    before = files(tmp_path / "out")
    assert counts(fetch(tmp_path / "out", str(path))) == (1, 0, 1, 0, 0)
    assert files(tmp_path / "out") == before
    path.write_bytes(b"".join(MEMBERS))  # mended
    assert counts(fetch(tmp_path / "out", str(path))) == (4, 0, 4, 0, 0)
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == []


def test_limit_ends_promptly(tmp_path: Path) -> None:
    with serving(delay_s=0.5) as site:
        site.put_stories(range(200))
        started = time.monotonic()
        summary = fetch(tmp_path / "out", sources=feed_of(site, tmp_path), limit=2)
        assert counts(summary) == (2, 2, 0, 0, 0)
        assert len(site.asked) < 20
        assert time.monotonic() - started < 90  # 200 pages would take 100 s and more


def test_an_error_of_ours_in_the_thread_breaks_the_run_off(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(2))
    broken = patch("flows.page_queues.page_input", side_effect=ZeroDivisionError("ours"))
    with broken, pytest.raises(ZeroDivisionError, match="ours"):
        fetch(tmp_path / "out", sources=feed_of(site, tmp_path))


def test_a_secret_in_an_address_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        fetch(tmp_path / "out", "https://ann:hidden@news.example.org/story")
    assert "hidden" not in str(caught.value)


def test_a_foreign_host_is_not_asked_without_a_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRECORD_CONTACT", raising=False)
    out = tmp_path / "out"
    run_job(JobParameters(inputs=["http://93.184.216.34/story", "http://127.0.0.1/story"], output=str(out)))
    assert rows(out, "SELECT item, step, reason FROM rejections ORDER BY 1") == [
        ("http://127.0.0.1/story", "fetch", "private_address"),
        ("http://93.184.216.34/story", "fetch", "no_contact"),
    ]
    assert rows(out, "SELECT decision, next_attempt_at FROM fetches") == [("refused", None)] * 2


def test_ctrl_c_ends_a_run_that_waits_for_a_site(tmp_path: Path) -> None:
    with serving(delay_s=20) as site:
        site.put_stories(range(50))
        command = [sys.executable, "-m", "flows.cli", "run", "--sources", feed_of(site, tmp_path), "--direct"]
        process = subprocess.Popen(
            [*command, "--allow-private", "--output", str(tmp_path / "out")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            while not (tmp_path / "out" / ".staging" / "known.npy").exists() and process.poll() is None:
                time.sleep(0.1)
            time.sleep(1)
            os.killpg(process.pid, signal.SIGINT)
            _, error = process.communicate(timeout=45)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
        assert process.returncode == 1
        assert error.strip().splitlines()[-1] == "onrecord: interrupted; the next run goes on from what is done"


def test_sources_are_tried_as_a_table(site: NewsSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.put_stories(range(9))
    (tmp_path / "a.warc.gz").write_bytes(b"".join(MEMBERS))
    (tmp_path / "a.txt").write_text("The council met on Monday.")
    sources: list[dict[str, object]] = [
        {"name": "good", "kind": "feed", "address": site.url("/feed.xml")},
        {"name": "pages", "kind": "urls", "addresses": (site.url("/story/1"),)},
        {"name": "kept", "kind": "archive", "address": "a.warc.gz"},
        {"name": "texts", "kind": "files", "address": "a.txt"},
        {"name": "dead", "kind": "feed", "address": site.url("/gone.xml")},
    ]
    path = write_sources(tmp_path / "s.toml", *sources)
    assert _run(["sources", str(path), "--allow-private"]) == 1
    output, error = capsys.readouterr()
    words = output.split()
    assert site.url("/story/4") in words
    assert site.url("/story/5") not in words  # the first few
    assert words.count("ok") == 4
    assert {"https://a.example/0", "file:texts/a.txt", "http_404:"} <= set(words)
    assert error.strip() == "onrecord: 1 of 5 sources failed"
    assert _run(["sources", str(path), "--allow-private", "--only", "good"]) == 0
    assert "dead" not in capsys.readouterr().out
    assert _run(["sources", str(path), "--only", "nobody"]) == 2


def test_a_list_of_all_kinds(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(2))
    sitemap = (
        f"<urlset><url><loc>{site.url('/story/0')}</loc></url><url><loc>{site.url('/story/1')}</loc></url></urlset>"
    )
    site.pages["/sitemap.xml"] = sitemap.encode()
    site.pages["/index.xml"] = (
        f"<sitemapindex><sitemap><loc>{site.url('/sitemap.xml')}</loc></sitemap></sitemapindex>".encode()
    )
    (tmp_path / "a.warc.gz").write_bytes(b"".join(MEMBERS))
    (tmp_path / "a.txt").write_text("The council met on Monday.")
    (tmp_path / "urls.txt").write_text(f"no address\n{site.url('/story/1')}\n")
    path = write_sources(
        tmp_path / "s.toml",
        {"name": "map", "kind": "sitemap", "address": site.url("/index.xml")},
        {"name": "pages", "kind": "urls", "address": "urls.txt"},
        {"name": "kept", "kind": "archive", "address": "a.warc.gz", "exclude": ("*/3",)},
        {"name": "texts", "kind": "files", "address": "a.txt"},
    )
    assert counts(fetch(tmp_path / "out", sources=str(path))) == (7, 6, 0, 0, 1)
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == [("file:pages/urls.txt#line-1",)]
    found = dict(rows(tmp_path / "out", "SELECT source, count(*) FROM articles GROUP BY 1"))
    assert found == {"map": 1, "pages": 1, "kept": 3, "texts": 1}
    (tmp_path / "urls.txt").write_text(f"# mine\n{site.url('/story/1')}\n")
    fetch(tmp_path / "out", sources=str(path), only=["pages"])
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == []
    site.take()
    site.pages["/sitemap.xml"] = sitemap.replace("/story/0", "/story/2").encode()
    site.put_stories([2])
    before = rows(tmp_path / "out", "SELECT url FROM fetches WHERE kind = 'archive'")
    assert before == [("file:kept/a.warc.gz",)]
    assert fetch(tmp_path / "out", sources=str(path), only=["map"]).written == 1  # below an index that is the same
    asked = site.take()
    assert Asked("/index.xml", True, 304) in asked
    assert asked_bodies(asked) == ["/sitemap.xml", "/story/2"]


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_fetches_what_a_list_names(site: NewsSite, tmp_path: Path) -> None:
    from prefect.blocks.system import Secret
    from pydantic import SecretStr

    from flows.news import onrecord

    site.put_stories(range(2))
    site.credentials = "Bearer token-1"
    Secret(value=SecretStr(site.credentials)).save("mine-too")
    source = {"name": "n", "kind": "feed", "address": site.url("/feed.xml"), "credentials": "MINE_TOO"}
    state = onrecord(
        sources=str(write_sources(tmp_path / "s.toml", source)),
        only=["n"],
        allow_private=True,
        output=str(tmp_path / "out"),
        return_state=True,
    )
    assert state.is_completed()
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(2,)]
    [(parameters,)] = rows(tmp_path / "out", "SELECT parameters FROM runs")
    assert json.loads(parameters)["only"] == ["n"]
