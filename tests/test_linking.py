"""What stands between two spans, as the linking head reads it."""

import numpy as np
import pytest

from schemas.records import Block
from transforms.encode import Vocabulary, encode
from transforms.linking import GAPS, PAIR_FEATURES, PairReader
from transforms.quotes import quote_spans

TEXT = "“It is closed,” Lee said. Roe left.\nShe agreed.\nNobody came."
GAP, PARAGRAPHS, ENDS, MARKS, NEARER = 0, 2 * GAPS + 1, 2 * GAPS + 4, 2 * GAPS + 7, 2 * GAPS + 11


def reader() -> tuple[PairReader, dict[str, int]]:
    blocks, start = [], 0
    for line in TEXT.split("\n"):
        blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    encoded = encode(TEXT, blocks, quote_spans(TEXT, blocks), Vocabulary(lambda _: [1], unknown=0))
    words = {TEXT[a:b]: i for i, (a, b) in enumerate(zip(encoded.starts, encoded.ends, strict=True))}
    return PairReader(TEXT, encoded), words


def one(*words: int) -> np.ndarray:
    return np.array([[word, word + 1] for word in words], dtype=np.int32)


def test_only_spans_of_neighbouring_paragraphs_are_compared() -> None:
    pairs, words = reader()
    rows, columns = pairs.near(one(words["Lee"]), one(words["said"], words["She"], words["came"]))
    assert (rows.tolist(), columns.tolist()) == ([0, 0], [0, 1])


@pytest.mark.parametrize(
    ("left", "right", "on"),
    [
        ("said", "Lee", [GAP, PARAGRAPHS, ENDS, MARKS, NEARER]),  # directly before
        ("Lee", "said", [GAP + GAPS, PARAGRAPHS, ENDS, MARKS, NEARER]),  # directly after
        ("closed", "Lee", [GAP + GAPS + 2, PARAGRAPHS, ENDS, MARKS + 1, NEARER]),  # , ” between
        ("said", "Roe", [GAP + GAPS + 1, PARAGRAPHS, ENDS + 1, MARKS, NEARER]),  # a sentence end between
        ("left", "She", [GAP + GAPS + 1, PARAGRAPHS + 1, ENDS + 1, MARKS, NEARER]),  # the next paragraph
        ("Lee", "Lee", [GAP + 2 * GAPS, PARAGRAPHS, ENDS, MARKS, NEARER]),  # the same words
    ],
)
def test_features_of_one_pair(left: str, right: str, on: list[int]) -> None:
    pairs, words = reader()
    first = np.zeros(1, dtype=np.int32)
    found = pairs.pairs(one(words[left]), one(words[right]), first, first)
    assert found.shape == (1, PAIR_FEATURES)
    quoted = [NEARER + 3] if left == "closed" else []
    assert np.flatnonzero(found[0]).tolist() == on + quoted


def test_the_nearer_of_two_comes_first() -> None:
    pairs, words = reader()
    rows, columns = np.zeros(2, dtype=np.int32), np.arange(2, dtype=np.int32)
    found = pairs.pairs(one(words["said"]), one(words["closed"], words["Lee"]), rows, columns)
    assert found[:, NEARER : NEARER + 3].tolist() == [[0, 1, 0], [1, 0, 0]]
