"""How present somebody is to the reader where "he" or "she" comes."""

from collections.abc import Sequence

from transforms.choices import Setting, load_model
from transforms.entities import Entity

FEATURES = (
    "sentences", "sentence before", "same paragraph", "paragraph before",  # since it was met outside quotations
    "subject of sentence before", "governed", "source", "pronoun", "indefinite",  # how it was met last
    "previous speaker",  # the source of the mention before
    "met once", "met once, sentence before", "mentions", "most mentioned",
    "gender", "unnamed", "unnamed, silent",  # known to fit; without a name; and no source
    "unknown", "unknown, governed",  # a name that may be none of a person
    "same sentence", "same sentence, as pronoun",
    "in content",  # met last in what this pronoun says
    "quotation: sentences", "quotation: named", "quotation: previous speaker",  # the pronoun stands in a quotation
    "opening: subject", "opening: previous speaker",  # the pronoun opens its sentence
    "tag: sentence before", "tag: previous speaker", "tag: subject", "tag: first of paragraph",  # “…,” he said
)  # fmt: skip


def rate_presence(candidates: Sequence[Entity], setting: Setting) -> list[list[float]]:
    """Return the features of each candidate, in the order of FEATURES."""
    most = max(one.mentions for one in candidates)
    return [_features(one, setting, most) for one in candidates]


def _features(entity: Entity, setting: Setting, most: int) -> list[float]:
    last, told = entity.last, entity.told
    phrase, quoted, content, scene = setting
    if last is None:
        return [0.0] * len(FEATURES)
    place = told or last
    sentences = min(phrase.sentence - place.sentence, 6)
    paragraphs = phrase.paragraph - place.paragraph
    previous, once, unnamed = entity is scene.previous, entity.mentions == 1, not entity.words
    opening, spoken, tag = phrase.subject and sentences > 0, bool(quoted), setting.is_tag
    first = scene.paragraph == phrase.paragraph and entity is scene.first
    return [
        sentences, sentences == 1, paragraphs == 0, paragraphs == 1,
        place.subject and sentences == 1, place.governed and not place.subject, entity.as_source,
        place.reading.pronoun != "", place.reading.determiner in ("a", "an", "one"),
        previous,
        once, once and sentences == 1, min(entity.mentions, 8) / 8, entity.mentions == most,
        entity.gender != "", unnamed, unnamed and not entity.speaks,
        entity.kind is None, entity.kind is None and place.governed,
        sentences == 0, sentences == 0 and place.reading.pronoun != "",
        content[0] <= last.start < content[1] and not spoken,
        sentences * spoken, spoken and not unnamed, spoken and previous,
        opening and place.subject, opening and previous,
        tag and sentences == 1, tag and previous, tag and place.subject, tag and first,
    ]  # fmt: skip


HE = load_model("he", FEATURES, rate_presence, or_nobody=False, margin=0.1)
