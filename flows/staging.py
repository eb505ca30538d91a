"""Batches on disk: what goes into a worker and what comes out of it.

A batch of inputs is one Arrow file, named by the hash of its place and bytes; its result is a folder of the same name
with one Arrow file a table and the outcome of every input. The folder appears whole or not at all. The run after a
killed one finds the results of equal batches and does not compute them again.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.pages import captured_at
from flows.sources import Input
from schemas.arrow import to_table
from schemas.records import ProcessedArticle, Rejection

BATCH_INPUTS = 200  # inputs: a Prefect task costs up to 0.9 s, a page some 20 ms
BATCH_BYTES = 5_000_000  # of files and records: bounds the rows a batch holds, up to 41 bytes for one of text
BATCH_SECONDS = 60.0  # from a batch's first input to its last: what comes slowly does not wait for 200
INPUT_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("kind", "item", "source")]
    + [("path", pa.binary()), ("payload", pa.binary()), ("size_bytes", pa.int64()), ("modified_ns", pa.int64())]
)

STAGED_TABLES = ("articles", "segments", "statements", "statement_spans", "speakers", "citations", "rejections")
PACKED_SEGMENTS = (
    20_000  # of rows kept as objects, at some 2 kB a segment with what hangs on it; ordinary batches never pack
)

State = Literal["article", "unchanged", "older", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of inputs on disk."""

    index: int
    key: str
    input_count: int
    staging: str  # the folder that holds inputs and results


class Outcome(NamedTuple):
    """What became of one input in its batch."""

    item: str
    source: str
    state: State
    article_id: str  # empty if rejected, like the hash
    content_hash: str  # empty if older, too
    reason: str  # of a rejection
    captured_at: float | None = None  # seconds since 1970; of a page


def cut_batches(
    inputs: Iterable[Input], staging: Path, salt: str, *, timer: Callable[[], float] = time.monotonic
) -> Iterator[Batch]:
    """Yield the inputs as batches, each written to `staging`; `salt` is whatever else decides the result."""
    batch: list[Input] = []
    index = size = 0
    started = 0.0
    for entry in inputs:
        started = started if batch else timer()
        batch.append(entry)
        size += entry.size_bytes
        if len(batch) == BATCH_INPUTS or size >= BATCH_BYTES or timer() - started >= BATCH_SECONDS:
            yield _write_batch(index, batch, staging, salt)
            batch, index, size = [], index + 1, 0
    if batch:
        yield _write_batch(index, batch, staging, salt)


def _write_batch(index: int, inputs: Sequence[Input], staging: Path, salt: str) -> Batch:
    columns = [pa.array([getattr(entry, field.name) for entry in inputs], field.type) for field in INPUT_SCHEMA]
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, INPUT_SCHEMA) as writer:
        writer.write_table(pa.Table.from_arrays(columns, schema=INPUT_SCHEMA))
    content = buffer.getvalue()
    key = hashlib.sha256(f"{index}\0{salt}\0".encode() + memoryview(content)).hexdigest()[:32]
    batch = Batch(index=index, key=key, input_count=len(inputs), staging=str(staging))
    path = input_path(batch)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return batch


def input_path(batch: Batch) -> Path:
    """Return where the batch's inputs lie."""
    return Path(batch.staging, "inputs", f"{batch.key}.arrow")


def result_path(batch: Batch) -> Path:
    """Return the folder that holds the batch's result once it is whole."""
    return Path(batch.staging, "results", batch.key)


def read_inputs(batch: Batch) -> list[Input]:
    """Return the inputs of a batch, in order."""
    with pa.ipc.open_file(input_path(batch).read_bytes()) as reader:
        return [Input(**row) for row in reader.read_all().to_pylist()]


