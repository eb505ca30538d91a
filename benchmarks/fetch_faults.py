"""Broken servers beside healthy ones, each on a port of 127.0.0.1. For benchmarks/fetch.py."""

import argparse
import asyncio
import gzip
import io
import multiprocessing
import random
import signal
import socket
import struct
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing.connection import Connection
from pathlib import Path
from ssl import SSLContext

from benchmarks.fetch_runs import Finished, memory, over_memory, run
from benchmarks.fetch_site import news_page
from tests.tls import make_contexts

HEALTHY_HOSTS, HEALTHY_PAGES = 5, 8
PATH = "/news/page.html"
MEGABYTE = bytes(1_000_000)
TLS_HANDSHAKE = b"\x16"  # the first byte of a TLS connection
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PROSE = (
    "<h1>Ferry stays</h1>" + "<p>The council voted on Monday to keep the ferry, and “it will run all winter,” said Ann "
    "Lee, the mayor. Its crew of nine “could not be happier,” she told the café owners on the quay.</p>" * 3
)
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]  # the path comes last


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return an answer; `content_type` and the like name headers."""
    named = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


class Fixed:
    """A server of one answer."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make

    @cached_property
    def answer(self) -> bytes:
        """The answer, which may take a second to make."""
        return self._make()

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
        """Answer."""
        writer.write(self.answer)


def in_turn(*answers: bytes) -> Serve:
    """Return a server of one answer after the other, the last one for good."""
    left = list(answers)

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return serve


def html(text: str = PROSE, encoding: str = "utf-8") -> bytes:
    """Return a page."""
    return f'<!DOCTYPE html><html lang="en"><head><title>Ferry stays</title></head><body>{text}</body></html>'.encode(
        encoding
    )


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
    """Answer with a reset."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    """Send half a page, then a reset."""
    writer.write(HEAD + b"Content-Length: 5000\r\n\r\n<p>The council")
    await asyncio.sleep(0.2)
    await reset(reader, writer, path)


async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _path: str) -> None:
    """Take the question and keep still."""
    await reader.read()


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
    """Send a byte every half second."""
    writer.write(HEAD + b"Content-Length: 5000\r\n\r\n")
    for byte in html():
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.5)


async def redirect_on(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    """Redirect to ever another address."""
    number = int(path.rpartition("?")[2]) if "?" in path else 0
    writer.write(answer(b"", "302 Found", location=f"{PATH}?{number + 1}"))


async def close_early(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
    """Announce more than is sent."""
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n" + html())
    await writer.drain()
    writer.close()


async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str, head: bytes = HEAD) -> None:
    """Send a body of 2 GB, if it is taken."""
    writer.write(head + b"\r\n")
    for _ in range(2_000):
        writer.write(MEGABYTE)
        await writer.drain()
    writer.close()


async def pour_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _path: str) -> None:
    """Send headers without end."""
    writer.write(HEAD)
    while not writer.is_closing():
        writer.write(b"X-More: " + b"x" * 1_000 + b"\r\n")
        await writer.drain()


def gzip_bomb() -> bytes:
    """Return a gzip body of 2 MB that inflates to 2 GB, in members of 10 MB."""
    return gzip.compress(bytes(10_000_000), mtime=0) * 200


def zip_bomb() -> bytes:
    """Return a zip file of 100 KB that holds 100 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", bytes(100_000_000))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a server does with its one page, and what should come of that."""

    serve: Serve
    reason: str | None  # in `rejections`; None: an article with the text of the page
    robots: Serve | None = None  # None: there is none
    tls: bool = False
    is_slow: bool = False  # takes a minute by our own limits


def huge_robots(first: bytes, last: bytes) -> bytes:
    """Return an answer with a robots.txt of 100 MB."""
    return answer(first + b"# filler\n" * 11_000_000 + last, content_type="text/plain")


