"""A schedule on a real Prefect server, disturbed in every way: runs on time, none overlapping, all visible.

usage: python benchmarks/schedule.py [--short]

Starts `prefect server start` on a free port, with a home of its own, and `onrecord schedule --every 30s` over the
example articles; some eight minutes (--short: four, without the cancelled and the retried run). In this order:

undisturbed   runs as they come due
cancelled     a long run is started by hand: the run that comes due beside it is refused; then the long one is cancelled
retried       a run over its limit of rejections fails; its input is mended and it is retried
server        the server is killed during a run, and started again
schedule      `onrecord schedule` and its run are killed, and it is started again; at last it is asked to end

Prints a row a run and a line a bar that was missed; returns 1 if there is one.
"""

import argparse
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
EVERY_S = 30
MAX_LATE_S = 15.0  # a run's start after its time
MAX_SERVER_START_S = 180
MAX_RECOVERY_S = 60.0  # from the server's first answer after an outage to the next start of a run
PREFETCH_S = 15.0  # a place is taken, and a run refused, up to 10 s before its time; and 5 s for the server's work
DEPLOYMENT = "onrecord/scheduled"
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRun:
    """One flow run, as the server tells it."""

    id: str
    state: str
    message: str
    due: datetime
    started: datetime | None
    ended: datetime | None
    is_scheduled: bool
    run_count: int

    @property
    def late_s(self) -> float | None:
        """Seconds from its time to its start."""
        return (self.started - self.due).total_seconds() if self.started else None

    @property
    def is_refused(self) -> bool:
        """Whether it was refused because another one was under way."""
        return self.state == "CANCELLED" and "concurrency limit" in self.message


@dataclass(slots=True, kw_only=True)
class Bench:
    """What is started, and what went wrong."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)  # of the server or the schedule
    api: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/api", timeout=30)

    def start(self, name: str, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a process group whose output goes to a log."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")},
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": str(self.api.base_url).rstrip("/"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            # As docs/operations.md says for a server that may be started again while a run is under way.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                list(map(str, command)),
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_server(self) -> subprocess.Popen[bytes]:
        """Start the server; return when it answers."""
        process = self.start("server", BIN / "prefect", "server", "start", "--port", str(self.port), "--no-ui")
        wait_until(self.answers, MAX_SERVER_START_S, "the server answers")
        return process

    def answers(self) -> bool:
        """Return whether the server does."""
        try:
            return self.api.get("/health").status_code == 200
        except httpx.TransportError:
            return False

    def start_schedule(self) -> subprocess.Popen[bytes]:
        """Start the schedule over the example articles."""
        inputs, output = ROOT / "examples" / "articles", self.folder / "out"
        return self.start(
            "schedule", BIN / "onrecord", "schedule", inputs, "--every", f"{EVERY_S}s", "--output", output
        )

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Return the server's answer; asked again where its database is busy (503)."""
        for _ in range(10):
            answer = self.api.request(method, path, json=body)
            if answer.status_code != 503:
                break
            time.sleep(1)
        return answer.raise_for_status().json()

    def ask(self, path: str, body: Mapping[str, object]) -> list[dict[str, object]]:
        """Return the answer of a filter."""
        found: list[dict[str, object]] = self.request("POST", path, body)
        return found

    def runs(self) -> list[SeenRun]:
        """Return all runs that are due by now, in their order."""
        body = {"sort": "EXPECTED_START_TIME_ASC", "limit": 200}
        before = datetime.now(UTC) + timedelta(seconds=PREFETCH_S)
        seen = [read_run(row) for row in self.ask("/flow_runs/filter", body)]
        return [run for run in seen if run.due < before]

    def run(self, run_id: str) -> SeenRun:
        """Return one run."""
        return read_run(self.request("GET", f"/flow_runs/{run_id}"))

    def create_run(self, inputs: Path) -> str:
        """Start a run of other inputs by hand, as in the user interface; return its id."""
        deployment = self.request("GET", f"/deployments/name/{DEPLOYMENT}")["id"]
        parameters = {"inputs": [str(inputs)], "output": str(self.folder / "out-by-hand")}
        created = self.request("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": parameters})
        return str(created["id"])

    def set_state(self, run_id: str, kind: str, name: str) -> None:
        """Ask for a state, as the user interface does."""
        body = {"state": {"type": kind, "name": name}, "force": kind != "CANCELLING"}
        self.request("POST", f"/flow_runs/{run_id}/set_state", body)

    def check(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.failures.append(what)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Note that something was down meanwhile."""
        began = datetime.now(UTC)
        yield
        self.outages.append((began, datetime.now(UTC)))


def read_run(row: Mapping[str, object]) -> SeenRun:
    """Return a run of the server's JSON."""
    state = row["state"] or {}
    assert isinstance(state, dict)
    return SeenRun(
        id=str(row["id"]),
        state=str(state.get("type")),
        message=str(state.get("message") or ""),
        due=datetime.fromisoformat(str(row["expected_start_time"])),
        started=datetime.fromisoformat(str(row["start_time"])) if row["start_time"] else None,
        ended=datetime.fromisoformat(str(row["end_time"])) if row["end_time"] else None,
        is_scheduled=bool(row["auto_scheduled"]),
        run_count=int(str(row["run_count"])),
    )


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once it holds. Raises TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)


