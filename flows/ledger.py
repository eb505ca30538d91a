"""What came of each input of a run: the counts, and what the store is to write."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

import pyarrow as pa
import pyarrow.compute as pc

from flows.arrivals import Arrival
from flows.fetch_log import FetchLog
from flows.sources import Input
from flows.staging import Batch, Outcome, discard_input, read_outcomes, read_result
from flows.store import CommitPlan, Store
from flows.stories import Stories
from flows.summary import Summary
from flows.table_files import PARTS_OF_MONTH, month_of
from flows.versions import Version, Versions
from schemas.records import Rejection

COMMIT_ARTICLES = 2_000  # articles staged before a commit, or a file's share of the month: few files of a large import
COMMIT_ARTICLES_MAX = 50_000  # bounds the disk that staged batches take, some 1 GB
COMMIT_SECONDS = 300.0  # after which what a slow crawl has staged is committed all the same
COMMIT_SPACING = 20  # times as long as the last one took, at least, goes by before such a commit
COMMIT_BATCHES_MAX = 400  # each holds a file open while a commit lasts; the usual limit is 1,024


class Ledger:
    """Enters processed batches, in order, and commits when enough of them is staged."""

    def __init__(
        self,
        store: Store,
        summary: Summary,
        *,
        renews_all: bool = False,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.renews_all = renews_all  # articles that stand as they are, too
        self.summary = summary
        self._timer = timer
        self._committed_at = timer()
        self._commit_s = 0.0  # how long the last commit took
        self.known = store.known_articles()
        self.stories = Stories(store, self.known, now=summary.started_at)
        self.fetches = FetchLog(store)
        self._received = 0  # inputs that were handed out to be processed
        self._entered = 0  # of those, the ones whose outcome was entered
        self._sources: deque[str] = deque()  # of those whose outcome is to come, what each counts for
        self.month = month_of(summary.started_at)  # the folder of articles that the dataset does not know
        self._month_articles = self.known.count(self.month)
        self._rejected_before = store.rejected_items()
        self._tables_before = {_table_of(item) for item in self._rejected_before}
        self._rejected_now: set[str] = set()
        self._mended: set[str] = set()
        self._tables_met: set[str] = set()
        self._tables_resumed: set[str] = set()
        self._versions = Versions()
        self._start_plan()

    def _start_plan(self) -> None:
        self._batches: list[Batch] = []
        self._batch_of: dict[str, int] = {}  # article id -> number of the batch with the rows to write
        self._conflicts: list[Rejection] = []
        self._succeeded: list[str] = []
        self._story_ids: dict[str, str] = {}

    def is_stale(self, batch: Batch) -> bool:
        """Return whether what a batch found unchanged does not stand in the dataset any more.

        So it is with results that a killed run left, and where this run has meanwhile committed another version.
        """
        unchanged = (outcome for outcome in read_outcomes(batch) if outcome.state == "unchanged")
        return not all(self._stands(outcome) for outcome in unchanged)

    def _stands(self, outcome: Outcome) -> bool:
        """Return whether the dataset holds an article with this very content."""
        before = self._versions.find(outcome.article_id)
        if before and before.is_written and outcome.article_id not in self._batch_of:
            return before.content == Version.of(outcome, is_written=True).content
        return self.known.is_known(outcome.article_id, outcome.content_hash)

    def receive(self, arrivals: Iterable[Arrival], limit: int | None) -> Iterator[Input]:
        """Yield what is to be processed, in order, and note all else; at most `limit` inputs."""
        count = 0
        for arrival in arrivals:
            self._received += arrival.entry is not None
            self._note(arrival)
            if arrival.entry is not None:
                yield arrival.entry
            count += arrival.is_input
            if count == limit:
                return

    def _note(self, arrival: Arrival) -> None:
        self.summary.fetched += arrival.is_fetched
        self.summary.postponed += arrival.is_postponed
        if arrival.is_not_modified:
            self.summary.inputs += 1
            self.summary.unchanged += 1
            self.summary.not_modified += 1
            self.summary.sources[arrival.counted_source].inputs += 1
        if arrival.entry is not None:
            self._sources.append(arrival.counted_source)
        if arrival.row is not None:
            self.fetches.note(self._received, arrival.row)
        if arrival.clean_item in self._rejected_before:
            self._mended.add(arrival.clean_item)
        if arrival.whole_item in self._tables_before:
            self._tables_met.add(arrival.whole_item)
        if arrival.resumed_item is not None:
            self._tables_resumed.add(arrival.resumed_item)

    def enter(self, batch: Batch) -> None:
        """Count a processed batch; commit if enough is staged."""
        self._entered += batch.input_count
        number, outcomes = len(self._batches), read_outcomes(batch)
        for outcome in outcomes:
            if self._accepts(outcome, self._sources.popleft()):
                self._batch_of[outcome.article_id] = number
        self._batches.append(batch)
        met = dict.fromkeys(outcome.article_id for outcome in outcomes)
        self._story_ids |= self.stories.join(batch, [name for name in met if self._batch_of.get(name) == number])
        discard_input(batch)
        if self._is_commit_due():
            self.commit()

    def _is_commit_due(self) -> bool:
        articles = min(max(COMMIT_ARTICLES, self._month_articles // PARTS_OF_MONTH), COMMIT_ARTICLES_MAX)
        if len(self._batch_of) >= articles or len(self._batches) >= COMMIT_BATCHES_MAX:
            return True
        return self._timer() - self._committed_at >= max(COMMIT_SECONDS, COMMIT_SPACING * self._commit_s)

    def _accepts(self, outcome: Outcome, source: str) -> bool:
        """Count one input; return whether its article is to be written."""
        self.summary.inputs += 1
        self.summary.sources[source].inputs += 1
        if _table_of(outcome.item) in self._tables_before:
            self._tables_met.add(_table_of(outcome.item))
        if outcome.state == "rejected":
            self._count_rejection(outcome, source)
            return False
        before = self._versions.find(outcome.article_id)
        if outcome.state == "older":
            self.summary.unchanged += before is None
            self.summary.duplicates += before is not None
            return False
        if outcome.item in self._rejected_before:
            self._mended.add(outcome.item)
        if before is None:
            return self._let_count(outcome, source)
        found = Version.of(outcome, is_written=before.is_written)
        if found.content == before.content:
            self.summary.duplicates += 1
            self._versions.put(outcome.article_id, max(found, before))
        elif not found.captured_us or not before.captured_us or found.captured_us == before.captured_us:
            self._reject_conflict(outcome, source)
        else:
            self.summary.duplicates += 1
            return found.captured_us > before.captured_us and self._replace_version(outcome, before, source)
        return False

    def _replace_version(self, outcome: Outcome, before: Version, source: str) -> bool:
        """Let a newer capture count instead of the one before, which is a duplicate now; return as `_accepts`."""
        self.summary.written -= before.is_written
        self.summary.sources[source].written -= before.is_written
        self.summary.unchanged -= not before.is_written
        accepted = self._let_count(outcome, source)
        if not accepted:
            self._batch_of.pop(outcome.article_id, None)
        return accepted

    def _let_count(self, outcome: Outcome, source: str) -> bool:
        """Take a version for the one that counts; return whether it is to be written."""
        is_written = not self._stands(outcome) or (self.renews_all and outcome.state == "article")
        self._versions.put(outcome.article_id, Version.of(outcome, is_written=is_written))
        self.summary.written += is_written
        self.summary.sources[source].written += is_written
        self.summary.unchanged += not is_written
        return is_written

    def _count_rejection(self, outcome: Outcome, source: str) -> None:
        """Count a rejection; a second one of the same input is a duplicate, for `rejections` has one row an input."""
        if outcome.item in self._rejected_now:
            self.summary.duplicates += 1
        else:
            self.summary.rejected[outcome.reason] += 1
            self.summary.sources[source].rejected += 1
            self._rejected_now.add(outcome.item)

    def mend_rejections(self, *, all_inputs_met: bool) -> None:
        """Let rejections of earlier runs go that this run, at its end, has not met again.

        Where all inputs were met, these are also the records and the damage of a table that the table no longer has.
        """
        if all_inputs_met:
            met = self._tables_met - self._tables_resumed
            self._mended |= {item for item in self._rejected_before if _table_of(item) in met}
        self._succeeded = sorted(self._mended - self._rejected_now)

    def _reject_conflict(self, outcome: Outcome, source: str) -> None:
        self._count_rejection(outcome._replace(reason="identity_conflict"), source)
        self._conflicts.append(
            Rejection(
                item=outcome.item,
                source=outcome.source,
                step="commit",
                reason="identity_conflict",
                error=f"an earlier input of this run has the same article_id {outcome.article_id} and other content",
                run_id=self.summary.run_id,
            )
        )

    def commit(self) -> None:
        """Write all that was entered since the last commit."""
        started = self._timer()
        article_ids: list[list[str]] = [[] for _ in self._batches]
        for article_id, number in self._batch_of.items():
            article_ids[number].append(article_id)
        for batch, accepted in zip(self._batches, article_ids, strict=True):
            self.summary.statements.update(_quote_types(read_result(batch, "statements"), accepted))
        if self._batches or self._succeeded:
            self.store.commit(
                CommitPlan(
                    run_id=self.summary.run_id,
                    month=self.month,
                    batches=self._batches,
                    article_ids=article_ids,
                    conflicts=[asdict(rejection) for rejection in self._conflicts],
                    succeeded_items=self._succeeded,
                    story_ids=self._story_ids,
                )
            )
        self.fetches.commit(self._entered)
        self._month_articles += len(self._batch_of)
        self._committed_at = self._timer()
        self._commit_s = self._committed_at - started
        self._start_plan()


def _table_of(item: str) -> str:
    """Return the file of an item: `file:a/t.csv` of `file:a/t.csv#record-3`."""
    return item.partition("#")[0]


def _quote_types(statements: pa.Table, article_ids: Iterable[str]) -> list[str]:
    """Return the quote type of each statement of the given articles."""
    mine = pc.is_in(statements["article_id"], pa.array(article_ids, pa.string()))
    types: list[str] = statements["quote_type"].filter(mine).to_pylist()
    return types
