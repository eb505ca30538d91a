"""The web site that benchmarks/fetch.py fetches: many hosts, in a process of their own, that count what they are asked.

A host is a port of 127.0.0.1. Each has the same number of generated news pages, a feed and a sitemap of them, and a
robots.txt that allows all; pages, feed and sitemap have validators and are answered with 304 where these are sent.
"""

import asyncio
import gzip
import hashlib
import json
import multiprocessing
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, Self

RULES = ("/robots.txt", "/.well-known/tdmrep.json")
MODIFIED = "Fri, 20 Nov 2026 08:00:00 GMT"
NAMES = ("Ann Lee", "Omar Diallo", "Petra Novak", "Ruth Okafor", "James Hill", "Sofia Marin", "Ivan Petrov")
ROLES = ("the mayor", "a council member", "the harbour master", "an economist", "the head teacher", "a union leader")
PLACES = ("Aldby", "Brackwater", "Cold Norton", "Dunmere", "Easthaven", "Farrow", "Glenside", "Harwick", "Inverlay")
THINGS = ("ferry", "school", "hospital wing", "tram line", "library", "flood wall", "housing plan", "market hall")
VERBS = ("approve", "reject", "delay", "review", "rebuild", "close", "extend", "sell", "repair", "insure", "debate")
REASONS = ("costs rose", "the winter storm came early", "the survey was late", "two firms withdrew", "demand fell")
SENTENCES = (
    "“We will {verb} the {thing} in {place} before {month},” said {name}, {role}.",
    "The council voted {number} to {other} on Monday to {verb} the {thing}, because {reason}.",
    "{name} told reporters that the {thing} in {place} would cost {number} million pounds.",
    "According to {role}, {number} people in {place} use the {thing} every week.",
    "“It is {number} years since anyone looked at the {thing},” {name} said, “and {reason}.”",
    "Work on the {thing} began in {month} and stopped when {reason}, a report found.",
    "{place} has {number} shops and {other} of them stand empty, figures published on Friday show.",
    "{name} denied that the {thing} had to {verb} anything, and added that {reason}.",
    "The {thing} stands between the old quay and the road to {place}, on land that was a field {number} years ago.",
    "It opened in {month} with {number} seats and a roof of slate, and {other} roads were widened for it.",
    "The {thing} in {place} is {other} miles away and was repaired twice in the years after the war.",
    "{number} houses were built beside it, and {other} more are planned for the spring.",
)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
CHROME = (
    '<nav><ul><li><a href="/">Home</a></li><li><a href="/local">Local</a></li><li><a href="/sport">Sport</a></li></ul>'
    "</nav>",
    '<footer><p>Copyright The Harbour Gazette</p><p><a href="/terms">Terms of use</a></p></footer>',
)


class Size(NamedTuple):
    """How much a site holds, and how fast it answers."""

    hosts: int
    pages: int  # of each host
    words: tuple[int, int] = (350, 700)  # of a page
    latency_s: float = 0.05


class Asked(NamedTuple):
    """One request and how it was answered."""

    host: int
    path: str
    is_conditional: bool
    status: int

    @property
    def is_rules(self) -> bool:
        """Whether it asked for the site's rules."""
        return self.path in RULES

    @property
    def has_body(self) -> bool:
        """Whether a body was sent."""
        return self.status == 200


def news_page(host: int, number: int, words: tuple[int, int]) -> bytes:
    """Return a news page, the same at every call, unlike any other."""
    draw = random.Random(f"{host}/{number}")
    wanted = draw.randint(*words)
    paragraphs: list[str] = []
    count = 0
    while count < wanted:
        paragraph = " ".join(_sentence(draw) for _ in range(draw.randint(1, 3)))
        count += len(paragraph.split())
        paragraphs.append(f"<p>{paragraph}</p>")
    thing, place = draw.choice(THINGS), draw.choice(PLACES)
    title = f"{place.title()} {thing} vote {host}-{number} splits the town"
    day = f"2026-11-{1 + number % 19:02}T08:{host % 60:02}:00Z"
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": day}
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body>{CHROME[0]}'
        f"<article><h1>{title}</h1><p>By {draw.choice(NAMES)}</p>{''.join(paragraphs)}</article>{CHROME[1]}"
        "</body></html>"
    ).encode()


def _sentence(draw: random.Random) -> str:
    return draw.choice(SENTENCES).format(
        name=draw.choice(NAMES),
        role=draw.choice(ROLES),
        place=draw.choice(PLACES),
        thing=draw.choice(THINGS),
        verb=draw.choice(VERBS),
        reason=draw.choice(REASONS),
        month=draw.choice(MONTHS),
        number=draw.randint(12, 900),
        other=draw.randint(2, 11),
    )


def page_path(number: int) -> str:
    """Return the path of a page."""
    return f"/news/{number:04}.html"