def wait_for_runs(bench: Bench, count: int) -> None:
    """Return once that many more scheduled runs have completed."""
    done = count_completed(bench)
    wait_until(lambda: count_completed(bench) >= done + count, (count + 4) * EVERY_S, f"{count} more runs")


def count_completed(bench: Bench) -> int:
    """Return how many scheduled runs have completed."""
    return sum(run.is_scheduled and run.state == "COMPLETED" for run in bench.runs())


def wait_for_state(bench: Bench, run_id: str, state: str, seconds: float = 60) -> None:
    """Return once a run has that state; note it as a failure where it takes longer."""
    try:
        wait_until(lambda: bench.run(run_id).state == state, seconds, f"run {run_id} {state}")
    except TimeoutError as error:
        bench.failures.append(f"{error}; it is {bench.run(run_id).state}")


def start_by_hand(bench: Bench, inputs: Path, state: str) -> str:
    """Start a run by hand, again where a scheduled one is in its way, and return its id once it has that state."""
    for _ in range(5):
        wait_for_runs(bench, 1)
        run_id = bench.create_run(inputs)
        wait_until(lambda: bench.run(run_id).state in {state, *FINAL}, 60, f"a run by hand {state}")  # noqa: B023
        if not bench.run(run_id).is_refused:
            break
    bench.check(bench.run(run_id).state == state, f"the run by hand is {bench.run(run_id).state}, not {state}")
    return run_id


def check_cancelled(bench: Bench, what: str) -> None:
    """A long run, beside which a scheduled one is refused, is cancelled."""
    run_id = start_by_hand(bench, write_records(bench.folder / "long.jsonl", 200_000), "RUNNING")
    refused = sum(run.is_refused for run in bench.runs())
    wait_until(lambda: sum(run.is_refused for run in bench.runs()) > refused, 2 * EVERY_S, "a run is refused")
    asked = time.monotonic()
    bench.set_state(run_id, "CANCELLING", "Cancelling")
    wait_for_state(bench, run_id, "CANCELLED")
    print(f"{what}: after {time.monotonic() - asked:.1f} s", flush=True)
    written = [json.loads(line)["state"] for line in query(bench.folder / "out-by-hand", "SELECT state FROM runs")]
    bench.check(set(written) == {"failed"}, f"{what}: the dataset's runs are {written}")


def check_retried(bench: Bench) -> None:
    """A run over its limit fails, and completes when it is retried with mended inputs."""
    path = bench.folder / "bad.jsonl"
    path.write_text("".join(f'{{"text": "Short {number}."}}\n' for number in range(12)))
    run_id = start_by_hand(bench, path, "FAILED")
    message = bench.run(run_id).message
    bench.check("12 of 12 inputs were rejected" in message, f"retried: the failed run says {message!r}")
    write_records(path, 12)
    for _ in range(5):
        wait_for_runs(bench, 1)
        bench.set_state(run_id, "SCHEDULED", "AwaitingRetry")
        wait_until(lambda: bench.run(run_id).state in FINAL, 90, "the retried run ends")
        if not bench.run(run_id).is_refused:
            break
    run = bench.run(run_id)
    bench.check((run.state, run.run_count) == ("COMPLETED", 2), f"retried: {run.state}, run_count {run.run_count}")


