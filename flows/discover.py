"""Sources -> the pages and articles that they lead to at the moment.

Feeds and sitemaps are asked for through the `Fetch` that is passed in. Whatever is wrong with one document is one
Problem, named by its address, and the others are read.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from flows import feeds
from flows.addresses import parse_url
from flows.documents import normalize_address
from flows.feeds import read_feed
from flows.found import Found, PageLink, Problem
from flows.sitemaps import Sitemap, SitemapEntry, read_sitemap
from flows.source_list import WebSource
from flows.sources import io_message, printable
from flows.web import Fetch, NotFetched, Wanted, WebRequest, WebResponse
from schemas.records import InputRejected
from transforms.domains import is_web_address, registrable_domain

MAX_SITEMAPS = 1_000  # asked for one source in one run
MAX_SITEMAP_DEPTH = 3  # indexes above a sitemap; the protocol has one, sites nest two
MAX_LINE_BYTES = 4_096  # of a list of addresses
SHOWN_LENGTH = 100  # characters of an address in an error
UNDATED = datetime.min.replace(tzinfo=UTC)

Listing = TypeVar("Listing")


async def discover(
    source: WebSource, fetch: Fetch, *, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[Found]:
    """Yield what a feed, sitemap or list of addresses leads to, each address once.

    Yields entries dated from `since` until before `until` and those without a date, and at most `source.max_items`,
    then a Problem. Feeds keep their order; sitemaps are read newest first, and their `lastmod` is held against `since`
    alone, as a page changed after `until` may be older. A sitemap leads to pages of its own registrable domain, unless
    the source has `include` patterns. Raises ValueError for a source of files or archives.
    """
    finder = _Finder(source=source, fetch=fetch, since=since, until=until)
    finders = {"feed": finder.find_in_feed, "sitemap": finder.find_in_sitemaps, "urls": finder.find_in_list}
    if source.kind not in finders:
        raise ValueError(f"source {source.name!r} is of kind {source.kind}, which leads to no addresses")
    seen: set[str] = set()
    for address in source.addresses:
        async for found in finders[source.kind](address):
            if isinstance(found, Problem):
                yield found
            elif source.wants(found.url) and (url := normalize_address(found.url)) not in seen:
                if len(seen) == source.max_items:
                    error = f"{source.name} leads to more than {source.max_items:,} pages, its max_items"
                    yield Problem(item=address, source=source.name, reason="too_many_items", error=error)
                    return
                seen.add(url)
                yield found


def list_item(source: WebSource, path: str) -> str:
    """Return what names a list of addresses in `rejections`."""
    return f"file:{source.name}/{printable(Path(path).name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finder:
    """The ways from one source's addresses to what they lead to."""

    source: WebSource
    fetch: Fetch
    since: datetime | None
    until: datetime | None

    async def find_in_feed(self, url: str) -> AsyncIterator[Found]:
        complaints = _Complaints()
        try:
            answer = await self._ask(url, "feed")
            if answer.decision == "not_modified":
                return
            read = partial(read_feed, url=answer.final_url, source=self.source, fetched_at=answer.fetched_at)
            entries = await _parse(read, answer)
        except InputRejected as rejected:
            yield self._problem(url, rejected.reason, rejected.message)
            return
        for entry in entries[: feeds.MAX_ENTRIES]:
            if not _is_page_address(entry.url):
                complaints.pass_over("no_address", entry.url)
            elif self._is_in_period(entry.published_at):
                yield entry
        for entry in entries[feeds.MAX_ENTRIES :]:
            complaints.pass_over("too_many_items", entry.url)
        for reason, error in complaints.summary():
            yield self._problem(url, reason, error)

    async def find_in_sitemaps(self, url: str) -> AsyncIterator[Found]:
        """Yield the pages of a sitemap and of those below it, level by level."""
        waiting = deque([(url, 0)])
        asked = {url}
        while waiting:
            address, depth = waiting.popleft()
            complaints = _Complaints()
            try:
                answer = await self._ask(address, "sitemap")
                if answer.decision == "not_modified":
                    continue
                sitemap = await _parse(
                    partial(read_sitemap, url=answer.final_url, fetched_at=answer.fetched_at), answer
                )
            except InputRejected as rejected:
                yield self._problem(address, rejected.reason, rejected.message)
                continue
            for entry in self._in_reach(sitemap, address, complaints):
                if not entry.is_sitemap:
                    yield self._page(entry.url, entry.title, entry.published_at)
                elif depth == MAX_SITEMAP_DEPTH or len(asked) == MAX_SITEMAPS:
                    complaints.pass_over("too_many_sitemaps", entry.url)
                elif entry.url not in asked:
                    asked.add(entry.url)
                    waiting.append((entry.url, depth + 1))
            for reason, error in complaints.summary(sitemap.damage):
                yield self._problem(address, reason, error)

    async def find_in_list(self, address: str) -> AsyncIterator[Found]:
        """Yield the page of a web address; the pages of a text file with one a line, without blank and # lines.

        A line that is no web address is a Problem of its own, named by its number.
        """
        if is_web_address(address):
            yield self._page(address)
            return
        complaints = _Complaints()
        item = list_item(self.source, address)
        problem_count = 0
        try:
            for number, line in _lines(Path(address)):
                if _is_page_address(line):
                    yield self._page(line)
                elif problem_count < self.source.max_items:  # a file that is no list has no more rows than one
                    problem_count += 1
                    yield self._problem(f"{item}#line-{number}", *_judge_line(line))
                else:
                    complaints.pass_over("no_address", line)
        except OSError as unreadable:
            yield self._problem(item, "unreadable_file", io_message(unreadable))
        for reason, error in complaints.summary():
            yield self._problem(item, reason, error)

    async def _ask(self, url: str, wanted: Wanted) -> WebResponse:
        """Return the answer; raises InputRejected where there is none to read."""
        answer = await self.fetch(WebRequest(url=url, wanted=wanted, delay_s=self.source.delay_s))
        if answer.decision in {"refused", "failed"}:
            raise InputRejected("read", answer.reason or answer.decision, answer.error or "")
        return answer

    def _in_reach(self, sitemap: Sitemap, address: str, complaints: "_Complaints") -> Iterator[SitemapEntry]:
        """Yield the entries that may be asked for, newest first."""
        site = None if self.source.include else registrable_domain(address)
        for entry in sorted(sitemap.entries, key=_last_change, reverse=True):
            if not _is_page_address(entry.url):
                complaints.pass_over("no_address", entry.url)
            elif site and registrable_domain(entry.url) != site:
                complaints.pass_over("off_site", entry.url)
            elif not self._ended_before(entry.changed_at) and self._is_in_period(entry.published_at):
                yield entry

    def _is_in_period(self, time: datetime | None) -> bool:
        return time is None or (not self._ended_before(time) and (self.until is None or time < self.until))

    def _ended_before(self, time: datetime | None) -> bool:
        return time is not None and self.since is not None and time < self.since

    def _page(self, url: str, title: str | None = None, published_at: datetime | None = None) -> PageLink:
        source = self.source
        return PageLink(url=url, source=source.name, title=title, published_at=published_at, delay_s=source.delay_s)

    def _problem(self, item: str, reason: str, error: str) -> Problem:
        return Problem(item=item, source=self.source.name, reason=reason, error=error)


