"""The table `daily_counts`, summed with pandas.

The counts of each partition are kept in `output/.cache`, stamped with the files they were made from; only partitions
whose files have changed are read again.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
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
LABELS = KEYS[1:]
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
    partitions = {_cache_path(cache, partition): partition for partition in store.partitions()}
    changed = [path for path, partition in partitions.items() if not _is_fresh(path, store, partition)]
    stale = set(cache.glob("*.counts")) - set(partitions)
    if not changed and not stale and (store.folder / "daily_counts" / ROOT_FILE).exists():
        return
    counts = {path: _count_partition(store, partitions[path]) for path in changed}
    fresh = [_read_cache(path) for path in partitions if path not in counts]
    store.write_root("daily_counts", sum_counts([*fresh, *counts.values()]))
    for path, rows in counts.items():  # after the table: a kill in between must not pass for a sum that was written
        _write_cache(path, rows)
    for path in stale:
        path.unlink()


def _cache_path(cache: Path, partition: Partition) -> Path:
    return cache / f"{partition.month}-{partition.part}.counts"


def _stamp(store: Store, partition: Partition) -> bytes:
    """Return size and time of the partition's files: the state that its counts were made from."""
    stats = [(store.folder / partition.path(table)).stat() for table in SOURCES]
    return json.dumps([[stat.st_size, stat.st_mtime_ns] for stat in stats]).encode()


def _is_fresh(path: Path, store: Store, partition: Partition) -> bool:
    try:
        metadata = _read_cache(path).schema.metadata or {}
    except (OSError, ValueError):  # there is none, or a kill cut it off
        return False
    return metadata.get(b"stamp") == _stamp(store, partition)


def _read_cache(path: Path) -> pa.Table:
    """Return counts, mapped from disk, not read."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _write_cache(path: Path, rows: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)


def _count_partition(store: Store, partition: Partition) -> pa.Table:
    rows = {
        table: pq.read_table(store.folder / partition.path(table), columns=columns, partitioning=None)
        for table, columns in SOURCES.items()
    }
    return _encode(count_statements(rows)).replace_schema_metadata({"stamp": _stamp(store, partition)})


def count_statements(rows: Mapping[str, pa.Table]) -> pa.Table:
    """Return one row per combination of KEYS that occurs in the SOURCES, with its COUNTS."""
    articles, statements, speakers = (rows[table] for table in SOURCES)
    days = pc.coalesce(articles["published_date"], articles["first_seen_at"].cast(pa.date32()))
    article = pc.index_in(statements["article_id"], articles["article_id"])
    speaker = pc.index_in(statements["speaker_id"], speakers["speaker_id"])
    columns = {name: statements[name] for name in set(KEYS) & set(statements.column_names)}
    columns |= {name: articles[name].take(article) for name in ("domain", "language")}
    columns |= {"article": article, "day": days.take(article), "speaker_type": speakers["speaker_type"].take(speaker)}
    groups = _group(pa.table(columns))
    return _as_table(groups.agg(statement_count=("article", "size"), article_count=("article", "nunique")))


def sum_counts(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the sum of the counts of partitions."""
    rows = pa.concat_tables(_encode(part) for part in (arrow_schema("daily_counts").empty_table(), *parts))
    return _as_table(_group(rows.unify_dictionaries())[COUNTS].sum())


def _group(rows: pa.Table) -> "pd.api.typing.DataFrameGroupBy":
    """Return the rows grouped by KEYS in their order, nulls kept and last."""
    frame = _encode(rows).to_pandas(date_as_object=False)
    for name in LABELS:
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    return frame.groupby(KEYS, dropna=False, observed=True)


def _encode(rows: pa.Table) -> pa.Table:
    """Return the rows with their texts and flags as categories, which pandas groups several times faster."""
    for place, name in enumerate(rows.column_names):
        if name in LABELS:
            rows = rows.set_column(place, name, pc.dictionary_encode(rows[name]))
    return rows


def _as_table(counts: pd.DataFrame) -> pa.Table:
    """Return counts with KEYS as their index as rows of `daily_counts`."""
    schema = arrow_schema("daily_counts")
    return pa.Table.from_pandas(counts.reset_index()[schema.names], preserve_index=False).cast(schema)
