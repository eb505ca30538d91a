"""The head of a text without markup: its title, and the line below it that says who wrote it and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from transforms.bylines import clean_authors, fold_name, is_full_name
from transforms.times import parse_time

MAX_TITLE_LENGTH = 150  # characters; longer first lines are paragraphs
MIN_TITLE_WORDS = 3  # fewer are a place, a date, a greeting or a section's name
MAX_BYLINE_LENGTH = 120  # characters; longer lines are prose
MARKDOWN_HEADING = re.compile(r"\s*#{1,6}\s+(?P<text>\S.*?)[\s#]*$")  # "# Ferry to stop", "## What now ##"
NO_TITLE_END = re.compile(r"[.!:;,…][”\"’')\]]*$")  # what ends a sentence, a greeting or an introduction
TAGGED_QUOTE = re.compile(r",[”\"’'] ")  # “It stops,” she said of the ferry: a sentence, though without a stop
SENTENCE_END = re.compile(r"[.!?…][”\"’')\]]*$")
# "By Ana Brook", "Words by Ana Brook", "Interview: Ana Brook"
BYLINE = re.compile(
    r"(?i:(?:(?:written|reported|words|text|story|report|interview|analysis|opinion) )?by\b:?"
    r"|(?:author|interview|words|text|report|story):)\s+(?=[^\W\d_a-z])"
)
# the end of "Ana Brook, 3 November 2026", "Ana Brook | November 3, 2026", "Ana Brook - 2026-11-03"
DATE = re.compile(r"(?:^|\s*[,|·•–—-]\s*)(?P<date>\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}|\d{4}-\d\d-\d\d)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHead:
    """What the first lines of a text say about it; the numbers are those of the lines that hold it."""

    title: str | None = None
    title_line: int | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    byline_line: int | None = None


def read_text_head(lines: Sequence[str], *, told_title: str | None, fetched_at: datetime) -> TextHead:
    """Return the title and the byline with which a text opens, each None where it plainly has none.

    A title is a Markdown heading, or a short first line that ends as no sentence does, with an empty line and prose
    below it. Where `told_title` says what the title is, another first line is none.
    """
    filled = [number for number, line in enumerate(lines) if line.strip()]
    title = _read_title(lines, filled)
    if title is not None and told_title and fold_name(title) != fold_name(told_title):
        title = None
    below = filled[title is not None :][:1]
    authors, published_at = _read_byline(lines[below[0]].strip(), fetched_at) if below else ((), None)
    signed = bool(authors or published_at)
    return TextHead(
        title=title,
        title_line=filled[0] if title is not None else None,
        authors=authors,
        published_at=published_at,
        byline_line=below[0] if signed else None,
    )


def is_markdown_heading(line: str) -> bool:
    """Return whether a line is a heading in Markdown: "## What now"."""
    return MARKDOWN_HEADING.match(line) is not None


def _read_title(lines: Sequence[str], filled: Sequence[int]) -> str | None:
    if len(filled) < 2:
        return None
    first = lines[filled[0]].strip()
    if heading := MARKDOWN_HEADING.match(first):
        return heading["text"] if len(heading["text"]) <= MAX_TITLE_LENGTH else None
    if len(first) > MAX_TITLE_LENGTH or len(first.split()) < MIN_TITLE_WORDS or NO_TITLE_END.search(first):
        return None
    if TAGGED_QUOTE.search(first):
        return None
    if first[0].islower() or BYLINE.match(first) or DATE.search(first) or filled[1] == filled[0] + 1:
        return None
    prose = any(len(lines[at]) > len(first) and SENTENCE_END.search(lines[at].rstrip()) for at in filled[1:])
    return first if prose else None


def _read_byline(line: str, fetched_at: datetime) -> tuple[tuple[str, ...], datetime | None]:
    """Return the authors and the day of a line that holds nothing else, ((), None) for prose."""
    if len(line) > MAX_BYLINE_LENGTH:
        return (), None
    date = DATE.search(line)
    named = line[: date.start()] if date else line
    published_at = parse_time(date["date"], fetched_at=fetched_at) if date else None
    if not named:
        return (), published_at
    signature = BYLINE.match(named)
    if signature is None or SENTENCE_END.search(named):
        return (), None
    authors = clean_authors([named[signature.end() :]], site_names=())
    if not authors or not all(is_full_name(name) and _is_capitalised(name) for name in authors):
        return (), None
    return authors, published_at


def _is_capitalised(name: str) -> bool:
    words = name.split()
    return words[0][0].isupper() and words[-1][0].isupper()
