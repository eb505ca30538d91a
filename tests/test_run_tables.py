"""The tables of a run, as a user of them meets them: read through a plain glob, joined, counted, cut by offsets."""

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pytest

from flows.row_checks import FOREIGN
from schemas.arrow import TABLES, arrow_schema
from tests.conftest import ROOT
from tests.runs import rows, run

STORY = (ROOT / "tests" / "fixtures" / "republished_story.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_duckdb_pandas_and_pyarrow_read_the_same_rows_through_the_plain_glob(bundled_dataset: Path, table: str) -> None:
    dataset = ds.dataset(bundled_dataset / table, format="parquet")
    assert dataset.schema.equals(arrow_schema(table))
    [(by_duckdb,)] = rows(bundled_dataset, f"SELECT count(*) FROM {table}")
    by_pandas = pd.concat([pd.read_parquet(path) for path in (bundled_dataset / table).glob("**/*.parquet")])
    assert by_duckdb == len(by_pandas) == dataset.count_rows()
    assert list(by_pandas.columns) == dataset.schema.names
    assert by_duckdb > 0 or table == "fetches"  # nothing was fetched


def test_every_offset_gives_its_text(bundled_dataset: Path) -> None:
    texts = dict(rows(bundled_dataset, "SELECT article_id, text FROM articles"))
    for part, start, end, text in rows(
        bundled_dataset,
        """
        SELECT article_id, start_char, end_char, text FROM segments
        UNION ALL SELECT article_id, speaker_start_char, speaker_end_char, speaker_text FROM statements
        UNION ALL SELECT article_id, cue_start_char, cue_end_char, cue_text FROM statements""",
    ):
        assert text is None or texts[part][start:end] == text
    pieces: dict[str, list[str]] = defaultdict(list)
    for part, statement, start, end in rows(
        bundled_dataset,
        "SELECT article_id, statement_id, start_char, end_char FROM statement_spans ORDER BY statement_id, span_index",
    ):
        pieces[statement].append(texts[part][start:end])
    statements = dict(rows(bundled_dataset, "SELECT statement_id, text FROM statements"))
    assert {statement: " ".join(spans) for statement, spans in pieces.items()} == statements


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        *FOREIGN,
        ("articles", "run_id", "runs"),
        ("rejections", "run_id", "runs"),
    ],
)
def test_keys_join(bundled_dataset: Path, child: str, key: str, parent: str) -> None:
    orphans = f"SELECT {key} FROM {child} WHERE {key} IS NOT NULL AND {key} NOT IN (SELECT {key} FROM {parent})"
    assert rows(bundled_dataset, orphans) == []


def test_daily_counts_add_up(bundled_dataset: Path) -> None:
    by_type = "SELECT quote_type, sum({}) FROM {} GROUP BY 1 ORDER BY 1"
    counted = rows(bundled_dataset, by_type.format("statement_count", "daily_counts"))
    assert counted == rows(bundled_dataset, by_type.format("1", "statements"))
    cells = "SELECT DISTINCT * EXCLUDE (statement_count, article_count) FROM daily_counts"
    assert len(rows(bundled_dataset, cells)) == len(rows(bundled_dataset, "SELECT * FROM daily_counts"))


def test_the_bundled_articles_come_out_as_their_readme_says(bundled_dataset: Path) -> None:
    [(article_count,)] = rows(bundled_dataset, "SELECT count(*) FROM articles")
    assert article_count == 20
    refused = {item.removeprefix("file:articles/") for (item,) in rows(bundled_dataset, "SELECT item FROM rejections")}
    assert refused == {"consent-wall.html", "newsroom-export.jsonl#record-4"}
    assert ("de",) in rows(bundled_dataset, "SELECT language FROM articles")
    [(title, published_at, authors)] = rows(
        bundled_dataset, "SELECT title, published_at, authors FROM articles WHERE url LIKE '%council-backs%'"
    )
    assert title
    assert authors
    assert published_at.tzinfo


def test_a_republished_story(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    run(tmp_path / "out", tmp_path / "story.txt")
    direct = "SELECT speaker_text, cue_text, speaker_type FROM statements JOIN speakers USING (speaker_id) "
    assert rows(tmp_path / "out", direct + "WHERE quote_type = 'direct' ORDER BY start_char") == [
        ("one user", "expressed", "anonymous"),
        ("the other user", "noted", "anonymous"),
    ]
    indirect = rows(tmp_path / "out", "SELECT speaker_text, cue_text FROM statements WHERE quote_type = 'indirect'")
    assert {("Ministry officials", "cite"), ("These users", "argue")} <= set(indirect)
    last = "SELECT quote_type, text FROM statements ORDER BY start_char DESC LIMIT 1"
    assert rows(tmp_path / "out", last)[0][0] == "narration"  # remains to be seen
    title, domain = STORY.strip().splitlines()[-2:]
    assert rows(tmp_path / "out", "SELECT kind, title, url, domain FROM citations") == [
        ("reference_block", title, None, domain)
    ]
    [(origin, text)] = rows(tmp_path / "out", "SELECT origin_publisher, text FROM articles")
    assert origin == domain
    assert text == STORY[: STORY.index("Reference(s):")].rstrip()
