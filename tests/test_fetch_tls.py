"""The client believes only a site whose name is certified."""

import asyncio
import ssl

from flows.manners import Manners
from flows.web import WebRequest, WebResponse
from tests.web_site import (
    PAGE,
    PUBLIC,
    LoopbackNetwork,
    Site,
    fetching,
)


def ask_tls(name: str, site_tls: ssl.SSLContext, client_tls: ssl.SSLContext | None) -> WebResponse:
    async def fetch() -> WebResponse:
        async with Site({"/page": PAGE}, tls=site_tls) as site:
            network = LoopbackNetwork(names={name: [[PUBLIC]]}, port=site.port)
            manners = Manners(contact="a@b.org", delay_s=0)
            async with fetching(manners=manners, network=network, tls=client_tls) as fetcher:
                return await fetcher.fetch(WebRequest(url=f"https://{name}/page"))

    return asyncio.run(fetch())


def test_a_trusted_name(site_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    assert ask_tls("good.example.org", site_tls, client_tls).decision == "fetched"


def test_another_name(site_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    response = ask_tls("other.example.org", site_tls, client_tls)
    assert (response.decision, response.reason) == ("failed", "tls_error")
    assert "other.example.org" in (response.error or "")


def test_an_unknown_authority(site_tls: ssl.SSLContext) -> None:
    assert ask_tls("good.example.org", site_tls, None).reason == "tls_error"
