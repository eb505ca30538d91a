"""Who says what: the statements of an article with their speakers; the rest is narration."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from schemas.records import Block, ModelName, Segment, Speaker, Statement, StatementSpan
from transforms.attributions import find_attributions
from transforms.cues import cue_family
from transforms.encode import encode
from transforms.languages import is_english
from transforms.models.statement_model import statement_model
from transforms.narration import narration_spans
from transforms.quotes import Span, quote_spans
from transforms.said import Said
from transforms.settle import settle
from transforms.speakers import Mention, resolve_speakers

BODY = ("paragraph", "list_item", "blockquote")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """The statements of one article, narration included, with their spans and speakers; each list in text order."""

    statements: Sequence[Statement]
    spans: Sequence[StatementSpan]
    speakers: Sequence[Speaker]


def attribute_statements(
    article_id: str,
    language: str | None,
    text: str,
    blocks: Sequence[Block],
    segments: Sequence[Segment],
    model: ModelName = "compact",
) -> Attributed:
    """Return the statements with their speakers, and what remains of each sentence as narration.

    The models read English: in other languages a quotation has no speaker, and every sentence is narration, with a
    verb or not. An unknown language (None) is read as English.
    """
    english = is_english(language)
    sentences = [segment for segment in segments if segment.kind in BODY]
    body = [block for block in blocks if block.kind in BODY and block.start_char < block.end_char]
    said = _find_said(text, body, [sentence.start_char for sentence in sentences], model if english else None)
    mentions = [
        Mention(source=one.source, content=one.hull, quoted=one.quote_type != "indirect", goes_on=one.goes_on)
        for one in said
    ]
    speaker_ids, speakers = resolve_speakers(article_id, text, body, mentions if english else [])
    cuts = [cut for one in said for cut in one.cuts]
    remains = narration_spans(text, sentences, cuts, {one.source for one in said if one.source}, english=english)
    narration = [(Said(spans=spans, quote_type="narration"), None) for spans in remains]
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


def _find_said(text: str, body: Sequence[Block], sentence_starts: Sequence[int], model: ModelName | None) -> list[Said]:
    quotes = quote_spans(text, body)
    found = []
    if model is not None:
        network = statement_model(model)
        encoded = encode(text, body, quotes, network.vocabulary, network.max_words)
        found = find_attributions(text, encoded, network)
    return settle(text, body, quotes, found, sentence_starts)


def _statement(text: str, statement_id: str, sentence: Segment, one: Said, speaker_id: str | None) -> Statement:
    (speaker_start, speaker_end), (cue_start, cue_end) = (span or (None, None) for span in (one.source, one.cue))
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
        attribution_score=one.score,
    )
