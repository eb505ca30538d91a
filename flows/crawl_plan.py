"""What a crawl asks for, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.credentials import Credentials
from flows.fetch_log import digest, is_due
from flows.manners import Manners
from flows.source_list import WebSource
from schemas.records import Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPlan:
    """What to ask for, and how."""

    sources: Sequence[WebSource]  # feeds, sitemaps and lists of addresses
    manners: Manners
    since: datetime | None = None
    until: datetime | None = None
    raw_folder: Path | None = None
    rules_folder: Path | None = None  # what sites stated of their rules within the last day
    credentials: Mapping[str, Credentials] = field(default_factory=dict)  # by source

    def settings_hash(self, source: WebSource) -> str:
        """Return a digest of what decides what is taken of a source's feeds and sitemaps."""
        manners = self.manners
        known = manners.contact is not None, manners.allow_private, manners.allow_tdm_reserved
        period = [time.isoformat() if time else None for time in (self.since, self.until)]
        return digest([source.include, source.exclude, source.max_items, source.credentials, *period, *known])

    def is_postponed(self, before: Fetch | None, now: datetime) -> bool:
        """Return whether an address failed so lately that it is not asked for yet."""
        if before is None or before.next_attempt_at is None or is_due(before.next_attempt_at, now):
            return False
        return not (before.reason == "tdm_reserved" and self.manners.allow_tdm_reserved)
