"""The client against sites on loopback sockets: what it asks, in which order, and what it makes of answers."""

import asyncio
import gzip
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.fetch import Fetcher
from flows.manners import FetchLimits, Manners
from flows.web import WebRequest, WebResponse
from tests.web_site import (
    NOT_FOUND,
    PUBLIC,
    Clock,
    LoopbackNetwork,
    Route,
    Site,
    answer,
    fetch_one,
    fetching,
    redirect,
)

PAGE = answer(b"<p>She said so.</p>", headers={"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"})
ROBOTS = "/robots.txt"
TDMREP = "/.well-known/tdmrep.json"


def robots(*lines: str) -> bytes:
    return answer("\n".join(["User-agent: onrecord", *lines]).encode())


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
def test_types(content_type: str, wanted: str, reason: str | None) -> None:
    async def ask() -> WebResponse:
        route = answer(headers={"Content-Type": content_type})
        async with Site({"/page": route}) as site, fetching() as fetcher:
            return await fetcher.fetch(WebRequest(url=site.url("/page"), wanted=wanted))  # type: ignore[arg-type]

    response = asyncio.run(ask())
    assert response.reason == reason
    assert response.decision == ("refused" if reason else "fetched")


class TestRedirects:
    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
    def test_are_followed(self, status: str) -> None:
        response, site = asyncio.run(fetch_one({"/page": redirect("new?x=1", status), "/new?x=1": PAGE}))
        assert response.decision == "fetched"
        assert (response.url, response.final_url) == (site.url("/page"), site.url("/new?x=1"))
        assert site.accepted == 1

    def test_addresses_in_utf8_are_understood(self) -> None:
        target = "/käse".encode().decode("latin-1")
        response, _ = asyncio.run(fetch_one({"/page": redirect(target), "/k%C3%A4se": PAGE}))
        assert response.decision == "fetched"

    def test_five_and_no_more(self) -> None:
        chain = {f"/{number}": redirect(f"/{number + 1}") for number in range(6)}
        response, site = asyncio.run(fetch_one({**chain, "/5": PAGE}, "/0"))
        assert response.decision == "fetched"
        response, site = asyncio.run(fetch_one({**chain, "/6": PAGE}, "/0"))
        assert (response.decision, response.reason) == ("failed", "too_many_redirects")
        assert site.pages == ["/0", "/1", "/2", "/3", "/4", "/5"]

    @pytest.mark.parametrize(("path", "target"), [("/page", "/page"), ("/page", "/other")])
    def test_loops_end(self, path: str, target: str) -> None:
        response, _ = asyncio.run(fetch_one({"/page": redirect(target), "/other": redirect("/page")}, path))
        assert (response.decision, response.reason) == ("failed", "redirect_loop")

    def test_one_without_a_target_is_a_failure(self) -> None:
        response, _ = asyncio.run(fetch_one({"/page": answer(b"", "302 Found")}))
        assert (response.decision, response.reason, response.status) == ("failed", "http_302", 302)

    def test_the_other_host_is_asked_for_its_rules(self) -> None:
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


class TestRobots:
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
    def test_access(self, route: bytes, reason: str | None) -> None:
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

    def test_is_asked_once_for_a_day(self) -> None:
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

    def test_a_huge_one_is_read_to_its_limit(self) -> None:
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

    def test_crawl_delay_is_kept(self) -> None:
        async def ask() -> list[float]:
            clock = Clock()
            routes = {ROBOTS: robots("Crawl-delay: 7"), "/page": PAGE}
            async with Site(routes) as site, fetching(clock=clock) as fetcher:
                for _ in range(3):
                    await fetcher.fetch(WebRequest(url=site.url("/page"), delay_s=2))
            return clock.slept

        assert asyncio.run(ask()) == [2, 2, 7, 7]


class TestReservations:
    HEADER = answer(headers={"tdm-reservation": "1"})
    META = answer(b'<meta name="tdm-reservation" content="1"><p>Hello.</p>')
    SITE = answer(b'[{"location": "/page", "tdm-reservation": 1}]')

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
        self, routes: dict[str, Route], wanted: str, reason: str | None, reserved: bool | None
    ) -> None:
        async def ask(manners: Manners) -> tuple[WebResponse, Site]:
            async with Site(routes) as site, fetching(manners=manners) as fetcher:
                request = WebRequest(url=site.url("/page"), wanted=wanted)  # type: ignore[arg-type]
                return await fetcher.fetch(request), site

        polite = Manners(allow_private=True, delay_s=0)
        response, site = asyncio.run(ask(polite))
        assert (response.reason, response.tdm_reserved) == (reason, reserved)
        assert (response.body == b"") is (reason is not None)
        allowed, _ = asyncio.run(ask(replace(polite, allow_tdm_reserved=True)))
        assert (allowed.decision, allowed.tdm_reserved) == ("fetched", reserved)
        if TDMREP in routes and reason:
            assert site.pages == []


class TestRetries:
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
    def test_statuses(self, answers: Sequence[bytes], outcome: str, slept: list[float]) -> None:
        async def ask() -> tuple[WebResponse, list[float]]:
            clock = Clock()
            async with Site({"/page": answers}) as site, fetching(clock=clock) as fetcher:
                return await fetcher.fetch(WebRequest(url=site.url("/page"))), clock.slept

        response, waited = asyncio.run(ask())
        assert (response.reason or response.decision, waited) == (outcome, slept)

    def test_a_date_is_waited_for(self) -> None:
        async def ask() -> list[float]:
            clock = Clock()
            later = format_datetime(clock.now() + timedelta(seconds=45), usegmt=True)
            routes = {"/page": [answer(b"", "503 Busy", {"Retry-After": later}), PAGE]}
            async with Site(routes) as site, fetching(clock=clock) as fetcher:
                await fetcher.fetch(WebRequest(url=site.url("/page")))
            return clock.slept

        assert asyncio.run(ask()) == [45.0]

    def test_a_long_pause_ends_it_for_the_whole_host(self) -> None:
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


class TestPace:
    def test_one_request_at_a_time_with_a_delay(self) -> None:
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

    def test_hosts_do_not_wait_for_each_other(self) -> None:
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

    def test_a_connection_closed_meanwhile_is_replaced(self) -> None:
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


class TestTls:
    def test_a_trusted_name(self, site_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
        assert self.ask("good.example.org", site_tls, client_tls).decision == "fetched"

    def test_another_name(self, site_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
        response = self.ask("other.example.org", site_tls, client_tls)
        assert (response.decision, response.reason) == ("failed", "tls_error")
        assert "other.example.org" in (response.error or "")

    def test_an_unknown_authority(self, site_tls: ssl.SSLContext) -> None:
        assert self.ask("good.example.org", site_tls, None).reason == "tls_error"

    def ask(self, name: str, site_tls: ssl.SSLContext, client_tls: ssl.SSLContext | None) -> WebResponse:
        async def fetch() -> WebResponse:
            async with Site({"/page": PAGE}, tls=site_tls) as site:
                network = LoopbackNetwork(names={name: [[PUBLIC]]}, port=site.port)
                manners = Manners(contact="a@b.org", delay_s=0)
                async with fetching(manners=manners, network=network, tls=client_tls) as fetcher:
                    return await fetcher.fetch(WebRequest(url=f"https://{name}/page"))

        return asyncio.run(fetch())


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
