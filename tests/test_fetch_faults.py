"""Broken and hostile servers, all asked at once by one client: each is its own outcome, and nobody else's."""

import asyncio
import gzip
import resource
import socket
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from flows.manners import FetchLimits
from flows.web import WebRequest, WebResponse
from tests.web_site import LoopbackNetwork, Route, Site, answer, fetching, redirect

LIMITS = FetchLimits(page_bytes=1_000_000, first_byte_s=2, total_s=3, connect_s=5, retries=1)
MEGABYTE = bytes(1_000_000)
BOMB = gzip.compress(bytes(100_000_000))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HEALTHY_PAGES = 20


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def reset_in_the_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n<p>")
    await writer.drain()
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
    writer.transport.abort()


async def close_early(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n<p>Hello.</p>")
    writer.close()


async def close_chunk_early(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n")
    writer.close()


async def answer_in_plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while not reader.at_eof():
        writer.write(b".")
        await asyncio.sleep(0.05)


async def drip_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while not reader.at_eof():
        writer.write(b"X: y\r\n")
        await asyncio.sleep(0.05)


async def pour_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X-Header: and so on\r\n" * 100)
        await writer.drain()


async def pour_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")  # of no announced length
    while True:
        writer.write(MEGABYTE)
        await writer.drain()


async def continue_for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not reader.at_eof():
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.05)


PACKED = {"Content-Encoding": "gzip"}
FAULTS: Mapping[str, tuple[Route, str, str]] = {  # name: what the server does, decision, reason
    "too many requests": (answer(b"", "429 Slow", {"Retry-After": "7200"}), "failed", "http_429"),
    "unavailable": (answer(b"", "503 Service Unavailable"), "failed", "http_503"),
    "gone": (answer(b"", "410 Gone"), "failed", "http_410"),
    "not found, endlessly": (answer(b"", "404 Not Found", {"Content-Length": "9999999999"}), "failed", "http_404"),
    "reset": (reset, "failed", "connection_failed"),
    "reset in the body": (reset_in_the_body, "failed", "connection_failed"),
    "silence": (say_nothing, "failed", "timed_out"),
    "slow drip": (drip, "failed", "too_slow"),
    "slow drip of headers": (drip_headers, "failed", "timed_out"),
    "headers without end": (pour_headers, "refused", "headers_too_large"),
    "large headers": (answer(headers={f"X-{n}": "x" * 1000 for n in range(90)}), "refused", "headers_too_large"),
    "informed for ever": (continue_for_ever, "failed", "timed_out"),
    "endless redirect": ([redirect(f"/{number}") for number in range(20)], "failed", "too_many_redirects"),
    "redirect loop": (redirect("/page"), "failed", "redirect_loop"),
    "gzip bomb": (answer(BOMB, headers=PACKED), "refused", "inflates_too_far"),
    "gzip bomb in gzip": (
        answer(gzip.compress(BOMB), headers={"Content-Encoding": "gzip, gzip"}),
        "failed",
        "bad_encoding",
    ),
    "brotli, not asked for": (answer(headers={"Content-Encoding": "br"}), "failed", "bad_encoding"),
    "brotli beside gzip": (
        HEAD + b"Content-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc",
        "failed",
        "bad_encoding",
    ),
    "no gzip": (answer(b"<p>Hello.</p>", headers=PACKED), "failed", "bad_encoding"),
    "half a gzip": (answer(gzip.compress(bytes(1000))[:-12], headers=PACKED), "failed", "truncated"),
    "length too long": (close_early, "failed", "truncated"),
    "length too short": (answer(b"<p>Hello.</p>", headers={"Content-Length": "5"}), "failed", "truncated"),
    "two lengths": (HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", "failed", "protocol_error"),
    "length below zero": (HEAD + b"Content-Length: -1\r\n\r\n", "failed", "protocol_error"),
    "half a chunk": (close_chunk_early, "failed", "truncated"),
    "2 GB, announced": (answer(b"<p>", headers={"Content-Length": "2000000000"}), "refused", "too_large"),
    "2 GB, unannounced": (pour_body, "refused", "too_large"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "failed", "protocol_error"),
    "another protocol": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "failed", "protocol_error"),
    "unchanged, unasked": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "failed", "http_304"),
    "status of its own": (b"HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n", "failed", "http_999"),
    "nulls": (bytes(1000), "failed", "protocol_error"),
    "a picture": (answer(MEGABYTE, headers={"Content-Type": "image/png"}), "refused", "wrong_type"),
}


