"""Worker processes that can be killed: an input that ends its worker is a rejection, the rest of its batch goes on.

A worker leaves the number of the input it is at in a mark file (`flows.process`). When it ends before its batch is
staged, the driver starts the batch again without that input.
"""

import multiprocessing
import signal
import struct
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from flows.limits import INPUT_CPU_SECONDS
from flows.staging import Batch, input_path, is_processed
from schemas.records import ModelName

BATCH_WALL_SECONDS = 1_800  # for a worker that waits instead of computing, on a dead network disk, say
WORKER_BATCHES = 50  # batches before a worker is replaced, so that no library's cache grows without end
NOT_STARTED = 0xFFFFFFFF
MAX_ENDS = 2  # of a worker at one input, or at none; after one more, something else is wrong, and the batch fails


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """What a worker needs to know about the run, besides its batch."""

    run_id: str
    fetched_at: datetime
    pipeline_version: str
    model: ModelName
    known_path: str
    register: str  # path of the dataset's register of what was erased
    driver_pid: int
    columns: Mapping[str, str] = field(default_factory=dict)
    renews_all: bool = False  # articles that stand as they are, too


Work = Callable[[Batch, WorkContext, Mapping[int, str]], None]


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Let processes started meanwhile never see SIGINT, as they inherit the mask; ours comes when the mask goes."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class WorkerPool:
    """Processes that turn batches into staged results; `process` may be called from several threads."""

    def __init__(self, worker_count: int, work: Work | None = None) -> None:
        self._work = work or process_batch_in_worker
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["flows.process"])
        resource_tracker.ensure_running()  # by itself: it ignores SIGINT, and unblocks it here
        with _interrupts_blocked():  # Ctrl-C reaches the whole process group; the driver alone decides what it ends
            forkserver.ensure_running()
        self._pool = ProcessPool(max_workers=worker_count, max_tasks=WORKER_BATCHES, context=context)
        self._stopped: Future[None] = Future()

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._stopped.set_result(None)
            self._pool.stop()
        self._pool.join()

    def process(self, batch: Batch, context: WorkContext) -> Batch:
        """Return the batch once its result is staged; equal work of an earlier run is not done again.

        Raises CancelledError once the pool is left by an error.
        """
        broken: dict[int, str] = {}
        deaths: dict[int, int] = {}
        while not is_processed(batch):
            if self._stopped.done():
                raise CancelledError
            try:
                future = self._pool.schedule(self._work, (batch, context, broken), timeout=BATCH_WALL_SECONDS)
                wait([future, self._stopped], return_when=FIRST_COMPLETED)  # a stopped pool never settles its futures
                if not future.done():
                    raise CancelledError
                future.result()
            except (ProcessExpired, FutureTimeoutError) as error:
                number = read_mark(batch)
                deaths[number] = deaths.get(number, 0) + 1
                if deaths[number] > MAX_ENDS:
                    raise
                # A limit's signal settles it; any other end may have come from outside, so it must happen twice.
                if number != NOT_STARTED and (_is_limit(error) or deaths[number] > 1):
                    broken[number] = _describe_end(error)
        mark_path(batch).unlink(missing_ok=True)
        return batch


def _is_limit(error: Exception) -> bool:
    return not isinstance(error, ProcessExpired) or error.exitcode == -signal.SIGPROF


def _describe_end(error: Exception) -> str:
    if not isinstance(error, ProcessExpired):
        return f"took more than {BATCH_WALL_SECONDS} s"
    if error.exitcode == -signal.SIGPROF:
        return f"took more than {INPUT_CPU_SECONDS} CPU seconds"
    return f"ended its worker process (exit code {error.exitcode})"


def mark_path(batch: Batch) -> Path:
    """Return the file that holds the number of the input being worked on."""
    return input_path(batch).with_suffix(".mark")


def read_mark(batch: Batch) -> int:
    """Return the number of the input that the batch's worker was at."""
    try:
        number: int = struct.unpack("<I", mark_path(batch).read_bytes())[0]
    except (OSError, struct.error):
        return NOT_STARTED
    return number


def process_batch_in_worker(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    """Process a batch; the engine is imported here, so that the driver does without it."""
    from flows.process import process_batch

    process_batch(batch, context, broken)
