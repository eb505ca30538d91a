"""Schedules as a person writes them, and what Prefect is told of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from prefect.utilities.callables import parameter_schema

from flows.interval import parse_interval
from flows.job import JobParameters
from flows.news import onrecord
from flows.schedule_plan import deployed_parameters, make_schedule, next_dates
from flows.sources import UsageError


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
