"""Who speaks: the speakers of an article, and whom each of its statements belongs to.

Never a guess: where two people fit a pronoun equally, or nobody does, the speaker is unresolved.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.records import Block, Speaker, SpeakerType
from transforms.choices import Choose, choose
from transforms.entities import Entity
from transforms.names import person_key
from transforms.referents import Referents
from transforms.text_phrases import find_phrases, merge_sources

Span = tuple[int, int]
FIRST_PERSON = frozenset({"i", "me", "my", "we", "us", "our"})
MAX_LEAD = 300  # characters before a quotation in which its speaker is introduced
QUOTATION_MARKS = "“”\"‘’'«»„ \t\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """How one statement names its speaker."""

    source: Span | None  # of the mention in the article's text; None: the text names nobody here
    content: Span  # hull of what is said
    quoted: bool  # direct or mixed: its words stand (partly) in quotation marks
    goes_on: bool = False  # a second quoted sentence after the cue of the statement before: plainly the same speaker


def resolve_speakers(
    article_id: str, text: str, blocks: Sequence[Block], mentions: Sequence[Mention], choose: Choose = choose
) -> tuple[list[str | None], list[Speaker]]:
    """Return the speaker_id of each mention, None where nobody is expressed, and the speakers by first appearance.

    Mentions come in the order of their contents; one may stand inside the content of another. `choose` says which of
    several entities a mention means.
    """
    sources = [mention.source for mention in mentions if mention.source]
    phrases, layout = find_phrases(text)
    merged = merge_sources(phrases, layout, text, sources)
    quotes = _outermost([mention.content for mention in mentions if mention.quoted])
    outer = _outer_mentions(mentions)
    referents = Referents(text, merged, quotes, choose)
    by_source: dict[Span, list[int]] = {}
    for i, mention in enumerate(mentions):
        if mention.source:
            by_source.setdefault(mention.source, []).append(i)
    found: list[Entity | None] = [None] * len(mentions)
    for at, (phrase, is_source) in enumerate(merged):
        own = by_source.get((phrase.start, phrase.end), []) if is_source else []
        around = outer[own[0]] if own else None
        speaker = None
        if around is not None:
            speaker = found[around] or referents.named(text, mentions[around].source)
        content = mentions[own[0]].content if own else (0, 0)
        entity = referents.read(at, speaker, nested=around is not None, content=content)
        for i in own:
            found[i] = entity
    found = [entity and entity.root for entity in found]
    _let_quotes_go_on(text, blocks, mentions, outer, found, referents)
    return _number(article_id, mentions, found)


def _outermost(spans: Sequence[Span]) -> list[Span]:
    """Return spans in order without those that stand in another."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _outer_mentions(mentions: Sequence[Mention]) -> list[int | None]:
    """Return for each mention which other one's content its own source and content stand in."""
    outer: list[int | None] = [None] * len(mentions)
    order = sorted(range(len(mentions)), key=lambda i: (mentions[i].content[0], -mentions[i].content[1], i))
    open_: list[int] = []
    for i in order:
        start, end = mentions[i].content
        while open_ and mentions[open_[-1]].content[1] < end:
            open_.pop()
        if open_:
            around = mentions[open_[-1]].content
            source = mentions[i].source
            if (around != (start, end)) and (source is None or around[0] <= source[0] < around[1]):
                outer[i] = open_[-1]
        open_.append(i)
    return outer


def _let_quotes_go_on(
    text: str,
    blocks: Sequence[Block],
    mentions: Sequence[Mention],
    outer: Sequence[int | None],
    found: list[Entity | None],
    referents: Referents,
) -> None:
    """Give quotations without a source the running speaker, where the text makes that plain."""
    starts = [block.start_char for block in blocks]
    voices: dict[int, list[Entity | None]] = defaultdict(list)  # who speaks in quotations, by paragraph
    last: Entity | None = None
    end = 0  # of the quotation before
    for i, mention in enumerate(mentions):
        around = outer[i]
        if around is not None:
            if mention.source and found[i] is None and text[slice(*mention.source)].lower() in FIRST_PERSON:
                found[i] = found[around]
            continue
        start = mention.content[0]
        paragraph = bisect_right(starts, start) - 1
        if mention.source is None and mention.quoted:
            line_start = starts[paragraph] if paragraph >= 0 else 0
            before = text[max(line_start, start - MAX_LEAD) : start].rstrip(QUOTATION_MARKS)
            if not before and paragraph > 0 and _introduces(text, blocks[paragraph - 1]):
                found[i] = referents.presence.introduced(start, since=starts[paragraph - 1])
            elif before.endswith(":"):
                found[i] = referents.presence.introduced(start) or (last if mention.goes_on else None)
            elif mention.goes_on:
                found[i] = last
            else:
                opens = not text[line_start:start].strip(QUOTATION_MARKS)
                voice = _one_voice(voices[paragraph] or (voices[paragraph - 1] if opens else []))
                found[i] = None if referents.presence.others_between(end, start, voice) else voice
        if found[i] is None and (mention.source or mention.quoted):
            found[i] = Entity("unresolved", None)  # a quotation that goes on has the same
        if mention.source or mention.quoted:
            last = found[i]
        if mention.quoted:
            voices[paragraph].append(found[i])
            end = max(mention.content[1], mention.source[1] if mention.source else 0)


def _introduces(text: str, block: Block) -> bool:
    """Return whether a paragraph leads to what stands below it: "A letter by Ann Lee tells it differently:"."""
    return text[block.start_char : block.end_char].endswith(":")


def _one_voice(voices: Sequence[Entity | None]) -> Entity | None:
    """Return the speaker of some quotations if it is one."""
    return voices[0] if voices and all(voice is voices[0] for voice in voices) else None


def _number(
    article_id: str, mentions: Sequence[Mention], found: Sequence[Entity | None]
) -> tuple[list[str | None], list[Speaker]]:
    ids: list[str | None] = []
    numbers: dict[int, int] = {}
    entities: list[Entity | None] = []
    for mention, entity in zip(mentions, found, strict=True):
        if entity is None and mention.source is None and not mention.quoted:
            ids.append(None)
            continue
        number = numbers.get(id(entity)) if entity is not None else None
        if number is None:
            entities.append(entity)
            number = len(entities)
            if entity is not None:
                numbers[id(entity)] = number
        ids.append(f"{article_id}:speaker-{number}")
    counts = Counter(ids)
    speakers = []
    for number, entity in enumerate(entities, start=1):
        speaker_id = f"{article_id}:speaker-{number}"
        speakers.append(_speaker(article_id, speaker_id, entity, counts[speaker_id]))
    return ids, speakers


def _speaker(article_id: str, speaker_id: str, entity: Entity | None, count: int) -> Speaker:
    kind: SpeakerType = "unresolved" if entity is None else _kind_of(entity)
    key = None
    if entity is not None and entity.words and kind in ("person", "organisation"):
        key = person_key(entity.name or "") if len(entity.words) > 1 or kind == "organisation" else None
    return Speaker(
        speaker_id=speaker_id,
        article_id=article_id,
        name=entity.name if entity else None,
        speaker_type=kind,
        role=entity.role if entity and kind == "person" else None,
        person_key=key,
        statement_count=count,
    )


def _kind_of(entity: Entity) -> SpeakerType:
    """Return the kind of an entity: that of a place or a publication where nothing but its use tells it."""
    if entity.is_body and entity.words and entity.kind in (None, "document"):
        return "organisation"
    return entity.kind or "person"
