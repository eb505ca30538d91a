"""What a noun phrase with a name says: the name, what stands before it, and the kind of speaker."""

import re
from typing import NamedTuple

from schemas.records import SpeakerType
from transforms.cues import words_of
from transforms.given_names import pronoun_of_name
from transforms.names import HONORIFICS, PARTICLES, count_titles, fold
from transforms.speaker_nouns import (
    BODY_SURNAMES,
    COMPOUNDS,
    METONYMS,
    PERSON_LIKE,
    gender_of_noun,
    kind_of_noun,
    singular,
)

PERSONS: tuple[SpeakerType, ...] = ("anonymous", "official_unnamed")
_NAME_WORD = re.compile(r"(?:(?:al|el|an|ad|as|ash|ar|d|l|u)[-’'])?(?P<first>\w)")  # al-Tamimi, d’Arcy
_ATTRIBUTES = ("-owned", "-based", "-born", "-backed", "-listed", "-led")  # State-owned Altynuran
_POST_NOMINALS = frozenset(
    {"kc", "qc", "mp", "obe", "cbe", "mbe", "md", "phd", "msp", "mep", "sc", "frs", "ao", "kbe", "dbe"}
)
_DEMONYM = re.compile(r"[A-Z]\w+(?:[^d]ian|ese|ish|ak|ean|can|yan)")  # Slovak, Australian
_DEMONYMS = frozenset(
    words_of("""
    dane swede finn pole turk scot briton spaniard german greek czech croat serb swiss thai kiwi aussie filipino
    filipina icelander new-zealander dutchman frenchman irishman englishman welshman scotsman dutchwoman
    frenchwoman uzbek kazakh afghan iraqi israeli pakistani omani bahraini emirati bangladeshi somali latvian lao
    saudi qatari slovene hungarian cypriot bengali nepali yemeni kuwaiti zulu
""")
)
_BUSINESS_ENDS = frozenset(
    words_of("""
    works farms solutions services buses foods lodging connect aquatics games toys homes housing estates wines stores
    lines trains ferries cruises couriers parcels pictures films records books press stationers opticians bakers
    brewers builders engineers athletic united rovers wanderers city rangers racing skyways digital online
    analytics dynamics mutual savings realty properties cars vehicles apparel fashions cosmetics pharma biotech
    bioscience sciences genomics diagnostics medical dental recycling water waste hydro solar wind oil petroleum
    minerals metals cement chemicals plastics paper packaging textiles
    """)
)  # nouns with which businesses and clubs end
_TRADES = frozenset({"regulator", "watchdog", "retailer", "lender", "insurer", "broadcaster", "airline", "supermarket"})
_GENERATIONS = frozenset({"elder", "younger", "older"})
_PERSON_ENDINGS = ("er", "or", "ist", "ian", "ant", "man", "woman", "leader", "half", "back", "star", "athlete")


class Reading(NamedTuple):
    """What a noun phrase says by itself. A name has no titles; `before` is what stands before it, articles aside."""

    text: str
    pronoun: str = ""  # he, she, it, they, i, we, you
    name: str | None = None
    before: str = ""
    kind: SpeakerType | None = None  # None: a name that tells nothing
    head: str = ""  # the noun, singular and lower case
    determiner: str = ""
    gender: str = ""  # he, she, or not told
    many: bool = False


def is_name_word(word: str) -> bool:
    """Return whether a word can be part of a name: "Lee", "al-Tamimi", "&"."""
    found = _NAME_WORD.match(word.lstrip("“‘\"'"))
    return word == "&" or bool(found and found["first"].isupper() and not word.endswith(_ATTRIBUTES))


def is_demonym(word: str) -> bool:
    """Return whether a word says where somebody is from: "Dane", "Slovak", "Australian"."""
    return word.lower() in _DEMONYMS or bool(_DEMONYM.fullmatch(word))


def run_start(words: list[str]) -> int:
    """Return where the run of name words at the end of a phrase starts; `len(words)`: there is none."""
    start = len(words)
    whole = bool(words) and kind_of_noun(fold(words[-1])) == "organisation"  # the Petty Traders’ Association
    while start and (is_name_word(words[start - 1]) or (words[start - 1] in PARTICLES and start < len(words))):
        if not whole and start < len(words) and words[start - 1].endswith(("’s", "'s", "s’", "s'")):
            break  # Lisbon’s | Mayor Ann Lee
        start -= 1
    while start < len(words) and not is_name_word(words[start]) and start:
        start += 1
    return start


