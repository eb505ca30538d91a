"""Figures by which label models are compared: F1, average precision, area under the ROC curve, calibration error."""

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
BINS = 10  # of equal width


def f1_score(found: Flags, gold: Flags) -> float:
    """Return 2 · right / (found + gold); 0 where nothing is found and nothing is there."""
    return 2 * int(np.sum(found & gold)) / max(1, int(np.sum(found)) + int(np.sum(gold)))


def average_precision(scores: Scores, gold: Flags) -> float:
    """Return the mean precision at each right one, from the highest score down; ties in the worst order."""
    ranked = gold[np.lexsort((gold, -scores))]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean()) if ranked.any() else 0.0


def roc_auc(scores: Scores, gold: Flags) -> float:
    """Return the share of pairs, a right one and a wrong one, that the scores put in order; ties count half."""
    ordered = np.sort(scores[~gold])
    below, upto = (np.searchsorted(ordered, scores[gold], side=side) for side in ("left", "right"))
    return float(((below + upto) / 2).sum() / max(1, gold.sum() * len(ordered)))


def calibration_error(scores: Scores, gold: Flags) -> float:
    """Return the expected calibration error (Guo et al. 2017): |mean score - share of right ones|, ten bins."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [abs(scores[bins == one].sum() - gold[bins == one].sum()) for one in range(BINS)]
    return float(sum(gaps) / max(1, len(scores)))
