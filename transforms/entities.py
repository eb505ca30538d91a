"""Who an article talks about: people, bodies and papers, and the nouns that can mean them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from schemas.records import SpeakerType
from transforms.given_names import pronoun_of_name
from transforms.name_phrases import PERSONS
from transforms.names import fold, is_title
from transforms.phrases import DEPUTIES
from transforms.speaker_nouns import COMPANIES, PUBLIC_BODIES, kind_of_noun, singular
from transforms.text_phrases import Phrase

ABBREVIATIONS = {
    "sgt": "sergeant", "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general",
    "prof": "professor", "dr": "doctor", "cllr": "councillor", "det": "detective", "supt": "superintendent",
    "insp": "inspector", "capt": "captain", "lt": "lieutenant", "col": "colonel", "rev": "reverend",
    "pres": "president", "mum": "mother", "mom": "mother", "dad": "father",
}  # fmt: skip
BROADER = {
    "attorney": "lawyer", "barrister": "lawyer", "solicitor": "lawyer", "advocate": "lawyer", "counsel": "lawyer",
    "senator": "lawmaker", "congressman": "lawmaker", "congresswoman": "lawmaker",
    "mp": "lawmaker", "legislator": "lawmaker", "sergeant": "officer", "constable": "officer", "detective": "officer",
    "midfielder": "player", "striker": "player", "defender": "player", "goalkeeper": "player", "winger": "player",
    "forward": "player", "footballer": "player", "pianist": "musician", "guitarist": "musician", "singer": "musician",
    "surgeon": "doctor", "headteacher": "head", "skipper": "captain", "premier": "minister", "mother": "parent",
    "father": "parent", "novelist": "author", "writer": "author", "archbishop": "bishop",
    "spokeswoman": "spokesperson", "spokesman": "spokesperson", "chairman": "chair", "chairwoman": "chair",
    "poster": "user", "cardinal": "bishop",
    "keeper": "goalkeeper", "commenter": "user", "redditor": "user", "representative": "official", "insider": "source",
}  # fmt: skip


# Words before a name that are no noun for the person: "the Most Rev", "former"
_STYLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "most", "former", "senior", "junior", "acting", "associate",
                     "first", "second", "third", "sir", "hon", "prime"})  # fmt: skip


@dataclass(slots=True, eq=False)
class Entity:
    """One possible speaker; where it was met last changes as the article is read."""

    kind: SpeakerType | None  # None: a name that does not tell
    name: str | None
    words: tuple[str, ...] = ()  # folded words of the name
    role: str | None = None
    gender: str = ""
    many: bool = False
    heads: set[str] = field(default_factory=set)  # nouns that can mean it: senator, union
    age: str = ""
    votes: dict[str, int] = field(default_factory=dict)  # pronouns beside it
    last: Phrase | None = None
    last_quoted: int = 0  # the number of the quotation in which it was met last, 0: in none
    told: Phrase | None = None  # where it was met last outside quotations
    as_source: bool = False  # and whether as a source
    mentions: int = 0
    speaks: bool = False  # some statement names it as its source
    is_body: bool = False  # a place or a publication, if it is neither somebody nor a company
    called: set[str] = field(default_factory=set)  # single words of its name by which it was called
    known_as: "Entity | None" = None  # who it turned out to be

    @property
    def root(self) -> "Entity":
        """Who it turned out to be, itself if nobody else."""
        return self if self.known_as is None else self.known_as.root

    @property
    def is_person(self) -> bool:
        """Whether it can be one human being."""
        return self.kind in ("person", None, *PERSONS) and not self.many


def nouns_of_role(words: Sequence[str]) -> set[str]:
    """Return the nouns of a role that can mean the person: "baker and mother of two" has baker and mother."""
    nouns: set[str] = set()
    for before, word in pairwise(("", *words)):
        if word in ("of", "for", "at", "in", "from", "with", "on"):
            break
        if word.strip(".") in _STYLES or before in DEPUTIES:
            continue
        noun = word.split("-of-")[0]
        noun = ABBREVIATIONS.get(noun, noun)
        kind = kind_of_noun(noun)
        if kind in PERSONS or (is_title(noun) and kind != "organisation"):
            nouns.add(singular(noun))
    return nouns | {BROADER[noun] for noun in nouns if noun in BROADER}


@lru_cache(maxsize=4096)
def name_words(name: str | None) -> tuple[str, ...]:
    """Return the folded words of a name by which its mentions are joined, articles and "of" aside."""
    words = tuple(folded for word in (name or "").split() if (folded := fold(word)) and folded not in _SMALL)
    return words or ("",)


_SMALL = frozenset({"the", "a", "an", "of", "for", "and", "in", "jr", "sr", "mr", "mrs", "ms", "dr"})


def settle_kind(entity: Entity) -> None:
    """Decide what a name without a kind is by the words beside it: pronouns, its given name."""
    votes = entity.votes
    human = votes.get("he", 0) + votes.get("she", 0)
    if entity.kind is None:
        given = pronoun_of_name(entity.words[0]) if entity.words else ""
        if entity.gender or given or human > votes.get("it", 0):
            entity.kind = "person"
        elif votes.get("it", 0) > 2 * human:
            entity.kind = "organisation"
    if entity.kind in ("person", None) and not entity.gender and human:
        he, she = votes.get("he", 0), votes.get("she", 0)
        if max(he, she) > max(1, 2 * min(he, she)):
            entity.gender = "he" if he > she else "she"
    if entity.kind in ("person", None) and not entity.gender and entity.words and entity.kind == "person":
        entity.gender = pronoun_of_name(entity.words[0])


def family(entity: Entity) -> str:
    """Return what family of bodies an organisation belongs to: company, public, "" if its words do not tell."""
    words = entity.heads | set(entity.words)
    if words & _PUBLIC:
        return "public"
    return "company" if words & _COMPANY else ""


_PUBLIC, _COMPANY = frozenset(PUBLIC_BODIES), frozenset(COMPANIES)
