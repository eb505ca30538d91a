"""From tag scores to spans of words: the best BILOU path of each chain and paragraph (Viterbi 1967)."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from transforms.encode import Ints

OUTSIDE, BEGIN, INSIDE, LAST, UNIT = range(5)
MAX_SEQUENCE = 500  # words decoded as one sequence; longer paragraphs are cut

Floats = NDArray[np.float32]
Tags = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """What the CRF layer learned; -1e4 where BILOU forbids."""

    start: Floats  # (chains, tags)
    end: Floats  # (chains, tags)
    step: Floats  # (chains, from, to)


def best_tags(emissions: Floats, paragraphs: Ints, transitions: Transitions) -> Tags:
    """Return the best tag of each word and chain, (W, chains); emissions are (W, chains, tags)."""
    words, chains, tags = emissions.shape
    firsts, lengths = _sequences(paragraphs)
    order = np.argsort(-lengths, kind="stable")
    firsts, lengths = firsts[order], lengths[order]
    longest = int(lengths[0]) if len(lengths) else 0
    active = np.searchsorted(-lengths, -np.arange(longest), side="left")  # sequences longer than t
    score = emissions[firsts] + transitions.start  # (S, chains, tags)
    back = np.zeros((longest, len(firsts), chains, tags), dtype=np.int8)
    for t in range(1, longest):
        n = active[t]
        candidates = score[:n, :, :, None] + transitions.step
        back[t, :n] = candidates.argmax(axis=2)
        score[:n] = candidates.max(axis=2) + emissions[firsts[:n] + t]
    tag = (score + transitions.end).argmax(axis=2).astype(np.int8)  # (S, chains)
    best = np.zeros((words, chains), dtype=np.int8)
    for t in range(longest - 1, -1, -1):
        n = active[t]
        best[firsts[:n] + t] = tag[:n]
        if t:
            tag[:n] = np.take_along_axis(back[t, :n], tag[:n, :, None], axis=2)[..., 0]
    return best


def _sequences(paragraphs: Ints) -> tuple[Ints, Ints]:
    """Return the first word and the length of each sequence."""
    cuts = np.flatnonzero(np.diff(paragraphs)) + 1
    edges = np.concatenate([[0], cuts, [len(paragraphs)]])
    firsts = np.concatenate([np.arange(a, b, MAX_SEQUENCE) for a, b in pairwise(edges)] or [edges[:0]]).astype(np.int32)
    return firsts, np.diff(np.append(firsts, len(paragraphs))).astype(np.int32)


def tag_spans(tags: Tags) -> Ints:
    """Return the spans of one chain's tags as (N, 2): first word, one past the last."""
    firsts = np.flatnonzero((tags == BEGIN) | (tags == UNIT))
    ends = np.flatnonzero((tags == LAST) | (tags == UNIT)) + 1
    return np.stack([firsts, ends], axis=1).astype(np.int32)
