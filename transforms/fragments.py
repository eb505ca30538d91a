"""Which pieces of an attribution are one statement: fragments of a sentence, a quotation's paragraphs."""

import re
from collections.abc import Sequence

from transforms.attributions import Attribution
from transforms.gaps import without_gaps
from transforms.quoted_text import QuotedText
from transforms.quotes import Span

# When asked about it, | As a phone rang, | she said: “…”
SETTING = re.compile(r"(?:as|when|while|after|before|once|asked|in|on|at|during|with)\b", re.IGNORECASE)
ASKED = re.compile(r"\basked\s+$", re.IGNORECASE)  # Asked | whether it was shut, she said …
PARTICIPLE = re.compile(r"(?!according)(?:\w+ly )?\w+ing\b")  # he left, | saying …
RELATIVES = frozenset({"which", "that", "what", "who", "it"})  # to | which | she said: “…”
JOINED = re.compile(r"[\s,;—–-]*")  # “A,” she said, | and B


def group_pieces(page: QuotedText, pieces: Sequence[Span], one: Attribution) -> list[list[Span]]:
    """Return the pieces of an attribution by statement, both in text order.

    Fragments of one sentence are one statement, as are the paragraphs of a quotation. A quoted sentence is one by
    itself: what else the sentence holds is its setting, or a statement beside it.
    """
    groups: list[list[Span]] = []
    for piece in without_gaps(page, _own(page, pieces, one), one):
        if groups and _goes_on(page, groups[-1][-1], piece) and not _begins(page, groups[-1], piece, one):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _own(page: QuotedText, pieces: Sequence[Span], one: Attribution) -> Sequence[Span]:
    """Return the pieces that can be what the cue brings in."""
    cue = one.cue
    if cue is None or len(pieces) < 2:
        return pieces
    sentence = page.sentence(cue[0])
    before = [piece for piece in pieces if piece[1] <= cue[0] and page.sentence(piece[1] - 1) == sentence]
    after = [piece for piece in pieces if cue[1] <= piece[0] and page.sentence(piece[0]) == sentence]
    dropped: set[Span] = set()
    plain = [piece for piece in before if not any(page.quoted[slice(*piece)])]
    if after and PARTICIPLE.match(page.text, *cue) and page.text[: cue[0]].endswith(", "):
        dropped.update(plain)
    dropped.update(piece for piece in plain if ASKED.search(page.text, max(0, piece[0] - 8), piece[0]))
    if any(page.opens_sentence(piece) for piece in after):
        dropped.update(piece for piece in plain if SETTING.match(page.text, *piece))
        dropped.update(piece for piece in plain if page.text[slice(*piece)].lower() in RELATIVES)
    if any(page.is_quotation(piece) for piece in before):
        dropped.update(
            piece
            for piece in after
            if not any(page.quoted[slice(*piece)]) and not JOINED.fullmatch(page.text, cue[1], piece[0])
        )
    return [piece for piece in pieces if piece not in dropped]


def _begins(page: QuotedText, before: Sequence[Span], piece: Span, one: Attribution) -> bool:
    """Return whether a piece is a quoted sentence after a paraphrase: It shut, Lee said: | “Go home now.”"""
    after_cue = one.cue is not None and one.cue[1] <= piece[0]
    return after_cue and page.quote_type(before) == "indirect" and page.opens_sentence(piece)


def _goes_on(page: QuotedText, before: Span, piece: Span) -> bool:
    """Return whether a piece stands in the sentence in which the one before ends, or in the same quotation."""
    return page.sentence(before[1] - 1) == page.sentence(piece[0]) or any(
        before in quote.spans and piece in quote.spans for quote in page.touching(before)
    )
