"""Whom "the midfielder" means when nobody was called that before: somebody named, or a new person."""

from collections.abc import Sequence

from transforms.choices import Setting, load_model
from transforms.entities import Entity
from transforms.name_phrases import is_demonym
from transforms.speaker_nouns import ANYONES_NOUNS, gender_of_noun

DESCRIBED_FEATURES = (
    "anyone", "office", "anyone's noun", "nationality", "age", "gendered", "words", "of", "rivals",  # the description
    "no role", "role with that word", "known age", "gender", "most mentioned", "met once",  # the candidate
    "same sentence", "sentence before", "same paragraph", "later paragraph", "subject", "source",
    "previous speaker", "previous speaker in paragraph", "in content", "tag", "tag: previous speaker",
    "no role: previous speaker", "anyone's noun: previous speaker",
)  # fmt: skip


def rate_described(candidates: Sequence[Entity], setting: Setting) -> list[list[float]]:
    """Return the features of each candidate for a description, in the order of DESCRIBED_FEATURES."""
    return [_features(one, setting, candidates) for one in candidates]


def _features(entity: Entity, setting: Setting, rivals: Sequence[Entity]) -> list[float]:
    phrase, quoted, content, scene = setting
    reading, last = phrase.reading, entity.told or entity.last
    if last is None:
        return [0.0] * len(DESCRIBED_FEATURES)
    words = reading.text.lower().split()
    head = reading.head
    of_anyone = head in ANYONES_NOUNS or "-of-" in reading.text
    sentences, paragraphs = phrase.sentence - last.sentence, phrase.paragraph - last.paragraph
    previous, tag = entity is scene.previous, setting.is_tag
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


DESCRIBED = load_model("described", DESCRIBED_FEATURES, rate_described, or_nobody=True, margin=0.0)
