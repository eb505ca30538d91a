"""The measure of statements: by hand on small cases, and against the published scorer where it is at hand."""

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.statement_metric import BUCKETS, count_matches, f1_scores, right_statements

TEXT = "“It is closed,” Ann Lee said. Roe hopes to open it soon."


def spans(*parts: str) -> list[list[int]]:
    return [[TEXT.index(part), TEXT.index(part) + len(part)] for part in parts]


GOLD = [
    {"content": spans("It is closed,"), "cue": spans("said"), "source": spans("Ann Lee")},
    {"content": spans("to open it soon"), "cue": spans("hopes"), "source": spans("Roe")},
]


@pytest.mark.parametrize(
    ("content", "source", "statement", "exact", "joint"),
    [
        ("It is closed,", "Ann Lee", 1, 1, 1),
        ("It is closed", "Lee", 1, 1, 1),  # punctuation is nothing; the head of the source is enough
        ("It is closed", "Ann", 1, 1, 1),  # half of its letters
        ("closed,", "Ann Lee", 1, 0, 1),  # more than half
        ("It is", "Ann Lee", 0, 0, 0),
        ("It is closed,", "Roe", 1, 1, 0),
        ("It is closed,", None, 1, 1, 0),
    ],
)
def test_one_prediction(content: str, source: str | None, statement: int, exact: int, joint: int) -> None:
    predicted = [{"content": spans(content), "source": spans(source) if source else []}]
    counts = count_matches(TEXT, GOLD, predicted)
    assert (counts["statement"], counts["exact"], counts["joint"]) == (statement, exact, joint)
    assert (counts["gold"], counts["gold direct"], counts["gold indirect"]) == (2, 1, 1)
    assert right_statements(TEXT, GOLD, predicted) == [joint == 1]


def test_each_annotated_statement_counts_once() -> None:
    counts = count_matches(TEXT, GOLD, [{"content": spans("to open it soon"), "source": []}] * 2)
    assert counts["statement"] == 1
    assert f1_scores(counts)["statement"] == 0.5


def test_no_predictions() -> None:
    assert f1_scores(Counter())["joint"] == 0


def test_scores_equal_those_of_the_published_scorer(shared_data: Path) -> None:
    path = shared_data.parent / "tools" / "score_attribution.py"
    if not path.is_file():
        pytest.skip(f"the published scorer is absent: {path}")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("score_attribution", path)
    assert spec is not None
    assert spec.loader is not None
    scorer: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    lines = (shared_data / "attribution" / "polnear_dev.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    gold = [json.loads(line) for line in lines]
    predicted = [
        {"id": one["id"], "attributions": [_shifted(a, i) for i, a in enumerate(one["attributions"])]} for one in gold
    ]
    theirs, _, _ = scorer.evaluate(gold, predicted, 0)
    counts = Counter[str]()
    for one, found in zip(gold, predicted, strict=True):
        counts += count_matches(one["text"], one["attributions"], found["attributions"])
    ours = f1_scores(counts)
    names = {"statement": "statement IoU>=.5", "exact": "statement exact", "joint": "joint stmt+source"}
    for name, their_name in names.items():
        assert ours[name] == pytest.approx(theirs[their_name][2])
        for bucket in BUCKETS:
            assert ours[f"{name} {bucket}"] == pytest.approx(theirs[f"{bucket}: {their_name}"][2])


def _shifted(attribution: dict[str, Any], index: int) -> dict[str, Any]:
    """Return an attribution that is wrong in a way that depends on its place."""
    content = [[start + 9 * (index % 3), end - 25 * (index % 2)] for start, end in attribution["content"]]
    source = attribution["source"] if index % 4 else attribution["cue"]
    return {**attribution, "content": [span for span in content if span[0] < span[1]], "source": source}
