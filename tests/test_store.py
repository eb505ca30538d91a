"""The store: what a plain reader sees stays whole, whatever happens; equal rows make equal files."""

import errno
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import table_files
from flows.store import Store
from flows.table_files import ARTICLE_TABLES, is_current
from schemas.arrow import arrow_schema
from schemas.records import Rejection
from tests.rows import commit_articles as commit
from tests.rows import make_processed
from tests.rows import read_rows as read
from tests.rows import table_bytes as files

NOVEMBER = "2026-11"


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are full with OLD, so that what is new goes to the next ones."""
    monkeypatch.setattr("flows.store.PART_ARTICLES", len(OLD))


def texts(store: Store) -> dict[str, str]:
    return {row["title"]: row["text"] for row in read(store, "articles")}


def test_rows_are_sorted_typed_and_found_by_a_plain_glob(tmp_path: Path) -> None:
    store = Store(tmp_path)
    articles = [make_processed(f"a{number}", f"Text {number}.") for number in range(40)]
    with patch("flows.store.PART_ARTICLES", 20):
        for start in (0, 15, 30):
            commit(store, articles[start : start + 15])
    for table in ARTICLE_TABLES:
        paths = sorted((tmp_path / table).glob("**/*.parquet"))
        assert [f"{path.parent.name}/{path.name}" for path in paths] == [f"{NOVEMBER}/part-{n}.parquet" for n in (0, 1)]
        assert len(read(store, table)) == 40
        for path, part in zip(paths, (articles[:30], articles[30:]), strict=True):
            assert pq.read_schema(path).equals(arrow_schema(table))
            ids = pq.read_table(path, partitioning=None)["article_id"].to_pylist()
            assert ids == sorted(processed.article.article_id for processed in part)


@pytest.mark.parametrize(
    ("commits", "parts"),
    [
        ([5, 4, 1, 1], [10, 1]),  # full at ten
        ([5, 30, 1], [35, 1]),  # what one commit adds stays together
        ([40, 40, 40, 10, 6, 1, 1], [40, 40, 40, 17, 1]),  # of a month of 137, an eighth is 17
    ],
)
def test_new_articles_go_to_the_last_file_of_the_month_until_it_is_full(
    tmp_path: Path, commits: list[int], parts: list[int]
) -> None:
    store = Store(tmp_path)
    names = (f"a{number}" for number in range(sum(commits)))
    with patch("flows.store.PART_ARTICLES", 10):
        for count in commits:
            commit(store, [make_processed(name) for name in islice(names, count)])
    assert [pq.read_metadata(tmp_path / place.path("articles")).num_rows for place in store.partitions()] == parts


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
    with patch.object(table_files, "ROW_GROUP_ARTICLES", 3):
        commit(once, articles)
        commit(twice, [*articles[20:], make_processed("a1", "Old.")])
        commit(twice, articles[:20])
    assert files(once) == files(twice)


def test_rewrites_span_row_groups(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with patch.object(table_files, "ROW_GROUP_ARTICLES", 2):
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
PARTS = 2  # of each table: the first full with OLD, half of whose articles change, and the next for new ones
STEPS = PARTS * len(ARTICLE_TABLES) + 2  # the plan, the files of six tables, rejections


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


# --- files of an older schema -----------------------------------------------------------------------------------------


def make_older(store: Store) -> None:
    """Rewrite every file as a release wrote it that had no columns `form` and `origin_publisher`, and other words."""
    for path in store.folder.glob("[a-z]*/**/*.parquet"):
        rows = pq.read_table(path, partitioning=None)
        rows = rows.select([name for name in rows.column_names if name not in ("form", "origin_publisher")])
        pq.write_table(rows.replace_schema_metadata({"description": "older"}), path)


def schemas(store: Store) -> set[tuple[str, bool]]:
    """Return each table and whether a file of it has the schema of today."""
    files = store.folder.glob("[a-z]*/**/*.parquet")
    tables = {path: path.relative_to(store.folder).parts[0] for path in files}
    return {(table, is_current(path, table)) for path, table in tables.items()}


def test_files_of_an_older_schema_are_upgraded_by_the_next_run(tmp_path: Path) -> None:
    store, calm = Store(tmp_path / "older"), Store(tmp_path / "calm")
    for one in (store, calm):
        commit(one, OLD, rejections=[REFUSED])
    make_older(store)
    assert (("statements", False)) in schemas(store)
    commit(store, NEW, run_id="run-2")
    commit(calm, NEW, run_id="run-2")
    assert all(is_today for _, is_today in schemas(store))
    assert files(store) == files(calm)


def test_readers_see_one_schema_at_each_step_of_an_upgrade(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, OLD)
    commit(store, NEW, month="2026-12")
    make_older(store)
    count = len(read(store, "statements"))
    columns: list[set[str]] = []

    def replace_and_read(source: Path, target: Path) -> None:
        os_replace(source, target)
        if "statements" in target.parts:
            rows = read(store, "statements")
            assert len(rows) == count
            columns.append(set(rows[0]))

    os_replace = os.replace
    with patch.object(os, "replace", replace_and_read), store.locked():
        pass
    assert len(columns) == len(list(tmp_path.glob("statements/*/*.parquet"))) > 1
    seen = [sorted(names) for names in columns]
    assert [names for place, names in enumerate(seen) if names not in seen[:place]] == [
        sorted(set(arrow_schema("statements").names) - {"form"}),
        sorted(arrow_schema("statements").names),
    ]


def test_a_killed_commit_of_an_older_release_is_ended(tmp_path: Path) -> None:
    killed, calm = Store(tmp_path / "killed"), Store(tmp_path / "calm")
    for store in (killed, calm):
        commit(store, OLD)
    with patch.object(Store, "_carry_out", side_effect=Killed), pytest.raises(Killed):
        commit(killed, NEW, run_id="run-2", rejections=[REFUSED])
    make_older(killed)
    for path in killed.staging.glob("results/*/statements.arrow"):
        rows = pa.ipc.open_file(path.read_bytes()).read_all().drop(["form"])
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
            writer.write_table(rows)
    with killed.locked():
        killed.finish()
    commit(calm, NEW, run_id="run-2", rejections=[REFUSED])
    assert files(killed) == files(calm)


def test_a_column_that_must_not_be_null_cannot_be_added(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, OLD)
    path = next(iter(store.folder.glob("statements/*/*.parquet")))
    pq.write_table(pq.read_table(path, partitioning=None).drop(["quote_type"]), path)
    with pytest.raises(ValueError, match=r"statements/2026-11/part-\d.parquet: an older file has no"):
        commit(store, NEW)


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [0, 1, 2, 9, STEPS])
def test_a_full_disk_loses_nothing(tmp_path: Path, step: int) -> None:
    full, calm = Store(tmp_path / "full"), Store(tmp_path / "calm")
    for store in (full, calm):
        commit(store, OLD)
    commit(calm, NEW, run_id="run-2", rejections=[REFUSED])
    written = 0

    def sync_or_fail(path: Path) -> None:
        nonlocal written
        written += 1
        if written > step and path.suffix == ".tmp":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with patch("flows.store._sync", sync_or_fail), pytest.raises(OSError, match="No space left"):
        commit(full, NEW, run_id="run-2", rejections=[REFUSED])
    assert not list(full.staging.glob("*.tmp"))  # what could not be written takes no place
    for table in ARTICLE_TABLES:
        assert {row["article_id"] for row in read(full, table)} >= {one.article.article_id for one in OLD}
    commit(full, NEW, run_id="run-2", rejections=[REFUSED])
    assert files(full) == files(calm)


def test_a_second_writer_waits(tmp_path: Path) -> None:
    store = Store(tmp_path)
    waited = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        with store.locked():
            second = executor.submit(lambda: hold(Store(tmp_path), waited.set))
            assert waited.wait(60)
            assert not second.done()
            commit_inside = files(store)
        assert second.result(60) == commit_inside


def hold(store: Store, on_wait: Callable[[], None]) -> dict[str, bytes]:
    with store.locked(on_wait):
        return files(store)


def test_a_clock_that_goes_backwards_moves_no_article(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit(store, OLD, month="2031-05")
    commit(store, NEW, run_id="run-2", month=NOVEMBER)
    months: dict[str, set[str]] = {}
    for path in tmp_path.glob("articles/*/*.parquet"):
        months.setdefault(path.parent.name, set()).update(pq.read_table(path, partitioning=None)["title"].to_pylist())
    assert months == {"2031-05": {f"a{n}" for n in range(12)}, NOVEMBER: {f"a{n}" for n in range(12, 18)}}
    assert texts(store) == {f"a{n}": "Old." if n < 6 else "New." for n in range(18)}
