"""`daily_counts`: every statement in its cell, and each month right after a kill."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.daily_counts import COUNTS, KEYS, count_statements, sum_counts, update_daily_counts
from flows.store import CommitPlan, Store
from flows.table_files import table_paths
from schemas.arrow import arrow_schema, to_table
from schemas.records import ClaimType, ProcessedArticle
from tests.rows import commit_articles, make_processed, read_rows


def labelled(name: str, domain: str | None, *labels: tuple[ClaimType | None, bool | None]) -> ProcessedArticle:
    """Return an article with a statement for each (claim type, forward looking); the first one has a speaker."""
    one = make_processed(name)
    statements = [
        replace(one.statements[0], statement_id=f"{name}{number}", claim_type=claim, forward_looking=forward)
        for number, (claim, forward) in enumerate(labels)
    ]
    statements[0] = replace(statements[0], quote_type="direct", speaker_id=one.speakers[0].speaker_id)
    article = replace(one.article, domain=domain, published_date=date(2026, 1, 2) if domain is None else None)
    return replace(one, article=article, statements=statements)


PARTS = [
    [labelled("a", "a.example", ("non_factual", True), (None, None), (None, None))],
    [
        labelled("b", "a.example", ("non_factual", True), (None, None), ("non_factual", None)),
        labelled("c", None, (None, False)),
    ],
]
NOVEMBER, JANUARY = date(2026, 11, 20), date(2026, 1, 2)
CELLS = [
    (JANUARY, None, "en", "direct", "person", None, None, False, 1, 1),
    (NOVEMBER, "a.example", "en", "direct", "person", "non_factual", None, True, 2, 2),
    (NOVEMBER, "a.example", "en", "narration", None, "non_factual", None, None, 1, 1),
    (NOVEMBER, "a.example", "en", "narration", None, None, None, None, 3, 2),
]


def test_cells_of_all_partitions_are_summed_nulls_kept_and_last() -> None:
    counts = [
        count_statements(
            {
                "articles": to_table("articles", [one.article for one in part]),
                "statements": to_table("statements", [row for one in part for row in one.statements]),
                "speakers": to_table("speakers", [row for one in part for row in one.speakers]),
            }
        )
        for part in PARTS
    ]
    total = sum_counts(counts)
    assert total.schema.equals(arrow_schema("daily_counts"))
    assert [tuple(row[name] for name in KEYS + COUNTS) for row in total.to_pylist()] == CELLS
    assert sum_counts([total]).equals(total)
    assert sum_counts([]).equals(arrow_schema("daily_counts").empty_table())


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


def kill_before_the_table(store: Store) -> None:
    with patch.object(Store, "write_rows", side_effect=Killed):
        update_daily_counts(store)


def kill_between_months(store: Store) -> None:
    write = Store.write_rows

    def write_and_kill(store: Store, *arguments: Any) -> None:
        write(store, *arguments)
        raise Killed

    with patch.object(Store, "write_rows", write_and_kill):
        update_daily_counts(store)


def kill_after_the_table(store: Store) -> None:
    with patch.object(Store, "write_file", side_effect=Killed):
        update_daily_counts(store)


def kill_before_the_cache_is_whole(store: Store) -> None:
    write = Store.write_file

    def write_counts(store: Store, path: Path, content: bytes) -> None:
        if path.suffix != ".counts":
            raise Killed
        write(store, path, content)

    with patch.object(Store, "write_file", write_counts):
        update_daily_counts(store)


KILLS = [kill_before_the_table, kill_between_months, kill_after_the_table, kill_before_the_cache_is_whole]


@pytest.mark.parametrize("kill", KILLS)
def test_after_a_kill_the_next_run_counts_what_stands(tmp_path: Path, kill: Callable[[Store], None]) -> None:
    store = Store(tmp_path)
    commit_articles(store, PARTS[0])
    update_daily_counts(store)
    commit_articles(store, PARTS[1], run_id="run-2")
    with pytest.raises(Killed):
        kill(store)
    update_daily_counts(store)
    assert sum(row["statement_count"] for row in read_rows(store, "daily_counts")) == 7


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def hollow_out(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:8] + bytes(len(content) - 8))


def write_as_another_release(path: Path) -> None:
    rows = pa.ipc.open_file(path).read_all().drop(["domain"])
    with pa.ipc.new_file(path, rows.schema) as writer:
        writer.write_table(rows)


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (cut_off, "2026-12-0.counts"),
        (hollow_out, "2026-12-0.counts"),
        (write_as_another_release, "2026-12-0.counts"),
        (Path.unlink, "2026-12-0.counts"),
        (cut_off, "made.json"),
        (lambda path: path.write_text("[]"), "made.json"),
        (lambda path: path.write_text('{"partitions": []}'), "made.json"),
        (lambda path: path.write_text('{"partitions": {"2026-12-0": 1}}'), "made.json"),
        (Path.unlink, "made.json"),
    ],
)
def test_with_a_damaged_cache_all_is_counted_anew(tmp_path: Path, damage: Callable[[Path], object], name: str) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=-1, b=1)
    commit_days(store, "2026-12", c=-1, d=1)
    update_daily_counts(store)
    remove(store, "c")
    damage(store.folder / ".cache" / "daily_counts" / name)
    assert counted(store) == counted_anew(store)


def commit_days(store: Store, month: str, **days: int) -> None:
    """Commit articles by name, each published on a day counted from the 1st of November; those before are October's."""
    articles = [labelled(name, f"{name}.example", ("non_factual", day % 2 == 0)) for name, day in days.items()]
    dated = [
        replace(one, article=replace(one.article, published_date=date(2026, 11, 1) + timedelta(days=day)))
        for one, day in zip(articles, days.values(), strict=True)
    ]
    commit_articles(store, dated, month=month, run_id=f"{month}{days}")


