"""Descriptions that the text gives a name: "The herder, Cabdi Guuleed, …", "a trader who gave his name as Jalil"."""

import re
from collections.abc import Sequence
from itertools import islice

from transforms.entities import nouns_of_role
from transforms.name_phrases import PERSONS
from transforms.speaker_nouns import ANYONES_NOUNS
from transforms.text_phrases import Phrase

LOOK_AHEAD = 4  # phrases after a description among which its name is looked for
LEAD_SENTENCES = 4  # headline and dateline among them
_PHRASE = r"[^,.;:!?“”\"()\n—–]{0,80}"
_BESIDE = re.compile(rf"(?: (?:of|for|at|in|on|from|with|to|who|that|which|whose|whom)\b{_PHRASE})?, (?:the late )?")
_AGED_COMMA = re.compile(r", (?:\d{1,3}, )?")
_CALLED = re.compile(
    r"[^.;:!?“”\"()\n—–]{0,80}\b(?:called|named|gave (?:only )?(?:his|her|their) (?:first )?name,? ?(?:only )?(?:as)?) "
)  # , who gave only his first name, Jalil
_OPENS = re.compile(r"(?:\n|[.!?…][”\"’')\]]* )(?:The )?\Z")  # what a sentence starts after
_STYLES = frozenset({"most", "very", "right", "the", "rev", "reverend", "dr", "prof", "sir", "dame", "mr", "mrs", "ms"})
_CLOSED = re.compile(r"(?:[,;.)—–]|\s[—–(]|\swho\b)")  # what ends an apposition


def find_appositions(text: str, phrases: Sequence[tuple[Phrase, bool]]) -> dict[int, Phrase]:
    """Return the phrase that names or describes the same one again, by the start of the description before it."""
    found: dict[int, Phrase] = {}
    for i, (phrase, _) in enumerate(phrases):
        reading = phrase.reading
        if reading.name or reading.pronoun or reading.many or reading.kind not in (*PERSONS, "organisation"):
            continue
        for other, _ in islice(phrases, i + 1, i + 1 + LOOK_AHEAD):
            if other.sentence != phrase.sentence:
                break
            if other.start >= phrase.end and _is_same(text, phrase, other):
                found[phrase.start] = other
                break
        else:
            if i and _is_apposed(text, phrases[i - 1][0], phrase):
                found[phrase.start] = phrases[i - 1][0]
    return found


def _is_apposed(text: str, name: Phrase, phrase: Phrase) -> bool:
    """Return whether a description says what somebody named just before is: "Ann Lee, | a retired surgeon, who …"."""
    named = bool(name.reading.name) and " " in (name.reading.name or "") and name.reading.kind in ("person", None)
    described = phrase.reading.kind in PERSONS and phrase.reading.determiner in ("a", "an", "the")
    beside = named and described and _AGED_COMMA.fullmatch(text[name.end : phrase.start])
    return bool(beside and _CLOSED.match(text, phrase.end))


def _is_same(text: str, phrase: Phrase, other: Phrase) -> bool:
    between = text[phrase.end : other.start]
    kinds = (phrase.reading.kind, other.reading.kind)
    if (kinds[0] == "organisation") != (kinds[1] == "organisation") and kinds[1] is not None:
        return False
    if other.reading.name:
        beside = _BESIDE.fullmatch(between) and _CLOSED.match(text, other.end)
        return bool(beside or _CALLED.fullmatch(between))
    indefinite = other.reading.determiner in ("a", "an") and other.reading.kind in PERSONS
    return bool(indefinite and kinds[0] in PERSONS and _BESIDE.fullmatch(between) and _closes(text, other.end))


def find_lead(text: str, phrases: Sequence[tuple[Phrase, bool]]) -> dict[int, Phrase]:
    """Return the full name with which the second sentence starts, by the start of the person described in the first.

    "A widower who was fined says he will not pay. Leonard Castell, 79, …"
    """
    opening = [phrase for phrase, _ in phrases if phrase.sentence <= LEAD_SENTENCES]
    for phrase, source in phrases:
        if phrase.sentence >= LEAD_SENTENCES:
            break
        reading = phrase.reading
        if reading.name or reading.pronoun or reading.many or reading.kind not in PERSONS or not source:
            continue
        following = [one for one in opening if one.sentence == phrase.sentence + 1 and one.reading.name]
        earlier = {one.reading.name for one in opening if one.sentence <= phrase.sentence}
        if following and not _OPENS.search(text[max(0, following[0].start - 9) : following[0].start]):
            continue
        if following and _introduces(following[0], phrase) and following[0].reading.name not in earlier:
            return {phrase.start: following[0]}
    return {}


def _introduces(name: Phrase, phrase: Phrase) -> bool:
    """Return whether a name can be that of a person described just before: bare, or with the same noun before it."""
    reading, described = name.reading, phrase.reading
    full = name.subject and " " in (reading.name or "") and reading.kind in ("person", None)
    nouns = nouns_of_role([word for word in reading.before.lower().split() if word.strip(".") not in _STYLES])
    anyone = described.head in ANYONES_NOUNS or bool(nouns & ANYONES_NOUNS)
    same = not nouns or anyone or described.head in reading.before.lower().split()
    return full and same and reading.gender in ("", described.gender or reading.gender)


def _closes(text: str, at: int) -> bool:
    """Return whether the clause goes on after a description that stands apart: ", a dentist from Ghent, was"."""
    return bool(re.match(rf"{_PHRASE}[,—–]", text[at : at + 90]))
