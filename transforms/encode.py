"""Text to numbers: words, word pieces and features, as the tagging networks read them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from schemas.records import Block
from transforms.quotes import Quote

WORD = re.compile(r"\w+|[^\w\s]")  # don't: don ' t; 5.4: 5 . 4
SENTENCE_CLOSERS = ".?!…:;\"”’'»)"
CASES = 4  # no capital, First capital, ALL CAPITALS, a digit
QUOTE_STATES = 4  # outside, inside, opening mark, closing mark
PLACES = 4  # inside a paragraph, its first word; the same in a line without end punctuation, as headings are
FEATURE_SIZES = (CASES, QUOTE_STATES, PLACES)
MAX_PIECES = 12  # of one word; more is no word
MAX_KNOWN_WORDS = 200_000  # kept in memory, some 40 MB

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """One text of W words and P word pieces; words are in text order and never cross a block."""

    starts: Ints  # (W,) code points
    ends: Ints  # (W,)
    paragraphs: Ints  # (W,) index of the block
    features: Ints  # (W, 3): case, quote state, place
    pieces: Ints  # (P,) ids in the vocabulary
    piece_starts: Ints  # (W + 1,): word i has pieces[piece_starts[i]:piece_starts[i + 1]]


class Vocabulary(dict[str, tuple[int, ...]]):
    """Word -> its word pieces: case number first, then the ids. Filled as words are met."""

    def __init__(self, split: Callable[[str], Sequence[int]], unknown: int) -> None:
        super().__init__()
        self.split, self.unknown = split, unknown

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= MAX_KNOWN_WORDS:
            self.clear()
        entry = (_case(word), *(self.split(word)[:MAX_PIECES] or [self.unknown]))
        self[word] = entry
        return entry


def encode(
    text: str,
    blocks: Sequence[Block],
    quotes: Sequence[Quote],
    vocabulary: Vocabulary,
    max_words: int | None = None,
) -> Encoded:
    """Return the words of the blocks as numbers; with `max_words`, the first ones only."""
    matches: list[list[tuple[int, int]]] = []
    left = max_words
    for block in blocks:
        found = [m.span() for m in islice(WORD.finditer(text, block.start_char, block.end_char), left)]
        left = None if left is None else left - len(found)
        matches.append(found)
    spans = np.array([span for found in matches for span in found], dtype=np.int32).reshape(-1, 2)
    counts = [len(found) for found in matches]
    entries = [vocabulary[text[start:end]] for start, end in chain.from_iterable(matches)]
    piece_counts = np.fromiter((len(entry) - 1 for entry in entries), dtype=np.int32, count=len(entries))
    places = np.repeat([2 * (text[block.end_char - 1] not in SENTENCE_CLOSERS) for block in blocks], counts)
    firsts = np.cumsum([0, *counts[:-1]], dtype=np.int32)[np.array(counts, dtype=np.int32) > 0]
    places[firsts] += 1
    features = [[entry[0] for entry in entries], quote_states(len(text), quotes)[spans[:, 0]], places]
    return Encoded(
        starts=spans[:, 0],
        ends=spans[:, 1],
        paragraphs=np.repeat(np.arange(len(blocks), dtype=np.int32), counts),
        features=np.array(features, dtype=np.int32).reshape(3, -1).T,
        pieces=np.fromiter(chain.from_iterable(entry[1:] for entry in entries), dtype=np.int32),
        piece_starts=np.concatenate([np.zeros(1, np.int32), np.cumsum(piece_counts, dtype=np.int32)]),
    )


def windows(encoded: Encoded, max_pieces: int, first_limit: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield word ranges of whole paragraphs, at most `max_pieces` pieces each; a longer paragraph is cut.

    `first_limit` is another limit for the first window.
    """
    edges = [0, *(np.flatnonzero(np.diff(encoded.paragraphs)) + 1).tolist(), len(encoded.starts)]
    pieces = encoded.piece_starts
    first, limit = 0, first_limit or max_pieces
    for start, end in pairwise(edges):
        if start > first and pieces[end] - pieces[first] > limit:
            yield first, start
            first, limit = start, max_pieces
        while pieces[end] - pieces[first] > max_pieces:
            cut = int(np.searchsorted(pieces, pieces[first] + max_pieces, "right")) - 1
            yield first, cut
            first, limit = cut, max_pieces
    if first < edges[-1]:
        yield first, edges[-1]


def quote_states(length: int, quotes: Sequence[Quote]) -> NDArray[np.int8]:
    """Return for each character whether it stands inside a quotation or is its opening or closing mark."""
    states = np.zeros(length + 1, dtype=np.int8)
    for quote in quotes:
        states[quote.start_char] = 2
        states[quote.end_char - 1] = 3
        for start, end in quote.spans:
            states[start:end] = 1
    return states


def _case(word: str) -> int:
    if any(char.isdigit() for char in word):
        return 3
    if word.isupper():
        return 2 if len(word) > 1 else 1
    return int(word[0].isupper())
