"""Quotations that go on: with the sentence that a cue interrupts, or after a cue with a sentence of their own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from transforms.quoted_text import QuotedText
from transforms.quotes import Quote
from transforms.said import Said

# “A,” | she said at a meeting, | “b.”    not: “A,” she said, adding, “b.”
INTERRUPTION = re.compile(r"[^.?!\n]*(?<!ing),\s*[“\"‘'«]?")

# how the rest of an interrupted sentence begins where the remark between could go on: | “you give them weapons.”
OWN_CLAUSE = re.compile(r"(?:i|you|he|she|it|we|they|the|this|that|there|and|but|my|our|your|his|her|their)\b")


def with_follow_ons(page: QuotedText, said: Sequence[Said]) -> list[Said]:
    """Return the statements in order; a quotation with nothing around it goes on after a cue: “A,” she said. | “B.”

    What the model took for its cue or source stands farther off, and is not.
    """
    found: list[Said] = []
    for one in said:
        earlier = (other for other in reversed(found) if other.hull[1] <= one.hull[0])
        previous = next(earlier, None)
        before = previous if previous and previous.quote_type == "direct" else _first_direct(earlier)
        quote = next((q for q in page.touching(one.hull) if q.spans == one.spans), None)
        if before and quote and _interrupted(page, before, quote):
            found[found.index(before)] = replace(before, spans=(*before.spans, *one.spans))
            continue
        last = _last_quote(page, one)
        if before and last and OWN_CLAUSE.match(page.text, *last.spans[0]) and _interrupted(page, before, last):
            found[found.index(before)] = replace(before, spans=(*before.spans, *last.spans))
            one = replace(one, spans=(page.trimmed((one.hull[0], last.start_char), that=False),), quote_type="indirect")
        if quote and not one.goes_on and previous and _follows(page, previous, quote, one):
            one = replace(one, source=None, cue=None, goes_on=True)
        found.append(one)
    return found


def _first_direct(said: Iterable[Said]) -> Said | None:
    return next((one for one in said if one.quote_type == "direct"), None)


def _last_quote(page: QuotedText, one: Said) -> Quote | None:
    """Return the quotation in which a statement of one piece ends that begins before it outside of quotation marks."""
    quotes = page.touching(one.hull)
    if len(one.spans) != 1 or len(quotes) != 1 or one.cue is None or one.cue[0] > one.hull[0]:
        return None
    begins_before = one.hull[0] < quotes[0].start_char - 1
    return quotes[0] if begins_before and quotes[0].spans[-1][1] <= one.hull[1] <= quotes[0].end_char else None


def _interrupted(page: QuotedText, before: Said, quote: Quote) -> bool:
    """Return whether a quotation goes on with the sentence that its cue interrupts: “A,” she said, | “b.”"""
    between = page.text[before.hull[1] : quote.start_char]
    cue = before.cue
    return (
        cue is not None
        and before.hull[1] <= cue[0] < quote.start_char
        and page.text[before.hull[1] - 1] == ","
        and page.text[quote.spans[0][0]].islower()
        and bool(INTERRUPTION.fullmatch(between))
    )


def _follows(page: QuotedText, before: Said, quote: Quote, one: Said) -> bool:
    """Return whether a quotation opens the sentence after the one that says who said the quotation before."""
    said_by = [span[1] for span in (before.cue, before.source) if span]
    between = page.text[before.hull[1] : quote.start_char]
    if not said_by or "\n" in between or (before.quote_type == "direct" and max(said_by) <= before.hull[1]):
        return False
    own = [span for span in (one.cue, one.source) if span]
    sentence = page.sentence(quote.start_char)
    near = any(page.sentence(start) in (sentence, page.sentence(quote.end_char - 1)) for start, _ in own)
    return (
        not near
        and page.sentence(max(*said_by, before.hull[1]) - 1) == sentence - 1
        and quote.start_char - 2 <= page.sentence_starts[sentence - 1]
    )
