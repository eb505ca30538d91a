"""The run itself: take inputs -> process batches -> commit -> summary. No Prefect here.

`flows.news` is the same run as a Prefect flow: it differs in the `submitter`, the way a batch reaches a worker.
"""

import json
import os
import platform
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from flows.daily_counts import update_daily_counts
from flows.erased import REGISTER, Erased
from flows.fetch_log import digest
from flows.intake import open_intake
from flows.ledger import Ledger
from flows.report import try_report
from flows.sources import Extent, Input, UsageError
from flows.staging import Batch, cut_batches, discard_result, is_processed, known_articles_path
from flows.store import Store
from flows.summary import Summary, describe_failure
from flows.table_files import REMADE, check_partitions
from flows.version import pipeline_version
from flows.workers import WorkContext, WorkerPool
from schemas.records import ModelName, Run

MAX_REJECTED_SHARE = 0.2
SHAPING_LIBRARIES = (
    "trafilatura",
    "lxml",
    "beautifulsoup4",
    "py3langid",
    "pyarrow",
    "pandas",
    "onnxruntime",
    "tokenizers",
    "rensa",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParameters:
    """What to run on and where to. Raises ValueError for a value out of range."""

    inputs: Sequence[str] = ()  # files, folders, globs, web archives, addresses of pages
    output: str = "output"
    source: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    workers: int = 1
    max_rejected: float = MAX_REJECTED_SHARE
    model: ModelName = "compact"
    sources: str | None = None  # path of a sources.toml
    stored: Extent | None = None  # instead of inputs: the articles of the dataset itself
    only: Sequence[str] = ()  # of its sources, by name; none: all
    since: date | None = None  # of what feeds and sitemaps date; both days are included
    until: date | None = None
    keep_raw: str | None = None  # folder for fetched pages, as web archives
    contact: str | None = None  # for the user agent; else of the environment or the source list
    allow_private: bool = False
    allow_tdm_reserved: bool = False

    def __post_init__(self) -> None:
        if not self.inputs and self.sources is None and self.stored is None:
            raise ValueError("there is nothing to read: neither inputs nor sources are given")
        if self.only and self.sources is None:
            raise ValueError("only names sources, and no sources are given")
        if not self.output:
            raise ValueError("output is empty; it names a folder")
        if self.workers < 1:
            raise ValueError(f"workers is {self.workers}; it must be at least 1")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit is {self.limit}; it must be at least 1")
        if not 0 <= self.max_rejected <= 1:
            raise ValueError(f"max_rejected is {self.max_rejected}; it is a share from 0 to 1")
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"since is {self.since}, after until, which is {self.until}")


class BatchFuture(Protocol):
    """The result of a submitted batch, to come."""

    def result(self) -> Batch:
        """Wait for the batch and return it, processed."""
        ...


Submit = Callable[[Batch], BatchFuture]
Submitter = Callable[[Callable[[Batch], Batch], int], AbstractContextManager[Submit]]


