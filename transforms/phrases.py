"""What a noun phrase that can name a speaker says by itself: a name, a description or a pronoun."""

import re
from functools import lru_cache

from schemas.records import SpeakerType
from transforms.given_names import pronoun_of_name
from transforms.mentions import DETERMINERS
from transforms.name_phrases import PERSONS, Reading, is_demonym, read_name, run_start
from transforms.names import count_titles, fold, is_title
from transforms.speaker_nouns import (
    COMPOUNDS,
    PERSON_LIKE,
    PUBLIC_BODIES,
    gender_of_noun,
    kind_of_noun,
    singular,
)

MAX_LENGTH = 300  # characters of a mention that are read; longer ones are no noun phrases
PRONOUNS = {
    "he": "he", "him": "he", "his": "he", "she": "she", "her": "she", "hers": "she", "it": "it", "its": "it",
    "they": "they", "them": "they", "their": "they", "i": "i", "me": "i", "my": "i", "we": "we", "us": "we",
    "our": "we", "himself": "he", "herself": "she", "you": "you", "this": "it", "that": "it",
    "who": "who", "which": "who",
}  # fmt: skip
NUMERALS = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "both", "several"})
QUANTIFIERS = NUMERALS | {"one", "some", "many", "most", "others", "few", "all", "another", "hundreds", "dozens"}
POSSESSIVES = frozenset({"his", "her", "their", "its", "our", "my", "your"})
ARTICLES = frozenset({*DETERMINERS, *QUANTIFIERS, "a", "an", "the", "each", "every", "any", "no"})
COLLECTIVES = frozenset({"group", "team", "number", "handful", "pair", "couple", "crowd", "trio", "majority"})

# Where the noun of a phrase ends: "analysts | at Fenwick Brandt", "a person | close to the talks", "a poll | last May"
_CORE_END = re.compile(
    r",|\s(?:of|for|in|at|who|whom|whose|which|that|from|with|to|near|on|behind|close|familiar|briefed|polled"
    r"|interviewed|seen|posted|published|released|commissioned|by|inside|outside|about|after|hired|advising|answering|representing|overseeing|running|working|claiming|and|aboard|dated|concerned|surnamed|appointed|the|a|an|his|her|its|their|our"
    r"|(?:last|next|this|earlier this|early this|late last)\s(?:week|weekend|month|quarter|season|year|spring|summer"
    r"|autumn|fall|winter|night|morning|evening|afternoon|\w+day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december)"
    r"|within|before|against|into|over|there|downstream|nearby|himself|herself|itself|themselves"
    r"|(?:carried|conducted|accused|known|sent|taken|disclosed|analysed|shown|completed|signed|obtained|leaked|read"
    r"|circulated|issued|commissioned|attached|pinned|quoted|given|headed|led|based|held|filed|made)\s(?:by|in|on|at|to|from|out|of|for|with|last|this|yesterday))\b"
)
_CALLED = re.compile(r"\s(?:called|named|dubbed|known as)\s(?=\w)")  # a hotel group called Euxine
_AGE_AFTER = re.compile(r",\s\d{1,3}$")  # Ossett, 67
_STATE_AFTER = re.compile(
    r", (?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore"
    r"|Pa|Tenn|Tex|Vt|Va|Wash|Wis|Wyo|N\.[CDHJMY]|R\.I|S\.[CD]|W\.Va|D\.C)\b\.?"
)  # the mayor of Pinecrest, Fla.
_BOTH = re.compile(r"(?:the|a|an|his|her|their|its) (?P<second>[^,]+)")  # the mayor and | the former mayor
_BRACKETS = re.compile(r"\s*\([^()]*\)")  # Pastor (Dr.) Gideon Uzoma
_JOURNALS = frozenset({"observer", "caller", "star", "examiner", "reporter", "citizen", "advocate", "courier", "pilot",
                       "economist", "spectator", "enquirer", "inquirer", "pioneer"})  # fmt: skip
DEPUTIES = frozenset({"vice", "deputy", "assistant"})  # the vice mayor is not the mayor
_AFFAIRS = frozenset(
    {"affairs", "state", "police", "health", "transport", "justice", "culture", "education", "defence"}
)
_PREPOSITIONS = frozenset({"of", "for", "in", "at", "from", "with", "to", "near", "on", "by", "the", "behind"})
_SOURCE_PHRASES = ("familiar with", "close to", "briefed on", "with knowledge", "with direct knowledge")
_PUBLIC_WORDS = frozenset({*PUBLIC_BODIES, "municipal", "federal", "presidential", "ministerial"})
_TALKATIVE = frozenset({"official", "aide", "diplomat", "adviser", "advisor", "officer", "insider", "representative"})


