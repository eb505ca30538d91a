import asyncio
from collections.abc import Sequence

import pytest

from flows.addresses import Origin, checked_addresses, is_public, origin_of, parse_url, redact, resolve_link
from flows.web import NotFetched


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001:80b::200e"],
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "unsupported_scheme"),
        ("gopher://127.0.0.1:70/1", "unsupported_scheme"),
        ("ftp://example.org/", "unsupported_scheme"),
        ("data:text/html,x", "unsupported_scheme"),
        ("javascript:alert(1)", "unsupported_scheme"),
        ("", "invalid_url"),
        ("page.html", "invalid_url"),
        ("//example.org/", "invalid_url"),
        ("http://", "invalid_url"),
        ("http:///path", "invalid_url"),
        ("http://./", "invalid_url"),
        ("http://2130706433/", "invalid_url"),
        ("http://0x7f.1/", "invalid_url"),
        ("http://0x7f000001/", "invalid_url"),
        ("http://0177.0.0.1/", "invalid_url"),
        ("http://127.1/", "invalid_url"),
        ("http://127.0.0.1./", "invalid_url"),
        ("http://example.0x7f/", "invalid_url"),
        ("http://１２７.０.０.１/", "invalid_url"),
        ("http://①②⑦.0.0.1/", "invalid_url"),
        ("http://user@example.org/", "invalid_url"),
        ("http://user:secret@example.org/", "invalid_url"),
        ("http://example.org\\@127.0.0.1/", "invalid_url"),
        ("http://[::1", "invalid_url"),
        ("http://[fe80::1%25eth0]/", "invalid_url"),
        ("http://exa mple.org/", "invalid_url"),
        ("http://exa%6dple.org/", "invalid_url"),
        ("http://example.org/\r\nHost: other", "invalid_url"),
        ("http://example.org:0/", "invalid_url"),
        ("http://example.org:99999/", "invalid_url"),
        ("http://example.org/" + "a" * 8000, "invalid_url"),
    ],
)
def test_urls_that_are_not_asked(url: str, reason: str) -> None:
    with pytest.raises(NotFetched) as caught:
        parse_url(url)
    assert caught.value.reason == reason
    assert caught.value.decision == "refused"
    assert "secret" not in caught.value.error


@pytest.mark.parametrize(
    ("url", "asked", "origin"),
    [
        ("http://example.org", "http://example.org", Origin("http", "example.org", 80)),
        (" HTTPS://Example.ORG:443/a#b ", "https://example.org/a", Origin("https", "example.org", 443)),
        ("http://münchen.de/ü?q=ö", "http://münchen.de/%C3%BC?q=%C3%B6", Origin("http", "xn--mnchen-3ya.de", 80)),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/", Origin("http", "127.0.0.1", 8080)),
        ("http://[2606:4700::1]/", "http://[2606:4700::1]/", Origin("http", "2606:4700::1", 80)),
        ("http://a_b.example.org/@x", "http://a_b.example.org/@x", Origin("http", "a_b.example.org", 80)),
    ],
)
def test_urls_that_are_asked(url: str, asked: str, origin: Origin) -> None:
    assert str(parse_url(url)) in (asked, asked.replace("münchen", "xn--mnchen-3ya"))
    assert origin_of(parse_url(url)) == origin


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/b", "https://example.org/b"),
        ("b?c", "https://example.org/news/b?c"),
        ("../b", "https://example.org/b"),
        ("//other.org/b", "https://other.org/b"),
        ("http://other.org/ü", "http://other.org/%C3%BC"),
    ],
)
def test_links(link: str, target: str) -> None:
    assert str(resolve_link(parse_url("https://example.org/news/a"), link)) == target


@pytest.mark.parametrize(
    ("link", "reason"),
    [("file:///etc/passwd", "unsupported_scheme"), ("//u:secret@x/", "invalid_url"), ("http://[", "invalid_url")],
)
def test_links_that_are_not_followed(link: str, reason: str) -> None:
    with pytest.raises(NotFetched) as caught:
        resolve_link(parse_url("https://example.org/"), link)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("http://user:secret@example.org/a@b", "http://***@example.org/a@b"),
        ("http://example.org/a@b", "http://example.org/a@b"),
    ],
)
def test_redaction(url: str, redacted: str) -> None:
    assert redact(url) == redacted


@pytest.mark.parametrize(
    ("addresses", "allow_private", "has_contact", "outcome"),
    [
        (["93.184.216.34"], False, True, ["93.184.216.34"]),
        (["93.184.216.34"] * 2, False, True, ["93.184.216.34"]),
        (["93.184.216.34", "127.0.0.1"], False, True, "private_address"),
        (["127.0.0.1"], False, True, "private_address"),
        (["127.0.0.1"], True, True, ["127.0.0.1"]),
        (["127.0.0.1"], True, False, ["127.0.0.1"]),
        (["93.184.216.34"], False, False, "no_contact"),
        (["93.184.216.34"], True, False, "no_contact"),
        (["127.0.0.1", "93.184.216.34"], True, False, "no_contact"),
        (["127.0.0.1"], False, False, "private_address"),
        ([], False, True, "dns_failure"),
        (OSError("no such name"), False, True, "dns_failure"),
    ],
)
def test_checked_addresses(
    addresses: list[str] | OSError, allow_private: bool, has_contact: bool, outcome: list[str] | str
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        if isinstance(addresses, OSError):
            raise addresses
        return addresses

    origin = Origin("http", "example.org", 80)
    checked = checked_addresses(origin, resolve, allow_private=allow_private, has_contact=has_contact)
    if isinstance(outcome, str):
        with pytest.raises(NotFetched) as caught:
            asyncio.run(checked)
        assert caught.value.reason == outcome
    else:
        assert asyncio.run(checked) == outcome
