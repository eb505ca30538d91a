"""Who a mention means, read in text order: names by their words, pronouns and descriptions by who fits best."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from transforms.appositions import find_appositions, find_lead
from transforms.described import ANYONES_NOUNS, choose_described
from transforms.entities import ABBREVIATIONS, Entity, Names, family, name_words, settle_kind
from transforms.names import fold
from transforms.phrases import NUMERALS, PERSONS, POSSESSIVES, Reading, read_phrase
from transforms.salience import Scene, choose
from transforms.speaker_nouns import COMPANIES, GENERIC_BODIES, PUBLIC_BODIES
from transforms.text_phrases import Phrase

Span = tuple[int, int]
NEAR = 25  # entities met last that a pronoun can mean
REACH = 3  # paragraphs across which it can
MARGIN = 0.45  # by which the best has to beat the next
# What makes somebody present to the reader when a pronoun comes; set by hand and search on composed passages.
WEIGHTS = {
    "sentence": 0.7,  # lost with each sentence since
    "paragraph": 0.5,  # met in the same paragraph
    "subject": 1.0,  # met as the subject
    "governed": 0.8,  # lost if met only after a preposition, or as owner
    "quoted": 2.5,  # lost if met in a quotation, for a pronoun outside
    "previous": 1.5,  # the last speaker
    "speaks": 0.3,  # a source somewhere
    "mention": 0.1,  # each mention
    "gender": 1.0,  # known to be he, or she
    "unnamed": 0.3,  # lost by an unnamed person who is no source
}
INDEFINITE = frozenset({"a", "an", "one", "another", "some", "many", "most", "few", "more", *NUMERALS})
PEOPLE_SUFFIXES = ("ers", "ors", "ists", "ians", "ants", "ees", "ents", "ics")


class Referents:
    """The entities of one article as its phrases are read one by one."""

    def __init__(self, text: str, phrases: Sequence[tuple[Phrase, bool]], quotes: Sequence[Span]) -> None:
        self.names = Names(text, phrases)
        self.scene = Scene()
        self._recent: dict[int, Entity] = {}  # met last comes last
        self._described: dict[str, Entity] = {}  # by the description as written, folded
        self._by_head: dict[str, list[Entity]] = defaultdict(list)
        self._enumerated: Entity | None = None  # one user, another, a third
        self._quote_starts = [start for start, _ in quotes]
        self._quotes = quotes
        self._heard: list[tuple[int, int, Entity]] = []  # start and sentence of people met outside quotations
        for phrase, source in phrases:
            if source and phrase.reading.name and (spoken := self.names.find(phrase.reading)):
                spoken.speaks = True
        self._appositions = find_appositions(text, phrases) | find_lead(text, phrases)
        self._again: dict[int, Entity] = {}  # who a description that stands apart means, by its start
        self._count_pronouns(phrases)
        for entity in self.names.entities:
            settle_kind(entity)
            for head in entity.heads | set(entity.words[-1:] if entity.kind == "organisation" else ()):
                self._by_head[head].append(entity)

    def read(
        self,
        phrase: Phrase,
        source: bool,
        outer: Entity | None = None,
        *,
        nested: bool = False,
        content: Span = (0, 0),
    ) -> Entity | None:
        """Return who a phrase means, None if the text does not tell.

        A nested source stands in the content of another statement, which `outer` says, if that is known yet.
        """
        quoted = self.in_quote(phrase.start)
        reading = phrase.reading
        if reading.pronoun:
            entity = self._pronoun(phrase, quoted, outer, content) if source or not quoted else None
        elif reading.name and not self._is_plural_opening(reading):
            entity = self._name(phrase, source)
        else:
            entity = self._description(phrase, quoted, outer, content)
        if entity is not None:
            self._meet(entity, phrase, quoted, source)
            entity.speaks = entity.speaks or source
            if source and not nested:
                self.scene.previous, self.scene.previous_paragraph = entity, phrase.paragraph
        return entity

    def named(self, text: str, source: Span | None) -> Entity | None:
        """Return whom a source further on names, None if it is no name."""
        reading = read_phrase(text[slice(*source)]) if source else None
        return self.names.find(reading) if reading and reading.name else None

    def introduced(self, at: int) -> Entity | None:
        """Return the one person that the sentence just before an offset names, None if there is none or several."""
        end = bisect_right(self._heard, at, key=lambda one: one[0])
        people = self._heard[max(0, end - NEAR) : end]
        people = [one for one in people if one[2].kind or one[2].speaks]
        people = [one for one in people if at - one[0] < 300 and one[1] == people[-1][1]]
        return people[0][2] if people and all(one[2] is people[0][2] for one in people) else None

    def others_between(self, start: int, end: int, entity: Entity | None) -> bool:
        """Return whether somebody else is named between two offsets."""
        first = bisect_left(self._heard, start, key=lambda one: one[0])
        last = bisect_left(self._heard, end, key=lambda one: one[0])
        return any(one[2] is not entity for one in self._heard[first:last])

    def in_quote(self, at: int) -> int:
        """Return the number of the quotation, from 1, that an offset stands in; 0: in none."""
        i = bisect_right(self._quote_starts, at)
        return i if i and at < self._quotes[i - 1][1] else 0

    def _meet(self, entity: Entity, phrase: Phrase, quoted: int, source: bool) -> None:
        self._recent.pop(id(entity), None)
        self._recent[id(entity)] = entity
        entity.mentions += 1
        told = entity.told
        if told is not None and told.subject and told.sentence == phrase.sentence and not entity.last_quoted:
            phrase = told._replace(start=phrase.start, end=phrase.end)
        entity.last, entity.last_quoted = phrase, quoted
        if quoted:
            return
        entity.told, entity.as_source = phrase, source
        if entity.is_person and (entity.kind or entity.speaks or phrase.subject):
            self._heard.append((phrase.start, phrase.sentence, entity))
            if self.scene.paragraph != phrase.paragraph:
                self.scene.paragraph, self.scene.first = phrase.paragraph, entity

    def _count_pronouns(self, phrases: Sequence[tuple[Phrase, bool]]) -> None:
        """Give each named entity the pronouns that follow it in its sentence, or open the next one."""
        before: tuple[Phrase, Entity] | None = None
        opening: tuple[Phrase, Entity] | None = None
        for phrase, _ in phrases:
            pronoun = phrase.reading.pronoun
            if phrase.reading.name and (entity := self.names.find(phrase.reading)):
                before = (phrase, entity)
                opening = before if phrase.subject else opening
            elif pronoun in ("he", "she", "it") and not self.in_quote(phrase.start):
                for near in (before, opening):
                    if near and (
                        near[0].sentence == phrase.sentence
                        or (near[0].sentence == phrase.sentence - 1 and phrase.subject and near[0].subject)
                    ):
                        if self.in_quote(near[0].start) or near[1].kind not in ("person", None):
                            continue
                        if near[1].kind is None and len(near[1].words) == 1 and not near[1].speaks:
                            continue  # a place, for all we know
                        near[1].votes[pronoun] = near[1].votes.get(pronoun, 0) + 1
                        break

    def _is_plural_opening(self, reading: Reading) -> bool:
        """Return whether a capital only starts a sentence: "Parishioners", unless the article has that name."""
        name = reading.name or ""
        return (
            reading.kind is None and " " not in name and reading.text.startswith(name) and not reading.before
            and (name.endswith(PEOPLE_SUFFIXES) or (name[-1] == "s" and name[:-1].isupper() and len(name) > 2))
            and sum(1 for e in self.names.entities if name_words(name)[0] in e.words and len(e.words) > 1) == 0
        )  # fmt: skip

    def _name(self, phrase: Phrase, source: bool) -> Entity | None:
        entity = self.names.find(phrase.reading)
        if entity is None and source:
            entity = Entity(phrase.reading.kind, phrase.reading.name, name_words(phrase.reading.name))
            entity.gender = phrase.reading.gender
        elif entity is None and phrase.subject and not self.in_quote(phrase.start):
            self._heard.append((phrase.start, phrase.sentence, Entity(None, phrase.reading.name)))  # Roe walked off
        return entity

    def _near(self, phrase: Phrase) -> Iterator[Entity]:
        for entity in islice(reversed(self._recent.values()), NEAR):
            if entity.last and phrase.paragraph - entity.last.paragraph <= REACH:
                yield entity

    def _best(self, scored: Sequence[tuple[float, Entity]], margin: float = MARGIN) -> Entity | None:
        ordered = sorted(scored, key=lambda one: -one[0])
        if not ordered or ordered[0][0] < 0:
            return None
        return ordered[0][1] if len(ordered) == 1 or ordered[0][0] - ordered[1][0] >= margin else None

    def _salience(self, entity: Entity, phrase: Phrase, quoted: int) -> float:
        last = entity.last
        if last is None:
            return -9.0
        score = 3.0 - WEIGHTS["sentence"] * (phrase.sentence - last.sentence)
        score += WEIGHTS["paragraph"] * (last.paragraph == phrase.paragraph)
        score += WEIGHTS["subject"] * last.subject - WEIGHTS["governed"] * (last.governed and not last.subject)
        score -= WEIGHTS["quoted"] * (entity.last_quoted and not quoted)
        score += WEIGHTS["previous"] * (entity is self.scene.previous and phrase.paragraph - last.paragraph <= 2)
        score += WEIGHTS["speaks"] * entity.speaks
        return score + min(WEIGHTS["mention"] * entity.mentions, 0.5)

    def _pronoun(self, phrase: Phrase, quoted: int, outer: Entity | None, content: Span) -> Entity | None:
        pronoun = phrase.reading.pronoun
        if pronoun in ("i", "we"):
            return outer
        fits = [(e, fit) for e in self._near(phrase) if not (quoted and e is outer) and (fit := _fits(e, pronoun))]
        if pronoun in ("he", "she"):
            return choose([entity for entity, _ in fits], phrase, quoted, self.scene, content)
        return self._best([(self._salience(entity, phrase, quoted) + fit, entity) for entity, fit in fits])

    def _description(self, phrase: Phrase, quoted: int, outer: Entity | None, content: Span) -> Entity | None:
        reading = phrase.reading
        key = fold(reading.text)
        words = reading.text.lower().split()
        definite = reading.determiner not in INDEFINITE and not (reading.determiner == "" and reading.many)
        if reading.name and self._is_plural_opening(reading):
            reading = Reading(reading.text, kind="group", head=fold(reading.text)[:-1], many=True)
            definite = False
        entity = self._again.get(phrase.start)
        beside = self._appositions.get(phrase.start)
        named = self.names.find(beside.reading) if beside and beside.reading.name else None
        if entity is None and (definite or reading.determiner == ""):
            entity = self._described.get(key)
            if entity is None and definite and "other" not in words[:3]:
                entity = self._definite(phrase, quoted, outer, content, unnamed=named is not None)
        if entity is None:
            entity = named or self._new(reading)
            self._described[key] = entity
        if named and not entity.words:
            entity = self._know(entity, named)
        elif beside and not named:
            self._again[beside.start] = entity
        if named:
            self._by_head[ABBREVIATIONS.get(reading.head, reading.head)].append(named)
            named.heads.add(reading.head)
        return entity

    def _know(self, entity: Entity, named: Entity) -> Entity:
        """Return the named entity that an unnamed one turns out to be."""
        entity.known_as = named
        named.heads |= entity.heads
        named.kind = named.kind or ("person" if entity.kind in PERSONS else entity.kind)
        named.mentions += entity.mentions
        named.gender = named.gender or entity.gender
        named.speaks = named.speaks or entity.speaks
        self._recent.pop(id(entity), None)
        for head in entity.heads:
            self._by_head[head] = [named if one is entity else one for one in self._by_head[head]]
        self._described = {key: named if one is entity else one for key, one in self._described.items()}
        if self.scene.previous is entity:
            self.scene.previous = named
        named.last, named.last_quoted, named.told = entity.last, entity.last_quoted, entity.told
        return named

    def _new(self, reading: Reading) -> Entity:
        kind, heads = reading.kind, {reading.head}
        bare = reading.text.lower() in (
            "one",
            "another",
            "a second",
            "a third",
            "a fourth",
            "others",
            "some",
            "a fifth",
        )
        if bare and self._enumerated:
            heads |= self._enumerated.heads
            if self._enumerated.kind == "official_unnamed" and not reading.many:
                kind = self._enumerated.kind
        if " of them" in reading.text.lower():
            group = next((e for e in reversed(self._recent.values()) if e.many), None)
            if group and group.heads & _OFFICIAL_HEADS:
                kind = "official_unnamed"
        name = reading.text
        entity = Entity(kind, name, heads=heads, gender=reading.gender, many=reading.many)
        for head in heads:
            self._by_head[ABBREVIATIONS.get(head, head)].append(entity)
        if reading.determiner in INDEFINITE:
            self._enumerated = entity
        return entity

    def _definite(
        self, phrase: Phrase, quoted: int, outer: Entity | None, content: Span, *, unnamed: bool = False
    ) -> Entity | None:
        """Return whom "the senator", "the 54-year-old", "the company" go back to, None if to nobody plainly."""
        reading = phrase.reading
        head = ABBREVIATIONS.get(reading.head, reading.head)
        own = reading.determiner in POSSESSIVES or "’s " in reading.text or "'s " in reading.text
        age = reading.head.split("-")[0] if reading.head.endswith("-year-old") else ""
        if not age and "-year-old" in reading.text:
            age = reading.text.split("-year-old")[0].rsplit(" ", 1)[-1]
        met = [e for e in self._by_head.get(head, ()) if e.many == reading.many and _modified_alike(e, reading)]
        if own:
            met = [e for e in met if e.words]
        if unnamed:
            met = [e for e in met if not e.words]
        seen = [e for e in met if e.last is not None]
        pool = seen or met
        if len(pool) == 1:
            return pool[0]
        if pool:
            return self._best([(self._salience(e, phrase, quoted), e) for e in pool if e.last])
        if unnamed:
            return None
        near = list(self._near(phrase))
        if age:
            aged = [e for e in self.names.entities if e.age == age]
            if len(aged) == 1:
                return aged[0]
        if own or reading.many:
            return None
        if reading.kind == "organisation":
            return self._body(phrase, head, near, quoted)
        if reading.kind in PERSONS and reading.determiner in ("the", "this"):
            people = [e for e in near if e.is_person and e.words and e.kind and e is not (outer if quoted else None)]
            people = [e for e in people if not reading.gender or e.gender in ("", reading.gender)]
            people = [e for e in people if not (age and e.age)]
            return choose_described(people, phrase, quoted, self.scene, content)
        return None

    def _body(self, phrase: Phrase, head: str, near: Sequence[Entity], quoted: int) -> Entity | None:
        wanted = "public" if head in PUBLIC_BODIES else "company" if head in COMPANIES else ""
        scored = []
        for entity in near:
            if entity.kind not in ("organisation", None) or entity.many or not entity.words:
                continue
            kind = family(entity)
            if head not in GENERIC_BODIES and (wanted == "public" or (kind and kind != wanted)):
                continue
            if entity.kind is None and (not wanted or (entity.last and entity.last.governed)):
                continue
            scored.append((self._salience(entity, phrase, quoted), entity))
        return self._best(scored)


_OFFICIAL_HEADS = frozenset({"official", "diplomat", "adviser", "aide", "minister", "officer", "source", "insider"})
_IDLE = frozenset({"the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "my", "new", "old", "former",
                   "own", "two", "three", "same", "young", "local", "other", "one", "senior"})  # fmt: skip


def _modified_alike(entity: Entity, reading: Reading) -> bool:
    """Return whether what stands before the noun of a description can be said of an entity: "the prime | minister"."""
    words = reading.text.lower().split()
    if reading.head not in words or reading.head in ANYONES_NOUNS:
        return True
    modifiers = {fold(word) for word in words[: words.index(reading.head)]} - _IDLE
    known = {fold(word) for word in f"{entity.name or ''} {entity.role or ''}".split()}
    return not modifiers or bool(modifiers & known) or not known - _IDLE - set(entity.words) - entity.heads


def _fits(entity: Entity, pronoun: str) -> float:
    """Return how well a pronoun fits an entity by kind, number and gender; 0: not at all."""
    kind = entity.kind
    if pronoun in ("he", "she"):
        if not entity.is_person or (entity.gender and entity.gender != pronoun):
            return 0.0
        if kind is None:
            return 0.3 if entity.speaks or len(entity.words) in (2, 3) else 0.0
        known = WEIGHTS["gender"] * (entity.gender == pronoun)
        return 1.0 + known - WEIGHTS["unnamed"] * (not entity.words and not entity.speaks)
    if pronoun == "it":
        if entity.many or kind not in ("organisation", "document", None):
            return 0.0
        return 1.0 if kind else 0.1
    if entity.many or kind == "group":
        return 2.0
    return {"organisation": 0.6, "official_unnamed": 0.3, "anonymous": 0.3, "person": 0.05}.get(kind or "", 0.0)
