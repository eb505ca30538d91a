"""Which addresses may be asked: http and https, and only what the whole world can reach.

The name is resolved once per connection, every address it resolves to is judged, and one of those is dialled, so that
no second look-up can lead elsewhere. The lists are spelled out, from IANA's special-purpose registries, because
`ipaddress.is_global` changes with the Python version and calls 64:ff9b::/96 and 2002::/16 global in 3.11.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import httpx

from flows.dot_segments import remove_dot_segments
from flows.web import NotFetched

MAX_URL_LENGTH = 8_000  # characters; servers refuse longer ones
MAX_ADDRESSES = 3  # of one name are dialled before it counts as unreachable
USER_INFO = re.compile(r"(//)[^/?#\\]*@")  # //name:secret@example.org
HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f.]*:[0-9a-f:.]+")  # news.example.org, ::1
NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)  # 2130706433, 0x7f, 0177

NOT_PUBLIC_V4 = [
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's metadata service on a public address
        "169.254.0.0/16",  # link-local, with the metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
# Only this block of IPv6 is given out. Outside it: loopback, mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96,
# 64:ff9b:1::/48), unique local, link-local, multicast.
GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_V6 = [
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation
    )
]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Origin(NamedTuple):
    """Scheme, host and port: what one connection leads to."""

    scheme: str
    host: str  # as it is looked up: ASCII, an IPv6 address without brackets
    port: int


def parse_url(text: str) -> httpx.URL:
    """Return an address that may be asked, without its fragment and dot segments. Raises NotFetched."""
    if len(text) > MAX_URL_LENGTH:
        raise NotFetched("invalid_url", f"the address has {len(text):,} characters; the limit is {MAX_URL_LENGTH:,}")
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise NotFetched("invalid_url", "the address cannot be read as one") from error  # its parts may be secrets
    if not url.scheme:
        raise NotFetched("invalid_url", "the address has no scheme; it begins with http:// or https://")
    if url.scheme not in ("http", "https"):
        raise NotFetched("unsupported_scheme", f"the scheme is {url.scheme[:20]!r}; only http and https are asked")
    if url.userinfo:
        raise NotFetched("invalid_url", "the address holds a user name or a password")
    if url.port is not None and not 0 < url.port < 65536:
        raise NotFetched("invalid_url", f"the port is {url.port}; ports go from 1 to 65535")
    _check_host(url.raw_host.decode("ascii"))
    path, mark, query = url.raw_path.decode("ascii").partition("?")
    cleaned = remove_dot_segments(path)
    return url if cleaned == path else url.copy_with(raw_path=f"{cleaned}{mark}{query}".encode("ascii"))


def resolve_link(base: httpx.URL, link: str) -> httpx.URL:
    """Return where a link of a checked address leads to. Raises NotFetched."""
    try:
        return parse_url(str(base.join(link.strip())))
    except httpx.InvalidURL as error:
        raise NotFetched("invalid_url", "the redirect's address cannot be read as one") from error


def _check_host(host: str) -> None:
    """Refuse a host that is no name and no plain address: resolvers read `0x7f.1` as 127.0.0.1."""
    if not HOST.fullmatch(host):
        raise NotFetched("invalid_url", f"the host {host!r} is neither a name nor an address" if host else "no host")
    if ":" in host or not NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return
    try:
        ipaddress.IPv4Address(host)
    except ValueError as error:
        raise NotFetched("invalid_url", f"the host {host!r} is a number, and no address in dotted decimal") from error


def origin_of(url: httpx.URL) -> Origin:
    """Return where a checked address leads to."""
    return Origin(url.scheme, url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))


def redact(url: str) -> str:
    """Return an address without user name and password."""
    return USER_INFO.sub(r"\1***@", url)


def is_public(address: str) -> bool:
    """Return whether an IP address is one that the whole world can reach."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in block for block in NOT_PUBLIC_V4)
    return ip in GLOBAL_UNICAST_V6 and not any(ip in block for block in NOT_PUBLIC_V6)


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, in the order to try them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


async def checked_addresses(
    origin: Origin, resolve: Resolve, *, allow_private: bool, has_contact: bool
) -> Sequence[str]:
    """Return the addresses of a host that may be dialled. Raises NotFetched if there is a single one that may not."""
    try:
        addresses = list(dict.fromkeys(await resolve(origin.host, origin.port)))
    except (OSError, UnicodeError) as error:
        raise NotFetched("dns_failure", f"the name {origin.host!r} does not resolve: {error}") from error
    if not addresses:
        raise NotFetched("dns_failure", f"the name {origin.host!r} has no address")
    private = [address for address in addresses if not is_public(address)]
    if private and not allow_private:
        raise NotFetched("private_address", f"{origin.host!r} leads to {private[0]}, which is not a public address")
    if len(private) < len(addresses) and not has_contact:
        raise NotFetched("no_contact", f"{origin.host!r} is a foreign host, and the user agent names no contact")
    return addresses[:MAX_ADDRESSES]
