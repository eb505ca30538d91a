"""Where a text stands in quotation marks.

Curly, straight, low and angled marks, single and double. Of nested quotations the outer one counts. A quotation may
run over several paragraphs: each opens it again, only the last closes it. A stray mark costs at most its own quotation.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.records import Block

Span = tuple[int, int]

CLOSED_BY = {"“": '”"“', "„": "“”", "”": "”", "«": "»", "»": "«", '"': '"”', "‘": "’'", "'": "'’"}
REOPENED_BY = {"“": "“", "„": "„", "”": "”", "«": "«»", "»": "»", '"': '"', "‘": "‘"}  # paragraph by paragraph
CLOSING_MARKS = "".join(CLOSED_BY.values())
SINGLE = "‘’'"
BRACKETS = "([{—–-/:"  # may stand directly before an opening mark, as white space and other marks may
SENTENCE_END = ".?!…"
MARK = re.compile("[“”„«»‘’\"']")
MARKS = re.compile("[“”„«»‘’\"']+")  # ”’
LONGEST_RUN = 4  # marks side by side; more are ornament
# ’90s, '80, ’em, 'til, rock 'n' roll
ELISION = re.compile(r"['‘’](?:\d\ds?|em|til|tis|twas|cause|bout|n|round)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quotation: the hull includes its marks; `spans`, one per paragraph, are the contents without them."""

    start_char: int
    end_char: int
    spans: tuple[Span, ...]


class _Opening(NamedTuple):
    """An opening mark that waits for its closing one; `earlier` holds the quotation's spans in paragraphs before."""

    mark: str
    position: int
    first_position: int
    earlier: tuple[()] | list[Span] = ()

    def closed(self, text: str, content_end: int, end_char: int) -> Quote:
        spans = [*self.earlier, _trim(text, self.position + 1, content_end)]
        return Quote(
            start_char=self.first_position,
            end_char=end_char,
            spans=tuple(span for span in spans if span[0] < span[1]),
        )


def quote_spans(text: str, blocks: Sequence[Block]) -> list[Quote]:
    """Return the outermost quotations of the blocks in text order, disjoint and not empty, in linear time."""
    quotes: list[Quote] = []
    carried: _Opening | None = None
    paragraphs = [_trim(text, block.start_char, block.end_char) for block in blocks]
    next_starts = [*(start for start, _ in paragraphs[1:]), len(text)]
    for (start, end), next_start in zip(paragraphs, next_starts, strict=False):
        unclosed = _scan_paragraph(text, start, end, carried, quotes)
        carried = _settle_unclosed(text, start, end, unclosed, text[next_start : next_start + 1], quotes)
    return [quote for quote in quotes if quote.spans]


def _scan_paragraph(text: str, start: int, end: int, carried: _Opening | None, quotes: list[Quote]) -> list[_Opening]:
    """Add the quotations that close in the paragraph to `quotes`; return its unclosed openings, outermost first."""
    unclosed: list[_Opening] = []
    awaited = dict.fromkeys(CLOSING_MARKS, 0)  # closing mark -> number of openings it would close
    for position in _mark_positions(text, start, end):
        mark = text[position]
        before = text[position - 1] if position > start else " "
        after = text[position + 1] if position + 1 < end else " "
        if position == start and carried:
            unclosed.append(_Opening(carried.mark, position, carried.first_position, carried.earlier))
            _count(awaited, carried.mark, 1)
        elif awaited.get(mark) and _can_close(mark, before, after):
            if mark in SINGLE and mark not in CLOSED_BY[unclosed[-1].mark]:
                continue  # an apostrophe never closes across a double mark
            while mark not in CLOSED_BY[(opening := unclosed.pop()).mark]:
                _count(awaited, opening.mark, -1)
            _count(awaited, opening.mark, -1)
            _drop_inner(quotes, opening)
            quotes.append(opening.closed(text, position, position + 1))
        elif _can_open(mark, before, after):
            unclosed.append(_Opening(mark, position, position))
            _count(awaited, mark, 1)
    return unclosed


def _count(awaited: dict[str, int], mark: str, change: int) -> None:
    for closing in CLOSED_BY[mark]:
        awaited[closing] += change


def _mark_positions(text: str, start: int, end: int) -> list[int]:
    """Return the positions of the paragraph's quotation marks: no apostrophes, no inch signs."""
    positions = []
    later_closes: dict[bool, bool] = {}  # single or straight double mark -> whether the next one stands to close
    for position in reversed(list(_candidates(text, start, end))):
        mark, before, after = text[position], text[max(position - 1, 0)], text[position + 1 : position + 2]
        single = mark in SINGLE
        if single and ((before.isalnum() and after.isalnum()) or ELISION.match(text, position)):
            continue
        possessive = single and before in "sS" and after == " " and text[position + 2 : position + 3].islower()
        inches = mark == '"' and before.isdigit()
        if (possessive or inches) and later_closes.get(single):
            continue
        if single or mark == '"':
            later_closes[single] = _can_close(mark, before, after or " ")
        positions.append(position)
    return positions[::-1]


def _candidates(text: str, start: int, end: int) -> Iterator[int]:
    for run in MARKS.finditer(text, start, end):
        if run.end() - run.start() <= LONGEST_RUN:
            yield from range(run.start(), run.end())


def _can_close(mark: str, before: str, after: str) -> bool:
    if mark in "”»«":
        return True
    follows_text = not before.isspace() and before not in BRACKETS
    return (follows_text or (before in "—–-" and after.isspace())) and (mark == '"' or not after.isalnum())


def _can_open(mark: str, before: str, after: str) -> bool:
    if mark in "“„«":
        return True
    if mark == "’" or after.isspace() or after in ".,;:!?)]":
        return False
    glued = mark == '"' and before in ".,!?…" and after.isalnum()  # a missing space: …said."Next
    return before.isspace() or before in BRACKETS or bool(MARK.match(before)) or glued


def _settle_unclosed(
    text: str, start: int, end: int, unclosed: list[_Opening], next_char: str, quotes: list[Quote]
) -> _Opening | None:
    """Return the opening that the next paragraph opens again; else end one with its paragraph or drop it."""
    for opening in unclosed:
        if not (opening.earlier or (_opens_sentence(text, start, opening.position) and text[end - 1] in SENTENCE_END)):
            continue
        if next_char and next_char in REOPENED_BY.get(opening.mark, ""):
            _drop_inner(quotes, opening)
            earlier = opening.earlier or []
            earlier.append(_trim(text, opening.position + 1, end))
            return opening._replace(earlier=earlier)
        holds_others = bool(quotes) and quotes[-1].start_char > opening.position
        if opening.earlier or (opening.mark not in SINGLE and not holds_others):
            _drop_inner(quotes, opening)
            quotes.append(opening.closed(text, end, end))
            return None
    return None


def _opens_sentence(text: str, start: int, position: int) -> bool:
    before = text[max(start, position - 2) : position].rstrip()
    return not before or before[-1] in SENTENCE_END + ",:" or before[-1] in CLOSED_BY["“"]


def _drop_inner(quotes: list[Quote], opening: _Opening) -> None:
    while quotes and quotes[-1].start_char > opening.position:
        quotes.pop()


def _trim(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends."""
    content = text[start:end]
    start += len(content) - len(content.lstrip())
    return start, max(start, start + len(content.strip()))
