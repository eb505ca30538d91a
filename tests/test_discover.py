"""What sources lead to, over real sockets: each address once, within limits, and a Problem for each dead document."""

import asyncio
import gzip
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows import discover as discover_module
from flows.discover import discover
from flows.found import FeedArticle, Found, PageLink, Problem
from flows.source_list import SourceKind, WebSource
from flows.web import Fetch, WebRequest, WebResponse

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Site:
    """A web server on 127.0.0.1 with the pages that a test puts there."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                body = site.pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, path: str, text: str | bytes) -> str:
        """Serve a text in which HOST stands for the site's address; return where."""
        body = text.encode() if isinstance(text, str) else text
        self.pages[path] = body.replace(b"HOST", self.address.encode())
        return self.address + path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


async def fetch(request: WebRequest) -> WebResponse:
    """Ask with the standard library; what is not there failed as `http_404`."""

    def ask() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request.url, timeout=60) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, b""

    status, body = await asyncio.to_thread(ask)
    answer = WebResponse(url=request.url, final_url=request.url, decision="fetched", fetched_at=NOW, status=status)
    if status != 200:
        return replace(answer, decision="failed", reason=f"http_{status}", error=f"the server answered {status}")
    return replace(answer, body=body)


def found(
    kind: SourceKind,
    *addresses: str,
    fetch: Fetch = fetch,
    since: datetime | None = None,
    until: datetime | None = None,
    **values: Any,
) -> list[Found]:
    source = WebSource(name="s", kind=kind, addresses=addresses, **values)

    async def collect(entries: AsyncIterator[Found]) -> list[Found]:
        return [entry async for entry in entries]

    return asyncio.run(collect(discover(source, fetch, since=since, until=until)))


def told(entries: list[Found]) -> list[str]:
    """Return the path of each page, and the reason of each problem."""
    return [entry.reason if isinstance(entry, Problem) else entry.url.split("/", 3)[3] for entry in entries]


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"


def links(*paths: str) -> str:
    return rss(*(f"<link>{path}</link>" for path in paths))


def urlset(*entries: str) -> str:
    return f"<urlset>{''.join(f'<url>{entry}</url>' for entry in entries)}</urlset>"


def index(*paths: str, more: str = "") -> str:
    return (
        "<sitemapindex>" + "".join(f"<sitemap><loc>{path}</loc>{more}</sitemap>" for path in paths) + "</sitemapindex>"
    )


def test_a_feed(site: Site) -> None:
    article = "<p>" + "The council voted. " * 60 + "</p>"
    items = ["<title>One</title><link>/1</link>", f"<link>/2</link><encoded>{article}</encoded>"]
    text = rss(*items).replace("<encoded>", "<content:encoded><![CDATA[").replace("</encoded>", "]]></content:encoded>")
    text = text.replace("<rss ", "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' ")
    first, second = found("feed", site.put("/feed", text), delay_s=3.0)
    assert first == PageLink(url=f"{site.address}/1", source="s", title="One", delay_s=3.0)
    assert isinstance(second, FeedArticle)
    assert (second.url, second.html) == (f"{site.address}/2", article)


def test_each_address_once_over_all_addresses(site: Site) -> None:
    one = site.put("/one", links("/1", "/1?utm_source=rss", "/1#top", "/2"))
    two = site.put("/two", links("/2", "/3", "HTTP://127.0.0.1:1/x", "http://127.0.0.1:1/x"))
    assert told(found("feed", one, two)) == ["1", "2", "3", "x"]


def test_a_dead_feed_is_a_problem_and_the_next_is_read(site: Site) -> None:
    broken, alive = site.put("/broken", "<html>"), site.put("/alive", links("/1"))
    dead, wrong, page = found("feed", f"{site.address}/dead", broken, alive)
    assert dead == Problem(item=f"{site.address}/dead", source="s", reason="http_404", error="the server answered 404")
    assert isinstance(wrong, Problem)
    assert (wrong.item, wrong.reason) == (broken, "not_a_feed")
    assert told([page]) == ["1"]


def test_what_has_no_address_is_one_problem(site: Site) -> None:
    feed = site.put("/feed", links("/1", "javascript:x", "", "ftp://a.example/", "https://me:hunter2@a.example/"))
    page, problem = found("feed", feed)
    assert told([page]) == ["1"]
    assert problem == Problem(
        item=feed, source="s", reason="no_address", error="4 passed over as no_address, the first: 'javascript:x'"
    )
    [secret] = found("feed", site.put("/secret", links("https://me:hunter2@a.example/")))
    assert "hunter2" not in str(secret)


