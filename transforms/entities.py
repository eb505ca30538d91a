"""Who an article talks about: people, bodies and papers, with every name and noun that means them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.records import SpeakerType
from transforms.given_names import pronoun_of_name
from transforms.names import COURTESY, fold, is_title
from transforms.phrases import PERSONS, Reading, read_phrase
from transforms.speaker_nouns import COMPANIES, PUBLIC_BODIES, gender_of_noun, kind_of_noun, singular
from transforms.text_phrases import Phrase

MANY = 8  # entities that share a word: more are nobody's name
ABBREVIATIONS = {
    "sgt": "sergeant", "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general",
    "prof": "professor", "dr": "doctor", "cllr": "councillor", "det": "detective", "supt": "superintendent",
    "insp": "inspector", "capt": "captain", "lt": "lieutenant", "col": "colonel", "rev": "reverend",
    "pres": "president", "mum": "mother", "mom": "mother", "dad": "father",
}  # fmt: skip
BROADER = {
    "attorney": "lawyer", "barrister": "lawyer", "solicitor": "lawyer", "advocate": "lawyer", "counsel": "lawyer",
    "senator": "lawmaker", "congressman": "lawmaker", "congresswoman": "lawmaker",
    "mp": "lawmaker", "legislator": "lawmaker", "sergeant": "officer", "constable": "officer", "detective": "officer",
    "midfielder": "player", "striker": "player", "defender": "player", "goalkeeper": "player", "winger": "player",
    "forward": "player", "footballer": "player", "pianist": "musician", "guitarist": "musician", "singer": "musician",
    "surgeon": "doctor", "headteacher": "head", "skipper": "captain", "premier": "minister", "mother": "parent",
    "father": "parent", "novelist": "author", "writer": "author", "archbishop": "bishop",
    "spokeswoman": "spokesperson", "spokesman": "spokesperson", "chairman": "chair", "chairwoman": "chair",
    "poster": "user", "cardinal": "bishop",
    "keeper": "goalkeeper", "commenter": "user", "redditor": "user", "representative": "official", "insider": "source",
}  # fmt: skip
_APPOSITION = re.compile(
    r",\s(?:(?P<age>\d{1,3}),?\s?)?(?P<role>[^,.;:“”\"\n()—–]{0,90})"
)  # , 54, a baker and mother of two
_AGED = re.compile(r"\d{1,3}(?=-year-old)")
_NOT_ROLE = re.compile(
    r"(?:who|whose|whom|which|and|but|said|says|told|where|when|while|as|in|at|from|of|to|with|is|was|after)\b"
)


@dataclass(slots=True, eq=False)
class Entity:
    """One possible speaker; where it was met last changes as the article is read."""

    kind: SpeakerType | None  # None: a name that does not tell
    name: str | None
    words: tuple[str, ...] = ()  # folded words of the name
    role: str | None = None
    gender: str = ""
    many: bool = False
    heads: set[str] = field(default_factory=set)  # nouns that can mean it: senator, union
    age: str = ""
    votes: dict[str, int] = field(default_factory=dict)  # pronouns beside it
    last: Phrase | None = None
    last_quoted: int = 0  # the number of the quotation in which it was met last, 0: in none
    told: Phrase | None = None  # where it was met last outside quotations
    as_source: bool = False  # and whether as a source
    mentions: int = 0
    speaks: bool = False  # some statement names it as its source
    known_as: "Entity | None" = None  # who it turned out to be

    @property
    def root(self) -> "Entity":
        """Who it turned out to be, itself if nobody else."""
        return self if self.known_as is None else self.known_as.root

    @property
    def is_person(self) -> bool:
        """Whether it can be one human being."""
        return self.kind in ("person", None, *PERSONS) and not self.many


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
            if (
                len(words) == 1
                and (phrase.sure or source)
                and words not in self._by_words
                and not self._by_word.get(words[0])
            ):
                self._add(words, phrase.reading)
        for (phrase, _), (following, _) in pairwise(named):
            bracketed = text[phrase.end : following.start] == " (" and text[following.end : following.end + 1] == ")"
            if bracketed and (named_before := self.find(phrase.reading)):
                self._by_words[name_words(following.reading.name)] = named_before  # the National Farmers’ Union (NFU)
        for phrase, _ in named:
            if entity := self.find(phrase.reading):
                self._learn(entity, phrase, text)

    def find(self, reading: Reading) -> Entity | None:
        """Return the entity of a name, None if none or several have it."""
        words = name_words(reading.name)
        if entity := self._by_words.get(words):
            return entity
        found = self._sharing(words)
        if len(found) > 1 and reading.gender:
            found = [entity for entity in found if entity.gender in ("", reading.gender)]
        if len(found) > 1 and len(words) == 1:
            found = [entity for entity in found if entity.words[-1] == words[0]]
        if len(found) > 1:  # of a family, whom the article has spoken of most so far
            found = [entity for entity in found if entity.mentions]
            most = max((entity.mentions for entity in found), default=0)
            found = [entity for entity in found if entity.mentions == most]
        return found[0] if len(found) == 1 else None

    def knows(self, words: tuple[str, ...]) -> bool:
        """Return whether a name is one of the article's, or part of one."""
        return words in self._by_words or bool(words and self._by_word.get(words[-1]))

    def _sharing(self, words: tuple[str, ...]) -> list[Entity]:
        listed = [self._by_word.get(word, []) for word in words]
        shortest = min(listed, key=len, default=[])
        if not shortest or len(shortest) > MANY:
            return []
        return [entity for entity in shortest if set(words) <= set(entity.words)]

    def _add_long(self, words: tuple[str, ...], phrase: Phrase, source: bool) -> None:
        if not (phrase.sure or source):  # a headline
            if phrase.reading.kind == "person" and pronoun_of_name(words[0]):
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
            if entity.kind is None and re.match(r",\s(?:\d+,\s)?who\b", text[phrase.end : phrase.end + 12]):
                entity.kind = "person"
            self._add_apposition(entity, found["role"])
        if reading.head and reading.kind not in ("person", None) and entity.kind not in ("person", None):
            entity.heads.add(reading.head)

    def _add_role(self, entity: Entity, before: str) -> None:
        words = [word.strip(".,").lower() for word in before.split()]
        entity.heads.update(_heads(words))
        if aged := _AGED.search(before):
            entity.age = aged[0]
        role = " ".join(word for word in before.split() if word.strip(".").lower() not in COURTESY)
        if role and entity.role is None and entity.kind in ("person", None):
            entity.role = role
        if entity.kind in ("person", None):
            entity.gender = entity.gender or next((g for word in words if (g := gender_of_noun(word))), "")

    def _add_apposition(self, entity: Entity, role: str) -> None:
        if not role or _NOT_ROLE.match(role):
            return
        reading = read_phrase(role)
        if reading.name or reading.pronoun or not reading.head or not kind_of_noun(reading.head):
            return
        if reading.kind in ("anonymous", "official_unnamed") and entity.kind in ("person", None):
            entity.kind = "person"
            words = role.lower().split()
            entity.heads.update(_heads(words))
            if entity.role is None:
                entity.role = role[len(reading.determiner) + 1 :] if reading.determiner in ("a", "an", "the") else role
            entity.gender = entity.gender or next((g for word in words if (g := gender_of_noun(word))), "")
        elif reading.kind == "organisation" and entity.kind in ("organisation", None):
            entity.kind = "organisation"
            entity.heads.add(reading.head)


