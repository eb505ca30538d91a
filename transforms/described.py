"""Whom "the midfielder" means when nobody was called that before: somebody named, or a new person."""

import json
from collections.abc import Sequence
from operator import mul

from transforms.entities import Entity
from transforms.phrases import is_demonym
from transforms.salience import MAX_TAG, WEIGHTS_FILE, Scene, Span
from transforms.speaker_nouns import gender_of_noun
from transforms.text_phrases import Phrase

DESCRIBED_FEATURES = (
    "anyone", "office", "anyone's noun", "nationality", "age", "gendered", "words", "of", "rivals",  # the description
    "no role", "role with that word", "known age", "gender", "most mentioned", "met once",  # the candidate
    "same sentence", "sentence before", "same paragraph", "later paragraph", "subject", "source",
    "previous speaker", "previous speaker in paragraph", "in content", "tag", "tag: previous speaker",
    "no role: previous speaker", "anyone's noun: previous speaker",
)  # fmt: skip
ANYONES_NOUNS = frozenset({"man", "woman", "artist", "star", "player", "teenager", "teen", "performer", "athlete",
                           "celebrity", "champion", "winner", "patient", "victim", "defendant", "parent", "mother",
                           "father", "pensioner", "musician", "veteran", "suspect", "person", "lady", "youngster",
                           "pair", "nominee", "mum", "dad", "grandmother", "grandfather", "native"})  # fmt: skip


def described_features(
    entity: Entity, phrase: Phrase, quoted: int, scene: Scene, rivals: Sequence[Entity], content: Span
) -> list[float]:
    """Return the features of a candidate for a description, in the order of DESCRIBED_FEATURES; a new person: 0."""
    reading, last = phrase.reading, entity.told or entity.last
    if last is None:
        return [0.0] * len(DESCRIBED_FEATURES)
    words = reading.text.lower().split()
    head = reading.head
    of_anyone = head in ANYONES_NOUNS or "-of-" in reading.text
    sentences, paragraphs = phrase.sentence - last.sentence, phrase.paragraph - last.paragraph
    previous = entity is scene.previous
    tag = 0 < phrase.start - content[1] < MAX_TAG
    no_role = not entity.heads
    return [
        1.0, reading.kind == "official_unnamed", of_anyone, is_demonym(head.capitalize()), "-year-old" in reading.text,
        bool(gender_of_noun(head)), min(len(words), 6) - 2, " of " in reading.text, min(len(rivals), 4),
        no_role, bool(set(words) & set((entity.role or "").lower().split())), bool(entity.age),
        bool(entity.gender and entity.gender == reading.gender),
        entity.mentions == max(one.mentions for one in rivals), entity.mentions == 1,
        sentences == 0, sentences == 1, paragraphs == 0, paragraphs > 1, last.subject, entity.as_source,
        previous, previous and scene.previous_paragraph == phrase.paragraph,
        content[0] <= (entity.last or last).start < content[1] and not quoted, tag, tag and previous,
        no_role and previous, of_anyone and previous,
    ]  # fmt: skip


def choose_described(
    candidates: Sequence[Entity], phrase: Phrase, quoted: int, scene: Scene, content: Span
) -> Entity | None:
    """Return which of the candidates a description means, None for a new person."""
    best, chosen = 0.0, None
    for one in candidates:
        score = sum(map(mul, WEIGHTS, described_features(one, phrase, quoted, scene, candidates, content)))
        if score > best:
            best, chosen = score, one
    return chosen


WEIGHTS = [json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[f"described: {name}"] for name in DESCRIBED_FEATURES]
