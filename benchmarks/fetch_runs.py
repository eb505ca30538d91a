"""Runs of the command line, watched: their wall time, memory and rows. For benchmarks/fetch.py."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.hostile import descendants

MAX_PEAK_BYTES = 500_000_000  # of resident memory, of any process of a run, as benchmarks/hostile.py counts it
RUN_TIMEOUT_S = 3_600
# What may differ between two runs that met the same: who wrote a row, and when, and which of two copies came first.
RUN_COLUMNS = frozenset({"run_id", "first_seen_at", "fetched_at", "next_attempt_at", "story_id", "first_of_story"})
# How the newest request for an address went, and not what stands in the dataset, is the rest of `fetches`.
FETCH_COLUMNS = ("url", "source", "kind", "etag", "last_modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One run that ended: its summary, or None where it printed none."""

    output: Path
    code: int
    summary: dict[str, Any] | None
    stderr: str
    seconds: float  # wall time, from the start of the process
    cpu_seconds: float  # of all processes; says more than wall time on a busy machine
    peak_bytes: int  # of resident memory, of the largest process
    tree_bytes: int  # of memory, of all processes together, each shared page counted in shares

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the tables, as {articles}, {rejections} and so on."""
        return query(self.output, sql)


def command(*arguments: str | Path, output: Path, workers: int = 2) -> list[str]:
    """Return the command line of a run without Prefect."""
    shared = ["--direct", "--json", "--max-rejected", "1", "--output", str(output), "--workers", str(workers)]
    return [sys.executable, "-m", "flows.cli", "run", *map(str, arguments), *shared]


def run(*arguments: str | Path, output: Path, workers: int = 2, may_fail: bool = False) -> Finished:
    """Run onrecord to its end, watching its processes. Raises RuntimeError if it fails."""
    started = time.monotonic()
    process = start(*arguments, output=output, workers=workers)
    watch = Watch(process.pid)
    watch.start()
    try:
        stdout, stderr = process.communicate(timeout=RUN_TIMEOUT_S)
    finally:
        kill_group(process)
        watch.stop()
    seconds = time.monotonic() - started
    if process.returncode != 0 and not may_fail:
        raise RuntimeError(f"exit code {process.returncode}: {stderr.strip()}")
    return Finished(
        output=output,
        code=process.returncode,
        summary=json.loads(stdout) if stdout.startswith("{") else None,
        stderr=stderr,
        seconds=seconds,
        cpu_seconds=sum(watch.ticks.values()) / os.sysconf("SC_CLK_TCK"),
        peak_bytes=watch.peak_bytes,
        tree_bytes=watch.tree_bytes,
    )


def start(*arguments: str | Path, output: Path, workers: int = 2) -> subprocess.Popen[str]:
    """Start onrecord in a process group of its own."""
    return subprocess.Popen(
        command(*arguments, output=output, workers=workers),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill_group(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started, as the power going out would: nothing can be tidied up."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.communicate()


class Watch(threading.Thread):
    """Samples the processes below one: the highest memory of any, and of all together."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.tree_bytes = 0
        self.ticks: dict[int, int] = {}  # CPU time of each process seen
        self._pid = pid
        self._stopped = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._stopped.wait(0.1):
            pids = descendants(self._pid)
            self.peak_bytes = max(self.peak_bytes, *(_kilobytes(f"/proc/{pid}/status", "VmHWM:") for pid in pids))
            tree = sum(_kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids)
            self.tree_bytes = max(self.tree_bytes, tree)
            self.ticks.update({pid: _ticks(pid) for pid in pids if _ticks(pid)})

    def stop(self) -> None:
        """Stop sampling."""
        self._stopped.set()
        self.join()


def _ticks(pid: int) -> int:
    """Return the CPU time of a process, user and system, in clock ticks; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _kilobytes(path: str, field: str) -> int:
    """Return a size in bytes that the kernel states in kB; 0 of a process that has ended."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def memory(finished: Finished) -> str:
    """Return the memory of a run, for a person."""
    return f"{finished.peak_bytes / 1e6:.0f} MB the largest process, {finished.tree_bytes / 1e6:.0f} MB all together"


def over_memory(name: str, finished: Finished) -> list[str]:
    """Return what is wrong with the memory of a run."""
    if finished.peak_bytes <= MAX_PEAK_BYTES:
        return []
    return [f"{name}: a process took {finished.peak_bytes / 1e6:.0f} MB (limit {MAX_PEAK_BYTES / 1e6:.0f})"]


def query(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the tables of a dataset; a table without files is an error."""
    names = {path.name: f"read_parquet('{path}/**/*.parquet')" for path in output.iterdir() if path.is_dir()}
    with duckdb.connect() as connection:
        return connection.execute(sql.format(**names)).fetchall()


def file_hashes(output: Path) -> dict[str, str]:
    """Return the content of every Parquet file, as a hash, by path; those of `runs` are left out."""
    paths = sorted(path for path in output.glob("*/**/*.parquet") if path.relative_to(output).parts[0] != "runs")
    visible = [path for path in paths if not path.relative_to(output).parts[0].startswith(".")]
    return {str(path.relative_to(output)): hashlib.sha256(path.read_bytes()).hexdigest() for path in visible}


def content(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table but `runs`, sorted, without what tells one run from another."""
    tables = sorted({path.split("/")[0] for path in file_hashes(output)})
    found = {}
    for table in tables:
        columns = [str(row[0]) for row in query(output, f"DESCRIBE SELECT * FROM {{{table}}}")]
        kept = [name for name in columns if name not in RUN_COLUMNS and (table != "fetches" or name in FETCH_COLUMNS)]
        found[table] = query(output, f"SELECT {', '.join(kept)} FROM {{{table}}} ORDER BY ALL")
    return found
