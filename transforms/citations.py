"""The trailing reference block of a text ("Source: …", "Reference(s):" and what follows) to citations.

Works on lines of a text file and on blocks of a page alike. Only a short block at the very end counts: a caption's
source in mid-text and a paragraph that begins with "Sources" stay in the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from schemas.records import Citation
from transforms.bylines import fold_name
from transforms.domains import is_web_address, registrable_domain

MAX_BLOCK_LINES = 60  # lines that are not blank, heading included; longer ones are bibliographies of a paper
MAX_LINE_LENGTH = 300  # characters; a title with its address; paragraphs are longer
MAX_LINKS_AFTER_HEADING = 60  # links looked at behind the block's heading: one a line
MIN_LINKED_SHARE = 0.5  # of a title's letters, where only part of it is the link's text; "[1]" names nothing
MAX_SENTENCE_WORDS = 7  # words up to which a line that ends like a sentence may still be a title

# "Reference(s):", "References", "SOURCES:", "## Sources", "**Source:**"
HEADING = re.compile(r"[\s#*_]*(?:reference|source)(?:\(s\)|s)?[\s*_]*[:：]?[\s*_]*", re.IGNORECASE)
# "Source: Northwind News Agency", "**Sources:** harbourgazette.example"
INLINE = re.compile(
    r"[\s#*_]*(?:reference|source)(?:\(s\)|s)?[\s*_]*[:：][\s*_]*(?P<entry>\S.*)", re.IGNORECASE | re.DOTALL
)
# The text nodes in which a heading may stand; narrowed down by `HEADING` and `INLINE`.
HEADING_TEXTS = etree.XPath(
    ".//text()[contains(., 'ource') or contains(., 'OURCE') or contains(., 'eference') or contains(., 'EFERENCE')]"
)
FOLLOWING_LINKS = etree.XPath("following::a")
LIST_MARK = re.compile(r"\s*(?:[-*•–·‣]|\(?\[?\d{1,3}[\].)]+)\s+")  # "- ", "• ", "1. ", "[2] "
MARKDOWN_LINK = re.compile(r"\[(?P<title>[^\]]+)\]\((?P<url>https?://[^\s)]+)\)")  # [Title](https://a.example/b)
URL = re.compile(r"(?:https?://|(?<![\w.])www\.)[^\s<>\"“”]+", re.IGNORECASE)  # https://a.example/b, www.a.example
# "harbourgazette.example", "www.harbourgazette.example/tides"; the whole of a line or of what brackets hold
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/\S*)?", re.IGNORECASE)
# the end of "Tides turn (harbourgazette.example)"
BRACKETED_DOMAIN = re.compile(rf"\s*[(\[]\s*(?P<domain>{DOMAIN.pattern})\s*[)\]]\s*$", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!][\"”’')]*$")  # the end of "She has left the harbour."
YEAR_IN_BRACKETS = re.compile(r"\((?:19|20)\d\d[a-z]?\)")  # the (2019) of "Brook, A. (2019). Tides. Harbour Press."
PUNCTUATION = " \t,;:.–—-|·"  # what is left around a title once its address is taken out


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a reference block."""

    title: str | None = None
    url: str | None = None
    domain: str | None = None  # as stated where only a domain is given, else the registrable domain of `url`


def split_reference_block(lines: Sequence[str]) -> tuple[int, tuple[Reference, ...]]:
    """Return how many leading lines are the text, and the references of the block that follows them.

    Without a block all lines are text. The blank lines before a block are part of it.
    """
    filled = [index for index, line in enumerate(lines) if line.strip()]
    tail = filled[-MAX_BLOCK_LINES:]
    for position, start in enumerate(tail):
        if start == filled[0] or not _opens_block(lines[start]):
            continue
        block = [lines[index] for index in tail[position:]]
        references = _read_block(block)
        if references:
            return filled[filled.index(start) - 1] + 1, references
    return len(lines), ()


def citations_of(references: Sequence[Reference], *, article_id: str) -> list[Citation]:
    """Return the references as rows of the article."""
    return [
        Citation(
            article_id=article_id,
            citation_index=index,
            kind="reference_block",
            title=reference.title,
            url=reference.url,
            domain=reference.domain,
        )
        for index, reference in enumerate(references)
    ]


def link_references(references: Sequence[Reference], tree: HtmlElement, *, page_url: str) -> tuple[Reference, ...]:
    """Return the references with the addresses that the page's links behind the block's heading give them.

    A reference takes the first link not yet taken whose text is its title, most of it, or its domain. Relative
    addresses are joined to `page_url`. `tree` is only read.
    """
    if all(reference.url for reference in references):
        return tuple(references)
    links = _links_behind_heading(tree, page_url)
    linked = []
    for reference in references:
        place = next((place for place, (text, _) in enumerate(links) if _is_text_of(text, reference)), None)
        if reference.url or place is None:
            linked.append(reference)
        else:
            address = _address(links[place][1])
            linked.append(replace(reference, url=address["url"], domain=reference.domain or address["domain"]))
            links = links[place + 1 :]
    return tuple(linked)