@lru_cache(maxsize=4096)
def read_phrase(text: str) -> Reading:
    """Return what a mention of a speaker says by itself: "police chief Dan Roe" is the person Dan Roe."""
    phrase = " ".join(_STATE_AFTER.sub("", _BRACKETS.sub("", text[:MAX_LENGTH])).split()).strip('“”"‘ .,:;()')
    if pronoun := PRONOUNS.get(phrase.lower(), ""):
        return Reading(phrase, pronoun=pronoun, gender=pronoun if pronoun in ("he", "she") else "")
    phrase = _AGE_AFTER.sub("", phrase)
    core = _core(phrase)
    if called := _CALLED.search(phrase):
        named = _read_core(phrase[called.end() :], _core(phrase[called.end() :]))
        if named.name:
            return _with_role(phrase[: called.start()], named, phrase)
    if ", " not in phrase:
        reading = _read_core(phrase, core)
        return _join_second(reading, phrase) if phrase[len(core) :].startswith(" and ") else reading
    left, _, right = phrase.rpartition(", ")
    first, named = _read_core(left, _core(left)), _read_core(right, _core(right))
    if left.split(" ", 1)[0].lower() in ("in", "at", "on"):  # In the petition, the farmers
        return named._replace(text=right)
    nameless = not first.name or (named.kind == "person" and first.kind == "organisation" and " of " in left)
    if named.name and nameless and not first.many and first.kind != "document":
        return _with_role(left, named, phrase)
    return first


def _join_second(reading: Reading, phrase: str) -> Reading:
    """Return the reading of two people as a group: "the mayor and the former mayor"."""
    both = _BOTH.fullmatch(phrase.split(" and ", 1)[1])
    second = _core(both["second"]) if both else ""
    if reading.kind in PERSONS and not reading.name and second and _read_core(second, second).kind in PERSONS:
        return reading._replace(kind="group", many=True, gender="")
    return reading


def _core(phrase: str) -> str:
    """Return a phrase up to its noun or name: "analysts at Fenwick Brandt" is analysts."""
    return _CORE_END.split(phrase, maxsplit=1)[0]


def _with_role(role: str, named: Reading, phrase: str) -> Reading:
    """Return the reading of a name with the description before it: "His manager, Carla Benedetti"."""
    described = _read_core(role, _core(role))
    kind = named.kind
    told = kind_of_noun(described.head) or " " in (named.name or "")  # not an app, Birdcage
    business = described.head in PERSON_LIKE and (" " not in (named.name or "") or described.kind == "organisation")
    if business and named.kind is None:
        kind = "organisation"  # the plant’s owner, Agrokhim
    elif described.kind == "organisation" and named.kind != "person":
        kind = "organisation"
    elif described.kind in PERSONS and named.kind in (None, "person") and (told or "-" in described.head):
        kind = "person"
    before = " ".join(filter(None, (_without_article(role), named.before)))
    gender = named.gender or described.gender
    return named._replace(text=phrase, kind=kind, before=before, gender=gender, head=described.head or named.head)


def _without_article(phrase: str) -> str:
    first, _, rest = phrase.partition(" ")
    return rest if first.lower() in ("the", "a", "an") else phrase


def _read_core(phrase: str, core: str) -> Reading:
    words = core.split()
    determiner = words[0].lower() if words and words[0].lower() in ARTICLES else ""
    own = words[1:] if determiner else words
    if not own:
        return _read_quantity(phrase, determiner)
    if own[0].lower() in QUANTIFIERS and len(own) == 1:  # the three, the other two
        return Reading(phrase, kind="group", head=own[0].lower(), determiner=determiner, many=True)
    if own[0].isdecimal() and own[1:] and own[1] in ("in", "out", "of"):  # 19 out of 24
        return Reading(phrase, kind="group", head=own[0], determiner=determiner, many=True)
    start = run_start(own)
    run = own[start:]
    described = not run or (len(own) == 1 and kind_of_noun(run[0].lower()) and determiner != "the")
    journal = len(own) > 1 and own[-1].lower() in _JOURNALS  # the Daily Observer
    office = determiner == "the" and not start and is_title(own[-1]) and not journal  # the Metropolitan Archbishop
    person = determiner == "the" and len(own) == 1 and is_demonym(own[0])  # the Dane
    peoples = len(own) == 1 and own[0].endswith(("ians", "cans", "eans")) and is_demonym(own[0][:-1])  # many Ukrainians
    described = described or office or person or peoples or count_titles(run) == len(run)
    if len(core) < len(phrase) and (titled := _read_long_title(phrase, determiner)):
        return titled
    if described:
        return _read_description(phrase, determiner, own)
    return read_name(phrase, determiner, own[:start], run)


