"""`onrecord runs`: the table `runs`, as a person and a script read it."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.job import JobParameters
from flows.run_list import list_runs
from flows.store import Store
from schemas.records import Run
from tests.rows import SEEN_AT


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of three days, a minute each; the last one failed."""
    store = Store(tmp_path_factory.mktemp("runs"))
    with store.locked():
        for day, (inputs, written, rejected) in enumerate(((30, 30, 0), (30, 0, 0), (40, 0, 10))):
            started_at = SEEN_AT + timedelta(days=day)
            run = Run(
                run_id=f"{started_at:%Y%m%dT%H%M%SZ}-x",
                started_at=started_at,
                finished_at=started_at + timedelta(minutes=1),
                state="failed" if rejected else "completed",
                input_count=inputs,
                written_count=written,
                unchanged_count=inputs - written - rejected,
                duplicate_count=0,
                rejected_count=rejected,
                pipeline_version="0.1.0+abc",
                versions="{}",
                parameters=json.dumps(asdict(JobParameters(inputs=["x"])), default=str),
            )
            store.add_run(run)
    return store.folder


def test_runs_are_listed_newest_first(dataset: Path) -> None:
    listed = list_runs(dataset, 20)
    assert [(run.run_id, run.state) for run in listed] == [
        ("20261122T120000Z-x", "failed"),
        ("20261121T120000Z-x", "completed"),
        ("20261120T120000Z-x", "completed"),
    ]
    newest, _, first = listed
    assert (newest.inputs, newest.rejected, newest.rejected_share) == (40, 10, 0.25)
    assert (first.written, first.seconds, first.model) == (30, 60.0, "compact")
    assert first.pipeline_version == "0.1.0+abc"
    assert list_runs(dataset, 1) == [newest]


def test_runs_as_json_and_as_a_table(dataset: Path) -> None:
    [run] = json.loads(CliRunner().invoke(cli, ["runs", "--output", str(dataset), "--json", "--limit", "1"]).output)
    assert (run["state"], run["started_at"], run["rejected_share"]) == ("failed", "2026-11-22T12:00:00+00:00", 0.25)
    table = CliRunner().invoke(cli, ["runs", "--output", str(dataset)]).output
    lines = [line.split() for line in table.splitlines()]
    assert lines[-3][:6] == ["20261122T120000Z-x", "2026-11-22", "12:00:00", "failed", "60.0", "s"]
    assert "25.0%" in lines[-3]
