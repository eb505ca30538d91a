"""Who speaks: what kind of source a mention names, and which mentions of an article are one speaker.

Never a guess: a mention that could mean several people stays a speaker of its own.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas.records import Speaker, SpeakerType
from transforms.cues import words_of
from transforms.mentions import CAPITALS, DETERMINERS, DOCUMENTS, OFFICIALS, ORGANISATIONS, OTHER_NAME, PRONOUNS

TITLES = words_of("""
    mayor sen senator rep representative gov governor president vice prime minister secretary chief police judge
    justice attorney general gen lt col sgt capt captain sergeant lieutenant colonel major maj cmdr commander adm
    admiral prof professor dr doctor rev reverend father sister bishop pope king queen prince princess sir lady lord
    dame chairman chairwoman chair director commissioner superintendent inspector detective officer deputy sheriff
    ambassador chancellor premier councillor councilman councilwoman councilor alderman congressman congresswoman
    speaker mr mrs ms mx miss hon fr spokesman spokeswoman spokesperson ceo coach dean principal first editor
    candidate state former
""")
SURNAMES_TOO = words_of("king dean bishop pope prince major judge justice chancellor")  # and titles
GROUPS = words_of("""
    people women men children residents critics lawmakers experts supporters opponents voters protesters demonstrators
    students teachers parents workers users neighbours neighbors witnesses scientists researchers activists analysts
    republicans democrats conservatives liberals lawyers doctors nurses farmers drivers fans readers viewers members
""")
HONORIFICS = {"mr": "he", "mrs": "she", "ms": "she", "miss": "she", "mx": ""}
PARTICLES = words_of("de del della di da van von der den bin bint al ibn la le")

REFERENTS: dict[str, tuple[SpeakerType, ...]] = {
    "he": ("person",), "she": ("person",), "it": ("organisation", "document"), "they": ("group", "organisation"),
}  # fmt: skip
JOINED_BY_NAME = ("person", "organisation", "group", "document")
MAX_CONTEXT = 500  # characters between two statements across which a pronoun is still followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """How one statement names its speaker: not at all (None), or like the statement before it (`goes_on`)."""

    text: str | None
    goes_on: bool = False
    context: str = ""  # what stands between the statement before and this mention


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name without titles, and the titles that stood before it."""

    name: str
    role: str | None


def parse_name(mention: str) -> Name | None:
    """Return the name at the end of a mention, None if there is none: "police chief Dan Roe" is Dan Roe."""
    words = mention.split()
    start = len(words)
    while start and (words[start - 1][0].isupper() or (words[start - 1] in PARTICLES and start < len(words))):
        start -= 1
    titles = [i for i in range(start, len(words) - 1) if words[i].strip(".,").lower() in TITLES]
    start = titles[-1] + 1 if titles else start
    name, before = words[start:], [w for w in words[:start] if w.lower() not in DETERMINERS]
    last = name[-1].strip(".").lower() if name else ""
    is_title = len(name) == 1 and not before and last in TITLES and last not in SURNAMES_TOO
    if not name or is_title or last in {*ORGANISATIONS, *DOCUMENTS} or (words[0].lower() == "the" and not before):
        return None
    if len(name) == 1 and name[0].isupper() and 1 < len(name[0]) < 5 and not before:
        return None  # FBI
    role = " ".join(word for word in before if word.strip(".").lower() not in HONORIFICS)
    return Name(" ".join(name), role or None)


def speaker_type(mention: str) -> SpeakerType:
    """Return what kind of source a mention names, by its head noun."""
    words = re.split(r",|\s(?:of|for|who|from|close\s+to|at|with)\s", mention)[0].split()
    head = words[-1].lower()
    if mention.lower() in PRONOUNS:
        return "unresolved"
    if head in DOCUMENTS:
        return "document"
    if head in ORGANISATIONS:
        return "organisation"
    if head in OFFICIALS:
        return "official_unnamed"
    if head in GROUPS:
        return "group"
    if parse_name(mention):
        return "person"
    if (words[-1][0].isupper() and len(words) > 1) or words[-1].isupper():
        return "organisation"
    return "group" if head.endswith("s") and not head.endswith("ss") else "anonymous"


