"""What all runs of a schedule together must show: on time, none overlapping, none missing, each with its counts."""

import itertools
from datetime import UTC, datetime, timedelta

from benchmarks.schedule_bench import EVERY_S, FINAL, PREFETCH_S, Bench, SeenRun

MAX_LATE_S = 15.0  # a run's start after its time
MAX_RECOVERY_S = 60.0  # from the server's first answer after an outage to the next start of a run


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
