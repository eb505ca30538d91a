"""The best path of tags, against trying all of them, and the spans it names."""

from itertools import pairwise, product

import numpy as np
import pytest

from transforms.tagging import MAX_SEQUENCE, Transitions, best_tags, tag_spans

ALLOWED = np.array([[1, 1, 0, 0, 1], [0, 0, 1, 1, 0], [0, 0, 1, 1, 0], [1, 1, 0, 0, 1], [1, 1, 0, 0, 1]])
NEVER = np.float32(-1e4)


def transitions(draw: np.random.Generator, chains: int) -> Transitions:
    step = draw.normal(size=(chains, 5, 5)).astype(np.float32)
    start, end = draw.normal(size=(2, chains, 5)).astype(np.float32)
    start[:, [2, 3]] = end[:, [1, 2]] = NEVER
    return Transitions(start=start, end=end, step=np.where(ALLOWED, step, NEVER).astype(np.float32))


@pytest.mark.parametrize("seed", range(8))
def test_best_tags_are_the_best_of_all_paths_of_each_paragraph(seed: int) -> None:
    draw = np.random.default_rng(seed)
    paragraphs = np.array([0, 0, 0, 0, 1, 2, 2, 2], dtype=np.int32)
    emissions = draw.normal(scale=3, size=(len(paragraphs), 2, 5)).astype(np.float32)
    scores = transitions(draw, 2)
    found = best_tags(emissions, paragraphs, scores)
    for chain in range(2):
        for paragraph in range(3):
            own = emissions[paragraphs == paragraph, chain]

            def total(path: tuple[int, ...], own: np.ndarray = own, chain: int = chain) -> float:
                steps = sum(scores.step[chain, a, b] for a, b in pairwise(path))
                emitted = sum(own[i, tag] for i, tag in enumerate(path))
                return float(scores.start[chain, path[0]] + scores.end[chain, path[-1]] + steps + emitted)

            best = max(product(range(5), repeat=len(own)), key=total)
            assert tuple(found[paragraphs == paragraph, chain]) == best


def test_no_words_no_tags() -> None:
    scores = transitions(np.random.default_rng(0), 1)
    assert best_tags(np.zeros((0, 1, 5), np.float32), np.zeros(0, np.int32), scores).shape == (0, 1)


def test_a_paragraph_longer_than_a_sequence_is_tagged_whole() -> None:
    emissions = np.zeros((2 * MAX_SEQUENCE + 7, 1, 5), np.float32)
    emissions[:, 0, 4] = 9
    scores = transitions(np.random.default_rng(0), 1)
    assert set(best_tags(emissions, np.zeros(len(emissions), np.int32), scores).ravel().tolist()) == {4}


def test_tag_spans() -> None:
    assert tag_spans(np.array([0, 1, 2, 3, 4, 1, 3, 0], dtype=np.int8)).tolist() == [[1, 4], [4, 5], [5, 7]]
    assert tag_spans(np.zeros(3, dtype=np.int8)).shape == (0, 2)
