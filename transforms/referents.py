"""Who a mention means, read in text order: names by their words, pronouns and descriptions by who fits best."""

from collections.abc import Sequence

from transforms.bodies import IT, THEY
from transforms.choices import Choose, Setting, Span, choose
from transforms.descriptions import Descriptions
from transforms.entities import Entity, name_words, settle_kind
from transforms.known_names import Names
from transforms.name_phrases import Reading
from transforms.names import fold
from transforms.phrases import read_phrase
from transforms.presence import Presence
from transforms.pronouns import count_pronouns, find_hints, find_later, find_later_group, fits
from transforms.salience import HE
from transforms.text_phrases import Phrase

PEOPLE_SUFFIXES = ("ers", "ors", "ists", "ians", "ants", "ees", "ents", "ics")
MODELS = {"he": HE, "she": HE, "it": IT, "they": THEY}


class Referents:
    """The entities of one article as its phrases are read one by one."""

    def __init__(
        self, text: str, phrases: Sequence[tuple[Phrase, bool]], quotes: Sequence[Span], choose: Choose = choose
    ) -> None:
        self.names = Names(text, phrases)
        self.presence = Presence(quotes)
        self._phrases = phrases
        self._choose = choose
        self._undecided: dict[tuple[tuple[str, ...], str], Entity] = {}  # surnames of two who both fit
        for phrase, source in phrases:
            if source and phrase.reading.name and (spoken := self.names.find(phrase.reading)):
                spoken.speaks = True
        count_pronouns(self.names, phrases, self.presence.in_quote)
        self._hints = find_hints(phrases, self.presence.in_quote)
        for entity in self.names.entities:
            settle_kind(entity)
        self._descriptions = Descriptions(text, phrases, self.names, self.presence, choose)

    def read(
        self,
        at: int,
        outer: Entity | None = None,
        *,
        nested: bool = False,
        content: Span = (0, 0),
    ) -> Entity | None:
        """Return who the phrase with that number means, None if the text does not tell.

        A nested source stands in the content of another statement, which `outer` says, if that is known yet.
        """
        phrase, source = self._phrases[at]
        quoted = self.presence.in_quote(phrase.start)
        reading = self._read_surname(phrase.reading)
        phrase = phrase._replace(reading=reading)
        scene = self.presence.scene
        if reading.pronoun:
            setting = Setting(phrase, quoted, content, scene)
            entity = self._resolve_pronoun(at, setting, outer) if source or not quoted else None
        elif reading.name and not self._is_plural_opening(reading):
            entity = self._resolve_name(phrase, source)
        else:
            setting = Setting(phrase._replace(reading=_as_group(reading)), quoted, content, scene)
            entity = self._descriptions.resolve(setting, outer)
        if entity is not None:
            self.presence.meet(entity, phrase, quoted, source)
            if source and not nested:
                scene.previous, scene.previous_paragraph = entity, phrase.paragraph
        return entity

    def named(self, text: str, source: Span | None) -> Entity | None:
        """Return whom a source further on names, None if it is no name."""
        reading = read_phrase(text[slice(*source)]) if source else None
        return self.names.find(reading) if reading and reading.name else None

    def _read_surname(self, reading: Reading) -> Reading:
        """Return the reading of a capital that is a noun too as a name, if the article has that name: Brewer."""
        word = reading.text
        if reading.name or " " in word or not word[:1].isupper() or not self.names.has_surname(fold(word)):
            return reading
        return Reading(word, name=word)

    def _is_plural_opening(self, reading: Reading) -> bool:
        """Return whether a capital only starts a sentence: "Parishioners", unless the article has that name."""
        name = reading.name or ""
        return (
            reading.kind is None and " " not in name and reading.text.startswith(name) and not reading.before
            and (name.endswith(PEOPLE_SUFFIXES) or (name[-1] == "s" and name[:-1].isupper() and len(name) > 2))
            and sum(1 for e in self.names.entities if name_words(name)[0] in e.words and len(e.words) > 1) == 0
        )  # fmt: skip

    def _resolve_name(self, phrase: Phrase, source: bool) -> Entity | None:
        reading = phrase.reading
        entity = self.names.find(reading, self._hints.get(phrase.start, ""))
        if entity is None and source:
            words = name_words(reading.name)
            new = Entity(reading.kind, reading.name, words, gender=reading.gender)
            entity = self._undecided.setdefault((words, reading.gender), new)
        elif entity is None and phrase.subject and not self.presence.in_quote(phrase.start):
            self.presence.hear(Entity(None, reading.name), phrase)  # Roe walked off
        if entity is not None and entity.last is None:
            self._descriptions.name_unnamed(entity, phrase)
        if entity is not None and len(name_words(reading.name)) == 1 and not reading.before:
            entity.called.update(name_words(reading.name))
        return entity

    def _resolve_pronoun(self, at: int, setting: Setting, outer: Entity | None) -> Entity | None:
        reading, quoted = setting.phrase.reading, setting.quoted
        if reading.pronoun in ("i", "we"):
            return outer
        if reading.pronoun not in MODELS:
            return None
        candidates = [e for e in self.presence.near(setting.phrase) if not (quoted and e is outer) and fits(e, reading)]
        if not candidates and reading.pronoun in ("he", "she"):
            return find_later(setting.phrase, self._phrases, at, self.names, outer)
        if not candidates and reading.pronoun == "they" and (group := find_later_group(self._phrases, at)):
            return self._descriptions.resolve(setting._replace(phrase=group), outer)
        return self._choose(MODELS[reading.pronoun], candidates, setting)


def _as_group(reading: Reading) -> Reading:
    """Return the reading of a capital that only starts a sentence as the group it means: "Parishioners"."""
    if not reading.name:
        return reading
    return Reading(reading.text, kind="group", head=fold(reading.text)[:-1], many=True)