def person_key(name: str) -> str:
    """Return the name casefolded, without accents, spaces collapsed: "José  Núñez" joins "jose nunez"."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def resolve_speakers(article_id: str, text: str, mentions: Iterable[Mention]) -> tuple[list[str], list[Speaker]]:
    """Return the speaker_id of each mention, and the speakers, numbered by first appearance.

    "Lee" joins the one "Ann Lee" of the article; "she" joins the speaker before if nobody else is named in between.
    """
    full_names = _full_names(text)
    speakers: dict[str, Speaker] = {}  # by what joins mentions
    pronouns: dict[str, str] = {}
    keys: list[str] = []
    for mention in mentions:
        speaker = _read_mention(article_id, mention.text, full_names)
        pronoun = _pronoun(mention.text)
        if keys and _continues(mention, speakers[keys[-1]], pronouns.get(keys[-1], pronoun)):
            key = keys[-1]
        else:
            shared = full_names.get(speaker.name or "", "") is None  # a surname of several people
            joined = speaker.speaker_type in JOINED_BY_NAME and not shared
            key = f"{speaker.speaker_type} {person_key(speaker.name or '')}" if joined else f"mention {len(keys)}"
        speakers.setdefault(key, replace(speaker, speaker_id=f"{article_id}:speaker-{len(speakers) + 1}"))
        pronouns |= {key: pronoun} if pronoun else {}
        keys.append(key)
    counts = Counter(keys)
    ids = [speakers[key].speaker_id for key in keys]
    return ids, [replace(speaker, statement_count=counts[key]) for key, speaker in speakers.items()]


def _read_mention(article_id: str, mention: str | None, full_names: dict[str, Name | None]) -> Speaker:
    """Return the speaker that a mention names on its own, before it is joined with others."""
    kind: SpeakerType = speaker_type(mention) if mention else "unresolved"
    name, role = " ".join(mention.split()) if mention and kind != "unresolved" else None, None
    if mention and kind == "person" and (parsed := parse_name(mention)):
        full = full_names.get(parsed.name.split()[-1])
        joined = full if full and set(parsed.name.split()) <= set(full.name.split()) else parsed
        name, role = joined.name, parsed.role or joined.role
    return Speaker(
        speaker_id="", article_id=article_id, name=name, speaker_type=kind, role=role,
        person_key=person_key(name) if name and _is_full_name(name, kind) else None, statement_count=0,
    )  # fmt: skip


def _is_full_name(name: str, kind: SpeakerType) -> bool:
    """Return whether a name says who it is outside its article too: not "Lee", not "the Ministry"."""
    words = name.split()
    own = [word for word in words if word.lower() not in DETERMINERS]
    if kind == "person":
        return len(words) > 1
    return kind == "organisation" and any(word[0].isupper() and word.lower() not in ORGANISATIONS for word in own)


def _pronoun(mention: str | None) -> str:
    """Return the pronoun that a mention is, or that its honorific goes with: "Ms. Lee" is she."""
    first = mention.split()[0].strip(".").lower() if mention else ""
    return first if first in PRONOUNS else HONORIFICS.get(first, "")


def _continues(mention: Mention, previous: Speaker, pronoun: str) -> bool:
    """Return whether a mention is plainly the speaker before: no mention at all, or a pronoun that fits only them."""
    if mention.goes_on:
        return True
    fitting = REFERENTS.get((mention.text or "").lower(), ())
    if previous.speaker_type not in fitting or pronoun != _pronoun(mention.text) or len(mention.context) > MAX_CONTEXT:
        return False
    own = set((previous.name or "").split())
    return not any(set(run.split()) - own for run in OTHER_NAME.findall(mention.context))


def _full_names(text: str) -> dict[str, Name | None]:
    """Return the article's full names by surname, the longest form of each; None where two people share a surname."""
    names: dict[str, Name | None] = {}
    for run in dict.fromkeys(CAPITALS.findall(text)):
        parsed = parse_name(" ".join(run.split()))
        if parsed is None or " " not in parsed.name:
            continue
        words = parsed.name.split()
        known = names.setdefault(words[-1], parsed)
        if known and known.name.split()[0] != words[0]:
            names[words[-1]] = None
        elif known:
            name = max(known.name, parsed.name, key=len)
            names[words[-1]] = Name(name, known.role or parsed.role)
    return names
