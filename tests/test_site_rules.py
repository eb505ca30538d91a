"""What a site states about itself is asked for first, and kept to: robots.txt, reservations of text and data mining."""

import asyncio
from dataclasses import replace

import pytest

from flows.manners import Manners
from flows.web import Wanted, WebRequest, WebResponse
from tests.web_site import (
    NOT_FOUND,
    PAGE,
    ROBOTS,
    TDMREP,
    Clock,
    LoopbackNetwork,
    Route,
    Site,
    answer,
    fetching,
    redirect,
    robots,
)

HEADER = answer(headers={"tdm-reservation": "1"})
META = answer(b'<meta name="tdm-reservation" content="1"><p>Hello.</p>')
SITE = answer(b'[{"location": "/page", "tdm-reservation": 1}]')


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (robots("Disallow: /"), "robots_disallowed"),
        (robots("Disallow: /other"), None),
        (robots("Disallow: /", "Allow: /page"), None),
        (NOT_FOUND, None),
        (answer(b"User-agent: *\nDisallow: /", "401 Unauthorized"), None),
        (answer(b"", "403 Forbidden"), None),
        (answer(b"", "410 Gone"), None),
        (answer(b"", "429 Too Many Requests"), "robots_unreachable"),
        (answer(b"", "500 Internal Server Error"), "robots_unreachable"),
        (answer(b"", "503 Service Unavailable"), "robots_unreachable"),
        (b"not HTTP at all\r\n\r\n", "robots_unreachable"),
        (redirect("/elsewhere"), "robots_disallowed"),
        (redirect("/endless0"), None),
        (redirect(ROBOTS), None),
        (redirect("file:///etc/robots.txt"), "robots_unreachable"),
        (redirect("http://nowhere.invalid/robots.txt"), "robots_unreachable"),
    ],
)
def test_robots_txt_allows_and_disallows(route: bytes, reason: str | None) -> None:
    endless = {f"/endless{number}": redirect(f"/endless{number + 1}") for number in range(9)}

    async def ask() -> WebResponse:
        routes = {ROBOTS: route, "/elsewhere": robots("Disallow: /"), "/page": PAGE, **endless}
        network = LoopbackNetwork(names={"nowhere.invalid": [[]]})
        async with Site(routes) as site, fetching(network=network) as fetcher:
            response = await fetcher.fetch(WebRequest(url=site.url("/page")))
            assert bool(site.pages.count("/page")) is (reason is None)
            return response

    response = asyncio.run(ask())
    assert response.reason == reason
    assert response.decision == ("refused" if reason else "fetched")


def test_rules_are_asked_for_once_a_day() -> None:
    async def ask() -> list[str]:
        clock = Clock()
        async with Site({"/page": PAGE}) as site, fetching(clock=clock) as fetcher:
            requests = [fetcher.fetch(WebRequest(url=site.url("/page"))) for _ in range(5)]
            await asyncio.gather(*requests)
            clock.seconds += 86_000
            await fetcher.fetch(WebRequest(url=site.url("/page")))
            before = list(site.asked)
            clock.seconds += 401
            await fetcher.fetch(WebRequest(url=site.url("/page")))
            assert site.asked[len(before) :] == [ROBOTS, TDMREP, "/page"]
            return before

    assert asyncio.run(ask()) == [ROBOTS, TDMREP, *["/page"] * 6]


def test_a_huge_robots_txt_is_read_to_its_limit() -> None:
    sent = 0

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\nUser-agent: *\nDisallow: /secret\n")
        while True:
            writer.write(b"# filler\n" * 10_000)
            sent += 90_000
            await writer.drain()

    async def ask() -> list[str | None]:
        async with Site({ROBOTS: pour, "/page": PAGE, "/secret": PAGE}) as site, fetching() as fetcher:
            paths = ("/page", "/secret")
            return [(await fetcher.fetch(WebRequest(url=site.url(path)))).reason for path in paths]

    assert asyncio.run(ask()) == [None, "robots_disallowed"]
    assert sent < 20_000_000  # what fits into the sockets' buffers


def test_crawl_delay_is_kept() -> None:
    async def ask() -> list[float]:
        clock = Clock()
        routes = {ROBOTS: robots("Crawl-delay: 7"), "/page": PAGE}
        async with Site(routes) as site, fetching(clock=clock) as fetcher:
            for _ in range(3):
                await fetcher.fetch(WebRequest(url=site.url("/page"), delay_s=2))
        return clock.slept

    assert asyncio.run(ask()) == [2, 2, 7, 7]


@pytest.mark.parametrize(
    ("routes", "wanted", "reason", "reserved"),
    [
        ({"/page": HEADER}, "page", "tdm_reserved", True),
        ({"/page": META}, "page", "tdm_reserved", True),
        ({"/page": PAGE, TDMREP: SITE}, "page", "tdm_reserved", True),
        ({"/page": HEADER}, "feed", "tdm_reserved", True),
        ({"/page": HEADER}, "sitemap", None, True),
        ({"/page": PAGE, TDMREP: SITE}, "sitemap", None, True),
        ({"/page": answer(headers={"tdm-reservation": "0"})}, "page", None, False),
        ({"/page": PAGE, TDMREP: answer(b"[]")}, "page", None, None),
        ({"/page": PAGE, TDMREP: answer(b"", "500 Internal Server Error")}, "page", None, None),
        ({"/page": redirect("/new"), "/new": META}, "page", "tdm_reserved", True),
    ],
)
def test_what_is_reserved_is_refused(
    routes: dict[str, Route], wanted: Wanted, reason: str | None, reserved: bool | None
) -> None:
    async def ask(manners: Manners) -> tuple[WebResponse, Site]:
        async with Site(routes) as site, fetching(manners=manners) as fetcher:
            request = WebRequest(url=site.url("/page"), wanted=wanted)
            return await fetcher.fetch(request), site

    polite = Manners(allow_private=True, delay_s=0)
    response, site = asyncio.run(ask(polite))
    assert (response.reason, response.tdm_reserved) == (reason, reserved)
    assert (response.body == b"") is (reason is not None)
    allowed, _ = asyncio.run(ask(replace(polite, allow_tdm_reserved=True)))
    assert (allowed.decision, allowed.tdm_reserved) == ("fetched", reserved)
    if TDMREP in routes and reason:
        assert site.pages == []
