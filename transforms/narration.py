"""The article's own voice: what remains of a sentence once content, source and cue of its statements are taken out."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from schemas.records import Segment
from transforms.cues import FINITE, NOUN_FAMILY, any_of, words_of
from transforms.mentions import FUNCTION_WORDS
from transforms.quotes import Span

LEFT_BY_CUT = " \t\n\r\xa0,;:.—–-"  # white space and punctuation at the edge of a cut
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
BYLINE = re.compile(r"(?:By|Photo|Photos|Source|Read|More)\b")  # By Ann Lee; Photo by Ann Lee; More in News
MIN_SENTENCE = 3  # words; a shorter line without a listed verb is a label


def narration_spans(
    text: str, sentences: Sequence[Segment], cuts: Collection[Span], *, english: bool
) -> Iterator[tuple[Span, ...]]:
    """Yield, per sentence, the spans that remain outside the cuts, where they still hold a verb.

    The verb test is English; in other languages every remainder counts.
    """
    ordered = sorted(set(cuts))
    starts, ends = [start for start, _ in ordered], list(accumulate((end for _, end in ordered), max))
    for sentence in sentences:
        inside = ordered[bisect_right(ends, sentence.start_char) : bisect_left(starts, sentence.end_char)]
        spans = tuple(outside(text, sentence.start_char, sentence.end_char, inside))
        remains = " ".join(text[start:end] for start, end in spans)
        holds_verb = has_finite_verb(remains) if inside else reads_as_sentence(remains)
        if spans and (holds_verb or not english):
            yield spans


def has_finite_verb(text: str) -> bool:
    """Return whether an English clause seems to hold a finite verb of its own; a word list and endings, no parser."""
    return not RELATIVE.match(text) and bool(FINITE_VERB.search(text.replace("’", "'")))


def reads_as_sentence(text: str) -> bool:
    """Return whether a line is a sentence, though perhaps without a listed verb; not a dateline, byline or label."""
    plain_words = {word for word in re.findall(r"\b[a-z]\w+", text) if word not in FUNCTION_WORDS}
    closed = len(text.split()) >= MIN_SENTENCE and text[-1:] in ".?!" and plain_words and not BYLINE.match(text)
    return bool(closed) or has_finite_verb(text)


def outside(text: str, start_char: int, end_char: int, cuts: Sequence[Span]) -> Iterator[Span]:
    """Yield the pieces of a span outside the cuts (in order), without white space and punctuation that a cut leaves."""
    start = start_char
    for cut_start, cut_end in [*cuts, (end_char, end_char)]:
        piece = text[start:cut_start]
        left = piece.lstrip() if start == start_char else piece.lstrip(LEFT_BY_CUT)
        kept = left.rstrip() if cut_start == end_char else left.rstrip(LEFT_BY_CUT)
        if any(char.isalnum() for char in kept):
            yield cut_start - len(left), cut_start - len(left) + len(kept)
        start = max(start, cut_end)
