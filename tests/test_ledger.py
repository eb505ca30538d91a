"""When a run commits: after enough articles, or after enough time."""

from pathlib import Path
from unittest.mock import patch

import pytest

from flows.arrivals import Arrival
from flows.ledger import Ledger
from flows.sources import Input
from flows.store import CommitPlan, Store
from flows.summary import Summary
from tests.rows import SEEN_AT, make_processed, stage


@pytest.mark.parametrize(
    ("batch_s", "commit_s", "due", "commits"),
    [
        (60, 0, 2_000, [5, 10]),  # of a slow crawl: each 300 s
        (60, 20, 2_000, [5, 12]),  # not before 20 times as long as the commit before went by
        (1, 0, 2_000, []),
        (1, 0, 2, [2, 4, 8]),  # then as many as the month holds, where its share for a file is all of it
    ],
)
def test_commits_come_after_articles_or_time(
    tmp_path: Path, batch_s: float, commit_s: float, due: int, commits: list[int]
) -> None:
    seconds, committed = 0.0, []

    def commit(_store: Store, plan: CommitPlan) -> None:
        nonlocal seconds
        seconds += commit_s
        committed.append(sum(map(len, plan.article_ids)))

    store = Store(tmp_path)
    summary = Summary(run_id="r", output="", started_at=SEEN_AT, finished_at=SEEN_AT)
    with (
        store.locked(),
        patch.object(Store, "commit", commit),
        patch("flows.ledger.COMMIT_ARTICLES", due),
        patch("flows.ledger.PARTS_OF_MONTH", 1),
    ):
        ledger = Ledger(store, summary, timer=lambda: seconds)
        for number in range(12):
            seconds += batch_s
            entry = Input(kind="text", item=str(number), source="s")
            assert list(ledger.receive([Arrival(entry=entry)], None)) == [entry]
            ledger.enter(stage(store.staging, str(number), [make_processed(str(number))]))
    assert [sum(committed[: count + 1]) for count in range(len(committed))] == commits
