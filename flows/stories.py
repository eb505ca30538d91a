"""The stories that new articles join (`transforms.duplicates`), and the signatures of recent articles.

Signatures are kept in `output/.cache`, by the hash of an article's content. What the cache lacks, after a kill, an
upgrade or its removal, is computed from `articles.text`.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.known import KnownArticles
from flows.staging import Batch, read_result
from flows.store import Store
from flows.table_files import month_of
from transforms import duplicates
from transforms.duplicates import ENTRY, Entries, StoryIndex, sign_texts

WINDOW = timedelta(days=30)  # before the run: articles first seen earlier are not compared
COLUMNS = ["article_id", "content_hash", "first_seen_at"]


class Stories:
    """Gives the articles of a run their stories, batch by batch, in order."""

    def __init__(self, store: Store, known: KnownArticles, *, now: datetime) -> None:
        self._store = store
        self._known = known
        self._since = now - WINDOW
        self._index: StoryIndex | None = None  # loaded for the first article that is new or changed

    def join(self, batch: Batch, article_ids: Sequence[str]) -> dict[str, str]:
        """Return the stories that new articles of a batch join, by `article_id`; those not in it begin a story.

        `article_ids` are the articles to be written, in order.
        """
        if not article_ids:
            return {}
        if self._index is None:
            self._index = StoryIndex(np.concatenate([np.empty(0, ENTRY), *self._standing()]))
        compared = [name for name in article_ids if self._known.find(name) is None or self._index.holds(name)]
        rows = read_result(batch, "articles")
        rows = rows.take(pc.index_in(pa.array(compared, pa.string()), rows["article_id"]))
        entries = _unsigned(rows)
        _sign(entries, rows["text"])
        joined = zip(compared, self._index.join(entries), strict=True)
        return {article_id: story_id for article_id, story_id in joined if story_id != article_id}

    def save(self) -> None:
        """Keep the signatures of the articles that were compared for the next run."""
        if self._index is None:
            return
        path = self._cache_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        for older in path.parent.glob("stories-*"):
            if older != path:
                older.unlink()
        partial = path.with_suffix(".tmp")
        with partial.open("wb") as stream:
            np.save(stream, self._index.entries)
        os.replace(partial, path)

    def _cache_path(self) -> Path:
        return self._store.folder / ".cache" / f"stories-{_signature_version()}.npy"

    def _cached(self) -> Entries:
        """Return the articles of the cache, sorted by `content_hash`; none if it is damaged."""
        try:
            found: Entries = np.load(self._cache_path())
        except (OSError, EOFError, ValueError):
            return np.empty(0, ENTRY)
        in_order: Entries = found[np.argsort(found["content_hash"])]
        return in_order

    def _standing(self) -> Iterator[Entries]:
        """Yield the articles of the dataset that were first seen within the window, with signatures."""
        cached = self._cached()
        for path in self._store.article_files(month_of(self._since)):
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    rows = file.read_row_group(group, [*COLUMNS, "story_id"])
                    recent = pc.greater_equal(rows["first_seen_at"], pa.scalar(self._since))
                    rows = rows.filter(recent)
                    entries = _unsigned(rows)
                    entries["story_id"] = pc.coalesce(rows["story_id"], rows["article_id"]).to_numpy()
                    missing = _sign_from(cached, entries)
                    if len(missing):
                        texts = file.read_row_group(group, ["text"])["text"].filter(recent).take(missing)
                        signed = entries[missing]
                        _sign(signed, texts)
                        entries[missing] = signed
                    yield entries


def _unsigned(rows: pa.Table) -> Entries:
    entries = np.zeros(rows.num_rows, ENTRY)
    for name in COLUMNS:
        entries[name] = rows[name].to_numpy()
    return entries


def _sign(entries: Entries, texts: pa.ChunkedArray) -> None:
    entries["signature"], entries["shingle_count"] = sign_texts(text.as_py() for text in texts)


def _sign_from(cached: Entries, entries: Entries) -> npt.NDArray[np.intp]:
    """Fill in the signatures that the cache has; return the places of the others."""
    hashes = np.ascontiguousarray(cached["content_hash"])
    places = np.searchsorted(hashes, entries["content_hash"])
    found = np.flatnonzero(places < len(hashes))
    found = found[hashes[places[found]] == entries["content_hash"][found]]
    for name in ("signature", "shingle_count"):
        entries[name][found] = cached[name][places[found]]
    return np.setdiff1d(np.arange(len(entries)), found)


@cache
def _signature_version() -> str:
    """Return a digest of what decides a text's signature."""
    code = Path(duplicates.__file__).read_bytes()
    return hashlib.sha256(code + version("rensa").encode()).hexdigest()[:8]
