"""What a schedule runs, and when: what a person wrote, checked before anything starts."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os.path import abspath
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from prefect.schedules import Cron, Interval, Schedule
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule

from flows.intake import WEB
from flows.interval import parse_interval
from flows.job import JobParameters
from flows.news import flow_parameters
from flows.sources import UsageError

ANCHOR = datetime(2024, 1, 1)  # a Monday: intervals count from its first moment, so that no restart shifts a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What runs when, under which name."""

    name: str
    schedule: Schedule
    parameters: JobParameters


def make_schedule(cron: str | None, every: str | None, timezone: str) -> Schedule:
    """Return the schedule of a cron expression or an interval (`30m`). Raises UsageError for one that never fires."""
    if timezone not in available_timezones():
        raise UsageError(f"the time zone {timezone!r} is unknown; one is written as Europe/Berlin or UTC")
    if (cron is None) == (every is None):
        raise UsageError("a schedule needs either --cron or --every")
    if every is not None:
        interval = parse_interval(every)
        return Interval(interval, anchor_date=ANCHOR.replace(tzinfo=ZoneInfo(timezone)), timezone=timezone)
    try:
        schedule = Cron(cron or "", timezone=timezone)
        next_dates(schedule, 1)
    except ValueError as error:
        raise UsageError(f"the cron expression {cron!r} is none, or never fires: {error}") from error
    return schedule


def next_dates(schedule: Schedule, count: int) -> Sequence[datetime]:
    """Return the next times of a schedule, as Prefect's scheduler computes them."""
    kind = IntervalSchedule if schedule.cron is None else CronSchedule
    timing = kind.model_validate({name: getattr(schedule, name) for name in kind.model_fields})
    return asyncio.run(timing.get_dates(count))


def deployed_parameters(parameters: JobParameters) -> dict[str, Any]:
    """Return the flow's parameters as JSON, with paths that hold wherever its runs are started."""
    placed = replace(
        parameters,
        inputs=[text if text.startswith(WEB) else abspath(text) for text in parameters.inputs],
        output=abspath(parameters.output),
        sources=parameters.sources and abspath(parameters.sources),
        keep_raw=parameters.keep_raw and abspath(parameters.keep_raw),
    )
    values: dict[str, Any] = json.loads(json.dumps(flow_parameters(placed), default=str))
    return values
