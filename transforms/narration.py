"""The article's own voice: what remains of a sentence once content, source and cue of its statements are taken out."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from schemas.records import Segment
from transforms.clauses import begins_with_verb, has_finite_verb, holds_clause
from transforms.mentions import FUNCTION_WORDS
from transforms.quotes import Span

LEFT_BY_CUT = " \t\n\r\xa0,;:.—–-"  # white space and punctuation at the edge of a cut
BYLINE = re.compile(r"(?:By|Photo|Photos|Source|Read|More)\b")  # By Ann Lee; Photo by Ann Lee; More in News
# what a cut leaves at the end of a piece: the plan | that    a decision | and as it
DANGLING = re.compile(
    r"(?:[\s,;:—–-]+(?:(?:as|and|but|when|if|where|that) (?:it|he|she|they|we|I)|that|and|but|or|as|to|with|by|of|in|on"
    r"|at|for|from|though|although|while|when|where|who|which|what|if|because|amid|than|the|a|an|whether|so|over|about"
    r"|after|before|until|against|into|according|saying|however))+[\s,;:—–-]*$"
)
LONGEST_DANGLING = 40  # characters
LEADING = re.compile(r"(?:(?:and|but|or|so|yet)\s+)+")  # | and it rained
BARE_RELATIVE = re.compile(r"(?:they|he|she|it|we|you|I)\b")  # the badges | they wear
MIN_SENTENCE = 3  # words; a shorter line without a listed verb is a label


def narration_spans(
    text: str, sentences: Sequence[Segment], cuts: Collection[Span], sources: Collection[Span], *, english: bool
) -> Iterator[tuple[Span, ...]]:
    """Yield, per sentence, the spans that remain outside the cuts, where they still hold a clause.

    A source (one of the cuts) that is the subject of what follows it stays: `Lee | praised the plan`. The test for a
    clause is English; in other languages every remainder counts.
    """
    ordered = sorted(set(cuts))
    starts, ends = [start for start, _ in ordered], list(accumulate((end for _, end in ordered), max))
    for sentence in sentences:
        inside = ordered[bisect_right(ends, sentence.start_char) : bisect_left(starts, sentence.end_char)]
        spans = tuple(outside(text, sentence.start_char, sentence.end_char, inside))
        if english and inside:
            spans = tuple(_clauses(text, spans, sentence, [cut for cut in inside if cut in sources], inside))
        elif english and not reads_as_sentence(" ".join(text[start:end] for start, end in spans)):
            continue
        if spans:
            yield spans


def _clauses(
    text: str, spans: Sequence[Span], sentence: Segment, sources: Sequence[Span], cuts: Sequence[Span]
) -> Iterator[Span]:
    """Yield the spans that hold a clause, each with its subject and without words that lead to what was cut."""
    for start, end in spans:
        if start > sentence.start_char and (leading := LEADING.match(text, start, end)):
            start = leading.end()
        if end < sentence.end_char and (dangling := DANGLING.search(text, max(start, end - LONGEST_DANGLING), end)):
            end = dangling.start()
        if BARE_RELATIVE.match(text, start, end) and any(text[one[1] : start] == " " for one in sources):
            continue
        subject = next((one for one in sources if one[1] < start and not text[one[1] : start].strip()), None)
        alone = subject and not any(a <= subject[0] and subject[1] <= b for a, b in cuts if (a, b) != subject)
        if subject and alone and begins_with_verb(text[start:end]):
            start = subject[0]
        if holds_clause(text[start:end]):
            yield start, end


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
