"""People who were erased: their names found by hash, and overwritten with █ together with what they said.

Only hashes of a name are kept, of its words casefolded and without accents, so a text is searched by the hashes of all
its runs of as many words. Every character but white space becomes one █: offsets and counts of words hold.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from schemas.records import Article, Citation, ProcessedArticle, Segment, Speaker, Statement, StatementSpan
from transforms.names import PARTICLES, fold, is_title

Span = tuple[int, int]
Record = TypeVar("Record", Article, Citation)

MASK = "█"
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")  # `Núñez`, its accents apart or not
INK = re.compile(r"\S")
BREAK = re.compile(r"[\n\"]")  # no name runs across a line, or from one value of a JSON list into the next
MAX_GAP = 8  # characters between two words of a name: the ` J. ` of `Ann J. Lee`, the `%20` of an address
MIN_LONE_WORD = 3  # letters; shorter words of a name are masked only with the rest of it
MIN_REPEATED = 20  # characters of what was said that are masked where they stand once more
KEPT = frozenset(["article_id", "content_hash", "run_id", "pipeline_version", "language", "story_id", "kind", "text"])


class Word(NamedTuple):
    """One word of a text."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedNames:
    """The names of erased people, as keyed hashes by their number of words."""

    salt: bytes
    hashes: Mapping[int, Collection[str]]

    def holds(self, words: Sequence[str]) -> bool:
        """Return whether folded words are such a name."""
        return hash_name(words, self.salt) in self.hashes[len(words)]


def name_words(name: str) -> list[str]:
    """Return the folded words of a name that count: all but initials, where there are others."""
    return [word.folded for word in _words(name)]


def hash_name(words: Sequence[str], salt: bytes) -> str:
    """Return the keyed hash of a name's folded words."""
    return hashlib.blake2b(" ".join(words).encode(), key=salt, digest_size=16).hexdigest()


def find_names(text: str, names: ErasedNames) -> list[Span]:
    """Return where a text has the whole name of an erased person, in any case, with or without accents and initials.

    A name may stand turned round, behind its first comma: `Lee, Ann`.
    """
    words = _words(text) if names.hashes else []
    folded = [word.folded for word in words]
    found = []
    for length in names.hashes:
        for place in range(len(words) - length + 1):
            run = folded[place : place + length]
            first, last = words[place], words[place + length - 1]
            is_turned = length > 1 and text[first.end] == ","
            is_name = names.holds(run) or (is_turned and names.holds([*run[1:], run[0]]))
            if is_name and _is_unbroken(text, words[place : place + length]):
                found.append((first.start, last.end))
    return found


def mask(text: str, spans: Iterable[Span]) -> str:
    """Return the text with every character of the spans that is no white space as one █."""
    pieces = []
    place = 0
    for start, end in sorted(spans):
        start = max(start, place)
        if start < end:
            pieces += [text[place:start], INK.sub(MASK, text[start:end])]
            place = end
    return "".join([*pieces, text[place:]])


def mask_names(text: str, names: ErasedNames) -> str:
    """Return the text without the names of erased people."""
    return mask(text, find_names(text, names))