def write_pages(folder: Path, size: Size) -> Path:
    """Write the pages of a site as files; return the folder."""
    for host in range(size.hosts):
        place = folder / f"host-{host:02}"
        place.mkdir(parents=True)
        for number in range(size.pages):
            (place / f"{number:04}.html").write_bytes(news_page(host, number, size.words))
    return folder


def write_sources(folder: Path, ports: Sequence[int], size: Size) -> Path:
    """Write a source list with one source a host, a feed, a sitemap or a list of addresses; return its path."""
    lines = []
    for host, port in enumerate(ports):
        site = f"http://127.0.0.1:{port}"
        kind, address = _way_in(host, site)
        if kind == "urls":
            urls = [f"{site}{page_path(number)}\n" for number in range(size.pages)]
            (folder / address).write_text("".join(urls), encoding="utf-8")
        lines.append(f'[[sources]]\nname = "host-{host:02}"\nkind = "{kind}"\naddress = "{address}"\ndelay_s = 0\n')
    path = folder / "sources.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _way_in(host: int, site: str) -> tuple[str, str]:
    """Return kind and address of a host's source: every fourth is a feed, every fourth a sitemap, the others lists."""
    if host % 4 == 0:
        return "feed", f"{site}/feed.xml"
    if host % 4 == 1:
        return "sitemap", f"{site}/sitemap.xml"
    return "urls", f"host-{host:02}.txt"


def _feed(site: str, size: Size) -> bytes:
    items = "".join(
        f"<item><title>Page {number}</title><link>{site}{page_path(number)}</link></item>"
        for number in range(size.pages)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'.encode()


def _sitemap(site: str, size: Size) -> bytes:
    urls = "".join(f"<url><loc>{site}{page_path(number)}</loc></url>" for number in range(size.pages))
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands under a path, ready to be sent."""

    etag: bytes
    full: bytes
    unchanged: bytes


def make_resource(content: bytes, content_type: str) -> Resource:
    """Return a resource with validators, gzipped as most sites send theirs."""
    body = gzip.compress(content, mtime=0)
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    validators = f"ETag: {etag}\r\nLast-Modified: {MODIFIED}\r\nVary: Accept-Encoding\r\nServer: bench\r\n"
    head = f"HTTP/1.1 200 OK\r\n{validators}Content-Type: {content_type}\r\nContent-Encoding: gzip\r\n"
    return Resource(
        etag=etag.encode(),
        full=f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,
        unchanged=f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode(),
    )


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
ROBOTS_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (len(ROBOTS), ROBOTS)


class HostProtocol(asyncio.Protocol):
    """One connection to one host; a fraction of the CPU time that streams take."""

    def __init__(self, host: int, resources: dict[str, Resource], log: list[Asked], latency_s: float) -> None:
        self._host = host
        self._resources = resources
        self._log = log
        self._latency_s = latency_s
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request after the latency."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self._latency_s, self._send, self._answer(head))

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode("latin-1")
        fields = head.lower()
        is_conditional = b"\r\nif-none-match:" in fields or b"\r\nif-modified-since:" in fields
        status, answer = self._choose(path, head)
        self._log.append(Asked(self._host, path, is_conditional, status))
        return answer

    def _choose(self, path: str, head: bytes) -> tuple[int, bytes]:
        if path == "/robots.txt":
            return 200, ROBOTS_ANSWER
        resource = self._resources.get(path)
        if resource is None:
            return 404, NOT_FOUND
        return (304, resource.unchanged) if resource.etag in head else (200, resource.full)


def serve(pipe: Connection, size: Size) -> None:
    """Serve a site; each message on the pipe is answered with what was asked since the last."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log: list[Asked] = []
    stores: list[dict[str, Resource]] = [{} for _ in range(size.hosts)]

    def report() -> None:
        pipe.recv()
        pipe.send(list(log))
        log.clear()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        ports = []
        for host, resources in enumerate(stores):
            server = await loop.create_server(
                partial(HostProtocol, host, resources, log, size.latency_s), "127.0.0.1", 0
            )
            ports.append(server.sockets[0].getsockname()[1])
            site = f"http://127.0.0.1:{ports[-1]}"
            for number in range(size.pages):
                page = news_page(host, number, size.words)
                resources[page_path(number)] = make_resource(page, "text/html; charset=utf-8")
            resources["/feed.xml"] = make_resource(_feed(site, size), "application/rss+xml")
            resources["/sitemap.xml"] = make_resource(_sitemap(site, size), "application/xml")
        loop.add_reader(pipe.fileno(), report)
        pipe.send(ports)
        await asyncio.Event().wait()

    asyncio.run(main())


class Site:
    """A site in a process of its own, as a context manager."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._pipe, end = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(end, size), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self.ports: list[int] = self._pipe.recv()
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.join()

    def take_log(self) -> list[Asked]:
        """Return what was asked since the last call."""
        self._pipe.send(None)
        asked: list[Asked] = self._pipe.recv()
        return asked
