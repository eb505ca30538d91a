"""What must hold for any input at all."""

import json
import string
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.documents import read_document
from flows.sources import list_inputs
from schemas.arrow import TABLES, to_table
from schemas.records import ContentType, Document, InputRejected, ProcessedArticle
from transforms.pipeline import Unchanged, check_round_trip, process_document

NOW = datetime(2026, 11, 20, tzinfo=UTC)
QUOTED_PROSE = st.lists(
    st.one_of(
        st.sampled_from(
            ["“", "”", '"', "‘", "’", "'", "„", "«", "»", " ", "\n", "\n\n", ". ", ", ", "…", "\u2028", "😀"]
        ),
        st.sampled_from(["said", "Ann Lee", "one user", "expressed", "The council voted", "she", "according to", "é"]),
        st.text(max_size=8),
    ),
    max_size=60,
).map("".join)
PAGES = st.lists(
    st.one_of(
        st.sampled_from(
            ["<p>", "</p>", "<div>", "<h1>", "<script>", "<!--", "-->", "<blockquote>", "<li>", "&amp;", "&#8220;"]
        ),
        st.sampled_from(
            ['<meta property="og:title" content="', '<script type="application/ld+json">{"headline":', '">']
        ),
        QUOTED_PROSE,
    ),
    max_size=30,
).map("".join)

REASONS = {"too_short", "not_text", "consent_wall", "error_page", "paywall_stub", "index_page"}


def process(content: bytes | str, content_type: ContentType) -> ProcessedArticle | None:
    """Return the processed article, None for a rejection; anything else is an error of ours."""
    document = Document(
        item="file:t/x",
        url="file:t/x",
        source="t",
        content=content,
        content_type=content_type,
        fetched_at=NOW,
        run_id="r",
    )
    try:
        processed = process_document(document, pipeline_version="1")
    except InputRejected as rejected:
        if rejected.reason not in REASONS:
            raise
        return None
    assert not isinstance(processed, Unchanged)
    return processed


def check(processed: ProcessedArticle | None) -> None:
    if processed is None:
        return
    check_round_trip(processed)
    segments = [(segment.start_char, segment.end_char) for segment in processed.segments]
    assert all(start < end for start, end in segments)
    assert all(before[1] <= after[0] for before, after in pairwise(segments))
    narration = {statement.statement_id for statement in processed.statements if statement.quote_type == "narration"}
    counted = Counter(
        place
        for span in processed.spans
        if span.statement_id in narration
        for place in range(span.start_char, span.end_char)
    )
    assert not counted or max(counted.values()) == 1  # no character is in two narration rows
    ids = [statement.statement_id for statement in processed.statements]
    assert len(set(ids)) == len(ids)
    assert processed.article.statement_count == len(ids)
    speakers = {speaker.speaker_id: speaker.statement_count for speaker in processed.speakers}
    assert speakers == Counter(statement.speaker_id for statement in processed.statements if statement.speaker_id)
    for table, rows in (("articles", [processed.article]), ("statements", processed.statements)):
        to_table(table, rows)  # every value is one its column takes


@settings(max_examples=150)
@given(QUOTED_PROSE)
def test_any_text_becomes_an_article_or_a_rejection(text: str) -> None:
    check(process("The council met on Monday evening. " + text, "text"))


@settings(max_examples=100)
@given(PAGES)
def test_any_page_becomes_an_article_or_a_rejection(page: str) -> None:
    check(process("<html><body><p>The council met on Monday evening, as it does.</p>" + page, "html"))


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from(["html", "text"]))
def test_any_bytes_become_an_article_or_a_rejection(content: bytes, content_type: ContentType) -> None:
    check(process(content, content_type))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["text", "html", "id", "url", "title", "author", "published_at", "source", "language"]),
        JSON_VALUES,
    )
)
def test_any_record_becomes_a_document_or_a_rejection(tmp_path: Path, record: dict[str, object]) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    for entry in list_inputs([str(path)], None, Counter()):
        try:
            document = read_document(entry, {}, NOW, "run")
        except InputRejected:
            continue
        for field in fields(document):
            value = getattr(document, field.name)
            texts = value if isinstance(value, tuple) else [value]
            assert all(text.encode() is not None for text in texts if isinstance(text, str))  # no lone surrogate


@pytest.mark.parametrize("table", ["segments", "statements", "speakers"])
def test_rows_survive_parquet(table: str, tmp_path: Path) -> None:
    quotes = f"“It is cold 😀,” said Ann Lee. {string.punctuation} “Yes,” one user noted, “it is.”"
    processed = process(f"{quotes}\nThe council met on Monday.", "text")
    assert processed is not None
    rows = to_table(table, getattr(processed, table))
    pq.write_table(rows, tmp_path / "t.parquet")
    back = pq.read_table(tmp_path / "t.parquet", partitioning=None)
    assert back.equals(rows)
    assert back.num_rows > 0
    assert table in TABLES
