"""Runs on a schedule: Prefect's `serve`, kept up through outages of its server."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from multiprocessing import active_children
from os.path import abspath
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron, Interval, Schedule
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.settings import get_current_settings
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows.intake import WEB
from flows.interval import parse_interval
from flows.job import JobParameters
from flows.news import flow_parameters, onrecord
from flows.sources import UsageError

TAGS = ("onrecord", "news")
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
ANCHOR = datetime(2024, 1, 1)  # a Monday: intervals count from its first moment, so that no restart shifts a run
MAX_LEFT_RUNS = 200  # what the server answers at most; with one place there is one, two where it lost count
SERVER_PAUSE_S = 10.0  # between two looks whether the server answers; a shorter outage does no harm
START_A_SERVER = "start one with `prefect server start`, and name it: export PREFECT_API_URL=http://127.0.0.1:4200/api"


class NoServerError(ConnectionError):
    """Raised where no Prefect server answers."""


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


def serve(plan: Plan, say: Callable[[str], None]) -> None:
    """Serve the flow's deployment until SIGINT or SIGTERM. Raises NoServerError where no server answers at first."""
    check_server()
    on_sigterm = signal.getsignal(signal.SIGTERM)
    while True:
        end_left_runs(plan.name)
        say(_describe(plan))
        try:
            serve_until_outage(plan)
        except KeyboardInterrupt:
            return say(f"{onrecord.name}/{plan.name} is paused on the server; started again, it goes on")
        except Exception as error:
            if not is_outage(error):
                raise
        finally:
            signal.signal(signal.SIGTERM, on_sigterm)  # the runner has put its own in place
        say("the Prefect server was away; the schedule goes on when it answers")
        wait_for_server()


class OrderlyRunner(Runner):
    """Prefect's runner, which SIGTERM ends in order: its own handler exits before the schedule is paused."""

    asked_to_end: asyncio.Event

    def handle_sigterm(self, *_args: object, **_keywords: object) -> None:
        """Have it end as with Ctrl-C."""
        assert self._loop is not None  # it is serving
        self._loop.call_soon_threadsafe(self.asked_to_end.set)


def serve_until_outage(plan: Plan) -> None:
    """Serve a plan as Prefect's `Flow.serve` does; return after an outage of the server, when no run is under way.

    A runner survives a short outage, but gives up looking for cancelled runs, and for good. Serving anew mends that,
    and ends runs that could not report their end.
    """
    parameters = deployed_parameters(plan.parameters)
    read = ", ".join(filter(None, [parameters["sources"], *parameters["inputs"]]))
    runner = OrderlyRunner(name=plan.name, pause_on_shutdown=True)
    runner.add_flow(
        onrecord,
        name=plan.name,
        schedule=plan.schedule,
        parameters=parameters,
        tags=list(TAGS),
        description=f"Reads {read} and writes who said what to the Parquet tables in {parameters['output']}.",
        concurrency_limit=ONE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    asyncio.run(_run_until_outage(runner))


async def _run_until_outage(runner: OrderlyRunner) -> None:
    runner.asked_to_end = asyncio.Event()
    serving = asyncio.create_task(runner.start(webserver=False))
    ended = asyncio.create_task(runner.asked_to_end.wait())
    outage = asyncio.create_task(_wait_for_outage(runner))
    try:
        await asyncio.wait({serving, ended, outage}, return_when=asyncio.FIRST_COMPLETED)
        if outage.done():
            runner.pause_on_shutdown = False  # runs that come due meanwhile are not lost
        if ended.done():  # after Ctrl-C, runs have had their own SIGINT
            for run in active_children():
                run.terminate()  # or Prefect would wait for its end
    finally:
        for task in (serving, ended, outage):
            task.cancel()
        await asyncio.wait({serving})
    if runner.asked_to_end.is_set():
        raise KeyboardInterrupt
    if not serving.cancelled():
        serving.result()


async def _wait_for_outage(runner: Runner) -> None:
    """Return after an outage of the server, when it answers again and the runs under way have ended."""
    while await asyncio.to_thread(server_answers):
        await asyncio.sleep(SERVER_PAUSE_S)
    while not await asyncio.to_thread(server_answers):
        await asyncio.sleep(1)
    # Prefect has no public way to start no more runs and let the ones under way end.
    runner._scheduled_run_poller.stopping = True
    while active_children():
        await asyncio.sleep(0.2)


def _describe(plan: Plan) -> str:
    dates = ", ".join(f"{date:%Y-%m-%d %H:%M:%S %Z}" for date in islice(next_dates(plan.schedule, 3), 3))
    return f"serving {onrecord.name}/{plan.name}; next runs: {dates}"


def check_server() -> None:
    """Raise NoServerError where no Prefect server is named, or the named one does not answer."""
    url = get_current_settings().api.url
    if url is None:
        raise NoServerError(f"a schedule needs a Prefect server that stays; {START_A_SERVER}")
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error is not None:
        raise NoServerError(f"no Prefect server answers at {url} ({error}); {START_A_SERVER}")


def server_answers() -> bool:
    """Return whether the Prefect server does."""
    try:
        check_server()
    except NoServerError:
        return False
    return True


def wait_for_server() -> None:
    """Return once the Prefect server answers."""
    while not server_answers():
        time.sleep(SERVER_PAUSE_S)


def end_left_runs(name: str) -> None:
    """Mark as crashed what an earlier schedule of that name left under way.

    Such a run, of a process that was killed, would hold the one place for ever: Prefect knows of it in memory alone,
    and forgets it where the server, too, is started again.
    """
    under_way = FlowRunFilterState(
        type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    )
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(f"{onrecord.name}/{name}")
        except ObjectNotFound:
            return
        left = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
            flow_run_filter=FlowRunFilter(state=under_way),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=MAX_LEFT_RUNS,
        )
        for run in left:
            state: State[None] = Crashed(message="the schedule that had started this run ended before it")
            client.set_flow_run_state(run.id, state, force=True)


def is_outage(error: BaseException) -> bool:
    """Return whether an error of `serve` says that the server could not be reached, and nothing else is wrong."""
    return all(_is_outage(leaf) for leaf in _leaves(error))


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500
    # What Prefect's poll loop raises after three polls in vain.
    return isinstance(error, httpx.TransportError) or str(error) == "Service exceeded error threshold."


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
