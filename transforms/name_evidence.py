"""What the words around a name tell of it: whether somebody, a body or a place has it."""

import re
from collections.abc import Container

from schemas.records import SpeakerType
from transforms.text_phrases import Phrase

MAX_BEFORE = 24  # characters before a name that are read
# "Orlane, which makes chips", "Ossett, who left", "Piet Senn, the conservator who packed it"
_CLAUSE = re.compile(r",\s(?:\d+,\s)?(?:(?:the|a|an)\s[\w\s’'-]{1,60}?\s(?=who\b))?(?P<which>who|whose|which)\b")
_OWNS = re.compile(
    r"[’']s (?:founder|co-founder|chief executive|boss|chairman|chairwoman|spokes|shares"
    r"|stock|customers|owner|parent company|headquarters|website|app|factory|stores|shops|products|board|plant|staff"
    r"|head of|investors|shareholders|users|turnover|management|managers|employees|offices)\b"
)  # Orlane’s shares
# "told the Calder Review": whom people speak to is no paper, but one that is published
_ADDRESSED = re.compile(
    r"\b(?:told|(?:seen|obtained|reviewed|interviewed) by|(?:shown|spoke|spoken|speaking|leaked|talked) to"
    r"|interview with) (?:the )?$",
    re.IGNORECASE,
)
MIN_PLACE_LENGTH = 4  # letters; Ann is not the place of Annish
_DEMONYM_ENDINGS = ("n", "an", "ian", "ese", "ish")
_IN = re.compile(r"\b(?<!confidence )(?<!trust )(?<!faith )(?<!interest )(?<!belief )in $", re.IGNORECASE)  # in Sorvia


def kind_beside(text: str, phrase: Phrase) -> SpeakerType | None:
    """Return the kind that a clause behind a name, or what the name owns, tells; None if they tell nothing."""
    if clause := _CLAUSE.match(text, phrase.end):
        return "organisation" if clause["which"] == "which" and not phrase.reading.gender else "person"
    return "organisation" if _OWNS.match(text, phrase.end - 2) else None


def is_addressed(text: str, phrase: Phrase) -> bool:
    """Return whether somebody speaks to what a name means, or shows it something: "told the Calder Review"."""
    return _ADDRESSED.search(text, max(0, phrase.start - MAX_BEFORE), phrase.start) is not None


def stands_for_place(text: str, phrase: Phrase) -> bool:
    """Return whether a name of one word is used as a place's: "in Sorvia"."""
    one_word = " " not in (phrase.reading.name or "")
    return one_word and _IN.search(text, max(0, phrase.start - MAX_BEFORE), phrase.start) is not None


def gives_demonym(name: str, words: Container[str]) -> bool:
    """Return whether people or things are named after a place among the words of a text: Sorvia, by "Sorvian"."""
    return len(name) >= MIN_PLACE_LENGTH and any(name + ending in words for ending in _DEMONYM_ENDINGS)
