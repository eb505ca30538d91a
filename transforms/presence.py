"""Who has been met so far in an article, where, and how present each is to the reader."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from transforms.choices import Scene, Span
from transforms.entities import Entity
from transforms.text_phrases import Phrase

NEAR = 25  # entities met last that a pronoun can mean
REACH = 3  # paragraphs across which it can
LEAD = 300  # characters before a quotation in which its speaker is introduced


class Presence:
    """The entities of one article in the order in which they were met; grows as the article is read."""

    def __init__(self, quotes: Sequence[Span]) -> None:
        self.scene = Scene()
        self._quotes = quotes
        self._quote_starts = [start for start, _ in quotes]
        self._recent: dict[int, Entity] = {}  # met last comes last
        self._heard: list[tuple[int, int, Entity]] = []  # start and sentence of people met outside quotations

    def in_quote(self, at: int) -> int:
        """Return the number of the quotation, from 1, that an offset stands in; 0: in none."""
        i = bisect_right(self._quote_starts, at)
        return i if i and at < self._quotes[i - 1][1] else 0

    def meet(self, entity: Entity, phrase: Phrase, quoted: int, source: bool) -> None:
        """Note that an entity is mentioned here."""
        self._recent.pop(id(entity), None)
        self._recent[id(entity)] = entity
        entity.mentions += 1
        entity.speaks = entity.speaks or source
        told = entity.told
        if told is not None and told.subject and told.sentence == phrase.sentence and not entity.last_quoted:
            phrase = told._replace(start=phrase.start, end=phrase.end)
        entity.last, entity.last_quoted = phrase, quoted
        if quoted:
            return
        entity.told, entity.as_source = phrase, source
        if entity.is_person and (entity.kind or entity.speaks or phrase.subject):
            self.hear(entity, phrase)
            if self.scene.paragraph != phrase.paragraph:
                self.scene.paragraph, self.scene.first = phrase.paragraph, entity

    def hear(self, entity: Entity, phrase: Phrase) -> None:
        """Note that a person is named here, outside quotations."""
        self._heard.append((phrase.start, phrase.sentence, entity))

    def replace(self, entity: Entity, named: Entity) -> None:
        """Put the named entity in the place of the unnamed one that it turns out to be."""
        self._recent.pop(id(entity), None)
        if self.scene.previous is entity:
            self.scene.previous = named

    def near(self, phrase: Phrase) -> Iterator[Entity]:
        """Yield the entities that a pronoun here can mean, met last first."""
        for entity in islice(reversed(self._recent.values()), NEAR):
            if entity.last and phrase.paragraph - entity.last.paragraph <= REACH:
                yield entity

    def last_group(self) -> Entity | None:
        """Return the group met last: of whom "one of them" is one."""
        return next((entity for entity in reversed(self._recent.values()) if entity.many), None)

    def introduced(self, at: int, since: int = 0) -> Entity | None:
        """Return the one person that the sentence before an offset names, after `since`; None for none or several."""
        end = bisect_right(self._heard, at, key=lambda one: one[0])
        people = [one for one in self._heard[max(0, end - NEAR) : end] if one[2].kind or one[2].speaks]
        people = [one for one in people if since <= one[0] and at - one[0] < LEAD and one[1] == people[-1][1]]
        return people[0][2] if people and all(one[2] is people[0][2] for one in people) else None

    def others_between(self, start: int, end: int, entity: Entity | None) -> bool:
        """Return whether somebody else is named between two offsets."""
        first = bisect_left(self._heard, start, key=lambda one: one[0])
        last = bisect_left(self._heard, end, key=lambda one: one[0])
        return any(one[2] is not entity for one in self._heard[first:last])
