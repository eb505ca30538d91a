"""A text with its quotations and sentences: what stands in marks, and which quotations read as something said."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schemas.records import QuoteType
from transforms.quotes import CLOSED_BY, Quote, Span

MIN_QUOTE = 4  # words; shorter quotations settle nothing by themselves
SENTENCE_END = ".?!…"
CLOSING = "".join(CLOSED_BY.values())
EDGE = " \t\n\r\xa0,;:"  # never at the edge of a content outside quotation marks
LEADING_THAT = re.compile(r"that\s+(?=[\w“\"‘«])")
ASIDE = re.compile(r"(?:He|She|They)\b")
# U.S. | J. | Inc.
ABBREVIATION = re.compile(r"(?:\b\w\.\w|\b[A-Z]|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|St|Bros|etc|No))\.$")


class QuotedText:
    """A text, its quotations and where its sentences start, all in text order."""

    def __init__(self, text: str, quotes: Sequence[Quote], sentence_starts: Sequence[int]) -> None:
        self.text, self.quotes, self.sentence_starts = text, quotes, sentence_starts
        self.starts = [quote.start_char for quote in quotes]
        self.ends = [quote.end_char for quote in quotes]
        self.quoted = bytearray(len(text))  # 1 for each character inside a quotation
        for quote in quotes:
            for start, end in quote.spans:
                self.quoted[start:end] = b"\1" * (end - start)

    def sentence(self, position: int) -> int:
        """Return the number of the sentence in which a character stands, from 1; 0 before the first."""
        return bisect_right(self.sentence_starts, position)

    def follows(self, end: int, start: int) -> bool:
        """Return whether something starts in the sentence after the one before `end`, or after an aside.

        “A,” Lee said. | “B.”    “A,” Lee said. He smiled. | “B.”
        """
        apart = self.sentence(start) - self.sentence(end - 1)
        aside = self.text[self.sentence_starts[self.sentence(start) - 2] : start] if apart == 2 else "\n"
        return apart <= 1 or bool(ASIDE.match(aside) and "\n" not in self.text[end:start])

    def touching(self, span: Span) -> Sequence[Quote]:
        """Return the quotations that share a character with the span, marks included."""
        return self.quotes[bisect_right(self.ends, span[0]) : bisect_left(self.starts, span[1])]

    def quote_type(self, spans: Sequence[Span]) -> QuoteType:
        """Return whether all of the spans' letters and digits stand in quotation marks, or some, or none."""
        flags = {self.quoted[k] for start, end in spans for k in range(start, end) if self.text[k].isalnum()}
        return "direct" if flags == {1} else "mixed" if 1 in flags else "indirect"

    def is_quotation(self, span: Span) -> bool:
        """Return whether a span is a whole quotation, or its part in one paragraph, and not a few words."""
        return any(span in quote.spans and self.length(quote) >= MIN_QUOTE for quote in self.touching(span))

    def opens_sentence(self, span: Span) -> bool:
        """Return whether a span is a whole quotation that begins as a sentence does."""
        return self.text[span[0]].isupper() and self.is_quotation(span)

    def touches(self, span: Span, clause: Span) -> bool:
        """Return whether only marks and white space stand between a content and the clause behind or before it."""
        if span[1] <= clause[0] and self.text[span[1] - 1] == ".":
            return False
        between = self.text[span[1] : clause[0]] if span[1] <= clause[0] else self.text[clause[1] : span[0]]
        return not any(char.isalnum() or char in SENTENCE_END + "\n" for char in between)

    def is_speech(self, quote: Quote) -> bool:
        """Return whether a quotation that nobody was found to say is something said: it stands as a sentence."""
        before = self.text[max(0, quote.start_char - 2) : quote.start_char].strip()
        return (not before or before[-1] in SENTENCE_END + ":" + CLOSING) and self.reads_as_said(quote)

    def reads_as_said(self, quote: Quote) -> bool:
        """Return whether a quotation reads as something said, and not as a title or a name."""
        start, end = quote.spans[0][0], quote.spans[-1][1]
        ends = self.text[end - 1] in SENTENCE_END + "," or self.text.startswith(",", quote.end_char)
        return self.length(quote) >= MIN_QUOTE and not self.is_title((start, end)) and ends

    def length(self, quote: Quote) -> int:
        """Return the words of a quotation."""
        return sum(len(self.text[start:end].split()) for start, end in quote.spans)

    def is_title(self, span: Span) -> bool:
        """Return whether most of the words begin with a capital."""
        capitals = [word[0].isupper() for word in self.text[slice(*span)].split()]
        return sum(capitals) > len(capitals) / 2

    def trimmed(self, span: Span, *, that: bool) -> Span:
        """Return a content without the marks around it and stray punctuation; with `that`, without a leading that."""
        start, end = span
        if that and not self.quoted[start] and (leading := LEADING_THAT.match(self.text, start, end)):
            start = leading.end()
        content = start, end
        while start < end and (self.text[start] in EDGE or self._is_outer_mark(start, content)):
            start += 1
        while start < end and (
            (self.text[end - 1] in EDGE and not self.quoted[end - 1]) or self._is_outer_mark(end - 1, content)
        ):
            end -= 1
        if self.text.endswith(".", start, end) and not (
            self.quoted[end - 1] or ABBREVIATION.search(self.text, start, end)
        ):
            end -= 1
        return start, end

    def _is_outer_mark(self, position: int, content: Span) -> bool:
        """Return whether a character is a mark of a quotation that the content stands in, or is."""
        for quote in self.touching((position, position + 1)):
            if position in (quote.start_char, quote.end_char - 1) and not self.quoted[position]:
                return quote.start_char <= content[0] and content[1] <= quote.end_char
        return False
