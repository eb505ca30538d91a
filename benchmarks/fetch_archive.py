"""A large web archive: read as a stream, and on from where the dataset stands after a kill. For benchmarks/fetch.py."""

import argparse
import gzip
import os
import random
import subprocess
import threading
import time
from pathlib import Path

from benchmarks.fetch_runs import content, file_hashes, kill_group, memory, over_memory, query, run, start
from benchmarks.fetch_site import news_page

WORDS = (20, 40)  # of a page: what is measured is the reading
START_BYTES = 1_000_000  # in which a reader may look at the signature and the first record
KILL_DELAY_S = 1.0  # after the first commit: something is under way again
WAIT_S = 600.0


def check_archive(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong with reading an archive, whole, killed, read on, and again."""
    pages = 2_600 if options.small else 5_000  # a run commits after 2,000
    archive = write_archive(folder / "archive.warc.gz", pages, 1_000_000 * options.archive_mb)
    whole = run(archive, output=folder / "whole")
    failures = over_memory("archive", whole)
    print(f"archive: {archive.stat().st_size / 1e6:,.0f} MB, {pages:,} pages: {whole.seconds:.0f} s, {memory(whole)}")
    written = len(content(whole.output)["articles"])
    if written != pages:
        failures.append(f"archive: {written:,} articles of {pages:,} pages")

    output = folder / "killed"
    committed = _run_until_commit(archive, output)
    if not 0 < committed < pages:
        return [*failures, f"archive: {committed:,} articles were committed when it was killed, which tells nothing"]
    positions = _read_positions(archive, output)
    # Pages lie evenly in the file, so that this is how far the committed ones reach.
    reached = int(archive.stat().st_size * committed / pages)
    between = [position for position in positions if START_BYTES < position < 0.95 * reached]
    print(f"archive: killed with {committed:,} articles, {reached / 1e6:,.0f} MB into the file; run again, it was read")
    print(
        f"archive: from {min(set(positions) - {0}, default=0) / 1e6:,.1f} MB on, seen at {len(set(positions))} places"
    )
    if not positions:
        failures.append("archive: nobody was seen reading it, so that where from is not known")
    if between:
        failures.append(f"archive: read from {min(between) / 1e6:,.1f} MB on, though {reached / 1e6:,.0f} MB stood")
    if content(output) != content(whole.output):
        failures.append("archive: the tables differ from those of a run that was not killed")

    before = file_hashes(output)
    positions = _read_positions(archive, output)
    print(f"archive: run once more, it was read up to {max(positions, default=0) / 1e6:,.1f} MB")
    if max(positions, default=0) > START_BYTES:
        failures.append("archive: finished and unchanged, it was read again")
    if file_hashes(output) != before:
        failures.append("archive: a run over a finished archive changed tables")
    return failures


def write_archive(path: Path, pages: int, size: int) -> Path:
    """Write an archive of about `size` bytes, a picture before each page; return its path."""
    draw = random.Random(0)
    with path.open("wb") as stream:
        for number in range(pages):
            page = _record(number, "text/html; charset=utf-8", news_page(number // 50, number, WORDS), level=6)
            missing = size * (number + 1) // pages - stream.tell() - len(page)
            picture = draw.randbytes(max(1, missing - 500))
            stream.write(_record(number, "image/jpeg", picture, level=0) + page)
    return path


def _record(number: int, content_type: str, body: bytes, level: int) -> bytes:
    """Return a response record as a gzip member."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        content_type.encode(),
        len(body),
        body,
    )
    ending = "html" if content_type.startswith("text") else "jpg"
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: 2026-11-20T08:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:08}{len(ending):04}>\r\n"
        f"WARC-Target-URI: https://host-{number // 50}.example.org/news/{number:05}.{ending}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=level, mtime=0)


def _run_until_commit(archive: Path, output: Path) -> int:
    """Kill a run some time after its first commit; return how many articles are committed."""
    process = start(archive, output=output)
    deadline = time.monotonic() + WAIT_S
    while process.poll() is None and time.monotonic() < deadline and not _committed(output):
        time.sleep(0.1)
    time.sleep(KILL_DELAY_S)
    kill_group(process)
    return _committed(output)


def _committed(output: Path) -> int:
    if not any(output.glob("articles/**/*.parquet")):
        return 0
    ((count,),) = query(output, "SELECT count(*) FROM {articles}")
    return int(count)


def _read_positions(archive: Path, output: Path) -> list[int]:
    """Run over an archive; return the positions at which its reader was seen."""
    process = start(archive, output=output)
    reader = Reader(process, archive)
    reader.start()
    _, stderr = process.communicate()
    reader.join()
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}: {stderr.strip()}")
    return reader.positions


class Reader(threading.Thread):
    """Looks, a hundred times a second, where in a file a process stands that has it open."""

    def __init__(self, process: subprocess.Popen[str], file: Path) -> None:
        super().__init__(daemon=True)
        self.positions: list[int] = []
        self._process = process
        self._path = str(file.resolve())

    def run(self) -> None:
        """Look until the process ends."""
        folder = f"/proc/{self._process.pid}"
        while self._process.returncode is None:
            try:
                for name in os.listdir(f"{folder}/fd"):
                    if os.readlink(f"{folder}/fd/{name}") == self._path:
                        text = Path(f"{folder}/fdinfo/{name}").read_text()
                        self.positions.append(int(text.split()[1]))  # pos:	4096
            except OSError:
                pass
            time.sleep(0.01)
