"""A worker that is lost costs a recompute; an input that ends its worker is a rejection; the others go on."""

import gc
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pebble import ProcessExpired

from flows.known import KnownArticles
from flows.sources import Input
from flows.staging import Batch, cut_batches, input_path, read_outcomes, read_result, result_path
from flows.workers import WorkContext, WorkerPool, mark_path
from schemas.records import Document, ProcessedArticle
from transforms.pipeline import Unchanged, process_document

TEXT = "The harbour froze over on Monday, and the ferries stayed in port."


def make_batch(folder: Path, texts: list[str]) -> Batch:
    inputs = [
        Input(
            kind="record",
            item=f"file:t/r.jsonl#record-{number}",
            source="t",
            payload=json.dumps({"id": number, "text": text}).encode(),
        )
        for number, text in enumerate(texts)
    ]
    [batch] = cut_batches(inputs, folder, "salt")
    return batch


def make_context(folder: Path) -> WorkContext:
    known_path = folder / "known.npy"
    KnownArticles.of([]).save(known_path)
    return WorkContext(
        run_id="run",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        pipeline_version="1",
        model="compact",
        known_path=str(known_path),
        register=str(folder / "erased"),
        driver_pid=os.getpid(),
    )


def act_on_marked_text(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    """Process a batch with an engine that spins, dies or raises on texts that say so; runs in the worker."""
    from flows.documents import read_document
    from flows.process import process_batch

    def read_or_act(entry: Input, *arguments: Any) -> object:
        text = json.loads(entry.payload)["text"]
        if "SPIN" in text:
            sum(range(10**12))  # one C loop: no Python handler would run
        if "DIE" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "LOST" in text and not (Path(batch.staging) / "lost").exists():
            (Path(batch.staging) / "lost").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "RAISE" in text:
            raise RuntimeError("broken \ud800 engine")
        if "EXHAUST" in text:
            bytearray(400_000_000)
        return real_read(entry, *arguments)

    real_read = read_document
    with patch("flows.process.read_document", read_or_act), patch("flows.limits.INPUT_CPU_SECONDS", 1.5):
        process_batch(batch, context, broken)


def process_texts(folder: Path, texts: list[str]) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Return the state of each text and the rejections as (item, reason, error)."""
    batch = make_batch(folder, texts)
    with WorkerPool(1, act_on_marked_text) as pool:
        pool.process(batch, make_context(folder))
    rejections = read_result(batch, "rejections").to_pylist()
    assert input_path(batch).exists()  # until it is entered: the batch may have to be processed again
    assert not mark_path(batch).exists()
    return (
        [outcome.state for outcome in read_outcomes(batch)],
        [(row["item"], row["reason"], row["error"]) for row in rejections],
    )


@pytest.mark.parametrize(
    ("marker", "reason", "error"),
    [
        ("SPIN", "resource_limit", "took more than 8 CPU seconds"),
        ("DIE", "resource_limit", "ended its worker process (exit code -9)"),
        ("RAISE", "error", "RuntimeError: broken ? engine"),
        ("EXHAUST", "resource_limit", "needed more than 300 MB"),
    ],
)
def test_a_broken_input_is_a_rejection_and_its_neighbours_are_articles(
    tmp_path: Path, marker: str, reason: str, error: str
) -> None:
    states, rejections = process_texts(tmp_path, [TEXT + " 1", TEXT + marker, TEXT + " 2"])
    assert states == ["article", "rejected", "article"]
    assert rejections == [("file:t/r.jsonl#record-1", reason, error)]


def test_a_worker_lost_by_chance_costs_nothing(tmp_path: Path) -> None:
    states, rejections = process_texts(tmp_path, [TEXT + " 1", TEXT + " LOST", TEXT + " 2"])
    assert (states, rejections) == (["article"] * 3, [])


def test_several_broken_inputs_in_one_batch(tmp_path: Path) -> None:
    texts = [TEXT + " DIE", TEXT + " 1", TEXT + " SPIN", TEXT + " DIE too", TEXT + " 2"]
    assert process_texts(tmp_path, texts)[0] == ["rejected", "article", "rejected", "rejected", "article"]


def test_a_staged_result_is_not_computed_again(tmp_path: Path) -> None:
    batch = make_batch(tmp_path, [TEXT])
    result_path(batch).mkdir(parents=True)
    with WorkerPool(1, fail) as pool:
        assert pool.process(batch, make_context(tmp_path)) == batch


def test_a_worker_ends_with_its_driver(tmp_path: Path) -> None:
    batch = make_batch(tmp_path, [TEXT])
    with subprocess.Popen(["true"]) as gone:
        pass
    context = replace(make_context(tmp_path), driver_pid=gone.pid)
    with WorkerPool(1) as pool, pytest.raises(ProcessExpired):
        pool.process(batch, context)
    assert not result_path(batch).exists()


def fail(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    raise AssertionError("called")


def test_a_failure_outside_any_input_reaches_the_caller(tmp_path: Path) -> None:
    batch = make_batch(tmp_path, [TEXT])
    with WorkerPool(1, fail) as pool, pytest.raises(AssertionError, match="called"):
        pool.process(batch, make_context(tmp_path))


def test_no_article_stays_in_memory_while_the_next_is_processed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import process

    def count() -> int:
        return sum(isinstance(thing, ProcessedArticle) for thing in gc.get_objects())

    alive: list[int] = []
    before = count()

    def count_and_process(document: Document, **options: Any) -> ProcessedArticle | Unchanged:
        alive.append(count() - before)
        return process_document(document, **options)

    monkeypatch.setattr(process, "process_document", count_and_process)
    process.process_batch(make_batch(tmp_path, [f"{TEXT} {number}" for number in range(3)]), make_context(tmp_path), {})
    assert alive == [0, 0, 0]


def touch_and_sleep(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    mark_path(batch).touch()
    time.sleep(60)


def test_a_pool_left_by_an_error_lets_go_of_who_waits_for_it(tmp_path: Path) -> None:
    batch = make_batch(tmp_path, [TEXT])
    cancelled = threading.Event()

    def process() -> None:
        with suppress(CancelledError):
            pool.process(batch, make_context(tmp_path))
            return
        cancelled.set()

    with suppress(KeyboardInterrupt), WorkerPool(1, touch_and_sleep) as pool:
        waiting = threading.Thread(target=process, daemon=True)
        waiting.start()
        while not mark_path(batch).exists():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert cancelled.wait(timeout=10)
    with pytest.raises(CancelledError):  # and of who comes later
        pool.process(batch, make_context(tmp_path))


def write_signal_mask(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    result_path(batch).mkdir(parents=True)
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    (result_path(batch) / "mask").write_text(" ".join(sorted(signal.Signals(number).name for number in blocked)))


def test_workers_never_see_ctrl_c(tmp_path: Path) -> None:
    batch = make_batch(tmp_path, [TEXT])
    with WorkerPool(1, write_signal_mask) as pool:
        pool.process(batch, make_context(tmp_path))
    assert (result_path(batch) / "mask").read_text() == "SIGINT"


def test_a_batch_keeps_the_first_of_equal_identities(tmp_path: Path) -> None:
    entry = Input(kind="record", item="i#record-1", source="t", payload=b'{"id": 1, "text": "%s"}' % TEXT.encode())
    [batch] = cut_batches([entry, entry], tmp_path, "salt")
    with WorkerPool(1) as pool:
        pool.process(batch, make_context(tmp_path))
    assert [outcome.state for outcome in read_outcomes(batch)] == ["article", "article"]
    assert read_result(batch, "articles").num_rows == 1


def test_batches_are_cut_by_count_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import staging

    def sizes(count: int, payload: bytes) -> list[int]:
        entries = [
            Input(kind="record", item=str(i), source="", payload=payload, size_bytes=len(payload)) for i in range(count)
        ]
        return [batch.input_count for batch in cut_batches(entries, tmp_path, "salt")]

    assert sizes(450, b"x") == [200, 200, 50]
    assert sizes(0, b"x") == []
    monkeypatch.setattr(staging, "BATCH_BYTES", 10)
    assert sizes(5, b"xxxx") == [3, 2]


def test_what_comes_slowly_does_not_wait_for_a_whole_batch(tmp_path: Path) -> None:
    seconds = 0.0

    def come() -> Iterator[Input]:
        nonlocal seconds
        for number in range(6):
            yield Input(kind="record", item=str(number), source="")
            seconds += 25

    assert [batch.input_count for batch in cut_batches(come(), tmp_path, "salt", timer=lambda: seconds)] == [4, 2]


def test_a_key_tells_place_content_and_salt_apart(tmp_path: Path) -> None:
    def keys(salt: str, *texts: str) -> list[str]:
        inputs = [Input(kind="text", item=text, source="", path=text.encode()) for text in texts for _ in range(200)]
        return [batch.key for batch in cut_batches(inputs, tmp_path, salt)]

    assert keys("1", "a", "b") == keys("1", "a", "b")
    assert len({*keys("1", "a", "a"), *keys("2", "a"), *keys("1", "b")}) == 4
