"""Fit `attribution_score` on annotated articles: `python -m training.attribution.calibrate MODEL.onnx GOLD.jsonl`.

The score is P(statement and source right): a logistic regression on three log-probabilities (Platt 1999).
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from benchmarks.statement_metric import right_statements
from schemas.records import Block
from training.attribution.data import line_blocks
from transforms.attributions import find_attributions
from transforms.encode import encode
from transforms.models.statement_model import StatementModel
from transforms.quotes import quote_spans

BINS = 10


def evidence(model: StatementModel, gold: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the log-probabilities of each attribution found, (N, 3), and whether it is right."""
    values, right = [], []
    for line in gold.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        blocks: list[Block] = line_blocks(article["text"])
        quotes = quote_spans(article["text"], blocks)
        found = find_attributions(article["text"], encode(article["text"], blocks, quotes, model.vocabulary), model)
        predicted = [
            {"content": [list(s) for s in one.contents], "source": [list(one.source)] if one.source else []}
            for one in found
        ]
        values += [one.evidence for one in found]
        right += right_statements(article["text"], article["attributions"], predicted)
    return np.array(values), np.array(right)


def fit(values: NDArray[np.float64], right: NDArray[np.bool_], steps: int = 50) -> NDArray[np.float64]:
    """Return bias and weights of the logistic regression, by Newton's method with a little ridge."""
    table = np.hstack([np.ones((len(values), 1)), values])
    weights = np.zeros(table.shape[1])
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-table @ weights))
        gradient = table.T @ (chance - right) + 1e-3 * weights
        curvature = (table * (chance * (1 - chance))[:, None]).T @ table + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def calibration_error(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error, over ten bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [
        abs(scores[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def main() -> None:
    """Fit on the articles, say the error of a two-fold check, and write the coefficients into the model."""
    path, gold = Path(sys.argv[1]), Path(sys.argv[2])
    values, right = evidence(StatementModel(path), gold)
    halves = np.arange(len(values)) < len(values) // 2
    scores = np.zeros(len(values))
    for half in (halves, ~halves):
        weights = fit(values[~half], right[~half])
        scores[half] = 1 / (1 + np.exp(-(weights[0] + values[half] @ weights[1:])))
    weights = fit(values, right)
    print(f"{len(values)} found, {right.mean():.3f} right, calibration error {calibration_error(scores, right):.3f}")
    model = onnx.load(path)
    kept = {prop.key: prop.value for prop in model.metadata_props}
    helper.set_model_props(model, {**kept, "calibration": json.dumps([round(float(w), 5) for w in weights])})
    onnx.save(model, path)


if __name__ == "__main__":
    main()
