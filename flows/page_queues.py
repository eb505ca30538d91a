"""The pages that wait to be fetched, by host: each host is asked by one task, page after page."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from flows.addresses import redact
from flows.arrivals import Arrival
from flows.crawl_context import CrawlContext
from flows.fetch_log import fetch_row
from flows.found import PageLink
from flows.pages import page_input
from flows.source_list import WebSource
from flows.sources import rejected_input
from flows.web import WebRequest, WebResponse
from schemas.records import Fetch

LINKS_AHEAD = 20_000  # found and not yet asked for
HOST_FAILURES = 10  # in a row: a host that is down is not asked for its other pages in this run
DOWN = frozenset({"connection_failed", "dns_failure", "timed_out", "tls_error"})  # what says so of a host


class _Waiting(NamedTuple):
    """A page that waits."""

    link: PageLink
    source: WebSource
    settle: Callable[[], None]  # called once it arrived


class PageQueues:
    """Pages under way; used within one event loop."""

    def __init__(self, crawl: CrawlContext, group: asyncio.TaskGroup) -> None:
        self._crawl = crawl
        self._group = group
        self._hosts: dict[str, deque[_Waiting]] = {}
        self._failures: Counter[str] = Counter()  # in a row, by host
        self._links = asyncio.Semaphore(LINKS_AHEAD)

    async def add(self, link: PageLink, source: WebSource, settle: Callable[[], None]) -> None:
        """Have a page fetched, whose address is in normal form; `settle` is called once it arrived."""
        await self._links.acquire()
        host = urlsplit(link.url).netloc.lower()
        waiting = self._hosts.get(host)
        if waiting is None:
            waiting = self._hosts[host] = deque()
            self._group.create_task(self._ask_host(host, waiting))
        waiting.append(_Waiting(link, source, settle))

    async def _ask_host(self, host: str, waiting: deque[_Waiting]) -> None:
        """Fetch the pages of one host, one after the other."""
        while waiting:
            link, source, settle = waiting.popleft()
            before = self._crawl.known.find(link.url)
            is_postponed = self._crawl.is_postponed(before)
            if is_postponed:
                self._crawl.outbox.put(Arrival(is_postponed=True))
            else:
                await self._crawl.outbox.take_place()
                answer = await self._fetch(host, link, source, before)
                self._crawl.outbox.put(self._arrival(link, before, answer), has_place=True)
            self._links.release()
            settle()
            if waiting and not is_postponed:  # without a place, which another host can use meanwhile
                await asyncio.sleep(self._crawl.plan.manners.delay_s if link.delay_s is None else link.delay_s)
        del self._hosts[host]

    async def _fetch(self, host: str, link: PageLink, source: WebSource, before: Fetch | None) -> WebResponse:
        if self._failures[host] >= HOST_FAILURES:
            return self._unasked(link)
        request = WebRequest(
            url=link.url, delay_s=link.delay_s, credentials=self._crawl.plan.credentials.get(source.name)
        )
        if before:
            request = replace(request, etag=before.etag, last_modified=before.last_modified)
        answer = await self._crawl.fetcher.fetch(request)
        self._failures[host] = self._failures[host] + 1 if answer.reason in DOWN else 0
        return answer

    def _unasked(self, link: PageLink) -> WebResponse:
        return WebResponse(
            url=link.url,
            final_url=link.url,
            decision="failed",
            fetched_at=self._crawl.clock(),
            reason="connection_failed",
            error=f"not asked: the last {HOST_FAILURES} requests to the host failed",
        )

    def _arrival(self, link: PageLink, before: Fetch | None, answer: WebResponse) -> Arrival:
        """Return what a page that was asked for is to the run."""
        item = redact(link.url)
        is_article = before is not None and self._crawl.known.is_article(before)
        row = fetch_row(before, answer, url=item, source=link.source, kind="page", is_article=is_article)
        if answer.decision == "not_modified":
            is_back = before is not None and before.decision != "fetched"  # the article that stood all the while
            return Arrival(row=row, is_not_modified=True, clean_item=item if is_back else None)
        if answer.decision != "fetched":
            reason, error = answer.reason or answer.decision, answer.error or ""
            return Arrival(entry=rejected_input(item, link.source, reason, error, step="fetch"), row=row)
        if self._crawl.raw:
            self._crawl.raw.write(answer, item=item, source=link.source)
        entry = page_input(
            item=item,
            source=link.source,
            body=answer.body,
            content_type=answer.content_type,
            fetched_at=answer.fetched_at,
            tdm_reserved=answer.tdm_reserved,
        )
        return Arrival(entry=entry, row=row, is_fetched=True)
