"""The table `daily_counts`, summed with pandas; each month of its days is a file.

The counts of each partition are kept in `output/.cache`, stamped with the files that they stand for: only partitions
whose files have changed are read again, and only the months that these count, or counted, are written again.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.store import Store
from flows.table_files import ROOT_FILE, Partition, month_files, read_columns
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
TABLE = "daily_counts"
STAMPS_FILE = "months.json"  # in the cache, beside `2026-11-0.counts` of each partition: the table's files as written


class Counts(NamedTuple):
    """The counts of a partition, the state of its files when they were counted, and the months of its days."""

    rows: pa.Table
    stamp: str
    months: frozenset[str]  # `2026-11`


def update_daily_counts(store: Store) -> None:
    """Write the months of `daily_counts` whose counts have changed, or whose file is not the one that was written."""
    cache = store.folder / ".cache" / TABLE
    cache.mkdir(parents=True, exist_ok=True)
    cached, written = _read_cache(cache)
    partitions = {cache / f"{partition.month}-{partition.part}.counts": partition for partition in store.partitions()}
    stamps = {path: _stamp(store, *_files(partition)) for path, partition in partitions.items()}
    changed = {path for path, stamp in stamps.items() if path not in cached or cached[path].stamp != stamp}
    gone = cached.keys() - partitions.keys()
    counted = {path: _count_partition(store, partitions[path], stamps[path]) for path in changed}
    parts = [counted[path] if path in changed else cached[path] for path in partitions]
    outdated = _months([*counted.values(), *(cached[path] for path in cached.keys() & (changed | gone))])
    months = _months(parts) or {""}  # a dataset without statements has one empty file
    files = {Path(TABLE, month, ROOT_FILE): month for month in sorted(months)}
    for path in (store.folder / TABLE / ROOT_FILE, *month_files(store.folder, TABLE)):
        if path.relative_to(store.folder) not in files:
            path.unlink(missing_ok=True)
    for file, month in files.items():
        is_as_written = (store.folder / file).exists() and written.get(month) == _stamp(store, file)
        if month in outdated or not is_as_written:
            store.write_rows(file, sum_counts([_of_month(part.rows, month) for part in parts if month in part.months]))
    # After the table: a kill in between must not pass for counts that were written.
    for path, counts in counted.items():
        _write_counts(path, counts)
    for path in gone:
        path.unlink()
    now = {month: _stamp(store, file) for file, month in files.items()}
    if now != written:
        store.write_file(cache / STAMPS_FILE, json.dumps(now).encode())


def _files(partition: Partition) -> list[Path]:
    return [partition.path(table) for table in SOURCES]


def _stamp(store: Store, *files: Path) -> str:
    """Return size and time of files of the dataset: their state, as far as counts go."""
    stats = [(store.folder / file).stat() for file in files]
    return json.dumps([[stat.st_size, stat.st_mtime_ns] for stat in stats])


def _months(parts: Sequence[Counts]) -> frozenset[str]:
    return frozenset[str]().union(*(part.months for part in parts))


def _of_month(rows: pa.Table, month: str) -> pa.Table:
    days = rows["day"].unique()
    return rows.filter(pc.is_in(rows["day"], days.filter(pc.equal(pc.strftime(days, "%Y-%m"), month))))


def _read_cache(cache: Path) -> tuple[dict[Path, Counts], dict[str, str]]:
    """Return the cached counts, mapped from disk, not read, and the stamps of the table; none if a kill cut one off."""
    try:
        stamps: dict[str, str] = json.loads((cache / STAMPS_FILE).read_bytes())
        return {path: _read_counts(path) for path in cache.glob("*.counts")}, stamps
    except (OSError, ValueError):
        for path in cache.iterdir():
            path.unlink()
        return {}, {}


def _read_counts(path: Path) -> Counts:
    rows = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    metadata = rows.schema.metadata
    return Counts(rows, metadata[b"stamp"].decode(), frozenset(metadata[b"months"].decode().split()))


def _write_counts(path: Path, counts: Counts) -> None:
    """Put counts in the place of older ones, which may still be mapped."""
    staged = path.with_suffix(".tmp")
    rows = counts.rows.replace_schema_metadata({"stamp": counts.stamp, "months": " ".join(sorted(counts.months))})
    with pa.OSFile(str(staged), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)
    staged.replace(path)


def _count_partition(store: Store, partition: Partition, stamp: str) -> Counts:
    rows = {table: read_columns(store.folder / partition.path(table), columns) for table, columns in SOURCES.items()}
    counts = _encode(count_statements(rows))
    months = pc.strftime(counts["day"].unique(), "%Y-%m").to_pylist()
    return Counts(counts, stamp, frozenset(months))


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


def _encode(rows: pa.Table) -> pa.Table:
    """Return the rows with their texts and flags as categories, which pandas groups several times faster."""
    for place, name in enumerate(rows.column_names):
        if name in LABELS:
            rows = rows.set_column(place, name, pc.dictionary_encode(rows[name]))
    return rows
