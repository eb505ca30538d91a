"""What quotation marks settle: the model's attributions, cut where the quotations of a text say so.

A quotation is said by one speaker, whole; the marks around a content are not part of it. A few words in marks settle
nothing: a nickname, a title or a scare quote stays in the sentence it stands in.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from schemas.records import Block, QuoteType
from transforms.attributions import Attribution
from transforms.cues import LABELS, any_of
from transforms.quotes import CLOSED_BY, Quote, Span
from transforms.speaker_lines import signatures, turns

MIN_QUOTE = 4  # words; shorter quotations settle nothing by themselves
MIN_PARAPHRASE = 3  # words; one where somebody is called something: labelling it | hypocritical
LONGEST_NAME = 80  # characters
MOSTLY = 0.5  # share of a quotation that a content must cover to be that quotation
STRAY = 3  # letters and digits beside a quotation that do not make a content more than the quotation
SENTENCE_END = ".?!…"
NO_SOURCES = ("the", "a", "an", "there", "of", "and", "or", "to")  # what is left of a phrase that was not found whole
OPENING, CLOSING = "".join(CLOSED_BY), "".join(CLOSED_BY.values())
EDGE = " \t\n\r\xa0,;:"  # never at the edge of a content outside quotation marks
LEADING_THAT = re.compile(r"that\s+(?=[\w“\"‘«])")
# Sen. Ann Lee, | who
NAME_BEFORE = re.compile(
    r"(?P<name>[A-Z][\w.’'-]*(?:\s+(?:[A-Z][\w.’'-]*|de|van|von|al|bin))*)\s*(?:\([^()]*\))?,?\s+$"
)
# Ann Lee |, 54, of Ridgeport    Lee |, the mayor    Rep. Dan Roe | (R-Ohio), a lawyer    a resident | who asked …
AFTER_NAME = re.compile(r",?\s+(?:who|which|whose)\b|,\s+(?:\d|(?:an?|the|of|from|in|at)\b)|\s+\([A-Z]-[^()]*\)")
# “A,” | she said at a meeting, | “b.”    not: “A,” she said, adding, “b.”
INTERRUPTION = re.compile(r"[^.?!\n]*(?<!ing),\s*[“\"‘'«]?")
LABELLING = re.compile(any_of(LABELS) + r"\b", re.IGNORECASE)
# U.S. | J. | Inc.
ABBREVIATION = re.compile(r"(?:\b\w\.\w|\b[A-Z]|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|St|Bros|etc|No))\.$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement: its spans in text order, and what narration leaves out for it (`cuts`)."""

    spans: tuple[Span, ...]
    quote_type: QuoteType
    source: Span | None = None
    cue: Span | None = None
    score: float | None = None
    goes_on: bool = False  # plainly by the speaker of the statement before
    cuts: tuple[Span, ...] = ()

    @property
    def hull(self) -> Span:
        """Return the first and one past the last character."""
        return self.spans[0][0], self.spans[-1][1]


def settle(
    text: str,
    blocks: Sequence[Block],
    quotes: Sequence[Quote],
    found: Sequence[Attribution],
    sentence_starts: Sequence[int],
) -> list[Said]:
    """Return the statements of the attributions, and the quotations that somebody must say though none was found."""
    page = _Page(text, quotes, sentence_starts)
    said = [statement for one in found for statement in page.statements(one)]
    covered = bytearray(len(text))
    for one in said:
        for start, end in one.spans:
            covered[start:end] = b"\1" * (end - start)
    for quote in quotes:
        if page.is_speech(quote) and not any(1 in covered[start:end] for start, end in quote.spans):
            said.append(Said(spans=quote.spans, quote_type="direct"))
    signed = signatures(text, blocks, quotes)
    for quote in quotes:
        if quote.start_char in signed:
            said = _whole(said, quote.spans, signed[quote.start_char])
    for turn in turns(text, blocks):
        said = _whole(said, turn.spans, turn.label)
    ordered = sorted(_distinct(said), key=lambda one: (one.hull[0], -one.hull[1]))
    return [replace(one, cuts=page.cuts(one)) for one in page.with_follow_ons(ordered)]


