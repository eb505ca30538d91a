"""Several captures of one page in one run: the newest is written, wherever batches and commits end."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from flows.arrivals import Arrival
from flows.known import KnownArticles
from flows.ledger import Ledger
from flows.pages import page_input
from flows.sources import Input
from flows.staging import Batch, BatchResult, Outcome, discard_result
from flows.store import Store
from flows.summary import Summary
from flows.versions import Version, Versions
from tests.rows import SEEN_AT, make_processed
from tests.runs import counts, fetch, rows
from tests.web_archive import record

Capture = tuple[int, str]  # hour, text


def texts(output: Path) -> list[str]:
    """Return the texts of the page, as the tables have them."""
    articles, *others = (
        list[str](pq.read_table(output / table)["text"].to_pylist()) for table in ("articles", "segments", "statements")
    )
    assert others == [articles, articles]
    return articles


def stage(staging: Path, number: int, captures: Sequence[Capture], known: KnownArticles) -> Batch:
    """Stage captures of one page as a worker would that knows these articles."""
    batch = Batch(index=number, key=str(number), input_count=len(captures), staging=str(staging))
    result = BatchResult()
    for hour, text in captures:
        time = SEEN_AT + timedelta(hours=hour)
        entry = page_input(item="page", source="s", body=b"", content_type=None, fetched_at=time)
        processed = make_processed("page", text, time)
        article = processed.article
        if known.is_older(article.article_id, time):
            result.add_older(entry, article.article_id)
        elif known.is_known(article.article_id, article.content_hash):
            result.add_unchanged(entry, article.article_id, article.content_hash)
        else:
            result.add_article(entry, processed)
    result.write(batch)
    return batch


def enter(output: Path, captures: Sequence[Capture], *, at_once: int = 1, due: int = 1) -> Summary:
    """Enter captures of one page as a run does, a few in each batch; return the run's counts."""
    store = Store(output)
    with store.locked(), patch("flows.ledger.COMMIT_ARTICLES", due):
        summary = Summary(run_id="r", output="", started_at=SEEN_AT, finished_at=SEEN_AT)
        ledger = Ledger(store, summary)
        cuts = [captures[start : start + at_once] for start in range(0, len(captures), at_once)]
        batches = [stage(store.staging, number, cut, ledger.known) for number, cut in enumerate(cuts)]
        for number, batch in enumerate(batches):
            if ledger.is_stale(batch):
                discard_result(batch)
                stage(store.staging, number, cuts[number], store.known_articles())
                assert not ledger.is_stale(batch)
            entries = [Input(kind="page", item="page", source="s") for _ in cuts[number]]
            assert len(list(ledger.receive([Arrival(entry=entry) for entry in entries], None))) == batch.input_count
            ledger.enter(batch)
        ledger.commit()
        store.finish()
    assert counts(summary)[0] == sum(counts(summary)[1:]) == len(captures)
    assert summary.sources["s"].written == summary.written
    return summary


def ways() -> Iterator[dict[str, int]]:
    """Yield where batches and commits may end."""
    yield {"at_once": 200, "due": 2_000}
    yield {"at_once": 2, "due": 2_000}
    yield {"at_once": 1, "due": 2_000}
    yield {"at_once": 1, "due": 1}


@pytest.mark.parametrize("way", list(ways()), ids=["one batch", "batches", "small batches", "commits"])
@pytest.mark.parametrize("captures", list(permutations([(7, "bus"), (8, "train"), (9, "ship")])))
def test_the_newest_capture_is_written(tmp_path: Path, captures: Sequence[Capture], way: dict[str, int]) -> None:
    summary = enter(tmp_path, captures, **way)
    assert counts(summary) == (3, 1, 0, 2, 0)
    assert texts(tmp_path) == ["ship"]
    enter(tmp_path, captures, **way)
    assert texts(tmp_path) == ["ship"]


@pytest.mark.parametrize("way", list(ways()), ids=["one batch", "batches", "small batches", "commits"])
@pytest.mark.parametrize(
    ("captures", "text", "written", "unchanged"),
    [
        ([(7, "bus"), (9, "train")], "train", 1, 0),
        ([(9, "train"), (7, "bus")], "train", 1, 0),
        ([(8, "train"), (9, "bus"), (10, "ship")], "ship", 1, 0),
        ([(8, "train"), (9, "train"), (8, "bus")], "train", 1, 0),
        ([(9, "bus"), (8, "train")], "bus", 0, 1),  # what stood was captured once more
        ([(8, "train"), (9, "bus")], "bus", None, None),  # another version, and back again
        ([(5, "ship"), (6, "train")], "bus", 0, 2),  # all older than what stood
    ],
)
def test_the_newest_capture_is_written_over_what_stood(
    tmp_path: Path, captures: Sequence[Capture], text: str, written: int | None, unchanged: int, way: dict[str, int]
) -> None:
    enter(tmp_path, [(7, "bus")])
    summary = enter(tmp_path, captures, **way)
    assert texts(tmp_path) == [text]
    if written is not None:
        assert (summary.written, summary.unchanged, summary.rejected) == (written, unchanged, {})


def test_captures_of_one_moment_that_differ_are_a_conflict(tmp_path: Path) -> None:
    summary = enter(tmp_path, [(7, "bus"), (7, "train"), (7, "bus")], at_once=3)
    assert counts(summary) == (3, 1, 0, 1, 1)
    assert texts(tmp_path) == ["bus"]


def test_a_run_over_an_archive_goes_back_to_what_stood(tmp_path: Path) -> None:
    def archive(name: str, *captures: Capture) -> str:
        members = [
            record("https://a.example/1", f"<p>{text} {text} {text}".encode(), WARC_Date=f"2026-11-20T{hour:02}:00:00Z")
            for hour, text in captures
        ]
        path = tmp_path / name
        path.write_bytes(b"".join(gzip.compress(member) for member in members))
        return str(path)

    before, after = "The ferry waited for the tide.", "The ferry left before the tide."
    fetch(tmp_path / "out", archive("a.warc.gz", (7, before)))
    with patch("flows.staging.BATCH_INPUTS", 1), patch("flows.ledger.COMMIT_ARTICLES", 1):
        summary = fetch(tmp_path / "out", archive("b.warc.gz", (8, after), (9, before)))
    assert counts(summary) == (2, 1, 0, 1, 0)
    [(text, hour)] = rows(tmp_path / "out", "SELECT text, hour(fetched_at AT TIME ZONE 'UTC') FROM articles")
    assert (text.startswith(before), hour) == (True, 9)


@pytest.mark.parametrize("is_written", [True, False])
@pytest.mark.parametrize("captured_at", [None, 0.000001, 1_763_632_800.123456, 2.0**38])
def test_versions_are_kept_exactly(captured_at: float | None, is_written: bool) -> None:
    versions = Versions()
    outcome = Outcome("i", "s", "article", "f" * 16, "f" * 32, "", captured_at)
    version = Version.of(outcome, is_written=is_written)
    versions.put("f" * 16, version)
    assert versions.find("f" * 16) == version
    assert versions.find("0" * 16) is None
    assert version.captured_us == round((captured_at or 0) * 1e6)
