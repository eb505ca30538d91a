"""Sitemaps, indexes and news sitemaps are read as the protocol has them; damage is said, and costs what is damaged."""

import gzip
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from flows import sitemaps
from flows.sitemaps import Sitemap, SitemapEntry, read_sitemap
from schemas.records import InputRejected

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def read(content: str | bytes) -> Sitemap:
    content = content.encode() if isinstance(content, str) else content
    return read_sitemap(content, url="https://a.example/maps/s.xml", fetched_at=NOW)


def urlset(*locations: str) -> str:
    return OPEN + "".join(f"<url><loc>{location}</loc></url>" for location in locations) + "</urlset>"


def refusal(content: str | bytes) -> tuple[str, str]:
    with pytest.raises(InputRejected) as caught:
        read(content)
    return caught.value.reason, caught.value.message


def test_a_news_sitemap() -> None:
    found = read(
        f"{OPEN}<url><loc> https://a.example/1 </loc><lastmod>2026-11-19T08:30:00+01:00</lastmod>"
        "<image:image><image:loc>https://a.example/i.jpg</image:loc></image:image><news:news>"
        "<news:publication><news:name>Gazette</news:name></news:publication><news:title>Trams &amp; votes</news:title>"
        "<news:publication_date>2026-11-18</news:publication_date></news:news></url></urlset>"
    )
    entry = SitemapEntry(
        url="https://a.example/1",
        title="Trams & votes",
        published_at=datetime(2026, 11, 18, tzinfo=UTC),
        changed_at=datetime(2026, 11, 19, 7, 30, tzinfo=UTC),
    )
    assert found == Sitemap(entries=(entry,))


def test_an_index() -> None:
    found = read(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://a.example/1.xml.gz</loc>'
        "<lastmod>2026-11-19</lastmod></sitemap><sitemap><loc>2.xml</loc></sitemap></sitemapindex>"
    )
    first, second = found.entries
    assert (first.url, first.is_sitemap) == ("https://a.example/1.xml.gz", True)
    assert first.changed_at == datetime(2026, 11, 20, tzinfo=UTC)  # a date is its end: nothing of that day is missed
    assert (second.url, second.is_sitemap, second.changed_at) == ("https://a.example/maps/2.xml", True, None)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/p", "https://a.example/p"),
        ("//b.example/p", "https://b.example/p"),
        ("/p?a=1&amp;b=2", "https://a.example/p?a=1&b=2"),
        ("/p?a=1&b=2", "https://a.example/p?a=1&b=2"),
        ("<![CDATA[/p?a=1&b=2]]>", "https://a.example/p?a=1&b=2"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_locations(location: str, url: str) -> None:
    assert read(urlset(location)) == Sitemap(entries=(SitemapEntry(url=url),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding: str) -> None:
    text = urlset("/café").replace("UTF-8", "utf-8" if encoding == "utf-8-sig" else encoding)
    assert read(text.encode(encoding)).entries[0].url == "https://a.example/café"


def test_gzip_and_plain_lists() -> None:
    assert read(gzip.compress(urlset("/1", "/2").encode())) == read(urlset("/1", "/2"))
    plain = read("https://a.example/1\r\n\nhttps://a.example/2\n")
    assert [entry.url for entry in plain.entries] == ["https://a.example/1", "https://a.example/2"]


@pytest.mark.parametrize(
    ("content", "count", "damage"),
    [
        (urlset("/1", "/2").removesuffix("</urlset>"), 2, "ends after 2 entries"),
        (urlset("/1", "/2")[:-20], 1, "ends after 1 entries"),
        (urlset("/1", "</wrong>", "/3"), 1, "broken XML in line 1"),
        (urlset("/1", "/2", "/3", "/4"), 3, "lists more than 3 addresses"),
        ("https://a.example/\n" * 4, 3, "lists more than 3 addresses"),
        (urlset(), 0, None),
        (urlset("", " "), 0, None),
    ],
)
def test_damage(monkeypatch: pytest.MonkeyPatch, content: str, count: int, damage: str | None) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ENTRIES", 3)
    found = read(content)
    assert len(found.entries) == count
    assert (found.damage or "").startswith(damage or "")
    assert bool(found.damage) == bool(damage)


@pytest.mark.parametrize(
    ("content", "reason", "error"),
    [
        ("<!DOCTYPE html><html><body>Not found</body></html>", "not_a_sitemap", "the root element is <html>"),
        ("<rss><channel/></rss>", "not_a_sitemap", "the root element is <rss>, not urlset or sitemapindex"),
        ("not found", "not_a_sitemap", "neither XML nor a list of addresses: 'not found'"),
        ("", "not_a_sitemap", "neither XML nor"),
        ("https://a.example/1\nand words", "not_a_sitemap", "neither XML nor"),
        (b"\x89PNG\r\n\x1a\n", "not_text", "signature"),
        (gzip.compress(b"x")[:12] + b"\xff" * 40, "bad_encoding", "the gzipped sitemap is damaged"),
        ('<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset/>', "xml_entities", "declares entities"),
    ],
)
def test_refusals(content: str | bytes, reason: str, error: str) -> None:
    found = refusal(content)
    assert found[0] == reason
    assert error in found[1]


def test_a_bomb_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_SITEMAP_BYTES", 1_000_000)
    assert refusal(gzip.compress(bytes(30_000_000)))[0] == "too_large"
    assert refusal(b" " * 1_000_001)[0] == "too_large"


@pytest.mark.parametrize("piece", ["<url>", "<url/>", "<a:b>", "<url a='", "&", "<loc>a", "<!--", "</url>"])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    with suppress(InputRejected):
        assert len(read(OPEN + piece * 100_000).entries) == 0
    assert time.process_time() - start < 5
