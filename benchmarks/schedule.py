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
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.fetch_runs import kill_group, query
from benchmarks.schedule_bench import (
    DEPLOYMENT,
    EVERY_S,
    FINAL,
    Bench,
    free_port,
    start_by_hand,
    wait_for_runs,
    wait_for_state,
    wait_until,
)
from benchmarks.schedule_runs import MAX_RECOVERY_S, check_runs


def check_cancelled(bench: Bench, what: str) -> None:
    """A long run, beside which a scheduled one is refused, is cancelled."""
    run_id = start_by_hand(bench, write_records(bench.folder / "long.jsonl", 200_000), "RUNNING")
    refused = sum(run.is_refused for run in bench.runs())
    wait_until(lambda: sum(run.is_refused for run in bench.runs()) > refused, 2 * EVERY_S, "a run is refused")
    asked = time.monotonic()
    bench.set_state(run_id, "CANCELLING", "Cancelling")
    wait_for_state(bench, run_id, "CANCELLED")
    print(f"{what}: after {time.monotonic() - asked:.1f} s", flush=True)
    written = query(bench.folder / "out-by-hand", "SELECT state FROM {runs} ORDER BY started_at")
    bench.check(written[-1:] == [("failed",)], f"{what}: the dataset's runs are {written}")


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


def write_records(path: Path, count: int) -> Path:
    """Write a table of short texts."""
    with path.open("w") as lines:
        for number in range(count):
            lines.write(f'{{"text": "The council met on day {number} of the month."}}\n')
    return path


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