def read_name(phrase: str, determiner: str, before: list[str], run: list[str]) -> Reading:
    """Return the reading of a phrase that ends in a run of name words, behind the words before it."""
    nouns = _nouns_of(run, determiner)
    titles = 0 if nouns[-1] in ("organisation", "document") and not pronoun_of_name(fold(run[0])) else count_titles(run)
    if len(run) - titles > 2 and nouns[-1] != "organisation" and not pronoun_of_name(fold(run[titles])):
        of_person = is_demonym(run[titles]) or run[titles].endswith(_PERSON_ENDINGS)
        titles += of_person and bool(pronoun_of_name(fold(run[titles + 1])))  # Slovak | Matej Hruška
    trade = run[0].lower()
    if not titles and len(run) > 1 and not nouns[-1] and (trade.endswith("maker") or trade in _TRADES):
        titles = 1  # Automaker | Corvane
    if determiner == "the" and before and before[-1].lower() in _GENERATIONS and len(run) == 1:
        return Reading(phrase, kind="person", head=before[-1].lower(), determiner=determiner)  # the elder Lee
    name = [word.removesuffix("’s").removesuffix("'s") for word in run[titles:]]
    name = name[:-1] if len(name) > 1 and name[-1].lower() in _POST_NOMINALS else name
    role = before + run[:titles]
    last = role[-1].strip(".").lower() if role else ""
    kind = COMPOUNDS.get(" ".join(role[-2:]).lower()) or _kind_of_name(determiner, last, name, bool(titles))
    head = singular(last) if last and kind_of_noun(last) else ""
    gender = ""
    if kind in ("person", None):
        given = pronoun_of_name(fold(name[0])) if len(name) > 1 or kind == "person" else ""
        gender = HONORIFICS.get(last, "") or gender_of_noun(last) or given
    shown = " ".join(name)
    if kind not in ("person", None) and not role:
        own = next((fold(word) for word in reversed(name) if kind_of_noun(fold(word))), "")
        shown, head = phrase, singular(own or fold(name[-1]))
    return Reading(
        phrase, name=shown, before=" ".join(role), kind=kind, head=head, determiner=determiner, gender=gender
    )  # fmt: skip


def _nouns_of(name: list[str], determiner: str) -> list[SpeakerType | None]:
    """Return the kind of noun that each word of a name is, but of a surname that only looks like one: Rich Banks."""
    nouns = [kind_of_noun(fold(word)) for word in name]
    pair = " ".join(word.lower() for word in name[-2:])
    if pair in COMPOUNDS:
        nouns[-1] = COMPOUNDS[pair]
    surname = name[-1].lower() in BODY_SURNAMES and determiner != "the" and len(name) > 1
    return [*nouns[:-1], None] if surname and nouns[-2] not in ("organisation", "document") else nouns


def _kind_of_name(determiner: str, role: str, name: list[str], titled: bool) -> SpeakerType | None:
    """Return what kind of speaker a name is, None if nothing tells: "Hopp", "Pike"."""
    role_kind = kind_of_noun(role) if role else None
    words = [fold(word) for word in name]
    if role in PERSON_LIKE and (len(name) == 1 or role_kind == "organisation") and not pronoun_of_name(words[0]):
        return "organisation"  # chipmaker Orlane
    if role in HONORIFICS or role_kind in PERSONS or (titled and role_kind not in ("organisation", "document")):
        return "person"
    if " ".join(word.lower() for word in name) in METONYMS or words[-1] in METONYMS or "&" in name:
        return "organisation"
    own = _nouns_of(name, determiner)
    if len(name) > 1 and pronoun_of_name(words[0]) and own[-1] != "organisation":
        return "organisation" if determiner == "the" and not role else "person"
    nouns = [kind for kind in own if kind]
    if own[-1] == "document" and len(name) > 1 and words[-1] in _BUSINESS_ENDS and determiner != "the":
        return "organisation"  # Kellsund Lines
    if nouns and (len(name) > 1 or determiner):
        return "organisation" if nouns[-1] in PERSONS or not own[-1] else nouns[-1]
    if role_kind:
        return "person" if role_kind == "group" else role_kind
    if len(name) > 1 and not role and words[-1] in _BUSINESS_ENDS and not pronoun_of_name(words[0]):
        return "organisation"  # Tallow Works
    acronym = any(word.isupper() and 1 < len(word) < 7 and "." not in word for word in name)
    if acronym or (determiner == "the" and not role) or role.endswith(_ATTRIBUTES):
        return "organisation"
    return (
        "person" if role.isalpha() and role not in ("rival", "one") and len(name) > 1 else None
    )  # cashier Mette Kjærgaard
