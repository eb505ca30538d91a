"""Feeds -> links to pages, and articles where an entry holds the whole of one.

RSS 0.9x to 2.0 and Atom are read with feedparser, JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) with json.
"""

import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from time import struct_time
from typing import Any
from urllib.parse import urljoin

import feedparser

from flows.found import FeedArticle, PageLink
from flows.source_list import WebSource
from flows.xml_text import plain_xml
from schemas.records import InputRejected
from transforms.decode import decode_html
from transforms.times import parse_time, plausible_time

MAX_ENTRIES = 5_000  # feeds of news sites have 10 to 200
MAX_FEED_BYTES = 10_000_000
MAX_TAGS = 200_000  # opening angle brackets; feedparser takes 30 µs for each of a broken feed
MIN_ARTICLE_WORDS = 150  # of an entry's content; summaries and teasers have 20 to 100
TAG = re.compile(r"<[^<>]*>")  # <p class="lead">
# How the text of a shortened entry ends: "[…]", "…", "Continue reading"; "The post … appeared first on …" may follow.
TEASER_END = re.compile(
    r"\[\s*(?:…|\.\.\.)\s*\]|(?:…|\.\.\.)\W*$"
    r"|\b(?:read (?:more|on|the (?:full|rest))|continue reading|keep reading|weiterlesen|lire la suite|leer más)\b",
    re.IGNORECASE,
)
TEASER_LENGTH = 300  # characters at the end of the text that are looked at

Entry = PageLink | FeedArticle


def read_feed(content: bytes, *, url: str, source: WebSource, fetched_at: datetime) -> list[Entry]:
    """Return the entries of the feed fetched from `url`, in its order, at most MAX_ENTRIES + 1.

    An entry's `url` is absolute, and empty where it has none. `published_at` is the time of the last change where the
    entry states no other. Raises InputRejected for content that is no feed, too much of one, or declares entities.
    """
    if len(content) > MAX_FEED_BYTES:
        raise InputRejected(
            "read", "too_large", f"the feed has {len(content):,} bytes; the limit is {MAX_FEED_BYTES:,}"
        )
    text = decode_html(content).lstrip("\ufeff \t\r\n")
    entries = _json_entries if text.startswith("{") else _xml_entries
    return list(islice(entries(text, url, source, fetched_at), MAX_ENTRIES + 1))


def holds_article(content: str) -> bool:
    """Return whether an entry's HTML is the whole article: long enough, and without the end of a teaser."""
    text = plain_text(content)
    return len(text.split()) >= MIN_ARTICLE_WORDS and not TEASER_END.search(text[-TEASER_LENGTH:])


def plain_text(markup: str) -> str:
    """Return HTML as text on one line."""
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


def _xml_entries(text: str, url: str, source: WebSource, fetched_at: datetime) -> Iterator[Entry]:
    xml = plain_xml(text)
    if xml.count("<") > MAX_TAGS:
        raise InputRejected("read", "too_many_tags", f"the feed has {xml.count('<'):,} tags; the limit is {MAX_TAGS:,}")
    feed = feedparser.parse(
        io.BytesIO(xml.encode()),
        response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,  # in the entries' HTML; links are resolved in any case
        sanitize_html=False,
    )
    if not feed.version and not feed.entries:
        raise InputRejected("read", "not_a_feed", f"neither RSS nor Atom nor JSON Feed: {xml[:40]!r}")
    for entry in feed.entries:
        yield _entry(
            source,
            url=_absolute(url, entry.get("feedburner_origlink") or entry.get("link")),
            content=max(_html_contents(entry), key=len, default=""),
            title=entry.get("title"),
            authors=[author.get("name") for author in entry.get("authors", [])],
            published_at=_time(entry.get("published_parsed") or entry.get("updated_parsed"), fetched_at),
        )


def _html_contents(entry: Mapping[str, Any]) -> list[str]:
    return [content["value"] for content in entry.get("content", []) if "html" in content.get("type", "")]


def _json_entries(text: str, url: str, source: WebSource, fetched_at: datetime) -> Iterator[Entry]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputRejected("read", "not_a_feed", f"the feed is no JSON: {error}") from error
    if not isinstance(feed.get("items"), list):
        raise InputRejected("read", "not_a_feed", "the JSON has no list of items")
    for item in feed["items"]:
        fields = item if isinstance(item, dict) else {}
        authors = fields.get("authors", [fields.get("author")])  # version 1.0 has one author
        published = fields.get("date_published") or fields.get("date_modified")
        yield _entry(
            source,
            url=_absolute(url, fields.get("url")),
            content=_string(fields.get("content_html")) or "",
            title=fields.get("title"),
            authors=[author.get("name") for author in _list(authors) if isinstance(author, dict)],
            published_at=parse_time(_string(published) or "", fetched_at=fetched_at),
            language=(_string(fields.get("language")) or "")[:2].lower() or None,
        )


def _entry(
    source: WebSource,
    *,
    url: str,
    content: str,
    title: object,
    authors: list[object],
    published_at: datetime | None,
    language: str | None = None,  # of JSON Feed only: that of XML feeds is often their template's
) -> Entry:
    title = plain_text(_string(title) or "") or None
    if not holds_article(content):
        return PageLink(url=url, source=source.name, title=title, published_at=published_at, delay_s=source.delay_s)
    return FeedArticle(
        url=url,
        source=source.name,
        html=content,
        title=title,
        authors=tuple(name.strip() for name in authors if isinstance(name, str) and name.strip()),
        published_at=published_at,
        language=language,
    )


def _absolute(base: str, link: object) -> str:
    try:
        return urljoin(base, link.strip()) if isinstance(link, str) and link.strip() else ""
    except ValueError:  # "http://[half an IPv6 address"
        return str(link)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _time(parsed: struct_time | None, fetched_at: datetime) -> datetime | None:
    """Return a time that feedparser read, which is in UTC."""
    try:
        return plausible_time(datetime(*parsed[:6], tzinfo=UTC), fetched_at=fetched_at) if parsed else None
    except ValueError:  # second 60 or 61
        return None
