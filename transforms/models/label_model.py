"""Runs a label model: texts in, the probabilities of their labels out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

from schemas.records import ModelName
from transforms.models.tokenizer import FOLDER, SEP, load_tokenizer
from transforms.tagging import Floats

MAX_PIECES = 128  # word pieces of a text that are read; 99.9 % of statements are shorter
MAX_LENGTH = 2_000  # characters that are looked at for them
BATCH_PIECES = 600  # read at once, with padding; larger batches are mostly that


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScores:
    """Calibrated probabilities of N texts."""

    claim: Floats  # (N, 3): non-factual, unimportant factual, check-worthy factual
    subjective: Floats  # (N,)
    forward_looking: Floats  # (N,)


class LabelModel:
    """One network with its calibration."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the parallelism
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        metadata = self.session.get_modelmeta().custom_metadata_map
        self.slopes = np.array(json.loads(metadata["slopes"]), dtype=np.float32)  # calibrated = slope * logit + offset
        self.offsets = np.array(json.loads(metadata["offsets"]), dtype=np.float32)

    def score(self, texts: Sequence[str]) -> LabelScores:
        """Return the scores of each text, in order; of a long one the first 128 word pieces are read."""
        pieces = [pieces_of(text) for text in texts]
        logits = np.zeros((len(texts), 5), dtype=np.float32)
        for rows in batches([len(one) for one in pieces]):
            ids = np.zeros((len(rows), len(pieces[rows[-1]])), dtype=np.int64)
            for place, row in enumerate(rows):
                ids[place, : len(pieces[row])] = pieces[row]
            logits[rows] = self.session.run(["logits"], {"ids": ids})[0]
        logits = logits * self.slopes + self.offsets
        claim = np.exp(logits[:, :3] - logits[:, :3].max(axis=1, keepdims=True))
        chances = (1 / (1 + np.exp(-logits[:, 3:]))).astype(np.float32)
        return LabelScores(
            claim=claim / claim.sum(axis=1, keepdims=True), subjective=chances[:, 0], forward_looking=chances[:, 1]
        )


def pieces_of(text: str) -> list[int]:
    """Return the ids of a text's first 128 word pieces, with the marks of its start and end."""
    ids: list[int] = load_tokenizer().encode(text[:MAX_LENGTH]).ids
    return ids if len(ids) <= MAX_PIECES else [*ids[: MAX_PIECES - 1], SEP]


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of texts in batches of like length, short ones first, of at most 600 pieces with padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[row] * (len(batch) + 1) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


@lru_cache(maxsize=2)
def label_model(name: ModelName) -> LabelModel:
    """Return the model `compact` or `accurate`; loaded once a process."""
    return LabelModel(FOLDER / f"labels_{name}.onnx")
