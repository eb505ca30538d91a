"""Hostile pages: each must end as an article or a reasoned rejection, within its limits, its neighbours untouched.

usage: python benchmarks/hostile.py

Writes the pages to a temporary folder and runs each alone, then all among 200 good pages with one and two workers.
Fails if an input has no row, or more than one; if a good page's rows differ from those of a run without the hostile
ones; if an input alone takes more than 10 CPU seconds of processing, or a process more than 500 MB.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

MAX_SECONDS = 10.0  # CPU seconds of processing one input
MAX_PEAK_BYTES = 500_000_000  # of resident memory, of any process of a run
GOOD_PAGES = 200
PROSE = "<p>The council voted on Monday to keep the ferry, and “it will run all winter,” said Ann Lee, the mayor.</p>"
SCRIPT = "<script>" + "var a = [1, 2, 3]; document.write('x');" * 200 + "</script>"
JSON_LD = '<script type="application/ld+json">'


def page(body: str) -> bytes:
    """Return a page with a head and the body given."""
    return f"<!DOCTYPE html><html><head><title>T</title></head><body>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )


def zipped_bomb(size: int) -> bytes:
    """Return a gzip file that inflates to `size` bytes."""
    return gzip.compress(bytes(size), mtime=0)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested-divs.html": lambda: page("<div>" * 50_000 + PROSE + "</div>" * 50_000),
    "nested-inline.html": lambda: page(PROSE + "<b><i>" * 25_000 + "deep"),
    "nested-lists.html": lambda: page("<ul><li>" * 25_000 + PROSE),
    "nested-tables.html": lambda: page("<table><tr><td>" * 17_000 + PROSE),
    "nested-quotes.html": lambda: page("<blockquote>" * 50_000 + PROSE),
    "tags-20mb.html": lambda: page("<p></p>" * 2_850_000),
    "tags-18mb-with-prose.html": lambda: page(("<p>Word said he.</p>" * 50 + "<br>" * 200) * 10_000),
    "attributes.html": lambda: page("<div " + " ".join(f"a{number}='x'" for number in range(300_000)) + ">" + PROSE),
    "links-200000.html": lambda: page(PROSE + '<a href="https://a.example/x">a link</a> ' * 200_000),
    "one-line-5mb.html": lambda: page("<p>" + "The council voted. " * 270_000 + "</p>"),
    "one-line-5mb.txt": lambda: b"The council voted. " * 270_000,
    "one-word-5mb.txt": lambda: b"x" * 5_000_000,
    "quotation-marks.txt": lambda: "“".encode() * 500_000,
    "quotation-marks-straight.txt": lambda: b'"a ' * 500_000,
    "apostrophes.txt": lambda: b"' 'a" * 500_000,
    "capitals.txt": lambda: b"A. B. Mr. " * 200_000,
    "lines.txt": lambda: b"A line of text.\n" * 300_000,
    "near-limit-tags.html": lambda: page(PROSE * 50_000),
    "near-limit-links.html": lambda: page(PROSE + '<a href="https://a.example/x">a link</a> ' * 99_000),
    "near-limit-divs.html": lambda: page(("<div>" * 200 + PROSE + "</div>" * 200) * 450),
    "near-limit-line.txt": lambda: b"The council voted. " * 52_000,
    "near-limit-marks.txt": lambda: b'"a ' * 330_000,
    "near-limit-apostrophes.txt": lambda: b"' 'a" * 245_000,
    "near-limit-capitals.txt": lambda: b"A. B. Mr. " * 99_000,
    "near-limit-lines.txt": lambda: "“A line,” he said.\n".encode() * 52_000,
    "near-limit-said.txt": lambda: "said Ann Lee, “".encode() * 66_000,
    "surrogates.html": lambda: page(PROSE + "<p>\ud800 and \udfff stand alone here, as they should not.</p>"),
    "surrogates.jsonl": lambda: b'{"text": "The council \\ud800 voted on Monday \\udc00 to keep the ferry."}',
    "nul.html": lambda: page(PROSE.replace(" ", "\0 ")),
    "nul.txt": lambda: b"The council\0 voted\0 on Monday.",
    "controls.html": lambda: page(PROSE + "<p>" + "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f controls</p>"),
    "bidi.html": lambda: page(PROSE + "<p>\u202e\u2066evil\u2069\u202c \u200f\u061c text \ufeff here</p>"),
    "charset-lies.html": lambda: b'<meta charset="utf-8">' + PROSE.encode("cp1252"),
    "charset-unknown.html": lambda: b'<meta charset="klingon">' + PROSE.encode(),
    "utf-16.html": lambda: page(PROSE).decode().encode("utf-16"),
    "truncated.html": lambda: page(PROSE * 3)[:-150],
    "truncated.html.gz": lambda: gzip.compress(page(PROSE * 50), mtime=0)[:-20],
    "truncated.jsonl.gz": lambda: gzip.compress(b'{"text": "x"}\n' * 50, mtime=0)[:-6],
    "not-gzip.html.gz": lambda: page(PROSE),
    "bomb.html.gz": lambda: zipped_bomb(2_000_000_000),
    "bomb.jsonl.gz": lambda: zipped_bomb(2_000_000_000),
    "binary.html": lambda: bytes(range(256)) * 4_000,
    "png.html": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "pdf.txt": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 100,
    "empty.html": lambda: b"",
    "empty.txt": lambda: b"",
    "blank.html": lambda: b" \n\t " * 1_000,
    "frames.html": lambda: b'<html><frameset cols="1,1"><frame src="a.html"><frame src="b.html"></frameset></html>',
    "script.html": lambda: page(SCRIPT * 20),
    "comments.html": lambda: page("<!--" + PROSE * 20_000),
    "unclosed-tags.html": lambda: page(PROSE + "<p" * 500_000),
    "angles.html": lambda: page(PROSE + "<" * 2_000_000),
    "entities.html": lambda: page("<p>" + "&amp;" * 500_000 + "&#x110000;&#0;&nosuch;" * 1_000),
    "doctype.html": lambda: b'<!DOCTYPE x [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;&a;">]>' + page(PROSE + "&b;"),
    "json-ld-deep.html": lambda: page(JSON_LD + "[" * 200_000 + "</script>" + PROSE),
    "json-ld-many.html": lambda: page((JSON_LD + '{"@type":"Article"}</script>') * 20_000 + PROSE),
    "json-deep.jsonl": lambda: b'{"text": ' + b"[" * 200_000,
    "csv-quote.csv": lambda: b'id,text\n1,"never closed ' + b"x" * 1_000_000,
}  # fmt: skip


def main() -> int:
    """Print a line per hostile input and what is wrong; return 1 if anything is."""
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = write_files(
            folder / "good", {f"good-{number:03}.html": good_page(number) for number in range(GOOD_PAGES)}
        )
        baseline = run(folder, good, name="baseline")
        for file, make in HOSTILE.items():
            alone = write_files(folder / "alone" / file, {file: make()})
            failures += check_alone(file, run(folder, alone, name=f"alone-{file}"))
        hostile = write_files(folder / "hostile", {file: make() for file, make in HOSTILE.items()})
        for workers in (1, 2):
            mixed = run(folder, good, hostile, name=f"mixed-{workers}", workers=workers)
            failures += check_mixed(workers, mixed, baseline)
    for failure in failures:
        print(f"WRONG  {failure}")
    print(f"{len(HOSTILE)} hostile inputs, {len(failures)} failures")
    return 1 if failures else 0


def good_page(number: int) -> bytes:
    """Return an ordinary page."""
    return page(f"<h1>Ferry {number} stays</h1>" + PROSE.replace("Monday", f"day {number}") * 8)


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Write the files; return the folder."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


class Run:
    """One run and what it left: seconds of the run, the peak of its processes, its rows."""

    def __init__(self, output: Path, summary: dict[str, object], peak_bytes: int, cpu_seconds: float) -> None:
        self.summary = summary
        self.peak_bytes = peak_bytes
        self.cpu_seconds = cpu_seconds
        self.articles = self._query(output, "SELECT url, title, text FROM {articles} ORDER BY ALL")
        self.rejections = self._query(output, "SELECT item, reason, error FROM {rejections} ORDER BY ALL")
        self.good_statements = self._query(
            output,
            "SELECT a.url, t.* FROM {statements} t JOIN {articles} a USING (article_id) "
            "WHERE a.url LIKE 'file:good/%' ORDER BY ALL",
        )

    @staticmethod
    def _query(output: Path, sql: str) -> list[tuple[object, ...]]:
        tables = {
            name: f"read_parquet('{output / name}/**/*.parquet')" for name in ("articles", "statements", "rejections")
        }
        with duckdb.connect() as connection:
            return connection.execute(sql.format(**tables)).fetchall()


def run(folder: Path, *inputs: Path, name: str, workers: int = 1) -> Run:
    """Run onrecord over the inputs, watching its processes."""
    output = folder / f"output-{name}"
    command = [sys.executable, "-m", "flows.cli", "run", *map(str, inputs), "--direct", "--json", "--max-rejected", "1"]
    command += ["--output", str(output), "--workers", str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watcher = Watcher(process.pid)
    watcher.start()
    stdout, stderr = process.communicate(timeout=600)
    watcher.stop()
    if process.returncode != 0:
        raise RuntimeError(f"{name}: exit code {process.returncode}: {stderr}")
    return Run(output, json.loads(stdout), watcher.peak_bytes, watcher.cpu_seconds)


class Watcher(threading.Thread):
    """Samples the processes below one: highest resident memory of any, CPU time of all."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._pid = pid
        self._seconds: dict[int, float] = {}
        self._stopped = threading.Event()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all processes seen."""
        return sum(self._seconds.values())

    def run(self) -> None:
        """Sample until stopped."""
        while not self._stopped.wait(0.05):
            for pid in descendants(self._pid):
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
                self.peak_bytes = max(self.peak_bytes, 1024 * int(peak))
                self._seconds[pid] = (int(stat[11]) + int(stat[12])) / 100  # user and system, in clock ticks

    def stop(self) -> None:
        """Stop sampling."""
        self._stopped.set()
        self.join()


def descendants(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


IDLE_SECONDS = 4.0  # CPU time of a run without anything to do: imports, models, tables; 2.2 to 3.3 measured


def check_alone(file: str, result: Run) -> list[str]:
    """Print what became of one input; return what is wrong."""
    rows = len(result.articles) + len(result.rejections)
    outcome = "article" if result.articles else "; ".join(f"{row[1]}: {row[2]}" for row in result.rejections)
    peak = result.peak_bytes / 1e6
    print(f"{file:32} {result.cpu_seconds:5.1f} CPU-s {peak:5.0f} MB  {outcome[:90]}", flush=True)
    expected = result.summary["inputs"]
    problems = []
    if rows != expected or rows == 0:
        problems.append(f"{file}: {rows} rows for {expected} inputs")
    if result.cpu_seconds > MAX_SECONDS + IDLE_SECONDS:
        problems.append(f"{file}: {result.cpu_seconds:.1f} CPU seconds")
    if result.peak_bytes > MAX_PEAK_BYTES:
        problems.append(f"{file}: {peak:.0f} MB")
    return problems


def check_mixed(workers: int, mixed: Run, baseline: Run) -> list[str]:
    """Return what is wrong with a run of good and hostile pages."""
    name = f"{workers} workers"
    problems = []
    if [row for row in mixed.articles if str(row[0]).startswith("file:good/")] != baseline.articles:
        problems.append(f"{name}: the good articles differ")
    if mixed.good_statements != baseline.good_statements:
        problems.append(f"{name}: the statements of the good articles differ")
    items = {str(row[0]).partition("#")[0] for row in (*mixed.articles, *mixed.rejections)}
    missing = {f"file:hostile/{file}" for file in HOSTILE} - items
    if missing:
        problems.append(f"{name}: no row for {', '.join(sorted(missing))}")
    if len(mixed.articles) + len(mixed.rejections) != mixed.summary["inputs"]:
        problems.append(f"{name}: {len(mixed.articles) + len(mixed.rejections)} rows, {mixed.summary['inputs']} inputs")
    print(f"among {GOOD_PAGES} good pages, {name}: {mixed.cpu_seconds:.0f} CPU-s, {mixed.peak_bytes / 1e6:.0f} MB")
    if mixed.peak_bytes > MAX_PEAK_BYTES:
        problems.append(f"{name}: {mixed.peak_bytes / 1e6:.0f} MB")
    return problems


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(code)
