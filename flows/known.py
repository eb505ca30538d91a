"""The articles that stand in a dataset, as sorted arrays that worker processes read from one file."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flows.table_files import Partition

# 65 bytes an article
DTYPE = np.dtype(
    [("article_id", "S16"), ("content_hash", "S32"), ("fetched_at", "M8[us]"), ("month", "S7"), ("part", "u2")]
)
StringArray = npt.NDArray[np.object_]
TimeArray = npt.NDArray[np.datetime64]


class Known(NamedTuple):
    """What is known of one article: hash of its content, its time, and where it lies."""

    content_hash: str
    fetched_at: datetime
    partition: Partition


class KnownArticles:
    """Index of a dataset's articles by id."""

    def __init__(self, rows: npt.NDArray[np.void]) -> None:
        self.rows = rows
        self._ids = np.ascontiguousarray(rows["article_id"])

    @classmethod
    def of(cls, parts: Iterable[tuple[StringArray, StringArray, TimeArray, Partition]]) -> "KnownArticles":
        """Return the index of parts, each (article ids, content hashes, times in UTC, partition)."""
        arrays = [np.empty(0, DTYPE)]
        for article_ids, content_hashes, times, partition in parts:
            array = np.empty(len(article_ids), DTYPE)
            array["article_id"], array["content_hash"], array["fetched_at"] = article_ids, content_hashes, times
            array["month"], array["part"] = partition
            arrays.append(array)
        rows = np.concatenate(arrays)
        return cls(rows[np.argsort(rows["article_id"])])

    @classmethod
    def load(cls, path: Path) -> "KnownArticles":
        """Return the index saved at `path`."""
        return cls(np.load(path, mmap_mode="r"))

    def save(self, path: Path) -> None:
        """Write the index to `path`, in one go: workers may be reading the one that is there."""
        staged = path.with_suffix(".new")
        with staged.open("wb") as file:
            np.save(file, self.rows)
        os.replace(staged, path)

    def find(self, article_id: str) -> Known | None:
        """Return what is known of an article; None if nothing is."""
        place = int(np.searchsorted(self._ids, np.bytes_(article_id.encode())))
        if place == len(self._ids) or self._ids[place] != article_id.encode():
            return None
        row = self.rows[place]
        fetched_at = row["fetched_at"].item().replace(tzinfo=UTC)
        return Known(row["content_hash"].decode(), fetched_at, Partition(row["month"].decode(), int(row["part"])))

    def is_known(self, article_id: str, content_hash: str) -> bool:
        """Return whether the dataset holds the article with this very content."""
        found = self.find(article_id)
        return found is not None and found.content_hash == content_hash

    def is_older(self, article_id: str, fetched_at: datetime) -> bool:
        """Return whether the dataset holds the article in a version that was fetched later."""
        found = self.find(article_id)
        return found is not None and fetched_at < found.fetched_at

    def count(self, month: str) -> int:
        """Return how many of the articles were first seen in a month."""
        return int(np.count_nonzero(self.rows["month"] == month.encode()))
