"""What one input may cost its worker process: limits that the kernel holds, inside C code too."""

import ctypes
import gc
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

INPUT_CPU_SECONDS = 8  # CPU time of one input; the slowest real page measured takes 0.5 s
INPUT_MEMORY_BYTES = 300_000_000  # on top of the 170 MB that a worker starts with; real pages measured take under 60 MB
GROWN_BYTES = 30_000_000  # by one input: worth 0.04 s for what can be given back; few real pages reach it
PAGE_BYTES = resource.getpagesize()


@contextmanager
def input_limits() -> Iterator[None]:
    """Hold the limits while one input is processed.

    Out of CPU time, the process is ended by SIGPROF, whose default action no code of ours can miss or delay. Out of
    memory, an allocation fails: MemoryError, or the end of a process whose library cannot go on without.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = _data_bytes()
    signal.setitimer(signal.ITIMER_PROF, INPUT_CPU_SECONDS)
    if used is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (used + INPUT_MEMORY_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def memory_given_back() -> Iterator[None]:
    """Return freed memory to the system after an input that took much, so that the next one meets a small process."""
    before = _data_bytes()
    yield
    if before is not None and (_data_bytes() or 0) - before > GROWN_BYTES:
        gc.collect()
        with suppress(AttributeError):  # not glibc
            ctypes.CDLL(None).malloc_trim(0)


def _data_bytes() -> int | None:
    """Return the private memory of this process, in bytes; None where the system does not tell (macOS)."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * PAGE_BYTES
    except OSError:
        return None