def _read_long_title(phrase: str, determiner: str) -> Reading | None:
    """Return the reading of a name after a title with "of": "Minister of Maritime Affairs Courtney Boyce"."""
    words = phrase.split()
    start = run_start(words)
    run, before = words[start:], words[:start]
    if determiner in ("a", "an", "one", "another") or not before or not run:
        return None
    skip = 0 if before[-1].lower() in _PREPOSITIONS else count_titles(run)
    nouns = [i for i, word in enumerate(run) if word.lower() in _AFFAIRS or kind_of_noun(fold(word)) == "organisation"]
    skip = max(skip, nouns[-1] + 1 if nouns else 0)
    last = before[-1].lower()
    body = kind_of_noun(fold(_core(phrase).rsplit(" ", 1)[-1])) == "organisation"
    if body and kind_of_noun(last) not in PERSONS:
        return None  # the Institute of Port Agents
    if last == "and" and kind_of_noun(before[-2].lower() if len(before) > 1 else "") not in PERSONS:
        return None
    held = kind_of_noun(_core(phrase).split()[-1].lower()) in PERSONS  # head of privacy Femke Loos
    if held and not skip and pronoun_of_name(fold(run[0])) and last not in _PREPOSITIONS and len(run) > 1:
        return read_name(phrase, "", before, run)._replace(kind="person")
    if count_titles(run[skip:]) == len(run[skip:]):  # Speaker of the House Rep
        return None
    if skip == 0 and (last in _PREPOSITIONS or kind_of_noun(last) == "organisation"):
        return None
    held = held and len(run) > 1
    if not skip and not kind_of_noun(last) and last not in _AFFAIRS and not is_title(last) and not held:
        return None
    reading = read_name(phrase, "", before + run[:skip], run[skip:])
    return reading._replace(kind="person") if len(run) - skip > 1 or reading.kind is None else reading


def _read_quantity(phrase: str, determiner: str) -> Reading:
    """Return the reading of "one", "three of the seven magistrates", "some of them"."""
    rest = phrase.split(" of ", 1)[1] if " of " in phrase else ""
    inner = read_phrase(rest) if rest else Reading("")
    many = determiner not in ("one", "another")
    kind: SpeakerType = "group" if many else "anonymous"
    if not many and inner.head in ("leader", "member", "executive"):
        kind = "official_unnamed"
    if inner.kind in ("organisation", "document"):
        kind = inner.kind
    elif kind_of_noun(inner.head) == "official_unnamed" and (not many or inner.head in _TALKATIVE):
        kind = "official_unnamed"
    return Reading(phrase, kind=kind, head=inner.head or determiner, determiner=determiner or "one", many=many)


def _read_description(phrase: str, determiner: str, own: list[str]) -> Reading:
    noun = own[-1].lower().removesuffix("’s").removesuffix("'s").rstrip("’'").split("-of-")[0]
    last = phrase.rsplit(" ", 1)[-1].lower()
    if kind_of_noun(noun) == "organisation" and last != noun and kind_of_noun(last) in PERSONS:
        noun = last  # a Department for Transport spokesperson
    if noun in COLLECTIVES and " of " in phrase and determiner != "the":
        inner = read_phrase(phrase.split(" of ", 1)[1])
        if inner.many:
            return Reading(phrase, kind="group", head=inner.head, determiner=determiner, many=True)
    one = singular(noun)
    kind = COMPOUNDS.get(" ".join(own[-2:]).lower()) or kind_of_noun(noun)
    kind = kind or (kind_of_noun(noun.rsplit("-", 1)[-1]) if "-" in noun else None)
    many = kind == "group" or one != noun
    kind = kind or ("group" if many else "anonymous")
    kind = _kind_in_context(kind, one, phrase.lower(), determiner, own, many)
    gender = "" if many else gender_of_noun(one)
    second = own[-2].lower() if len(own) > 1 else ""
    one = f"{second}-{one}" if second in DEPUTIES and kind in PERSONS else one
    return Reading(phrase, kind=kind, head=one, determiner=determiner, gender=gender, many=many)


def _kind_in_context(
    kind: SpeakerType, noun: str, phrase: str, determiner: str, own: list[str], many: bool
) -> SpeakerType:
    """Return the kind of a description, told by what surrounds its noun: "two officials", "a lawyer for the port"."""
    if kind == "organisation" and many and (determiner in QUANTIFIERS or determiner == "several"):
        return "group"  # two banks
    if kind in ("organisation", "document"):
        return kind
    if any(words in phrase for words in _SOURCE_PHRASES) or noun == "source":
        return "official_unnamed"
    if many:
        return "official_unnamed" if noun in _TALKATIVE and determiner in NUMERALS else kind
    public = any(word.lower() in _PUBLIC_WORDS for word in own[:-1]) or determiner == "its"
    of_body = " of " in phrase or "’s " in phrase or "'s " in phrase
    high = noun in ("executive", "member") or (noun in ("head", "leader", "director") and of_body)
    counsel = noun in ("lawyer", "attorney", "counsel") and " for " in phrase
    return "official_unnamed" if kind == "anonymous" and "former" not in own and (public or high or counsel) else kind
