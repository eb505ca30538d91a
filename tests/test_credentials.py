"""Credentials go to the source's own hosts, and nowhere else: no other host, no log, row, archive or message."""

import asyncio
import base64
import gzip
import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from flows.cli import _run
from flows.credentials import Credentials, load_credentials, variable_of
from flows.manners import Manners
from flows.source_list import WebSource
from flows.sources import UsageError
from flows.web import WebRequest, WebResponse
from tests.news_site import serving, write_sources
from tests.runs import rows
from tests.tls import make_contexts
from tests.web_site import PUBLIC, LoopbackNetwork, Site, answer, fetching, redirect

VALUE = "ann:hunter2 é"
BASIC = f"Basic {base64.b64encode(VALUE.encode()).decode()}"
FORMS = ("hunter2", BASIC.partition(" ")[2])
PAGE = answer()


def load(*addresses: str, value: str | None = VALUE) -> Credentials:
    source = WebSource(name="s", kind="urls", addresses=addresses, credentials="a-b")
    return load_credentials([source], lambda _name: value)["s"]


def headers(credentials: Credentials, url: str) -> Mapping[str, str]:
    return dict(credentials.headers_for(httpx.URL(url)))


@pytest.mark.parametrize(
    ("value", "header"),
    [
        (VALUE, BASIC),
        (" ann:b:c\n", f"Basic {base64.b64encode(b'ann:b:c').decode()}"),
        ("Bearer mF_9.B5f-4.1JqM=", "Bearer mF_9.B5f-4.1JqM="),
    ],
)
def test_values(value: str, header: str) -> None:
    assert headers(load("https://a.example/", value=value), "https://a.example/x") == {"authorization": header}


@pytest.mark.parametrize("value", [None, "", " ", "hunter2", ":hunter2", "Bearer hunter2 x", "ann:hunter2\r\nX: y"])
def test_what_is_wrong_is_said_without_the_value(value: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        load("https://a.example/", value=value)
    assert "the source 's' has the credentials a-b, and ONRECORD_CREDENTIALS_A_B is" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "is_sent"),
    [
        ("https://a.example/other", True),
        ("https://A.example:443/", True),
        ("https://b.example:8443/", True),
        ("http://a.example/", False),
        ("https://a.example:8443/", False),
        ("https://www.a.example/", False),
        ("https://example/", False),
        ("https://a.example.evil.example/", False),
    ],
)
def test_only_the_sources_own_hosts_get_them(url: str, is_sent: bool) -> None:
    credentials = load("https://a.example/feed", "https://b.example:8443/", "urls.txt")
    assert bool(headers(credentials, url)) is is_sent


def test_no_representation_shows_them() -> None:
    credentials = load("https://a.example/")
    request = WebRequest(url="https://a.example/", credentials=credentials)
    for shown in (repr(credentials), str(credentials), f"{request}", repr({"s": credentials})):
        assert not any(form in shown for form in FORMS)


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return make_contexts(tmp_path, "own.example")


def test_no_redirect_takes_them_to_another_host(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def ask() -> tuple[WebResponse, Site, Site]:
        async with Site({"/page": PAGE}) as other, Site({}, tls=contexts[0]) as own:
            own.routes = {"/page": redirect("/2"), "/2": redirect(other.url("/page"))}
            network = LoopbackNetwork(names={"own.example": [[PUBLIC]]})
            manners = Manners(contact="a@b.org", delay_s=0, allow_private=True)
            url = f"https://own.example:{own.port}/page"
            async with fetching(manners=manners, network=network, tls=contexts[1]) as fetcher:
                return await fetcher.fetch(WebRequest(url=url, credentials=load(url))), own, other

    response, own, other = asyncio.run(ask())
    assert (response.decision, other.pages) == ("fetched", ["/page"])
    assert [sent.get("authorization") for sent in own.headers] == [None, None, BASIC, BASIC]  # rules, then pages
    assert not any("authorization" in sent for sent in other.headers)


@pytest.mark.parametrize(
    "route",
    [
        answer(BASIC.encode()),
        answer(f"<p>You are {VALUE}".encode()),
        answer(gzip.compress(BASIC.encode()), headers={"Content-Encoding": "gzip"}),
        answer(headers={"ETag": f'"{BASIC}"'}),
        answer(status=f"200 {BASIC}"),
        answer(b"", f"403 not {BASIC}"),
        redirect(f"/{FORMS[1]}"),
        redirect(f"ftp://a.example/{BASIC}"),
    ],
)
def test_an_answer_that_repeats_them_is_refused(route: bytes) -> None:
    async def ask() -> WebResponse:
        async with Site({"/page": route, f"/{FORMS[1]}": PAGE}) as site, fetching() as fetcher:
            url = site.url("/page")
            return await fetcher.fetch(WebRequest(url=url, credentials=load(url)))

    response = asyncio.run(ask())
    assert response.decision in ("refused", "failed")
    assert not any(form in repr(response) for form in FORMS)


def test_a_run_with_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(credentials=BASIC) as site, serving() as elsewhere:
        site.put_stories(range(2))
        elsewhere.put_stories([7])
        site.pages["/feed.xml"] = site.pages["/feed.xml"].replace(
            b"</channel>", f"<item><link>{elsewhere.url('/story/7')}</link></item></channel>".encode()
        )
        sources = write_sources(
            tmp_path / "s.toml",
            {"name": "mine", "kind": "feed", "address": site.url("/feed.xml"), "credentials": "mine"},
            {"name": "open", "kind": "urls", "addresses": (site.url("/story/0?open=1"),)},
        )
        run = ["run", "--direct", "--sources", str(sources), "--allow-private", "--debug"]
        run += ["--output", str(tmp_path / "out"), "--keep-raw", str(tmp_path / "raw")]
        assert _run(run) == 2
        assert f"{variable_of('mine')} is not set" in capfd.readouterr().err
        monkeypatch.setenv(variable_of("mine"), VALUE)
        assert _run(run) == 0
        assert _run(["sources", str(sources), "--allow-private", "--only", "mine"]) == 0
        assert elsewhere.authorizations == {None}
        assert site.authorizations == {None, BASIC}
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(3,)]
    assert rows(tmp_path / "out", "SELECT source, reason FROM rejections") == [("open", "http_401")]
    said = "".join(capfd.readouterr())
    written = [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    written += [gzip.decompress(path.read_bytes()) for path in (tmp_path / "raw").iterdir()]
    tables = [str(rows(tmp_path / "out", f"SELECT * FROM {name}")) for name in ("articles", "runs", "fetches")]
    assert len(written) > 9
    for form in FORMS:
        assert form not in said
        assert not any(form.encode() in content for content in written)
        assert not any(form in table for table in tables)
