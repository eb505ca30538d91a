"""The counts of a run: the rows that tables show, and what makes a run fail."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from flows.summary import SourceCounts, Summary, describe_failure

STARTED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make_summary(sources: dict[str, tuple[int, int]]) -> Summary:
    """Return the summary of a run of 4 s; `sources` holds inputs and rejections by name."""
    finished_at = STARTED_AT + timedelta(seconds=4)
    summary = Summary(run_id="r", output="out", started_at=STARTED_AT, finished_at=finished_at)
    by_name = {name: SourceCounts(inputs=inputs, rejected=rejected) for name, (inputs, rejected) in sources.items()}
    summary.sources = defaultdict(SourceCounts, by_name)
    return summary


def test_rows_hold_counts_rates_reasons_and_the_largest_sources() -> None:
    named = {f"s{number:02}": (number, 0) for number in range(12)}
    summary = make_summary({**named, "gazette": (40, 10)})
    summary.inputs, summary.written, summary.unchanged = 106, 53, 43
    summary.rejected = Counter({"too_short": 7, "http_404": 3})
    summary.statements = Counter({"direct": 106})
    rows = {str(row["what"]): (row["count"], row["rate"]) for row in summary.as_rows()}
    assert rows["inputs"] == (106, "26.5 a second")
    assert rows["articles written"] == (53, "50.0%")
    assert rows["rejected"] == (10, "9.4%")
    assert rows["rejected: too_short"] == (7, "6.6%")
    assert rows["statements: direct"] == (106, "2.0 an article")
    assert rows["source: gazette"] == (40, "25.0% rejected")
    assert [what for what in rows if what.startswith("source: ")] == [
        "source: gazette",
        *(f"source: s{number:02}" for number in range(11, 2, -1)),
    ]


def test_a_run_of_nothing_has_rows_without_rates() -> None:
    assert {row["rate"] for row in make_summary({}).as_rows()} <= {"", "0.0 a second"}


@pytest.mark.parametrize(
    ("sources", "limits", "failure"),
    [
        ({"a": (40, 10)}, {}, "10 of 40 inputs were rejected (25%; the limit is 20%)"),
        ({"a": (50, 10)}, {}, None),  # at the limit, not above
        ({"a": (9, 9)}, {}, None),  # fewer than ten
        ({"a": (9, 9), "b": (5, 5)}, {}, "14 of 14 inputs were rejected (100%; the limit is 20%)"),
        (
            {"a": (100, 0), "b": (20, 12)},
            {},
            "source b: 12 of 20 inputs were rejected (60%; the limit is 20%)",
        ),
        (
            {"a": (20, 10), "b": (20, 12)},
            {},
            "22 of 40 inputs were rejected (55%; the limit is 20%); "
            "source a: 10 of 20 inputs were rejected (50%; the limit is 20%); "
            "source b: 12 of 20 inputs were rejected (60%; the limit is 20%)",
        ),
        ({"a": (20, 18)}, {"a": 0.9}, None),  # its own limit alone counts for it
        ({"a": (20, 18), "b": (100, 5)}, {"a": 0.9}, None),
        ({"a": (3, 1)}, {"a": 0.0}, "source a: 1 of 3 inputs were rejected (33%; the limit is 0%)"),
        ({"b": (30, 2)}, {"a": 0.0}, None),  # a source that brought nothing
    ],
)
def test_limits_of_rejections(sources: dict[str, tuple[int, int]], limits: dict[str, float], failure: str) -> None:
    summary = make_summary(sources)
    summary.written = 1
    assert describe_failure(summary, 0.2, limits, has_list=True) == failure


@pytest.mark.parametrize(
    ("written", "unchanged", "rejected", "has_list", "max_share", "failure"),
    [
        (0, 0, {"dns_failure": 1}, False, 0.2, "dns_failure: 1 of 1 inputs were rejected (100%; the limit is 20%)"),
        (
            0,
            0,
            {"missing_text": 1, "too_short": 2},
            False,
            0.2,
            "too_short, missing_text: 3 of 3 inputs were rejected (100%; the limit is 20%)",
        ),
        (1, 0, {"too_short": 3}, False, 0.2, None),  # a handful that has articles, too
        (0, 1, {"too_short": 3}, False, 0.2, None),
        (0, 0, {}, False, 0.2, None),  # nothing came
        (0, 0, {"http_404": 1}, True, 0.2, None),  # one new page of a feed
        (0, 0, {"too_short": 3}, False, 1.0, None),
    ],
)
def test_a_run_of_what_was_named_fails_without_an_article(
    written: int, unchanged: int, rejected: dict[str, int], has_list: bool, max_share: float, failure: str | None
) -> None:
    summary = make_summary({"a": (written + unchanged + sum(rejected.values()), sum(rejected.values()))})
    summary.written, summary.unchanged, summary.rejected = written, unchanged, Counter(rejected)
    assert describe_failure(summary, max_share, {}, has_list=has_list) == failure
