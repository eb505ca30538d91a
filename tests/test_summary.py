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
    assert describe_failure(make_summary(sources), 0.2, limits) == failure
