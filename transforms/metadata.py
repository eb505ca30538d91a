"""Head and byline of a page to title, authors, times and addresses: JSON-LD first, then meta tags, then the DOM."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from lxml import etree
from lxml.html import HtmlElement

from transforms.agencies import agency_in_byline, agency_named
from transforms.bylines import clean_authors, fold_name, is_full_name, is_newsroom, upright
from transforms.domains import is_web_address
from transforms.head import (
    ADDRESS_TAGS,
    AUTHOR_TAGS,
    CATALOGUE_TAGS,
    KIND_TAGS,
    MODIFIED_TAGS,
    PUBLISHED_TAGS,
    PUBLISHER_TAGS,
    SITE_NAME_TAGS,
    TITLE_TAGS,
    Head,
    read_head,
)
from transforms.json_ld import LinkedArticle, read_json_ld
from transforms.times import MAX_TIME_LENGTH, parse_time

MAX_DOM_CANDIDATES = 20  # elements looked at per look-up; a byline stands among the first
MAX_TITLE_LENGTH = 500  # characters of an <h1>
MAX_BYLINE_LENGTH = 150  # characters; longer elements hold more than the byline
# " | Harbour Gazette", " - The Harbour Gazette" at the end of <title>
SITE_SUFFIX = re.compile(r"\s+(?:[|•·»]|[-–—])\s+[^|•·»]{1,60}$")
AUTHOR_NAME_CLASS = re.compile(r"author-name|author__name|byline__name|author_name|byline-name")  # td-author-name
HEADLINES = etree.XPath(".//h1")
# One pass for every element that may hold a byline; five would cost a millisecond each on a long page.
BYLINES = etree.XPath(
    ".//*[@rel='author' or @itemprop='author' or contains(@class, 'yline') or contains(@class, 'author')]"
)
# The text node "By Ana Brook, " of a byline without class.
SIGNATURES = etree.XPath(".//text()[starts-with(normalize-space(), 'By ')]")
SIGNATURE = re.compile(r"\s*By\s+(?!the\b)[A-Z]")  # "By Ana Brook"; "By clicking, you agree" is none
TIMES = etree.XPath(".//*[@itemprop='datePublished']|.//time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about its article; times in UTC."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    publisher: str | None = None
    agency: str | None = None  # another agency than the publisher, that the byline or the publisher's field names
    is_article: bool = False  # whether it says that it is one: in JSON-LD, by og:type, or by a time of publication
    is_free: bool | None = None  # what schema.org's isAccessibleForFree says


def read_metadata(html: str, tree: HtmlElement, *, fetched_at: datetime) -> Metadata:
    """Return what the page states, each field from the first of JSON-LD, meta tags and DOM that has it.

    `tree` is the page parsed by lxml; it is only read. Times that are not plausible at `fetched_at` are None.
    """
    linked, head = read_json_ld(html), read_head(html)
    publisher = _publisher(linked, head)
    sites = (publisher or "", *head.values(SITE_NAME_TAGS))
    published = chain((linked.published,), head.values(PUBLISHED_TAGS), _dom_times(tree))
    modified = chain((linked.modified,), head.values(MODIFIED_TAGS))
    addresses = (head.canonical, *head.values(ADDRESS_TAGS), linked.url)
    authors = _authors(linked, head, tree, sites)
    return Metadata(
        title=_title(linked.headline, head, tree, (*sites, linked.publisher)),
        authors=authors,
        published_at=next((time for value in published if (time := parse_time(value, fetched_at=fetched_at))), None),
        modified_at=next((time for value in modified if (time := parse_time(value, fetched_at=fetched_at))), None),
        canonical_url=next((address for address in addresses if is_web_address(address)), None),
        publisher=publisher,
        agency=_agency(linked, head, authors, publisher),
        is_article=_is_article(linked, head),
        is_free=linked.is_free,
    )


def _is_article(linked: LinkedArticle, head: Head) -> bool:
    kinds = [kind.lower() for kind in head.values(KIND_TAGS)]
    return linked != LinkedArticle() or "article" in kinds or any(head.values(PUBLISHED_TAGS))


def _publisher(linked: LinkedArticle, head: Head) -> str | None:
    """Return the outlet's name: not an address, nor the agency that JSON-LD names where the page names the outlet."""
    stated = (linked.publisher, *(value.removeprefix("@") for value in head.values(PUBLISHER_TAGS)))
    names = [name for name in stated if name and not is_web_address(name)]
    outlets = [name for name in names if not agency_named(name)]
    return next(iter(outlets or names), None)


