"""What quotation marks settle: the model's attributions, cut where the quotations of a text say so.

A quotation is said by one speaker, whole; the marks around a content are not part of it. A few words in marks settle
nothing: a nickname, a title or a scare quote stays in the sentence it stands in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.records import Block
from transforms.attributions import Attribution
from transforms.cues import LABELS, any_of
from transforms.follow_ons import with_follow_ons
from transforms.fragments import group_pieces
from transforms.quoted_text import MIN_QUOTE, QuotedText
from transforms.quotes import Quote, Span
from transforms.said import Said
from transforms.said_by import with_sources
from transforms.source_spans import cue_span, source_span
from transforms.speaker_lines import signatures, turns

MIN_PARAPHRASE = 3  # words; one where somebody is called something: labelling it | hypocritical
MOSTLY = 0.5  # share of a quotation that a content must cover to be that quotation
STRAY = 3  # letters and digits beside a quotation that do not make a content more than the quotation
LABELLING = re.compile(any_of(LABELS) + r"\b", re.IGNORECASE)
CLOSED = ".?!,"  # what ends a quotation that is said whole: “Don’t you do it,” until shots were heard


def settle(
    text: str,
    blocks: Sequence[Block],
    quotes: Sequence[Quote],
    found: Sequence[Attribution],
    sentence_starts: Sequence[int],
) -> list[Said]:
    """Return the statements of the attributions, and the quotations that somebody must say though none was found."""
    page = QuotedText(text, quotes, sentence_starts)
    said = [statement for one in found for statement in _statements(page, one)]
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
    complete = with_sources(page, with_follow_ons(page, ordered))
    return [replace(one, cuts=_cuts(page, one)) for one in complete]


def _statements(page: QuotedText, one: Attribution) -> Iterator[Said]:
    """Yield the attribution; each sentence after the cue's own is a statement by itself: `“A,” she said. | “B.”`"""
    pieces = sorted({piece for content in one.contents for piece in _settled(page, content, one)})
    groups = group_pieces(page, pieces, one)
    distances = [_distance(page, (group[0][0], group[-1][1]), one) for group in groups]
    last = one.cue[1] if one.cue else 0
    for i, group in enumerate(groups):
        said = Said(spans=tuple(group), quote_type=page.quote_type(group), score=one.score)
        if distances[i] == min(distances) and (one.cue or not i):
            said = replace(said, source=source_span(page.text, one.source, one.cue), cue=cue_span(page.text, one.cue))
        else:
            said = replace(said, goes_on=page.follows(last, group[0][0]))
        last = max(last, group[-1][1])
        is_name = one.cue is None and said.quote_type == "direct" and page.is_title(said.hull)
        if _is_statement(page, said, one.level) and not is_name:
            yield said


def _settled(page: QuotedText, content: Span, one: Attribution) -> Iterator[Span]:
    """Yield a content cut at the quotations that it mostly covers, without marks and stray marks at its edges."""
    start, end = page.trimmed(content, that=one.cue is not None and one.cue[0] < content[0])
    quotes = page.touching((start, end)) if one.level == 0 else ()
    for quote in quotes:
        if page.length(quote) < MIN_QUOTE or _holds(quote, one):
            continue
        shared = sum(max(0, min(b, end) - max(a, start)) for a, b in quote.spans)
        beside = page.text[start : quote.start_char] + page.text[quote.end_char : end]
        closed = page.text[quote.spans[-1][1] - 1] in CLOSED and start >= quote.start_char and quote is quotes[-1]
        inside = quote.start_char <= start and end <= quote.end_char
        mostly = shared >= MOSTLY * sum(b - a for a, b in quote.spans)
        if inside or (mostly and (closed or sum(map(str.isalnum, beside)) <= STRAY)):
            yield from quote.spans
            return
        start = quote.start_char if quote.start_char < start else start
        end = quote.end_char if quote.end_char > end else end
    if start < end:
        yield start, end


def _holds(quote: Quote, one: Attribution) -> bool:
    """Return whether the cue or the source stands inside the quotation: then it is not what is said."""
    return any(span and quote.start_char <= span[0] and span[1] <= quote.end_char for span in (one.cue, one.source))


def _distance(page: QuotedText, span: Span, one: Attribution) -> tuple[int, int]:
    """Return how far a cue is from a content: in sentences, then in characters.

    Nothing is nearer than what its clause touches: “Why?” | Lee asked.    It shut, | Lee said: | “Go home.”
    """
    if one.cue is None:
        return 0, 0
    ends = (*one.cue, *(one.source or one.cue))
    if page.touches(span, (min(ends), max(ends))):
        return 0, 0
    first, last, own = map(page.sentence, (span[0], span[1] - 1, one.cue[0]))
    return max(0, first - own, own - last), max(0, span[0] - one.cue[1], one.cue[0] - span[1])


def _is_statement(page: QuotedText, said: Said, level: int) -> bool:
    """Return whether anything says that this is a statement, and a paraphrase is long enough to say something."""
    if level and not (said.cue or said.source):
        return False
    if not (said.cue or said.source or (said.goes_on and said.quote_type != "indirect")):
        quotes = page.touching(said.hull) if said.quote_type == "direct" else ()
        return any(map(page.reads_as_said, quotes))
    words = sum(len(page.text[start:end].split()) for start, end in said.spans)
    labels = said.cue is not None and bool(LABELLING.match(page.text, *said.cue))
    return said.quote_type == "direct" or words >= (1 if labels else MIN_PARAPHRASE)


def _cuts(page: QuotedText, one: Said) -> tuple[Span, ...]:
    """Return the contents with the quotation marks around them, the source and the cue."""
    around = []
    for start, end in one.spans:
        quote = next((q for q in page.touching((start, end)) if (start, end) in q.spans), None)
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
