"""A schedule is served until it is asked to end, through outages of its server."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import cloudpickle
import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.cli import FAILED, WRONG_USAGE, _run
from flows.job import JobParameters
from flows.news import onrecord
from flows.schedule import serve, serve_until_outage
from flows.schedule_plan import Plan, make_schedule
from tests.runs import EXAMPLES

HOUR = timedelta(hours=1)
PLAN = Plan(
    name="hourly",
    schedule=make_schedule(None, "1h", "UTC"),
    parameters=JobParameters(inputs=["pages"], output="out"),
)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--every", "30m"], WRONG_USAGE, "Missing argument 'INPUT...' (or --sources FILE)"),
        (["nowhere", "--every", "30m"], WRONG_USAGE, "no such file or folder: nowhere"),
        (["--sources", "nowhere.toml", "--every", "30m"], WRONG_USAGE, "nowhere.toml"),
        ([str(EXAMPLES)], WRONG_USAGE, "Give either --cron or --every."),
        ([str(EXAMPLES), "--cron", "x"], WRONG_USAGE, "the cron expression 'x' is none"),
        ([str(EXAMPLES), "--every", "1h", "--timezone", "x"], WRONG_USAGE, "the time zone 'x' is unknown"),
        (
            [str(EXAMPLES), "--every", "1h", "--since", "2026-11-02", "--until", "2026-11-01"],
            WRONG_USAGE,
            "since is 2026-11-02, after until, which is 2026-11-01",
        ),
        ([str(EXAMPLES), "--every", "1h"], FAILED, "no Prefect server answers at http://127.0.0.1:9/api"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(
    arguments: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert _run(["schedule", *arguments]) == code
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_flow_can_be_pickled_as_a_schedule_does_for_each_run() -> None:
    assert cloudpickle.loads(cloudpickle.dumps(onrecord)).name == "onrecord"


def test_a_schedule_is_served_again_after_an_outage_until_it_is_interrupted() -> None:
    ends = [ExceptionGroup("", [httpx.ConnectError("refused")]), None, KeyboardInterrupt()]
    said: list[str] = []
    with (
        patch("flows.schedule.check_server"),
        patch("flows.schedule.wait_for_server"),
        patch("flows.schedule.end_left_runs") as end_left,
        patch("flows.schedule.serve_until_outage", side_effect=ends),
    ):
        serve(PLAN, said.append)
    assert end_left.call_count == 3
    assert [line.partition(";")[0] for line in said] == [
        "serving onrecord/hourly",
        "the Prefect server was away",
        "serving onrecord/hourly",
        "the Prefect server was away",
        "serving onrecord/hourly",
        "onrecord/hourly is paused on the server",
    ]


def test_what_is_served_refuses_overlapping_runs() -> None:
    with (
        patch("flows.schedule.OrderlyRunner") as runner,
        patch("flows.schedule._run_until_outage", new=lambda _: None),
        patch("flows.schedule.asyncio.run"),
    ):
        serve_until_outage(PLAN)
    served = runner.return_value.add_flow.call_args.kwargs
    limit = served["concurrency_limit"]
    assert (limit.limit, limit.collision_strategy) == (1, "CANCEL_NEW")
    assert (served["name"], served["schedule"].interval, served["tags"]) == ("hourly", HOUR, ["onrecord", "news"])
    assert "pages and writes who said what" in served["description"]


def test_an_error_of_another_kind_ends_the_schedule() -> None:
    with (
        patch("flows.schedule.check_server"),
        patch("flows.schedule.end_left_runs"),
        patch("flows.schedule.serve_until_outage", side_effect=ValueError("broken")),
        pytest.raises(ValueError, match="broken"),
    ):
        serve(PLAN, lambda _: None)
