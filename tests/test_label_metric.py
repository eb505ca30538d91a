"""The figures that label models are measured by, on tables small enough to count by hand."""

import numpy as np
import pytest

from benchmarks.label_metric import average_precision, calibration_error, f1_score, roc_auc

GOLD = np.array([True, False, True, False])


@pytest.mark.parametrize(
    ("found", "f1"),
    [([1, 0, 1, 0], 1.0), ([1, 1, 0, 0], 0.5), ([0, 0, 0, 0], 0.0), ([1, 1, 1, 1], 2 / 3)],
)
def test_f1(found: list[int], f1: float) -> None:
    assert f1_score(np.array(found, dtype=bool), GOLD) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("scores", "precision", "area"),
    [
        ([0.9, 0.1, 0.8, 0.2], 1.0, 1.0),
        ([0.9, 0.8, 0.7, 0.1], (1 + 2 / 3) / 2, 0.75),
        ([0.5, 0.5, 0.5, 0.5], (1 / 3 + 2 / 4) / 2, 0.5),
        ([0.1, 0.9, 0.2, 0.8], (1 / 3 + 2 / 4) / 2, 0.0),
    ],
)
def test_ranking(scores: list[float], precision: float, area: float) -> None:
    assert average_precision(np.array(scores), GOLD) == pytest.approx(precision)
    assert roc_auc(np.array(scores), GOLD) == pytest.approx(area)


@pytest.mark.parametrize(
    ("scores", "error"),
    [([1.0, 0.0, 1.0, 0.0], 0.0), ([0.55, 0.55, 0.55, 0.55], 0.05), ([0.0, 1.0, 0.0, 1.0], 1.0)],
)
def test_calibration_error(scores: list[float], error: float) -> None:
    assert calibration_error(np.array(scores), GOLD) == pytest.approx(error)