@dataclass(frozen=True, kw_only=True)
class Met:
    """What came of every fault, and at what cost."""

    responses: dict[str, WebResponse]
    sites: dict[str, Site]
    most_open: int  # connections to one host at once
    grown_mb: float  # peak memory, the servers' own included


async def meet_all(site_tls: ssl.SSLContext) -> Met:
    """Return what comes of every fault by one client, while it fetches the pages of a healthy site."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with AsyncExitStack() as stack:

        async def serve(routes: Mapping[str, Route], tls: ssl.SSLContext | None = None) -> Site:
            return await stack.enter_async_context(Site(routes, tls))

        hops: dict[str, Route] = {f"/{number}": redirect(f"/{number + 1}") for number in range(20)}
        sites = {name: await serve({"/page": route, **hops}) for name, (route, _, _) in FAULTS.items()}
        sites["endless redirect"].routes["/page"] = redirect("/0")
        urls = {name: site.url("/page") for name, site in sites.items()}
        urls["untrusted TLS"] = (await serve({"/page": answer()}, site_tls)).url("/page")
        plain = await stack.enter_async_context(await asyncio.start_server(answer_in_plain, "127.0.0.1", 0))
        urls["TLS on a plain port"] = f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/page"
        urls["no such name"] = "http://nowhere.invalid/page"
        urls["nobody listens"] = f"http://127.0.0.1:{_free_port()}/page"
        healthy = await serve({f"/{number}": answer() for number in range(HEALTHY_PAGES)})
        urls |= {f"healthy {number}": healthy.url(f"/{number}") for number in range(HEALTHY_PAGES)}
        network = LoopbackNetwork(names={"nowhere.invalid": [[]]})
        fetcher = await stack.enter_async_context(fetching(limits=LIMITS, network=network))
        responses = await asyncio.gather(*(fetcher.fetch(WebRequest(url=url)) for url in urls.values()))
        return Met(
            responses=dict(zip(urls, responses, strict=True)),
            sites=sites,
            most_open=network.most_open,
            grown_mb=(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000,
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def met(tls_contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> Met:
    return asyncio.run(meet_all(tls_contexts[0]))


@pytest.mark.parametrize(
    ("name", "decision", "reason"),
    [
        *((name, decision, reason) for name, (_, decision, reason) in FAULTS.items()),
        ("untrusted TLS", "failed", "tls_error"),
        ("TLS on a plain port", "failed", "tls_error"),
        ("no such name", "failed", "dns_failure"),
        ("nobody listens", "failed", "connection_failed"),
    ],
)
def test_each_has_its_reason(met: Met, name: str, decision: str, reason: str) -> None:
    response = met.responses[name]
    assert (response.decision, response.reason) == (decision, reason), response.error
    assert response.error
    assert response.body == b""


def test_neighbours_are_unaffected(met: Met) -> None:
    decisions = [response.decision for name, response in met.responses.items() if name.startswith("healthy")]
    assert decisions == ["fetched"] * HEALTHY_PAGES


@pytest.mark.parametrize(
    ("name", "asked"),
    # A reset on a connection kept from before says that it was closed meanwhile: that one does not count.
    [("unavailable", 2), ("reset", 3), ("silence", 2), ("gone", 1), ("slow drip", 1), ("too many requests", 1)],
)
def test_only_what_may_pass_is_asked_again(met: Met, name: str, asked: int) -> None:
    assert met.sites[name].pages == ["/page"] * asked


def test_no_host_had_two_connections(met: Met) -> None:
    assert met.most_open == 1


def test_memory_stays_small(met: Met) -> None:
    assert met.grown_mb < 100
