"""Who says what: quotations with the speaker and the reporting word beside them; the rest is narration.

Rules for what a reader sees at a glance: a quotation that is a statement of its own. Paraphrase stays narration.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from schemas.records import Block, QuoteType, Segment, Speaker, Statement, StatementSpan
from transforms import links
from transforms.cues import cue_family
from transforms.narration import narration_spans
from transforms.quotes import Span, blot_out, quote_spans
from transforms.speakers import Mention, resolve_speakers

BODY = ("paragraph", "list_item", "blockquote")
# Columns that this step leaves to others: the labels. A rule has no score.
LATER = (
    "attribution_score",
    "claim_type",
    "check_worthiness",
    "subjectivity",
    "subjectivity_score",
    "forward_looking",
    "forward_looking_score",
    "form",
)


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
    link: links.Link = links.NO_LINK
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
    speaker_ids, speakers = resolve_speakers(article_id, text, _mentions(text, said) if english else [])
    cuts = [cut for one in said for cut in one.cuts]
    remains = narration_spans(text, sentences, cuts, english=english)
    narration = [(_Said(spans=spans, quote_type="narration"), None) for spans in remains]
    found = [*zip_longest(said, speaker_ids), *narration]
    starts = [sentence.start_char for sentence in sentences]
    hulls: Counter[Span] = Counter()
    statements: list[Statement] = []
    spans: list[StatementSpan] = []
    for one, speaker_id in sorted(found, key=lambda pair: pair[0].hull):
        hulls[one.hull] += 1
        statement_id = f"{article_id}:{one.hull[0]}-{one.hull[1]}" + f"-{hulls[one.hull]}" * (hulls[one.hull] > 1)
        ids = {"statement_id": statement_id, "article_id": article_id}
        spans += [StatementSpan(**ids, span_index=i, start_char=a, end_char=b) for i, (a, b) in enumerate(one.spans)]
        sentence = sentences[bisect_right(starts, one.hull[0]) - 1]
        statements.append(_statement(text, statement_id, sentence, one, speaker_id))
    return Attributed(statements=statements, spans=spans, speakers=speakers)


def _find_said(text: str, blocks: Sequence[Block], sentences: Sequence[Segment], english: bool) -> list[_Said]:
    """Return the quotations that somebody says, in text order."""
    quotes = quote_spans(text, blocks)
    masked = blot_out(text, quotes)
    starts = [sentence.start_char for sentence in sentences]
    said: list[_Said] = []
    for quote in quotes:
        first, final = (bisect_right(starts, at) - 1 for at in (quote.start_char, quote.end_char - 1))
        if first < 0:
            continue
        one = _Said(spans=quote.spans, quote_type="direct", cuts=((quote.start_char, quote.end_char),))
        last = said[-1] if said and quote.start_char - said[-1].end_char < links.REACH else None
        gap = masked[last.end_char : quote.start_char] if last else ""
        if last and (last.link.cue or (0, 0)) > last.hull and links.interjects(gap):
            said[-1] = replace(last, spans=last.spans + one.spans, cuts=last.cuts + one.cuts)
            continue
        before, after = links.surroundings(masked, sentences, first, final, quote)
        content = text[slice(*one.hull)]
        if english and (found := links.find_link(before, content, after, quote.start_char, quote.end_char)):
            quote_type, link = found[0], links.prefer_name(text, found[1])
            cuts = one.cuts + tuple(span for span in link if span)
            said.append(replace(one, quote_type=quote_type, link=link, cuts=cuts))
        elif links.is_speech(before, content, after):
            follows = last and (last.link.source or last.goes_on) and first <= bisect_right(starts, last.end_char - 1)
            said.append(replace(one, goes_on=bool(follows)))
    return said


def _mentions(text: str, said: Sequence[_Said]) -> Iterator[Mention]:
    seen = 0  # end of the statement before
    for one in said:
        source = one.link.source
        context = text[seen : source[0]] if source else ""
        yield Mention(text=text[slice(*source)] if source else None, goes_on=one.goes_on, context=context)
        seen = one.end_char


def _statement(text: str, statement_id: str, sentence: Segment, one: _Said, speaker_id: str | None) -> Statement:
    (speaker_start, speaker_end), (cue_start, cue_end) = (span or (None, None) for span in one.link)
    cue_text = None if cue_start is None else text[cue_start:cue_end]
    return Statement(
        statement_id=statement_id,
        article_id=sentence.article_id,
        segment_id=sentence.segment_id,
        quote_type=one.quote_type,
        text=" ".join(text[start:end] for start, end in one.spans),
        start_char=one.hull[0],
        end_char=one.hull[1],
        speaker_id=speaker_id,
        speaker_text=None if speaker_start is None else text[speaker_start:speaker_end],
        cue_text=cue_text,
        cue_family=cue_family(cue_text) if cue_text else None,
        speaker_start_char=speaker_start,
        speaker_end_char=speaker_end,
        cue_start_char=cue_start,
        cue_end_char=cue_end,
        **dict.fromkeys(LATER),
    )
