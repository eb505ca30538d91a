"""Sources read to their ends: what they lead to is handed over or queued, and what they were is remembered."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from flows.addresses import redact
from flows.arrivals import Arrival
from flows.crawl_context import CrawlContext
from flows.discover import discover, list_item
from flows.documents import normalize_address
from flows.erased import ERASED_MESSAGE
from flows.fetch_log import fetch_row, without_validators
from flows.found import FeedArticle, Found, PageLink, Problem
from flows.page_queues import PageQueues
from flows.pages import page_input
from flows.source_list import WebSource
from flows.sources import Input, rejected_input
from flows.web import WebRequest, WebResponse
from schemas.records import FetchKind, Step

LISTS_AT_ONCE = 8  # feeds and sitemaps, of up to 50 MB each


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

    def open_page(self) -> None:
        self.open_pages += 1
        self.is_settled.clear()

    def close_page(self) -> None:
        self.open_pages -= 1
        if not self.open_pages:
            self.is_settled.set()


class SourceVisits:
    """Visits of the sources of a plan, side by side; each address is taken once. Used within one event loop."""

    def __init__(self, crawl: CrawlContext, pages: PageQueues) -> None:
        self._crawl = crawl
        self._pages = pages
        self._asked: set[str] = set()
        self._lists = asyncio.Semaphore(LISTS_AT_ONCE)

    async def read(self, source: WebSource) -> None:
        """Hand over what a source leads to; what its feeds and sitemaps were is remembered once all of it arrived."""
        visit = _Visit(source=source)
        await self._follow(visit, source)
        if source.kind in ("feed", "sitemap"):
            await self._follow_unchanged(visit)
        if visit.open_pages:
            await visit.is_settled.wait()
        if source.kind == "urls":
            self._conclude_lists(visit)
        for url, answer in visit.answers.items():
            self._conclude_document(visit, url, answer)

    def _conclude_lists(self, visit: _Visit) -> None:
        for address in visit.source.addresses:
            item = list_item(visit.source, address)
            if item not in visit.complaints:
                self._crawl.outbox.put(Arrival(clean_item=item, whole_item=item if visit.is_whole else None))

    def _conclude_document(self, visit: _Visit, url: str, answer: WebResponse) -> None:
        """Hand over the row of a feed or sitemap."""
        row = fetch_row(
            self._crawl.known.find(url),
            answer,
            url=url,
            source=visit.source.name,
            kind=visit.row_kind,
            settings=self._crawl.plan.settings_hash(visit.source),
        )
        is_clean = answer.decision == "fetched" and url not in visit.complaints
        row = row if visit.is_whole else without_validators(row)
        self._crawl.outbox.put(Arrival(row=row, clean_item=url if is_clean else None))

    async def _follow_unchanged(self, visit: _Visit) -> None:
        """Follow what a feed or sitemap that has not changed does not tell again: sitemaps below it, failed pages."""
        source = visit.source
        if any(answer.decision == "not_modified" for answer in visit.answers.values()):
            met = {*visit.answers, *visit.postponed}
            below = tuple(url for url in self._crawl.known.urls(source.name, "sitemap") if url not in met)
            await self._follow(visit, replace(source, addresses=below))
        for url in self._crawl.known.failed_pages(source.name, self._crawl.clock()):
            if source.wants(url):
                await self._take(visit, PageLink(url=url, source=source.name, delay_s=source.delay_s))

    async def _follow(self, visit: _Visit, source: WebSource) -> None:
        fetch = partial(self._ask_for_list, visit)
        async for found in discover(source, fetch, since=self._crawl.plan.since, until=self._crawl.plan.until):
            await self._take(visit, found)

    async def _ask_for_list(self, visit: _Visit, request: WebRequest) -> WebResponse:
        """Return a feed or sitemap, if it is another than the last time."""
        before = self._crawl.known.find(request.url)
        if self._crawl.is_postponed(before):
            visit.postponed.add(request.url)
            self._crawl.outbox.put(Arrival(is_postponed=True))
            return WebResponse(
                url=request.url, final_url=request.url, decision="not_modified", fetched_at=self._crawl.clock()
            )
        if before and before.settings_hash == self._crawl.plan.settings_hash(visit.source):
            request = replace(request, etag=before.etag, last_modified=before.last_modified)
        async with self._lists:
            credentials = self._crawl.plan.credentials.get(visit.source.name)
            answer = await self._crawl.fetcher.fetch(replace(request, credentials=credentials))
        visit.answers[request.url] = answer
        return answer

    async def _take(self, visit: _Visit, found: Found) -> None:
        """Hand over what a source leads to, or have it fetched, unless another one led to it."""
        if isinstance(found, Problem):
            await self._crawl.outbox.put_input(_note_problem(visit, found))
            return
        url = normalize_address(found.url)
        if url in self._asked:
            return
        self._asked.add(url)
        if self._crawl.erased.has(redact(url)):  # not asked for: nothing of the address is to be kept
            item = self._crawl.erased.item(redact(url))
            await self._crawl.outbox.put_input(
                rejected_input(item, found.source, "erased", ERASED_MESSAGE, step="fetch")
            )
            return
        if isinstance(found, FeedArticle):
            await self._crawl.outbox.put_input(_feed_page(found, url, self._crawl.clock()))
            return
        visit.open_page()
        await self._pages.add(replace(found, url=url), visit.source, visit.close_page)


def _note_problem(visit: _Visit, problem: Problem) -> Input:
    """Return the rejection of what is wrong with a part of a source."""
    visit.complaints.add(problem.item)
    visit.is_whole &= "too_many_" not in problem.reason + problem.error
    answer = visit.answers.get(problem.item)
    step: Step = "fetch" if answer and answer.decision in ("refused", "failed") else "read"
    return rejected_input(problem.item, problem.source, problem.reason, problem.error, step=step)


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
