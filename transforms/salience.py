"""How present somebody is to the reader where "he" or "she" comes: features and their learned weights."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from operator import mul
from pathlib import Path

from transforms.entities import Entity
from transforms.text_phrases import Phrase

Span = tuple[int, int]
FEATURES = (
    "sentences", "sentence before", "same paragraph", "paragraph before",  # since it was met outside quotations
    "subject of sentence before", "governed", "source", "pronoun", "indefinite",  # how it was met last
    "previous speaker",  # the source of the mention before
    "met once", "met once, sentence before", "mentions", "most mentioned",
    "gender", "unnamed", "unnamed, silent",  # known to fit; without a name; and no source
    "unknown", "unknown, governed",  # a name that may be none of a person
    "in content",  # met last in what this pronoun says
    "quotation: sentences", "quotation: named", "quotation: previous speaker",  # the pronoun stands in a quotation
    "opening: subject", "opening: previous speaker",  # the pronoun opens its sentence
    "tag: sentence before", "tag: previous speaker", "tag: subject", "tag: first of paragraph",  # “…,” he said
)  # fmt: skip
MARGIN = 0.1  # of probability by which the best has to beat the next
MAX_TAG = 40  # characters between what is said and "he said"
WEIGHTS_FILE = Path(__file__).parent / "models" / "salience.json"


@dataclass(slots=True)
class Scene:
    """What the reader has in mind besides the entities themselves."""

    previous: Entity | None = None  # speaker of the last mention outside a quotation
    previous_paragraph: int = -1
    paragraph: int = -1  # of the narration read last
    first: Entity | None = None  # person met first in it


def features(entity: Entity, phrase: Phrase, quoted: int, scene: Scene, most: int, content: Span) -> list[float]:
    """Return the features of one entity for a pronoun, in the order of FEATURES; `most`: mentions of any candidate."""
    last, told = entity.last, entity.told
    if last is None:
        return [0.0] * len(FEATURES)
    place = told or last
    sentences = min(phrase.sentence - place.sentence, 6)
    paragraphs = phrase.paragraph - place.paragraph
    previous, once, unnamed = entity is scene.previous, entity.mentions == 1, not entity.words
    opening, spoken, tag = phrase.subject and sentences > 0, bool(quoted), 0 < phrase.start - content[1] < MAX_TAG
    first = scene.paragraph == phrase.paragraph and entity is scene.first
    return [
        sentences, sentences == 1, paragraphs == 0, paragraphs == 1,
        place.subject and sentences == 1, place.governed and not place.subject, entity.as_source,
        place.reading.pronoun != "", place.reading.determiner in ("a", "an", "one"),
        previous,
        once, once and sentences == 1, min(entity.mentions, 8) / 8, entity.mentions == most,
        entity.gender != "", unnamed, unnamed and not entity.speaks,
        entity.kind is None, entity.kind is None and place.governed,
        content[0] <= last.start < content[1] and not spoken,
        sentences * spoken, spoken and not unnamed, spoken and previous,
        opening and place.subject, opening and previous,
        tag and sentences == 1, tag and previous, tag and place.subject, tag and first,
    ]  # fmt: skip


def choose(candidates: Sequence[Entity], phrase: Phrase, quoted: int, scene: Scene, content: Span) -> Entity | None:
    """Return which of the candidates, all of whom it fits, a pronoun means; None where two are about as likely."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    most = max(one.mentions for one in candidates)
    scores = [sum(map(mul, WEIGHTS, features(one, phrase, quoted, scene, most, content))) for one in candidates]
    (best, first), (second, other), *_ = sorted(zip(scores, candidates, strict=True), key=lambda one: -one[0])
    total = sum(exp(score - best) for score in scores)
    return None if 1 - exp(second - best) < MARGIN * total or _together(first, other) else first


def _together(one: Entity, other: Entity) -> bool:
    """Return whether two were met last as "Ann Lee and Eve Roe"."""
    if one.last is None or other.last is None:
        return False
    earlier, later = sorted([one.last, other.last])
    return later.start - earlier.end == len(" and ") and later.subject and earlier.subject


WEIGHTS = [json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[name] for name in FEATURES]
