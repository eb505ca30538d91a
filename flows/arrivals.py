"""What comes in while a run reads: inputs, and what is to be remembered of addresses and archives."""

from dataclasses import dataclass

from flows.sources import Input
from schemas.records import Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing that came in; arrivals keep the order in which inputs are counted and may be committed."""

    entry: Input | None = None  # to be processed
    row: Fetch | None = None  # to be written once all inputs up to here, this one included, are committed
    source: str | None = None  # that it counts for; None: the one of its entry or row
    is_fetched: bool = False  # the entry is a page that was fetched
    is_not_modified: bool = False  # a page that stands as it was committed: an input without an entry
    is_postponed: bool = False  # an address that failed lately and is not asked for yet: no input
    clean_item: str | None = None  # a feed, sitemap, list or page with which nothing is wrong any more
    whole_item: str | None = None  # an archive that is read from its start, or a list that was read
    resumed_item: str | None = None  # an archive that is not read from its start

    @property
    def is_input(self) -> bool:
        """Return whether it counts as an input of the run."""
        return self.entry is not None or self.is_not_modified

    @property
    def counted_source(self) -> str:
        """Return the source that an input counts for."""
        named = self.source or (self.entry and self.entry.source) or (self.row and self.row.source)
        return named or ""