def _heads(words: Sequence[str]) -> set[str]:
    """Return the nouns of a role that can mean the person: "baker and mother of two" has baker and mother."""
    nouns: set[str] = set()
    for word in words:
        if word in ("of", "for", "at", "in", "from", "with", "on"):
            break
        noun = word.split("-of-")[0]
        noun = ABBREVIATIONS.get(noun, noun)
        if kind_of_noun(noun) in ("anonymous", "official_unnamed") or is_title(noun):
            nouns.add(singular(noun))
    return nouns | {BROADER[noun] for noun in nouns if noun in BROADER}


def name_words(name: str | None) -> tuple[str, ...]:
    """Return the folded words of a name by which its mentions are joined, articles and "of" aside."""
    words = tuple(folded for word in (name or "").split() if (folded := fold(word)) and folded not in _SMALL)
    return words or ("",)


def _certainty(named: tuple[Phrase, bool]) -> tuple[bool, bool, int]:
    """Return what sorts surer and longer names first."""
    phrase, source = named
    doubtful = phrase.opens and not source and not pronoun_of_name(name_words(phrase.reading.name)[0])
    return doubtful, not (phrase.sure or source), -len(name_words(phrase.reading.name))


_SMALL = frozenset({"the", "a", "an", "of", "for", "and", "in", "jr", "sr", "mr", "mrs", "ms", "dr"})


def settle_kind(entity: Entity) -> None:
    """Decide what a name without a kind is by the words beside it: pronouns, its given name."""
    votes = entity.votes
    human = votes.get("he", 0) + votes.get("she", 0)
    if entity.kind is None:
        given = pronoun_of_name(entity.words[0]) if entity.words else ""
        if entity.gender or given or human > votes.get("it", 0):
            entity.kind = "person"
        elif votes.get("it", 0) > human:
            entity.kind = "organisation"
    if entity.kind in ("person", None) and not entity.gender and human:
        he, she = votes.get("he", 0), votes.get("she", 0)
        if max(he, she) > 2 * min(he, she):
            entity.gender = "he" if he > she else "she"
    if entity.kind in ("person", None) and not entity.gender and entity.words and entity.kind == "person":
        entity.gender = pronoun_of_name(entity.words[0])


def family(entity: Entity) -> str:
    """Return what family of bodies an organisation belongs to: company, public, "" if its words do not tell."""
    words = entity.heads | set(entity.words)
    if words & _PUBLIC:
        return "public"
    return "company" if words & _COMPANY else ""


_PUBLIC, _COMPANY = frozenset(PUBLIC_BODIES), frozenset(COMPANIES)
