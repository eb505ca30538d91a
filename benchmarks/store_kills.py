"""Runs that are killed as they write, and what readers and the next run then meet. For benchmarks/store.py."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq

from benchmarks.store_articles import SEEN_AT, commit
from flows.table_files import ARTICLE_TABLES

NEW_AT = SEEN_AT + timedelta(hours=1)


def measure_kills(folder: Path, articles: int, random_kills: int) -> list[str]:
    """Kill runs; return what a reader or the next run then met that it should not.

    A run replaces half of the old articles, in one file of each table, and adds as many, in another.
    """
    before, calm = folder / "before", folder / "calm"
    old, new = range(2 * articles), range(articles, 3 * articles)
    commit(before, old, "old")
    copy(before, calm)
    replaced: list[tuple[Path, float]] = []
    commit_watched(calm, new, lambda path: replaced.append((path, time.monotonic())))
    begun = next(moment for path, moment in replaced if path.name == "commit.json")
    duration, steps = time.monotonic() - begun, len(replaced)
    expected = (rows_by_article(before), rows_by_article(calm))
    chance = random.Random(7)
    kills: list[tuple[str, float]] = [("step", step) for step in range(steps)]
    kills += [("random", chance.uniform(0, duration)) for _ in range(random_kills)]
    failures, landed = [], 0
    for number, (kind, moment) in enumerate(kills):
        dataset = folder / f"killed-{number}"
        copy(before, dataset)
        landed += kill_commit(dataset, new, step=int(moment) if kind == "step" else None, delay=moment)
        failures += [f"{kind} {moment:.3f}: {problem}" for problem in torn_articles(dataset, expected)]
        commit_watched(dataset, new, id)
        if file_bytes(dataset) != file_bytes(calm):
            failures.append(f"{kind} {moment:.3f}: the next run led to other bytes")
        shutil.rmtree(dataset)
    print(f"kills: {steps}, one at each step, and {random_kills} at random; {landed} of all came in mid-run")
    print(f"kills: {len(failures)} readers or next runs met what they should not")
    return failures


def kill_commit(dataset: Path, numbers: Sequence[int], *, step: int | None, delay: float) -> bool:
    """Run in a process of its own and kill it; return whether it was still running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.store_kills"])
    parent, child = context.Pipe()
    process = context.Process(target=commit_until, args=(dataset, numbers, step, child))
    process.start()
    if step is None:
        parent.recv()  # processed: the commit begins
        time.sleep(delay)
        process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def commit_until(dataset: Path, numbers: Sequence[int], step: int | None, ready: Any) -> None:
    """Run; before the file of that step is put in place, end by SIGKILL."""
    done = 0

    def die_or_tell(path: Path) -> None:
        nonlocal done
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)
        if path.name == "commit.json":
            ready.send(True)
        done += 1

    commit_watched(dataset, numbers, die_or_tell)


def commit_watched(dataset: Path, numbers: Sequence[int], before_replace: Callable[[Path], object]) -> None:
    """Run over a dataset whose files are full; `before_replace` is called with each file to be put in its place."""
    replace_file = os.replace

    def replace_watched(source: Path, target: Path) -> None:
        before_replace(Path(target))
        replace_file(source, target)

    with patch.object(os, "replace", replace_watched), patch("flows.store.PART_ARTICLES", 1):
        commit(dataset, numbers, "new", seen_at=NEW_AT)


Rows = dict[str, dict[str, list[dict[str, Any]]]]  # table -> article -> its rows


def rows_by_article(dataset: Path) -> Rows:
    """Return the rows of each article as a plain reader sees them."""
    found: Rows = {}
    for table in ARTICLE_TABLES:
        found[table] = {}
        for path in sorted((dataset / table).glob("**/*.parquet")):
            for row in pq.read_table(path, partitioning=None).to_pylist():
                found[table].setdefault(row["article_id"], []).append(row)
    return found


def torn_articles(dataset: Path, expected: tuple[Rows, Rows]) -> list[str]:
    """Return the articles whose rows in a table are neither all old nor all new."""
    old, new = expected
    return [
        f"{table} has other rows of {article_id}"
        for table, articles in rows_by_article(dataset).items()
        for article_id in {*articles, *old[table]}
        if articles.get(article_id) not in (old[table].get(article_id), new[table].get(article_id))
    ]


def file_bytes(dataset: Path) -> dict[str, bytes]:
    """Return the content of every table's files; `runs` says that one was killed."""
    paths = [path for path in sorted(dataset.glob("[a-z]*/**/*.parquet")) if path.parent.name != "runs"]
    return {str(path.relative_to(dataset)): path.read_bytes() for path in paths}


def copy(source: Path, target: Path) -> None:
    """Copy the tables and caches of a dataset."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("lock"))
