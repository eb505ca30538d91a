"""The client against sites on loopback sockets: what it asks, in which order, and what it makes of answers."""

import asyncio
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.fetch import Fetcher
from flows.manners import FetchLimits, Manners
from flows.web import Wanted, WebRequest, WebResponse
from tests.web_site import (
    PAGE,
    PUBLIC,
    ROBOTS,
    TDMREP,
    LoopbackNetwork,
    Site,
    answer,
    fetch_one,
    fetching,
)


def test_a_page() -> None:
    response, site = asyncio.run(fetch_one({"/page": PAGE}))
    assert response.decision == "fetched"
    assert response.body == b"<p>She said so.</p>"
    assert (response.url, response.final_url) == (site.url("/page"), site.url("/page"))
    assert (response.status, response.status_line) == (200, "HTTP/1.1 200 OK")
    assert response.content_type == "text/html"
    assert (response.etag, response.last_modified) == ('"1"', "Fri, 20 Nov 2026 10:00:00 GMT")
    assert ("ETag", '"1"') in response.headers
    assert (response.reason, response.error, response.raw_body, response.tdm_reserved) == (None, None, None, None)
    assert site.asked == [ROBOTS, TDMREP, "/page"]
    assert site.accepted == 1


def test_what_is_sent() -> None:
    async def ask() -> dict[str, str]:
        async with Site({"/page": PAGE}) as site:
            async with fetching(manners=Manners(contact="mailto:a@b.org", allow_private=True, delay_s=0)) as fetcher:
                await fetcher.fetch(WebRequest(url=site.url("/page?q=ü#part")))
            assert site.asked[-1] == "/page?q=%C3%BC"
            return {**site.headers[-1], "host": site.headers[-1]["host"].replace(str(site.port), "PORT")}

    headers = asyncio.run(ask())
    assert headers.pop("user-agent").startswith("onrecord/")
    assert headers == {
        "host": "127.0.0.1:PORT",
        "accept-encoding": "gzip, deflate",
        "accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1",
    }


