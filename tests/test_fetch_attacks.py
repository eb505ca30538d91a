"""Addresses that lead into our own network: refused, with a reason, and without a single connection."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from flows.connection import SystemNetwork
from flows.fetch import Fetcher
from flows.manners import Manners
from flows.web import WebRequest, WebResponse
from tests.web_site import PUBLIC, LoopbackNetwork, Site, answer, fetching, redirect

MANNERS = Manners(contact="mailto:a@b.org", delay_s=0)  # as on the real web: no private addresses
PAGE = answer()
ATTACKS = [
    ("http://127.0.0.1:{port}/", "private_address"),
    ("http://localhost:{port}/", "private_address"),
    ("http://127.8.8.8:{port}/", "private_address"),
    ("http://0.0.0.0:{port}/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://10.0.0.1/", "private_address"),
    ("http://[::1]:{port}/", "private_address"),
    ("http://[::]:{port}/", "private_address"),
    ("http://[::ffff:127.0.0.1]:{port}/", "private_address"),
    ("http://[::ffff:7f00:1]:{port}/", "private_address"),
    ("http://[64:ff9b::7f00:1]:{port}/", "private_address"),
    ("http://[64:ff9b:1::7f00:1]:{port}/", "private_address"),
    ("http://[2002:7f00:1::]:{port}/", "private_address"),
    ("http://[fd00:ec2::254]/", "private_address"),
    ("https://127.0.0.1:{port}/", "private_address"),
    ("http://2130706433:{port}/", "invalid_url"),
    ("http://017700000001:{port}/", "invalid_url"),
    ("http://0x7f000001:{port}/", "invalid_url"),
    ("http://0x7f.1:{port}/", "invalid_url"),
    ("http://0177.0.0.1:{port}/", "invalid_url"),
    ("http://127.1:{port}/", "invalid_url"),
    ("http://example.org@127.0.0.1:{port}/", "invalid_url"),
    ("http://user:secret@127.0.0.1:{port}/", "invalid_url"),
    ("file:///etc/passwd", "unsupported_scheme"),
    ("gopher://127.0.0.1:{port}/_GET", "unsupported_scheme"),
    ("ftp://127.0.0.1:{port}/", "unsupported_scheme"),
    ("http://inside.example.org:{port}/", "private_address"),
    ("http://mixed.example.org:{port}/", "private_address"),
]
NAMES = {
    "site.example.org": [[PUBLIC]],
    "inside.example.org": [["192.168.0.10"]],
    "mixed.example.org": [[PUBLIC, "127.0.0.1"]],
}


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A listening socket on every address of this machine, IPv4 and IPv6 where there is IPv6."""
    with socket.create_server(("", 0), family=socket.AF_INET) as server:
        server.setblocking(False)
        yield server


def caught(trap: socket.socket) -> bool:
    """Return whether anyone connected."""
    try:
        trap.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def test_the_trap_can_catch(trap: socket.socket) -> None:
    socket.create_connection(("127.0.0.1", trap.getsockname()[1])).close()
    assert caught(trap)


@pytest.mark.parametrize(("url", "reason"), ATTACKS)
def test_direct(url: str, reason: str, trap: socket.socket) -> None:
    async def ask() -> None:
        network = LoopbackNetwork(names=dict(NAMES))
        async with fetching(manners=MANNERS, network=network) as fetcher:
            response = await fetcher.fetch(WebRequest(url=url.format(port=trap.getsockname()[1])))
        assert (response.decision, response.reason) == ("refused", reason), response.error
        assert network.dialled == []
        assert "secret" not in repr(response)

    asyncio.run(ask())
    assert not caught(trap)


@pytest.mark.parametrize("status", ["302 Found", "308 Permanent Redirect"])
@pytest.mark.parametrize(("url", "reason"), ATTACKS)
def test_redirected(url: str, reason: str, status: str, trap: socket.socket) -> None:
    async def ask() -> None:
        async with Site({"/page": redirect(url.format(port=trap.getsockname()[1]), status)}) as site:
            network = LoopbackNetwork(names=dict(NAMES), port=site.port)
            async with fetching(manners=MANNERS, network=network) as fetcher:
                response = await fetcher.fetch(WebRequest(url="http://site.example.org/page"))
            assert (response.decision, response.reason) == ("refused", reason), response.error
            assert network.dialled == [PUBLIC]
            assert (site.accepted, site.pages) == (1, ["/page"])
            assert "secret" not in repr(response)

    asyncio.run(ask())
    assert not caught(trap)


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/tdmrep.json"])
def test_rules_redirected_inside(path: str, trap: socket.socket) -> None:
    async def ask() -> WebResponse:
        routes = {path: redirect(f"http://127.0.0.1:{trap.getsockname()[1]}/"), "/page": PAGE}
        async with Site(routes) as site:
            network = LoopbackNetwork(names=dict(NAMES), port=site.port)
            async with fetching(manners=MANNERS, network=network) as fetcher:
                return await fetcher.fetch(WebRequest(url="http://site.example.org/page"))

    response = asyncio.run(ask())
    assert response.reason == ("robots_unreachable" if path == "/robots.txt" else None)
    assert not caught(trap)


def test_the_checked_address_is_the_one_dialled() -> None:
    async def ask() -> None:
        async with Site({"/page": PAGE}) as site:
            names = {"rebind.example.org": [[PUBLIC], ["127.0.0.1"]]}
            network = LoopbackNetwork(names=names, port=site.port)
            async with fetching(manners=MANNERS, network=network) as fetcher:
                response = await fetcher.fetch(WebRequest(url="http://rebind.example.org/page"))
            assert response.decision == "fetched"
            assert (network.resolved, network.dialled) == (["rebind.example.org"], [PUBLIC])

    asyncio.run(ask())


def test_a_resolver_that_changes_its_answer(trap: socket.socket) -> None:
    async def ask() -> None:
        closing = answer(headers={"Connection": "close"})
        async with Site({"/page": PAGE, "/robots.txt": closing}) as site:
            names = {"rebind.example.org": [[PUBLIC], ["127.0.0.1"]]}
            network = LoopbackNetwork(names=names, port=site.port)
            async with fetching(manners=MANNERS, network=network) as fetcher:
                url = f"http://rebind.example.org:{trap.getsockname()[1]}/page"
                response = await fetcher.fetch(WebRequest(url=url))
            assert (response.decision, response.reason) == ("refused", "private_address")
            assert network.dialled == [PUBLIC]
            assert site.asked == ["/robots.txt"]

    asyncio.run(ask())
    assert not caught(trap)


def test_the_systems_own_network(trap: socket.socket) -> None:
    """What the resolver of this machine makes of such hosts changes nothing."""

    async def ask() -> None:
        async with Fetcher(MANNERS, network=SystemNetwork()) as fetcher:
            for url, reason in ATTACKS[:-2]:
                response = await fetcher.fetch(WebRequest(url=url.format(port=trap.getsockname()[1])))
                assert response.reason == reason, url

    asyncio.run(ask())
    assert not caught(trap)


def test_private_addresses_may_be_allowed() -> None:
    async def ask() -> WebResponse:
        async with Site({"/page": PAGE}) as site, fetching() as fetcher:
            return await fetcher.fetch(WebRequest(url=site.url("/page")))

    assert asyncio.run(ask()).decision == "fetched"
