"""The runs of a dataset, as its table `runs` holds them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from flows.store import Store
from flows.table_files import check_dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """One run; `inputs` = `written` + `unchanged` + `duplicates` + `rejected`."""

    run_id: str
    started_at: datetime
    seconds: float
    state: str
    inputs: int
    written: int
    unchanged: int
    duplicates: int
    rejected: int
    rejected_share: float | None  # of the inputs; None: there were none
    model: str
    pipeline_version: str


def list_runs(folder: Path, limit: int) -> Sequence[ListedRun]:
    """Return the latest runs, the newest first. Raises NoDatasetError for a folder without a dataset."""
    check_dataset(folder)
    rows = Store(folder).read_root("runs")
    newest = rows.sort_by([("started_at", "descending"), ("run_id", "descending")]).slice(0, limit)
    return [read_run(row) for row in newest.to_pylist()]


def read_run(row: Mapping[str, Any]) -> ListedRun:
    """Return the run of a row of `runs`."""
    return ListedRun(
        run_id=row["run_id"],
        started_at=row["started_at"],
        seconds=(row["finished_at"] - row["started_at"]).total_seconds(),
        state=row["state"],
        inputs=row["input_count"],
        written=row["written_count"],
        unchanged=row["unchanged_count"],
        duplicates=row["duplicate_count"],
        rejected=row["rejected_count"],
        rejected_share=row["rejected_count"] / row["input_count"] if row["input_count"] else None,
        model=json.loads(row["parameters"])["model"],
        pipeline_version=row["pipeline_version"],
    )


def runs_as_json(runs: Sequence[ListedRun]) -> str:
    """Return runs as a JSON list; times as ISO 8601."""
    return json.dumps([asdict(run) | {"started_at": run.started_at.isoformat()} for run in runs], indent=2)


def runs_as_table(runs: Sequence[ListedRun]) -> Table:
    """Return runs as a table for a terminal; times in UTC."""
    numbers = ("took", "inputs", "written", "unchanged", "duplicates", "rejected", "share")
    table = Table("run", "started", "state", *numbers, "model", "version", box=None)
    for column in table.columns:
        column.no_wrap = True
        column.justify = "right" if column.header in numbers else "left"
    for run in runs:
        counts = (run.inputs, run.written, run.unchanged, run.duplicates, run.rejected)
        table.add_row(
            run.run_id,
            f"{run.started_at:%Y-%m-%d %H:%M:%S}",
            run.state,
            f"{run.seconds:,.1f} s",
            *(f"{count:,}" for count in counts),
            "" if run.rejected_share is None else f"{run.rejected_share:.1%}",
            run.model,
            run.pipeline_version,
        )
    return table
