"""The store under kills, at size, and over time.

usage: python benchmarks/store.py [--small] [--only NAME...] [--check-speed]

kills: a commit is killed (SIGKILL) at random moments and at each of its steps; every table must then hold each article
all old or all new for a plain reader, and the next run must lead to the same bytes as a commit that was never killed.
rows: 100 articles are added to a year of a million statements, and 100 of its newest month replaced, as days bring
them; the worst cases beside: 100 of all months, and a million statements in one month. `onrecord validate` goes over
it.
growth: the same run over 1,000 and 10,000 articles. memory: over 50,000. workers: two, against two runs side by side;
on a quiet machine. --small: kills and rows alone, fewer of both, in under a minute. Articles are made here, from a
fixed seed.
"""

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.fetch_runs import Finished, memory, run, start
from benchmarks.store_articles import SEEN_AT, SENTENCES, commit, make_text
from benchmarks.store_kills import measure_kills
from flows.validate import validate

MONTHS = 12  # in which a newsroom collects a million statements
RUN_ARTICLES = 500  # of the runs that collect them
CHANGE_ROUNDS, WORKERS_ROUNDS = 5, 3  # of which the least time counts: noise only adds
MAX_CHANGE_SECONDS = {  # of CPU, where articles come and change as days bring them
    "added to the year": 1.0,
    "of its newest 500 replaced": 1.0,
    "of its newest month replaced": 1.0,
}
MAX_GROWTH = 10.5  # CPU time of 10,000 articles over that of 1,000
MAX_MEMORY_GROWTH = 1.2
MAX_TREE_BYTES = 1_500_000_000
WORKERS_ARTICLES = 5_000
MIN_THROUGHPUT = 0.9  # of two workers over two runs side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is done."""

    kills: int  # at random; one at each step besides
    killed_articles: int  # new ones, half of them in place of old ones
    statements: int
    runs: bool


FULL = Sizes(kills=200, killed_articles=30, statements=1_000_000, runs=True)
SMALL = Sizes(kills=4, killed_articles=20, statements=30_000, runs=False)


