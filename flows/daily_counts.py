"""The table `daily_counts`, summed with pandas.

The counts of each partition, and their sum, are kept in `output/.cache`, stamped with the files that they stand for:
only partitions whose files have changed are read again, and only the days that these hold, or held, are summed again.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.store import Store
from flows.table_files import ROOT_FILE, Partition, read_columns
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
DAILY_COUNTS = Path("daily_counts", ROOT_FILE)
TOTAL_FILE = "total.counts"  # in the cache, beside `2026-11-0.counts` of each partition


def update_daily_counts(store: Store) -> None:
    """Write `daily_counts` anew if the files it is made from have changed."""
    cache = store.folder / ".cache" / "daily_counts"
    cache.mkdir(parents=True, exist_ok=True)
    partitions = {cache / f"{partition.month}-{partition.part}.counts": partition for partition in store.partitions()}
    cached = {path: rows for path in cache.glob("*-*.counts") if (rows := _read_cache(path)) is not None}
    changed = {path for path in partitions if _stamp_of(cached.get(path)) != _stamp(store, *_files(partitions[path]))}
    gone = cached.keys() - partitions.keys()
    total = _read_total(store, cache)
    if total is not None and not changed and not gone:
        return
    counts = {path: _count_partition(store, partitions[path]) for path in changed}
    parts = [counts[path] if path in changed else cached[path] for path in partitions]
    if total is not None and changed <= cached.keys():
        days = _days([*(cached[path] for path in changed | gone), *counts.values()])
        total = sum_days(total, parts, days)
    else:
        total = sum_counts(parts)
    store.write_root("daily_counts", total)
    for path, rows in counts.items():  # after the table: a kill in between must not pass for a sum that was written
        _write_cache(path, rows, _stamp(store, *_files(partitions[path])))
    for path in gone:
        path.unlink()
    _write_cache(cache / TOTAL_FILE, _encode(total), _stamp(store, DAILY_COUNTS))


def _files(partition: Partition) -> list[Path]:
    return [partition.path(table) for table in SOURCES]


def _read_total(store: Store, cache: Path) -> pa.Table | None:
    """Return the sum of the cached counts; None where `daily_counts` is another: a kill came between, or a backup."""
    total = _read_cache(cache / TOTAL_FILE)
    is_written = (store.folder / DAILY_COUNTS).exists() and _stamp_of(total) == _stamp(store, DAILY_COUNTS)
    return total if is_written else None


def _stamp(store: Store, *files: Path) -> bytes:
    """Return size and time of files of the dataset: their state, as far as counts go."""
    stats = [(store.folder / file).stat() for file in files]
    return json.dumps([[stat.st_size, stat.st_mtime_ns] for stat in stats]).encode()


def _stamp_of(rows: pa.Table | None) -> bytes | None:
    """Return the state of the files that cached counts were made from."""
    return None if rows is None else (rows.schema.metadata or {}).get(b"stamp")


def _read_cache(path: Path) -> pa.Table | None:
    """Return counts, mapped from disk, not read; None if a kill cut them off."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, ValueError):
        return None


def _write_cache(path: Path, rows: pa.Table, stamp: bytes) -> None:
    """Put counts in the place of older ones, which may still be mapped."""
    staged = path.with_suffix(".tmp")
    rows = rows.replace_schema_metadata({"stamp": stamp})
    with pa.OSFile(str(staged), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)
    staged.replace(path)


def _count_partition(store: Store, partition: Partition) -> pa.Table:
    rows = {table: read_columns(store.folder / partition.path(table), columns) for table, columns in SOURCES.items()}
    return _encode(count_statements(rows))


def count_statements(rows: Mapping[str, pa.Table]) -> pa.Table:
    """Return one row per combination of KEYS that occurs in the SOURCES, with its COUNTS."""
    articles, statements, speakers = (rows[table] for table in SOURCES)
    days = pc.coalesce(articles["published_date"], articles["first_seen_at"].cast(pa.date32()))
    article = pc.index_in(statements["article_id"], articles["article_id"])
    speaker = pc.index_in(statements["speaker_id"], speakers["speaker_id"])
    columns = {name: statements[name] for name in set(KEYS) & set(statements.column_names)}
    columns |= {name: articles[name].take(article) for name in ("domain", "language")}
    columns |= {"article": article, "day": days.take(article), "speaker_type": speakers["speaker_type"].take(speaker)}
    counts = [([], "count_all"), ("article", "count_distinct")]
    groups = pa.table(columns).group_by(KEYS, use_threads=False).aggregate(counts).rename_columns([*KEYS, *COUNTS])
    return groups.cast(arrow_schema("daily_counts"))


def sum_counts(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the sum of the counts of partitions, in the order of KEYS, nulls last."""
    schema = arrow_schema("daily_counts")
    rows = pa.concat_tables(_encode(part) for part in (schema.empty_table(), *parts)).unify_dictionaries()
    frame = rows.to_pandas(date_as_object=False)
    for name in LABELS:
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    counts = frame.groupby(KEYS, dropna=False, observed=True, as_index=False)[COUNTS].sum()
    return pa.Table.from_pandas(counts[schema.names], preserve_index=False).cast(schema)


def sum_days(total: pa.Table, parts: Sequence[pa.Table], days: pa.Array) -> pa.Table:
    """Return the sum of the counts of partitions, where `total` is right but for some days."""
    kept = _encode(total).filter(pc.invert(pc.is_in(total["day"], days)))
    summed = sum_counts([part.filter(pc.is_in(part["day"], days)) for part in parts])
    rows = pa.concat_tables([kept, _encode(summed)]).unify_dictionaries()
    return rows.take(pc.sort_indices(rows["day"]))  # stable: the order within a day stays


def _days(parts: Sequence[pa.Table]) -> pa.Array:
    return pa.chunked_array([chunk for part in parts for chunk in part["day"].chunks], pa.date32()).unique()


def _encode(rows: pa.Table) -> pa.Table:
    """Return the rows with their texts and flags as categories, which pandas groups several times faster."""
    for place, name in enumerate(rows.column_names):
        if name in LABELS:
            rows = rows.set_column(place, name, pc.dictionary_encode(rows[name]))
    return rows
