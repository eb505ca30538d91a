"""Lines that say by their place who speaks: “…” — Name, and the turns of an interview or a transcript, NAME: …"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.records import Block
from transforms.agencies import agency_named
from transforms.quotes import Quote, Span

# — Ann Lee, mayor    ― Ana M. Ruiz    -Commissioner Dale    – @annlee
SIGNATURE = re.compile(
    r"\s*[―—–-]{1,2}\s*(?P<name>@\w+|[A-Z][\w.’'-]*(?:\s+(?:[A-Z][\w.’'-]*|&|\d+|de|van|von|al|bin|of|the)(?!\w))*)"
    r"(?P<rest>[^\n]*)"
)
SIGNATURE_WORDS = 14  # of a line; a longer one tells more than who it was
# WALLACE: …    “Ann Lee: …    Q: …
LABEL = re.compile(
    r"[“\"‘«]?(?P<name>[A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|de|van|von|al|bin)){0,4})\s*(?P<colon>:\s+)(?=\S)"
)
MIN_LABELS, MIN_TURNS = 2, 2  # speakers of a transcript, and turns of each: a box of facts has each label once
MIN_SHARE = 0.5  # of a transcript's paragraphs that have a label: links (Watch: …) stand here and there
ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]\.?$")  # (CROSSTALK.)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker of a transcript says at one time: its label and its words, one span a paragraph."""

    label: Span
    spans: tuple[Span, ...]


def signatures(text: str, blocks: Sequence[Block], quotes: Sequence[Quote]) -> Mapping[int, Span]:
    """Return the name under a quotation that ends its paragraph, by the quotation's start; no agency's: — Reuters."""
    ends = [block.end_char for block in blocks]
    found = {}
    for quote in quotes:
        index = bisect_right(ends, quote.end_char - 1)
        limit = ends[index] if index < len(ends) else len(text)
        if not text[quote.end_char : limit].strip() and index + 1 < len(ends):  # the name has a line of its own
            limit = ends[index + 1]
        line = SIGNATURE.match(text, quote.end_char, limit)
        if line and line.end() == limit and _is_signature(line):
            found[quote.start_char] = line.span("name")
    return found


def _is_signature(line: re.Match[str]) -> bool:
    """Return whether the name is a person's with at most an apposition: , mayor of Leeds    (R-Ohio)    , 54"""
    rest = line["rest"].strip()
    is_short = len(line[0].split()) <= SIGNATURE_WORDS
    return is_short and (not rest or rest[0] in ",(.|@") and agency_named(line["name"]) is None


def turns(text: str, blocks: Sequence[Block]) -> list[Turn]:
    """Return the turns of a transcript in text order; none if the text is no transcript.

    A paragraph without a label goes on with the turn before it if another turn follows.
    """
    labels = [LABEL.match(text, block.start_char, block.end_char) for block in blocks]
    counts = Counter(label["name"] for label in labels if label)
    speakers = {name for name, count in counts.items() if count >= MIN_TURNS}
    if len(speakers) < MIN_LABELS:
        return []
    by_speakers = [i for i, label in enumerate(labels) if label and label["name"] in speakers]
    first, end = by_speakers[0], by_speakers[-1] + 1
    if sum(map(bool, labels[first:end])) < MIN_SHARE * (end - first):
        return []
    return list(_turns(text, blocks[first:end], labels[first:end]))


def _turns(text: str, blocks: Sequence[Block], labels: Sequence[re.Match[str] | None]) -> Iterator[Turn]:
    current = (0, 0)
    spans: list[Span] = []
    for block, label in zip(blocks, labels, strict=True):
        start = block.start_char
        if label:
            if spans:
                yield Turn(label=current, spans=tuple(spans))
            current, spans = label.span("name"), []
            start = label.end("colon")
        if not ASIDE.match(text, start, block.end_char):
            spans.append((start, block.end_char))
    if spans:
        yield Turn(label=current, spans=tuple(spans))