def main() -> int:
    """Print the figures; return 1 if a promise is broken, or with --check-speed a figure is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="what takes less than a minute")
    parser.add_argument("--only", nargs="+", choices=["kills", "rows", "growth", "memory", "workers"], default=[])
    parser.add_argument("--check-speed", action="store_true", help="fail if a figure is over its limit")
    options = parser.parse_args()
    sizes = SMALL if options.small else FULL
    parts: dict[str, Callable[[Path, Sizes], list[str]]] = {"kills": kill_commits, "rows": measure_rows}
    if sizes.runs:
        parts |= {"growth": measure_growth, "memory": measure_memory, "workers": measure_workers}
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
    """Change and validate a large dataset; return what took too long."""
    count = sizes.statements // SENTENCES
    year, month = folder / "year", folder / "month"
    for number in range(MONTHS):
        for first in range(count * number // MONTHS, count * (number + 1) // MONTHS, RUN_ARTICLES):
            last = min(first + RUN_ARTICLES, count * (number + 1) // MONTHS)
            commit(year, range(first, last), "old", seen_at=SEEN_AT.replace(month=number + 1))
    commit(month, range(count), "old")
    size = sum(path.stat().st_size for path in year.glob("[a-z]*/**/*.parquet"))
    files = sum(1 for _ in year.glob("[a-z]*/**/*.parquet"))
    print(f"rows: {count:,} articles, {count * SENTENCES:,} statements, {size / 1e6:,.0f} MB in {files} files")
    print(f"rows: {size / count:,.0f} bytes an article")
    newest = range(count * (MONTHS - 1) // MONTHS, count)
    spent = {
        "added to the year": change(year, range(count, count + 100), 1),
        "of its newest 500 replaced": change(year, random.Random(7).sample(range(count - 500, count), 100), 2),
        "of its newest month replaced": change(year, random.Random(7).sample(newest, 100), 3),
        "of all its months replaced (all is written anew)": change(year, random.Random(8).sample(range(count), 100), 4),
        "added to as many in one month": change(month, range(count, count + 100), 1),
        "of those replaced (all is written anew)": change(month, random.Random(7).sample(range(count), 100), 2),
    }
    for what, seconds in spent.items():
        limit = MAX_CHANGE_SECONDS.get(what)
        print(f"rows: 100 articles {what}: {seconds:.2f} CPU-s" + (f" (limit {limit})" if limit else ""))
    before = time.process_time(), time.monotonic()
    report = validate(year)
    seconds, wall = time.process_time() - before[0], time.monotonic() - before[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"rows: validate took {seconds:.1f} CPU-s, {wall:.1f} s; the process reached {peak:,.0f} MB")
    if report.counts:
        raise AssertionError(f"validate found {report.violations[:3]}")
    return [
        f"100 articles {what}: {spent[what]:.2f} CPU-s"
        for what, limit in MAX_CHANGE_SECONDS.items()
        if spent[what] > limit
    ]


def change(dataset: Path, numbers: Sequence[int], days: int) -> float:
    """Return the CPU time of a run over articles, but for processing: the least of several, each on a copy."""
    seen_at = SEEN_AT + timedelta(days=days)
    spent = []
    for number in range(CHANGE_ROUNDS):
        copy = dataset.with_name(f"{dataset.name}-{number}")
        shutil.copytree(dataset, copy)
        spent.append(commit(copy, numbers, f"new-{days}", seen_at=seen_at))
        shutil.rmtree(dataset if number == CHANGE_ROUNDS - 1 else copy)
    copy.rename(dataset)
    return min(spent)


def measure_growth(folder: Path, _sizes: Sizes) -> list[str]:
    """Run over 1,000 and 10,000 articles; return what grew too much."""
    small, large = (run_over(folder, count) for count in (1_000, 10_000))
    print(f"growth: {large.cpu_seconds:.0f} CPU-s for 10,000 articles; {memory(small)}, then {memory(large)}")
    growth = large.cpu_seconds / small.cpu_seconds
    peak = large.peak_bytes / small.peak_bytes
    print(
        f"growth: {growth:.2f} x the CPU time (limit {MAX_GROWTH}), {peak:.2f} x the peak (limit {MAX_MEMORY_GROWTH})"
    )
    return [
        name
        for name, over in (
            (f"10,000 articles took {growth:.2f} x the CPU time of 1,000", growth > MAX_GROWTH),
            (f"10,000 articles took {peak:.2f} x the memory of 1,000", peak > MAX_MEMORY_GROWTH),
        )
        if over
    ]


def measure_memory(folder: Path, _sizes: Sizes) -> list[str]:
    """Run over 50,000 articles; return whether that took too much memory."""
    finished = run_over(folder, 50_000)
    print(f"memory: {memory(finished)} (limit {MAX_TREE_BYTES / 1e6:,.0f} MB all together)")
    return ["the memory of 50,000 articles"] if finished.tree_bytes > MAX_TREE_BYTES else []


def measure_workers(folder: Path, _sizes: Sizes) -> list[str]:
    """Run over 5,000 articles with two workers, and as two runs side by side; return whether the two lose too much."""
    whole = write_records(folder, range(WORKERS_ARTICLES))
    halves = [write_records(folder, range(first, WORKERS_ARTICLES, 2)) for first in range(2)]
    together, apart = [], []
    for number in range(WORKERS_ROUNDS):
        together.append(wall_seconds([whole], folder / f"together-{number}", workers=2))
        apart.append(wall_seconds(halves, folder / f"apart-{number}", workers=1))
    throughput = min(apart) / min(together)
    print(f"workers: two reach {throughput:.2f} x the throughput of two runs side by side (floor {MIN_THROUGHPUT})")
    print(f"workers: {min(together):.1f} s and {min(apart):.1f} s, the least of {WORKERS_ROUNDS}")
    return [f"two workers: {throughput:.2f} x two runs"] if throughput < MIN_THROUGHPUT else []


def wall_seconds(inputs: Sequence[Path], folder: Path, *, workers: int) -> float:
    """Return how long runs over each of the inputs take, side by side. Raises RuntimeError if one fails."""
    started = time.monotonic()
    runs = [start(records, output=folder / records.stem, workers=workers) for records in inputs]
    for one in runs:
        _, stderr = one.communicate()
        if one.returncode != 0:
            raise RuntimeError(f"exit code {one.returncode}: {stderr.strip()}")
    return time.monotonic() - started


def run_over(folder: Path, count: int) -> Finished:
    """Run `onrecord` over synthetic texts with quotations."""
    return run(write_records(folder, range(count)), output=folder / f"out-{count}")


def write_records(folder: Path, numbers: range) -> Path:
    """Return a file of synthetic texts with quotations."""
    records = folder / f"{numbers.start}-{numbers.stop}-{numbers.step}.jsonl"
    with records.open("w") as stream:
        for number in numbers:
            stream.write(json.dumps({"id": number, "text": make_text(number)}) + "\n")
    return records


if __name__ == "__main__":
    sys.exit(main())
