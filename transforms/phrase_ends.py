"""How far a name or a description reaches among the words of a text."""

import re
from functools import lru_cache

from transforms.cues import words_of
from transforms.mentions import DETERMINERS, FUNCTION_WORDS
from transforms.name_phrases import Reading
from transforms.names import PARTICLES, fold
from transforms.phrases import ARTICLES, PRONOUNS, read_phrase
from transforms.speaker_nouns import kind_of_noun

_INFORMED = re.compile(r" (?:familiar with|close to|briefed on|with (?:direct )?knowledge)\b")
_NICKNAME = re.compile(r" [“\"‘'(](?P<name>\w[\w .-]{0,20})[”\"’')] (?=\w)")  # John “Bud” Smith
STARTERS = frozenset(
    (
        *FUNCTION_WORDS,
        *DETERMINERS,
        *words_of("""
    no yes well dear hi hello sorry thanks thank whether either neither nor yesterday please let asked until
    unlike among beyond next out up off down inside outside behind beside between beneath unless except besides
    given did does do can may might must should won’t don’t didn’t isn’t wasn’t never always maybe perhaps oh ok
    okay hey sir such like despite following
    """),
    )
)  # with which a sentence starts, and no name
PREPOSITIONS = frozenset({"of", "in", "at", "to", "from", "near", "with", "by", "for", "on", "against", "than",
                           "about", "across", "outside", "inside", "around", "toward", "towards"})  # fmt: skip
NOT_NAMES = frozenset(
    words_of("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december i i’m i've i’ve i'm i’d i’ll mr mrs ms dr
    """)
)
MAX_WORDS = 8  # of one name, titles included

Token = tuple[str, int, int]  # text, start, end


@lru_cache(maxsize=8192)
def can_end_phrase(word: str) -> bool:
    """Return whether a word in lower case can be a pronoun, or the noun of a description."""
    return word in PRONOUNS or bool(kind_of_noun(word)) or word.endswith("-year-old")


def name_end(text: str, tokens: list[Token], i: int) -> int:
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


def description_before(
    text: str, tokens: list[Token], i: int, first: int, floor: int
) -> tuple[int, bool, Reading] | None:
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
            governed = j > first and tokens[j - 1][0].lower() in PREPOSITIONS
            return tokens[j][1], governed, read_phrase(text[tokens[j][1] : end])
        if tokens[j][0].lower() in FUNCTION_WORDS:
            break
    kind = kind_of_noun(tokens[i][0].lower())
    if kind == "group" or tokens[i][0].lower() in ("police", "prosecutors", "officials"):
        governed = i > first and tokens[i - 1][0].lower() in PREPOSITIONS
        return tokens[i][1], governed, read_phrase(tokens[i][0])
    return None
