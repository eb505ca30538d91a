"""Articles of a dataset read back: as inputs for a newer engine, and as the records that their rows were made of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from flows.sources import STORED, Extent, Input
from flows.store import Store
from flows.table_files import between
from schemas.records import Article, Citation, ProcessedArticle, Segment, Speaker, Statement, StatementSpan

if TYPE_CHECKING:
    from transforms.extract import ExtractedArticle

Record = TypeVar("Record")
# Ends the version of an article whose text an older engine extracted: the same text, read from its source, is a change.
RESTORED = ".restored"
READ_BACK = ("articles", "segments", "citations")
TIMES = [column for column in Article.__annotations__ if column.endswith("_at")]


def stored_inputs(store: Store, extent: Extent, pipeline_version: str) -> Iterator[Input]:
    """Yield the dataset's articles as inputs, in order of their files, some articles in memory at a time."""
    current = pa.array([pipeline_version, pipeline_version + RESTORED])
    for partition in store.partitions():
        for tables in store.slices(partition, READ_BACK):
            articles = tables["articles"]
            if extent == "outdated":
                articles = articles.filter(pc.invert(pc.is_in(articles["pipeline_version"], current)))
            for article in _records(articles, Article):
                yield _stored_input(article, tables)


def _stored_input(article: Article, tables: Mapping[str, pa.Table]) -> Input:
    rows = {
        "article": asdict(article),
        "segments": _rows(tables["segments"], article.article_id).to_pylist(),
        "citations": _rows(tables["citations"], article.article_id).to_pylist(),
    }
    payload = json.dumps(rows, default=lambda time: time.isoformat()).encode()
    return Input(
        kind="stored", item=STORED + article.url, source=article.source, payload=payload, size_bytes=len(payload)
    )


def read_stored(entry: Input, pipeline_version: str) -> "ExtractedArticle":
    """Return the article of a stored input, for the engine of that version."""
    from transforms.restore import restore_extracted  # the engine, which the driver does without

    rows = json.loads(entry.payload)
    article = rows["article"]
    is_current = article["pipeline_version"] == pipeline_version
    times = {name: datetime.fromisoformat(article[name]) for name in TIMES if article[name]}
    day = {"published_date": date.fromisoformat(article["published_date"])} if article["published_date"] else {}
    return restore_extracted(
        Article(**{**article, **times, **day}),
        [Segment(**row) for row in rows["segments"]],
        [Citation(**row) for row in rows["citations"]],
        pipeline_version=pipeline_version if is_current else pipeline_version + RESTORED,
    )


def read_article(tables: Mapping[str, pa.Table], article_id: str) -> ProcessedArticle:
    """Return an article with all its rows, of tables that hold it."""
    mine = {table: _rows(rows, article_id) for table, rows in tables.items()}
    return ProcessedArticle(
        article=_records(mine["articles"], Article)[0],
        segments=_records(mine["segments"], Segment),
        statements=_records(mine["statements"], Statement),
        spans=_records(mine["statement_spans"], StatementSpan),
        speakers=_records(mine["speakers"], Speaker),
        citations=_records(mine["citations"], Citation),
    )


def _rows(rows: pa.Table, article_id: str) -> pa.Table:
    """Return the rows of an article, of rows sorted by article_id."""
    return between(rows, article_id, article_id + "\0")


def _records(rows: pa.Table, record_type: type[Record]) -> list[Record]:
    return [record_type(**row) for row in rows.to_pylist()]
