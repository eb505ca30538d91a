"""One pass over an article for the noun phrases that can name a speaker: names, descriptions, pronouns."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from transforms.cues import words_of
from transforms.mentions import DETERMINERS, FUNCTION_WORDS
from transforms.name_phrases import Reading
from transforms.names import PARTICLES, fold
from transforms.phrases import ARTICLES, PRONOUNS, read_phrase
from transforms.speaker_nouns import kind_of_noun

# A word, an initial or a short title with its stop: "Lopez’s", "54-year-old", "J.", "Sen."
_WORD = re.compile(
    r"(?:Mr|Mrs|Ms|Mx|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|Prof|Rev|Fr|Hon|St|Jr|Sr|Det|Supt|Insp|Cllr|Brig)\."
    r"|(?:[A-Z]\.)+|\w+(?:[’'‑-]\w+)*"
)
_SENTENCE_END = re.compile(r"[.!?…][”\"’')\]]*\s|\n")
_OPENING = ("“", '"', "‘", "'", "(", "—", ": ", "- ")  # what follows is written as a start, though no new sentence
_INFORMED = re.compile(r" (?:familiar with|close to|briefed on|with (?:direct )?knowledge)\b")
_NICKNAME = re.compile(r" [“\"‘'(](?P<name>\w[\w .-]{0,20})[”\"’')] (?=\w)")  # John “Bud” Smith
_STARTERS = frozenset(
    {
        *FUNCTION_WORDS,
        *DETERMINERS,
        "no",
        "yes",
        "well",
        "dear",
        "hi",
        "hello",
        "sorry",
        "thanks",
        "thank",
        "whether",
        "either",
        "neither",
        "nor",
        "yesterday",
        "please",
        "let",
        "asked",
        "until",
        "unlike",
        "among",
        "beyond",
        "next",
        "out",
        "up",
        "off",
        "down",
        "inside",
        "outside",
        "behind",
        "beside",
        "between",
        "beneath",
        "unless",
        "except",
        "besides",
        "given",
        "did",
        "does",
        "do",
        "can",
        "may",
        "might",
        "must",
        "should",
        "won’t",
        "don’t",
        "didn’t",
        "isn’t",
        "wasn’t",
        "never",
        "always",
        "maybe",
        "perhaps",
        "oh",
        "ok",
        "okay",
        "hey",
        "sir",
        "such",
        "like",
        "despite",
        "following",
    }
)
_PREPOSITIONS = frozenset({"of", "in", "at", "to", "from", "near", "with", "by", "for", "on", "against", "than",
                           "about", "across", "outside", "inside", "around", "toward", "towards"})  # fmt: skip
NOT_NAMES = frozenset(
    words_of("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december i i’m i've i’ve i'm i’d i’ll mr mrs ms dr
    """)
)
MAX_WORDS = 8  # of one name, titles included


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