def test_patterns_and_max_items(site: Site) -> None:
    feed = site.put("/feed", links("/news/1", "/video/2", "/news/3", "/news/video/4", "/news/5"))
    patterns: dict[str, Any] = {"include": ("*/news/*",), "exclude": ("*/video/*",)}
    assert told(found("feed", feed, **patterns)) == ["news/1", "news/3", "news/5"]
    assert told(found("feed", feed, **patterns, max_items=3)) == ["news/1", "news/3", "news/5"]
    *pages, problem = found("feed", feed, feed, **patterns, max_items=2)
    assert told(pages) == ["news/1", "news/3"]
    assert problem == Problem(
        item=feed, source="s", reason="too_many_items", error="s leads to more than 2 pages, its max_items"
    )


def test_a_feed_over_its_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.feeds.MAX_ENTRIES", 2)
    assert told(found("feed", site.put("/feed", links("/1", "/2", "/3", "/4")))) == ["1", "2", "too_many_items"]


@pytest.mark.parametrize(
    ("since", "until", "paths"),
    [
        (None, None, ["17", "18", "19", "none"]),
        (18, None, ["18", "19", "none"]),
        (None, 18, ["17", "none"]),
        (18, 19, ["18", "none"]),
    ],
)
def test_a_period(site: Site, since: int | None, until: int | None, paths: list[str]) -> None:
    items = [f"<link>/{day}</link><pubDate>2026-11-{day}T00:00:00Z</pubDate>" for day in (17, 18, 19)]
    feed = site.put("/feed", rss(*items, "<link>/none</link>"))
    bounds = [datetime(2026, 11, day, tzinfo=UTC) if day else None for day in (since, until)]
    assert told(found("feed", feed, since=bounds[0], until=bounds[1])) == paths
    news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    dated = [
        f"<loc>/{day}</loc><news:news {news}><news:publication_date>2026-11-{day}</news:publication_date></news:news>"
        for day in (17, 18, 19)
    ]
    sitemap = site.put("/s.xml", urlset(*dated, "<loc>/none</loc>"))
    assert sorted(told(found("sitemap", sitemap, since=bounds[0], until=bounds[1]))) == paths


def test_sitemaps_below_an_index(site: Site) -> None:
    top = site.put("/top.xml", index("/mid.xml", "/zipped.xml.gz", "/gone.xml"))
    site.put("/mid.xml", index("/low.xml", "/top.xml", "/low.xml"))
    site.put("/low.xml", urlset("<loc>/1</loc>", "<loc>/2</loc>"))
    site.put("/zipped.xml.gz", gzip.compress(urlset(f"<loc>{site.address}/3</loc>").encode()))
    assert told(found("sitemap", top)) == ["3", "http_404", "1", "2"]
    assert set(site.asked.values()) == {1}


def test_sitemaps_newest_first_and_old_ones_not_at_all(site: Site) -> None:
    dates = {"/old.xml": "2026-11-01", "/new.xml": "2026-11-19", "/newer.xml": "2026-11-20"}
    sitemaps = "".join(f"<sitemap><loc>{path}</loc><lastmod>{day}</lastmod></sitemap>" for path, day in dates.items())
    top = site.put("/top.xml", f"<sitemapindex>{sitemaps}</sitemapindex>")
    site.put(
        "/new.xml", urlset("<loc>/a</loc><lastmod>2026-11-02</lastmod>", "<loc>/b</loc><lastmod>2026-11-18</lastmod>")
    )
    site.put("/newer.xml", urlset("<loc>/c</loc>", "<loc>/d</loc><lastmod>2026-11-20T08:00:00Z</lastmod>"))
    assert told(found("sitemap", top, since=datetime(2026, 11, 18, 12, tzinfo=UTC))) == ["d", "c", "b"]
    assert "/old.xml" not in site.asked


