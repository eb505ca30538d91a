"""CPU time that the client takes for a page of a loopback site.

    python benchmarks/fetch_client.py [--hosts 40] [--pages 50]

The site runs in a process of its own: 40 hosts, pages of 80 KB that gzip packs to 24, 14 headers; robots.txt and
tdmrep.json are asked for and are not there.
"""

import argparse
import asyncio
import gzip
import multiprocessing
import random
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.fetch import Fetcher
from flows.manners import Manners
from flows.web import WebRequest

CEILING_MS = 2.0  # CPU time a page; at 80 pages a second 8 % of two cores


def make_answer() -> bytes:
    """Return a page as a server sends it."""
    words = [f"word{random.Random(number).randrange(10**6)}" for number in range(3000)]
    body = gzip.compress(("<p>" + " ".join(random.Random(0).choices(words, k=8000)) + "</p>").encode())
    headers = [f"X-Header-{number}: a value of usual length {number}" for number in range(11)]
    headers += ["Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip", f"Content-Length: {len(body)}"]
    return ("HTTP/1.1 200 OK\r\n" + "\r\n".join(headers) + "\r\n\r\n").encode() + body


def serve(ports: Connection, hosts: int) -> None:
    """Serve the same page on so many ports, for ever."""
    page = make_answer()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            is_page = request.startswith(b"GET /page")
            writer.write(page if is_page else b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    async def main() -> None:
        servers = [await asyncio.start_server(handle, "127.0.0.1", 0) for _ in range(hosts)]
        ports.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.Event().wait()

    asyncio.run(main())


async def fetch_all(ports: list[int], pages: int) -> int:
    """Return how many pages were fetched."""
    urls = [f"http://127.0.0.1:{port}/page/{number}" for number in range(pages) for port in ports]
    async with Fetcher(Manners(allow_private=True, delay_s=0)) as fetcher:
        responses = await asyncio.gather(*(fetcher.fetch(WebRequest(url=url)) for url in urls))
    return sum(response.decision == "fetched" for response in responses)


def main() -> None:
    """Measure, print, and fail over the ceiling."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--pages", type=int, default=50)
    arguments = parser.parse_args()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(sender, arguments.hosts), daemon=True)
    server.start()
    ports = receiver.recv()
    cpu, wall = time.process_time(), time.perf_counter()
    fetched = asyncio.run(fetch_all(ports, arguments.pages))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    server.terminate()
    expected = arguments.hosts * arguments.pages
    print(f"{fetched} of {expected} pages, {1000 * cpu / expected:.2f} ms CPU a page, {expected / wall:.0f} pages/s")
    if fetched < expected or 1000 * cpu / expected > CEILING_MS:
        sys.exit(f"over {CEILING_MS} ms a page, or pages are missing")


if __name__ == "__main__":
    main()