GOOD = Fixed(lambda: answer(html()))
DISALLOW = f"User-agent: *\nDisallow: {PATH}\n".encode()
CURLY = "“it will run all winter,” said Ann Lee"  # of PROSE, as it must come out of any encoding
FAULTS: Mapping[str, Fault] = {
    "429-long": Fault(serve=Fixed(lambda: answer(b"", "429 Slow", retry_after="7200")), reason="http_429"),
    "429-short": Fault(serve=in_turn(answer(b"", "429 Slow", retry_after="2"), answer(html())), reason=None),
    "503": Fault(serve=Fixed(lambda: answer(b"", "503 Service Unavailable")), reason="http_503"),
    "503-once": Fault(serve=in_turn(answer(b"", "503 Service Unavailable"), answer(html())), reason=None),
    "404": Fault(serve=Fixed(lambda: NOT_FOUND), reason="http_404"),
    "reset": Fault(serve=reset, reason="connection_failed"),
    "reset-in-the-body": Fault(serve=reset_in_the_body, reason="connection_failed"),
    "silence": Fault(serve=say_nothing, reason="timed_out", is_slow=True),
    "slow-drip": Fault(serve=drip, reason="too_slow", is_slow=True),
    "endless-redirect": Fault(serve=redirect_on, reason="too_many_redirects"),
    "redirect-loop": Fault(serve=Fixed(lambda: answer(b"", "302 Found", location=PATH)), reason="redirect_loop"),
    "gzip-bomb": Fault(serve=Fixed(lambda: answer(gzip_bomb(), content_encoding="gzip")), reason="inflates_too_far"),
    "gzip-bomb-in-gzip": Fault(
        serve=Fixed(lambda: answer(gzip.compress(gzip_bomb()), content_encoding="gzip")), reason="not_text"
    ),
    "zip-bomb": Fault(serve=Fixed(lambda: answer(zip_bomb(), content_type="application/zip")), reason="wrong_type"),
    "zip-bomb-as-page": Fault(serve=Fixed(lambda: answer(zip_bomb())), reason="not_text"),
    "length-too-long": Fault(serve=close_early, reason="truncated"),
    "length-too-short": Fault(serve=Fixed(lambda: answer(html(), content_length="50")), reason="truncated"),
    "wrong-charset": Fault(serve=Fixed(lambda: answer(html(encoding="cp1252"))), reason=None),
    "unknown-charset": Fault(
        serve=Fixed(lambda: answer(html(), content_type="text/html; charset=klingon")), reason=None
    ),
    "charset-of-the-header": Fault(
        serve=Fixed(lambda: answer(html(encoding="utf-16-le"), content_type="text/html; charset=utf-16le")), reason=None
    ),
    "brotli-unasked": Fault(serve=Fixed(lambda: answer(b"abc", content_encoding="br")), reason="bad_encoding"),
    "2-gb": Fault(serve=pour, reason="too_large"),
    "2-gb-announced": Fault(serve=partial(pour, head=HEAD + b"Content-Length: 2000000000\r\n"), reason="too_large"),
    "endless-headers": Fault(serve=pour_headers, reason="headers_too_large"),
    "tls-untrusted": Fault(serve=GOOD, reason="tls_error", tls=True),
    "huge-robots-disallowing": Fault(
        serve=GOOD, robots=Fixed(lambda: huge_robots(DISALLOW, b"")), reason="robots_disallowed"
    ),
    "huge-robots-late-rule": Fault(serve=GOOD, robots=Fixed(lambda: huge_robots(b"", DISALLOW)), reason=None),
    "robots-503": Fault(
        serve=GOOD, robots=Fixed(lambda: answer(b"", "503 Service Unavailable")), reason="robots_unreachable"
    ),
}  # fmt: skip
ELSEWHERE = {"dns-failure": "dns_failure", "nobody-listens": "connection_failed", "tls-on-a-plain-port": "tls_error"}


