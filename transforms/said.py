"""One statement of a text, before it is a row."""

from dataclasses import dataclass

from schemas.records import QuoteType
from transforms.quotes import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement: its spans in text order, and what narration leaves out for it (`cuts`)."""

    spans: tuple[Span, ...]
    quote_type: QuoteType
    source: Span | None = None
    cue: Span | None = None
    score: float | None = None
    goes_on: bool = False  # plainly by the speaker of the statement before
    cuts: tuple[Span, ...] = ()

    @property
    def hull(self) -> Span:
        """Return the first and one past the last character."""
        return self.spans[0][0], self.spans[-1][1]