class _Page:
    """A text with its quotations and sentences."""

    def __init__(self, text: str, quotes: Sequence[Quote], sentence_starts: Sequence[int]) -> None:
        self.text, self.quotes, self.sentence_starts = text, quotes, sentence_starts
        self.starts = [quote.start_char for quote in quotes]
        self.ends = [quote.end_char for quote in quotes]
        self.quoted = bytearray(len(text))
        for quote in quotes:
            for start, end in quote.spans:
                self.quoted[start:end] = b"\1" * (end - start)

    def statements(self, one: Attribution) -> Iterator[Said]:
        """Yield the attribution; each sentence after the cue's own is a statement by itself: `“A,” she said. | “B.”`"""
        pieces = sorted({piece for content in one.contents for piece in self._settled(content, one)})
        groups: list[list[Span]] = []
        for piece in pieces:
            if groups and self._goes_on(groups[-1][-1], piece):
                groups[-1].append(piece)
            else:
                groups.append([piece])
        distances = [self._distance((group[0][0], group[-1][1]), one.cue) for group in groups]
        last = one.cue[1] if one.cue else 0
        for i, group in enumerate(groups):
            said = Said(spans=tuple(group), quote_type=self.quote_type(group), score=one.score)
            if i == distances.index(min(distances)):
                said = replace(said, source=self._source(one.source), cue=self._cue(one.cue))
            else:
                said = replace(said, goes_on=self._sentence(group[0][0]) - self._sentence(last - 1) <= 1)
            last = max(last, group[-1][1])
            is_name = one.cue is None and said.quote_type == "direct" and self._is_title(self.text[slice(*said.hull)])
            if self._is_statement(said) and not is_name:
                yield said

    def with_follow_ons(self, said: Sequence[Said]) -> list[Said]:
        """Return the statements in order; a quotation with nothing around it goes on after a cue: “A,” she said. | “B.”

        What the model took for its cue or source stands farther off, and is not.
        """
        found: list[Said] = []
        for one in said:
            before = next((b for b in reversed(found) if b.hull[1] <= one.hull[0] and b.quote_type == "direct"), None)
            quote = next((q for q in self._touching(one.hull) if q.spans == one.spans), None)
            if before and quote and self._interrupted(before, quote):
                found[found.index(before)] = replace(before, spans=(*before.spans, *one.spans))
                continue
            if before and quote and not one.goes_on and self._follows(before, quote, one):
                one = replace(one, source=None, cue=None, goes_on=True)
            found.append(one)
        return found

    def _interrupted(self, before: Said, quote: Quote) -> bool:
        """Return whether a quotation goes on with the sentence that its cue interrupts: “A,” she said, | “b.”"""
        between = self.text[before.hull[1] : quote.start_char]
        cue = before.cue
        return (
            cue is not None
            and before.hull[1] <= cue[0] < quote.start_char
            and self.text[before.hull[1] - 1] == ","
            and self.text[quote.spans[0][0]].islower()
            and bool(INTERRUPTION.fullmatch(between))
        )

    def _follows(self, before: Said, quote: Quote, one: Said) -> bool:
        said_by = [span[1] for span in (before.cue, before.source) if span]
        between = self.text[before.hull[1] : quote.start_char]
        if not said_by or max(said_by) <= before.hull[1] or "\n" in between:
            return False
        own = [span for span in (one.cue, one.source) if span]
        sentence = self._sentence(quote.start_char)
        near = any(self._sentence(start) in (sentence, self._sentence(quote.end_char - 1)) for start, _ in own)
        return (
            not near
            and self._sentence(max(said_by) - 1) == sentence - 1
            and quote.start_char - 2 <= self._start(sentence)
        )

    def _start(self, sentence: int) -> int:
        return self.sentence_starts[sentence - 1]

    def _sentence(self, position: int) -> int:
        return bisect_right(self.sentence_starts, position)

    def _is_statement(self, said: Said) -> bool:
        """Return whether anything says that this is a statement, and a paraphrase is long enough to say something."""
        if not (said.cue or said.source or (said.goes_on and said.quote_type != "indirect")):
            quotes = self._touching(said.hull) if said.quote_type == "direct" else ()
            return any(map(self._reads_as_said, quotes))
        words = sum(len(self.text[start:end].split()) for start, end in said.spans)
        labels = said.cue is not None and bool(LABELLING.match(self.text, *said.cue))
        return said.quote_type == "direct" or words >= (1 if labels else MIN_PARAPHRASE)

    def _source(self, source: Span | None) -> Span | None:
        """Return a source without what follows the name, and for a relative the name before it: Lee, | who | said.

        None for a mere article.
        """
        if source is None:
            return None
        if self.text[slice(*source)].lower() == "who":
            named = NAME_BEFORE.search(self.text, max(0, source[0] - LONGEST_NAME), source[0])
            return named.span("name") if named else source
        if self.text[slice(*source)].lower() in NO_SOURCES:
            return None
        start = source[0] + len("From ") * self.text.startswith("From ", *source)
        after = AFTER_NAME.search(self.text, start + 1, source[1])
        return start, (after.start() if after else source[1])

    def _cue(self, cue: Span | None) -> Span | None:
        """Return a cue of words, None for a mere colon: Ann Lee: “…”"""
        return cue if cue and any(map(str.isalnum, self.text[slice(*cue)])) else None

    def _distance(self, span: Span, cue: Span | None) -> tuple[int, int]:
        """Return how far a cue is from a content: in sentences, then in characters."""
        if cue is None:
            return 0, 0
        first, last, own = map(self._sentence, (span[0], span[1] - 1, cue[0]))
        return max(0, first - own, own - last), max(0, span[0] - cue[1], cue[0] - span[1])

    def _goes_on(self, before: Span, piece: Span) -> bool:
        """Return whether a piece stands in the sentence in which the one before ends, or in the same quotation."""
        return self._sentence(before[1] - 1) == self._sentence(piece[0]) or any(
            before in quote.spans and piece in quote.spans for quote in self._touching(before)
        )

    def _settled(self, content: Span, one: Attribution) -> Iterator[Span]:
        """Yield a content cut at the quotations that it mostly covers, without marks and stray marks at its edges."""
        start, end = self._trimmed(content, that=one.cue is not None and one.cue[0] < content[0])
        for quote in self._touching((start, end)) if one.level == 0 else ():
            if self._length(quote) < MIN_QUOTE or self._holds(quote, one):
                continue
            shared = sum(max(0, min(b, end) - max(a, start)) for a, b in quote.spans)
            beside = self.text[start : quote.start_char] + self.text[quote.end_char : end]
            inside = quote.start_char <= start and end <= quote.end_char
            if inside or (
                shared >= MOSTLY * sum(b - a for a, b in quote.spans) and sum(map(str.isalnum, beside)) <= STRAY
            ):
                yield from quote.spans
                return
            start = quote.start_char if quote.start_char < start else start
            end = quote.end_char if quote.end_char > end else end
        if start < end:
            yield start, end

    def _holds(self, quote: Quote, one: Attribution) -> bool:
        """Return whether the cue or the source stands inside the quotation: then it is not what is said."""
        return any(span and quote.start_char <= span[0] and span[1] <= quote.end_char for span in (one.cue, one.source))

    def _touching(self, span: Span) -> Sequence[Quote]:
        return self.quotes[bisect_right(self.ends, span[0]) : bisect_left(self.starts, span[1])]

    def _length(self, quote: Quote) -> int:
        return sum(len(self.text[start:end].split()) for start, end in quote.spans)

    def _trimmed(self, span: Span, *, that: bool) -> Span:
        """Return a content without the marks around it and stray punctuation; with `that`, without a leading that."""
        start, end = span
        if that and not self.quoted[start] and (leading := LEADING_THAT.match(self.text, start, end)):
            start = leading.end()
        content = start, end
        while start < end and (self.text[start] in EDGE or self._is_outer_mark(start, content)):
            start += 1
        while start < end and (
            (self.text[end - 1] in EDGE and not self.quoted[end - 1]) or self._is_outer_mark(end - 1, content)
        ):
            end -= 1
        if self.text.endswith(".", start, end) and not (
            self.quoted[end - 1] or ABBREVIATION.search(self.text, start, end)
        ):
            end -= 1
        return start, end

    def _is_outer_mark(self, position: int, content: Span) -> bool:
        """Return whether a character is a mark of a quotation that the content stands in, or is."""
        for quote in self._touching((position, position + 1)):
            if position in (quote.start_char, quote.end_char - 1) and not self.quoted[position]:
                return quote.start_char <= content[0] and content[1] <= quote.end_char
        return False

    def is_speech(self, quote: Quote) -> bool:
        """Return whether a quotation that nobody was found to say is something said: it stands as a sentence."""
        before = self.text[max(0, quote.start_char - 2) : quote.start_char].strip()
        return (not before or before[-1] in SENTENCE_END + ":" + CLOSING) and self._reads_as_said(quote)

    def _reads_as_said(self, quote: Quote) -> bool:
        """Return whether a quotation reads as something said, and not as a title or a name."""
        start, end = quote.spans[0][0], quote.spans[-1][1]
        ends = self.text[end - 1] in SENTENCE_END + "," or self.text.startswith(",", quote.end_char)
        return self._length(quote) >= MIN_QUOTE and not self._is_title(self.text[start:end]) and ends

    def _is_title(self, words: str) -> bool:
        """Return whether most of the words begin with a capital."""
        capitals = [word[0].isupper() for word in words.split()]
        return sum(capitals) > len(capitals) / 2

    def quote_type(self, spans: Sequence[Span]) -> QuoteType:
        """Return whether all of the spans' letters and digits stand in quotation marks, or some, or none."""
        flags = {self.quoted[k] for start, end in spans for k in range(start, end) if self.text[k].isalnum()}
        return "direct" if flags == {1} else "mixed" if 1 in flags else "indirect"

    def cuts(self, one: Said) -> tuple[Span, ...]:
        """Return the contents with the quotation marks around them, the source and the cue."""
        around = []
        for start, end in one.spans:
            quote = next((q for q in self._touching((start, end)) if (start, end) in q.spans), None)
            if quote:
                start = quote.start_char if start == quote.spans[0][0] else start
                end = quote.end_char if end == quote.spans[-1][1] else end
            around.append((start, end))
        return (*around, *(span for span in (one.source, one.cue) if span))


def _whole(said: Sequence[Said], spans: tuple[Span, ...], source: Span) -> list[Said]:
    """Return the statements with one of these spans and source; within it, only what has a cue of its own stays."""
    start, end = spans[0][0], spans[-1][1]

    def stays(one: Said) -> bool:
        inside = start <= one.hull[0] and one.hull[1] <= end
        apart = one.hull[1] <= start or end <= one.hull[0]
        return apart or (inside and one.cue is not None and start <= one.cue[0] and one.cue[1] <= end)

    scores = [one.score for one in said if one.spans == spans and one.score is not None]
    whole = Said(spans=spans, quote_type="direct", source=source, score=max(scores, default=None))
    return [*filter(stays, said), whole]


def _distinct(said: Sequence[Said]) -> list[Said]:
    """Return the statements without second ones of the same spans; one with a cue or a source stays."""
    kept: dict[tuple[Span, ...], Said] = {}
    for one in said:
        before = kept.get(one.spans)
        if before is None or (before.cue is None and before.source is None):
            kept[one.spans] = one
    return list(kept.values())
