"""The run itself: its parameters, its row, its end by an error, its turn."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from flows import staging as staging_module
from flows.job import JobParameters, run_job
from flows.sources import UsageError
from flows.store import Store
from tests.runs import TEXTS, Killed, counts, rows, run, write_records


def test_nothing_to_read_still_makes_a_dataset(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert counts(run(tmp_path / "out", tmp_path / "empty")) == (0, 0, 0, 0, 0)
    assert rows(tmp_path / "out", "SELECT count(*) FROM statements") == [(0,)]
    assert rows(tmp_path / "out", "SELECT count(*) FROM daily_counts") == [(0,)]


def test_limit_stops_after_that_many_inputs(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    assert counts(run(tmp_path / "out", path, limit=3)) == (3, 3, 0, 0, 0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"workers": 0}, "workers is 0; it must be at least 1"),
        ({"limit": 0}, "limit is 0; it must be at least 1"),
        ({"max_rejected": 1.5}, "max_rejected is 1.5; it is a share from 0 to 1"),
        ({"since": date(2026, 11, 2), "until": date(2026, 11, 1)}, "since is 2026-11-02, after until"),
    ],
)
def test_parameters_out_of_range_are_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        JobParameters(inputs=["x"], **parameters)


def test_an_input_that_names_nothing_touches_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run(tmp_path / "out", tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()


def test_staged_batches_of_a_killed_run_are_used_by_the_next(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    out = tmp_path / "out"
    with patch.object(staging_module, "BATCH_INPUTS", 10):
        with patch.object(Store, "commit", side_effect=Killed), pytest.raises(Killed):
            run(out, path)
        results = sorted((out / ".staging" / "results").iterdir())
        assert len(results) == 3
        stamps = [result.stat().st_ino for result in results]
        with patch.object(Store, "finish"):  # keeps the staged results in view
            summary = run(out, path, workers=1)
        assert summary.written == 30
    assert stamps
    Store(out).finish()
    assert rows(out, "SELECT count(*) FROM articles") == [(30,)]


def test_a_failing_engine_is_recorded_as_a_failed_run(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    with patch("flows.job.WorkerPool.process", side_effect=RuntimeError("no worker")), pytest.raises(RuntimeError):
        run(tmp_path / "out", path)
    [(state,)] = rows(tmp_path / "out", "SELECT state FROM runs")
    assert state == "failed"


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", {"a": TEXTS["r1"]})
    store = Store(tmp_path / "out")
    waited = []
    with store.locked():
        import threading

        second = threading.Thread(
            target=run_job,
            args=(JobParameters(inputs=[str(path)], output=str(tmp_path / "out")),),
            kwargs={"on_wait": lambda: waited.append(True)},
        )
        second.start()
        second.join(timeout=1)
        assert second.is_alive()
    second.join(timeout=60)
    assert waited == [True]
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(1,)]


def test_progress_is_reported_batch_by_batch(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", TEXTS)
    seen: list[int] = []
    with patch.object(staging_module, "BATCH_INPUTS", 10):
        parameters = JobParameters(inputs=[str(path)], output=str(tmp_path / "out"))
        run_job(parameters, on_progress=lambda summary: seen.append(summary.inputs))
    assert seen == [0, 10, 20, 30]


def test_the_run_row_says_when_and_with_what(tmp_path: Path) -> None:
    path = write_records(tmp_path / "r.jsonl", {"a": TEXTS["r1"]})
    times = iter(datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=5 * step) for step in range(2))
    run_job(JobParameters(inputs=[str(path)], output=str(tmp_path / "out")), clock=lambda: next(times))
    [(seconds, versions, parameters)] = rows(
        tmp_path / "out", "SELECT epoch(finished_at - started_at), versions, parameters FROM runs"
    )
    assert seconds == 5
    assert "trafilatura" in json.loads(versions)
    assert json.loads(parameters)["inputs"] == [str(path)]