def test_depth_and_count_of_sitemaps(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for level in range(9):
        site.put(f"/{level}.xml", index(f"/{level + 1}.xml"))
    deep = found("sitemap", f"{site.address}/0.xml")
    assert told(deep) == ["too_many_sitemaps"]
    assert len(site.asked) == discover_module.MAX_SITEMAP_DEPTH + 1
    monkeypatch.setattr(discover_module, "MAX_SITEMAPS", 3)
    site.put("/wide.xml", index(*(f"/w{number}.xml" for number in range(9))))
    for number in range(9):
        site.put(f"/w{number}.xml", urlset(f"<loc>/{number}</loc>"))
    [problem, *pages] = found("sitemap", f"{site.address}/wide.xml")
    assert told(pages) == ["0", "1"]
    assert isinstance(problem, Problem)
    assert problem.error == f"7 passed over as too_many_sitemaps, the first: '{site.address}/w2.xml'"


def test_a_damaged_sitemap_gives_what_it_has_and_a_problem(site: Site) -> None:
    sitemap = site.put("/s.xml", urlset("<loc>/1</loc>", "<loc>https://b.example/2</loc>").removesuffix("</urlset>"))
    page, problem = found("sitemap", sitemap)
    assert told([page]) == ["1"]
    assert isinstance(problem, Problem)
    assert (problem.item, problem.reason) == (sitemap, "invalid_xml")
    assert problem.error.endswith("; 1 passed over as off_site, the first: 'https://b.example/2'")


def test_other_sites_need_a_pattern(site: Site) -> None:
    sitemap = site.put("/s.xml", urlset("<loc>https://b.example/1</loc>", "<loc>/2</loc>"))
    assert told(found("sitemap", sitemap)) == ["2", "off_site"]
    assert told(found("sitemap", sitemap, include=("*",))) == ["1", "2"]
    assert told(found("feed", site.put("/feed", links("https://b.example/1")))) == ["1"]


def test_lists_of_addresses(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text("\ufeff# chosen\nhttps://a.example/1\r\n\n  https://a.example/2\n")
    *pages, missing = found("urls", "https://a.example/0", str(path), str(tmp_path / "none.txt"))
    assert told(pages) == ["0", "1", "2"]
    assert missing == Problem(
        item="file:s/none.txt", source="s", reason="unreadable_file", error="No such file or directory"
    )
    assert not site.asked


@pytest.mark.parametrize(
    ("line", "reason", "error"),
    [
        ("words", "invalid_url", "'words': the address has no scheme; it begins with http:// or https://"),
        ("file:///etc/passwd", "unsupported_scheme", "the scheme is 'file'; only http and https are asked"),
        ("gopher://a.example/_GET", "unsupported_scheme", "the scheme is 'gopher'"),
        ("javascript:alert(1)", "unsupported_scheme", "the scheme is 'javascript'"),
        ("https://me:hunter2@a.example/", "invalid_url", "'a.example/': the address holds a user name or a password"),
        ("http://[half", "invalid_url", "'http://[half': the"),
    ],
)
def test_each_line_that_is_no_address_is_a_problem(tmp_path: Path, line: str, reason: str, error: str) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(f"# chosen\nhttps://a.example/1\n{line}\nftp://a.example/\n")
    page, problem, *_, last = found("urls", str(path))
    assert told([page]) == ["1"]
    assert isinstance(problem, Problem)
    assert isinstance(last, Problem)
    assert (problem.item, problem.reason) == ("file:s/urls.txt#line-3", reason)
    assert error in problem.error
    assert (last.item, last.reason) == ("file:s/urls.txt#line-4", "unsupported_scheme")
    assert "hunter2" not in str(problem)


def test_a_file_that_is_no_list_has_rows_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text("words\n" * 5)
    problems = found("urls", str(path), max_items=3)
    assert [entry.item for entry in problems if isinstance(entry, Problem)] == [
        *(f"file:s/urls.txt#line-{number}" for number in (1, 2, 3)),
        "file:s/urls.txt",
    ]
    assert "2 passed over as no_address" in str(problems[-1])


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_did_not_change_leads_nowhere(kind: SourceKind) -> None:
    async def unchanged(request: WebRequest) -> WebResponse:
        return WebResponse(url=request.url, final_url=request.url, decision="not_modified", fetched_at=NOW, status=304)

    assert found(kind, "https://a.example/x", fetch=unchanged) == []


def test_what_is_asked_for() -> None:
    asked = []

    async def refuse(request: WebRequest) -> WebResponse:
        asked.append(request)
        return WebResponse(
            url=request.url,
            final_url=request.url,
            decision="refused",
            fetched_at=NOW,
            reason="robots_disallowed",
            error="no",
        )

    [problem] = found("sitemap", "https://a.example/s.xml", fetch=refuse, delay_s=5.0)
    assert problem == Problem(item="https://a.example/s.xml", source="s", reason="robots_disallowed", error="no")
    assert asked == [WebRequest(url="https://a.example/s.xml", wanted="sitemap", delay_s=5.0)]


def test_a_fault_of_a_parser_is_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("fault")

    monkeypatch.setattr("feedparser.parse", fail)
    [problem] = found("feed", site.put("/feed", links("/1")))
    assert isinstance(problem, Problem)
    assert (problem.reason, problem.error) == ("error", "KeyError: 'fault'")


@pytest.mark.parametrize("kind", ["files", "archive"])
def test_files_and_archives_lead_to_no_addresses(kind: SourceKind) -> None:
    with pytest.raises(ValueError, match=f"source 's' is of kind {kind}"):
        found(kind, "pages")
