"""Sources on the web -> arrivals: one background thread discovers and fetches, a little ahead of the run.

Every source is read, and every host asked, side by side with the others. The run takes arrivals from a queue and gives
each one's place back, so that what waits is bounded.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from flows.arrivals import Arrival
from flows.crawl_context import CrawlContext
from flows.crawl_plan import CrawlPlan
from flows.erased import Erased
from flows.fetch import Fetcher, utc_now
from flows.fetch_log import KnownFetches
from flows.outbox import Outbox
from flows.page_queues import PageQueues
from flows.rules_cache import RulesCache
from flows.source_visits import SourceVisits
from flows.warc_writer import WarcWriter

PAGES_AHEAD = 32  # fetched or being fetched, and not yet taken by the run
BYTES_AHEAD = 32_000_000
STOP_S = 10.0  # for connections to close


class Crawl:
    """The arrivals of a plan: a context manager, which ends the thread, to iterate over once."""

    def __init__(
        self,
        plan: CrawlPlan,
        known: KnownFetches,
        erased: Erased,
        run_id: str,
        *,
        pages_ahead: int = PAGES_AHEAD,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._plan = plan
        self._known = known
        self._erased = erased
        self._clock = clock
        self._raw = WarcWriter(plan.raw_folder, run_id) if plan.raw_folder else None
        self._loop = asyncio.new_event_loop()
        self._outbox = Outbox(self._loop, min(pages_ahead, PAGES_AHEAD), BYTES_AHEAD)
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
        return iter(self._outbox)

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
            self._outbox.end(cause)
        else:
            self._outbox.end()

    def _cancel(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _crawl(self) -> None:
        plan = self._plan
        rules_cache = RulesCache(plan.rules_folder) if plan.rules_folder else None
        with ExitStack() as stack:
            raw = stack.enter_context(self._raw) if self._raw else None
            async with Fetcher(plan.manners, rules_cache=rules_cache) as fetcher, asyncio.TaskGroup() as group:
                context = CrawlContext(
                    plan=plan,
                    known=self._known,
                    erased=self._erased,
                    fetcher=fetcher,
                    outbox=self._outbox,
                    raw=raw,
                    clock=self._clock,
                )
                visits = SourceVisits(context, PageQueues(context, group))
                for source in plan.sources:
                    group.create_task(visits.read(source))
