"""A web site on a loopback socket, and the network and clock that a Fetcher under test is given."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from flows.connection import Streams
from flows.fetch import Fetcher
from flows.manners import FetchLimits, Manners
from flows.rules_cache import RulesCache
from flows.web import WebRequest, WebResponse

PUBLIC = "93.184.216.34"  # an address that is public; every test dials the site instead
ROBOTS = "/robots.txt"
TDMREP = "/.well-known/tdmrep.json"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Route = bytes | Sequence[bytes] | Handler  # an answer; answers in turn, the last one for good; or what gives one


def answer(body: bytes = b"<p>Hello.</p>", status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = {"Content-Type": "text/html", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return answer(b"", status, {"Location": location})


def robots(*lines: str) -> bytes:
    """Return a robots.txt that tells us these lines."""
    return answer("\n".join(["User-agent: onrecord", *lines]).encode())


PAGE = answer(b"<p>She said so.</p>", headers={"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"})


class Site:
    """Answers from a table of paths; remembers who connected and what was asked."""

    def __init__(self, routes: Mapping[str, Route], tls: ssl.SSLContext | None = None) -> None:
        self.routes = dict(routes)
        self.accepted = 0
        self.open_now = 0
        self.most_open = 0
        self.asked: list[str] = []  # paths
        self.headers: list[dict[str, str]] = []  # of each request, names in lower case
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    @property
    def pages(self) -> list[str]:
        """What was asked besides the site's rules."""
        return [path for path in self.asked if path not in (ROBOTS, TDMREP)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                request, *lines = head.strip().split("\r\n")
                path = request.split(" ")[1]
                self.asked.append(path)
                self.headers.append({name.lower(): value for name, value in (line.split(": ", 1) for line in lines)})
                await self._answer(path, reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _answer(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        route = self.routes.get(path, NOT_FOUND)
        if callable(route):
            await route(reader, writer)
            return
        if not isinstance(route, bytes):
            turn = min(self.asked.count(path), len(route)) - 1
            route = route[turn]
        writer.write(route)
        await writer.drain()


@dataclass(kw_only=True)
class LoopbackNetwork:
    """Resolves names from a table, remembers what is dialled, and dials loopback servers instead of the world."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)  # answers in turn, the last one for good
    port: int | None = None  # where dials of public addresses end up; None: the port that is asked for
    resolved: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    most_open: int = 0  # connections to one port at once
    _writers: dict[int, list[asyncio.StreamWriter]] = field(default_factory=dict)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        if host not in self.names:
            found = await asyncio.get_running_loop().getaddrinfo(host, port)
            return [str(address[0]) for *_, address in found]
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def dial(self, address: str, port: int, tls: ssl.SSLContext | None, name: str) -> Streams:
        self.dialled.append(address)
        streams = await asyncio.open_connection(
            "127.0.0.1", self.port or port, ssl=tls, server_hostname=name if tls else None
        )
        still_open = [writer for writer in self._writers.get(port, []) if not writer.is_closing()]
        self._writers[port] = [*still_open, streams[1]]
        self.most_open = max(self.most_open, len(self._writers[port]))
        return streams


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def timer(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@asynccontextmanager
async def fetching(
    *,
    manners: Manners | None = None,
    limits: FetchLimits | None = None,
    network: LoopbackNetwork | None = None,
    clock: Clock | None = None,
    tls: ssl.SSLContext | None = None,
    rules_cache: RulesCache | None = None,
) -> AsyncIterator[Fetcher]:
    """A Fetcher that may ask loopback servers, without delay, by a clock that only sleeping moves."""
    clock = clock or Clock()
    async with Fetcher(
        manners or Manners(allow_private=True, delay_s=0),
        limits,
        rules_cache=rules_cache,
        network=network,
        tls=tls,
        clock=clock.now,
        timer=clock.timer,
        sleep=clock.sleep,
        jitter=lambda: 0.0,
    ) as fetcher:
        yield fetcher


async def fetch_one(
    routes: Mapping[str, Route], path: str = "/page", *, limits: FetchLimits | None = None
) -> tuple[WebResponse, Site]:
    """Return what comes of one page of a site made of routes, and the site."""
    async with Site(routes) as site, fetching(limits=limits) as fetcher:
        return await fetcher.fetch(WebRequest(url=site.url(path))), site
