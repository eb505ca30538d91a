"""Fit the weights of `transforms/models/salience.json`: `python -m training.speakers.fit --all`.

Each mention of the composed passages that could mean several is one choice among those it fits; the gold speaker is the
right one. The resolver reads on with the gold speaker, so that no choice suffers from an earlier mistake. Conditional
logit, L2, full batches.
"""

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.speakers import paragraphs, plain_name, read_mentions
from training.attribution.passages import FOLDER, read_passages
from transforms.bodies import BODY, IT, THEY
from transforms.choices import WEIGHTS_FILE, Model, Setting, choose
from transforms.described import DESCRIBED
from transforms.entities import Entity
from transforms.names import fold
from transforms.salience import HE
from transforms.speakers import resolve_speakers

MODELS = (HE, IT, THEY, BODY, DESCRIBED)
ROUNDS = 4  # what is read between the mentions hangs on the weights too
Choice = tuple[np.ndarray, int]  # features of the candidates, float of shape (candidates, features); the right one


def is_held_back(passage_id: str) -> bool:
    """Return whether a passage is of the third that figures are measured on."""
    return int(hashlib.sha256(passage_id.encode()).hexdigest(), 16) % 3 == 0


def is_speaker(entity: Entity, gold: str) -> bool:
    """Return whether an entity is the gold speaker; one without a name if either has all words of the other."""
    if entity.words:
        return plain_name(entity.name or "") == plain_name(gold)
    own, other = words_of_name(entity.name or ""), words_of_name(gold)
    return bool(own and other) and (own <= other or other <= own)


def words_of_name(name: str) -> set[str]:
    """Return the folded words of a description without its article."""
    return {fold(word) for word in name.split()} - {"the", "a", "an"}


class Teacher:
    """Stands in for `choose`: says the gold speaker and notes the choice."""

    def __init__(self) -> None:
        self.choices: dict[str, list[Choice]] = defaultdict(list)  # by the name of the model
        self.gold: dict[int, str] = {}  # the speaker by the start of its mention

    def choose(self, model: Model, candidates: Sequence[Entity], setting: Setting) -> Entity | None:
        """Return the gold speaker where it is a candidate, nobody where the model may say so, else what it says."""
        gold = self.gold.get(setting.phrase.start)
        right = [i for i, one in enumerate(candidates) if gold is not None and is_speaker(one, gold)]
        if gold is None or not (right or model.or_nobody):
            return choose(model, candidates, setting)
        if len(candidates) + model.or_nobody > 1 and candidates:
            rows = model.rows(candidates, setting)
            rows += [[0.0] * len(model.features)] * model.or_nobody
            self.choices[model.name].append((np.array(rows, dtype=float), right[0] if right else len(candidates)))
        return candidates[right[0]] if right else None


def collect(passages: list[dict[str, Any]]) -> dict[str, list[Choice]]:
    """Return the choices in some passages, by the name of the model."""
    teacher = Teacher()
    for passage in passages:
        ordered, mentions = read_mentions(passage)
        teacher.gold = {one["source"][0][0]: one["speaker"] for one in ordered if one["source"]}
        resolve_speakers(passage["id"], passage["text"], paragraphs(passage["text"]), mentions, teacher.choose)
    return teacher.choices


def fit(choices: list[Choice], l2: float, steps: int = 1500) -> np.ndarray:
    """Return the weights that make the right choices most likely, one per column of the choices."""
    rows = np.concatenate([x for x, _ in choices])
    owner = np.repeat(np.arange(len(choices)), [len(x) for x, _ in choices])
    starts = np.cumsum([0, *(len(x) for x, _ in choices)])[:-1]
    right = starts + np.array([i for _, i in choices])
    weights = np.zeros(rows.shape[1])
    moment, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        scores = rows @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        shares = odds / np.add.reduceat(odds, starts)[owner]
        slope = (rows * shares[:, None]).sum(0) - rows[right].sum(0) + l2 * weights
        moment, square = 0.9 * moment + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= 0.02 * (moment / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-9)
    return weights


def accuracy(choices: list[Choice], weights: np.ndarray) -> float:
    """Return the share of choices whose best candidate is the right one."""
    return float(np.mean([int(np.argmax(x @ weights)) == i for x, i in choices]))


def main() -> None:
    """Fit, print the figures and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--l2", type=float, default=1.0)
    parser.add_argument("--all", action="store_true", help="learn from the held-back third too, as what is shipped did")
    options = parser.parse_args()
    passages = [one for path in sorted(FOLDER.glob("*.txt")) for one in read_passages(path)]
    for model in MODELS:
        model.weights[:] = [0.0] * len(model.features)
    for _ in range(ROUNDS):
        ours = collect([one for one in passages if options.all or not is_held_back(one["id"])])
        theirs = collect([one for one in passages if is_held_back(one["id"])])
        for model in MODELS:
            model.weights[:] = fit(ours[model.name], options.l2).round(3).tolist()
    for model in MODELS:
        weights = np.array(model.weights)
        for label, found in (("learned from", ours[model.name]), ("held back", theirs[model.name])):
            print(f"{model.name:10} {label:12} {accuracy(found, weights):.3f} of {len(found)}")
    table = {model.name: dict(zip(model.features, model.weights, strict=True)) for model in MODELS}
    WEIGHTS_FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
