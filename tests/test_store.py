"""The store: what a plain reader sees stays whole, whatever happens; equal rows make equal files."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow.parquet as pq
import pytest

from flows import store as store_module
from flows.store import ARTICLE_TABLES, CommitPlan, Store, bucket_of
from schemas.arrow import arrow_schema
from schemas.records import ProcessedArticle, Rejection
from tests.rows import make_processed, stage

NOVEMBER = "2026-11"


def commit(
    store: Store,
    articles: Sequence[ProcessedArticle],
    *,
    run_id: str = "run-1",
    month: str = NOVEMBER,
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


def read(store: Store, table: str) -> list[dict[str, Any]]:
    """Return a table's rows as a plain glob reader sees them."""
    glob = store.folder / table / "**" / "*.parquet"
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT * FROM read_parquet('{glob}')")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def files(store: Store) -> dict[str, bytes]:
    """Return the content of every Parquet file, by path."""
    found = sorted(store.folder.glob("**/*.parquet"))
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in found if ".cache" not in path.parts}


def texts(store: Store) -> dict[str, str]:
    return {row["title"]: row["text"] for row in read(store, "articles")}


def test_rows_are_sorted_typed_and_found_by_a_plain_glob(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, [make_processed(f"a{number}", f"Text {number}.") for number in range(40)])
    for table in ARTICLE_TABLES:
        paths = sorted((tmp_path / table).glob("**/*.parquet"))
        assert {path.parent.name for path in paths} == {NOVEMBER}
        assert len(read(store, table)) == 40
        for path in paths:
            assert pq.read_schema(path).equals(arrow_schema(table))
            ids = pq.read_table(path, partitioning=None)["article_id"].to_pylist()
            assert ids == sorted(ids)
            assert {f"part-{bucket_of(article_id)}" for article_id in ids} == {path.stem}


def test_a_changed_article_replaces_its_rows_and_no_others(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, [make_processed(f"a{number}") for number in range(20)])
    before = {table: read(store, table) for table in ARTICLE_TABLES}
    later = datetime(2026, 12, 5, tzinfo=UTC)
    changed = make_processed("a3", "It snowed, all day.", fetched_at=later)
    commit(store, [changed], run_id="run-2", month="2026-12")
    mine = changed.article.article_id
    for table in ARTICLE_TABLES:
        after = read(store, table)
        assert [row for row in after if row["article_id"] != mine] == [
            row for row in before[table] if row["article_id"] != mine
        ]
    [row] = [row for row in read(store, "articles") if row["article_id"] == mine]
    assert row["text"] == "It snowed, all day."
    assert row["first_seen_at"] == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert row["fetched_at"] == later
    assert row["run_id"] == "run-2"
    assert not (tmp_path / "articles" / "2026-12").exists()


def test_equal_rows_make_equal_files_however_they_came(tmp_path: Path) -> None:
    articles = [make_processed(f"a{number}", f"Text {number}.") for number in range(30)]
    once, twice = Store(tmp_path / "once"), Store(tmp_path / "twice")
    with patch.object(store_module, "ROW_GROUP_ARTICLES", 3):
        commit(once, articles)
        commit(twice, [*articles[20:], make_processed("a1", "Old.")])
        commit(twice, articles[:20])
    assert files(once) == files(twice)


