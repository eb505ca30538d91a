"""The <head> of a page: the meta tags we read, the text of <title>, the canonical link."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

MetaTags: TypeAlias = dict[str, list[str]]  # name or property in lower case -> its values in page order

MAX_HEAD_LENGTH = 400_000  # characters; a head without end would make BeautifulSoup read the whole page
HEAD_END = re.compile(r"</head\b|<body\b", re.IGNORECASE)  # </head>
SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b", re.IGNORECASE)  # <script async src="...">
OTHER_LINK = re.compile(r"<link\b(?![^<>]*canonical)[^<>]*>", re.IGNORECASE)  # <link rel="stylesheet" href="...">
META = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)  # <meta property="og:title" content="Fares rise">
# the og:title of property="og:title", name=og:title, itemprop='og:title'; the utf-8 of charset="utf-8"
META_NAME = re.compile(
    r"\b(?:name|property|itemprop|http-equiv|charset)\s{0,9}=\s{0,9}[\"']?\s{0,9}([^\"'\s>]{1,60})", re.IGNORECASE
)
KEPT = SoupStrainer(["meta", "title", "link"])

TITLE_TAGS = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "citation_title",
    "headline", "title",
)  # fmt: skip
AUTHOR_TAGS = (
    "author", "parsely-author", "sailthru.author", "article:author", "og:article:author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "cxenseparse:author", "dcsext.author",
)  # fmt: skip
CATALOGUE_TAGS = ("dc.creator", "dcterms.creator", "citation_author")  # may name "Brook, Ana"
PUBLISHED_TAGS = (
    "article:published_time", "og:article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date",
    "datepublished", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created",
    "dc.date", "citation_publication_date", "citation_date", "publish-date", "pubdate", "date",
)  # fmt: skip
MODIFIED_TAGS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified",
)  # fmt: skip
SITE_NAME_TAGS = ("og:site_name", "application-name")
PUBLISHER_TAGS = ("og:site_name", "dc.publisher", "citation_journal_title", "application-name", "twitter:site")
ADDRESS_TAGS = ("og:url",)
KIND_TAGS = ("og:type",)
READ_TAGS = frozenset(
    (
        *TITLE_TAGS, *AUTHOR_TAGS, *PUBLISHED_TAGS, *MODIFIED_TAGS, *SITE_NAME_TAGS, *PUBLISHER_TAGS, *ADDRESS_TAGS,
        *KIND_TAGS,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head says; "" where absent."""

    tags: MetaTags
    title: str = ""
    canonical: str = ""

    def values(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the values of the tags of these names, in the order of the names."""
        return (value for name in names for value in self.tags.get(name, ()))


def read_head(html: str) -> Head:
    """Return the meta tags that we read, the title and the canonical link of the page's head."""
    end = HEAD_END.search(html, 0, MAX_HEAD_LENGTH)
    head = _without_scripts(html[: end.start() if end else MAX_HEAD_LENGTH])
    head = META.sub(_if_read, OTHER_LINK.sub("", head))  # an element costs BeautifulSoup some 30 µs
    # Opened by a tag, so that a page starting with "<?xml" is not warned about as an XML document.
    soup = BeautifulSoup("<head>" + head, "lxml", parse_only=KEPT)
    tags: MetaTags = {}
    for tag in soup.find_all("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        value = _collapse(str(tag.get("content") or ""))
        if name and value:
            tags.setdefault(str(name).strip().lower(), []).append(value)
    canonical = next((str(link.get("href") or "") for link in soup.find_all("link", rel="canonical")), "")
    return Head(tags=tags, title=_collapse(soup.title.get_text()) if soup.title else "", canonical=canonical.strip())


def _if_read(tag: re.Match[str]) -> str:
    """Return the tag if we read it, or if it is one cut off at the ">" of its content, before its name."""
    names = META_NAME.findall(tag.group())
    return tag.group() if not names or any(name.lower() in READ_TAGS for name in names) else ""


def _without_scripts(head: str) -> str:
    """Return the head without its scripts and styles; one that does not end takes the rest of the head with it."""
    kept = []
    position = 0
    while start := SCRIPT_OR_STYLE.search(head, position):
        kept.append(head[position : start.start()])
        end = re.compile(f"</{start[1]}", re.IGNORECASE).search(head, start.end())
        position = end.start() if end else len(head)
    return "".join(kept) + head[position:]


def _collapse(text: str) -> str:
    return " ".join(text.split())