def _links_behind_heading(tree: HtmlElement, page_url: str) -> list[tuple[str, str]]:
    """Return folded text and web address of the links in and behind the page's last heading of references."""
    headings = [text for text in HEADING_TEXTS(tree) if HEADING.fullmatch(text) or INLINE.fullmatch(text)]
    if not headings:
        return []
    holder = headings[-1].getparent()
    start = holder if headings[-1].is_text else holder.getparent()
    found = islice(_links_from(start), MAX_LINKS_AFTER_HEADING)
    links = [(fold_name("".join(link.itertext())), _joined(page_url, link.get("href") or "")) for link in found]
    return [(text, url) for text, url in links if text and is_web_address(url)]


def _links_from(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the links in an element, then those that follow it in the page."""
    yield from element.iter("a")
    yield from FOLLOWING_LINKS(element)


def _is_text_of(text: str, reference: Reference) -> bool:
    title, domain = fold_name(reference.title or ""), fold_name(reference.domain or "")
    return text in (title, domain, f"www{domain}") or (text in title and len(text) >= MIN_LINKED_SHARE * len(title))


def _joined(page_url: str, href: str) -> str:
    try:
        return urljoin(page_url, href.strip())
    except ValueError:  # "http://[half an IPv6 address"
        return ""


def origin_publisher(references: Sequence[Reference]) -> str | None:
    """Return the publisher that the first reference states: its domain, or its title where it gives only a name."""
    return references[0].domain or references[0].title if references else None


def parse_reference(entry: str) -> Reference:
    """Return title, address and domain of one line: "1. Tides turn, https://harbourgazette.example/tides"."""
    entry = LIST_MARK.sub("", entry, count=1) if LIST_MARK.match(entry) else entry
    entry = " ".join(entry.split())
    link = MARKDOWN_LINK.search(entry)
    if link:
        return Reference(title=link["title"].strip() or None, **_address(link["url"]))
    address = URL.search(entry)
    if address:
        url = _without_closing_punctuation(address.group())
        return Reference(title=_title(entry[: address.start()], entry[address.start() + len(url) :]), **_address(url))
    bare = entry.strip("()[]<>,;* ").rstrip(".")
    if DOMAIN.fullmatch(bare):
        return Reference(domain=_stated_domain(bare))
    bracketed = BRACKETED_DOMAIN.search(entry)
    if bracketed:
        return Reference(title=_title(entry[: bracketed.start()], ""), domain=_stated_domain(bracketed["domain"]))
    return Reference(title=entry.strip("*_ ").rstrip(",;: ") or None)


def _opens_block(line: str) -> bool:
    return len(line) <= MAX_LINE_LENGTH and bool(HEADING.fullmatch(line) or INLINE.fullmatch(line))


def _read_block(lines: Sequence[str]) -> tuple[Reference, ...]:
    """Return the references of a block, none where one of its lines is no reference."""
    references: list[Reference] = []
    after_heading = False
    for line in lines:
        if len(line) > MAX_LINE_LENGTH:
            return ()
        if HEADING.fullmatch(line):
            after_heading = True
            continue
        inline = INLINE.fullmatch(line)
        entry = inline["entry"] if inline else line
        reference = parse_reference(entry)
        is_listed = LIST_MARK.match(entry) is not None
        if _is_prose(entry, reference) or not (inline or after_heading or reference.domain or is_listed):
            return ()
        _add(references, reference, is_new=inline is not None or is_listed)
    return tuple(references)


def _add(references: list[Reference], reference: Reference, *, is_new: bool) -> None:
    """Append the reference, or give the title line before it the address that it states."""
    last = references[-1] if references else None
    if last and not is_new and reference.title is None and _lacks(last, reference):
        references[-1] = replace(reference, title=last.title, domain=last.domain or reference.domain)
    elif reference != Reference():
        references.append(reference)


def _lacks(last: Reference, address: Reference) -> bool:
    if last.domain is None:
        return True
    return last.url is None and address.url is not None and last.domain.endswith(address.domain or " ")


def _is_prose(entry: str, reference: Reference) -> bool:
    """Return whether a line ends like a sentence, is longer than a short title and points to no work."""
    if reference.domain or YEAR_IN_BRACKETS.search(entry):
        return False
    return SENTENCE_END.search(entry.rstrip()) is not None and len(entry.split()) > MAX_SENTENCE_WORDS


def _address(url: str) -> dict[str, str | None]:
    url = url if "://" in url else f"https://{url}"
    if not is_web_address(url):
        return {"url": None, "domain": None}
    return {"url": url, "domain": registrable_domain(url)}


def _stated_domain(domain: str) -> str:
    return urlsplit(f"//{domain}").netloc.lower().removeprefix("www.")


def _title(before: str, after: str) -> str | None:
    title = f"{before.rstrip(' (<[')} {after.lstrip(' )>]')}".strip(PUNCTUATION)
    return title or None


def _without_closing_punctuation(url: str) -> str:
    """Return the address without the marks that close a sentence or bracket around it."""
    url = url.rstrip(".,;:!?'’*>]")
    return url.rstrip(").,") if url.endswith(")") and "(" not in url else url
