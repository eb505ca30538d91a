"""The run as a Prefect flow: what `onrecord run` and schedules start."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, cast

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from pydantic import Field

from flows.credentials import find_in_environment
from flows.job import MAX_REJECTED_SHARE, JobParameters, Submit, run_job
from flows.staging import Batch
from flows.summary import Summary
from schemas.records import ModelName

BATCH_RETRIES = 2  # for a batch whose worker was lost; a bad input is a rejection and never fails its batch

# What the command line watches; a schedule leaves it unset.
PROGRESS: ContextVar[Callable[[Summary], None] | None] = ContextVar("PROGRESS", default=None)


def find_watcher() -> Callable[[Summary], None] | None:
    """Return what watches this run.

    A function, as a schedule pickles the flow with all globals that its body names, and a context variable cannot be.
    """
    return PROGRESS.get()


class RejectionLimitExceeded(RuntimeError):
    """Raised, after all that is good was written, by a run with too many rejections."""


def start_temporary_server() -> None:
    """Start the server that Prefect uses where no `PREFECT_API_URL` names one, out of reach of Ctrl-C.

    Ctrl-C goes to the whole process group, and a run that breaks off still tells its server so: with that server gone,
    it would try for minutes. Prefect ends the server with this process.
    """

    def start() -> None:
        from prefect.server.api.server import SubprocessASGIServer

        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # of this thread only, and inherited by the server
        SubprocessASGIServer().start()  # the one that the flow's clients find running

    thread = threading.Thread(target=start, daemon=True)
    thread.start()
    thread.join()


@contextmanager
def submit_to_prefect(process: Callable[[Batch], Batch], workers: int) -> Iterator[Submit]:
    """Map batches as Prefect tasks: threads that wait for the run's worker processes."""

    @task(name="process batch", task_run_name="batch {batch.index}", retries=BATCH_RETRIES, cache_policy=NO_CACHE)
    def process_batch(batch: Batch) -> Batch:
        """Process one batch of inputs and stage its rows."""
        return process(batch)

    yield process_batch.submit


def find_secret(name: str) -> str | None:
    """Return the credentials of a name: of the environment, else of the Secret block `name-in-lower-case`."""
    from prefect.blocks.system import Secret

    found = find_in_environment(name)
    if found:
        return found
    try:
        block = cast("Secret[str]", Secret.load(name.lower().replace("_", "-")))
    except ValueError:  # there is no such block
        return None
    return block.get()


def flow_parameters(parameters: JobParameters) -> dict[str, Any]:
    """Return the parameters of a run as the flow takes them, by name; it reprocesses nothing (`stored`)."""
    names = [field.name for field in fields(parameters) if field.name != "stored"]
    values = {name: getattr(parameters, name) for name in names}
    lists = {name: list(values[name]) for name in ("inputs", "only")}
    return {**values, **lists, "columns": dict(parameters.columns)}


def leave_artifact(summary: Summary) -> None:
    """Leave the counts of a run, as a table beside it in Prefect's user interface."""
    state = "completed" if summary.failure is None else f"failed: {summary.failure}"
    description = f"Run {summary.run_id} into {summary.output} {state}"
    create_table_artifact(key="onrecord-run", table=summary.as_rows(), description=description)


@flow(name="onrecord", description="Read news articles and write who said what to Parquet tables.")
def onrecord(
    inputs: list[str] | None = None,
    output: str = "output",
    source: str | None = None,
    columns: dict[str, str] | None = None,
    limit: Annotated[int | None, Field(ge=1)] = None,
    workers: Annotated[int, Field(ge=1, le=64)] = 1,
    max_rejected: Annotated[float, Field(ge=0, le=1)] = MAX_REJECTED_SHARE,
    model: ModelName = "compact",
    sources: str | None = None,
    only: list[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    keep_raw: str | None = None,
    contact: str | None = None,
    allow_private: bool = False,
    allow_tdm_reserved: bool = False,
) -> dict[str, Any]:
    """Read news articles and write who said what to Parquet tables.

    Args:
        inputs: Files, folders or globs: HTML, text and Markdown files, tables of records (JSONL, CSV, Parquet), web
            archives; addresses of pages. They or sources must be given.
        output: Folder of the dataset.
        source: Name to use instead of the input folder's name.
        columns: For tables of records, our column to theirs, such as text to body.
        limit: Stop after this many inputs.
        workers: Worker processes.
        max_rejected: Share of rejected inputs above which the run fails, after writing everything good.
        model: Statement model: compact, or accurate, which is better and slower.
        sources: Path of a sources.toml, the list of feeds, sitemaps, addresses, files and archives to read.
        only: Names of its sources, to read no others.
        since: Leave out what feeds and sitemaps date before this day.
        until: Leave out what feeds and sitemaps date after this day.
        keep_raw: Folder in which fetched pages are kept as web archives.
        contact: E-mail address or page of who runs this, for the user agent; needed to ask foreign hosts.
        allow_private: Ask servers at private addresses too, such as one's own test servers.
        allow_tdm_reserved: Read pages whose publishers reserve text and data mining.
    """
    logger = get_run_logger()
    watcher = find_watcher()
    begun: list[Summary] = []

    def on_progress(summary: Summary) -> None:
        begun[:] = [summary]
        counts = summary.inputs, summary.written, summary.unchanged, summary.rejected.total()
        logger.info("%d inputs: %d articles written, %d unchanged, %d rejected", *counts)
        if watcher is not None:
            watcher(summary)

    parameters = JobParameters(
        inputs=inputs or [],
        output=output,
        source=source,
        columns=columns or {},
        limit=limit,
        workers=workers,
        max_rejected=max_rejected,
        model=model,
        sources=sources,
        only=only or [],
        since=since,
        until=until,
        keep_raw=keep_raw,
        contact=contact,
        allow_private=allow_private,
        allow_tdm_reserved=allow_tdm_reserved,
    )
    try:
        summary = run_job(
            parameters,
            submitter=submit_to_prefect,
            on_progress=on_progress,
            on_wait=lambda: logger.warning("another run holds %s; waiting for it to end", output),
            find_secret=find_secret,
        )
    finally:  # a run that breaks off or is cancelled has written something, too
        if begun:
            leave_artifact(*begun)
    if summary.report_failure is not None:
        logger.warning("the tables are written, the report could not be: %s", summary.report_failure)
    if summary.failure is not None:
        raise RejectionLimitExceeded(summary.failure)
    return summary.as_dict()
