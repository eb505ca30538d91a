"""What stands between two spans of words, as the linking head reads it."""

import numpy as np

from transforms.encode import Encoded, Ints
from transforms.tagging import Floats

GAP_EDGES = (1, 2, 3, 5, 9, 17, 33)  # words between two spans: 0, 1, 2, 3-4, 5-8, ...
GAPS = len(GAP_EDGES) + 1
PAIR_FEATURES = 32
REACH = 400  # words between two spans that may belong together; keeps endless paragraphs linear
SENTENCE_ENDS = [ord(char) for char in ".?!…"]


class PairReader:
    """Features of pairs of spans in one encoded text."""

    def __init__(self, text: str, encoded: Encoded) -> None:
        chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)[encoded.starts]
        self.paragraphs = encoded.paragraphs
        self.quoted = encoded.features[:, 1] == 1
        self.sentence_ends = _running(np.isin(chars, SENTENCE_ENDS))
        self.marks = _running(encoded.features[:, 1] >= 2)

    def near(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """Return which left and right spans to compare: (N,) and (N,), the close ones; both in text order."""
        first = np.searchsorted(right[:, 0], left[:, 0] - REACH)
        counts = np.searchsorted(right[:, 0], left[:, 1] + REACH) - first
        rows = np.repeat(np.arange(len(left)), counts)
        columns = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts - first, counts)
        apart = self.paragraphs[left[rows, 0]] - self.paragraphs[right[columns, 0]]
        kept = np.abs(apart) <= 1
        return rows[kept].astype(np.int32), columns[kept].astype(np.int32)

    def close(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """Return whether two spans are near enough to be compared: a paragraph and 400 words apart at most."""
        apart = abs(int(self.paragraphs[one[0]]) - int(self.paragraphs[other[0]]))
        return apart <= 1 and one[0] - REACH <= other[0] < one[1] + REACH

    def pairs(self, left: Ints, right: Ints, rows: Ints, columns: Ints) -> Floats:
        """Return the features of the pairs left[rows], right[columns], float32 of shape (N, 32).

        Spans are (N, 2) in words; the right ones are in text order.
        """
        one, other = left[rows], right[columns]
        before, after = other[:, 1] <= one[:, 0], other[:, 0] >= one[:, 1]
        gap_start = np.where(before, other[:, 1], one[:, 1])
        gap_end = np.maximum(gap_start, np.where(before, one[:, 0], other[:, 0]))
        gap = np.where(before | after, np.digitize(gap_end - gap_start, GAP_EDGES) + GAPS * after, 2 * GAPS)
        position = np.searchsorted(right[:, 0], left[:, 0])[rows]
        nearer = np.where(columns >= position, columns - position, position - 1 - columns)
        columns_of = [
            (gap, 2 * GAPS + 1),
            (np.minimum(np.abs(self.paragraphs[one[:, 0]] - self.paragraphs[other[:, 0]]), 2), 3),
            (np.minimum(self.sentence_ends[gap_end] - self.sentence_ends[gap_start], 2), 3),
            (np.minimum(self.marks[gap_end] - self.marks[gap_start], 3), 4),
            (np.minimum(nearer, 2), 3),
        ]
        out = np.zeros((len(rows), PAIR_FEATURES), dtype=np.float32)
        index, at = np.arange(len(rows)), 0
        for values, size in columns_of:
            out[index, at + values] = 1
            at += size
        out[:, at], out[:, at + 1] = self.quoted[one[:, 0]], self.quoted[other[:, 0]]
        return out


def _running(flags: np.ndarray) -> np.ndarray:
    """Return how many flags stand before each position, one longer than the flags."""
    return np.concatenate([[0], np.cumsum(flags)])
