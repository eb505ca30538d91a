"""One pass over an article for the noun phrases that can name a speaker: names, descriptions, pronouns."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from transforms.name_phrases import Reading
from transforms.phrase_ends import NOT_NAMES, PREPOSITIONS, STARTERS, can_end_phrase, description_before, name_end
from transforms.phrases import PRONOUNS, read_phrase
from transforms.speaker_nouns import kind_of_noun

# A word, an initial or a short title with its stop: "Lopez’s", "54-year-old", "J.", "Sen."
_WORD = re.compile(
    r"(?:Mr|Mrs|Ms|Mx|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|Prof|Rev|Fr|Hon|St|Jr|Sr|Det|Supt|Insp|Cllr|Brig)\."
    r"|(?:[A-Z]\.)+|\w+(?:[’'‑-]\w+)*"
)
_SENTENCE_END = re.compile(r"[.!?…][”\"’')\]]*\s|\n")
_OPENING = ("“", '"', "‘", "'", "(", "—", ": ", "- ")  # what follows is written as a start, though no new sentence


class Phrase(NamedTuple):
    """A noun phrase in its place. Sentences and paragraphs are numbered through the article."""

    start: int
    end: int
    sentence: int
    paragraph: int
    subject: bool  # opens its sentence, or stands first in it outside a preposition
    governed: bool  # stands after a preposition, or owns something: "of Lopez", "Lopez’s"
    reading: Reading
    sure: bool = True  # False: a single capital at the start of a sentence, a name only if it is one elsewhere
    opens: bool = False  # a run of capitals at the start of a sentence: its first word may be none of the name


class Layout(NamedTuple):
    """Where the sentences of an article start, and which paragraph each stands in."""

    sentence_starts: list[int]
    sentence_paragraphs: list[int]

    def place(self, at: int) -> tuple[int, int]:
        """Return the sentence and the paragraph of an offset."""
        sentence = max(0, bisect_right(self.sentence_starts, at) - 1)
        return sentence, self.sentence_paragraphs[sentence]


def find_phrases(text: str) -> tuple[list[Phrase], Layout]:
    """Return the phrases of a text in order, and its sentences."""
    tokens = [(found[0], *found.span()) for found in _WORD.finditer(text)]
    layout = Layout([0], [0])
    phrases: list[Phrase] = []
    sentence = paragraph = 0
    opened = 0  # phrases before this sentence
    first = 0  # token that opens the sentence
    i, count, end = 0, len(tokens), 0
    heading = _is_heading(text, 0)
    while i < count:
        word, start, token_end = tokens[i]
        if start - end != 1:
            gap = text[end:start]
            if "\n" in gap or (_SENTENCE_END.search(gap) and not word[0].islower()):
                paragraph += "\n" in gap
                sentence += 1
                layout.sentence_starts.append(start)
                layout.sentence_paragraphs.append(paragraph)
                opened, first = len(phrases), i
                heading = "\n" in gap and _is_heading(text, start)
            elif gap.endswith(_OPENING):
                first = i
        end = token_end
        low = word.lower() if word[0].isupper() else word
        if low is word and not can_end_phrase(low):
            i += 1
            continue
        if low is not word and low not in NOT_NAMES and not (i == first and low in STARTERS) and low not in PRONOUNS:
            after = name_end(text, tokens, i)
            last = tokens[after - 1]
            before = tokens[i - 1][0].lower() if i > first else ""
            reading = read_phrase(text[tokens[i - 1][1] if before == "the" else start : last[2]])
            if before == "the":
                before = tokens[i - 2][0].lower() if i - 1 > first else ""
            elif before and before not in PREPOSITIONS and kind_of_noun(before) and reading.name:
                reading = read_phrase(f"{before} {text[start : last[2]]}")
            governed = before in PREPOSITIONS or last[0].endswith(("’s", "'s"))
            subject = len(phrases) == opened and not governed
            if before == "and" and len(phrases) > opened and text[phrases[-1].end : start] == " and ":
                subject = phrases[-1].subject  # Ann Lee and Eve Roe met
            sure = not heading and not (i == first and after == i + 1)
            titled = not reading.name and after < count and kind_of_noun(tokens[after][0])  # Head | librarian
            shouted = after - i > 2 and text[start : last[2]].isupper()
            if (
                (reading.name or (reading.kind and not titled))
                and not shouted
                and not (after == i + 1 and (low in STARTERS or len(low) == 1))
                and before not in ("a", "an")
            ):
                phrases.append(
                    Phrase(start, last[2], sentence, paragraph, subject, governed, reading, sure, i == first)
                )
            end, i = last[2], after
            continue
        if low in PRONOUNS:
            reading = read_phrase(low)
            if reading.pronoun in ("he", "she", "they", "it"):
                subject = len(phrases) == opened
                governed = low in ("his", "their", "its", "him", "them") or (low == "her")
                phrases.append(Phrase(start, end, sentence, paragraph, subject, governed, reading))
        elif can_end_phrase(low):
            described = phrases and not phrases[-1].reading.name and not phrases[-1].reading.pronoun
            floor = phrases[-1].end if described else 0
            phrase = description_before(text, tokens, i, first, floor)
            if phrase is not None:
                at, governed, reading = phrase
                subject = len(phrases) == opened and not governed
                phrases.append(Phrase(at, end, sentence, paragraph, subject, governed, reading))
        i += 1
    return phrases, layout


def _is_heading(text: str, start: int) -> bool:
    """Return whether a line is a headline, by its end: there every word may have a capital."""
    end = text.find("\n", start)
    line_end = text[max(start, (len(text) if end < 0 else end) - 3) : len(text) if end < 0 else end].rstrip()
    return not line_end.endswith((".", "!", "?", "”", '"', "’", "'", ":", "…", ")", ","))


def merge_sources(
    phrases: Sequence[Phrase], layout: Layout, text: str, sources: Sequence[tuple[int, int]]
) -> list[tuple[Phrase, bool]]:
    """Return the phrases with the sources in the place of what they overlap, and which of them are sources."""
    merged: list[tuple[Phrase, bool]] = []
    spans = sorted(set(sources))
    i = 0
    for start, end in spans:
        while i < len(phrases) and phrases[i].end <= start:
            merged.append((phrases[i], False))
            i += 1
        subject = False
        while i < len(phrases) and phrases[i].start < end:
            subject = subject or phrases[i].subject
            i += 1
        sentence, paragraph = layout.place(start)
        merged.append((Phrase(start, end, sentence, paragraph, subject, False, read_phrase(text[start:end])), True))
    merged += [(phrase, False) for phrase in phrases[i:]]
    return merged
