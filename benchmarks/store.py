"""The store under kills, at size, and over time.

usage: python benchmarks/store.py [--small] [--only NAME...] [--check-speed]

kills: a commit is killed (SIGKILL) at random moments and at each of its steps; every table must then hold each article
all old or all new for a plain reader, and the next run must lead to the same bytes as a commit that was never killed.
rows: 100 articles are added to a dataset of a million statements, and 100 replaced; `onrecord validate` goes over it.
growth: the same run over 1,000 and 10,000 articles. memory: over 50,000. --small: fewer kills, a smaller dataset, and
neither growth nor memory, in under a minute. Articles are made here, from a fixed seed.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fetch_runs import Finished, run
from benchmarks.store_articles import SENTENCES, commit, make_text
from benchmarks.store_kills import measure_kills
from flows.validate import validate

MAX_CHANGE_SECONDS = 1.0  # CPU time of adding or replacing 100 articles in a million statements
MAX_GROWTH = 10.5  # CPU time of 10,000 articles over that of 1,000
MAX_MEMORY_GROWTH = 1.2
MAX_TREE_BYTES = 1_500_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is done."""

    kills: int  # at random; one at each step besides
    killed_articles: int  # new ones, half of them in place of old ones
    statements: int
    runs: bool


FULL = Sizes(kills=200, killed_articles=30, statements=1_000_000, runs=True)
SMALL = Sizes(kills=4, killed_articles=20, statements=20_000, runs=False)


def main() -> int:
    """Print the figures; return 1 if a promise is broken, or with --check-speed a figure is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="what takes less than a minute")
    parser.add_argument("--only", nargs="+", choices=["kills", "rows", "growth", "memory"], default=[])
    parser.add_argument("--check-speed", action="store_true", help="fail if a figure is over its limit")
    options = parser.parse_args()
    sizes = SMALL if options.small else FULL
    parts: dict[str, Callable[[Path, Sizes], list[str]]] = {"kills": kill_commits, "rows": measure_rows}
    if sizes.runs:
        parts |= {"growth": measure_growth, "memory": measure_memory}
    broken: list[str] = []
    slow: list[str] = []
    for name, measure in parts.items():
        if options.only and name not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder), sizes)
        (broken if name == "kills" else slow).extend(found)
    for failure in (*broken, *slow):
        print(f"over its limit: {failure}")
    return 1 if broken or (slow and options.check_speed) else 0


def kill_commits(folder: Path, sizes: Sizes) -> list[str]:
    """Kill commits at random and at each step; return what a reader or the next run met that it should not."""
    return measure_kills(folder, sizes.killed_articles, sizes.kills)


def measure_rows(folder: Path, sizes: Sizes) -> list[str]:
    """Add to a large dataset, replace in it, and validate it; return what took too long."""
    dataset = folder / "rows"
    count = sizes.statements // SENTENCES
    for start in range(0, count, 10_000):
        commit(dataset, range(start, min(start + 10_000, count)), "old")
    size = sum(path.stat().st_size for path in dataset.glob("[a-z]*/**/*.parquet"))
    print(f"rows: {count:,} articles, {count * SENTENCES:,} statements, {size / 1e6:,.0f} MB")
    print(f"rows: {size / count:,.0f} bytes an article")
    added = commit(dataset, range(count, count + 100), "old")
    replaced = commit(dataset, random.Random(7).sample(range(count), 100), "new")
    print(f"rows: 100 articles added in {added:.2f} CPU-s, 100 replaced in {replaced:.2f} (limit {MAX_CHANGE_SECONDS})")
    before = time.process_time(), time.monotonic()
    report = validate(dataset)
    seconds, wall = time.process_time() - before[0], time.monotonic() - before[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"rows: validate took {seconds:.1f} CPU-s, {wall:.1f} s; the process reached {peak:,.0f} MB")
    if report.counts:
        raise AssertionError(f"validate found {report.violations[:3]}")
    changes = (("adding", added), ("replacing", replaced))
    return [f"{name} 100 articles took {spent:.2f} CPU-s" for name, spent in changes if spent > MAX_CHANGE_SECONDS]


def measure_growth(folder: Path, _sizes: Sizes) -> list[str]:
    """Run over 1,000 and 10,000 articles; return what grew too much."""
    small, large = (run_over(folder, count) for count in (1_000, 10_000))
    growth = large.cpu_seconds / small.cpu_seconds
    memory = large.peak_bytes / small.peak_bytes
    print(
        f"growth: {growth:.2f} x the CPU time (limit {MAX_GROWTH}), {memory:.2f} x the peak (limit {MAX_MEMORY_GROWTH})"
    )
    return [
        name
        for name, over in (
            (f"10,000 articles took {growth:.2f} x the CPU time of 1,000", growth > MAX_GROWTH),
            (f"10,000 articles took {memory:.2f} x the memory of 1,000", memory > MAX_MEMORY_GROWTH),
        )
        if over
    ]


def measure_memory(folder: Path, _sizes: Sizes) -> list[str]:
    """Run over 50,000 articles; return whether that took too much memory."""
    finished = run_over(folder, 50_000)
    print(f"memory: {finished.tree_bytes / 1e6:,.0f} MB all together (limit {MAX_TREE_BYTES / 1e6:,.0f})")
    return ["the memory of 50,000 articles"] if finished.tree_bytes > MAX_TREE_BYTES else []


def run_over(folder: Path, count: int) -> Finished:
    """Run `onrecord` over synthetic texts with quotations."""
    records = folder / f"{count}.jsonl"
    with records.open("w") as stream:
        for number in range(count):
            stream.write(json.dumps({"id": number, "text": make_text(number)}) + "\n")
    return run(records, output=folder / f"out-{count}")


if __name__ == "__main__":
    sys.exit(main())
