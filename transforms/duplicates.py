"""Articles -> story clusters: reprints and wire copies of one text share a `story_id`.

Texts are compared by MinHash signatures (Broder 1997) of their word 3-grams, of which 8 bits a value are kept (Li and
König 2010). An article joins the story of the oldest copy of its text; where there is none, it begins a story under its
own id. Stories never merge, and an article never leaves its story.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")  # 天气: two words; don’t: two
COMPARED_LENGTH = 20_000  # characters, some 3,300 words: what one text may cost is bounded
MIN_SHINGLES = 48  # distinct 3-grams, of 50 words; what is shorter can be all boilerplate
# Of 840 PolNeAR articles, reprints and rolling updates share at least .75 of the shorter one's 3-grams, any others at
# most .53; a copy in which each tenth word was replaced keeps .73.
MIN_SHARED = 0.6  # of the shorter text's 3-grams, in both
MIN_COVERED = 0.3  # of the longer text's 3-grams, in both: a round-up is no copy of a short item that it repeats

PERMUTATIONS = 128  # values of a signature; the estimate of a share of .6 is off by .05, one standard deviation
SEED = 1
BANDS, BAND_VALUES = 32, 2  # texts that agree in one band are compared; of those with a Jaccard index of .3, .95 do
VALUE_BITS = 8
NUMBER_BITS = 40  # of a key, its lower part: the article that has the band
NUMBER_MASK = (1 << NUMBER_BITS) - 1

ENTRY = np.dtype(
    [
        ("article_id", "S16"),
        ("content_hash", "S32"),
        ("first_seen_at", "M8[us]"),
        ("story_id", "S16"),
        ("shingle_count", "i4"),  # distinct 3-grams; 0: not compared
        ("signature", "u1", (PERMUTATIONS,)),
    ]
)
Entries = npt.NDArray[np.void]  # of type ENTRY
Values = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int32]


class Signatures(NamedTuple):
    """What is compared of texts: arrays of shape (texts, PERMUTATIONS) and (texts,)."""

    values: Values
    shingle_counts: Counts


def sign_texts(texts: Iterable[str]) -> Signatures:
    """Return the signatures of texts; of those too short to be compared, zeros."""
    shingle_sets = [shingles if len(shingles) >= MIN_SHINGLES else set() for shingles in map(shingles_of, texts)]
    values = np.zeros((len(shingle_sets), PERMUTATIONS), np.uint8)
    for row, shingles in zip(values, shingle_sets, strict=True):
        if shingles:
            row[:] = _min_hash(shingles)
    return Signatures(values, np.array([len(shingles) for shingles in shingle_sets], np.int32))


def shingles_of(text: str) -> set[str]:
    """Return the 3-grams of a text's words, case-folded."""
    words = WORD.findall(text[:COMPARED_LENGTH].casefold())
    return set(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def _min_hash(shingles: set[str]) -> Values:
    sketch = RMinHash(PERMUTATIONS, SEED)
    sketch.update(shingles)
    return np.array(sketch.digest(), np.uint32).astype(np.uint8)


def copy_likeness(values: Values, shingle_count: int, others: Signatures) -> npt.NDArray[np.float64]:
    """Return the estimated Jaccard index of a text with each of others; 0 for those that are no copies of one text."""
    jaccard = np.count_nonzero(others.values == values, axis=1) / PERMUTATIONS
    shared = jaccard / (1 + jaccard) * (shingle_count + others.shingle_counts)
    shorter = np.minimum(shingle_count, others.shingle_counts)
    longer = np.maximum(shingle_count, others.shingle_counts)
    is_copy = (shorter > 0) & (shared >= MIN_SHARED * shorter) & (shared >= MIN_COVERED * longer)
    return np.where(is_copy, jaccard, 0.0)


class StoryIndex:
    """The articles that new ones are compared with; some 450 bytes each.

    Which story an article joins depends on the articles that came before it, and on nothing else: not on how they were
    grouped, nor on whether they came in this run or an earlier one.
    """

    def __init__(self, standing: Entries) -> None:
        self._entries = standing[np.argsort(standing["article_id"])]
        self._standing_ids = np.ascontiguousarray(self._entries["article_id"])
        self._keys = np.sort(_keys(self._entries, 0))

    @property
    def entries(self) -> Entries:
        """Return the articles of the index, in no order."""
        entries: Entries = self._entries[self._entries["article_id"] != b""]
        return entries

    def holds(self, article_id: str) -> bool:
        """Return whether the article stood in the index from its start."""
        return self._standing_number(article_id.encode()) is not None

    def join(self, articles: Entries) -> list[str]:
        """Add new and changed articles, in order, and return the story of each; their own `story_id` is ignored."""
        first = len(self._entries)
        self._entries = np.concatenate([self._entries, articles])
        # Stable: sorted parts are merged, in linear time.
        self._keys = np.sort(np.concatenate([self._keys, np.sort(_keys(articles, first))]), kind="stable")
        for number in range(first, len(self._entries)):
            self._settle(self._entries[number], number)
        stories: list[bytes] = self._entries["story_id"][first:].tolist()
        return [story.decode() for story in stories]

    def _settle(self, entry: np.void, number: int) -> None:
        """Give an article its story: the one it has, the one it joins, or one of its own."""
        before = self._standing_number(entry["article_id"])
        found = self._oldest_match(entry, number) if before is None else before
        entry["story_id"] = entry["article_id"] if found is None else self._entries[found]["story_id"]
        if before is not None:
            entry["first_seen_at"] = self._entries[before]["first_seen_at"]
            self._entries[before] = np.zeros((), ENTRY)  # the version before is compared no more

    def _standing_number(self, article_id: bytes) -> int | None:
        number = int(np.searchsorted(self._standing_ids, np.bytes_(article_id)))
        held = number < len(self._standing_ids) and self._standing_ids[number] == article_id
        return number if held else None

    def _oldest_match(self, entry: np.void, number: int) -> int | None:
        """Return the number of the oldest of the copies before `number`; of a run's, which are equally old, of the
        most alike.
        """
        numbers = self._numbers_with_a_band_of(entry, number)
        others = Signatures(self._entries["signature"][numbers], self._entries["shingle_count"][numbers])
        likeness = copy_likeness(entry["signature"], int(entry["shingle_count"]), others)
        numbers, likeness = numbers[likeness > 0], likeness[likeness > 0]
        if len(numbers) == 0:
            return None
        found = self._entries[numbers]
        return int(numbers[np.lexsort((found["article_id"], -likeness, found["first_seen_at"]))[0]])

    def _numbers_with_a_band_of(self, entry: np.void, end: int) -> npt.NDArray[np.intp]:
        """Return the numbers under `end` of the articles that agree with an article in a band, in order."""
        shares_band = np.zeros(end, np.bool_)  # quicker than sorting where thousands of texts are the same
        keys = _keys(entry.reshape(1), 0)
        for low, high in np.searchsorted(self._keys, np.stack([keys, keys + end], axis=1)):
            shares_band[self._keys[low:high] & NUMBER_MASK] = True
        return np.flatnonzero(shares_band)


def _keys(entries: Entries, first: int) -> npt.NDArray[np.int64]:
    """Return a key for each band of each article that is compared: band, its values, the article's number.

    Articles are numbered from `first`.
    """
    compared = np.flatnonzero(entries["shingle_count"])
    bands = entries["signature"][compared, : BANDS * BAND_VALUES].reshape(-1, BANDS, BAND_VALUES).astype(np.int64)
    keys = np.broadcast_to(np.arange(BANDS), bands.shape[:2])
    for place in range(BAND_VALUES):
        keys = keys << VALUE_BITS | bands[:, :, place]
    return (keys << NUMBER_BITS | (compared + first)[:, np.newaxis]).ravel()
