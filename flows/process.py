"""One batch in a worker process: inputs -> staged rows.

Before each input the worker marks its number and arms a kernel timer on its own CPU time, whose default action ends
the process: it works inside C code too, where a Python signal handler would wait.
"""

import os
import signal
import struct
from collections.abc import Mapping
from pathlib import Path

from flows.documents import read_document
from flows.known import KnownArticles
from flows.sources import Input
from flows.staging import Batch, Outcome, read_inputs, write_result
from flows.workers import INPUT_CPU_SECONDS, NOT_STARTED, WorkContext, mark_path
from schemas.records import InputRejected, ProcessedArticle, Rejection
from transforms.pipeline import Unchanged, load_models, process_document

load_models()  # at import, so that the server process that workers are forked from does it once for all of them


def process_batch(batch: Batch, context: WorkContext, broken: Mapping[int, str]) -> None:
    """Process the inputs of a batch and stage the result.

    `broken` holds, by number, the inputs that ended a worker before, and how.
    """
    known = KnownArticles.load(Path(context.known_path))
    mark = os.open(mark_path(batch), os.O_WRONLY | os.O_CREAT)
    outcomes: list[Outcome] = []
    articles: dict[str, ProcessedArticle] = {}
    rejections: list[Rejection] = []
    try:
        os.pwrite(mark, struct.pack("<I", NOT_STARTED), 0)
        for number, entry in enumerate(read_inputs(batch)):
            os.pwrite(mark, struct.pack("<I", number), 0)
            signal.setitimer(signal.ITIMER_PROF, INPUT_CPU_SECONDS)
            result = _process_input(entry, context, known, broken.get(number))
            signal.setitimer(signal.ITIMER_PROF, 0)
            if isinstance(result, Rejection):
                rejections.append(result)
                outcomes.append(Outcome(entry.item, entry.source, "rejected", "", ""))
            elif isinstance(result, Unchanged):
                outcomes.append(Outcome(entry.item, entry.source, "unchanged", result.article_id, result.content_hash))
            else:
                article = result.article
                articles.setdefault(article.article_id, result)
                outcomes.append(Outcome(entry.item, entry.source, "article", article.article_id, article.content_hash))
        os.pwrite(mark, struct.pack("<I", NOT_STARTED), 0)
        write_result(batch, outcomes, list(articles.values()), rejections)
    finally:
        os.close(mark)


def _process_input(
    entry: Input, context: WorkContext, known: KnownArticles, broken: str | None
) -> ProcessedArticle | Unchanged | Rejection:
    """Return what became of one input; this is the edge where any failure becomes a rejection."""
    try:
        if broken is not None:
            raise InputRejected("process", "resource_limit", broken)
        document = read_document(entry, context.columns, context.fetched_at, context.run_id)
        return process_document(document, pipeline_version=context.pipeline_version, is_known=known.is_known)
    except InputRejected as rejected:
        step, reason, message = rejected.step, rejected.reason, rejected.message
    except Exception as error:
        step, reason, message = "process", "error", f"{type(error).__name__}: {error}"
    return Rejection(
        item=entry.item,
        source=entry.source,
        step=step,
        reason=reason,
        error=message.encode("utf-8", "replace").decode(),
        run_id=context.run_id,
    )