class BatchResult:
    """The outcomes and rows of a batch under way; packed as Arrow, so that long articles do not fill the memory."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._rows: dict[str, list[object]] = {table: [] for table in STAGED_TABLES}
        self._packed: dict[str, list[pa.Table]] = {table: [] for table in STAGED_TABLES}
        self._captured: dict[str, float | None] = {}  # by article id, of the articles whose rows are kept

    def add_article(self, entry: Input, processed: ProcessedArticle) -> None:
        """Add an article; of several with one identity, the newest capture's rows are kept, else the first one's."""
        article = processed.article
        captured = captured_at(entry)
        ids = article.article_id, article.content_hash
        self._outcomes.append(Outcome(entry.item, entry.source, "article", *ids, "", captured))
        if article.article_id in self._captured:
            kept = self._captured[article.article_id]
            if kept is None or captured is None or captured <= kept:
                return
            self._drop(article.article_id)
        self._captured[article.article_id] = captured
        self._rows["articles"].append(article)
        self._rows["segments"] += processed.segments
        self._rows["statements"] += processed.statements
        self._rows["statement_spans"] += processed.spans
        self._rows["speakers"] += processed.speakers
        self._rows["citations"] += processed.citations
        if len(self._rows["segments"]) > PACKED_SEGMENTS:
            self._pack()

    def add_unchanged(self, entry: Input, article_id: str, content_hash: str) -> None:
        """Add an input whose article stands in the dataset as it is."""
        ids = article_id, content_hash
        self._outcomes.append(Outcome(entry.item, entry.source, "unchanged", *ids, "", captured_at(entry)))

    def add_older(self, entry: Input, article_id: str) -> None:
        """Add a page whose article stands in the dataset in a newer version."""
        self._outcomes.append(Outcome(entry.item, entry.source, "older", article_id, "", "", captured_at(entry)))

    def add_rejection(self, entry: Input, rejection: Rejection) -> None:
        """Add an input that is no article."""
        self._outcomes.append(Outcome(rejection.item, entry.source, "rejected", "", "", rejection.reason))
        self._rows["rejections"].append(rejection)

    def _drop(self, article_id: str) -> None:
        """Let go of the rows of an article."""
        for table in self._rows.keys() - {"rejections"}:
            self._rows[table] = [row for row in self._rows[table] if getattr(row, "article_id", None) != article_id]
            parts = self._packed[table]
            self._packed[table] = [part.filter(pc.not_equal(part["article_id"], article_id)) for part in parts]

    def _pack(self) -> None:
        for table, rows in self._rows.items():
            self._packed[table].append(to_table(table, rows))
            rows.clear()

    def write(self, batch: Batch) -> None:
        """Write the result: one folder, which appears whole; rows sorted by `article_id`, then by place in the text."""
        self._pack()
        folder = result_path(batch)
        partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)  # of a worker that was killed
        partial.mkdir(parents=True)
        for table, parts in self._packed.items():
            rows = pa.concat_tables(parts)
            if table != "rejections":
                rows = rows.take(pc.sort_indices(rows, [("article_id", "ascending")]))  # stable: text order stays
            _write_arrow(partial / f"{table}.arrow", rows)
        (partial / "outcomes.json").write_text(json.dumps(self._outcomes))
        if not folder.exists():
            partial.rename(folder)


def _write_arrow(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def read_outcomes(batch: Batch) -> list[Outcome]:
    """Return the outcome of every input of a batch, in input order."""
    return [Outcome(*row) for row in json.loads((result_path(batch) / "outcomes.json").read_text())]


def read_result(batch: Batch, table: str) -> pa.Table:
    """Return the staged rows of a table, mapped from disk, not read."""
    return pa.ipc.open_file(pa.memory_map(str(result_path(batch) / f"{table}.arrow"))).read_all()


def is_processed(batch: Batch) -> bool:
    """Return whether the batch's result is there."""
    return result_path(batch).is_dir()


def discard_result(batch: Batch) -> None:
    """Remove a batch's result."""
    shutil.rmtree(result_path(batch), ignore_errors=True)


def discard_input(batch: Batch) -> None:
    """Remove a batch's inputs."""
    input_path(batch).unlink(missing_ok=True)


def known_articles_path(staging: Path) -> Path:
    """Return where the index of the dataset's articles lies that the workers read."""
    return staging / "known.npy"


def clear_staging(staging: Path) -> None:
    """Remove all batches and results, and the index made for their workers."""
    known_articles_path(staging).unlink(missing_ok=True)
    for name in ("inputs", "results"):
        shutil.rmtree(staging / name, ignore_errors=True)
