"""The named people and bodies of one article, found by any part of their name."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from transforms.entities import Entity, name_words, nouns_of_role
from transforms.families import choose_namesake
from transforms.given_names import pronoun_of_name
from transforms.name_evidence import gives_demonym, is_addressed, kind_beside, stands_for_place
from transforms.name_phrases import Reading
from transforms.names import plain_role
from transforms.phrases import read_phrase
from transforms.speaker_nouns import METONYMS, gender_of_noun, kind_of_noun
from transforms.text_phrases import Phrase

MAX_HEADLINE_WORDS = 5  # a longer run of capitals in a headline is no name
MANY = 8  # entities that share a word: more are nobody's name
_APPOSITION = re.compile(
    r",\s(?:(?P<age>\d{1,3}),?\s?)?(?P<role>[^,.;:“”\"\n()—–]{0,90})"
)  # , 54, a baker and mother of two
_AGED = re.compile(r"\d{1,3}(?=-year-old)")
_NOT_ROLE = re.compile(
    r"(?:who|whose|whom|which|and|but|said|says|told|where|when|while|as|in|at|from|of|to|with|is|was|after)\b"
)


class Names:
    """The named entities of one article, found by any part of their name."""

    def __init__(self, text: str, phrases: Sequence[tuple[Phrase, bool]]) -> None:
        self.entities: list[Entity] = []
        self._by_word: dict[str, list[Entity]] = defaultdict(list)
        self._by_words: dict[tuple[str, ...], Entity] = {}
        named = [(phrase, source) for phrase, source in phrases if phrase.reading.name]
        for phrase, source in sorted(named, key=_certainty):
            words = name_words(phrase.reading.name)
            if len(words) > 1 and words not in self._by_words:
                self._add_long(words, phrase, source)
        for (first, _), (second, _) in pairwise(named):
            if text[first.end : second.start] == " and ":
                self._add_couple(first.reading, name_words(second.reading.name))
        for phrase, source in named:
            words = name_words(phrase.reading.name)
            if len(words) == 1 and (phrase.sure or source) and words not in self._by_words and not self._sharing(words):
                self._add(words, phrase.reading)
        for (phrase, _), (following, _) in pairwise(named):
            bracketed = text[phrase.end : following.start] == " (" and text[following.end : following.end + 1] == ")"
            if bracketed and (named_before := self.find(phrase.reading)):
                self._by_words[name_words(following.reading.name)] = named_before  # the National Farmers’ Union (NFU)
        for phrase, _ in named:
            if entity := self.find(phrase.reading):
                self._learn(entity, phrase, text)
        written = {word for phrase, _ in phrases for word in phrase.reading.text.split()}
        for entity in self.entities:
            if entity.kind is None and gives_demonym(entity.name or "", written):
                entity.is_body = True

    def find(self, reading: Reading, hint: str = "") -> Entity | None:
        """Return the entity of a name, None if nobody has it, or several who are as likely; `hint`: he or she."""
        words = name_words(reading.name)
        if entity := self._by_words.get(words):
            return entity
        found = self._sharing(words)
        return choose_namesake(found, reading, words, hint) if len(found) > 1 else next(iter(found), None)

    def has_surname(self, word: str) -> bool:
        """Return whether a folded word is the last one of a person's full name."""
        return any(e.kind == "person" and e.words[-1] == word and len(e.words) > 1 for e in self._by_word.get(word, ()))

    def _sharing(self, words: tuple[str, ...]) -> list[Entity]:
        listed = [self._by_word.get(word, []) for word in words]
        shortest = min(listed, key=len, default=[])
        if len(words) == 1 and words[0] in METONYMS:  # Russia is not Russia Today
            shortest = [entity for entity in shortest if entity.kind == "person" and entity.words[-1] == words[0]]
        if not shortest or len(shortest) > MANY:
            return []
        return [entity for entity in shortest if set(words) <= set(entity.words)]

    def _add_long(self, words: tuple[str, ...], phrase: Phrase, source: bool) -> None:
        if not (phrase.sure or source):  # a headline
            if phrase.reading.kind == "person" and pronoun_of_name(words[0]) and len(words) < MAX_HEADLINE_WORDS:
                self._add(words, phrase.reading)
            return
        if phrase.opens and not source and not pronoun_of_name(words[0]):
            rest = self._sharing(words[1:])
            if len(rest) == 1 and rest[0].words[0] != words[0]:  # Whether Prentice
                self._by_words[words] = rest[0]
                return
        self._add(words, phrase.reading)

    def _add(self, words: tuple[str, ...], reading: Reading) -> None:
        longer = [
            entity
            for entity in self._sharing(words)
            if reading.kind in (None, entity.kind) or entity.kind is None
            if entity.kind != "organisation" or entity.words[: len(words)] == words
        ]
        if len(longer) == 1:
            self._by_words[words] = longer[0]
            return
        entity = Entity(reading.kind, reading.name, words, gender=reading.gender)
        self.entities.append(entity)
        self._by_words[words] = entity
        for word in set(words):
            self._by_word[word].append(entity)
        if len(words) > 1:
            self._add_initials(entity)

    def _add_couple(self, reading: Reading, other: tuple[str, ...]) -> None:
        """Give the first of "Nathan and Priscilla Grech" the surname too."""
        words = name_words(reading.name)
        if len(words) == 1 and len(other) == 2 and pronoun_of_name(words[0]) and pronoun_of_name(other[0]):
            second = self._by_words.get(other)
            if second and second.name and not self._by_word.get(words[0]):
                name = f"{reading.name} {second.name.rsplit(' ', 1)[-1]}"
                self._add((*words, other[-1]), reading._replace(name=name, kind="person"))

    def _add_initials(self, entity: Entity) -> None:
        capitals = [word for word in (entity.name or "").replace("-", " ").split() if word[0].isupper()]
        letters = "".join(word[0] for word in capitals if word not in ("The", "A")).casefold()
        if len(letters) > 1:
            self._by_words.setdefault((letters,), entity)

    def _learn(self, entity: Entity, phrase: Phrase, text: str) -> None:
        """Take from one mention of a name what it says about who it is."""
        reading = phrase.reading
        if (
            entity.kind is None
            and reading.kind
            and (len(entity.words) == 1 or " " in (reading.name or "") or reading.before)
        ):
            entity.kind = reading.kind
        if entity.kind in ("person", None):
            entity.gender = entity.gender or reading.gender
        if len(reading.name or "") > len(entity.name or "") and name_words(reading.name) == entity.words:
            entity.name = reading.name
        if reading.before:
            self._add_role(entity, reading.before)
        if text[phrase.end : phrase.end + 2] == ", " and (found := _APPOSITION.match(text, phrase.end)):
            if found["age"]:
                entity.kind, entity.age = entity.kind or "person", found["age"]
            if phrase.reading.text.endswith((reading.name or "").split(" ")[-1]):
                self._add_apposition(entity, found["role"])
        if entity.kind is None:
            entity.kind = kind_beside(text, phrase)
        entity.is_body = entity.is_body or is_addressed(text, phrase) or stands_for_place(text, phrase)
        if reading.head and reading.kind not in ("person", None) and entity.kind not in ("person", None):
            entity.heads.add(reading.head)

    def _add_role(self, entity: Entity, before: str) -> None:
        words = [word.strip(".,").lower() for word in before.split()]
        entity.heads.update(nouns_of_role(words))
        if aged := _AGED.search(before):
            entity.age = aged[0]
        role = plain_role(before)
        if role and entity.role is None and entity.kind in ("person", None):
            entity.role = role
        if entity.kind in ("person", None):
            entity.gender = entity.gender or next((g for word in words if (g := gender_of_noun(word))), "")

    def _add_apposition(self, entity: Entity, role: str) -> None:
        if not role or _NOT_ROLE.match(role):
            return
        reading = read_phrase(role)
        if reading.name or reading.pronoun or not reading.head or not kind_of_noun(reading.head.rsplit("-", 1)[-1]):
            return
        if reading.kind in ("anonymous", "official_unnamed") and entity.kind in ("person", None):
            entity.kind = "person"
            words = role.lower().split()
            entity.heads.update(nouns_of_role(words))
            if entity.role is None:
                article = reading.determiner in ("a", "an", "the")
                entity.role = plain_role(role[len(reading.determiner) + 1 :] if article else role) or None
            entity.gender = entity.gender or next((g for word in words if (g := gender_of_noun(word))), "")
        elif reading.kind == "organisation" and entity.kind in ("organisation", None):
            entity.kind = "organisation"
            entity.heads.add(reading.head)


def _certainty(named: tuple[Phrase, bool]) -> tuple[bool, bool, int]:
    """Return what sorts surer and longer names first."""
    phrase, source = named
    doubtful = phrase.opens and not source and not pronoun_of_name(name_words(phrase.reading.name)[0])
    return doubtful, not (phrase.sure or source), -len(name_words(phrase.reading.name))
