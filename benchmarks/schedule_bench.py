"""A Prefect server and a schedule on it, started for the benchmark, and what the server tells of their runs."""

import os
import socket
import subprocess
import sys
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
MAX_SERVER_START_S = 180
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


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