def _agency(linked: LinkedArticle, head: Head, authors: Iterable[str], publisher: str | None) -> str | None:
    bylines = (*linked.authors, *head.values(AUTHOR_TAGS), *authors)
    named = chain((agency_in_byline(byline) for byline in bylines), (agency_named(linked.publisher),))
    own = agency_named(publisher or "")
    return next((agency for agency in named if agency and agency != own), None)


def _title(headline: str, head: Head, tree: HtmlElement, sites: Iterable[str]) -> str | None:
    """Return the headline; a <title> or og:title loses the name of the site at its end."""
    tagged = (_without_site(value, sites) for value in head.values(TITLE_TAGS))
    candidates = chain((headline,), tagged, _headlines(tree), (SITE_SUFFIX.sub("", head.title),))
    return next((candidate for candidate in candidates if candidate and candidate not in sites), None)


def _without_site(title: str, sites: Iterable[str]) -> str:
    suffix = SITE_SUFFIX.search(title)
    if suffix and fold_name(suffix.group()) in {fold_name(site) for site in sites}:
        return title[: suffix.start()]
    return title


def _authors(linked: LinkedArticle, head: Head, tree: HtmlElement, sites: Iterable[str]) -> tuple[str, ...]:
    """Return the first of JSON-LD, meta tags and DOM that names authors.

    The outlet's own name is none, unless JSON-LD says that the article is by its newsroom and nothing names anybody.
    """
    tagged = ([_written(name, value) for value in head.tags.get(name, [])] for name in AUTHOR_TAGS)
    stated = chain((list(linked.authors),), tagged)
    sources = chain(
        (clean_authors(bylines, site_names=sites) for bylines in stated),
        (_full_names(clean_authors(bylines, site_names=sites)) for bylines in _dom_bylines(tree)),
        (clean_authors(bylines, site_names=sites) for bylines in _signatures(tree)),
    )
    own = (name for name in clean_authors(linked.authors, site_names=()) if is_newsroom(name))
    return next((names for names in sources if names), None) or tuple(own)


def _written(tag: str, value: str) -> str:
    return upright(value) if tag in CATALOGUE_TAGS else value


def _full_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without user names: what an author box shows for an account that nobody named."""
    return tuple(name for name in names if is_full_name(name) or agency_named(name))


def _dom_bylines(tree: HtmlElement) -> Iterator[list[str]]:
    """Yield the texts of ever vaguer marks of a byline."""
    elements: list[HtmlElement] = BYLINES(tree)
    properties = [element for element in elements if element.get("itemprop") == "author"]
    boxes = [element for element in elements if "byline" in (element.get("class") or "").split()]
    for marked in (
        (element for element in elements if element.get("rel") == "author"),
        (name for element in properties for name in element.iterfind(".//*[@itemprop='name']")),
        properties,
        (link for box in boxes for link in box.iterfind(".//a")),
        (element for element in elements if AUTHOR_NAME_CLASS.search(element.get("class") or "")),
        (element for element in elements if "yline" in (element.get("class") or "")),
    ):
        texts = (_text(element, MAX_BYLINE_LENGTH) for element in islice(marked, MAX_DOM_CANDIDATES))
        yield [text for text in texts if text]


def _signatures(tree: HtmlElement) -> Iterator[list[str]]:
    """Yield the first text of the page that is "By" and a short list of names."""
    texts = (" ".join(text.split()) for text in SIGNATURES(tree) if SIGNATURE.match(text))
    yield from ([text] for text in islice(texts, 1) if len(text) <= MAX_BYLINE_LENGTH)


def _headlines(tree: HtmlElement) -> Iterator[str]:
    yield from (_text(element, MAX_TITLE_LENGTH) for element in HEADLINES(tree)[:MAX_DOM_CANDIDATES])


def _dom_times(tree: HtmlElement) -> Iterator[str]:
    """Yield the times of datePublished, then of <time> in an <article>, then of any <time>."""
    elements: list[HtmlElement] = TIMES(tree)
    marked = [element for element in elements if element.get("itemprop") == "datePublished"]
    inside = [e for e in elements if e.tag == "time" and next(e.iterancestors("article"), None) is not None]
    for group in (marked, inside, elements):
        for element in group[:MAX_DOM_CANDIDATES]:
            yield element.get("datetime") or element.get("content") or _text(element, MAX_TIME_LENGTH)


def _text(element: HtmlElement, max_length: int) -> str:
    """Return the element's text with white space collapsed, "" where it is longer than `max_length` characters."""
    pieces: list[str] = []
    for piece in element.itertext():
        pieces.extend(piece.split())
        if len(pieces) > max_length:  # a container of half the page: not worth reading to its end
            return ""
    text = " ".join(pieces)
    return text if len(text) <= max_length else ""
