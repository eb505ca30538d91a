"""Whom a description means: "the senator", "the company", "another user", "two officials"."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from schemas.records import SpeakerType
from transforms.appositions import find_appositions, find_lead
from transforms.bodies import BODY
from transforms.choices import Choose, Setting
from transforms.described import DESCRIBED
from transforms.entities import ABBREVIATIONS, Entity, family, nouns_of_role
from transforms.known_names import Names
from transforms.name_phrases import PERSONS, Reading, is_demonym
from transforms.names import fold
from transforms.phrases import NUMERALS, POSSESSIVES
from transforms.presence import Presence
from transforms.salience import HE
from transforms.speaker_nouns import (
    ANYONES_NOUNS,
    BODY_SENSES,
    COMPANIES,
    GENERIC_BODIES,
    PAPER_FAMILIES,
    PERSON_LIKE,
    PUBLIC_BODIES,
    kind_of_noun,
)
from transforms.text_phrases import Phrase

INDEFINITE = frozenset({"a", "an", "one", "another", "some", "many", "most", "few", "more", *NUMERALS})
BARE = frozenset({"one", "another", "a second", "a third", "a fourth", "a fifth", "others", "some"})  # of those before
LEAD_SENTENCES = 8  # in which an article says by name which court it began with
OFFICIAL_NOUNS = frozenset({"official", "diplomat", "adviser", "aide", "minister", "officer", "source", "insider"})
_IDLE = frozenset({"the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "my", "new", "old", "former",
                   "own", "two", "three", "same", "young", "local", "other", "one", "senior"})  # fmt: skip


class Descriptions:
    """The descriptions of one article as they are read one by one, with those who have no other name."""

    def __init__(
        self,
        text: str,
        phrases: Sequence[tuple[Phrase, bool]],
        names: Names,
        presence: Presence,
        choose: Choose,
    ) -> None:
        self._names = names
        self._presence = presence
        self._choose = choose
        self._described: dict[str, Entity] = {}  # by the description as written, folded
        self._by_noun: dict[str, list[Entity]] = defaultdict(list)
        self._enumerated: Entity | None = None  # one user, another, a third
        self._beside: Mapping[int, Phrase] = find_appositions(text, phrases) | find_lead(text, phrases)
        self._again: dict[int, Entity] = {}  # who a description that stands apart means, by its start
        for entity in names.entities:
            for noun in entity.heads | set(entity.words[-1:] if entity.kind == "organisation" else ()):
                self._by_noun[noun].append(entity)

    def resolve(self, setting: Setting, outer: Entity | None) -> Entity:
        """Return whom a description means, a new entity if nobody met before."""
        phrase = setting.phrase
        reading = phrase.reading
        key = fold(reading.text)
        definite = reading.determiner not in INDEFINITE and not (reading.determiner == "" and reading.many)
        beside = self._beside.get(phrase.start)
        named = self._names.find(beside.reading) if beside and beside.reading.name else None
        entity = self._again.get(phrase.start)
        if entity is None and (definite or reading.determiner == ""):
            entity = self._described.get(key)
            if entity is None and definite and "other" not in reading.text.lower().split()[:3]:
                entity = self._go_back(setting, outer, unnamed=named is not None)
        if entity is None:
            entity = named or self._add(reading)
            self._described[key] = entity
        if named and not entity.words:
            self.join(entity, named)
            entity = named
        elif beside and not named:
            self._again[beside.start] = entity
        if reading.many and not phrase.governed and not setting.quoted and entity.kind in ("group", *PERSONS):
            self._enumerated = entity
        if named:
            self._by_noun[ABBREVIATIONS.get(reading.head, reading.head)].append(named)
            named.heads.add(reading.head)
        return entity

    def join(self, entity: Entity, named: Entity) -> None:
        """Let an unnamed entity be the named one that it turns out to be."""
        entity.known_as = named
        named.heads |= entity.heads
        named.kind = named.kind or ("person" if entity.kind in PERSONS else entity.kind)
        named.mentions += entity.mentions
        named.gender = named.gender or entity.gender
        named.speaks = named.speaks or entity.speaks
        for noun in entity.heads:
            self._by_noun[noun] = [named if one is entity else one for one in self._by_noun[noun]]
        self._described = {key: named if one is entity else one for key, one in self._described.items()}
        named.last, named.last_quoted, named.told = entity.last, entity.last_quoted, entity.told
        self._presence.replace(entity, named)

    def _add(self, reading: Reading) -> Entity:
        kind, gender, nouns = reading.kind, reading.gender, {reading.head}
        if reading.kind in PERSONS:
            nouns |= nouns_of_role(reading.text.lower().split())
        others = self._enumerated if reading.text.lower() in BARE else None
        if " of them" in reading.text.lower():
            others = self._presence.last_group()
        if others and not reading.many:
            nouns |= others.heads
            kind, gender = _kind_of_member(others) or kind, gender or others.gender
        entity = Entity(kind, reading.text, heads=nouns, gender=gender, many=reading.many)
        for noun in nouns:
            self._by_noun[ABBREVIATIONS.get(noun, noun)].append(entity)
        if reading.determiner in INDEFINITE:
            self._enumerated = entity
        return entity

    def name_unnamed(self, named: Entity, phrase: Phrase) -> None:
        """Let the one described before with the same noun be whom a new name means: "a vet … The vet, Ann Lee"."""
        reading = phrase.reading
        if not reading.text.lower().startswith("the "):
            return
        if named.kind == "organisation":
            met = [e for e in self._by_noun.get(named.words[-1], ()) if e.kind == "organisation"]
            met = [e for e in met if e.name and e.name.lower().startswith(("a ", "an ")) and _is_lead(e, phrase)]
            if sum(1 for e in self._names.entities if e.words[-1] == named.words[-1]) > 1:
                return
        else:
            nouns = nouns_of_role(reading.before.lower().split())
            met = [e for noun in nouns for e in self._by_noun.get(noun, ()) if e.kind in PERSONS]
            met = [e for e in met if reading.gender in ("", e.gender) or not e.gender]
        met = [e for e in dict.fromkeys(met) if not e.words and not e.many and e.last]
        if len(met) == 1:
            self.join(met[0], named)

    def _go_back(self, setting: Setting, outer: Entity | None, *, unnamed: bool) -> Entity | None:
        """Return whom "the senator", "the 54-year-old", "the company" go back to, None if to nobody plainly."""
        phrase, quoted = setting.phrase, setting.quoted
        reading = phrase.reading
        noun = ABBREVIATIONS.get(reading.head, reading.head)
        own = reading.determiner in POSSESSIVES or "’s " in reading.text or "'s " in reading.text
        met = [e for e in self._by_noun.get(noun, ()) if e.many == reading.many and _is_modified_alike(e, reading)]
        met = [e for e in dict.fromkeys(met) if not (own and not e.words) and not (unnamed and e.words)]
        pool = [e for e in met if e.last is not None] or met
        if len(pool) == 1:
            return pool[0]
        if pool:
            return self._choose(HE, [e for e in pool if e.last], setting)
        if unnamed:
            return None
        age = _age(reading)
        aged = [e for e in self._names.entities if age and e.age == age]
        if len(aged) == 1:
            return aged[0]
        if own or reading.many:
            return None
        near = list(self._presence.near(phrase))
        if reading.kind == "document":
            return _same_paper(reading, near)
        if reading.kind == "organisation":
            return self._choose(BODY, [e for e in near if _can_be_body(e, reading)], setting)
        if reading.kind in PERSONS and reading.determiner in ("the", "this"):
            people = [e for e in near if e.is_person and e.words and e.kind and e is not (outer if quoted else None)]
            people = [e for e in people if not reading.gender or e.gender in ("", reading.gender)]
            return self._choose(DESCRIBED, [e for e in people if not (age and e.age)], setting)
        return None


def _kind_of_member(group: Entity) -> SpeakerType | None:
    """Return the kind of one of a group, None if the group does not tell: one of two officials, of three banks."""
    if group.kind == "official_unnamed" or group.heads & OFFICIAL_NOUNS:
        return "official_unnamed"
    kinds = {kind_of_noun(noun) for noun in group.heads - PERSON_LIKE} & {"organisation", "document"}
    return kinds.pop() if len(kinds) == 1 and group.speaks else None


def _is_lead(entity: Entity, phrase: Phrase) -> bool:
    """Return whether an entity was described at the start of the article, and just before a phrase."""
    near = entity.last is not None and phrase.sentence - entity.last.sentence <= 3
    return near and phrase.sentence <= LEAD_SENTENCES


def _same_paper(reading: Reading, near: Sequence[Entity]) -> Entity | None:
    """Return the one paper near by that another noun of its family means: "a poll … the survey"."""
    family_ = PAPER_FAMILIES.get(reading.head, "")
    papers = [e for e in near if family_ and family_ in {PAPER_FAMILIES.get(noun) for noun in e.heads}]
    plain = reading.determiner in ("the", "this") and reading.text.count(" ") == 1
    return papers[0] if plain and len(papers) == 1 and papers[0].speaks else None


def _age(reading: Reading) -> str:
    """Return the age in a description: 54 of "the 54-year-old"."""
    return reading.text.split("-year-old")[0].rsplit(" ", 1)[-1] if "-year-old" in reading.text else ""


def _can_be_body(entity: Entity, reading: Reading) -> bool:
    """Return whether an entity can be what "the company" means, by its kind and nouns."""
    noun = reading.head
    if entity.kind not in ("organisation", None) or entity.many:
        return False
    sense = BODY_SENSES.get(noun)
    alike = bool(sense) and any(BODY_SENSES.get(other) == sense for other in entity.heads)
    if not entity.words:
        return alike and entity.speaks and reading.text.count(" ") == 1  # the regulator, of a watchdog
    wanted = "public" if noun in PUBLIC_BODIES else "company" if noun in COMPANIES else ""
    told = family(entity)
    if not alike and noun not in GENERIC_BODIES and (wanted == "public" or (told and told != wanted)):
        return False
    return entity.kind is not None or bool(wanted and not (entity.last and entity.last.governed))


def _is_modified_alike(entity: Entity, reading: Reading) -> bool:
    """Return whether what stands before the noun of a description can be said of an entity: "the prime | minister"."""
    words = reading.text.lower().split()
    if reading.head not in words or reading.head in ANYONES_NOUNS:
        return True
    before = reading.text.split()[: words.index(reading.head)]
    modifiers = {fold(word) for word in before} - _IDLE
    known = {fold(word) for word in f"{entity.name or ''} {entity.role or ''}".split()}
    if {fold(word) for word in before[1:] if word[0].isupper() and not is_demonym(word)} - known:
        return False  # the Lee campaign
    return not modifiers or bool(modifiers & known) or not known - _IDLE - set(entity.words) - entity.heads