def serve_faults(pipe: Connection, names: list[str], folder: str) -> None:
    """Serve each fault and the healthy hosts on ports of their own, for ever; send the ports."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    for fault in FAULTS.values():
        for serve in (fault.serve, fault.robots):
            if isinstance(serve, Fixed):
                _ = serve.answer  # made now, so that nobody waits for it

    async def main() -> None:
        tls = make_contexts(Path(folder), "localhost")[0]
        ports = [await _listen(partial(_handle, FAULTS[name]), tls if FAULTS[name].tls else None) for name in names]
        for host in range(HEALTHY_HOSTS):
            healthy = Fault(serve=partial(_serve_healthy, host), reason=None)
            ports.append(await _listen(partial(_handle, healthy)))
        pipe.send(ports)
        await asyncio.Event().wait()

    asyncio.run(main())


async def _listen(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], tls: SSLContext | None = None
) -> int:
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    return int(server.sockets[0].getsockname()[1])


async def _serve_healthy(host: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    writer.write(answer(news_page(host, int(path.rpartition("/")[2]), (100, 200))))


async def _handle(fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while not writer.is_closing():
            start = await reader.readexactly(1)
            if start == TLS_HANDSHAKE:  # at a port without TLS
                writer.write(answer(b"", "400 Bad Request"))
                break
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            if path == "/robots.txt" and fault.robots:
                await fault.robots(reader, writer, path)
            elif path in ("/robots.txt", "/.well-known/tdmrep.json"):
                writer.write(NOT_FOUND)
            else:
                await fault.serve(reader, writer, path)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        writer.close()


def check_faults(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong after a run over all faults, in any order, healthy pages between them."""
    names = [name for name, fault in FAULTS.items() if not (options.small and fault.is_slow)]
    pipe, end = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve_faults, args=(end, names, str(folder)), daemon=True
    )
    server.start()
    try:
        ports = pipe.recv()
        urls = {
            name: f"http{'s' if FAULTS[name].tls else ''}://127.0.0.1:{port}{PATH}"
            for name, port in zip(names, ports, strict=False)
        }
        urls["dns-failure"] = f"http://nowhere.invalid{PATH}"
        urls["nobody-listens"] = f"http://127.0.0.1:{_free_port()}{PATH}"
        urls["tls-on-a-plain-port"] = f"https://127.0.0.1:{ports[-1]}{PATH}"
        for host, port in enumerate(ports[len(names) :]):
            for number in range(HEALTHY_PAGES):
                urls[f"healthy-{host}-{number}"] = f"http://127.0.0.1:{port}/news/{number}"
        finished = run("--sources", _write_sources(folder, urls), "--allow-private", output=folder / "output")
    finally:
        server.kill()
    return _judge(urls, finished)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _write_sources(folder: Path, urls: Mapping[str, str]) -> Path:
    shuffled = random.Random(1).sample(sorted(urls.values()), len(urls))
    (folder / "urls.txt").write_text("".join(f"{url}\n" for url in shuffled), encoding="utf-8")
    path = folder / "sources.toml"
    path.write_text(
        '[[sources]]\nname = "faults"\nkind = "urls"\naddress = "urls.txt"\ndelay_s = 0\n', encoding="utf-8"
    )
    return path


def _judge(urls: Mapping[str, str], finished: Finished) -> list[str]:
    """Print what became of each address; return what is wrong."""
    articles = dict(finished.rows("SELECT url, text FROM {articles}"))
    rejections = {item: row for item, *row in finished.rows("SELECT item, step, reason, error FROM {rejections}")}
    failures = over_memory("faults", finished)
    written = 0
    for name, url in urls.items():
        reason = FAULTS[name].reason if name in FAULTS else ELSEWHERE.get(name)
        step, found, error = rejections.get(url, (None, None, None))
        if name.startswith("healthy"):
            written += url in articles
        else:
            outcome = "article" if url in articles else f"{step}: {found}: {error}"
            print(f"faults: {name:24} {outcome[:120]}")
        if (url in articles) == (url in rejections):
            failures.append(f"faults: {name}: {'both an article and a rejection' if url in articles else 'no row'}")
        elif found != reason:
            failures.append(f"faults: {name}: {found or 'an article'}, expected {reason or 'an article'}")
        elif name in FAULTS and reason is None and CURLY not in articles[url]:
            failures.append(f"faults: {name}: the text is {articles[url][:60]!r}")
    rows, inputs = len(articles) + len(rejections), (finished.summary or {}).get("inputs")
    if rows != inputs or rows != len(urls):
        failures.append(f"faults: {rows} rows for {inputs} inputs and {len(urls)} addresses")
    print(
        f"faults: {len(urls)} addresses, {written} healthy pages written; {finished.seconds:.0f} s, {memory(finished)}"
    )
    return failures
