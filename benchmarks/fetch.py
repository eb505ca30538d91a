"""Fetching through the command line, from loopback sites: speed, second runs, kills, faults, attacks, archives.

usage: python benchmarks/fetch.py [--small] [--pages N] [--kills N] [--archive-mb N] [--only CHECK ...] [--check-speed]

speed     40 hosts x 50 pages with 50 ms latency and no delay: fetched and processed, against the same pages from disk
again     the same once more, nothing changed: conditional requests only, no body, no file of a table changed
kills     killed at 20 random moments and run again: nothing lost, no page sent more than twice, tables as undisturbed
faults    broken servers beside healthy ones: each page its row with the right reason, every healthy page an article
attacks   addresses and redirects that lead inside, without --allow-private: no connection, a row each (needs `unshare`)
archive   a WARC file of 1 GB: streamed; killed in the middle, it is read on from where the dataset stands

Prints a line per figure and a line per failure; returns 1 if there is one. Time counts with --check-speed alone.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fetch_archive import check_archive
from benchmarks.fetch_attacks import check_attacks
from benchmarks.fetch_faults import check_faults
from benchmarks.fetch_runs import content, file_hashes, kill_group, memory, over_memory, query, run, start
from benchmarks.fetch_site import Asked, Site, Size, write_pages, write_sources

HOSTS = 40
MIN_SPEED_RATIO = 0.9  # fetched and processed, against the same pages from disk
SHORT = (60, 120)  # words: for checks that count rows and not seconds
SEED = 20261123


def main() -> int:
    """Print the figures; return 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a quick try: fewer pages, kills and bytes")
    parser.add_argument("--only", choices=CHECKS, nargs="+", default=list(CHECKS), help="run these checks alone")
    parser.add_argument("--check-speed", action="store_true", help="fail if fetching is slower than the floor")
    parser.add_argument("--pages", type=int, metavar="N", help="pages of each of the 40 hosts (50; small: 5)")
    parser.add_argument("--kills", type=int, metavar="N", help="runs that are killed (20; small: 5)")
    parser.add_argument("--archive-mb", type=int, metavar="N", help="size of the archive (1000; small: 50)")
    options = parser.parse_args()
    for name, small, full in (("pages", 5, 50), ("kills", 5, 20), ("archive_mb", 50, 1_000)):
        if getattr(options, name) is None:
            setattr(options, name, small if options.small else full)
    failures: list[str] = []
    for name in options.only:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            failures += CHECKS[name](Path(folder), options)
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    for failure in failures:
        print(f"WRONG  {failure}")
    print(f"{len(options.only)} checks, {len(failures)} failures")
    return 1 if failures else 0


