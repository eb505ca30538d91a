"""`daily_counts`: every statement in its cell, and the table right after a kill."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.daily_counts import COUNTS, KEYS, count_statements, sum_counts, update_daily_counts
from flows.store import Store
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
