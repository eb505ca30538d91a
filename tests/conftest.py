"""What several tests share: synthetic rows, a clock, the folder of benchmark data."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings

from tests.news_site import NewsSite, serving

settings.register_profile("onrecord", deadline=None)  # a slow machine fails no test
settings.load_profile("onrecord")

ROOT = Path(__file__).resolve().parents[1]
DRAIN_SECONDS = 30


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"benchmark data is absent: no folder {folder}")
    return folder


@pytest.fixture(scope="session")
def bundled_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the bundled articles, which no test changes."""
    from tests.runs import EXAMPLES, run

    folder = tmp_path_factory.mktemp("output")
    run(folder, EXAMPLES)
    return folder


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One temporary Prefect server for all tests that run a flow."""
    from prefect.testing.utilities import prefect_test_harness
    from prefect.utilities.asyncutils import run_coro_as_sync

    def drain_in_time(drain: Coroutine[Any, Any, None]) -> None:
        run_coro_as_sync(_drain_in_time(drain))

    with (
        patch("prefect.testing.utilities.run_coro_as_sync", drain_in_time),
        prefect_test_harness(server_startup_timeout=120),
    ):
        yield


async def _drain_in_time(drain: Coroutine[Any, Any, None]) -> None:
    """Wait for what Prefect still has to send, but not for ever, as it does when its socket for events is stuck."""
    from prefect._internal.concurrency.services import _active_services

    try:
        await asyncio.wait_for(drain, DRAIN_SECONDS)
    except TimeoutError:
        for service in list(_active_services):  # else the interpreter waits for them as it ends
            _give_up(service)


def _give_up(service: Any) -> None:
    """Let a service of Prefect's pass for one that has sent all it had."""
    if service._loop and service._done_event:
        service._loop.call_soon_threadsafe(service._done_event.set)


@pytest.fixture
def prefect_events(prefect_server: None) -> None:
    """A new socket for events: one that was idle for minutes may have been closed, and what it is sent is lost."""
    from prefect._internal.concurrency.services import _active_services
    from prefect.events.worker import EventsWorker

    for worker in [service for service in _active_services if isinstance(service, EventsWorker)]:
        try:
            worker._drain().result(timeout=DRAIN_SECONDS)
        except TimeoutError:
            _give_up(worker)


@pytest.fixture(scope="session")
def tls_contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    from tests.tls import make_contexts

    return make_contexts(tmp_path_factory.mktemp("tls"), "good.example.org")


@pytest.fixture
def site_tls(tls_contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> ssl.SSLContext:
    """TLS of a site, good.example.org."""
    return tls_contexts[0]


@pytest.fixture
def client_tls(tls_contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> ssl.SSLContext:
    """TLS of a client that trusts that site."""
    return tls_contexts[1]


@pytest.fixture
def site() -> Iterator[NewsSite]:
    """A news site that is being served."""
    with serving() as site:
        yield site
