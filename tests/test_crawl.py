"""Runs that fetch once more, over real sockets: what is asked again, and what comes of it."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.erase import EraseRequest, erase
from flows.table_files import ARTICLE_TABLES, MissingFileError
from flows.validate import validate
from tests.news_site import Asked, NewsSite, asked_bodies, feed_of, story
from tests.runs import STORIES, counts, fetch, files, rows


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


@pytest.mark.parametrize("table", ["articles", "segments"])
def test_what_a_missing_file_says_to_do_brings_its_articles_back(site: NewsSite, tmp_path: Path, table: str) -> None:
    site.put_stories(range(3))
    out, sources = tmp_path / "out", feed_of(site, tmp_path)
    fetch(out, sources=sources)
    before = rows(out, STORIES)
    [path] = (out / table).glob("*/part-*.parquet")
    path.unlink()
    name = f"{path.parent.name}/{path.name}"
    message = f"remove {name} of every table, and the folder fetches, and run the sources again"
    with pytest.raises(MissingFileError, match=message):
        fetch(out, sources=sources)
    for other in ARTICLE_TABLES:
        (out / other / name).unlink(missing_ok=True)
    shutil.rmtree(out / "fetches")
    assert counts(fetch(out, sources=sources)) == (3, 3, 0, 0, 0)
    assert rows(out, STORIES) == before
    assert [violation.message for violation in validate(out).violations] == []
