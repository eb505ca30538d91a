"""What sources lead to: pages to ask for, articles that a feed brings whole, and what went wrong on the way."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A page to ask for."""

    url: str
    source: str
    title: str | None = None
    published_at: datetime | None = None
    delay_s: float | None = None  # the source's own delay between two requests to one host


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedArticle:
    """A feed entry that holds the article itself, so that its page need not be asked for."""

    url: str
    source: str
    html: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A feed, sitemap, list or archive record that could not be read, or not whole: a row of `rejections`."""

    item: str  # its address; `file:<source>/<name>#<offset>` for a record of an archive
    source: str
    reason: str  # short stable term to group by
    error: str


Found = PageLink | FeedArticle | Problem
