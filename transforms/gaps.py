"""What stands between the pieces of one paraphrase: a remark that interrupts it, words the model lost, or its end."""

import re
from collections.abc import Sequence

from transforms.attributions import Attribution
from transforms.quoted_text import QuotedText
from transforms.quotes import Span

RELATIVE = re.compile(r"\s+(?:that|who|which|whose|where)\s+\w[^,]*$")  # according to a study | that questions how …
COORDINATE = re.compile(r",\s(?:and|but|so|yet|while|though|although)\s*$")  # it can’t tell, and | according to Lee, …
COLON = re.compile(r"\s*:\s+")  # two were open, they said: | who pays, …
MAX_LOST_WORDS = 8  # between two pieces; more are a clause of its own


def without_gaps(page: QuotedText, pieces: Sequence[Span], one: Attribution) -> list[Span]:
    """Return the pieces of an attribution with what the model lost between them, and without what is no part of it."""
    kept: list[Span] = []
    for piece in pieces:
        if not kept or not _is_plain(page, kept[-1], piece):
            kept.append(piece)
            continue
        before = kept.pop()
        kept += _joined(page, before, piece, one)
    return kept


def _is_plain(page: QuotedText, before: Span, piece: Span) -> bool:
    """Return whether two pieces stand in one sentence, and no quotation between them or at their edges."""
    alike = page.sentence(before[1] - 1) == page.sentence(piece[0])
    return alike and not any(page.quoted[before[1] - 1 : piece[0] + 1])


def _joined(page: QuotedText, before: Span, piece: Span, one: Attribution) -> list[Span]:
    remark = [span for span in (one.source, one.cue) if span and before[1] <= span[0] and span[1] <= piece[0]]
    if not remark:
        lost = page.text[before[1] : piece[0]].split()
        return [(before[0], piece[1])] if len(lost) <= MAX_LOST_WORDS else [before]
    first, last = min(remark)[0], max(end for _, end in remark)
    if RELATIVE.match(page.text, last, piece[0]):
        return [before]
    if COORDINATE.search(page.text, before[1], first):
        return [piece]
    colon = COLON.match(page.text, last, piece[0])
    return [before, (colon.end(), piece[1]) if colon else piece]
