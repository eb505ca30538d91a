"""Whom a name means that several share: "Quintero", where the president and his sister both speak."""

from collections.abc import Sequence

from transforms.entities import Entity, nouns_of_role
from transforms.name_phrases import Reading

LEAST = 0.2  # of score by which the best has to beat the next
RELATIVES = frozenset({"wife", "husband", "sister", "brother", "son", "daughter", "mother", "father", "widow",
                       "widower", "cousin", "uncle", "aunt", "nephew", "niece", "mum", "dad", "parent", "grandmother",
                       "grandfather", "grandson", "granddaughter"})  # fmt: skip


def choose_namesake(candidates: Sequence[Entity], reading: Reading, words: tuple[str, ...], hint: str) -> Entity | None:
    """Return which of those that share a name a mention means, None if that is not plain.

    `hint` is the pronoun that follows in the sentence. Told by sex, by title, by what each is called, by how often each
    was met; those who came in as somebody's relative are not meant by the bare surname.
    """
    fitting = list(candidates)
    for fits in (
        lambda one: reading.gender in ("", one.gender) or not one.gender,
        lambda one: bool(hint) and one.gender == hint,
        lambda one: hint in ("", one.gender) or not one.gender,
        lambda one: bool(nouns_of_role(reading.before.lower().split()) & one.heads),
        lambda one: one.mentions > 0,
        lambda one: len(words) > 1 or one.words[-1] == words[0],
        lambda one: not one.called & set(one.words[1:-1]) - set(words),  # Echeverría, of Marta Echeverría Pons
    ):
        fitting = [one for one in fitting if fits(one)] or fitting
    if not any(one.mentions for one in fitting):
        return fitting[0] if len(fitting) == 1 else None
    scored = sorted(((_score(one, words), -i, one) for i, one in enumerate(fitting)), reverse=True)
    if len(scored) > 1 and scored[0][0] - scored[1][0] < LEAST:
        return None
    return scored[0][2]


def _score(entity: Entity, words: tuple[str, ...]) -> float:
    relative = bool(entity.heads) and entity.heads <= RELATIVES
    called = bool(entity.called & set(words))
    otherwise = bool(entity.called) and not called  # always Ann, never Lee
    return 0.3 * min(entity.mentions, 4) - 1.0 * relative + 0.5 * called - 1.0 * otherwise
