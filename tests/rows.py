"""Synthetic rows and staged batches for the tests of the store."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from flows.sources import Input
from flows.staging import Batch, BatchResult
from flows.store import CommitPlan, Store
from schemas.records import (
    Article,
    Citation,
    ProcessedArticle,
    Rejection,
    Segment,
    Speaker,
    Statement,
    StatementSpan,
)

SEEN_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make_processed(name: str, text: str = "It rained.", fetched_at: datetime = SEEN_AT) -> ProcessedArticle:
    """Return an article of one sentence, which is its one statement."""
    url = f"file:test/{name}"
    article_id = hashlib.sha256(url.encode()).hexdigest()[:16]
    statement_id = f"{article_id}:0-{len(text)}"
    article = Article(
        article_id=article_id,
        source="test",
        url=url,
        canonical_url=None,
        domain="test.example",
        publisher=None,
        origin_publisher=None,
        title=name,
        authors=None,
        external_id=None,
        language="en",
        published_at=None,
        published_date=None,
        modified_at=None,
        first_seen_at=fetched_at,
        fetched_at=fetched_at,
        text=text,
        word_count=len(text.split()),
        statement_count=1,
        content_hash=hashlib.sha256(text.encode()).hexdigest()[:32],
        story_id=None,
        first_of_story=None,
        tdm_reserved=None,
        run_id="run",
        pipeline_version="1",
    )
    segment = Segment(
        segment_id=statement_id,
        article_id=article_id,
        paragraph_index=0,
        sentence_index=0,
        kind="paragraph",
        start_char=0,
        end_char=len(text),
        text=text,
    )
    statement = Statement(
        statement_id=statement_id,
        article_id=article_id,
        segment_id=segment.segment_id,
        quote_type="narration",
        text=text,
        start_char=0,
        end_char=len(text),
        **dict.fromkeys(NULL_COLUMNS),
    )
    span = StatementSpan(
        statement_id=statement_id, article_id=article_id, span_index=0, start_char=0, end_char=len(text)
    )
    speaker = Speaker(
        speaker_id=f"{article_id}:speaker-1",
        article_id=article_id,
        name="Ann Lee",
        speaker_type="person",
        role=None,
        person_key="ann lee",
        statement_count=0,
    )
    citation = Citation(
        article_id=article_id, citation_index=0, kind="reference_block", title="T", url=None, domain="test.example"
    )
    return ProcessedArticle(
        article=article,
        segments=[segment],
        statements=[statement],
        spans=[span],
        speakers=[speaker],
        citations=[citation],
    )


NULL_COLUMNS = (
    "speaker_id",
    "speaker_text",
    "cue_text",
    "cue_family",
    "speaker_start_char",
    "speaker_end_char",
    "cue_start_char",
    "cue_end_char",
    "attribution_score",
)


def stage(staging: Path, key: str, articles: Sequence[ProcessedArticle], rejections: Sequence[Rejection] = ()) -> Batch:
    """Write a batch's result as a worker would."""
    batch = Batch(index=0, key=key, input_count=len(articles) + len(rejections), staging=str(staging))
    result = BatchResult()
    for number, processed in enumerate(articles):
        result.add_article(Input(kind="text", item=f"a{number}", source="test"), processed)
    for rejection in rejections:
        result.add_rejection(Input(kind="text", item=rejection.item, source="test"), rejection)
    result.write(batch)
    return batch


def commit_articles(
    store: Store,
    articles: Sequence[ProcessedArticle],
    *,
    run_id: str = "run-1",
    month: str = "2026-11",
    rejections: Sequence[Rejection] = (),
    succeeded: Sequence[str] = (),
    story_ids: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Commit articles in two batches, as a run would."""
    halves = [articles[::2], articles[1::2]]
    keys = [hashlib.sha256(f"{run_id}{number}".encode()).hexdigest()[:8] for number in range(2)]
    with store.locked():
        batches = [
            stage(store.staging, keys[0], halves[0], rejections),
            stage(store.staging, keys[1], halves[1]),
        ]
        store.commit(
            CommitPlan(
                run_id=run_id,
                month=month,
                batches=batches,
                article_ids=[[entry.article.article_id for entry in half] for half in halves],
                conflicts=[],
                succeeded_items=succeeded,
                story_ids=dict(story_ids),
            )
        )
        store.finish()


def read_rows(store: Store, table: str) -> list[dict[str, Any]]:
    """Return a table's rows as a plain glob reader sees them."""
    glob = store.folder / table / "**" / "*.parquet"
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT * FROM read_parquet('{glob}')")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def table_bytes(store: Store, without: str = "") -> dict[str, bytes]:
    """Return the content of every Parquet file, by path; those of one table may be left out."""
    paths = [path.relative_to(store.folder) for path in sorted(store.folder.glob("*/**/*.parquet"))]
    return {str(path): (store.folder / path).read_bytes() for path in paths if path.parts[0] not in (".cache", without)}
