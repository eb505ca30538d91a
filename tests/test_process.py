"""What a worker makes of one input, given what the dataset holds."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from flows.erased import Erased, hash_address
from flows.known import DTYPE, KnownArticles
from flows.pages import page_input
from flows.process import Older, _process_input
from flows.sources import Input
from flows.table_files import Partition
from flows.workers import WorkContext
from schemas.records import ProcessedArticle, Rejection
from transforms.extract import article_id_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example.org/tram"
BODY = (
    b"<html><head><link rel='canonical' href='https://news.example.org/one'></head><body><article>"
    b"<p>The tram was late on Monday, the harbour office said, and the ferry did not wait for it.</p></article></body>"
)
CONTEXT = WorkContext(
    run_id="r", fetched_at=NOW, pipeline_version="1", model="compact", known_path="", register="nowhere", driver_pid=0
)


def page(fetched_at: datetime) -> Input:
    return page_input(item=URL, source="news", body=BODY, content_type="text/html", fetched_at=fetched_at)


def known_since(fetched_at: datetime) -> KnownArticles:
    ids, hashes = (np.array([value], dtype=object) for value in (article_id_of(URL), "0" * 32))
    times = np.array([fetched_at.replace(tzinfo=None)], dtype="M8[us]")
    return KnownArticles.of([(ids, hashes, times, Partition("2031-01", 0))])


@pytest.mark.parametrize(
    ("fetched_at", "taken"),
    [(NOW + timedelta(seconds=5), True), (NOW - timedelta(days=1), False)],
    ids=["fetched by this run", "of an archive"],
)
def test_only_a_page_of_an_archive_can_be_older_than_what_stands(fetched_at: datetime, taken: bool) -> None:
    known = known_since(datetime(2031, 1, 1, tzinfo=UTC))  # by a clock that was set right since
    outcome = _process_input(page(fetched_at), CONTEXT, known, Erased(), None)
    assert isinstance(outcome, ProcessedArticle if taken else Older)


@pytest.mark.parametrize("address", [URL, "https://news.example.org/one"], ids=["its address", "its canonical one"])
@pytest.mark.parametrize("broken", [None, "ended its worker process"])
def test_an_erased_article_is_refused_by_each_of_its_addresses(address: str, broken: str | None) -> None:
    erased = Erased(salt=b"s", articles=frozenset([hash_address(address, b"s")]))
    outcome = _process_input(page(NOW), CONTEXT, KnownArticles(np.empty(0, DTYPE)), erased, broken)
    assert isinstance(outcome, Rejection)
    if address == URL or broken is None:
        assert (outcome.reason, outcome.item) == ("erased", f"erased:{hash_address(address, b's')}")
        assert URL not in str(outcome)
