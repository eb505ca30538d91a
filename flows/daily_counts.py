"""The table `daily_counts`, summed with pandas; each month of its days is a file.

The counts of each partition are kept in `output/.cache`, with what they were made from and what was made of them:
only partitions whose files have changed are read again, and only months whose counts have changed are written again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.store import Store
from flows.table_files import ROOT_FILE, Partition, month_files, read_columns
from schemas.arrow import arrow_schema

if TYPE_CHECKING:
    import pandas as pd  # pyarrow imports it where it is needed: a run that changes nothing does without

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
MADE_FILE = "made.json"  # in the cache, beside `2026-11-0.counts` of each partition


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
    partitions = {f"{partition.month}-{partition.part}": partition for partition in store.partitions()}
    stamps = {name: _stamp(store, *map(partition.path, SOURCES)) for name, partition in partitions.items()}
    changed = [name for name, stamp in stamps.items() if name not in cached or cached[name].stamp != stamp]
    counts = cached | {name: _count_partition(store, partitions[name], stamps[name]) for name in changed}
    gone = [counts.pop(name) for name in cached.keys() - partitions.keys()]
    outdated = _months(gone).union(*(_differing_months(cached.get(name), counts[name]) for name in changed))
    files = _write_months(store, list(counts.values()), outdated, written)
    if not changed and not gone and files == written:
        return
    (cache / MADE_FILE).unlink(missing_ok=True)  # until it is right again: after a kill, all is counted anew
    for name in changed:
        store.write_file(cache / f"{name}.counts", _to_bytes(counts[name].rows))
    for path in cache.glob("*.counts"):
        if path.stem not in counts:
            path.unlink()
    made = {"partitions": {name: [one.stamp, sorted(one.months)] for name, one in counts.items()}, "months": files}
    store.write_file(cache / MADE_FILE, json.dumps(made).encode())


def _write_months(
    store: Store, parts: Sequence[Counts], outdated: Collection[str], written: Mapping[str, str]
) -> dict[str, str]:
    """Write the months that are outdated, or whose file is not the one that was written; return the stamps of all."""
    months = _months(parts) or {""}  # a dataset without statements has one empty file
    files = {Path(TABLE, month, ROOT_FILE): month for month in sorted(months)}
    for file, month in files.items():
        is_as_written = (store.folder / file).exists() and written.get(month) == _stamp(store, file)
        if month in outdated or not is_as_written:
            store.write_rows(file, sum_counts([_of_month(part.rows, month) for part in parts if month in part.months]))
    for path in (store.folder / TABLE / ROOT_FILE, *month_files(store.folder, TABLE)):
        if path.relative_to(store.folder) not in files:
            path.unlink(missing_ok=True)
    return {month: _stamp(store, file) for file, month in files.items()}


def _stamp(store: Store, *files: Path) -> str:
    """Return size and time of files of the dataset: their state, as far as counts go."""
    stats = [(store.folder / file).stat() for file in files]
    return json.dumps([[stat.st_size, stat.st_mtime_ns] for stat in stats])


def _months(parts: Sequence[Counts]) -> frozenset[str]:
    return frozenset[str]().union(*(part.months for part in parts))


def _of_month(rows: pa.Table, month: str) -> pa.Table:
    days = rows["day"].unique()
    return rows.filter(pc.is_in(rows["day"], days.filter(pc.equal(pc.strftime(days, "%Y-%m"), month))))


def _differing_months(old: Counts | None, new: Counts) -> frozenset[str]:
    """Return the months in which a partition counts other than it did: few, of an archive that spans decades."""
    months = _months([new] if old is None else [old, new])
    if old is None or len(months) < 2:
        return months
    rows = _to_pandas([old.rows, new.rows])
    return frozenset(rows.drop_duplicates(keep=False)["day"].dt.strftime("%Y-%m"))


def _read_cache(cache: Path) -> tuple[dict[str, Counts], dict[str, str]]:
    """Return the counts of partitions, mapped from disk, not read, and the stamps of the months made of them.

    Nothing is returned where anything is missing, damaged or of another release.
    """
    try:
        made = json.loads((cache / MADE_FILE).read_bytes())
        counts = {
            name: Counts(_read_rows(cache / f"{name}.counts"), stamp, frozenset(months))
            for name, (stamp, months) in made["partitions"].items()
        }
        return counts, dict(made["months"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException):
        return {}, {}


def _read_rows(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all().select([*KEYS, *COUNTS])


def _to_bytes(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())


def _count_partition(store: Store, partition: Partition, stamp: str) -> Counts:
    rows = {table: read_columns(store.folder / partition.path(table), columns) for table, columns in SOURCES.items()}
    counts = _encode(count_statements(rows))
    return Counts(counts, stamp, frozenset(pc.strftime(counts["day"].unique(), "%Y-%m").to_pylist()))


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
    frame = _to_pandas([schema.empty_table(), *parts])
    for name in LABELS:
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    counts = frame.groupby(KEYS, dropna=False, observed=True, as_index=False)[COUNTS].sum()
    return pa.Table.from_pandas(counts[schema.names], preserve_index=False).cast(schema)


def _to_pandas(parts: Sequence[pa.Table]) -> "pd.DataFrame":
    return pa.concat_tables(map(_encode, parts)).unify_dictionaries().to_pandas(date_as_object=False)


def _encode(rows: pa.Table) -> pa.Table:
    """Return the rows with their texts and flags as categories, which pandas groups several times faster."""
    for place, name in enumerate(rows.column_names):
        if name in LABELS:
            rows = rows.set_column(place, name, pc.dictionary_encode(rows[name]))
    return rows
