"""One batch in a worker process: inputs -> staged rows.

Before each input the worker marks its number, so that the driver knows which input ended it, if one does.
"""

import atexit
import gc
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from flows.documents import read_document
from flows.erased import ERASED_MESSAGE, Erased
from flows.known import KnownArticles
from flows.limits import INPUT_MEMORY_BYTES, input_limits, memory_given_back
from flows.sources import Input
from flows.staging import Batch, BatchResult, read_inputs
from flows.stored import read_stored
from flows.workers import NOT_STARTED, WorkContext, mark_path
from schemas.records import InputRejected, ProcessedArticle, Rejection, Step
from transforms.erasure import mask_article
from transforms.extract import article_id_of
from transforms.pipeline import Unchanged, load_models, process_document, process_extracted

# At import, so that the server process that workers are forked from does it once for all of them. Arrow's own pool
# would reserve a gigabyte of addresses, which counts against the limit of an input.
load_models()
pa.set_memory_pool(pa.system_memory_pool())
pa.array([""])  # imports pandas, some 40 MB
gc.freeze()  # else each worker's collector would write to all that they share, and so copy it
atexit.register(gc.unfreeze)  # some libraries report what is not collected in the end


class Older(NamedTuple):
    """A page, from an archive, of which the dataset holds a newer version."""

    article_id: str


class ErasedArticle(Exception):
    """Raised for an input whose article was erased from the dataset."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def process_batch(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    """Process the inputs of a batch and stage the result.

    `broken` holds, by number, the inputs that ended a worker before, and how.
    """
    known = KnownArticles.load(Path(context.known_path))
    erased = Erased.load(Path(context.register))
    result = BatchResult()
    mark = os.open(mark_path(batch), os.O_WRONLY | os.O_CREAT)
    try:
        os.pwrite(mark, struct.pack("<I", NOT_STARTED), 0)
        for number, entry in enumerate(read_inputs(batch)):
            os.pwrite(mark, struct.pack("<I", number), 0)
            _end_with_driver(context.driver_pid)
            with memory_given_back():  # no name here may hold an article: it would stay while the next is processed
                _add_outcome(result, entry, _process_input(entry, context, known, erased, broken.get(number)))
        os.pwrite(mark, struct.pack("<I", NOT_STARTED), 0)
        _end_with_driver(context.driver_pid)
        result.write(batch)
    finally:
        os.close(mark)


def _add_outcome(result: BatchResult, entry: Input, outcome: ProcessedArticle | Unchanged | Older | Rejection) -> None:
    if isinstance(outcome, Older):
        result.add_older(entry, outcome.article_id)
    elif isinstance(outcome, Rejection):
        result.add_rejection(entry, outcome)
    elif isinstance(outcome, Unchanged):
        result.add_unchanged(entry, outcome.article_id, outcome.content_hash)
    else:
        result.add_article(entry, outcome)


def _end_with_driver(driver_pid: int) -> None:
    """End this process if the driver was killed: its next run must not meet a worker of the last one."""
    try:
        os.kill(driver_pid, 0)
    except ProcessLookupError:
        os._exit(1)


def _process_input(
    entry: Input, context: WorkContext, known: KnownArticles, erased: Erased, broken: str | None
) -> ProcessedArticle | Unchanged | Older | Rejection:
    """Return what became of one input; this is the edge where any failure becomes a rejection."""
    item: str = entry.item
    step: Step
    try:
        if erased.has(entry.item):
            raise ErasedArticle(entry.item)
        if broken is not None:
            raise InputRejected("process", "resource_limit", broken)
        with input_limits():
            return _process(entry, context, known, erased)
    except ErasedArticle as refused:
        item, step, reason, message = erased.item(refused.address), "read", "erased", ERASED_MESSAGE
    except InputRejected as rejected:
        step, reason, message = rejected.step, rejected.reason, rejected.message
    except MemoryError:
        step, reason, message = "process", "resource_limit", f"needed more than {INPUT_MEMORY_BYTES // 10**6} MB"
    except Exception as error:
        step, reason, message = "process", "error", f"{type(error).__name__}: {error}"
    return Rejection(
        item=item,
        source=entry.source,
        step=step,
        reason=reason,
        error=message.encode("utf-8", "replace").decode(),
        run_id=context.run_id,
    )


def _process(
    entry: Input, context: WorkContext, known: KnownArticles, erased: Erased
) -> ProcessedArticle | Unchanged | Older:
    """Return what the engine makes of an input, without the people who were erased."""
    is_known = _nothing_known if context.renews_all else known.is_known
    if entry.kind == "stored":
        extracted = read_stored(entry, context.pipeline_version)
        processed = process_extracted(extracted, model=context.model, is_known=is_known)
    else:
        document = read_document(entry, context.columns, context.fetched_at, context.run_id)
        if erased.has(document.url):
            raise ErasedArticle(document.url)
        # Fetched before this run: of an archive. What this run fetched is new, whatever clock the dataset was made by.
        is_archived = entry.kind == "page" and document.fetched_at < context.fetched_at
        article_id = article_id_of(document.url)
        if is_archived and known.is_older(article_id, document.fetched_at):
            return Older(article_id)
        processed = process_document(
            document, pipeline_version=context.pipeline_version, model=context.model, is_known=is_known
        )
    if isinstance(processed, Unchanged):
        return processed
    if processed.article.canonical_url is not None and erased.has(processed.article.canonical_url):
        raise ErasedArticle(processed.article.canonical_url)
    return mask_article(processed, erased.names)


def _nothing_known(_article_id: str, _content_hash: str) -> bool:
    return False