def remove(store: Store, name: str) -> None:
    article_id = make_processed(name).article.article_id
    plan = CommitPlan(
        run_id=None, month="", batches=[], article_ids=[], conflicts=[], succeeded_items=[], removed_ids=[article_id]
    )
    with store.locked():
        store.commit(plan)


def written(store: Store) -> dict[str, bytes]:
    """Return the files of the table by month; of a dataset without statements, its one file."""
    return {path.parent.name: path.read_bytes() for path in table_paths(store.folder, "daily_counts")}


def counted(store: Store) -> dict[str, bytes]:
    update_daily_counts(store)
    return written(store)


def counted_anew(store: Store) -> dict[str, bytes]:
    """Return the table as a dataset without it, and without a cache, gets it."""
    copy = store.folder.with_name("copy")
    shutil.copytree(store.folder, copy, ignore=shutil.ignore_patterns(".cache", "daily_counts"))
    table = counted(Store(copy))
    shutil.rmtree(copy)
    return table


def months_written(store: Store) -> list[str]:
    """Return the months that an update writes."""
    with patch.object(Store, "write_rows", autospec=True, side_effect=Store.write_rows) as write:
        update_daily_counts(store)
    return [call.args[1].parent.name for call in write.call_args_list]


@pytest.mark.parametrize("seed", range(8))
def test_changed_months_are_those_of_a_count_of_all(tmp_path: Path, seed: int) -> None:
    store, chance = Store(tmp_path / "out"), random.Random(seed)
    standing: set[str] = set()
    for _ in range(8):
        if standing and chance.random() < 0.25:
            name = chance.choice(sorted(standing))
            remove(store, name)
            standing.remove(name)
        else:
            names = chance.sample("abcd", 2)
            commit_days(store, f"2026-{chance.choice((11, 12))}", **{name: chance.randint(-2, 1) for name in names})
            standing.update(names)
        if chance.random() < 0.4:
            with suppress(Killed):  # where a count stays as it is, no month is written
                chance.choice(KILLS)(store)
        else:
            assert counted(store) == counted_anew(store)


def test_only_months_of_changed_files_are_written(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_days(store, "2026-11", a=-1, b=-2)
    commit_days(store, "2026-12", c=2, d=3)
    assert counted(store).keys() == {"2026-10", "2026-11"}
    commit_days(store, "2026-11", b=-4)
    assert months_written(store) == ["2026-10"]
    assert months_written(store) == []


def test_a_month_that_is_no_longer_counted_is_gone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_days(store, "2026-11", a=-1, b=1)
    assert counted(store).keys() == {"2026-10", "2026-11"}
    remove(store, "a")
    assert counted(store).keys() == {"2026-11"}
    remove(store, "b")
    assert counted(store).keys() == {"daily_counts"}
    assert read_rows(store, "daily_counts") == []


def test_a_month_that_a_killed_run_counted_is_uncounted(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=1)
    update_daily_counts(store)
    commit_days(store, "2026-11", b=-2)
    with pytest.raises(Killed):
        kill_after_the_table(store)
    assert written(store).keys() == {"2026-10", "2026-11"}
    remove(store, "b")
    assert counted(store) == counted_anew(store)
    assert written(store).keys() == {"2026-11"}


def test_a_month_from_a_backup_is_counted_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=1)
    backup = counted(store)["2026-11"]
    commit_days(store, "2026-12", b=2)
    now = counted(store)
    (store.folder / "daily_counts/2026-11/part-0.parquet").write_bytes(backup)
    assert backup != now["2026-11"]
    assert counted(store) == now


def test_one_file_of_all_months_gives_way_to_one_a_month(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=1, b=-1)
    months = counted(store)
    store.write_root("daily_counts", pq.read_table(store.folder / "daily_counts", partitioning=None))
    for month in months:
        shutil.rmtree(store.folder / "daily_counts" / month)
    cache = store.folder / ".cache" / "daily_counts"
    (cache / "made.json").unlink()
    (cache / "2026-11-0.counts").rename(cache / "total.counts")
    assert written(store).keys() == {"daily_counts"}
    assert counted(store) == months
    assert {path.name for path in cache.iterdir()} == {"2026-11-0.counts", "made.json"}


def test_articles_without_statements_have_no_month(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for run in ("run-1", "run-2"):
        commit_articles(store, [replace(make_processed("a", f"Text {run}."), statements=[])], run_id=run)
        assert counted(store).keys() == {"daily_counts"}


def test_a_kill_never_leaves_the_table_without_a_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    with store.locked():
        update_daily_counts(store)
    changes: list[Callable[[], None]] = [lambda: commit_days(store, "2026-11", a=1), lambda: remove(store, "a")]
    for change in changes:
        change()
        for kill in (kill_before_the_table, kill_between_months):
            with pytest.raises(Killed):
                kill(store)
            assert written(store)
        update_daily_counts(store)


def test_of_a_partition_that_spans_months_those_that_differ_are_written(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_days(store, "2026-11", a=-1, b=1, c=40)
    assert counted(store).keys() == {"2026-10", "2026-11", "2026-12"}
    commit_days(store, "2026-11", d=3, c=70)
    assert months_written(store) == ["2026-11", "2027-01"]
    assert written(store).keys() == {"2026-10", "2026-11", "2027-01"}