@dataclass(slots=True)
class _Complaints:
    """What is wrong with parts of one document; they make one Problem together, as its address names one row."""

    passed_over: dict[str, list[str]] = field(default_factory=dict)  # reason -> addresses

    def pass_over(self, reason: str, address: str) -> None:
        self.passed_over.setdefault(reason, []).append(address)

    def summary(self, damage: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield reason and error, if there is anything to say; the first reason stands for all."""
        found = [("invalid_xml", damage)] if damage else []
        for reason, addresses in self.passed_over.items():
            found.append((reason, f"{len(addresses):,} passed over as {reason}, the first: {_shown(addresses[0])!r}"))
        if found:
            yield found[0][0], "; ".join(error for _, error in found)


async def _parse(read: Callable[[bytes], Listing], answer: WebResponse) -> Listing:
    """Return what a reader makes of an answer, in a thread; this is the edge where any failure becomes a rejection."""
    try:
        return await asyncio.to_thread(read, answer.body)
    except InputRejected:
        raise
    except Exception as error:
        raise InputRejected("read", "error", f"{type(error).__name__}: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that say something."""
    number = 1
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES):
            text = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
            if text and not text.startswith("#"):
                yield number, text
            number += line.endswith(b"\n")


def _judge_line(line: str) -> tuple[str, str]:
    """Return reason and error for a line that is not the address of a page."""
    try:
        parse_url(line)
    except NotFetched as problem:
        return problem.reason, f"{_shown(line)!r}: {problem.error}"
    return "no_address", f"{_shown(line)!r} is no web address"


def _shown(address: str) -> str:
    """Return the beginning of an address, without a user name and password."""
    return address.rpartition("@")[2][:SHOWN_LENGTH]


def _is_page_address(url: str) -> bool:
    return is_web_address(url) and "@" not in urlsplit(url).netloc


def _last_change(entry: SitemapEntry) -> datetime:
    return entry.changed_at or entry.published_at or UNDATED
