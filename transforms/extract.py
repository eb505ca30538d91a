"""A document to its article: main content as typed blocks, metadata, and the references at its end.

The content engine sits behind `extract_page`: `blocks` reads the page, `content` finds the article in it,
and `second_opinion` asks another engine where that is little of the page.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from schemas.records import Article, Block, BlockKind, Citation, Document, InputRejected
from transforms.blocks import TextBlock, TypedText, read_page
from transforms.bylines import fold_name
from transforms.citations import Reference, citations_of, link_references, split_reference_block
from transforms.content import element_blocks
from transforms.decode import decode_html, decode_text, replace_unencodable
from transforms.domains import is_web_address, registrable_domain
from transforms.headline import page_titles
from transforms.languages import identify_language
from transforms.metadata import Metadata, read_metadata
from transforms.origins import find_origin
from transforms.page_kinds import refusal
from transforms.page_limits import MAX_BODY_LENGTH, MIN_BODY_LENGTH, check_nesting, check_tag_count
from transforms.second_opinion import is_doubtful, review
from transforms.text_head import TextHead, is_markdown_heading, read_text_head
from transforms.times import plausible_time
from transforms.trimming import trim

BLOCK_SEPARATOR = "\n\n"
# Bytes with a stated encoding, because lxml refuses a `str` that begins with an XML declaration.
PAGE_PARSER = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedArticle:
    """An article with what hangs on its text before it is segmented; blocks in order and disjoint."""

    article: Article
    blocks: list[Block]
    citations: list[Citation]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    text: str
    blocks: list[Block]
    references: tuple[Reference, ...]
    metadata: Metadata


def extract_article(document: Document, *, pipeline_version: str) -> ExtractedArticle:
    """Return the article of a document. Raises InputRejected where it has none.

    What the document says of itself (title, authors, time, language) wins over what its page says.
    """
    content = _read_page(document) if document.content_type == "html" else _read_text(document)
    length = len(content.text.strip())
    if length < MIN_BODY_LENGTH:
        raise InputRejected("extract", "too_short", f"body has {length} characters; the limit is {MIN_BODY_LENGTH}")
    if length > MAX_BODY_LENGTH:
        raise InputRejected("extract", "too_long", f"body has {length:,} characters; the limit is {MAX_BODY_LENGTH:,}")
    article = _make_article(document, content, pipeline_version)
    citations = citations_of(content.references, article_id=article.article_id)
    return ExtractedArticle(article=article, blocks=content.blocks, citations=citations)


def extract_page(html: str, tree: HtmlElement | None = None) -> list[TypedText]:
    """Return the main content of a page as typed blocks in page order; none where it has no text.

    The text of a block holds no line break and no run of white space. `tree` is the page where it is parsed already.
    """
    tree = parse_page(html) if tree is None else tree
    return [] if tree is None else _main_content(tree)[0]


def _main_content(tree: HtmlElement) -> tuple[list[TypedText], list[str]]:
    """Return the typed blocks of the main content, and the texts around them that may say why there are so few."""
    page = read_page(tree)
    element = element_blocks(page, page_titles(tree))
    article: Sequence[TextBlock] = trim(page, element)
    if is_doubtful(page, article):
        article = review(tree, page, article)
    shown = element if article else page.blocks
    return [(block.kind, block.text) for block in article], [block.text for block in shown]


def parse_page(html: str) -> HtmlElement | None:
    """Return the page as an lxml tree without comments, None where it holds no element or text."""
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=PAGE_PARSER)
    except ParserError:
        return None


def article_id_of(url: str) -> str:
    """Return the id of the article at `url`: the key that joins every table."""
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _read_page(document: Document) -> _Content:
    html = _decoded(document)
    check_tag_count(html)
    tree = parse_page(html)
    if tree is None:
        return _Content(text="", blocks=[], references=(), metadata=Metadata())
    metadata = read_metadata(html, tree, fetched_at=document.fetched_at)
    title = document.title or metadata.title
    main_content, shown_texts = _main_content(tree)
    typed_texts = _without_headline(main_content, title)
    if not typed_texts:
        check_nesting(html)
    refused = refusal(
        shown_texts,
        tree,
        title=title,
        is_article=metadata.is_article,
        is_free=metadata.is_free,
    )
    if refused:
        raise InputRejected("extract", *refused)
    text_count, references = split_reference_block([text for _, text in typed_texts])
    references = link_references(references, tree, page_url=metadata.canonical_url or document.url)
    text, blocks = _join_blocks(typed_texts[:text_count])
    return _Content(text=text, blocks=blocks, references=references, metadata=metadata)


def _read_text(document: Document) -> _Content:
    """Return the lines of a text as blocks; nothing in it changes but line ends and a reference block."""
    lines = _decoded(document).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line_count, references = split_reference_block(lines)
    lines = lines[:line_count]
    head = read_text_head(lines, told_title=document.title, fetched_at=document.fetched_at)
    metadata = Metadata(title=head.title, authors=head.authors, published_at=head.published_at)
    return _Content(
        text="\n".join(lines), blocks=list(_line_blocks(lines, head)), references=references, metadata=metadata
    )


def _decoded(document: Document) -> str:
    if isinstance(document.content, str):
        return replace_unencodable(document.content)
    decode = decode_html if document.content_type == "html" else decode_text
    return decode(document.content, document.charset)


def _without_headline(typed_texts: Sequence[TypedText], title: str | None) -> list[TypedText]:
    """Return the blocks without a first one that repeats the headline."""
    if typed_texts and title and fold_name(typed_texts[0][1]) == fold_name(title):
        return list(typed_texts[1:])
    return list(typed_texts)


def _join_blocks(typed_texts: Sequence[TypedText]) -> tuple[str, list[Block]]:
    blocks = []
    start = 0
    for kind, text in typed_texts:
        blocks.append(Block(kind=kind, start_char=start, end_char=start + len(text)))
        start += len(text) + len(BLOCK_SEPARATOR)
    return BLOCK_SEPARATOR.join(text for _, text in typed_texts), blocks


def _line_blocks(lines: Sequence[str], head: TextHead) -> Iterator[Block]:
    start = 0
    for number, line in enumerate(lines):
        if line.strip():
            end = start + len(line.rstrip())
            kind: BlockKind = "credit" if number == head.byline_line else "paragraph"
            if number == head.title_line or is_markdown_heading(line):
                kind = "heading"
            yield Block(kind=kind, start_char=end - len(line.strip()), end_char=end)
        start += len(line) + 1


def _make_article(document: Document, content: _Content, pipeline_version: str) -> Article:
    page = content.metadata
    title = replace_unencodable(document.title or "").strip() or page.title
    authors = tuple(replace_unencodable(author) for author in document.authors) or page.authors
    published_at = page.published_at
    if document.published_at is not None:
        published_at = plausible_time(document.published_at, fetched_at=document.fetched_at)
    return Article(
        article_id=article_id_of(document.url),
        source=document.source,
        url=document.url,
        canonical_url=page.canonical_url,
        domain=registrable_domain(document.url if is_web_address(document.url) else page.canonical_url),
        publisher=page.publisher,
        origin_publisher=find_origin(
            [content.text[block.start_char : block.end_char] for block in content.blocks],
            content.references,
            authors=authors,
            agency=page.agency,
            publisher=page.publisher,
            url=document.url,
            canonical_url=page.canonical_url,
        ),
        title=title,
        authors="; ".join(authors) or None,
        external_id=document.external_id,
        language=document.language or identify_language(content.text),
        published_at=published_at,
        published_date=published_at.date() if published_at else None,
        modified_at=page.modified_at,
        first_seen_at=document.first_seen_at or document.fetched_at,
        fetched_at=document.fetched_at,
        text=content.text,
        word_count=len(content.text.split()),
        statement_count=0,
        content_hash=content_hash_of(content.text, title, authors, published_at, page.modified_at, pipeline_version),
        story_id=None,
        first_of_story=None,
        tdm_reserved=document.tdm_reserved,
        run_id=document.run_id,
        pipeline_version=pipeline_version,
    )


def content_hash_of(
    text: str,
    title: str | None,
    authors: tuple[str, ...],
    published_at: datetime | None,
    modified_at: datetime | None,
    pipeline_version: str,
) -> str:
    """Return the hash of what makes a version of an article: equal means unchanged."""
    times = [time.isoformat() if time else None for time in (published_at, modified_at)]
    return sha256(json.dumps([text, title, authors, *times, pipeline_version]).encode("ascii")).hexdigest()[:32]
