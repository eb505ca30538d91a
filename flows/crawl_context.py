"""What all parts of a crawl work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.crawl_plan import CrawlPlan
from flows.erased import Erased
from flows.fetch import Fetcher
from flows.fetch_log import KnownFetches
from flows.outbox import Outbox
from flows.warc_writer import WarcWriter
from schemas.records import Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlContext:
    """The plan, what is known from earlier runs, the way out to the web and the way back to the run."""

    plan: CrawlPlan
    known: KnownFetches
    erased: Erased
    fetcher: Fetcher
    outbox: Outbox
    raw: WarcWriter | None  # keeps what is fetched
    clock: Callable[[], datetime]

    def is_postponed(self, before: Fetch | None) -> bool:
        """Return whether an address failed so lately that it is not asked for yet."""
        return self.plan.is_postponed(before, self.clock())
