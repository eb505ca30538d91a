"""What is made of Prefect's server: there or away, and with what a killed schedule left."""

import asyncio

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending, Running

from flows.news import onrecord
from flows.prefect_server import NoServerError, check_server, end_left_runs, is_outage
from flows.schedule import ONE_AT_A_TIME


def test_without_a_server_it_says_how_to_start_one() -> None:
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(NoServerError, match="start one with `prefect server start`"),
    ):
        check_server()


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


@pytest.mark.usefixtures("prefect_server")
def test_a_run_that_a_killed_schedule_left_is_ended_and_gives_its_place_back() -> None:
    end_left_runs("never-served")
    deployment = RunnerDeployment.from_flow(onrecord, name="left", concurrency_limit=ONE_AT_A_TIME)
    deployment_id = asyncio.run(deployment.aapply())
    with get_client(sync_client=True) as client:
        left, refused, next_one = (client.create_flow_run_from_deployment(deployment_id).id for _ in range(3))
        states: tuple[State[None], State[None]] = (Pending(), Running())
        for state in states:
            client.set_flow_run_state(left, state)
        client.set_flow_run_state(refused, Pending())
        assert client.read_flow_run(refused).state_name == "Cancelled"
        end_left_runs("left")
        assert client.read_flow_run(left).state_name == "Crashed"
        client.set_flow_run_state(next_one, Pending())
        assert client.read_flow_run(next_one).state_name == "Pending"
