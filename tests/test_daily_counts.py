"""`daily_counts`: every statement in its cell, and the table right after a kill."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.daily_counts import COUNTS, DAILY_COUNTS, KEYS, count_statements, sum_counts, update_daily_counts
from flows.store import CommitPlan, Store
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
    with patch.object(Store, "write_root", side_effect=Killed), pytest.raises(Killed):
        update_daily_counts(store)


def kill_after_the_table(store: Store) -> None:
    with patch("flows.daily_counts._write_cache", side_effect=Killed), pytest.raises(Killed):
        update_daily_counts(store)


def cut_off_the_cache(store: Store) -> None:
    update_daily_counts(store)
    for path in store.folder.glob(".cache/daily_counts/*"):
        path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("kill", [kill_before_the_table, kill_after_the_table, cut_off_the_cache])
def test_after_a_kill_the_next_run_counts_what_stands(tmp_path: Path, kill: Callable[[Store], None]) -> None:
    store = Store(tmp_path)
    commit_articles(store, PARTS[0])
    update_daily_counts(store)
    commit_articles(store, PARTS[1], run_id="run-2")
    kill(store)
    update_daily_counts(store)
    assert sum(row["statement_count"] for row in read_rows(store, "daily_counts")) == 7


def commit_days(store: Store, month: str, **days: int) -> None:
    """Commit articles by name, each published on a day of November."""
    articles = [labelled(name, f"{name}.example", ("non_factual", day % 2 == 0)) for name, day in days.items()]
    dated = [
        replace(one, article=replace(one.article, published_date=date(2026, 11, day)))
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


def counted_anew(store: Store) -> bytes:
    """Return the table as a dataset without a cache has it."""
    copy = store.folder.with_name("copy")
    shutil.copytree(store.folder, copy, ignore=shutil.ignore_patterns(".cache"))
    update_daily_counts(Store(copy))
    table = (copy / DAILY_COUNTS).read_bytes()
    shutil.rmtree(copy)
    return table


def counted(store: Store) -> bytes:
    update_daily_counts(store)
    return (store.folder / DAILY_COUNTS).read_bytes()


@pytest.mark.parametrize("seed", range(5))
def test_a_sum_of_changed_days_is_the_sum_of_all(tmp_path: Path, seed: int) -> None:
    store, chance = Store(tmp_path / "out"), random.Random(seed)
    for _ in range(8):
        if chance.random() < 0.25:
            remove(store, chance.choice("abcd"))
        else:
            names = chance.sample("abcd", 2)
            commit_days(store, f"2026-{chance.choice((11, 12))}", **{name: chance.randint(1, 4) for name in names})
        if chance.random() < 0.25:
            chance.choice([kill_before_the_table, kill_after_the_table])(store)
        else:
            assert counted(store) == counted_anew(store)


def test_only_days_of_changed_files_are_summed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_days(store, "2026-11", a=1, b=2)
    commit_days(store, "2026-12", c=2, d=3, e=5)
    update_daily_counts(store)
    commit_days(store, "2026-11", b=4)
    with patch("flows.daily_counts.sum_counts", side_effect=sum_counts) as summed:
        update_daily_counts(store)
    days = {day for part in summed.call_args.args[0] for day in part["day"].to_pylist()}
    assert days == {date(2026, 11, day) for day in (1, 2, 4)}


def test_a_day_that_a_killed_run_counted_is_uncounted(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=1)
    update_daily_counts(store)
    commit_days(store, "2026-11", b=2)
    kill_after_the_table(store)
    remove(store, "b")
    assert counted(store) == counted_anew(store)


def test_a_table_from_a_backup_is_counted_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    commit_days(store, "2026-11", a=1)
    backup = counted(store)
    commit_days(store, "2026-12", b=2)
    now = counted(store)
    (store.folder / DAILY_COUNTS).write_bytes(backup)
    assert backup != now == counted(store)
