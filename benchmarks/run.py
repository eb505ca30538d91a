"""What a run costs besides its articles: Prefect against `--direct`, and the store's share.

usage: python benchmarks/run.py [DATA_FOLDER] [--pages] [--check-speed]

CPU seconds of the whole process tree, over 500 records: texts, or with --pages whole pages, which cost more each and
so make every share smaller. The Prefect server runs beside and is not counted. Figures on a busy machine vary by a
tenth, so each run is made three times, in turn, and its least CPU time counts.
"""

import argparse
import ctypes
import gzip
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from unittest.mock import patch

from benchmarks.stopwatch import Stopwatch
from flows import job
from flows.daily_counts import update_daily_counts
from flows.store import Store

RECORDS = 500
ROUNDS = 3  # of which the least CPU time counts: noise only adds
MAX_FLOW_RATIO = 1.2  # CPU time of the flow on a running server over that of --direct
MAX_STORE_SHARE = 0.10  # of the CPU time of --direct
PR_SET_CHILD_SUBREAPER = 36  # Linux: orphans of our children become ours, so that their time is counted


def main() -> int:
    """Print the figures; return 1 if one is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--pages", action="store_true", help="measure over pages instead of texts")
    parser.add_argument("--check-speed", action="store_true", help="fail if a figure is over its limit")
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name)) as server:
        kind = "pages" if options.pages else "texts"
        records = page_records(options.data) if options.pages else text_records(options.data)
        path = Path(name, f"{kind}.jsonl")
        with path.open("w", encoding="utf-8") as stream:
            for number, record in enumerate(islice(cycle(records), RECORDS)):
                stream.write(json.dumps({**record, "id": number}) + "\n")
        failures = measure(kind, path, Path(name), server)
    for failure in failures:
        print(f"over its limit: {failure}")
    return 1 if failures and options.check_speed else 0


def text_records(data: Path) -> list[dict[str, str]]:
    """Return the dev articles of PolNeAR, as texts."""
    lines = (data / "attribution" / "polnear_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [{"text": json.loads(line)["text"]} for line in lines]


def page_records(data: Path) -> list[dict[str, str]]:
    """Return the pages of the extraction benchmarks."""
    paths = sorted((data / "extraction").glob("*/html/*.gz"))
    return [{"html": gzip.decompress(path.read_bytes()).decode("utf-8", "replace")} for path in paths]


def measure(kind: str, records: Path, folder: Path, server: Mapping[str, str]) -> list[str]:
    """Print the figures of one kind of record; return those over their limit."""
    rounds = []
    for number in range(ROUNDS):
        outputs = [str(folder / f"{number}-{name}") for name in ("direct", "flow", "store")]
        direct = cpu_seconds([*ONRECORD, "run", str(records), "--direct", "-o", outputs[0]])
        flow = cpu_seconds([*ONRECORD, "run", str(records), "-o", outputs[1]], server)
        rounds.append((direct, flow, store_seconds(records, Path(outputs[2]))))
    direct, flow, store = (min(seconds) for seconds in zip(*rounds, strict=True))
    ratio, share = flow / direct, store / direct
    print(f"{kind}: --direct {direct:.1f} CPU-s for {RECORDS:,} records, {1000 * direct / RECORDS:.1f} ms each")
    print(f"{kind}: flow on a running server {flow:.1f} CPU-s, {ratio:.2f} x --direct (limit {MAX_FLOW_RATIO})")
    print(f"{kind}: store {store:.1f} CPU-s, {share:.1%} of --direct (limit {MAX_STORE_SHARE:.0%})")
    return [
        name
        for name, over in (
            (f"{kind}: flow {ratio:.2f} x --direct", ratio > MAX_FLOW_RATIO),
            (f"{kind}: store {share:.1%} of --direct", share > MAX_STORE_SHARE),
        )
        if over
    ]


def store_seconds(records: Path, output: Path) -> float:
    """Return the CPU time of this process inside the store's part of a run: index, commits, daily counts."""
    watch = Stopwatch()
    with (
        patch.object(Store, "known_articles", watch.timed(Store.known_articles)),
        patch.object(Store, "commit", watch.timed(Store.commit)),
        patch.object(Store, "finish", watch.timed(Store.finish)),
        patch("flows.job.update_daily_counts", watch.timed(update_daily_counts)),
    ):
        job.run_job(job.JobParameters(inputs=[str(records)], output=str(output)))
    return watch.seconds


ONRECORD = (sys.executable, "-m", "flows.cli")


def cpu_seconds(command: list[str], environment: Mapping[str, str] | None = None) -> float:
    """Return the CPU time of a command and of every process it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{result.stderr}")
    wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wait_for_orphans() -> None:
    """Wait for the processes that the command left to end, which were handed to us; servers stay."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            found, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if found == 0:
            time.sleep(0.05)
        if len(children()) <= 1:  # the Prefect server
            return


def children() -> list[str]:
    """Return the process ids of our children."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@contextmanager
def prefect_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run a Prefect server of its own on a free port; give the variables that name it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        wait_until_healthy(environment["PREFECT_API_URL"])
        yield environment
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def wait_until_healthy(api_url: str) -> None:
    """Wait until the server answers; raises TimeoutError after two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{api_url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"no Prefect server at {api_url}")


if __name__ == "__main__":
    sys.exit(main())
