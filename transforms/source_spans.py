"""The source and the cue of a statement as a row shows them: the mention that goes with the reporting words."""

import re

from transforms.cues import FINITE, LABELS, PARTICIPLES, VERB_FAMILY, any_of
from transforms.quotes import Span

REACH = 80  # characters before a cue in which its subject stands
NO_SOURCES = frozenset(
    {"the", "a", "an", "there", "of", "and", "or", "to", "that", "what", "in", "as", "by", "with", "from", "but", "for"}
)
NAME = r"(?:(?:[A-Z][\w.’'-]*|de|van|von|al|bin)\s)*[A-Z](?:[\w.’'-]*\w)?"
# Sen. Ann Lee, | who
NAME_BEFORE = re.compile(rf"\b(?P<name>{NAME})\.?\s*(?:\([^()]*\))?,?\s+$")
# But | the senator, | who
DESCRIPTION_BEFORE = re.compile(
    r"\b(?P<name>(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Oo]ne)\s(?:[\w’'-]+\s){0,5}?[\w’'-]+),?\s+$"
)
# Ann Lee |, 54, of Ridgeport    Lee |, the mayor    Rep. Dan Roe | (R-Ohio), a lawyer    a resident | who asked …
AFTER_NAME = re.compile(r",?\s+(?:who|which|whose)\b|,\s+(?:\d|(?:an?|the|of|from|in|at)\b)|\s+\([A-Z]-[^()]*\)")
STRAY_END = " ,;:—–-"
# what Roe | calls “…”    what the two companies | have called “…”
WHAT_BEFORE = re.compile(r"\bwhat (?P<name>(?:[\w.’'-]+ ){0,4}[\w.’'-]+?) (?:(?:has|have|had|once|later|also) )*$")
LABELLING = re.compile(rf"(?:(?:has|have|had|once|later|also) )*(?:{any_of(LABELS)}|describe[sd]|described)\b")
# she | asked
PRONOUN_BEFORE = re.compile(r"\b(?P<name>I|[Hh]e|[Ss]he|[Tt]hey|[Ww]e) $")
# footage of | Ann Lee | asking
NAME_DIRECTLY_BEFORE = re.compile(rf"\b(?:of|with|shows?) (?P<name>{NAME}) $")
PARTICIPLE = re.compile(any_of(PARTICIPLES) + r"\b")
VERB = re.compile(any_of({*FINITE, *VERB_FAMILY} - PARTICIPLES) + r"\b")


def source_span(text: str, source: Span | None, cue: Span | None) -> Span | None:
    """Return a source without what follows the name, or the subject beside the cue.

    For a relative it is what the relative stands for: Lee, | who | said. None where only a function word is left.
    """
    beside = _subject(text, source, cue) if cue else None
    if beside or source is None:
        return beside
    word = text[slice(*source)].lower()
    if word in ("who", "which"):
        floor = max(text.rfind("\n", 0, source[0]) + 1, source[0] - REACH)
        found = NAME_BEFORE.search(text, floor, source[0])
        if word == "who" and not found:
            found = DESCRIPTION_BEFORE.search(text, floor, source[0])
        return found.span("name") if found else source
    if word in NO_SOURCES:
        return None
    start = source[0] + len("From ") * text.startswith("From ", *source)
    after = AFTER_NAME.search(text, start + 1, source[1])
    end = after.start() if after else source[1]
    return start, start + len(text[start:end].rstrip(STRAY_END))


def _subject(text: str, source: Span | None, cue: Span) -> Span | None:
    """Return the subject directly before a cue where the model has none, or one farther off."""
    floor = max(text.rfind("\n", 0, cue[0]) + 1, cue[0] - REACH)
    if LABELLING.match(text, *cue) and (found := WHAT_BEFORE.search(text, floor, cue[0])):
        return found.span("name")
    if PARTICIPLE.match(text, *cue) and (found := NAME_DIRECTLY_BEFORE.search(text, floor, cue[0])):
        return found.span("name")
    if source is None and VERB.match(text, *cue) and (found := PRONOUN_BEFORE.search(text, floor, cue[0])):
        return found.span("name")
    return None


# | what it calls “…”
WHAT_IT_CALLS = re.compile(rf"what (?P<name>(?:[\w.’'-]+ ){{1,5}}?)(?P<cue>{LABELLING.pattern}(?: as)?) [“\"‘']")
# “…”, | adds Ann Lee.
INVERTED = re.compile(rf"[,\s]*(?P<cue>{any_of(FINITE)}) (?P<name>{NAME})(?=[.,;:\s]*(?:\n|$)|, )")
LABEL = re.compile(rf"(?:\d\d?[:.]\d\d )?(?P<name>{NAME}): $")  # 11:08 Lee: | “…”
# In the words of | the judge, it was | “…”
IN_THE_WORDS = re.compile(
    r"(?P<cue>[Ii]n the words of) (?P<name>[\w.’'-]+(?:\s[\w.’'-]+){0,5}?)"
    r"(?:,| (?:it|he|she|they|this) )[^.?!\n“\"]{0,40}$"
)


def beside_quotation(text: str, sentence_start: int, quotation: Span) -> tuple[Span | None, Span] | None:
    """Return cue and source that stand directly beside a quotation, marks included; the cue of a label is None."""
    if after := INVERTED.match(text, quotation[1]):
        return after.span("cue"), after.span("name")
    if label := LABEL.fullmatch(text, sentence_start, quotation[0]):
        return None, label.span("name")
    if words := IN_THE_WORDS.search(text, sentence_start, quotation[0]):
        return words.span("cue"), words.span("name")
    return None


def name_given(text: str, content: Span) -> tuple[Span, Span] | None:
    """Return cue and source of a content that is what somebody calls something: what | it | calls | “…”"""
    found = WHAT_IT_CALLS.match(text, *content)
    return (found.span("cue"), (found.start("name"), found.end("name") - 1)) if found else None


def is_participle(text: str, cue: Span) -> bool:
    """Return whether a cue has the subject of the clause before it: She left, | saying …"""
    return bool(PARTICIPLE.match(text, *cue))


def cue_span(text: str, cue: Span | None) -> Span | None:
    """Return a cue of words, None for a mere colon: Ann Lee: “…”"""
    return cue if cue and any(map(str.isalnum, text[slice(*cue)])) else None
