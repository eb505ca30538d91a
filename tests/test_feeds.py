"""Feeds of every format give links, and articles where an entry holds one."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import feeds
from flows.feeds import Entry, holds_article, read_feed
from flows.found import FeedArticle, PageLink
from flows.source_list import WebSource
from schemas.records import InputRejected

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THEN = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
SOURCE = WebSource(name="gazette", kind="feed", addresses=(), delay_s=2.0)
ARTICLE = "<p>" + "The council voted for the tram on Tuesday. " * 30 + "</p>"
ESCAPED = ARTICLE.replace("<", "&lt;")
RSS = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'


def read(content: str | bytes) -> list[Entry]:
    content = content.encode() if isinstance(content, str) else content
    return read_feed(content, url="https://a.example/feeds/f", source=SOURCE, fetched_at=NOW)


def refusal(content: str | bytes) -> tuple[str, str]:
    with pytest.raises(InputRejected) as caught:
        read(content)
    return caught.value.reason, caught.value.message


def rss(items: str) -> str:
    return f"{RSS}<title>Gazette</title>{items}</channel></rss>"


LINK = PageLink(url="https://a.example/p", source="gazette", title="Trams & votes", published_at=THEN, delay_s=2.0)
FORMATS = {
    "RSS 0.91": (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item>'
        "<title>Trams &amp; votes</title><link>https://a.example/p</link>"
        "<pubDate>Thu, 19 Nov 2026 09:30:00 +0100</pubDate></item></channel></rss>"
    ),
    "RSS 1.0": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="x"><title>Trams &amp; votes</title>'
        "<link>https://a.example/p</link><dc:date>2026-11-19T08:30:00Z</dc:date></item></rdf:RDF>"
    ),
    "RSS 2.0": rss(
        "<item><title>Trams &amp;amp; votes</title><link>/p</link><description>A short one.</description>"
        "<pubDate>Thu, 19 Nov 2026 08:30:00 GMT</pubDate></item>"
    ),
    "RSS 2.0, guid alone": rss(
        "<item><title>Trams &amp; votes</title><guid>https://a.example/p</guid>"
        "<pubDate>Thu, 19 Nov 2026 08:30:00 GMT</pubDate></item>"
    ),
    "Atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Trams &amp;amp; votes</title>'
        '<link rel="enclosure" href="/a.mp3"/><link href="../p"/><published>2026-11-19T08:30:00Z</published>'
        "<updated>2026-11-20T08:30:00Z</updated></entry></feed>"
    ),
    "Atom, updated alone": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Trams &amp; votes</title>'
        '<link href="https://a.example/p"/><updated>2026-11-19T08:30:00Z</updated></entry></feed>'
    ),
    "JSON Feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"url": "/p", "title": "Trams & votes", "date_published": "2026-11-19T09:30:00+01:00"}],
        }
    ),
    "stray ampersand": rss(
        "<item><title>Trams & votes</title><link>https://a.example/p</link>"
        "<pubDate>Thu, 19 Nov 2026 08:30:00 GMT</pubDate></item>"
    ),
    "cut off": RSS
    + (
        "<item><title>Trams &amp; votes</title><link>https://a.example/p</link>"
        "<pubDate>Thu, 19 Nov 2026 08:30:00 GMT</pubDate></item>"
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_link(name: str) -> None:
    assert read(FORMATS[name]) == [LINK]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + rss("<item><title>Café</title><link>/p</link></item>")
    assert [entry.title for entry in read(text.encode(encoding))] == ["Café"]


FULL = {
    "RSS": rss(
        f"<item><title>Trams</title><link>/p</link><dc:creator>Ann Lee</dc:creator><description>Short.</description>"
        f"<content:encoded><![CDATA[{ARTICLE}]]></content:encoded>"
        "<pubDate>Thu, 19 Nov 2026 08:30:00 GMT</pubDate></item>"
    ),
    "Atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Trams</title><link href="/p"/>'
        f'<author><name>Ann Lee</name></author><content type="html">{ESCAPED}</content>'
        "<updated>2026-11-19T08:30:00Z</updated></entry></feed>"
    ),
    "JSON Feed": json.dumps(
        {
            "items": [
                {
                    "url": "/p",
                    "title": "Trams",
                    "content_html": ARTICLE,
                    "authors": [{"name": "Ann Lee"}],
                    "date_published": "2026-11-19T08:30:00Z",
                    "language": "en-GB",
                }
            ]
        }
    ),
}


@pytest.mark.parametrize("name", FULL)
def test_an_entry_that_holds_the_article(name: str) -> None:
    assert read(FULL[name]) == [
        FeedArticle(
            url="https://a.example/p",
            source="gazette",
            html=ARTICLE,
            title="Trams",
            authors=("Ann Lee",),
            published_at=THEN,
            language="en" if name == "JSON Feed" else None,
        )
    ]


WORDS = "<p>" + "word " * 200


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (ARTICLE, True),
        (WORDS + "end.</p>", True),
        ("<p>" + "word " * 100 + "</p>", False),
        (WORDS + "[…]</p>", False),
        (
            WORDS + "[&hellip;]</p><p>The post <a href='/p'>Trams</a> appeared first on <a href='/'>Gazette</a>.</p>",
            False,
        ),
        (WORDS + "and so …</p>", False),
        (WORDS + "...", False),
        (WORDS + "</p><a href='/p'>Continue reading</a>", False),
        (WORDS + "</p><p><a href='/p'>Weiterlesen</a></p>", False),
        ("<p>He reads more. " + "word " * 200 + "</p>", True),
        ("<img alt='" + "word " * 200 + "'>", False),
    ],
)
def test_what_holds_an_article(content: str, whole: bool) -> None:
    assert holds_article(content) is whole


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>//b.example/p</link>", "https://b.example/p"),
        ("<link>https://b.example/p?a=1&amp;b=2</link>", "https://b.example/p?a=1&b=2"),
        ("<link>mailto:a@b.example</link>", "mailto:a@b.example"),
        ("<link>http://[broken</link>", ""),
        ("<guid isPermaLink='false'>7</guid>", ""),
        ("<title>No link</title>", ""),
        (
            "<link>https://proxy.example/7</link><feedburner:origLink "
            "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://a.example/p</feedburner:origLink>",
            "https://a.example/p",
        ),
    ],
)
def test_links(item: str, url: str) -> None:
    assert [entry.url for entry in read(rss(f"<item>{item}</item>"))] == [url]


@pytest.mark.parametrize(
    ("content", "reason", "error"),
    [
        ("<!DOCTYPE html><html><body><p>Gone</body></html>", "not_a_feed", "neither RSS nor Atom nor JSON Feed"),
        ("", "invalid_xml", "no element starts"),
        ('{"items": ', "not_a_feed", "the feed is no JSON"),
        ('{"items": 7}', "not_a_feed", "the JSON has no list of items"),
        ('{"a":' * 100_000, "not_a_feed", "the feed is no JSON"),
        ("<rss>" + "<a/>" * 300_000, "too_many_tags", "the feed has 300,001 tags; the limit is 200,000"),
        (b" " * 10_000_001, "too_large", "the feed has 10,000,001 bytes; the limit is 10,000,000"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(""), "xml_entities", "declares entities"),
        (b"\x89PNG\r\n\x1a\n", "not_text", "signature"),
    ],
)
def test_refusals(content: str | bytes, reason: str, error: str) -> None:
    found = refusal(content)
    assert found[0] == reason
    assert error in found[1]


def test_entries_over_the_limit_are_told_by_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 3)
    assert len(read(rss("<item><link>/p</link></item>" * 9))) == 4
    assert len(read(json.dumps({"items": [{}] * 9}))) == 4


@pytest.mark.parametrize(
    "item", [7, None, [], {"url": 7}, {"title": []}, {"authors": 7}, {"author": "x"}, {"date_published": {}}]
)
def test_values_of_the_wrong_type(item: object) -> None:
    assert read(json.dumps({"items": [item]})) == [PageLink(url="", source="gazette", delay_s=2.0)]


def test_a_feed_opens_no_file_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the network or a file was asked for")

    monkeypatch.setattr("socket.socket.connect", fail)
    text = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'
    assert len(read(text + rss("<item><link>/p</link></item>"))) == 1
    assert refusal("file:///etc/passwd")[0] == "invalid_xml"
    assert refusal("http://127.0.0.1:9/feed")[0] == "invalid_xml"


@given(st.text(alphabet="<>/!&;[]'\"= aitemlnkrs:-?", max_size=200))
def test_any_text_gives_entries_or_a_refusal(text: str) -> None:
    for content in (rss(text), rss(f"<item>{text}</item>"), text):
        with suppress(InputRejected):
            assert all(isinstance(entry.url, str) for entry in read(content))
