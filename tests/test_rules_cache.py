"""What sites state of their rules is asked for once a day, by whichever run."""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.addresses import Origin
from flows.rules_cache import RulesCache
from flows.site_rules import StatedRules
from flows.web import WebRequest
from tests.web_site import NOT_FOUND, Clock, Route, Site, answer, fetching

ROBOTS, TDMREP = "/robots.txt", "/.well-known/tdmrep.json"
PAGE = answer()
FORBIDS = answer(b"User-agent: *\nDisallow: /page")
RESERVES = answer(b'[{"location": "/page", "tdm-reservation": 1}]')
STATED = StatedRules(robots=bytes(range(256)), tdmrep=None, stated_at=datetime(2026, 11, 20, tzinfo=UTC))
ORIGIN = Origin("https", "../../a.example", 443)


def ask_in_runs(folder: Path, routes: dict[str, Route], *pauses_s: float) -> tuple[list[str | None], list[str]]:
    """Return the outcome of a page in one run after another, so many seconds apart, and what the site was asked."""

    async def ask() -> tuple[list[str | None], list[str]]:
        clock = Clock()
        outcomes = []
        async with Site({"/page": PAGE, **routes}) as site:
            for pause_s in (0, *pauses_s):
                clock.seconds += pause_s
                async with fetching(clock=clock, rules_cache=RulesCache(folder)) as fetcher:
                    outcomes.append((await fetcher.fetch(WebRequest(url=site.url("/page")))).reason)
            return outcomes, site.asked

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        ({}, None),  # that there are none is known too
        ({ROBOTS: FORBIDS}, "robots_disallowed"),
        ({TDMREP: RESERVES}, "tdm_reserved"),
        ({ROBOTS: answer(b"", "403 Forbidden"), TDMREP: answer(b"", "410 Gone")}, None),
        ({TDMREP: answer(b"no JSON")}, None),
    ],
)
def test_rules_are_asked_for_once_a_day(tmp_path: Path, routes: dict[str, Route], reason: str | None) -> None:
    outcomes, asked = ask_in_runs(tmp_path, routes, 3_600, 82_700, 200)
    assert outcomes == [reason] * 4
    pages = [] if reason else ["/page"]
    assert asked == [ROBOTS, TDMREP, *pages * 3, ROBOTS, TDMREP, *pages]


def test_a_run_keeps_what_another_knew_no_longer_than_a_day(tmp_path: Path) -> None:
    async def ask() -> list[str]:
        clock = Clock()
        async with Site({"/page": PAGE}) as site:
            async with fetching(clock=clock, rules_cache=RulesCache(tmp_path)) as fetcher:
                await fetcher.fetch(WebRequest(url=site.url("/page")))
            clock.seconds += 80_000
            async with fetching(clock=clock, rules_cache=RulesCache(tmp_path)) as fetcher:
                for pause_s in (0, 6_000, 1_000):
                    clock.seconds += pause_s
                    await fetcher.fetch(WebRequest(url=site.url("/page")))
            return site.asked

    assert asyncio.run(ask()) == [ROBOTS, TDMREP, "/page", "/page", "/page", ROBOTS, TDMREP, "/page"]


@pytest.mark.parametrize(
    ("routes", "asked"),
    [
        ({ROBOTS: answer(b"", "503 Service Unavailable")}, [ROBOTS] * 6),  # with retries
        ({ROBOTS: answer(b"", "429 Too Many Requests")}, [ROBOTS] * 6),
        ({ROBOTS: NOT_FOUND, TDMREP: answer(b"", "500 Oops")}, [ROBOTS, *[TDMREP] * 3, "/page"] * 2),
    ],
)
def test_what_a_site_did_not_say_is_not_kept(tmp_path: Path, routes: dict[str, Route], asked: list[str]) -> None:
    assert ask_in_runs(tmp_path, routes, 3_600)[1] == asked


def test_files(tmp_path: Path) -> None:
    cache = RulesCache(tmp_path / "rules")
    assert cache.find(ORIGIN) is None
    cache.keep(ORIGIN, STATED)
    assert cache.find(ORIGIN) == STATED
    assert cache.find(ORIGIN._replace(port=80)) is None
    [path] = tmp_path.rglob("*.json")
    assert path.parent == tmp_path / "rules"
    for content in (b"", b"[]", b"{}", b"\xff", b'{"robots": 1, "tdmrep": 1, "stated_at": ""}'):
        path.write_bytes(content)
        assert cache.find(ORIGIN) is None


def test_old_files_go(tmp_path: Path) -> None:
    RulesCache(tmp_path).keep(ORIGIN, STATED)
    [path] = tmp_path.iterdir()
    RulesCache(tmp_path)
    assert path.exists()
    os.utime(path, (time.time() - 86_500,) * 2)
    RulesCache(tmp_path)
    assert not path.exists()