Token = tuple[str, int, int]  # text, start, end


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
        if low is word and not _can_end_phrase(low):
            i += 1
            continue
        if low is not word and low not in NOT_NAMES and not (i == first and low in _STARTERS) and low not in PRONOUNS:
            after = _name_end(text, tokens, i)
            last = tokens[after - 1]
            before = tokens[i - 1][0].lower() if i > first else ""
            reading = read_phrase(text[tokens[i - 1][1] if before == "the" else start : last[2]])
            if before == "the":
                before = tokens[i - 2][0].lower() if i - 1 > first else ""
            elif before and before not in _PREPOSITIONS and kind_of_noun(before) and reading.name:
                reading = read_phrase(f"{before} {text[start : last[2]]}")
            governed = before in _PREPOSITIONS or last[0].endswith(("’s", "'s"))
            subject = len(phrases) == opened and not governed
            if before == "and" and len(phrases) > opened and text[phrases[-1].end : start] == " and ":
                subject = phrases[-1].subject  # Ann Lee and Eve Roe met
            sure = not heading and not (i == first and after == i + 1)
            titled = not reading.name and after < count and kind_of_noun(tokens[after][0])  # Head | librarian
            shouted = after - i > 2 and text[start : last[2]].isupper()
            if (
                (reading.name or (reading.kind and not titled))
                and not shouted
                and not (after == i + 1 and (low in _STARTERS or len(low) == 1))
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
        elif _can_end_phrase(low):
            described = phrases and not phrases[-1].reading.name and not phrases[-1].reading.pronoun
            floor = phrases[-1].end if described else 0
            phrase = _description(text, tokens, i, first, floor)
            if phrase is not None:
                at, governed, reading = phrase
                subject = len(phrases) == opened and not governed
                phrases.append(Phrase(at, end, sentence, paragraph, subject, governed, reading))
        i += 1
    return phrases, layout


@lru_cache(maxsize=8192)
def _can_end_phrase(word: str) -> bool:
    """Return whether a word in lower case can be a pronoun, or the noun of a description."""
    return word in PRONOUNS or bool(kind_of_noun(word)) or word.endswith("-year-old")


def _is_heading(text: str, start: int) -> bool:
    """Return whether a line is a headline, by its end: there every word may have a capital."""
    end = text.find("\n", start)
    line_end = text[max(start, (len(text) if end < 0 else end) - 3) : len(text) if end < 0 else end].rstrip()
    return not line_end.endswith((".", "!", "?", "”", '"', "’", "'", ":", "…", ")", ","))


def _name_end(text: str, tokens: list[Token], i: int) -> int:
    """Return the token after the name that starts at token i."""
    j = i + 1
    while j < len(tokens) and j - i < MAX_WORDS:
        if tokens[j - 1][0].endswith(("’s", "'s")):
            break
        if tokens[j][1] - tokens[j - 1][2] != 1 or text[tokens[j - 1][2]] not in "  ":
            if text[tokens[j - 1][2] : tokens[j][1]] in ("’ ", "' ") and tokens[j - 1][0][-1] == "s":
                ahead = j
                while ahead < len(tokens) and ahead - j < 4 and tokens[ahead][0][0].isupper():
                    if ahead > j and tokens[ahead][1] - tokens[ahead - 1][2] != 1:
                        break
                    ahead += 1
                if ahead > j and kind_of_noun(fold(tokens[ahead - 1][0])) == "organisation":
                    j = ahead  # National Farmers’ Union
                    continue
            nickname = _NICKNAME.match(text, tokens[j - 1][2])
            if not nickname or j + 1 >= len(tokens) or not nickname["name"][0].isupper():
                break
            following = j + len(nickname["name"].split())
            if following >= len(tokens) or not tokens[following][0][0].isupper():
                break
            j = following + 1
            continue
        word = tokens[j][0]
        if word[0].isupper():
            if word.lower() in NOT_NAMES and not word.endswith("."):
                break
            j += 1
        elif word in PARTICLES or word[:3] in ("al-", "el-"):
            ahead = j + 1
            while ahead < len(tokens) and ahead - j < 3 and tokens[ahead][0] in PARTICLES:
                ahead += 1
            if word[:3] in ("al-", "el-"):
                j += 1
            elif (
                ahead < len(tokens)
                and tokens[ahead][0][0].isupper()
                and text[tokens[j][2] : tokens[ahead][1]].strip() in ("", *PARTICLES)
            ):
                j = ahead + 1
            else:
                break
        elif word in ("of", "and", "for") and (longer := _body_end(tokens, i, j)):
            j = longer
        else:
            break
    return j


def _body_end(tokens: list[Token], i: int, j: int) -> int:
    """Return the token after the name of a body that goes on at token j: "Bank | of Thailand"; 0: it does not."""
    k = j + 1
    while k < len(tokens) and k - j < 5 and tokens[k][0][0].isupper() and tokens[k][1] - tokens[k - 1][2] == 1:
        k += 1
    if k == j + 1:
        return 0
    if tokens[j][0] != "and" and kind_of_noun(fold(tokens[j - 1][0])) == "organisation":
        return k
    return k if tokens[j][0] == "and" and kind_of_noun(fold(tokens[k - 1][0])) == "organisation" and j - i < 4 else 0


def _description(text: str, tokens: list[Token], i: int, first: int, floor: int) -> tuple[int, bool, Reading] | None:
    """Return where the description that ends in token i starts, whether a preposition governs it, and its reading.

    It starts after `floor`, where the description before it ends.
    """
    end = tokens[i][2]
    if informed := _INFORMED.match(text, end):
        end = informed.end()  # three people | familiar with
    if i + 1 < len(tokens) and text[end : tokens[i + 1][1]] == " " and kind_of_noun(tokens[i + 1][0]):
        return None  # the police | officer
    for j in range(i - 1, max(first, i - 5) - 1, -1):
        if text[tokens[j][2] : tokens[j + 1][1]] not in (" ", "-") or tokens[j][1] < floor:
            break
        if tokens[j][0].lower() in ARTICLES:
            governed = j > first and tokens[j - 1][0].lower() in _PREPOSITIONS
            return tokens[j][1], governed, read_phrase(text[tokens[j][1] : end])
        if tokens[j][0].lower() in FUNCTION_WORDS:
            break
    kind = kind_of_noun(tokens[i][0].lower())
    if kind == "group" or tokens[i][0].lower() in ("police", "prosecutors", "officials"):
        governed = i > first and tokens[i - 1][0].lower() in _PREPOSITIONS
        return tokens[i][1], governed, read_phrase(tokens[i][0])
    return None


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
