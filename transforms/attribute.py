"""Who says what: quotations with the speaker and the reporting word beside them; the rest is narration.

Rules for what a reader sees at a glance: a quotation that is a statement of its own. Paraphrase stays narration.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from schemas.records import Block, QuoteType, Segment, Speaker, Statement, StatementSpan
from transforms.cues import CUE, Link, cue_family, has_finite_verb, labelling_link, link_after, link_before
from transforms.quotes import Quote, Span, quote_spans
from transforms.speakers import Mention, resolve_speakers

BODY = ("paragraph", "list_item", "blockquote")
REACH = 250  # characters beside a quotation in which its speaker is looked for
MIN_QUOTE = 3  # words; shorter quotations without a speaker beside them are nicknames and scare quotes
MIN_SENTENCE = 5  # words; a shorter one without a verb is a label

OPENS_SENTENCE = re.compile(r"(?:^|[.!?:;…\0]|^(?:But|And|Still|Yet|So),?)\s*$")  # what may stand before a whole quotation
INTERJECTED = re.compile(r"[^\0.!?:;]{0,80}[,—–]\s*$")  # “A,” Lee said | on Monday, | “B.”
BYLINE = re.compile(r"By\s+[A-Z]")  # By Ann Lee


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """The statements of one article, narration included, with their spans and speakers; each list in text order."""

    statements: Sequence[Statement]
    spans: Sequence[StatementSpan]
    speakers: Sequence[Speaker]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One statement as found; `cuts` are what narration leaves out for it: quotation marks, speaker, cue."""

    spans: tuple[Span, ...]
    quote_type: QuoteType
    cuts: tuple[Span, ...] = ()
    link: Link = Link()
    goes_on: bool = False  # the speaker is the one of the statement before

    @property
    def hull(self) -> Span:
        return self.spans[0][0], self.spans[-1][1]

    @property
    def end_char(self) -> int:
        return max(end for _, end in self.cuts)


def attribute_statements(
    article_id: str, language: str | None, text: str, blocks: Sequence[Block], segments: Sequence[Segment]
) -> Attributed:
    """Return direct statements with their speakers, and what remains of each sentence as narration.

    The rules for reporting words are English ones: in other languages a quotation has no speaker, and every
    sentence is narration, with a verb or not. An unknown language (None) is read as English.
    """
    english = language is None or language.lower().startswith("en")
    sentences = [segment for segment in segments if segment.kind in BODY]
    said = _find_said(text, [block for block in blocks if block.kind in BODY], sentences, english)
    mentions = [_mention(text, before, one) for before, one in zip([None, *said], said, strict=False)] if english else []
    speaker_ids, speakers = resolve_speakers(article_id, text, mentions)
    found = [*zip_longest(said, speaker_ids), *((one, None) for one in _narration(text, sentences, said, english))]
    starts = [sentence.start_char for sentence in sentences]
    hulls: Counter[Span] = Counter()
    statements: list[Statement] = []
    spans: list[StatementSpan] = []
    for one, speaker_id in sorted(found, key=lambda pair: pair[0].hull):
        hulls[one.hull] += 1
        number = f"-{hulls[one.hull]}" if hulls[one.hull] > 1 else ""
        statement_id = f"{article_id}:{one.hull[0]}-{one.hull[1]}{number}"
        sentence = sentences[bisect_right(starts, one.hull[0]) - 1]
        statements.append(_statement(text, statement_id, sentence, one, speaker_id))
        spans += [
            StatementSpan(statement_id=statement_id, article_id=article_id, span_index=i, start_char=start, end_char=end)
            for i, (start, end) in enumerate(one.spans)
        ]
    return Attributed(statements=statements, spans=spans, speakers=speakers)


def _find_said(text: str, blocks: Sequence[Block], sentences: Sequence[Segment], english: bool) -> list[_Said]:
    """Return the quotations that somebody says, in text order."""
    quotes = quote_spans(text, blocks)
    masked = _mask(text, quotes)
    starts = [sentence.start_char for sentence in sentences]
    said: list[_Said] = []
    for quote in quotes:
        first, final = (bisect_right(starts, at) - 1 for at in (quote.start_char, quote.end_char - 1))
        if first < 0:
            continue
        last = said[-1] if said else None
        gap = masked[last.end_char : quote.start_char] if last else ""
        one = _Said(spans=quote.spans, quote_type="direct", cuts=((quote.start_char, quote.end_char),))
        if last and last.link.cue and last.link.cue > last.hull and INTERJECTED.match(gap) and not CUE.search(gap):
            said[-1] = replace(last, spans=last.spans + one.spans, cuts=last.cuts + one.cuts)
            continue
        lead = _lead_start(sentences, first, quote)
        before, after = masked[lead : quote.start_char], masked[quote.end_char : _trail_end(sentences, final, quote)]
        follows = last is not None and first - bisect_right(starts, last.end_char - 1) < 1
        said += _read_quote(text, one, before, after, english, follows and (last.link.source or last.goes_on))
    return said
