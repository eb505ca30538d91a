"""Runs that fetch and end early: killed, limited, interrupted, broken."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from flows.store import Store
from tests.news_site import NewsSite, feed_of, serving
from tests.runs import STORIES, Killed, counts, fetch, rows


def test_a_kill_between_two_commits_loses_nothing_and_costs_one_fetch_a_page(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(6))
    sources = feed_of(site, tmp_path)
    fetch(tmp_path / "undisturbed", sources=sources)
    site.take()
    commit = Store.commit
    with (
        patch("flows.staging.BATCH_INPUTS", 2),
        patch("flows.ledger.COMMIT_ARTICLES", 2),
        patch.object(Store, "commit", autospec=True) as commits,
    ):
        commits.side_effect = lambda store, plan: commit(store, plan) if commits.call_count == 1 else kill()
        with pytest.raises(Killed):
            fetch(tmp_path / "out", sources=sources)
    committed = [url for path in (tmp_path / "out" / "articles").glob("*/*.parquet") for url in urls_in(path)]
    assert len(committed) == 2
    assert urls_in(tmp_path / "out" / "fetches" / "part-0.parquet") == sorted(committed)
    site.take()
    summary = fetch(tmp_path / "out", sources=sources)
    assert counts(summary) == (6, 4, 2, 0, 0)
    assert len(site.take()) == 7
    assert rows(tmp_path / "out", STORIES) == rows(tmp_path / "undisturbed", STORIES)


def urls_in(path: Path) -> list[str]:
    urls: list[str] = pq.read_table(path, partitioning=None)["url"].to_pylist()
    return urls


def kill() -> None:
    raise Killed


def test_limit_ends_promptly(tmp_path: Path) -> None:
    with serving(delay_s=0.5) as site:
        site.put_stories(range(200))
        started = time.monotonic()
        summary = fetch(tmp_path / "out", sources=feed_of(site, tmp_path), limit=2)
        assert counts(summary) == (2, 2, 0, 0, 0)
        assert len(site.asked) < 20
        assert time.monotonic() - started < 90  # 200 pages would take 100 s and more


def test_an_error_of_ours_in_the_thread_breaks_the_run_off(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(2))
    broken = patch("flows.page_queues.page_input", side_effect=ZeroDivisionError("ours"))
    with broken, pytest.raises(ZeroDivisionError, match="ours"):
        fetch(tmp_path / "out", sources=feed_of(site, tmp_path))


def test_ctrl_c_ends_a_run_that_waits_for_a_site(tmp_path: Path) -> None:
    with serving(delay_s=20) as site:
        site.put_stories(range(50))
        command = [sys.executable, "-m", "flows.cli", "run", "--sources", feed_of(site, tmp_path), "--direct"]
        process = subprocess.Popen(
            [*command, "--allow-private", "--output", str(tmp_path / "out")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            while not (tmp_path / "out" / ".staging" / "known.npy").exists() and process.poll() is None:
                time.sleep(0.1)
            time.sleep(1)
            os.killpg(process.pid, signal.SIGINT)
            _, error = process.communicate(timeout=45)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
        assert process.returncode == 1
        assert error.strip().splitlines()[-1] == "onrecord: interrupted; the next run goes on from what is done"
