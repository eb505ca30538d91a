"""The run as a Prefect flow: the same rows, an honest state, readable parameters."""

import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from prefect.client.orchestration import get_client

from flows import PREFECT_DEFAULTS
from flows.job import JobParameters, run_job
from tests.runs import EXAMPLES, TEXTS, files, rows, write_records


@pytest.mark.usefixtures("prefect_events")
def test_the_flow_writes_the_rows_of_the_direct_run(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    from flows.news import onrecord

    with (
        patch("secrets.token_hex", lambda _: "x"),
        patch("flows.staging.BATCH_INPUTS", 7),
        patch("flows.news.run_job", lambda parameters, **options: run_job(parameters, clock=clock, **options)),
    ):
        run_job(JobParameters(inputs=[str(EXAMPLES)], output=str(tmp_path / "direct")), clock=clock)
        state = onrecord(inputs=[str(EXAMPLES)], output=str(tmp_path / "flow"), workers=2, return_state=True)
    assert state.is_completed()
    assert files(tmp_path / "flow") == files(tmp_path / "direct")

    flow_run_id = state.state_details.flow_run_id
    [artifact] = of_flow_run(flow_run_id, "artifacts", count=1)
    table = {row["what"]: (row["count"], row["rate"]) for row in json.loads(artifact["data"])}
    assert table["articles written"] == (20, "90.9%")
    assert table["rejected: consent_wall"][0] == 1
    assert table["source: articles"] == (22, "9.1% rejected")
    assert "completed" in artifact["description"]
    tasks = of_flow_run(flow_run_id, "task_runs", count=4)
    assert sorted(task["name"] for task in tasks) == [f"batch {number}" for number in range(4)]
    assert {task["run_count"] for task in tasks} == {1}  # bad inputs are rejections: nothing to try again
    lines = of_flow_run(flow_run_id, "logs", count=5, about=lambda entry: "articles written" in entry["message"])
    assert len(lines) == 5  # one as it starts, one a batch


def of_flow_run(
    flow_run_id: UUID | None, kind: str, count: int, about: Callable[[dict[str, Any]], bool] = lambda _: True
) -> list[dict[str, Any]]:
    """Return what the server holds of a flow run; it learns of tasks and log lines a moment later."""
    of_this_run = {kind: {"flow_run_id": {"any_": [str(flow_run_id)]}}}
    with get_client(sync_client=True) as client:
        for _ in range(100):
            answer = httpx.post(f"{client.api_url}{kind}/filter", json=of_this_run).json()
            mine = [entry for entry in answer if about(entry)]
            if len(mine) >= count:
                break
            time.sleep(0.2)
    return mine


@pytest.mark.usefixtures("prefect_server")
def test_a_lost_batch_is_tried_again(tmp_path: Path) -> None:
    from flows.news import onrecord
    from flows.workers import WorkerPool

    path = write_records(tmp_path / "r.jsonl", TEXTS)
    tries = iter([ConnectionResetError("the worker is lost"), ConnectionResetError("once more")])
    process = WorkerPool.process

    def process_at_last(pool: WorkerPool, *arguments: Any, **context: Any) -> Any:
        if (error := next(tries, None)) is not None:
            raise error
        return process(pool, *arguments, **context)

    with patch.object(WorkerPool, "process", process_at_last):
        state = onrecord(inputs=[str(path)], output=str(tmp_path / "out"), return_state=True)
    assert state.is_completed()
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(30,)]


@pytest.mark.usefixtures("prefect_server")
def test_a_flow_that_breaks_off_is_failed_and_leaves_its_table_too(tmp_path: Path) -> None:
    from flows.news import onrecord

    path = write_records(tmp_path / "r.jsonl", TEXTS)
    with patch("flows.ledger.Ledger.mend_rejections", side_effect=OSError("no space left")):
        state = onrecord(inputs=[str(path)], output=str(tmp_path / "out"), return_state=True)
    assert state.is_failed()
    artifacts = of_flow_run(state.state_details.flow_run_id, "artifacts", count=1)
    [artifact] = [found for found in artifacts if found["key"] == "onrecord-run"]  # beside Prefect's own, of the error
    assert "failed: OSError: no space left" in artifact["description"]
    assert rows(tmp_path / "out", "SELECT state, written_count FROM runs") == [("failed", 30)]


@pytest.mark.usefixtures("prefect_server")
def test_a_flow_over_its_rejection_limit_ends_failed_with_the_good_rows_written(tmp_path: Path) -> None:
    from flows.news import onrecord

    path = write_records(tmp_path / "r.jsonl", {**TEXTS, **{f"bad{number}": "Short." for number in range(10)}})
    state = onrecord(inputs=[str(path)], output=str(tmp_path / "out"), return_state=True)
    assert state.is_failed()
    assert "10 of 40 inputs were rejected" in str(state.message)
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(30,)]
    assert rows(tmp_path / "out", "SELECT state FROM runs") == [("failed",)]


def test_every_parameter_has_a_type_and_a_description() -> None:
    from prefect.utilities.callables import parameter_schema

    from flows.news import onrecord

    schema = parameter_schema(onrecord.fn)
    assert list(schema.properties) == list(inspect.signature(onrecord.fn).parameters)
    for name, described in schema.properties.items():
        assert described.get("description"), name
        assert described.get("type") or described.get("anyOf"), name
    assert schema.properties["max_rejected"]["maximum"] == 1


@pytest.mark.parametrize("name", PREFECT_DEFAULTS)
@pytest.mark.parametrize("users", [None, "7"], ids=["ours by default", "the user's wins"])
def test_settings_are_set_before_prefect_is_imported(name: str, users: str | None) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in PREFECT_DEFAULTS}
    environment |= {} if users is None else {name: users}
    code = f"import flows, os, sys; print(os.environ[{name!r}], 'prefect' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout.split() == [users or PREFECT_DEFAULTS[name], "False"]


def test_prefect_takes_the_settings() -> None:
    code = (
        "import flows; from prefect.settings import get_current_settings as s; server = s().server;"
        "print(server.ephemeral.startup_timeout_seconds, server.analytics_enabled)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout.split() == ["120", "False"], result.stderr
