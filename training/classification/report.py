"""What the models without a fold say of it, against its labels: `python -m training.classification.report NPZ...`."""

import sys
from pathlib import Path

import numpy as np
import torch

from benchmarks.label_metric import average_precision, calibration_error, f1_score
from training.classification.data import CLAIM_CLASSES
from training.classification.export import calibrate
from transforms.classify import CLAIM_WEIGHTS

HALVES = 2


def main() -> None:
    folds = [np.load(Path(path)) for path in sys.argv[1:]]
    scores = [_claim_scores(fold["logits"], fold["labels"]) for fold in folds]
    for name, values in zip((*CLAIM_CLASSES, "macro", "weighted"), np.array(scores).T, strict=True):
        print(f"ClaimBuster {name:20} F1 {values.mean():.3f}, folds {values.min():.3f} to {values.max():.3f}")
    logits, labels = (np.concatenate([fold[name] for fold in folds]) for name in ("logits", "labels"))
    scaled = _cross_calibrated(logits, labels)
    chances = torch.tensor(scaled[:, :3]).softmax(1).numpy()[:, 2]
    classed = labels[:, 0] >= 0
    error = calibration_error(chances[classed], labels[classed, 1] == 1)
    print(f"check_worthiness: calibration error {error:.3f} on ClaimBuster, calibrated on the other half")
    for column, name in ((2, "subjective"), (3, "forward-looking")):
        asked = labels[:, column] >= 0
        gold, chance = labels[asked, column] == 1, 1 / (1 + np.exp(-scaled[asked, column + 1]))
        macro = np.mean([f1_score(chance >= 0.5, gold), f1_score(chance < 0.5, ~gold)])
        print(
            f"{name}: F1 {f1_score(chance >= 0.5, gold):.3f}, macro {macro:.3f}, "
            f"AP {average_precision(chance, gold):.3f}, calibration error {calibration_error(chance, gold):.3f}"
        )


def _claim_scores(logits: np.ndarray, labels: np.ndarray) -> list[float]:
    classed = labels[:, 0] >= 0
    chances = torch.tensor(_cross_calibrated(logits, labels)[classed, :3]).softmax(1).numpy()
    found, gold = (chances * CLAIM_WEIGHTS).argmax(1), labels[classed, 0]
    scores = [f1_score(found == claim, gold == claim) for claim in range(3)]
    return [*scores, float(np.mean(scores)), float(np.average(scores, weights=np.bincount(gold, minlength=3)))]


def _cross_calibrated(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    scaled = np.zeros_like(logits)
    for half in range(HALVES):
        inside = np.arange(len(logits)) % HALVES == half
        slopes, offsets = calibrate(torch.tensor(logits[~inside]), torch.tensor(labels[~inside]))
        scaled[inside] = logits[inside] * np.array(slopes) + np.array(offsets)
    return scaled


if __name__ == "__main__":
    main()
