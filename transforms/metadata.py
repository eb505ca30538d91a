"""Head and byline of a page to title, authors, times and addresses: JSON-LD first, then meta tags, then the DOM."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from lxml.html import HtmlElement

from transforms.bylines import clean_authors, fold_name
from transforms.domains import is_web_address
from transforms.json_ld import read_json_ld
from transforms.times import parse_time

MetaTags: TypeAlias = dict[str, list[str]]  # name or property in lower case -> its values in page order

MAX_HEAD_LENGTH = 400_000  # characters; a head without end would make BeautifulSoup read the whole page
MAX_DOM_CANDIDATES = 20  # elements looked at per look-up; a byline stands among the first
MAX_BYLINE_LENGTH = 150  # characters; longer elements hold more than the byline
HEAD_END = re.compile(r"</head\b|<body\b", re.IGNORECASE)  # </head>
SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b", re.IGNORECASE)  # <script async src="...">
OTHER_LINK = re.compile(r"<link\b(?![^>]{0,500}canonical)[^>]{0,2000}>", re.IGNORECASE)  # <link rel="stylesheet" ...>
# " | Harbour Gazette", " - The Harbour Gazette" at the end of <title>
SITE_SUFFIX = re.compile(r"\s+(?:[|•·»]|[-–—])\s+[^|•·»]{1,60}$")
TITLE_TAGS = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "citation_title",
    "headline", "title",
)  # fmt: skip
AUTHOR_TAGS = (
    "author", "parsely-author", "sailthru.author", "article:author", "og:article:author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "cxenseparse:author", "dcsext.author",
)  # fmt: skip
PUBLISHED_TAGS = (
    "article:published_time", "og:article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date",
    "datepublished", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created",
    "dc.date", "citation_publication_date", "citation_date", "publish-date", "pubdate", "date",
)  # fmt: skip
MODIFIED_TAGS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified",
)  # fmt: skip
PUBLISHER_TAGS = ("og:site_name", "dc.publisher", "citation_journal_title", "application-name", "twitter:site")
AUTHOR_PATHS = (
    ".//*[@rel='author']",
    ".//*[@itemprop='author']//*[@itemprop='name']",
    ".//*[@itemprop='author']",
    ".//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]//a",
    ".//*[contains(@class, 'author-name') or contains(@class, 'author__name') or contains(@class, 'byline__name')"
    " or contains(@class, 'author_name') or contains(@class, 'byline-name')]",
    ".//*[contains(@class, 'byline') or contains(@class, 'Byline')]",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about its article; times in UTC."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    publisher: str | None = None


def read_metadata(html: str, tree: HtmlElement, *, fetched_at: datetime) -> Metadata:
    """Return what the page states, each field from the first of JSON-LD, meta tags and DOM that has it.

    `tree` is the page parsed by lxml; it is only read. Times that are not plausible at `fetched_at` are None.
    """
    linked = read_json_ld(html)
    tags, head_title, canonical = read_head(html)
    publisher = linked.publisher or _first(tags, PUBLISHER_TAGS).lstrip("@")
    sites = (publisher, *tags.get("og:site_name", ()), *tags.get("application-name", ()))
    author_sources = _author_sources(linked.authors, tags, tree)
    published = chain((linked.published,), _values(tags, PUBLISHED_TAGS), _dom_times(tree))
    modified = chain((linked.modified,), _values(tags, MODIFIED_TAGS))
    addresses = (canonical, *tags.get("og:url", ()), linked.url)
    return Metadata(
        title=_title(linked.headline, tags, head_title, tree, sites),
        authors=next((names for source in author_sources if (names := clean_authors(source, site_names=sites))), ()),
        published_at=next((time for value in published if (time := parse_time(value, fetched_at=fetched_at))), None),
        modified_at=next((time for value in modified if (time := parse_time(value, fetched_at=fetched_at))), None),
        canonical_url=next((address for address in addresses if is_web_address(address)), None),
        publisher=publisher or None,
    )


def read_head(html: str) -> tuple[MetaTags, str, str]:
    """Return the meta tags, the text of <title> and the canonical link of the page's head ("" where absent)."""
    end = HEAD_END.search(html, 0, MAX_HEAD_LENGTH)
    head = OTHER_LINK.sub("", _without_scripts(html[: end.start() if end else MAX_HEAD_LENGTH]))
    # Opened by a tag, so that a page starting with "<?xml" is not warned about as an XML document.
    soup = BeautifulSoup("<head>" + head, "lxml", parse_only=SoupStrainer(["meta", "title", "link"]))
    tags: MetaTags = {}
    for tag in soup.find_all("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        value = _collapse(str(tag.get("content") or ""))
        if name and value:
            tags.setdefault(str(name).strip().lower(), []).append(value)
    canonical = next((str(link.get("href") or "") for link in soup.find_all("link", rel="canonical")), "")
    return tags, _collapse(soup.title.get_text()) if soup.title else "", canonical.strip()


def _without_scripts(head: str) -> str:
    """Return the head without its scripts and styles; one that does not end takes the rest of the head with it."""
    kept = []
    position = 0
    while start := SCRIPT_OR_STYLE.search(head, position):
        kept.append(head[position : start.start()])
        end = re.compile(f"</{start[1]}", re.IGNORECASE).search(head, start.end())
        position = end.start() if end else len(head)
    return "".join(kept) + head[position:]


def _title(headline: str, tags: MetaTags, head_title: str, tree: HtmlElement, sites: Iterable[str]) -> str | None:
    """Return the headline; a <title> or og:title loses the name of the site at its end."""
    tagged = (_without_site(value, sites) for value in _values(tags, TITLE_TAGS))
    displayed = (text for path in (".//h1",) for text in _dom_texts(tree, path))
    candidates = chain((headline,), tagged, displayed, (SITE_SUFFIX.sub("", head_title),))
    return next((candidate for candidate in candidates if candidate and candidate not in sites), None)


def _without_site(title: str, sites: Iterable[str]) -> str:
    suffix = SITE_SUFFIX.search(title)
    if suffix and fold_name(suffix.group()) in {fold_name(site) for site in sites}:
        return title[: suffix.start()]
    return title


def _author_sources(linked: tuple[str, ...], tags: MetaTags, tree: HtmlElement) -> Iterator[list[str]]:
    yield list(linked)
    for name in AUTHOR_TAGS:
        yield tags.get(name, [])
    for path in AUTHOR_PATHS:
        yield [text for text in _dom_texts(tree, path) if len(text) <= MAX_BYLINE_LENGTH]


def _dom_texts(tree: HtmlElement, path: str) -> list[str]:
    texts = (_collapse(" ".join(element.itertext())) for element in tree.xpath(path)[:MAX_DOM_CANDIDATES])
    return [text for text in texts if text]


def _dom_times(tree: HtmlElement) -> Iterator[str]:
    for path in (".//*[@itemprop='datePublished']", ".//article//time", ".//time"):
        for element in tree.xpath(path)[:MAX_DOM_CANDIDATES]:
            yield element.get("datetime") or element.get("content") or _collapse(" ".join(element.itertext()))


def _values(tags: MetaTags, names: Iterable[str]) -> Iterator[str]:
    return (value for name in names for value in tags.get(name, ()))


def _first(tags: MetaTags, names: Iterable[str]) -> str:
    return next(_values(tags, names), "")


def _collapse(text: str) -> str:
    return " ".join(text.split())
