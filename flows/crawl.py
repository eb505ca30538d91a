"""Sources on the web -> arrivals: one background thread discovers and fetches, a little ahead of the run.

Every source is read, and every host asked, side by side with the others; a host by one task, page after page. The
run takes arrivals from a queue and gives each one's place back, so that what waits is bounded.
"""

import asyncio
import queue
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from flows.addresses import redact
from flows.arrivals import Arrival
from flows.credentials import Credentials
from flows.discover import discover, list_item
from flows.documents import normalize_address
from flows.fetch import Fetcher, utc_now
from flows.fetch_log import KnownFetches, digest, fetch_row, without_validators
from flows.found import FeedArticle, Found, PageLink, Problem
from flows.manners import Manners
from flows.pages import page_input
from flows.room import Room
from flows.rules_cache import RulesCache
from flows.source_list import WebSource
from flows.sources import Input, rejected_input
from flows.warc_writer import WarcWriter
from flows.web import WebRequest, WebResponse
from schemas.records import Fetch, FetchKind, Step

PAGES_AHEAD = 32  # fetched or being fetched, and not yet taken by the run
BYTES_AHEAD = 32_000_000
LINKS_AHEAD = 20_000  # found and not yet asked for
LISTS_AT_ONCE = 8  # feeds and sitemaps, of up to 50 MB each
HOST_FAILURES = 10  # in a row: a host that is down is not asked for its other pages in this run
DOWN = frozenset({"connection_failed", "dns_failure", "timed_out", "tls_error"})  # what says so of a host
STOP_S = 10.0  # for connections to close


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


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One source under way."""

    source: WebSource
    answers: dict[str, WebResponse] = field(default_factory=dict)  # of its feeds and sitemaps
    postponed: set[str] = field(default_factory=set)
    complaints: set[str] = field(default_factory=set)  # items with problems
    is_whole: bool = True  # nothing that it leads to was left out
    open_pages: int = 0
    is_settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def row_kind(self) -> FetchKind:
        return "feed" if self.source.kind == "feed" else "sitemap"

    def close_page(self) -> None:
        self.open_pages -= 1
        if not self.open_pages:
            self.is_settled.set()


class Crawl:
    """The arrivals of a plan: a context manager, which ends the thread, to iterate over once."""

    def __init__(
        self,
        plan: CrawlPlan,
        known: KnownFetches,
        run_id: str,
        *,
        pages_ahead: int = PAGES_AHEAD,
    ) -> None:
        self._plan = plan
        self._known = known
        self._arrived: queue.SimpleQueue[tuple[Arrival, bool] | BaseException | None] = queue.SimpleQueue()
        self._asked: set[str] = set()
        self._hosts: dict[str, deque[tuple[PageLink, _Visit]]] = {}  # pages that wait, by host
        self._failures: Counter[str] = Counter()  # in a row, by host
        self._room = Room(min(pages_ahead, PAGES_AHEAD), BYTES_AHEAD)
        self._links = asyncio.Semaphore(LINKS_AHEAD)
        self._lists = asyncio.Semaphore(LISTS_AT_ONCE)
        self._raw = WarcWriter(plan.raw_folder, run_id) if plan.raw_folder else None
        self._fetcher = Fetcher(plan.manners, rules_cache=RulesCache(plan.rules_folder) if plan.rules_folder else None)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="crawl", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(RuntimeError):  # the loop is closed: all was fetched
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(STOP_S)

    def __iter__(self) -> Iterator[Arrival]:
        while (arrived := self._arrived.get()) is not None:
            if isinstance(arrived, BaseException):
                raise arrived
            arrival, has_place = arrived
            if has_place:
                with suppress(RuntimeError):  # the loop is closed: nobody waits for the place
                    self._loop.call_soon_threadsafe(self._room.leave, _size(arrival))
            yield arrival

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._crawl())
        except asyncio.CancelledError:
            return
        except BaseException as error:  # an error of ours, to be raised where the run is
            cause = error
            while isinstance(cause, BaseExceptionGroup):
                cause = cause.exceptions[0]
            self._arrived.put(cause)
        else:
            self._arrived.put(None)

    def _cancel(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _crawl(self) -> None:
        with ExitStack() as stack:
            if self._raw:
                stack.enter_context(self._raw)
            async with self._fetcher, asyncio.TaskGroup() as group:
                self._group = group
                for source in self._plan.sources:
                    group.create_task(self._read_source(_Visit(source=source)))

    async def _read_source(self, visit: _Visit) -> None:
        """Hand over what a source leads to; what its feeds and sitemaps were is remembered once all of it arrived."""
        await self._follow(visit, visit.source)
        if visit.source.kind in ("feed", "sitemap"):
            await self._follow_unchanged(visit)
        if visit.open_pages:
            await visit.is_settled.wait()
        rows = {
            url: fetch_row(
                self._known.find(url),
                answer,
                url=url,
                source=visit.source.name,
                kind=visit.row_kind,
                settings=self._plan.settings_hash(visit.source),
            )
            for url, answer in visit.answers.items()
        }
        for address in visit.source.addresses:
            if visit.source.kind == "urls" and (item := list_item(visit.source, address)) not in visit.complaints:
                self._arrive(Arrival(clean_item=item, whole_item=item if visit.is_whole else None))
        for url, row in rows.items():
            is_clean = visit.answers[url].decision == "fetched" and url not in visit.complaints
            row = row if visit.is_whole else without_validators(row)
            self._arrive(Arrival(row=row, clean_item=url if is_clean else None))

    async def _follow_unchanged(self, visit: _Visit) -> None:
        """Follow what a feed or sitemap that has not changed does not tell again: sitemaps below it, failed pages."""
        source = visit.source
        if any(answer.decision == "not_modified" for answer in visit.answers.values()):
            met = {*visit.answers, *visit.postponed}
            below = tuple(url for url in self._known.urls(source.name, "sitemap") if url not in met)
            await self._follow(visit, replace(source, addresses=below))
        for url in self._known.failed_pages(source.name, utc_now()):
            if source.wants(url):
                await self._take(visit, PageLink(url=url, source=source.name, delay_s=source.delay_s))

    async def _follow(self, visit: _Visit, source: WebSource) -> None:
        fetch = partial(self._ask_for_list, visit)
        async for found in discover(source, fetch, since=self._plan.since, until=self._plan.until):
            await self._take(visit, found)

    async def _ask_for_list(self, visit: _Visit, request: WebRequest) -> WebResponse:
        """Return a feed or sitemap, if it is another than the last time."""
        before = self._known.find(request.url)
        if self._is_postponed(before):
            visit.postponed.add(request.url)
            self._arrive(Arrival(is_postponed=True))
            return WebResponse(url=request.url, final_url=request.url, decision="not_modified", fetched_at=utc_now())
        if before and before.settings_hash == self._plan.settings_hash(visit.source):
            request = replace(request, etag=before.etag, last_modified=before.last_modified)
        async with self._lists:
            answer = await self._fetcher.fetch(
                replace(request, credentials=self._plan.credentials.get(visit.source.name))
            )
        visit.answers[request.url] = answer
        return answer

    async def _take(self, visit: _Visit, found: Found) -> None:
        """Hand over what a source leads to, or have it fetched, unless another one led to it."""
        if isinstance(found, Problem):
            visit.complaints.add(found.item)
            visit.is_whole &= "too_many_" not in found.reason + found.error
            answer = visit.answers.get(found.item)
            step: Step = "fetch" if answer and answer.decision in ("refused", "failed") else "read"
            entry = rejected_input(found.item, found.source, found.reason, found.error, step=step)
            await self._hand_over(entry)
            return
        url = normalize_address(found.url)
        if url in self._asked:
            return
        self._asked.add(url)
        if isinstance(found, FeedArticle):
            await self._hand_over(_feed_page(found, url, utc_now()))
            return
        await self._links.acquire()
        visit.open_pages += 1
        visit.is_settled.clear()
        host = urlsplit(url).netloc.lower()
        waiting = self._hosts.get(host)
        if waiting is None:
            waiting = self._hosts[host] = deque()
            self._group.create_task(self._ask_host(host, waiting))
        waiting.append((replace(found, url=url), visit))

    async def _hand_over(self, entry: Input) -> None:
        await self._room.enter()
        self._arrive(Arrival(entry=entry), has_place=True)

    async def _ask_host(self, host: str, waiting: deque[tuple[PageLink, _Visit]]) -> None:
        """Fetch the pages of one host, one after the other."""
        while waiting:
            link, visit = waiting.popleft()
            before = self._known.find(link.url)
            is_postponed = self._is_postponed(before)
            if is_postponed:
                self._arrive(Arrival(is_postponed=True))
            else:
                await self._room.enter()
                self._arrive_page(link, before, await self._fetch_page(host, link, visit.source, before))
            self._links.release()
            visit.close_page()
            if waiting and not is_postponed:  # without a place, which another host can use meanwhile
                await asyncio.sleep(self._plan.manners.delay_s if link.delay_s is None else link.delay_s)
        del self._hosts[host]

    async def _fetch_page(self, host: str, link: PageLink, source: WebSource, before: Fetch | None) -> WebResponse:
        if self._failures[host] >= HOST_FAILURES:
            error = f"not asked: the last {HOST_FAILURES} requests to the host failed"
            return WebResponse(
                url=link.url,
                final_url=link.url,
                decision="failed",
                fetched_at=utc_now(),
                reason="connection_failed",
                error=error,
            )
        answer = await self._fetcher.fetch(
            WebRequest(
                url=link.url,
                etag=before.etag if before else None,
                last_modified=before.last_modified if before else None,
                delay_s=link.delay_s,
                credentials=self._plan.credentials.get(source.name),
            )
        )
        self._failures[host] = self._failures[host] + 1 if answer.reason in DOWN else 0
        return answer

    def _arrive_page(self, link: PageLink, before: Fetch | None, answer: WebResponse) -> None:
        item = redact(link.url)
        is_article = before is not None and self._known.is_article(before)
        row = fetch_row(before, answer, url=item, source=link.source, kind="page", is_article=is_article)
        if answer.decision == "not_modified":
            is_back = before is not None and before.decision != "fetched"  # the article that stood all the while
            self._arrive(Arrival(row=row, is_not_modified=True, clean_item=item if is_back else None), has_place=True)
        elif answer.decision == "fetched":
            if self._raw:
                self._raw.write(answer, item=item, source=link.source)
            entry = page_input(
                item=item,
                source=link.source,
                body=answer.body,
                content_type=answer.content_type,
                fetched_at=answer.fetched_at,
                tdm_reserved=answer.tdm_reserved,
            )
            self._arrive(Arrival(entry=entry, row=row, is_fetched=True), has_place=True)
        else:
            reason, error = answer.reason or answer.decision, answer.error or ""
            entry = rejected_input(item, link.source, reason, error, step="fetch")
            self._arrive(Arrival(entry=entry, row=row), has_place=True)

    def _arrive(self, arrival: Arrival, *, has_place: bool = False) -> None:
        if has_place:
            self._room.fill(_size(arrival))
        self._arrived.put((arrival, has_place))

    def _is_postponed(self, before: Fetch | None) -> bool:
        if before is None or before.next_attempt_at is None or before.next_attempt_at <= utc_now():
            return False
        return not (before.reason == "tdm_reserved" and self._plan.manners.allow_tdm_reserved)


def _size(arrival: Arrival) -> int:
    return arrival.entry.size_bytes if arrival.entry else 0


def _feed_page(article: FeedArticle, url: str, fetched_at: datetime) -> Input:
    return page_input(
        item=redact(url),
        source=article.source,
        body=article.html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=fetched_at,
        title=article.title,
        authors=article.authors,
        published_at=article.published_at,
        language=article.language,
    )