def check_speed(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong with the speed of fetching; the two kinds of run take turns, and the least times count."""
    size = Size(hosts=HOSTS, pages=options.pages)
    pages = write_pages(folder / "pages", size)
    times: list[tuple[float, float]] = []
    failures: list[str] = []
    with Site(size) as site:
        sources = write_sources(folder, site.ports, size)
        for turn in range(1 if options.small else 3):
            read = run(pages, output=folder / f"read-{turn}")
            fetched = run("--sources", sources, "--allow-private", output=folder / f"fetched-{turn}")
            times.append((read.seconds, fetched.seconds))
            failures += _wrong_count("speed", folder / f"fetched-{turn}", size) + over_memory("speed", fetched)
    read_s, fetched_s = (min(seconds) for seconds in zip(*times, strict=True))
    ratio, count = read_s / fetched_s, size.hosts * size.pages
    print(f"speed: {count:,} pages of {size.hosts} hosts, {1000 * size.latency_s:.0f} ms latency, 2 workers")
    for name, seconds, newest in (("from disk", read_s, read), ("fetched", fetched_s, fetched)):
        print(f"speed: {name} {seconds:.1f} s, {count / seconds:.0f} pages/s; {newest.cpu_seconds:.1f} CPU-s")
    print(f"speed: {ratio:.2f} x the speed from disk (floor {MIN_SPEED_RATIO}); {memory(fetched)}")
    if options.check_speed and ratio < MIN_SPEED_RATIO:
        failures.append(f"speed: {ratio:.2f} x the speed from disk")
    return failures


def _wrong_count(name: str, output: Path, size: Size) -> list[str]:
    """Return what is wrong with the number of articles."""
    ((count,),) = query(output, "SELECT count(*) FROM {articles}")
    expected = size.hosts * size.pages
    return [] if count == expected else [f"{name}: {count:,} articles of {expected:,} pages"]


def check_again(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong with a second run over a site that did not change."""
    size = Size(hosts=HOSTS, pages=options.pages, words=SHORT, latency_s=0.01)
    arguments = ("--allow-private", "--sources")
    with Site(size) as site:
        sources = write_sources(folder, site.ports, size)
        run(*arguments, sources, output=folder / "output")
        first, before = _without_rules(site.take_log()), file_hashes(folder / "output")
        again = run(*arguments, sources, output=folder / "output")
        asked, after = site.take_log(), file_hashes(folder / "output")
    second = _without_rules(asked)
    rules_asked = len(asked) - len(second)
    unconditional = [asked for asked in second if not asked.is_conditional]
    bodies = sum(asked.has_body for asked in second)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    print(f"again: first run {len(first):,} requests, {sum(asked.has_body for asked in first):,} bodies")
    print(f"again: second run {len(second):,} requests, {bodies} bodies, {len(changed)} of {len(after)} files changed")
    print(f"again: {rules_asked} requests for robots.txt or tdmrep.json; {_counts(again.summary)}")
    print(f"again: {again.seconds:.1f} s; {memory(again)}")
    failures = _wrong_count("again", folder / "output", size)
    if unconditional:
        failures.append(f"again: {len(unconditional)} requests without a condition, the first {unconditional[0]}")
    if bodies:
        failures.append(f"again: {bodies} bodies were sent")
    if changed:
        failures.append(f"again: changed are {', '.join(changed[:5])}")
    if rules_asked:
        failures.append(f"again: {rules_asked} requests for rules that were stated within the last day")
    if not any(asked.status == 304 for asked in second):
        failures.append("again: nothing was asked for")
    return failures


def _without_rules(asked: list[Asked]) -> list[Asked]:
    """Return the requests for pages and lists."""
    return [request for request in asked if not request.is_rules]


def _counts(summary: dict[str, object] | None) -> str:
    names = ("inputs", "written", "unchanged", "duplicates")
    return ", ".join(f"{name} {(summary or {}).get(name)}" for name in names)


def check_kills(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong after kills. With 50 pages a host and more, the run also commits before its end."""
    size = Size(hosts=HOSTS, pages=options.pages + options.pages // 2, words=SHORT, latency_s=0.02)
    failures = []
    with Site(size) as site:
        sources = write_sources(folder, site.ports, size)
        arguments = ("--sources", sources, "--allow-private")
        undisturbed = run(*arguments, output=folder / "undisturbed")
        expected = content(undisturbed.output)
        failures += _wrong_count("kills: undisturbed", undisturbed.output, size)
        site.take_log()
        draw = random.Random(SEED)
        # A quarter of so short a run is its start, in which there is nothing to lose.
        moments = sorted(draw.uniform(0.25, 1.0) * undisturbed.seconds for _ in range(options.kills))
        for number, moment in enumerate(moments):
            output = folder / f"killed-{number}"
            failures += _check_kill(site, arguments, output, moment, expected)
    return failures


def _check_kill(
    site: Site,
    arguments: tuple[str | Path, ...],
    output: Path,
    moment: float,
    expected: dict[str, list[tuple[object, ...]]],
) -> list[str]:
    """Kill a run at a moment, in seconds from its start, run it again, and return what is wrong."""
    name = f"killed after {moment:.1f} s"
    process = start(*arguments, output=output)
    time.sleep(moment)
    kill_group(process)
    before = _without_rules(site.take_log())
    committed = len(content(output).get("articles", [])) if output.exists() else 0
    again = run(*arguments, output=output)
    after = _without_rules(site.take_log())
    sent = Counter((asked.host, asked.path) for asked in (*before, *after) if asked.has_body)
    sent_again = sum(count > 1 for count in sent.values())
    found = content(output)
    print(
        f"kills: {name}: {committed:,} articles committed, {sum(asked.has_body for asked in before):,} bodies before, "
        f"{sum(asked.has_body for asked in after):,} after, {sent_again:,} twice; {_counts(again.summary)}",
        flush=True,
    )
    failures = [
        f"{name}: {table} differs from an undisturbed run's: {len(found.get(table, []))} rows, {len(rows)} expected"
        for table, rows in expected.items()
        if found.get(table) != rows
    ]
    if found.keys() - expected.keys():
        failures.append(f"{name}: more tables: {', '.join(sorted(found.keys() - expected.keys()))}")
    if max(sent.values()) > 2:
        failures.append(f"{name}: {sum(count > 2 for count in sent.values())} pages were sent more than twice")
    return failures


CHECKS: dict[str, Callable[[Path, argparse.Namespace], list[str]]] = {
    "speed": check_speed,
    "again": check_again,
    "kills": check_kills,
    "faults": check_faults,
    "attacks": check_attacks,
    "archive": check_archive,
}

if __name__ == "__main__":
    sys.exit(main())
