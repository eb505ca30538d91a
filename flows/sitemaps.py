"""Sitemaps -> the pages and further sitemaps that they list (https://www.sitemaps.org/protocol.html).

Reads sitemaps, sitemap indexes and Google's news sitemaps, and the plain lists of addresses that the protocol allows;
each may be gzipped.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin

from fastwarc.stream_io import GzipReader
from lxml import etree

from flows.xml_text import plain_xml
from schemas.records import InputRejected
from transforms.decode import decode_html
from transforms.domains import is_web_address
from transforms.times import parse_time

MAX_ENTRIES = 50_000  # the protocol's limit for one sitemap
MAX_SITEMAP_BYTES = 52_428_800  # inflated; the protocol's limit
GZIP_SIGNATURE = b"\x1f\x8b"
ROOTS = ("urlset", "sitemapindex")
# The elements of an entry that are read, by their path below the root.
FIELDS = {
    ("url", "loc"): "url",
    ("url", "lastmod"): "changed_at",
    ("url", "news", "title"): "title",
    ("url", "news", "publication_date"): "published_at",
    ("sitemap", "loc"): "url",
    ("sitemap", "lastmod"): "changed_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One page or further sitemap."""

    url: str  # absolute
    is_sitemap: bool = False
    title: str | None = None
    published_at: datetime | None = None
    changed_at: datetime | None = None  # the latest time that `lastmod` can mean: a date is its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one sitemap lists."""

    entries: tuple[SitemapEntry, ...]
    damage: str | None = None  # what kept the rest, or a part, from being read


def read_sitemap(content: bytes, *, url: str, fetched_at: datetime) -> Sitemap:
    """Return the entries of the sitemap fetched from `url`, in its order; of a damaged one, those that can be read.

    Raises InputRejected for content over the protocol's size, that is no sitemap, or that declares entities.
    """
    text = decode_html(_inflate(content)).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return _read_plain_list(text)
    xml = plain_xml(text).encode()
    collector = _Collector()
    parser = etree.XMLParser(
        target=collector, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    etree.fromstring(xml, parser)
    if collector.root not in ROOTS:
        raise InputRejected(
            "read", "not_a_sitemap", f"the root element is <{collector.root}>, not {' or '.join(ROOTS)}"
        )
    entries = tuple(_entry(raw, url, fetched_at) for raw in collector.entries if raw.get("url"))
    return Sitemap(entries=entries, damage=next(_damages(collector, parser), None))


def _inflate(content: bytes) -> bytes:
    if content.startswith(GZIP_SIGNATURE):
        try:
            content = GzipReader(io.BytesIO(content)).read(MAX_SITEMAP_BYTES + 1)
        except OSError as error:
            raise InputRejected("read", "bad_encoding", f"the gzipped sitemap is damaged: {error}") from error
    if len(content) > MAX_SITEMAP_BYTES:
        raise InputRejected("read", "too_large", f"the sitemap has more than {MAX_SITEMAP_BYTES:,} bytes, inflated")
    return content


def _read_plain_list(text: str) -> Sitemap:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not all(map(is_web_address, lines)):
        raise InputRejected("read", "not_a_sitemap", f"neither XML nor a list of addresses: {text[:40]!r}")
    damage = f"lists more than {MAX_ENTRIES:,} addresses" if len(lines) > MAX_ENTRIES else None
    return Sitemap(entries=tuple(SitemapEntry(url=line) for line in lines[:MAX_ENTRIES]), damage=damage)


@dataclass(slots=True)
class _Collector:
    """What lxml calls while it reads; no tree is built, so memory holds the entries alone."""

    root: str | None = None
    path: list[str] = field(default_factory=list)  # open elements below the root
    texts: list[str] = field(default_factory=list)  # of the element read
    entry: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, str]] = field(default_factory=list)
    is_closed: bool = False
    is_full: bool = False

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition("}")[2]
        if self.root is None:
            self.root = name
        else:
            self.path.append(name)
        self.texts.clear()

    def data(self, text: str) -> None:
        self.texts.append(text)

    def end(self, _: str) -> None:
        if not self.path:
            self.is_closed = True
            return
        name = FIELDS.get(tuple(self.path))
        if name:
            self.entry[name] = "".join(self.texts).strip()
        elif len(self.path) == 1:
            self._add_entry()
        self.path.pop()
        self.texts.clear()

    def _add_entry(self) -> None:
        if len(self.entries) == MAX_ENTRIES:
            self.is_full = True
        else:
            self.entries.append(self.entry | {"kind": self.path[0]})
        self.entry = {}

    def close(self) -> None:
        """Called by lxml at the end."""


def _entry(raw: dict[str, str], base: str, fetched_at: datetime) -> SitemapEntry:
    return SitemapEntry(
        url=_absolute(base, raw["url"]),
        is_sitemap=raw["kind"] == "sitemap",
        title=raw.get("title") or None,
        published_at=parse_time(raw.get("published_at", ""), fetched_at=fetched_at),
        changed_at=_latest(raw.get("changed_at", ""), fetched_at),
    )


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # "http://[half an IPv6 address"
        return url


def _latest(value: str, fetched_at: datetime) -> datetime | None:
    time = parse_time(value, fetched_at=fetched_at)
    is_date = len(value) == len("2026-11-20")
    return time + timedelta(days=1) if time and is_date else time


def _damages(collector: _Collector, parser: etree.XMLParser) -> Iterator[str]:
    if collector.is_full:
        yield f"lists more than {MAX_ENTRIES:,} addresses"
    if not collector.is_closed:
        yield f"ends after {len(collector.entries)} entries, before its last element is closed"
    for error in parser.error_log.filter_from_fatals():
        yield f"broken XML in line {error.line}: {error.message}"
