"""What several tests share: synthetic rows, a clock, the folder of benchmark data."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests.news_site import NewsSite, serving

settings.register_profile("onrecord", deadline=None)  # a slow machine fails no test
settings.load_profile("onrecord")

ROOT = Path(__file__).resolve().parents[1]


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

    with prefect_test_harness(server_startup_timeout=120):
        yield


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
