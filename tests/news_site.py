"""A news site on a loopback socket in threads of its own, for runs that fetch."""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

RULES = ("/robots.txt", "/.well-known/tdmrep.json")


class Asked(NamedTuple):
    """One request and its answer."""

    path: str
    is_conditional: bool
    status: int


@dataclass(kw_only=True)
class NewsSite:
    """Pages by path; what is asked besides the site's rules is remembered."""

    pages: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)  # answered instead of a page
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    credentials: str | None = None  # without which pages are answered with 401
    authorizations: set[str | None] = field(default_factory=set)  # that were sent
    port: int = 0

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put_stories(self, numbers: Sequence[int], version: str = "") -> list[str]:
        """Serve stories, and a feed of all of them at /feed.xml; return their addresses."""
        for number in numbers:
            self.pages[f"/story/{number}"] = story(number, version)
        urls = [self.url(path) for path in self.pages if path.startswith("/story/")]
        items = "".join(f"<item><title>Ferry</title><link>{url}</link></item>" for url in urls)
        self.pages["/feed.xml"] = f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'.encode()
        return urls

    def take(self) -> list[Asked]:
        """Return what was asked since the last time."""
        asked = self.asked[:]
        self.asked.clear()
        return asked


def story(number: int, version: str = "") -> bytes:
    """Return a page with one quotation."""
    body = f"“It is day {number}{version},” said Ann Lee, the mayor of Brack, on Monday. The ferry waited for the tide."
    title = f"The ferry of day {number}"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{body}</p></body></html>".encode()


@contextmanager
def serving(*, delay_s: float = 0.0, credentials: str | None = None) -> Iterator[NewsSite]:
    """Give a site that is being served."""
    site = NewsSite(delay_s=delay_s, credentials=credentials)
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if site.delay_s:
                ended.wait(site.delay_s)
            body = site.pages.get(self.path)
            status = site.statuses.get(self.path, 404 if body is None else 200)
            authorization = self.headers.get("Authorization")
            site.authorizations.add(authorization)
            if site.credentials not in (None, authorization) and self.path not in RULES:
                status = 401
            etag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
            condition = self.headers.get("If-None-Match")
            if status == 200 and condition == etag:
                status = 304
            if self.path not in RULES:
                site.asked.append(Asked(self.path, condition is not None, status))
            content = body if status == 200 and body is not None else b""
            self.send_response(status)
            if status in (200, 304):
                self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/xml" if self.path.endswith(".xml") else "text/html")
            for name, value in site.headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


def write_sources(path: Path, *sources: Mapping[str, object]) -> Path:
    """Write a sources.toml whose sources ask without delay."""
    lines = []
    for source in sources:
        lines.append("[[sources]]")
        values = {"delay_s": 0, **source}
        lines += [f"{key} = {list(value) if isinstance(value, tuple) else value!r}" for key, value in values.items()]
    path.write_text("\n".join(lines) + "\n")
    return path


def feed_of(site: NewsSite, folder: Path) -> str:
    """Write a sources.toml of the site's feed; return its path."""
    return str(write_sources(folder / "s.toml", {"name": "n", "kind": "feed", "address": site.url("/feed.xml")}))


def asked_bodies(asked: list[Asked]) -> list[str]:
    """Return the paths that were answered with a body."""
    return sorted(entry.path for entry in asked if entry.status == 200)
