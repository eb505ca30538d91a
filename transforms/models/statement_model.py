"""Runs a statement model: words in, tag scores and link vectors out."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

from schemas.records import ModelName
from transforms.encode import Encoded, Ints, Vocabulary, windows
from transforms.models.tokenizer import CLS, FOLDER, SEP, UNKNOWN, load_tokenizer
from transforms.tagging import Floats, Transitions

INPUTS = {"ids": (1, 3), "features": (1, 3, 3), "firsts": (1, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the network says about each of W words."""

    emissions: Floats  # (W, chains, tags)
    links: Floats  # (W, link size)


class StatementModel:
    """One network with its CRF transitions, its linking head and its calibration."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the parallelism
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [output.name for output in self.session.get_outputs()[2:]]
        empty = {name: np.zeros(shape, dtype=np.int64) for name, shape in INPUTS.items()}
        self.constants: dict[str, Floats] = dict(zip(names, self.session.run(names, empty), strict=True))
        parts = (self.constants[f"crf_{part}"] for part in ("start", "end", "step"))
        self.transitions = Transitions(**dict(zip(("start", "end", "step"), parts, strict=True)))
        metadata = self.session.get_modelmeta().custom_metadata_map
        self.window = int(metadata["window"])  # word pieces that see each other
        self.batch = int(metadata["batch"])  # word pieces read at once; bounds memory, some 30 MB
        self.max_words = int(metadata["max_words"])  # of an article; what some 4 CPU-seconds are enough for
        self.calibration: list[float] = json.loads(metadata.get("calibration", "[0, 0, 0, 0, 0]"))
        self.vocabulary = load_vocabulary()

    def score(self, encoded: Encoded) -> Scores:
        """Return the scores of each word, in order."""
        ranges = list(windows(encoded, self.window))
        per_batch = max(1, self.batch // (self.window + 2))
        parts = [self._run(encoded, ranges[i : i + per_batch]) for i in range(0, len(ranges), per_batch)]
        emissions = [part for batch, _ in parts for part in batch]
        links = [part for _, batch in parts for part in batch]
        return Scores(emissions=np.concatenate(emissions), links=np.concatenate(links))

    def _run(self, encoded: Encoded, ranges: list[tuple[int, int]]) -> tuple[list[Floats], list[Floats]]:
        starts = encoded.piece_starts
        sizes = [int(starts[end] - starts[first]) for first, end in ranges]
        ids = np.zeros((len(ranges), max(sizes) + 2), dtype=np.int64)
        features = np.zeros((*ids.shape, 3), dtype=np.int64)
        firsts = np.zeros((len(ranges), max(end - first for first, end in ranges)), dtype=np.int64)
        for row, (size, (first, end)) in enumerate(zip(sizes, ranges, strict=True)):
            ids[row, 0], ids[row, size + 1] = CLS, SEP
            ids[row, 1 : size + 1] = encoded.pieces[starts[first] : starts[end]]
            counts = np.diff(starts[first : end + 1])
            features[row, 1 : size + 1] = np.repeat(encoded.features[first:end], counts, axis=0)
            firsts[row, : end - first] = starts[first:end] - starts[first] + 1
        emissions, links = self.session.run(
            ["emissions", "links"], {"ids": ids, "features": features, "firsts": firsts}
        )
        lengths = [end - first for first, end in ranges]
        return [e[:n] for e, n in zip(emissions, lengths, strict=True)], [
            x[:n] for x, n in zip(links, lengths, strict=True)
        ]

    def link(self, relation: int, left: Floats, right: Floats, rows: Ints, columns: Ints, pairs: Floats) -> Floats:
        """Return how well spans go together, (L, R + 1) log-probabilities; the last column: with none.

        `left` (L, 2 link size) and `right` (R, 2 link size) are span vectors; `pairs` (N, 32) are the features of
        left[rows], right[columns]. Relation 0 is content to cue, 1 is cue (or content without one) to source.
        """
        mixed = self._layer("left", relation, left)[rows] + self._layer("right", relation, right)[columns]
        mixed += self._layer("pair", relation, pairs)
        scores = np.full((len(left), len(right) + 1), -1e4, dtype=np.float32)
        scores[rows, columns] = self._layer("out", relation, np.maximum(mixed, 0))[:, 0]
        scores[:, -1] = self._layer("none", relation, left)[:, 0]
        return log_softmax(scores)

    def _layer(self, part: str, relation: int, values: Floats) -> Floats:
        weight = self.constants[f"link_{part}_{relation}_weight"]
        layer: Floats = values @ weight.T + self.constants[f"link_{part}_{relation}_bias"]
        return layer


def log_softmax(scores: Floats) -> Floats:
    """Return the log-probabilities of the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def load_vocabulary() -> Vocabulary:
    """Return the word pieces of single words."""
    tokenizer = load_tokenizer()
    return Vocabulary(lambda word: tokenizer.encode(word, add_special_tokens=False).ids, UNKNOWN)


@lru_cache(maxsize=2)
def statement_model(name: ModelName) -> StatementModel:
    """Return the model `compact` or `accurate`; loaded once a process."""
    return StatementModel(FOLDER / f"statements_{name}.onnx")
