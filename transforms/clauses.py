"""Which words of an English sentence are a clause: a subject with a finite verb; word lists and endings, no parser."""

import re

from transforms.cues import FINITE, NOUN_FAMILY, VERB_FAMILY, any_of, words_of
from transforms.mentions import DETERMINERS

OTHER_FINITE = words_of("""
    am is are was were isn't aren't wasn't weren't has have had hasn't haven't hadn't do does did don't doesn't
    didn't can can't cannot could couldn't will won't would wouldn't shall should shouldn't may might must became
    become becomes began begins broke brought brings built bought came comes chose cost costs drew drove fell felt
    finds flew found fought gave gives gets goes got grew held heard keeps kept knew knows lacks laid lay leads led
    left lets lies lived lives looks lost made makes means meant met needs opens owns paid ran remain remains rose
    runs sat saw seem seems sees sent serves shows shut sits sold spent spoke stands stays stood stole struck sued
    takes taught thought threw took turns understood wants went wins won wore works wrote appears applies belongs
    consists contains continues covers depends exists expects faces follows happens helps holds includes involves
    lasts marks matters plays provides raises refuses reflects rests starts stems tends tries uses varies
""")
# he voted, it isn't, who lives, a storm hit; not "the proposed plan", "shops closed by the storm"
FINITE_VERB = re.compile(
    rf"\b(?:{any_of(form for form in {*OTHER_FINITE, *FINITE} - NOUN_FAMILY.keys() if not form.endswith('ed'))}"
    r"|(?:I|he|she|we|they|who)\s+[a-z]\w+|\w+[’'](?:re|ve|ll|m|d)|[a-z]\w+n[’']t)\b"
    r"|(?<!\bthe )(?<!\ba )(?<!\ban )\b[a-z]\w+ed\b(?! by\b)",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"(?:who|which|whose)\b")  # a resident | who asked not to be named
PARTS = re.compile(r"\s*(?:[,;:()—–]|\s-\s)\s*")
# The shop | that closed    He left | when it rained
DEPENDENT = re.compile(
    r"\b(?:who|whom|whose|which|that|where|whether|what|how|why|when|while|as|because|if|after|before|although|though"
    r"|since|until|unless|once)\b",
    re.IGNORECASE,
)
# After the vote failed, …    and it rained
OPENERS = re.compile(
    r"(?:(?:and|but|or|so|yet|then|when|while|as|because|if|after|before|although|though|since|until|unless|once)\s+)+",
    re.IGNORECASE,
)
ADVERB = r"(?:(?:also|then|later|now|never|again|still|already|once|first|\w+ly)\s+)*"
VERB_FIRST = re.compile(rf"{ADVERB}(?:{FINITE_VERB.pattern})", re.IGNORECASE)
SUBJECT_WITHIN = re.compile(r"(?:I|he|she|we|they|\w+[’'](?:re|ve|ll|m|d))\b", re.IGNORECASE)  # of a match: she left
# had | could | is: what was said stood behind it
UNFINISHED = frozenset(
    words_of("am is are was were be been has have had will would can could shall should may might must that")
)
# 11, eleven, thirty
NUMBER = re.compile(
    r"[\d.,]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty",
    re.IGNORECASE,
)
REMNANT = 3  # words behind a reporting verb that do not make it more than a remnant: the paper said | on Monday
NO_SUBJECT = re.compile(
    r"(?:of|in|on|at|to|by|for|from|with|about|into|over|under|against|who|which|that|than)\b", re.IGNORECASE
)


def has_finite_verb(text: str) -> bool:
    """Return whether an English clause seems to hold a finite verb of its own; a word list and endings, no parser."""
    return not RELATIVE.match(text) and bool(FINITE_VERB.search(text.replace("’", "'")))


def begins_with_verb(text: str) -> bool:
    """Return whether the words are what somebody does, without who: praised the plan."""
    found = VERB_FIRST.match(text)
    return bool(found and not SUBJECT_WITHIN.match(text))


def holds_clause(text: str) -> bool:
    """Return whether a remainder holds a clause with its subject that is more than reporting words."""
    plain = text.replace("’", "'")
    whole = not NO_SUBJECT.match(plain)  # else what opens a clause further on depends on what was cut
    return not RELATIVE.match(plain) and any(_is_clause(part, opened=whole) for part in PARTS.split(plain))


def _is_clause(part: str, *, opened: bool) -> bool:
    """Return whether a part between commas is a clause, what depends on it left aside.

    With `opened` it may begin as one that depends on another: after the vote failed.
    """
    opener = OPENERS.match(part)
    if opener and not opened:
        return False
    main = DEPENDENT.split(part[opener.end() if opener else 0 :])[0].strip(" .")
    if NO_SUBJECT.match(main):
        return False
    return any(_is_predicate(main, verb) for verb in FINITE_VERB.finditer(main))


def _is_predicate(main: str, verb: re.Match[str]) -> bool:
    """Return whether a verb has a subject before it, and says more than that something is said."""
    before = main[: verb.start()].split()
    if not (before or SUBJECT_WITHIN.match(verb[0])):
        return False
    rest = main[verb.end() :].split()
    if before and before[-1].lower() in DETERMINERS:  # the | lost | phones
        return False
    if (
        before and rest and rest[0].lower() not in DETERMINERS and NUMBER.fullmatch(before[-1])
    ):  # eleven | lost | phones
        return False
    last = verb[0].lower().split()[-1]
    if last in UNFINISHED:
        return any(word not in UNFINISHED for word in rest)
    return last not in VERB_FAMILY or len(rest) > REMNANT
