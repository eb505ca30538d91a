"""The Prefect server that a schedule needs: whether it answers, and what it holds of a schedule that was killed."""

import time
from collections.abc import Iterator

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from prefect.states import Crashed

from flows.news import onrecord

MAX_LEFT_RUNS = 200  # what the server answers at most; with one place there is one, two where it lost count
SERVER_PAUSE_S = 10.0  # between two looks whether the server answers; a shorter outage does no harm
START_A_SERVER = "start one with `prefect server start`, and name it: export PREFECT_API_URL=http://127.0.0.1:4200/api"


class NoServerError(ConnectionError):
    """Raised where no Prefect server answers."""


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
