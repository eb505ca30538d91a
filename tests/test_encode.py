"""Text to words, word pieces and features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block
from transforms.encode import Encoded, Vocabulary, encode, windows
from transforms.quotes import quote_spans

LETTERS = Vocabulary(lambda word: [ord(char) for char in word], unknown=0)  # each letter a piece


def encoded(text: str) -> Encoded:
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    kept = [block for block in blocks if text[block.start_char : block.end_char].strip()]
    return encode(text, kept, quote_spans(text, kept), LETTERS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t go.", ["Don", "’", "t", "go", "."]),
        ("$5.4m in 2026", ["$", "5", ".", "4m", "in", "2026"]),
        ("naïve\u200b — 東京", ["naïve", "\u200b", "—", "東京"]),
        ("a\nb", ["a", "b"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    found = encoded(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == words


def test_features_say_case_quotation_and_place() -> None:
    found = encoded("The FBI said “it is 5”.\nMore news")
    case, quote, place = found.features.T.tolist()
    assert case == [1, 2, 0, 0, 0, 0, 3, 0, 0, 1, 0]
    assert quote == [0, 0, 0, 2, 1, 1, 1, 3, 0, 0, 0]
    assert place == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 2]  # the second line ends like a heading


def test_a_word_of_no_pieces_is_unknown() -> None:
    assert Vocabulary(lambda _: [], unknown=100)["\u200b"] == (0, 100)


@given(st.text(alphabet="ab ’“”\n.\u200b東", max_size=200), st.integers(1, 20))
def test_words_round_trip_and_windows_cover_each_once(text: str, limit: int) -> None:
    found = encoded(text)
    assert "".join(text[a:b] for a, b in zip(found.starts, found.ends, strict=True)) == "".join(text.split())
    ranges = list(windows(found, limit + 12))
    assert [word for first, end in ranges for word in range(first, end)] == list(range(len(found.starts)))
    sizes = [found.piece_starts[end] - found.piece_starts[first] for first, end in ranges]
    assert all(size <= limit + 12 for size in sizes)
    assert np.all(np.diff(found.piece_starts) >= 1)


def test_windows_keep_paragraphs_whole_where_they_fit() -> None:
    found = encoded("aaaa bb\ncccc dd\neeee ff")
    assert list(windows(found, 12)) == [(0, 4), (4, 6)]
    assert list(windows(found, 12, 6)) == [(0, 2), (2, 6)]
    assert list(windows(found, 5)) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]


def test_the_first_words_alone() -> None:
    text = "aa b\nccc d\ne"
    blocks = [Block(kind="paragraph", start_char=a, end_char=b) for a, b in ((0, 4), (5, 10), (11, 12))]
    found = encode(text, blocks, [], LETTERS, max_words=3)
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == ["aa", "b", "ccc"]
    assert (found.piece_starts.tolist(), found.paragraphs.tolist()) == ([0, 2, 3, 6], [0, 0, 1])
