"""What pronouns tell of the names beside them, and whom they fit by kind, number and gender."""

from collections.abc import Callable, Sequence

from transforms.entities import Entity
from transforms.known_names import Names
from transforms.name_phrases import Reading
from transforms.text_phrases import Phrase

Phrases = Sequence[tuple[Phrase, bool]]  # and whether it is a source
AHEAD = 12  # phrases after "he" among which the one who is named later is looked for


def count_pronouns(names: Names, phrases: Phrases, in_quote: Callable[[int], int]) -> None:
    """Give each named entity the pronouns that follow it in its sentence, or open the next one."""
    before: tuple[Phrase, Entity] | None = None
    opening: tuple[Phrase, Entity] | None = None
    for phrase, source in phrases:
        pronoun = phrase.reading.pronoun
        if phrase.reading.name and (entity := names.find(phrase.reading)):
            found = (phrase, entity)
            before = found if not phrase.governed else before
            opening = found if phrase.subject or source else opening
        elif pronoun in ("he", "she", "it") and not in_quote(phrase.start):
            for near in (before, opening):
                if near and _is_beside(near, phrase) and not in_quote(near[0].start) and _can_learn(near[1]):
                    weight = 1 if phrase.governed else 2  # "her" beside a man is somebody else
                    near[1].votes[pronoun] = near[1].votes.get(pronoun, 0) + weight
                    break


def _is_beside(named: tuple[Phrase, Entity], pronoun: Phrase) -> bool:
    name, entity = named
    if name.sentence == pronoun.sentence:
        return True
    opens = pronoun.subject and pronoun.reading.text.lower() in ("he", "she", "it")  # not "Her lawyer"
    return opens and name.sentence == pronoun.sentence - 1 and (name.subject or entity.speaks)


def _can_learn(entity: Entity) -> bool:
    if entity.kind is None:
        return len(entity.words) > 1 or entity.speaks  # else a place, for all we know
    return entity.kind == "person"


def find_hints(phrases: Phrases, in_quote: Callable[[int], int]) -> dict[int, str]:
    """Return "he" or "she" by the start of a name after which that pronoun comes first in its sentence.

    "Roe, who owns half of the farm, said that she would sell."
    """
    hints: dict[int, str] = {}
    name: Phrase | None = None
    for phrase, _ in phrases:
        reading = phrase.reading
        if name and phrase.sentence != name.sentence:
            name = None
        if in_quote(phrase.start):
            continue
        if reading.name and not phrase.governed:
            name = phrase if name is None else None
        elif name and reading.pronoun in ("he", "she") and reading.text.lower() not in ("his", "her", "him"):
            hints.setdefault(name.start, reading.pronoun)
            name = None
    return hints


def find_later(pronoun: Phrase, phrases: Phrases, at: int, names: Names, other: Entity | None) -> Entity | None:
    """Return the person named first after a pronoun that nobody before it fits: "As she waited, Ann Lee …"."""
    for phrase, _ in phrases[at + 1 : at + 1 + AHEAD]:
        if phrase.sentence > pronoun.sentence + 1:
            return None
        entity = names.find(phrase.reading) if phrase.reading.name else None
        if entity and entity is not other and entity.kind == "person" and entity.gender == pronoun.reading.pronoun:
            return entity
    return None


def find_later_group(phrases: Phrases, at: int) -> Phrase | None:
    """Return the first group that speaks after a "they" with which an article starts: "They came … Residents said"."""
    for phrase, source in phrases[at + 1 : at + 1 + AHEAD]:
        if source and phrase.sentence <= phrases[at][0].sentence + 1:
            return phrase if phrase.reading.many and not phrase.reading.pronoun and not phrase.reading.name else None
    return None


def fits(entity: Entity, reading: Reading) -> bool:
    """Return whether a pronoun can mean an entity."""
    kind, pronoun = entity.kind, reading.pronoun
    if pronoun in ("he", "she"):
        known = kind is not None or entity.speaks or len(entity.words) in (2, 3)
        return entity.is_person and known and entity.gender in ("", pronoun)
    if pronoun == "it":
        return not entity.many and kind in ("organisation", "document", None)
    return entity.many or kind is not None
