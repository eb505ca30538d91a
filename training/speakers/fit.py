"""Fit the weights of `transforms/salience.py` on the composed passages: `python -m training.speakers.fit --all`.

Each "he" or "she" that is a source is one choice among those it fits; the gold speaker is the right one. The resolver
reads on with the gold speaker, so that no choice suffers from an earlier mistake. Conditional logit, L2, full batches.
"""

import argparse
import hashlib
import json
from typing import Any

import numpy as np

from benchmarks.speakers import paragraphs, plain_name, read_mentions
from training.attribution.passages import FOLDER, read_passages
from transforms import described, referents, salience, speakers
from transforms.described import DESCRIBED_FEATURES, described_features
from transforms.entities import Entity
from transforms.salience import FEATURES, WEIGHTS_FILE, Scene, features
from transforms.text_phrases import Phrase

ROUNDS = 4  # what is read between the mentions hangs on the weights too
Choice = tuple[np.ndarray, int]  # features of the candidates, float of shape (candidates, len(FEATURES)); the right one


def is_held_back(passage_id: str) -> bool:
    """Return whether a passage is of the third that figures are measured on."""
    return int(hashlib.sha256(passage_id.encode()).hexdigest(), 16) % 3 == 0


class Teacher:
    """Stands in for `choose` and `choose_described`: says the gold speaker and notes the choice."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []
        self.described: list[Choice] = []  # the last row of each, all zeros: a new person
        self.gold: dict[int, str] = {}  # plain name of the speaker by the start of its mention
        self.known: dict[str, Entity] = {}  # entity by gold speaker, as the mentions before were resolved

    def choose(
        self, candidates: list[Entity], phrase: Phrase, quoted: int, scene: Scene, content: tuple[int, int]
    ) -> Entity | None:
        """Return the gold speaker where it is a candidate, else what the rule so far says."""
        gold = self.gold.get(phrase.start)
        if gold is None:
            return _choose(candidates, phrase, quoted, scene, content)
        right = [i for i, one in enumerate(candidates) if plain_name(one.name or "") == gold]
        if not right:
            return _choose(candidates, phrase, quoted, scene, content)
        if len(candidates) > 1:
            most = max(one.mentions for one in candidates)
            rows = [features(one, phrase, quoted, scene, most, content) for one in candidates]
            self.choices.append((np.array(rows, dtype=float), right[0]))
        return candidates[right[0]]

    def choose_described(
        self, candidates: list[Entity], phrase: Phrase, quoted: int, scene: Scene, content: tuple[int, int]
    ) -> Entity | None:
        """Return the gold speaker where it is a candidate, None for a new person."""
        gold = self.gold.get(phrase.start)
        if gold is None:
            return _choose_described(candidates, phrase, quoted, scene, content)
        right = [i for i, one in enumerate(candidates) if plain_name(one.name or "") == gold]
        rows = [described_features(one, phrase, quoted, scene, candidates, content) for one in candidates]
        rows.append([0.0] * len(DESCRIBED_FEATURES))
        self.described.append((np.array(rows, dtype=float), right[0] if right else len(candidates)))
        return candidates[right[0]] if right else None


_choose, _choose_described = salience.choose, described.choose_described


def collect(passages: list[dict[str, Any]]) -> Teacher:
    """Return the teacher who has read the passages, with the choices in them."""
    teacher = Teacher()
    referents.choose, referents.choose_described = teacher.choose, teacher.choose_described  # type: ignore[attr-defined]
    for passage in passages:
        ordered, mentions = read_mentions(passage)
        teacher.gold = {one["source"][0][0]: plain_name(one["speaker"]) for one in ordered if one["source"]}
        speakers.resolve_speakers(passage["id"], passage["text"], paragraphs(passage["text"]), mentions)
    referents.choose, referents.choose_described = _choose, _choose_described  # type: ignore[attr-defined]
    return teacher


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
    salience.WEIGHTS[:], described.WEIGHTS[:] = [0.0] * len(FEATURES), [0.0] * len(DESCRIBED_FEATURES)
    for _ in range(ROUNDS):
        ours = collect([one for one in passages if options.all or not is_held_back(one["id"])])
        theirs = collect([one for one in passages if is_held_back(one["id"])])
        salience.WEIGHTS[:] = fit(ours.choices, options.l2).round(3).tolist()
        described.WEIGHTS[:] = fit(ours.described, options.l2).round(3).tolist()
    for label, choices, weights in (
        ("pronouns, learned from", ours.choices, salience.WEIGHTS),
        ("pronouns, held back", theirs.choices, salience.WEIGHTS),
        ("descriptions, learned from", ours.described, described.WEIGHTS),
        ("descriptions, held back", theirs.described, described.WEIGHTS),
    ):
        print(f"{label}: {accuracy(choices, np.array(weights)):.3f} of {len(choices)}")
    table = dict(zip(FEATURES, salience.WEIGHTS, strict=True))
    table |= {f"described: {one}": weight for one, weight in zip(DESCRIBED_FEATURES, described.WEIGHTS, strict=True)}
    WEIGHTS_FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
