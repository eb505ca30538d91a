"""`daily_counts`: every statement in its cell, and each month right after a kill."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

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
    with patch.object(Store, "write_rows", side_effect=Killed), pytest.raises(Killed):
        update_daily_counts(store)


def kill_between_months(store: Store) -> None:
    write = Store.write_rows

    def write_and_kill(store: Store, *arguments: Any) -> None:
        write(store, *arguments)
        raise Killed

    with patch.object(Store, "write_rows", write_and_kill), pytest.raises(Killed):
        update_daily_counts(store)


def kill_after_the_table(store: Store) -> None:
    with patch("flows.daily_counts._write_counts", side_effect=Killed), pytest.raises(Killed):
        update_daily_counts(store)


def cut_off_the_cache(store: Store) -> None:
    update_daily_counts(store)
    for path in store.folder.glob(".cache/daily_counts/*"):
        path.write_bytes(path.read_bytes()[:40])


KILLS = [kill_before_the_table, kill_between_months, kill_after_the_table]


@pytest.mark.parametrize("kill", [*KILLS, cut_off_the_cache])
def test_after_a_kill_the_next_run_counts_what_stands(tmp_path: Path, kill: Callable[[Store], None]) -> None:
    store = Store(tmp_path)
    commit_articles(store, PARTS[0])
    update_daily_counts(store)
    commit_articles(store, PARTS[1], run_id="run-2")
    kill(store)
    update_daily_counts(store)
    assert sum(row["statement_count"] for row in read_rows(store, "daily_counts")) == 7


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
    folder = store.folder / "daily_counts"
    return {path.parent.name: path.read_bytes() for path in table_paths(store.folder, folder.name)}


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
            chance.choice(KILLS)(store)
        else:
            assert counted(store) == counted_anew(store)


def test_only_months_of_changed_files_are_written(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_days(store, "2026-11", a=-1, b=-2)
    commit_days(store, "2026-12", c=2, d=3)
    assert counted(store).keys() == {"2026-10", "2026-11"}
    commit_days(store, "2026-11", b=-4)
    with patch.object(Store, "write_rows", autospec=True, side_effect=Store.write_rows) as write:
        update_daily_counts(store)
        update_daily_counts(store)
    assert [call.args[1] for call in write.call_args_list] == [Path("daily_counts/2026-10/part-0.parquet")]


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
    assert written(store).keys() == {*months, "daily_counts"}
    assert counted(store) == months
