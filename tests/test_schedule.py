"""Schedules: what a person writes, what Prefect is told, and what happens when its server or a schedule was killed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import cloudpickle
import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending, Running
from prefect.utilities.callables import parameter_schema

from flows.cli import FAILED, WRONG_USAGE, _run
from flows.interval import parse_interval
from flows.job import JobParameters
from flows.news import onrecord
from flows.schedule import (
    ONE_AT_A_TIME,
    NoServerError,
    Plan,
    check_server,
    deployed_parameters,
    end_left_runs,
    is_outage,
    make_schedule,
    next_dates,
    serve,
    serve_until_outage,
)
from flows.sources import UsageError
from tests.test_job import EXAMPLES

HOUR = timedelta(hours=1)
PLAN = Plan(
    name="hourly",
    schedule=make_schedule(None, "1h", "UTC"),
    parameters=JobParameters(inputs=["pages"], output="out"),
)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30s", timedelta(seconds=30)),
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("7d", timedelta(days=7)),
        (" 2h ", timedelta(hours=2)),
    ],
)
def test_intervals_are_read(text: str, interval: timedelta) -> None:
    assert parse_interval(text) == interval


@pytest.mark.parametrize(
    ("cron", "every", "timezone", "message"),
    [
        (None, "", "UTC", "the interval '' cannot be read"),
        (None, "30", "UTC", "the interval '30' cannot be read"),
        (None, "m", "UTC", "the interval 'm' cannot be read"),
        (None, "-5m", "UTC", "the interval '-5m' cannot be read"),
        (None, "1.5h", "UTC", "the interval '1.5h' cannot be read"),
        (None, "5s", "UTC", "is 0:00:05; it must be from 0:00:30 to 366 days"),
        (None, "400d", "UTC", "it must be from 0:00:30 to 366 days"),
        ("0 * * *", None, "UTC", "'0 \\* \\* \\*' is none, or never fires"),
        ("61 * * * *", None, "UTC", "is none, or never fires"),
        ("0 0 30 2 *", None, "UTC", "is none, or never fires"),
        ("", None, "UTC", "'' is none, or never fires"),
        ("0 * * * *", None, "Mars/Olympus", "the time zone 'Mars/Olympus' is unknown"),
        ("0 * * * *", None, "", "the time zone '' is unknown"),
        ("0 * * * *", "30m", "UTC", "either --cron or --every"),
        (None, None, "UTC", "either --cron or --every"),
    ],
)
def test_a_wrong_schedule_is_wrong_usage(cron: str | None, every: str | None, timezone: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_schedule(cron, every, timezone)


def test_a_schedule_keeps_to_its_time_zone_and_to_the_clock() -> None:
    [morning] = next_dates(make_schedule("30 7 * * *", None, "Europe/Berlin"), 1)
    assert (morning.hour, morning.minute, str(morning.tzinfo)) == (7, 30, "Europe/Berlin")
    halves = next_dates(make_schedule(None, "30m", "Asia/Kathmandu"), 2)
    assert [date.minute for date in halves] in ([0, 30], [30, 0])
    assert all(date > datetime.now(UTC) for date in halves)


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


def test_without_a_server_it_says_how_to_start_one() -> None:
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(NoServerError, match="start one with `prefect server start`"),
    ):
        check_server()


def test_deployed_parameters_hold_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    parameters = JobParameters(
        inputs=["pages/*.html", "https://news.example.org/a"],
        sources="sources.toml",
        only=("gazette",),
        keep_raw="raw",
        since=date(2026, 11, 1),
        columns={"text": "body"},
    )
    deployed = deployed_parameters(parameters)
    assert deployed["inputs"] == [f"{tmp_path}/pages/*.html", "https://news.example.org/a"]
    paths = (deployed["output"], deployed["sources"], deployed["keep_raw"])
    assert paths == (f"{tmp_path}/output", f"{tmp_path}/sources.toml", f"{tmp_path}/raw")
    assert (deployed["since"], deployed["only"], deployed["columns"]) == ("2026-11-01", ["gazette"], {"text": "body"})
    assert list(deployed) == list(parameter_schema(onrecord.fn).properties)
    assert onrecord.validate_parameters(deployed)["since"] == date(2026, 11, 1)


def test_the_flow_can_be_pickled_as_a_schedule_does_for_each_run() -> None:
    assert cloudpickle.loads(cloudpickle.dumps(onrecord)).name == "onrecord"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("refused"), True),
        (RuntimeError("Service exceeded error threshold."), True),
        (ExceptionGroup("", [ExceptionGroup("", [httpx.ReadTimeout("")]), httpx.ConnectError("")]), True),
        (httpx.HTTPStatusError("", request=httpx.Request("GET", "http://x"), response=httpx.Response(503)), True),
        (httpx.HTTPStatusError("", request=httpx.Request("GET", "http://x"), response=httpx.Response(422)), False),
        (ExceptionGroup("", [httpx.ReadTimeout(""), ValueError("x")]), False),
        (RuntimeError("anything else"), False),
    ],
)
def test_only_a_server_that_is_away_is_waited_for(error: Exception, expected: bool) -> None:
    assert is_outage(error) is expected


def test_a_schedule_is_served_again_after_an_outage_until_it_is_interrupted() -> None:
    ends = [ExceptionGroup("", [httpx.ConnectError("refused")]), None, KeyboardInterrupt()]
    said: list[str] = []
    with (
        patch("flows.schedule.check_server"),
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


@pytest.mark.usefixtures("prefect_server")
def test_a_run_that_a_killed_schedule_left_is_ended_and_gives_its_place_back() -> None:
    end_left_runs("never-served")
    deployment_id = onrecord.to_deployment(  # type: ignore[union-attr]
        name="left", concurrency_limit=ONE_AT_A_TIME
    ).apply()
    with get_client(sync_client=True) as client:
        left, refused, next_one = (
            client.create_flow_run_from_deployment(deployment_id).id  # type: ignore[arg-type]
            for _ in range(3)
        )
        states: tuple[State[None], State[None]] = (Pending(), Running())
        for state in states:
            client.set_flow_run_state(left, state)
        assert client.set_flow_run_state(refused, Pending()).state.name == "Cancelled"  # type: ignore[union-attr]
        end_left_runs("left")
        assert client.read_flow_run(left).state_name == "Crashed"
        assert client.set_flow_run_state(next_one, Pending()).state.name == "Pending"  # type: ignore[union-attr]
