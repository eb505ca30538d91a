"""Rules that join a quotation to the speaker and the reporting word beside it.

In the texts read here, quotations are blotted out with NUL (`transforms.quotes.blot_out`).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from schemas.records import QuoteType, Segment
from transforms.cues import FINITE, LABELS, PARTICIPLES, REFERENCES, any_of
from transforms.mentions import CAPITALS, PRONOUNS, is_mention, mention_pattern
from transforms.quotes import Quote, Span

_NEAR, _FAR = (rf"(?P<source>{mention_pattern(shortest=shortest)})" for shortest in (True, False))
_ADVERBS = (
    r"(?:(?:also|later|then|now|once|still|has|had|have|would|further|recently|first|was|were|went|\w+ly)\s+){0,3}"
)
_SAID = rf"(?P<cue>quoted\s+as\s+saying|on\s+to\s+say|(?i:{any_of(FINITE)}))\b"
_SPEAKING = any_of(form for form in FINITE | PARTICIPLES if form.split()[0] not in LABELS)
_ASIDE = (
    r"(?:\s\([^\0)]{1,60}\))?(?:,[^\0,]{1,80},(?:[^\0,]{1,80},)?|,?\s(?:who|of|in|from|at|on|with)\b[^\0,.;:]{1,80}?)?"
)
# ” one user expressed.   ” Lee, 54, of Ridgeport, later told reporters   ” a woman in the crowd shouted
PLAIN_AFTER = re.compile(rf",?\s*{_NEAR}{_ASIDE}\s+{_ADVERBS}{_SAID}")
# ” said Mayor Ann Lee, 54, of Ridgeport.   ” according to Lee.
INVERTED_AFTER = re.compile(rf",?\s*\b(?P<cue>(?i:{any_of({*FINITE, *REFERENCES})}))\s+{_FAR}")
SIGNED_AFTER = re.compile(rf"\s*[—–―-]{{1,2}}\s*{_FAR}\.?\s*(?:$|\0)", re.MULTILINE)  # ” —Commissioner Ann Lee
SIGNED_BEFORE = re.compile(rf"^(?:From\s+)?{_FAR}:\s*$")  # From Chairwoman Ann Lee: “
# According to Lee, “   Said Ellis: “
INVERTED_BEFORE = re.compile(rf"(?P<cue>\b(?i:{any_of(REFERENCES)})|^(?i:{any_of(FINITE)}))\s+{_FAR}")
CUE = re.compile(rf"(?<![\w’'-])(?P<cue>quoted\s+as\s+saying|(?i:{_SPEAKING}))\b")
SUBJECT = re.compile(rf"(?<![\w’'-]){_NEAR}{_ASIDE}(?:,?\s+who)?\s+{_ADVERBS}$")  # Lee, the mayor, then | said: “
CLOSE_SUBJECT = re.compile(rf"(?<![\w’'-]){_NEAR}\s+$")  # footage of Lee | saying “
# At the forum, Lee, a lawyer, | rejected the plan, saying “
OPENING_SUBJECT = re.compile(rf"(?:(?:In|On|At|After|During|Last)\b[^\0,]{{1,80}},\s+)?{_NEAR}{_ASIDE}(?=\s+[a-z])")
# Lee | called it “   not: what Lee calls a “
LABELLING = re.compile(
    rf"(?<![\w’'-])(?P<cue>{any_of(LABELS)})\s[^\0,.;:]{{1,60}}(?<!\ba)(?<!\ban)(?<!\bthe)(?<![’']s)\s$"
)
NEW_SENTENCE = re.compile(r"(?:The|An?|This|These|He|She|They|It|We)\b")  # “Why?” | The council voted
SENTENCE_OPENERS = ("", "But", "And", "Still", "Yet", "So")  # what a sentence may start with before its quotation
INTERJECTED = re.compile(r"[^\0.!?:;]{0,80}[,—–]\s*$")  # “A,” Lee said | on Monday, | “B.”
MIN_QUOTE = 3  # words; shorter quotations without a speaker beside them are nicknames and scare quotes
REACH = 250  # characters beside a quotation in which its speaker is looked for
MOST_CUES = 5  # reporting words tried before a quotation, from the nearest on
LONGEST_NAME = 5  # words, titles included; more are a headline
LONGEST_GAP = 120  # characters between a reporting word and its quotation


NAMED = re.compile(r"\s[A-Z]")  # the mayor Ann Lee; not: The mayor
# her neighbour|, Karim Ostermann, said   the volunteer| who found it, the retired postman Aldous Finch.
APPOSED = re.compile(
    rf"(?:\s+who\b[^\0,.;]{{1,60}})?,\s+(?:the\s+[a-z][\w\s-]{{0,60}}?\s)?(?P<name>{CAPITALS.pattern})(?=[,.;])"
)


class Link(NamedTuple):
    """The speaker and the reporting word that stand with a quotation, as spans of the text."""

    source: Span | None = None
    cue: Span | None = None


NO_LINK = Link()


def surroundings(masked: str, sentences: Sequence[Segment], first: int, final: int, quote: Quote) -> tuple[str, str]:
    """Return the words of its sentence before a quotation, and those after it up to the end of the next sentence.

    A quotation that opens its sentence is led to by the sentence before, if that ends in a colon.
    """
    if sentences[first].start_char == quote.start_char and first and sentences[first - 1].text.endswith(":"):
        first -= 1
    paragraph = sentences[final].paragraph_index
    end = max(s.end_char for s in sentences[final : final + 2] if s.paragraph_index == paragraph)
    before = masked[max(sentences[first].start_char, quote.start_char - REACH) : quote.start_char]
    return before, masked[quote.end_char : min(end, quote.end_char + REACH)]


def find_link(before: str, content: str, after: str, start_char: int, end_char: int) -> tuple[QuoteType, Link] | None:
    """Return how and by whom the quotation at start_char:end_char is said, by the words around it; None: not at all."""
    lead = start_char - len(before)
    trailing = _link_after(content, after, end_char) if _opens_sentence(before) else None
    leading = None if trailing and content.endswith(",") else _link_before(before, content, after, lead)
    if link := leading or trailing:
        return "direct", link
    label = None if re.match(r"[\s-]*\w", after) else LABELLING.search(before)
    subject = SUBJECT.search(before[: label.start()]) if label else None
    if label and subject and is_mention(subject["source"]):
        return "mixed", _link(subject.span("source"), label.span("cue"), lead)
    return None


def _link_before(before: str, content: str, after: str, offset: int) -> Link | None:
    cue = None
    for match in list(CUE.finditer(before))[: -MOST_CUES - 1 : -1]:
        if cue is None and not _introduces(before[match.end() :], content, after):
            continue
        cue = cue or match.span("cue")
        ahead, participle = before[: match.start()], match["cue"].lower() in PARTICIPLES
        subject = (CLOSE_SUBJECT if participle else SUBJECT).search(ahead)
        if subject and is_mention(subject["source"]):
            return _link(subject.span("source"), cue, offset)
    for match in INVERTED_BEFORE.finditer(before):
        if _introduces(before[match.end() :], content, after) and is_mention(match["source"]):
            return _link(match.span("source"), match.span("cue"), offset)
    opening = (OPENING_SUBJECT if cue else SIGNED_BEFORE).match(before)
    if opening and (opening["source"].lower() in PRONOUNS or _is_name(opening["source"])):
        return _link(opening.span("source"), cue, offset)
    return _link(None, cue, offset) if cue else None


def _link_after(content: str, after: str, offset: int) -> Link | None:
    signed = SIGNED_AFTER.match(after)
    if signed and _is_name(signed["source"]):
        return _link(signed.span("source"), None, offset)
    if content[-1] == "." and not after.startswith(",") and not after.lstrip()[:1].islower():
        return None
    for pattern in (INVERTED_AFTER, PLAIN_AFTER):
        match = pattern.match(after)
        if match and is_mention(match["source"]) and not (content[-1] in "?!…" and NEW_SENTENCE.match(match["source"])):
            return _link(match.span("source"), match.span("cue"), offset)
    return None


def prefer_name(text: str, link: Link) -> Link:
    """Return the link with the name that stands in apposition to a description: its warden, | Thyra Lomax |, said."""
    if link.source is None or NAMED.search(text[slice(*link.source)]):
        return link
    apposed = APPOSED.match(text, link.source[1])
    return link._replace(source=apposed.span("name")) if apposed else link


def interjects(gap: str) -> bool:
    """Return whether the words between two quotations are set into one: “A,” Lee said | on Monday, | “B.”"""
    return bool(INTERJECTED.match(gap)) and not CUE.search(gap)


def is_speech(before: str, content: str, after: str) -> bool:
    """Return whether a quotation with no cue is a sentence, or ends in the comma of speech; no name, no title."""
    words = content.split()
    is_title = sum(word[0].isupper() for word in words) > len(words) / 2
    complete = content[-1] in ".?!…" and not re.match(r"\s*[a-z]", after)
    comma = content[-1] == "," or after.startswith(",")
    return len(words) >= MIN_QUOTE and not is_title and (complete or comma) and _opens_sentence(before)


def _opens_sentence(before: str) -> bool:
    tail = before.rstrip(" ,")
    return tail in SENTENCE_OPENERS or (before.rstrip() == tail and tail[-1] in ".!?:;…\0")


def _is_name(source: str) -> bool:
    words = source.split()
    return words[-1][0].isupper() and len(words) <= LONGEST_NAME


def _introduces(gap: str, content: str, after: str) -> bool:
    """Return whether the words between a cue and a quotation make all of the quotation what is said."""
    gap = gap.strip()
    if "\0" in gap or len(gap) > LONGEST_GAP:
        return False
    ends_clause = content[-1] in ".,?!…" or not after.strip() or after.lstrip()[0] in ".,;?!"
    return gap.endswith(":") or (
        ends_clause and (gap in ("", "that", ",") or (gap[-1] == "," and content[0].isupper()))
    )


def _link(source: Span | None, cue: Span | None, offset: int) -> Link:
    return Link(*((span[0] + offset, span[1] + offset) if span else None for span in (source, cue)))
