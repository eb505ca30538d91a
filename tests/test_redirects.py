"""Redirects: followed so far, and under the rules of the host that they lead to."""

import asyncio

import pytest

from flows.web import WebRequest, WebResponse
from tests.web_site import (
    PAGE,
    ROBOTS,
    Site,
    answer,
    fetch_one,
    fetching,
    redirect,
    robots,
)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed(status: str) -> None:
    response, site = asyncio.run(fetch_one({"/page": redirect("new?x=1", status), "/new?x=1": PAGE}))
    assert response.decision == "fetched"
    assert (response.url, response.final_url) == (site.url("/page"), site.url("/new?x=1"))
    assert site.accepted == 1


def test_addresses_in_utf8_are_understood() -> None:
    target = "/käse".encode().decode("latin-1")
    response, _ = asyncio.run(fetch_one({"/page": redirect(target), "/k%C3%A4se": PAGE}))
    assert response.decision == "fetched"


def test_five_and_no_more() -> None:
    chain = {f"/{number}": redirect(f"/{number + 1}") for number in range(6)}
    response, site = asyncio.run(fetch_one({**chain, "/5": PAGE}, "/0"))
    assert response.decision == "fetched"
    response, site = asyncio.run(fetch_one({**chain, "/6": PAGE}, "/0"))
    assert (response.decision, response.reason) == ("failed", "too_many_redirects")
    assert site.pages == ["/0", "/1", "/2", "/3", "/4", "/5"]


@pytest.mark.parametrize(("path", "target"), [("/page", "/page"), ("/page", "/other")])
def test_loops_end(path: str, target: str) -> None:
    response, _ = asyncio.run(fetch_one({"/page": redirect(target), "/other": redirect("/page")}, path))
    assert (response.decision, response.reason) == ("failed", "redirect_loop")


def test_one_without_a_target_is_a_failure() -> None:
    response, _ = asyncio.run(fetch_one({"/page": answer(b"", "302 Found")}))
    assert (response.decision, response.reason, response.status) == ("failed", "http_302", 302)


def test_the_other_host_is_asked_for_its_rules() -> None:
    async def ask() -> tuple[WebResponse, Site]:
        async with (
            Site({ROBOTS: robots("Disallow: /"), "/page": PAGE}) as other,
            Site({"/page": redirect(other.url("/page"))}) as site,
            fetching() as fetcher,
        ):
            return await fetcher.fetch(WebRequest(url=site.url("/page"))), other

    response, other = asyncio.run(ask())
    assert (response.reason, response.final_url) == ("robots_disallowed", other.url("/page"))
    assert other.pages == []
