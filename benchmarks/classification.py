"""Labels against published test sets: `python benchmarks/classification.py DATA [--model accurate]`.

CheckThat 2024 task 1: is a sentence of a debate worth checking. CheckThat 2025 task 1:
does the writer of a sentence of news take a view. NewsDiscourse (Choubey et al. 2020, dev): is a sentence about
expectations and consequences. The last two taught the models nothing, and no threshold was chosen on any of them.
Exits with 1 when a figure misses its floor.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.attribution import WORDS, article_texts, document_of, speed
from benchmarks.label_metric import Flags, Scores, average_precision, calibration_error, f1_score, roc_auc
from schemas.records import ModelName, ProcessedArticle, Statement
from transforms.classify import classify_statements, label_texts
from transforms.pipeline import process_document

EXPECTATION = "Distant_Expectations_Consequences"
FLOORS: dict[ModelName, dict[str, float]] = {
    "compact": {
        "CheckThat 2024, F1(yes)": 0.85,
        "CheckThat 2024, average precision": 0.945,
        "CheckThat subjectivity, macro-F1": 0.73,
        "CheckThat subjectivity, area under ROC": 0.8,
        "NewsDiscourse expectation, F1": 0.44,
        "NewsDiscourse expectation, average precision": 0.36,
    },
    "accurate": {
        "CheckThat 2024, F1(yes)": 0.88,
        "CheckThat 2024, average precision": 0.96,
        "CheckThat subjectivity, macro-F1": 0.73,
        "CheckThat subjectivity, area under ROC": 0.82,
        "NewsDiscourse expectation, F1": 0.47,
        "NewsDiscourse expectation, average precision": 0.395,
    },
}
MAX_COST = 0.4  # of what the statement engine takes for the same articles, `compact`
COST_ROUNDS = 5


def main() -> None:
    """Print the figures of one model; exit 1 where one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=("compact", "accurate"), default="compact")
    options = parser.parse_args()
    below = []
    for measure, score in measure_labels(options.data / "classification", options.model):
        floor = FLOORS[options.model].get(measure)
        print(f"{measure:45} {score:.3f}" + (f"  floor {floor}" if floor else ""))
        below += [f"{measure}: {score:.3f} is below {floor}"] if floor and score < floor else []
    cost, engine = added_cost(options.data, options.model), 1000 / speed(options.data, options.model)
    print(f"{cost:.1f} CPU-milliseconds added to the {engine:.1f} of an article of {WORDS} words")
    if options.model == "compact" and cost > MAX_COST * engine:
        below.append(f"cost: {cost:.1f} ms is above {MAX_COST} of {engine:.1f} ms")
    sys.exit("\n".join(below) or 0)


def measure_labels(folder: Path, model: ModelName) -> Iterator[tuple[str, float]]:
    """Yield each figure with its name."""
    texts, gold = _read(folder / "checkworthy_ct24_devtest.jsonl", "Yes")
    labels = label_texts(texts, model)
    worth = np.array([one.check_worthiness for one in labels])
    yield "CheckThat 2024, F1(yes)", f1_score(_flags(one.claim_type == "check_worthy_factual" for one in labels), gold)
    yield "CheckThat 2024, average precision", average_precision(worth, gold)
    yield "CheckThat 2024, calibration error", calibration_error(worth, gold)
    texts, gold = _read(folder / "subj_ct25_dev.jsonl", "SUBJ")
    labels = label_texts(texts, model)
    found = _flags(one.subjectivity == "subjective" for one in labels)
    yield "CheckThat subjectivity, macro-F1", (f1_score(found, gold) + f1_score(~found, ~gold)) / 2
    yield "CheckThat subjectivity, area under ROC", roc_auc(_scores(one.subjectivity_score for one in labels), gold)
    texts, gold = _read(folder / "newsdiscourse_dev.jsonl", EXPECTATION)
    labels = label_texts(texts, model)
    yield "NewsDiscourse expectation, F1", f1_score(_flags(one.forward_looking for one in labels), gold)
    scores = _scores(one.forward_looking_score for one in labels)
    yield "NewsDiscourse expectation, average precision", average_precision(scores, gold)


def added_cost(data: Path, model: ModelName) -> float:
    """Return the CPU-milliseconds by which labels make an article of 700 words dearer; best of some rounds."""
    articles: list[list[Statement]] = []
    for number, text in enumerate(article_texts(data)):
        processed = process_document(document_of(number, text), pipeline_version="benchmark", model=model)
        assert isinstance(processed, ProcessedArticle)
        articles.append(list(processed.statements))
    best = float("inf")
    for _ in range(COST_ROUNDS):
        started = time.process_time()
        for statements in articles:
            classify_statements(statements, "en", model)
        best = min(best, 1000 * (time.process_time() - started) / len(articles))
    return best


def _read(path: Path, positive: str) -> tuple[list[str], Flags]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], _flags(row["label"] == positive for row in rows)


def _flags(values: Iterator[bool]) -> Flags:
    return np.fromiter(values, dtype=np.bool_)


def _scores(values: Iterator[float]) -> Scores:
    return np.fromiter(values, dtype=np.float64)


if __name__ == "__main__":
    main()