@contextmanager
def submit_to_threads(process: Callable[[Batch], Batch], workers: int) -> Iterator[Submit]:
    """Map batches the plain way: a thread waits for each worker process."""
    executor = ThreadPoolExecutor(workers)
    try:
        yield lambda batch: executor.submit(process, batch)
    finally:
        executor.shutdown(cancel_futures=True)


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def run_job(
    parameters: JobParameters,
    *,
    submitter: Submitter = submit_to_threads,
    clock: Callable[[], datetime] = utc_now,
    on_progress: Callable[[Summary], None] = lambda _summary: None,
    on_wait: Callable[[], None] = lambda: None,
    find_secret: Callable[[str], str | None] | None = None,
) -> Summary:
    """Read the inputs, write their tables and return the run's counts.

    A run over its rejection limit has `failure` set; everything good is written all the same. `on_progress` is called
    after every batch, `on_wait` once if another run holds the dataset; `find_secret` gives the credentials of a name,
    else the environment does. Raises UsageError if an input names nothing, or credentials cannot be used,
    MissingFileError if a file of the dataset is gone.
    """
    ignored: Counter[str] = Counter()
    intake = open_intake(parameters, ignored, find_secret)
    store = Store(Path(parameters.output))
    with store.locked(on_wait):
        check_partitions(store.folder, but=REMADE if parameters.stored == "all" else ())
        started_at = clock()
        run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        summary = Summary(
            run_id=run_id,
            output=parameters.output,
            started_at=started_at,
            finished_at=started_at,
            ignored=ignored,
        )
        erased = store.erased()
        ledger = Ledger(store, summary, renews_all=parameters.stored == "all")
        on_progress(summary)
        try:
            settings = settings_hash(parameters)
            known = ledger.fetches.known()
            limit = parameters.limit
            with intake.open(
                known,
                erased,
                run_id=run_id,
                now=started_at,
                clock=clock,
                settings=settings,
                ignored=ignored,
                limit=limit,
            ) as arrivals:
                inputs = ledger.receive(arrivals, limit)
                _process_inputs(inputs, parameters, ledger, erased, submitter, on_progress)
            ledger.mend_rejections(all_inputs_met=parameters.limit is None)
            summary.failure = describe_failure(
                summary, parameters.max_rejected, intake.max_rejected, has_list=parameters.sources is not None
            )
        except BaseException as error:
            summary.failure = f"{type(error).__name__}: {error}"
            raise
        finally:
            ledger.commit()
            ledger.stories.save()
            update_daily_counts(store)
            summary.finished_at = clock()
            store.add_run(_run_row(summary, parameters))
            store.finish()
        summary.report_failure = try_report(store)
    return summary


def settings_hash(parameters: JobParameters) -> str:
    """Return a digest of what decides what becomes of the pages of an archive."""
    return digest([pipeline_version(parameters.model), parameters.source, parameters.allow_tdm_reserved])


def _process_inputs(
    inputs: Iterable[Input],
    parameters: JobParameters,
    ledger: Ledger,
    erased: Erased,
    submitter: Submitter,
    on_progress: Callable[[Summary], None],
) -> None:
    staging = ledger.store.staging
    known_path = known_articles_path(staging)
    ledger.known.save(known_path)
    context = WorkContext(
        run_id=ledger.summary.run_id,
        fetched_at=ledger.summary.started_at,
        pipeline_version=pipeline_version(parameters.model),
        model=parameters.model,
        known_path=str(known_path),
        driver_pid=os.getpid(),
        columns=parameters.columns,
        register=str(ledger.store.folder / REGISTER),
        renews_all=ledger.renews_all,
    )
    shaping = [context.pipeline_version, dict(parameters.columns), erased.digest(), ledger.month]
    salt = json.dumps([*shaping, context.renews_all])
    pool = WorkerPool(parameters.workers)
    # The pool is left first: where a run breaks off, that ends the workers that the submitter's threads wait for.
    with submitter(partial(pool.process, context=context), parameters.workers) as submit, pool:
        for batch in _in_order(submit, cut_batches(inputs, staging, salt), window=parameters.workers + 2):
            if ledger.is_stale(batch):
                ledger.store.known_articles().save(known_path)
                discard_result(batch)
                submit(batch).result()
            ledger.enter(batch)
            on_progress(ledger.summary)


def _in_order(submit: Submit, batches: Iterable[Batch], window: int) -> Iterator[Batch]:
    """Yield the processed batches in order; at most `window` are under way, so that inputs do not pile up."""
    under_way: deque[tuple[Batch, BatchFuture]] = deque()
    for batch in batches:
        under_way.append((batch, submit(batch)))
        while under_way and (len(under_way) == window or is_processed(under_way[0][0])):
            yield under_way.popleft()[1].result()
    while under_way:
        yield under_way.popleft()[1].result()


def _run_row(summary: Summary, parameters: JobParameters) -> Run:
    versions = {name: version(name) for name in SHAPING_LIBRARIES}
    return Run(
        run_id=summary.run_id,
        started_at=summary.started_at,
        finished_at=summary.finished_at,
        state="completed" if summary.failure is None else "failed",
        input_count=summary.inputs,
        written_count=summary.written,
        unchanged_count=summary.unchanged,
        duplicate_count=summary.duplicates,
        rejected_count=summary.rejected.total(),
        pipeline_version=pipeline_version(parameters.model),
        versions=json.dumps({"python": platform.python_version(), **versions}),
        parameters=json.dumps(asdict(parameters), default=str),
    )
