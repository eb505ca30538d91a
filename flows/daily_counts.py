"""The table `daily_counts`, summed with pandas.

The counts of each partition are kept in `output/.cache`, stamped with the files they were made from; only partitions
whose files have changed are read again.
"""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from flows.store import Store
from flows.table_files import ROOT_FILE, Partition
from schemas.arrow import arrow_schema

KEYS = [
    "day",
    "domain",
    "language",
    "quote_type",
    "speaker_type",
    "claim_type",
    "subjectivity",
    "forward_looking",
]
COUNTS = ["statement_count", "article_count"]
SOURCES = {
    "articles": ["article_id", "published_date", "first_seen_at", "domain", "language"],
    "statements": [
        "article_id",
        "speaker_id",
        "quote_type",
        "claim_type",
        "subjectivity",
        "forward_looking",
    ],
    "speakers": ["speaker_id", "speaker_type"],
}


def update_daily_counts(store: Store) -> None:
    """Write `daily_counts` anew if the files it is made from have changed."""
    cache = store.folder / ".cache" / "daily_counts"
    cache.mkdir(parents=True, exist_ok=True)
    partitions = store.partitions()
    current = {_cache_path(cache, partition): partition for partition in partitions}
    changed = [path for path, partition in current.items() if not _is_fresh(path, store, partition)]
    stale = set(cache.glob("*.counts")) - set(current)
    for path in changed:
        _write_partition_counts(path, store, current[path])
    for path in stale:
        path.unlink()
    if changed or stale or not (store.folder / "daily_counts" / ROOT_FILE).exists():
        parts = [pq.read_table(path).to_pandas() for path in sorted(current)]
        store.write_root("daily_counts", _as_table(_sum(parts)))


def _cache_path(cache: Path, partition: Partition) -> Path:
    return cache / f"{partition.month}-{partition.bucket}.counts"


def _stamp(store: Store, partition: Partition) -> bytes:
    """Return size and time of the partition's files: the state that its counts were made from."""
    stats = [(store.folder / partition.path(table)).stat() for table in SOURCES]
    return json.dumps([[stat.st_size, stat.st_mtime_ns] for stat in stats]).encode()


def _is_fresh(path: Path, store: Store, partition: Partition) -> bool:
    if not path.exists():
        return False
    metadata = pq.read_schema(path).metadata or {}
    return metadata.get(b"stamp") == _stamp(store, partition)


def _write_partition_counts(path: Path, store: Store, partition: Partition) -> None:
    frames = {
        table: pq.read_table(store.folder / partition.path(table), columns=columns, partitioning=None).to_pandas()
        for table, columns in SOURCES.items()
    }
    counts = _as_table(count_statements(frames["articles"], frames["statements"], frames["speakers"]))
    pq.write_table(counts.replace_schema_metadata({"stamp": _stamp(store, partition)}), path)


def count_statements(articles: pd.DataFrame, statements: pd.DataFrame, speakers: pd.DataFrame) -> pd.DataFrame:
    """Return one row per combination of KEYS that occurs, with its COUNTS."""
    days = articles.assign(day=articles["published_date"].fillna(articles["first_seen_at"].dt.date))
    rows = statements.merge(days[["article_id", "day", "domain", "language"]], on="article_id")
    rows = rows.merge(speakers, on="speaker_id", how="left")
    groups = rows.groupby(KEYS, dropna=False, observed=True)
    return groups.agg(statement_count=("article_id", "size"), article_count=("article_id", "nunique")).reset_index()


def _sum(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return arrow_schema("daily_counts").empty_table().to_pandas()
    rows = pd.concat(parts, ignore_index=True)
    return rows.groupby(KEYS, dropna=False, observed=True)[COUNTS].sum().reset_index()


def _as_table(counts: pd.DataFrame) -> pa.Table:
    ordered = counts.sort_values(KEYS, key=lambda column: column.astype("string"), na_position="last")
    return pa.Table.from_pandas(ordered[KEYS + COUNTS], schema=arrow_schema("daily_counts"), preserve_index=False)