def check_server_restart(bench: Bench, server: subprocess.Popen[bytes]) -> None:
    """The server is killed during a run; the schedule goes on when it is back."""
    wait_until(lambda: any(run.state == "RUNNING" for run in bench.runs()), 2 * EVERY_S, "a run is under way")
    with bench.outage():
        kill_group(server)
        time.sleep(8)
        bench.start_server()
    back = bench.outages[-1][1]
    wait_for_runs(bench, 2)
    first = min(run.started for run in bench.runs() if run.started and run.started > back)
    recovery_s = (first - back).total_seconds()
    outage_s = (back - bench.outages[-1][0]).total_seconds()
    print(f"server: away for {outage_s:.0f} s; the next run began {recovery_s:.1f} s after its return", flush=True)
    bench.check(recovery_s <= MAX_RECOVERY_S, f"server: the next run began {recovery_s:.0f} s after its return")


def check_schedule_restart(bench: Bench, schedule: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """The schedule is killed with its run; started again, it marks that run as crashed and goes on."""
    run_id = start_by_hand(bench, write_records(bench.folder / "long.jsonl", 200_000), "RUNNING")
    with bench.outage():
        kill_group(schedule)
        time.sleep(5)
        schedule = bench.start_schedule()
        wait_for_state(bench, run_id, "CRASHED")
    wait_for_runs(bench, 1)
    return schedule


def check_end(bench: Bench, schedule: subprocess.Popen[bytes]) -> None:
    """Asked to end during a run, the schedule ends, and is paused on the server; the run ends, too."""
    run_id = start_by_hand(bench, write_records(bench.folder / "long.jsonl", 200_000), "RUNNING")
    asked = time.monotonic()
    schedule.terminate()
    code = schedule.wait(60)
    print(f"schedule: ended after {time.monotonic() - asked:.1f} s", flush=True)
    bench.check(code == 0, f"schedule: exit code {code}")
    state = bench.run(run_id).state
    print(f"schedule: its run is {state}", flush=True)
    bench.check(state in FINAL, f"schedule: ended, it leaves its run {state}")
    is_paused = bench.request("GET", f"/deployments/name/{DEPLOYMENT}")["paused"]
    bench.check(is_paused, "schedule: not paused on the server after its end")


def check_runs(bench: Bench) -> None:
    """Print the runs; note the ones that are late, overlap, are missing or have no counts."""
    runs = bench.runs()
    print(f"{'due':8}  {'by':8}  {'late':>6}  {'took':>6}  state", flush=True)
    for run in runs:
        late = "" if run.late_s is None else f"{run.late_s:5.1f}s"
        took = f"{(run.ended - run.started).total_seconds():5.1f}s" if run.started and run.ended else ""
        by = "schedule" if run.is_scheduled else "hand"
        note = "refused: another run was under way" if run.is_refused else run.message
        print(f"{run.due:%H:%M:%S}  {by:8}  {late:>6}  {took:>6}  {run.state} {note}"[:140])
    scheduled = [run for run in runs if run.is_scheduled and run.due < datetime.now(UTC)]
    on_time = [run for run in scheduled if run.started and not run.is_refused and not in_outage(bench, run)]
    latest = max(run.late_s or 0.0 for run in on_time)
    print(f"{len(scheduled)} scheduled runs; {len(on_time)} outside of outages, at most {latest:.1f} s late")
    for run in on_time:
        bench.check((run.late_s or 0) <= MAX_LATE_S, f"the run of {run.due:%H:%M:%S} began {run.late_s:.1f} s late")
    for before, after in itertools.pairwise(scheduled):
        gap = (after.due - before.due).total_seconds()
        bench.check(
            abs(gap - EVERY_S) < 1 or in_outage(bench, after), f"no run is seen between {before.due} and {after.due}"
        )
    check_overlaps(bench, runs)
    tables = [row for row in bench.ask("/artifacts/filter", {"limit": 200}) if row["key"] == "onrecord-run"]
    counted = {str(row["flow_run_id"]) for row in tables}
    for run in scheduled:
        bench.check(run.state in FINAL, f"the run of {run.due:%H:%M:%S} is left {run.state}")
        bench.check(run.state != "COMPLETED" or run.id in counted, f"the run of {run.due:%H:%M:%S} left no table")
        bench.check(
            run.state == "COMPLETED" or run.is_refused or in_outage(bench, run),
            f"the run of {run.due:%H:%M:%S} is {run.state}: {run.message}",
        )


def check_overlaps(bench: Bench, runs: list[SeenRun]) -> None:
    """Note runs at the same time, and refused ones without another run beside them."""
    alone = [run for run in runs if not run.is_refused and run.run_count < 2]  # a retried one has only its last times
    ran = sorted((run.started, run.ended, run) for run in alone if run.started and run.ended)
    for (_, ended, before), (began, _, after) in itertools.pairwise(ran):
        bench.check(began >= ended, f"the runs of {before.due:%H:%M:%S} and {after.due:%H:%M:%S} overlap")
    margin = timedelta(seconds=PREFETCH_S)
    for run in runs:
        beside = any(
            other.started
            and other.id != run.id
            and other.started - margin <= run.due <= (other.ended or run.due) + margin
            for other in runs
        )
        bench.check(
            not run.is_refused or beside or in_outage(bench, run),
            f"the run of {run.due:%H:%M:%S} was refused for nothing",
        )


def in_outage(bench: Bench, run: SeenRun) -> bool:
    """Return whether the server or the schedule was down, or just up again, when a run came due."""
    margins = timedelta(seconds=PREFETCH_S), timedelta(seconds=MAX_RECOVERY_S)
    return any(began - margins[0] <= run.due <= ended + margins[1] for began, ended in bench.outages)


def write_records(path: Path, count: int) -> Path:
    """Write a table of short texts."""
    with path.open("w") as lines:
        for number in range(count):
            lines.write(f'{{"text": "The council met on day {number} of the month."}}\n')
    return path


def query(folder: Path, sql: str) -> list[str]:
    """Return the rows of a query, as JSON."""
    command = [str(BIN / "onrecord"), "query", sql, "--output", str(folder), "--format", "jsonl"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started, as the end of a machine does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Print what happened; return 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="no cancelled and no retried run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        bench = Bench(folder=Path(folder), port=free_port())
        try:
            run_all(bench, is_short=options.short)
        except (TimeoutError, subprocess.TimeoutExpired, httpx.HTTPError) as error:
            bench.failures.append(repr(error))
        finally:
            for process in bench.processes:
                if process.poll() is None:
                    kill_group(process)
        if bench.failures:
            print(*(bench.folder / "schedule.log").read_text().splitlines()[-60:], sep="\n")
    for failure in bench.failures:
        print(f"WRONG  {failure}")
    print(f"{len(bench.failures)} failures")
    return 1 if bench.failures else 0


def run_all(bench: Bench, *, is_short: bool) -> None:
    """Go through the disturbances."""
    started = time.monotonic()
    server = bench.start_server()
    print(f"server: answers after {time.monotonic() - started:.0f} s", flush=True)
    schedule = bench.start_schedule()
    wait_until(lambda: bench.answers() and bool(bench.runs()), 120, "the schedule is served")
    wait_for_runs(bench, 1 if is_short else 3)
    if not is_short:
        check_cancelled(bench, "cancelled")
        check_retried(bench)
    check_server_restart(bench, server)
    check_cancelled(bench, "cancelled after the server's return")
    schedule = check_schedule_restart(bench, schedule)
    check_runs(bench)
    check_end(bench, schedule)


if __name__ == "__main__":
    sys.exit(main())
