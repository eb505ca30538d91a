"""When the client asks: one request at a time, with a delay, and again after a pause that the site names."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

import pytest

from flows.manners import Manners
from flows.web import WebRequest, WebResponse
from tests.web_site import (
    PAGE,
    Clock,
    Site,
    answer,
    fetching,
)


def test_one_request_at_a_time_with_a_delay() -> None:
    async def ask() -> None:
        clock = Clock()
        async with Site({f"/{number}": PAGE for number in range(5)}) as site:
            manners = Manners(allow_private=True)
            async with fetching(manners=manners, clock=clock) as fetcher:
                requests = [WebRequest(url=site.url(f"/{number}")) for number in range(5)]
                responses = await asyncio.gather(*map(fetcher.fetch, requests))
            assert {response.decision for response in responses} == {"fetched"}
            assert (site.accepted, site.most_open) == (1, 1)
        assert clock.slept == [1.0] * 6

    asyncio.run(ask())


def test_hosts_do_not_wait_for_each_other() -> None:
    async def ask() -> list[str]:
        done: list[str] = []
        let_go = asyncio.Event()

        async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await let_go.wait()
            writer.write(PAGE)

        async with Site({"/page": hang}) as slow, Site({"/page": PAGE}) as quick, fetching() as fetcher:

            async def fetch(name: str, site: Site) -> None:
                await fetcher.fetch(WebRequest(url=site.url("/page")))
                done.append(name)
                let_go.set()

            await asyncio.gather(fetch("slow", slow), fetch("quick", quick))
        return done

    assert asyncio.run(ask()) == ["quick", "slow"]


def test_a_connection_closed_meanwhile_is_replaced() -> None:
    async def ask() -> None:
        async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if site.accepted == 1:
                writer.transport.abort()
            else:
                writer.write(PAGE)

        async with Site({"/page": hang_up}) as site:
            clock = Clock()
            async with fetching(clock=clock) as fetcher:
                response = await fetcher.fetch(WebRequest(url=site.url("/page")))
            assert (response.decision, site.accepted, clock.slept) == ("fetched", 2, [])

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("answers", "outcome", "slept"),
    [
        ([answer(b"", "503 Service Unavailable"), PAGE], "fetched", [1.0]),
        ([answer(b"", "500 Oops"), answer(b"", "502 Bad Gateway"), PAGE], "fetched", [1.0, 2.0]),
        ([answer(b"", "504 Gateway Timeout")], "http_504", [1.0, 2.0]),
        ([answer(b"", "429 Slow", {"Retry-After": "30"}), PAGE], "fetched", [30.0]),
        ([answer(b"", "429 Slow", {"Retry-After": "-1"}), PAGE], "fetched", [1.0]),
        ([answer(b"", "429 Slow", {"Retry-After": "0"}), PAGE], "fetched", [1.0]),
        ([answer(b"", "404 Not Found")], "http_404", []),
        ([answer(b"", "403 Forbidden")], "http_403", []),
        ([answer(b"", "501 Not Implemented")], "http_501", []),
    ],
)
def test_statuses_that_are_asked_again(answers: Sequence[bytes], outcome: str, slept: list[float]) -> None:
    async def ask() -> tuple[WebResponse, list[float]]:
        clock = Clock()
        async with Site({"/page": answers}) as site, fetching(clock=clock) as fetcher:
            return await fetcher.fetch(WebRequest(url=site.url("/page"))), clock.slept

    response, waited = asyncio.run(ask())
    assert (response.reason or response.decision, waited) == (outcome, slept)


def test_a_date_is_waited_for() -> None:
    async def ask() -> list[float]:
        clock = Clock()
        later = format_datetime(clock.now() + timedelta(seconds=45), usegmt=True)
        routes = {"/page": [answer(b"", "503 Busy", {"Retry-After": later}), PAGE]}
        async with Site(routes) as site, fetching(clock=clock) as fetcher:
            await fetcher.fetch(WebRequest(url=site.url("/page")))
        return clock.slept

    assert asyncio.run(ask()) == [45.0]


def test_a_long_pause_ends_it_for_the_whole_host() -> None:
    async def ask() -> None:
        clock = Clock()
        slow = answer(b"", "429 Slow", {"Retry-After": "3600"})
        async with Site({"/page": [slow, PAGE], "/other": PAGE}) as site, fetching(clock=clock) as fetcher:
            first = await fetcher.fetch(WebRequest(url=site.url("/page")))
            assert (first.decision, first.reason, first.retry_after_s) == ("failed", "http_429", 3600)
            second = await fetcher.fetch(WebRequest(url=site.url("/other")))
            assert (second.reason, second.retry_after_s) == ("http_429", 3600)
            assert site.pages == ["/page"]
            clock.seconds += 3590
            assert (await fetcher.fetch(WebRequest(url=site.url("/other")))).decision == "fetched"
        assert clock.slept == [10]

    asyncio.run(ask())
