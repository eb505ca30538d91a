"""Names: their words, their titles, and the key that joins them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from transforms.cues import words_of
from transforms.speaker_nouns import PERSON_LIKE, kind_of_noun

TITLES = frozenset(
    words_of("""
    mayor sen senator rep representative gov governor president vice prime minister secretary chief police judge
    justice attorney general gen lt col sgt capt captain sergeant lieutenant colonel major maj cmdr commander adm
    admiral prof professor dr doctor rev reverend father sister brother bishop archbishop pope king queen prince
    princess sir lady lord dame chairman chairwoman chair director commissioner superintendent inspector detective
    officer deputy sheriff ambassador chancellor premier councillor councilman councilwoman councilor alderman
    congressman congresswoman speaker mr mrs ms mx miss hon fr spokesman spokeswoman spokesperson ceo coach dean
    principal editor candidate former executive manager mp mep mla msp td cllr del det supt insp pres cpl pvt msgr
    amb foreign finance defence defense interior health education assistant acting associate head leader boss
    engineer analyst economist researcher lawyer barrister prosecutor striker midfielder defender goalkeeper keeper
    skipper author singer actor actress producer frontman founder chairperson baroness baron duke duchess imam rabbi
    sheikh ayatollah mullah brig brigadier constable pc dc dci di wpc private corporal marshal warden ranger nurse
    treasurer registrar coroner magistrate lawmaker democrat republican conservative labour liberal senior junior
    lead witness neighbour neighbor resident mum dad mother husband wife aunt auntie uncle grandma grandpa
    journalist reporter farmer teacher student pastor vicar abbot brother-in-law vice-president taoiseach teammate
    winger forward backbencher banker broker trader first second third lieutenant-colonel undersecretary
    deputy-mayor madam madame monsignor commodore friar maître datuk dato seri sri comrade advocate comptroller
    chief-justice mama frau herr mme señor señora don dona pandit swami haji hajji chaudhary canon archdeacon
    provost laird cardinal engr barr igwe oba mzee phra alhaji hajia sheikha sp dsp asp csp acp ocs emir ustaz puan
    cdr wing squadron apostle maulana eze ntate mang ibu pak bapak datin vice-mayor vice
    encik ratu sultan contessa nonna most collector scientist biologist historian professor-emeritus emeritus
    """)
)
SURNAMES_TOO = frozenset(
    words_of("""
    king dean bishop pope prince major judge justice chancellor baron duke marshal warden ranger constable head
    baker farmer nurse forward lord abbot brother sergeant speaker chambers
    """)
)  # and titles
HONORIFICS = {
    "mr": "he", "mrs": "she", "ms": "she", "miss": "she", "mx": "", "sir": "he", "dame": "she", "lady": "she",
    "lord": "he", "madam": "she", "madame": "she", "frau": "she", "herr": "he", "sister": "she", "father": "he",
    "baroness": "she",
}  # fmt: skip
COURTESY = frozenset(words_of("mr mrs ms mx miss"))  # no role
_OWNERS = frozenset(words_of("his her its their our my your whose"))
# "the fourth, Ann Lee", "the other, Bo Roe": which of several, not what
_WHICH_ONE = frozenset(
    words_of("""
    first second third fourth fifth sixth seventh eighth ninth tenth last next other latter former one another elder
    eldest younger youngest oldest same
    """)
)
PARTICLES = frozenset(
    words_of("""
    de del della di da das dos do du van von der den ter ten bin bint binti binte ibn al el la le los las y e af zu
    av a/l a/p ap ui ole ní nic mac ben abu op 't het dello degli lo
    """)
)
SUFFIXES = frozenset(words_of("jr sr ii iii iv"))
NOT_LETTERS = re.compile(r"[\W_]+")
LETTER_TRANSLATION = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return the letters and digits of a text casefolded and without accents: "Núñez-Díaz" is nunezdiaz."""
    folded = word.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded.translate(LETTER_TRANSLATION))
        folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return NOT_LETTERS.sub("", folded)


def person_key(name: str) -> str:
    """Return the name casefolded, without accents, spaces collapsed: "José  Núñez" joins "jose nunez"."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def plain_role(before: str) -> str:
    """Return the role in what stands before a name: "His manager" is manager, "fourth" and "Ms." are none, ""."""
    words = [word for word in before.split() if word.strip(".").lower() not in COURTESY]
    if words and words[0].lower() in _OWNERS:
        words = words[1:]
    return "" if all(word.strip(".").lower() in _WHICH_ONE for word in words) else " ".join(words)


def is_title(word: str) -> bool:
    """Return whether a word can stand before a name as a title: "Sen.", "chief", "Vice-President"."""
    low = word.strip(".").lower()
    if word in PARTICLES:
        return False  # Corriere | del | Lago
    return (
        low in TITLES
        or ("-" in low and (low.rsplit("-", 1)[1] in TITLES or bool(kind_of_noun(low.rsplit("-", 1)[1]))))
        or "-of-" in low
        or low.endswith("-year-old")
        or low in PERSON_LIKE
        or kind_of_noun(low) in ("anonymous", "official_unnamed")
    )


def count_titles(words: Sequence[str]) -> int:
    """Return how many of the first words of a capitalised run are titles; all of them: it holds no name.

    "Chief Executive Priya Rao" has two, "Ridgeport Mayor Ann Lee" too, "King" alone none.
    """
    if len(words) > 1 and all(map(is_title, words)) and words[-1].strip(".").lower() not in SURNAMES_TOO:
        return len(words)  # Prime Minister
    if len(words) == 1:
        return int(is_title(words[0]) and words[0].strip(".").lower() not in SURNAMES_TOO)
    return next((i + 1 for i in range(len(words) - 2, -1, -1) if is_title(words[i])), 0)


def strip_titles(name: str) -> str:
    """Return a name without the titles and articles before it: "the Rev. Ann Lee" is Ann Lee."""
    words = name.split()
    if words and words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    count = count_titles(words)
    return " ".join(words[count:] if count < len(words) else words)
