"""What counts as a copy, and which story an article joins."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.duplicates import (
    ENTRY,
    MIN_SHINGLES,
    PERMUTATIONS,
    Entries,
    Signatures,
    StoryIndex,
    copy_likeness,
    shingles_of,
    sign_texts,
)

VOCABULARY = [
    f"{first}{second}{third}"
    for first in "bklmnpstvw"
    for second in ("an", "er", "it", "on", "ur")
    for third in "aeiou"
]


def words(name: str, count: int) -> list[str]:
    """Return words that hang on a name alone."""
    random = Random(name)
    return [random.choice(VOCABULARY) for _ in range(count)]


def edited(text: Sequence[str]) -> list[str]:
    """Return the words with every tenth replaced."""
    return [f"new{place}" if place % 10 == 0 else word for place, word in enumerate(text)]


STORY = words("story", 300)
SHORT = words("short", 40)
CHINESE = "".join(map(chr, Random("weather").choices(range(0x4E00, 0x5A00), k=80)))
TEXTS = {
    "a reprint": (STORY, STORY, True),
    "one word in ten replaced": (STORY, edited(STORY), True),
    "the last third cut": (STORY, STORY[:200], True),
    "a local paragraph before and after": (STORY, [*words("x", 60), *STORY, *words("y", 60)], True),
    "other capitals and quotation marks": (STORY, [f"“{word.upper()}”," for word in STORY], True),
    "no spaces between words": ([CHINESE], [CHINESE[:50] + "雨" + CHINESE[51:]], True),
    "just long enough": (words("b", MIN_SHINGLES + 2), words("b", MIN_SHINGLES + 2), True),
    "another text": (STORY, words("other", 300), False),
    "a quarter repeated as background": (STORY, [*words("later", 225), *STORY[-75:]], False),
    "half repeated": (STORY, [*words("later", 150), *STORY[-150:]], False),
    "a round-up that holds the text": (words("item", 80), [*words("more", 500), *words("item", 80)], False),
    "short texts, all the same": (SHORT, SHORT, False),
    "one phrase again and again": (["subscribe to read"] * 100, ["subscribe to read"] * 100, False),
    "nothing": ([""], [""], False),
}


@pytest.mark.parametrize(("one", "other", "expected"), TEXTS.values(), ids=TEXTS)
def test_copies_resemble_each_other(one: list[str], other: list[str], expected: bool) -> None:
    for first, second in ((one, other), (other, one)):
        signature, others = sign_texts([" ".join(first)]), sign_texts([" ".join(second), "Too short."])
        likeness = copy_likeness(signature.values[0], int(signature.shingle_counts[0]), others)
        assert list(likeness > 0) == [expected, False]


def test_texts_of_one_length_resemble_each_other_from_a_share_on() -> None:
    shared = [number / 20 for number in range(21)]
    texts = [" ".join([*STORY[: int(300 * share)], *words(str(share), 300 - int(300 * share))]) for share in shared]
    signature = sign_texts([" ".join(STORY)])
    found = copy_likeness(signature.values[0], int(signature.shingle_counts[0]), sign_texts(texts)) > 0
    assert list(found[:10]) == [False] * 10  # up to .45
    assert list(found[15:]) == [True] * 6  # from .75


def test_a_signature_is_the_same_everywhere() -> None:
    signature = sign_texts([" ".join(map(str, range(100)))])
    assert signature.shingle_counts.tolist() == [98]
    assert signature.values.shape == (1, PERMUTATIONS)
    assert signature.values[0, :8].tolist() == PINNED


PINNED = [46, 56, 115, 145, 169, 4, 186, 49]


def test_a_long_text_is_compared_by_its_start() -> None:
    start = " ".join(words("long", 4_500))
    assert len(start) > 20_000
    one, other = sign_texts([f"{start} one end", f"{start} another end"]).values
    assert (one == other).all()


# --- joining ----------------------------------------------------------------------------------------------------------

# A and C have nothing in common; B holds two thirds of each.
A, C = words("A", 150), words("C", 150)
B = [*A[:105], *C[:105]]


def entries(*articles: tuple[str, Sequence[str], int]) -> Entries:
    """Return articles of an id, words and the day they were first seen."""
    rows: Entries = np.zeros(len(articles), ENTRY)
    rows["article_id"] = [article_id for article_id, _, _ in articles]
    rows["content_hash"] = [" ".join(text)[:32] for _, text, _ in articles]
    rows["first_seen_at"] = [np.datetime64("2026-11-01") + day for _, _, day in articles]
    rows["signature"], rows["shingle_count"] = sign_texts(" ".join(text) for _, text, _ in articles)
    return rows


def empty_index() -> StoryIndex:
    return StoryIndex(np.empty(0, ENTRY))


JOINS = {
    "nothing alike": ([("a", A, 0), ("c", C, 0)], ["a", "c"]),
    "a copy joins what it copies": ([("a", A, 0), ("c", C, 0), ("a2", edited(A), 0)], ["a", "c", "a"]),
    "stories never merge": ([("a", A, 0), ("c", C, 1), ("b", B, 2), ("c2", C, 2)], ["a", "c", "a", "c"]),
    "the oldest match counts, not the first": ([("a", A, 5), ("c", C, 3), ("b", B, 6)], ["a", "c", "c"]),
    "of a run's, the most alike": ([("a", A, 0), ("c", C, 0), ("b", [*A[:95], *C[:120]], 0)], ["a", "c", "c"]),
    "through a copy": ([("a", A, 0), ("b", B, 1), ("c", C, 2)], ["a", "a", "a"]),
    "short ones stay alone": ([("a", SHORT, 0), ("b", SHORT, 0)], ["a", "b"]),
}


@pytest.mark.parametrize(("articles", "stories"), JOINS.values(), ids=JOINS)
def test_an_article_joins_the_oldest_one_that_it_resembles(
    articles: list[tuple[str, list[str], int]], stories: list[str]
) -> None:
    assert empty_index().join(entries(*articles)) == stories


def test_a_changed_article_keeps_its_story_and_is_compared_by_its_new_text() -> None:
    index = empty_index()
    assert index.join(entries(("a", A, 0), ("a2", A, 0), ("c", C, 0))) == ["a", "a", "c"]
    again = StoryIndex(index.entries)
    assert again.holds("a2")
    assert not again.holds("a3")
    new = words("new", 200)
    assert again.join(entries(("a2", new, 9), ("d", new, 9), ("a", C, 9), ("a3", A, 9))) == ["a", "a", "a", "a3"]
    assert sorted(again.entries["article_id"].tolist()) == [b"a", b"a2", b"a3", b"c", b"d"]
    [seen_at] = again.entries["first_seen_at"][again.entries["article_id"] == b"a2"]
    assert seen_at == np.datetime64("2026-11-01")


def test_of_two_that_are_equally_old_and_alike_the_lowest_id_counts() -> None:
    index = empty_index()
    index.join(entries(("p", C, 0), ("q", STORY, 0)))
    changed = entries(("q", A, 1), ("p", A, 1), ("n", A, 1))  # in the order of ids or not
    assert StoryIndex(index.entries).join(changed) == ["q", "p", "p"]


def test_a_story_outlives_the_article_it_began_with() -> None:
    index = empty_index()
    index.join(entries(("a", A, 0), ("a2", A, 0)))
    rest = index.entries[index.entries["article_id"] != b"a"]
    assert StoryIndex(rest).join(entries(("a3", A, 0))) == ["a"]


FAMILIES = [*(words(f"f{number}", 80) for number in range(3)), SHORT]
TEXT = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 80)).map(
    lambda drawn: [*FAMILIES[drawn[0]][: drawn[2]], *FAMILIES[drawn[1]][drawn[2] :]]
)


@settings(max_examples=60)
@given(st.lists(TEXT, max_size=12), st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=4), st.randoms())
def test_stories_do_not_hang_on_how_articles_were_grouped(
    texts: list[list[str]], cuts: list[tuple[int, bool]], random: Random
) -> None:
    ids = random.sample([f"{number:x}" for number in range(16)], len(texts))
    articles = entries(*((article_id, text, 0) for article_id, text in zip(ids, texts, strict=True)))
    at_once = empty_index().join(articles)
    index, stories, start = empty_index(), [], 0
    for end, is_new_run in [*sorted(cuts), (len(texts), False)]:
        stories += index.join(articles[start:end])
        start = max(start, min(end, len(texts)))
        index = StoryIndex(index.entries) if is_new_run else index
    assert stories == at_once
    founders = [story for article_id, story in zip(ids, stories, strict=True) if article_id == story]
    assert sorted(founders) == sorted(set(stories))


def test_signatures_are_estimates_of_what_is_shared() -> None:
    for share in (0.2, 0.5, 0.8):
        text = [*STORY[: int(300 * share)], *words(f"rest{share}", 300 - int(300 * share))]
        one, other = shingles_of(" ".join(STORY)), shingles_of(" ".join(text))
        values = sign_texts([" ".join(STORY), " ".join(text)]).values
        estimate = np.count_nonzero(values[0] == values[1]) / PERMUTATIONS
        assert abs(estimate - len(one & other) / len(one | other)) < 0.15


def test_the_type_of_what_is_compared() -> None:
    nothing = sign_texts([])
    assert nothing.values.shape == (0, PERMUTATIONS)
    assert isinstance(nothing, Signatures)