def test_rewrites_span_row_groups(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with patch.object(store_module, "ROW_GROUP_ARTICLES", 2):
        commit(store, [make_processed(f"a{number}") for number in range(50)])
        commit(store, [make_processed(f"a{number}", "New.") for number in range(0, 70, 7)], run_id="run-2")
    expected = {f"a{number}": "It rained." for number in range(50)}
    expected |= {f"a{number}": "New." for number in range(0, 70, 7)}
    assert texts(store) == expected
    assert len(read(store, "statements")) == len(expected)
    assert max(pq.ParquetFile(path).num_row_groups for path in tmp_path.glob("articles/*/*")) > 2


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


def replaces_of(action: Any) -> int:
    """Return how many files an action puts in place."""
    with patch.object(os, "replace", wraps=os.replace) as counted:
        action()
    return counted.call_count


OLD = [make_processed(f"a{number}", "Old.") for number in range(12)]
NEW = [make_processed(f"a{number}", "New.") for number in range(6, 18)]
JOINED = {NEW[-1].article.article_id: OLD[0].article.article_id}
REFUSED = Rejection(item="file:test/x", source="test", step="extract", reason="too_short", error="e", run_id="run-2")
STEPS = 4 * len(ARTICLE_TABLES) + 2  # the plan, six tables of four buckets, rejections


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("replaced", [False, True], ids=["before", "after"])
def test_a_kill_at_any_step_leaves_whole_articles_and_heals(tmp_path: Path, step: int, replaced: bool) -> None:
    killed, calm = Store(tmp_path / "killed"), Store(tmp_path / "calm")
    for store in (killed, calm):
        commit(store, OLD)
    commit(calm, NEW, run_id="run-2", rejections=[REFUSED], story_ids=JOINED)
    done = 0

    def replace_or_die(source: Path, target: Path) -> None:
        nonlocal done
        if done == step and not replaced:
            raise Killed
        os_replace(source, target)
        done += 1
        if done == step + 1 and replaced:
            raise Killed

    os_replace = os.replace
    with patch.object(os, "replace", replace_or_die), pytest.raises(Killed):
        commit(killed, NEW, run_id="run-2", rejections=[REFUSED], story_ids=JOINED)
    for table in ARTICLE_TABLES:
        rows = read(killed, table)
        per_article = {row["article_id"] for row in rows}
        assert len(per_article) == len(rows)  # each article's one row: all old or all new, never both
        assert {entry.article.article_id for entry in OLD} <= per_article
    with killed.locked():  # the next run
        killed.finish()
    if step == 0 and not replaced:  # the plan itself was not yet in place: nothing of the commit stands
        assert texts(killed) == {f"a{number}": "Old." for number in range(12)}
        commit(killed, NEW, run_id="run-2", rejections=[REFUSED], story_ids=JOINED)
    assert files(killed) == files(calm)
    stories = {row["article_id"]: (row["story_id"], row["first_of_story"]) for row in read(killed, "articles")}
    own = {article_id: (article_id, True) for article_id in stories}
    assert stories == own | {article_id: (story_id, False) for article_id, story_id in JOINED.items()}
    assert not list(killed.staging.glob("*.tmp"))


def test_the_number_of_steps_is_right(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, OLD)
    assert replaces_of(lambda: commit(store, NEW, run_id="run-2", rejections=[REFUSED])) == STEPS


def test_rejections_hold_the_newest_outcome(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, OLD, rejections=[REFUSED])
    first = files(store)
    commit(store, [], run_id="run-3", rejections=[replace(REFUSED, run_id="run-3")])
    assert files(store) == first  # an equal one is left untouched
    commit(store, [], run_id="run-4", rejections=[replace(REFUSED, reason="too_large", run_id="run-4")])
    assert [(row["reason"], row["run_id"]) for row in read(store, "rejections")] == [("too_large", "run-4")]
    commit(store, [], run_id="run-5", succeeded=["file:test/x"])
    assert read(store, "rejections") == []


def test_every_table_has_a_typed_file_even_if_nothing_came(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, [])
    for table in (*ARTICLE_TABLES, "rejections"):
        [path] = (tmp_path / table).glob("**/*.parquet")
        assert pq.read_schema(path).equals(arrow_schema(table))
        assert read(store, table) == []


def test_the_plan_survives_a_moved_dataset(tmp_path: Path) -> None:
    store = Store(tmp_path / "here")
    with patch.object(Store, "_carry_out", side_effect=Killed), pytest.raises(Killed):
        commit(store, NEW)
    assert json.loads((store.staging / "commit.json").read_text())["month"] == NOVEMBER
    (tmp_path / "here").rename(tmp_path / "there")
    moved = Store(tmp_path / "there")
    with moved.locked():
        pass
    assert set(texts(moved)) == {f"a{number}" for number in range(6, 18)}