@pytest.mark.parametrize("contact", ["", "two\nlines", "käse", " space "])
def test_contacts_that_no_header_can_hold(contact: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        Manners(contact=contact)


def test_the_contact_stands_in_the_user_agent() -> None:
    assert Manners(contact="https://example.org/bot").user_agent.endswith(" (+https://example.org/bot)")


def test_bodies_are_inflated_and_kept_as_received() -> None:
    async def ask() -> WebResponse:
        packed = answer(gzip.compress(b"<p>Hello.</p>"), headers={"Content-Encoding": "gzip"})
        manners = Manners(allow_private=True, delay_s=0, keep_raw=True)
        async with Site({"/page": packed}) as site, fetching(manners=manners) as fetcher:
            return await fetcher.fetch(WebRequest(url=site.url("/page")))

    response = asyncio.run(ask())
    assert response.body == b"<p>Hello.</p>"
    assert gzip.decompress(response.raw_body or b"") == response.body


def test_a_body_that_ends_with_the_connection() -> None:
    async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n<p>Hello.</p>")
        writer.close()

    response, _ = asyncio.run(fetch_one({"/page": send}))
    assert (response.decision, response.body) == ("fetched", b"<p>Hello.</p>")
    assert response.status_line == "HTTP/1.0 200 OK"


def test_chunked_bodies() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    response, site = asyncio.run(fetch_one({"/page": chunked}))
    assert response.body == b"abcde"
    assert site.accepted == 1


def test_what_comes_behind_an_answer_is_not_the_next_one() -> None:
    async def ask() -> None:
        writers: list[asyncio.StreamWriter] = []

        async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(PAGE)
            writers.append(writer)

        async with Site({"/page": send, "/next": PAGE}) as site, fetching() as fetcher:
            assert (await fetcher.fetch(WebRequest(url=site.url("/page")))).decision == "fetched"
            writers[0].write(answer(b"<p>Of another page.</p>"))
            await asyncio.sleep(0.1)  # until it has come
            response = await fetcher.fetch(WebRequest(url=site.url("/next")))
            assert (response.body, site.accepted) == (b"<p>She said so.</p>", 2)

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("etag", "last_modified", "sent"),
    [
        ('W/"1"', None, {"if-none-match": 'W/"1"'}),
        (None, "Fri, 20 Nov 2026 10:00:00 GMT", {"if-modified-since": "Fri, 20 Nov 2026 10:00:00 GMT"}),
        ('"bad\r\nX: y"', None, {}),
        (None, None, {}),
    ],
)
def test_validators_make_a_request_conditional(
    etag: str | None, last_modified: str | None, sent: dict[str, str]
) -> None:
    async def ask() -> None:
        unchanged = b"HTTP/1.1 304 Not Modified\r\n\r\n"
        async with Site({"/page": unchanged if sent else PAGE}) as site, fetching() as fetcher:
            request = WebRequest(url=site.url("/page"), etag=etag, last_modified=last_modified)
            response = await fetcher.fetch(request)
            assert {name: value for name, value in site.headers[-1].items() if name.startswith("if-")} == sent
            assert response.decision == ("not_modified" if sent else "fetched")
            if sent:
                assert (response.etag, response.last_modified, response.body) == (etag, last_modified, b"")

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("content_type", "wanted", "reason"),
    [
        ("text/html; charset=utf-8", "page", None),
        ("Text/HTML", "page", None),
        ("application/xhtml+xml", "page", None),
        ("text/plain", "page", None),
        ("", "page", None),
        ("application/pdf", "page", "wrong_type"),
        ("image/jpeg", "page", "wrong_type"),
        ("application/rss+xml", "page", "wrong_type"),
        ("application/rss+xml", "feed", None),
        ("application/gzip", "sitemap", None),
    ],
)
def test_types(content_type: str, wanted: Wanted, reason: str | None) -> None:
    async def ask() -> WebResponse:
        route = answer(headers={"Content-Type": content_type})
        async with Site({"/page": route}) as site, fetching() as fetcher:
            return await fetcher.fetch(WebRequest(url=site.url("/page"), wanted=wanted))

    response = asyncio.run(ask())
    assert response.reason == reason
    assert response.decision == ("refused" if reason else "fetched")


def test_a_contact_is_needed_for_foreign_hosts() -> None:
    async def ask() -> None:
        network = LoopbackNetwork(names={"example.org": [[PUBLIC]]})
        async with fetching(manners=Manners(), network=network) as fetcher:
            response = await fetcher.fetch(WebRequest(url="http://example.org/page"))
        assert (response.decision, response.reason, network.dialled) == ("refused", "no_contact", [])

    asyncio.run(ask())


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        async with Site({}) as proxy, Site({"/page": PAGE}) as site:
            monkeypatch.setenv("HTTP_PROXY", proxy.url())
            monkeypatch.setenv("ALL_PROXY", proxy.url())
            async with Fetcher(Manners(allow_private=True, delay_s=0)) as fetcher:
                response = await fetcher.fetch(WebRequest(url=site.url("/page")))
            assert (response.decision, proxy.accepted) == ("fetched", 0)

    asyncio.run(ask())


@settings(max_examples=40)
@given(st.binary(max_size=200), st.booleans(), st.booleans())
def test_any_answer_is_an_outcome(junk: bytes, is_body: bool, is_gzip: bool) -> None:
    async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\n" + (b"Content-Encoding: gzip\r\n" if is_gzip else b"")
        writer.write(head + (b"\r\n" if is_body else b"") + junk)
        writer.close()

    response, _ = asyncio.run(fetch_one({"/page": send}))
    assert (response.decision == "fetched") == (response.reason is None)


def test_limits_are_as_documented() -> None:
    assert (FetchLimits().redirects, FetchLimits().retries, Manners().delay_s) == (5, 2, 1.0)
