"""What a mention of a speaker looks like: `one user`, `Mayor Ann Lee`, `a spokesperson for the port`, `she`."""

import re

from transforms.cues import PARTICIPLES, any_of, words_of

DETERMINERS = words_of("""
    the a an one another this that these those some many several most other both two three four five six his her
    their its our my few more
""")
# Words no mention holds but before its end: "Lee | of", "the mayor | on Monday".
FUNCTION_WORDS = frozenset(
    words_of("""
    of in on at to as by with from for after before during while when if because who whom whose which and or but he
    she they it we i you him them us me not yesterday today tomorrow tonight monday tuesday wednesday thursday
    friday saturday sunday last next later earlier then also is are was were has have had would could will where how
    why what so yet though although since until than about into over under through according via there here january
    february march april june july august september october november december still just only even meanwhile however
    both again together now never always once speaking referring asked nevertheless nonetheless perhaps besides
    always sometimes afterwards otherwise instead towards across unless whereas whose
""")
)
ORGANISATIONS = words_of("""
    ministry department police inc corp co ltd llc plc company council committee court agency association party
    union bank university college institute government administration campaign office bureau commission authority
    authorities board foundation organisation organization club team times post journal news tribune herald gazette
    parliament congress senate house embassy army navy military church school hospital firm network newspaper
    magazine coalition federation league group centre center service society trust pac
""")
DOCUMENTS = words_of("""
    report study poll survey filing letter lawsuit complaint document documents ruling memo paper statement tweet
    article book review transcript indictment affidavit audit analysis website sign email bill order record records
""")
OFFICIALS = words_of("""
    spokesperson spokesman spokeswoman official officials officer aide aides source sources insider diplomat
    diplomats prosecutor prosecutors minister senator mayor governor president chief judge sheriff detective
    ambassador adviser advisor advisers advisors representative deputy secretary spokespeople commissioner chairman
    chairwoman
""")
PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i"})

_ABBREVIATION = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|Prof|Rev|Fr|Hon|St|Jr|Sr|Del|Det|Supt|Insp|Pres"
    r"|Cpl|Pvt|Msgr|Amb|Inc|Co)\."
)
_PARTICIPLE = any_of(word for word in PARTICIPLES if " " not in word)
_WORD = rf"(?!(?i:{any_of(FUNCTION_WORDS)}|{_PARTICIPLE})\b)(?:{_ABBREVIATION}|(?:[A-Z]\.)+|[^\W_][\w&]*(?:[’'-]\w+)*)"
_DETERMINER = rf"(?i:{any_of(DETERMINERS)})\b"
_CAPITAL = (
    rf"(?!(?i:{any_of(FUNCTION_WORDS)}|{any_of(DETERMINERS)})\b)"
    rf"(?:{_ABBREVIATION}|(?:[A-Z]\.)+|[^\W\d_a-zß-ÿ]\w*(?:-\w+|[’'](?!s\b)\w+)*)"
)
CAPITALS = re.compile(rf"(?<!\w){_CAPITAL}(?:\s+{_CAPITAL}){{1,5}}")  # Mayor Ann Lee
OTHER_NAME = re.compile(
    rf"(?<!\w)(?<!of )(?<!in )(?<!at )(?<!from )(?<!to )(?<!for ){_CAPITAL}"
)  # Roe; not: of Ridgeport
_OFFICE = any_of(map(str.capitalize, ORGANISATIONS))


def mention_pattern(*, shortest: bool) -> str:
    """Return the regular expression of a mention: `one user`, `Mayor Ann Lee`, `a spokesperson for the port`, `she`."""
    lazy = "?" if shortest else ""
    words = rf"{_WORD}(?:\s+{_WORD}){{0,5}}{lazy}"
    of = rf"\s+(?:of|for|close\s+to)\s+(?:{_DETERMINER}\s+)?{words}"
    return (
        rf"(?:(?i:he|she|they|it|we|i)\b|{_DETERMINER}\s+{words}(?:{of})?"
        rf"|(?:{_WORD}\s+){{0,2}}{_OFFICE}\s+of\s+(?:the\s+)?{words}|(?!{_DETERMINER}){words})"
    )


def is_mention(text: str) -> bool:
    """Return whether a noun phrase can be a speaker: a pronoun, with a determiner or a capital, or a plural."""
    words = text.split()
    first, last = words[0].lower(), words[-1].lower()
    return (
        first in PRONOUNS
        or first in DETERMINERS
        or text != text.lower()
        or last.endswith("s")
        or last in ("police", "people")
    )
