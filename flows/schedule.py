"""Runs on a schedule: Prefect's `serve`, kept up through outages of its server."""

import asyncio
import signal
from collections.abc import Callable
from itertools import islice
from multiprocessing import active_children

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.news import onrecord
from flows.prefect_server import SERVER_PAUSE_S, check_server, end_left_runs, is_outage, server_answers, wait_for_server
from flows.schedule_plan import Plan, deployed_parameters, next_dates

TAGS = ("onrecord", "news")
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


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