def mask_article(processed: ProcessedArticle, names: ErasedNames) -> ProcessedArticle:
    """Return an article without the names and words of erased people; the same one if they are not in it.

    Names are masked wherever they stand, and in an article that has the whole name also each capitalised word of it
    that stands alone. The words are the statements of theirs, and what repeats these.
    """
    if not names.hashes:
        return processed
    article = processed.article
    lone = _lone_words(_texts(processed), names)
    if not lone:
        return processed
    erased = {speaker.speaker_id for speaker in processed.speakers if _is_erased(speaker.name or "", names, lone)}
    said = [statement for statement in processed.statements if statement.speaker_id in erased]
    spans = _said_spans(said, processed.spans)
    repeated = {piece for start, end in spans if len(piece := article.text[start:end]) >= MIN_REPEATED}
    mentions = [
        (statement.speaker_start_char, statement.speaker_end_char)
        for statement in said
        if statement.speaker_start_char is not None and statement.speaker_end_char is not None
    ]
    hidden = _Hidden(names=names, lone=lone, repeated=repeated)
    text = mask(article.text, [*hidden.find(article.text), *spans, *mentions])
    return ProcessedArticle(
        article=replace(_masked(article, hidden), text=text),
        segments=[_cut_segment(segment, text) for segment in processed.segments],
        statements=_cut_statements(processed.statements, processed.spans, text),
        spans=processed.spans,
        speakers=[_mask_speaker(speaker, hidden, speaker.speaker_id in erased) for speaker in processed.speakers],
        citations=[_masked(citation, hidden) for citation in processed.citations],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """What is to be masked in the texts of one article."""

    names: ErasedNames
    lone: Collection[str]
    repeated: Collection[str]

    def find(self, text: str) -> list[Span]:
        found = find_names(text, self.names)
        found += [
            (word.start, word.end) for word in _words(text) if word.folded in self.lone and text[word.start].isupper()
        ]
        for piece in self.repeated:
            found += [match.span() for match in re.finditer(re.escape(piece), text)]
        return found


def _words(text: str) -> list[Word]:
    """Return the words of a text without single letters; with them where it has nothing else."""
    words = [Word(_fold(match.group()), match.start(), match.end()) for match in WORD.finditer(text)]
    return [word for word in words if len(word.folded) > 1] or words


def _fold(word: str) -> str:
    return word.lower() if word.isascii() else fold(word)


def _is_unbroken(text: str, run: Sequence[Word]) -> bool:
    gaps = [text[before.end : after.start] for before, after in pairwise(run)]
    return all(len(gap) <= MAX_GAP and not BREAK.search(gap) for gap in gaps)


def _texts(processed: ProcessedArticle) -> list[str]:
    records: list[Article | Citation | Speaker] = [processed.article, *processed.citations, *processed.speakers]
    values = [getattr(record, field.name) for record in records for field in fields(record)]
    return [value for value in values if isinstance(value, str)]


def _lone_words(texts: Iterable[str], names: ErasedNames) -> set[str]:
    """Return the words of the erased names in some texts, those that tell a person apart; empty: no such name."""
    found = {word for text in texts for start, end in find_names(text, names) for word in name_words(text[start:end])}
    return {word for word in found if len(word) >= MIN_LONE_WORD and word not in PARTICLES} or found


def _is_erased(name: str, names: ErasedNames, lone: Collection[str]) -> bool:
    """Return whether a speaker's name is an erased one, or what an article calls that person: `Mr Lee`."""
    words = [word for word in name_words(name) if not is_title(word)]
    return bool(find_names(name, names)) or (bool(words) and all(word in lone for word in words))


def _said_spans(said: Iterable[Statement], spans: Iterable[StatementSpan]) -> list[Span]:
    ids = {statement.statement_id for statement in said}
    return [(span.start_char, span.end_char) for span in spans if span.statement_id in ids]


def _masked(record: Record, hidden: _Hidden) -> Record:
    values: dict[str, Any] = {field.name: getattr(record, field.name) for field in fields(record)}
    for name, value in values.items():
        if isinstance(value, str) and name not in KEPT:
            values[name] = mask(value, hidden.find(value))
    return replace(record, **values)


def _mask_speaker(speaker: Speaker, hidden: _Hidden, is_erased: bool) -> Speaker:
    def masked(value: str | None) -> str | None:
        if value is None:
            return None
        return mask(value, [(0, len(value))] if is_erased else hidden.find(value))

    is_joined = speaker.person_key is not None and not is_erased and not find_names(speaker.person_key, hidden.names)
    return replace(
        speaker,
        name=masked(speaker.name),
        role=masked(speaker.role),
        person_key=speaker.person_key if is_joined else None,
    )


def _cut_segment(segment: Segment, text: str) -> Segment:
    return replace(segment, text=text[segment.start_char : segment.end_char])


def _cut_statements(statements: Iterable[Statement], spans: Iterable[StatementSpan], text: str) -> list[Statement]:
    pieces: dict[str, list[str]] = {}
    for span in spans:
        pieces.setdefault(span.statement_id, []).append(text[span.start_char : span.end_char])
    return [
        replace(
            statement,
            text=" ".join(pieces[statement.statement_id]),
            speaker_text=_cut(text, statement.speaker_start_char, statement.speaker_end_char),
            cue_text=_cut(text, statement.cue_start_char, statement.cue_end_char),
        )
        for statement in statements
    ]


def _cut(text: str, start: int | None, end: int | None) -> str | None:
    return None if start is None else text[start:end]
