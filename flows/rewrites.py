"""A file of a table written anew: with other rows for some articles, or with the same rows in the schema of today."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.table_files import Bounds, between, row_groups, slices, write_file


class Staged(NamedTuple):
    """Rows of one batch, sorted by article_id, and the articles of theirs that are to be written."""

    rows: pa.Table
    article_ids: pa.Array


def merge_file(
    path: Path,
    target: Path,
    table: str,
    *,
    staged: Sequence[Staged],
    removed: Sequence[str],
    bounds: Bounds,
    run_id: str | None,
    story_ids: Mapping[str, str],
) -> None:
    """Write the rows of `path` to `target`, less those of the staged and removed articles, plus the staged ones.

    One row group is written for each of the bounds that holds a row; no more than its rows are in memory.
    """
    replaced = pa.chunked_array([*(article_ids for _, article_ids in staged), pa.array(removed, pa.string())])

    def merged() -> Iterator[pa.Table]:
        for (low, high), old in zip(bounds, slices(path, table, bounds), strict=True):
            new = [rows.filter(pc.is_in(rows["article_id"], ids)) for rows, ids in _within(staged, low, high)]
            if table == "articles":
                new = [_stamp(rows, old, run_id, story_ids) for rows in new]
            rows = pa.concat_tables([old, *new])
            order = pc.sort_indices(rows["article_id"])  # stable: text order stays
            is_gone = pc.and_(pc.less(order, old.num_rows), pc.is_in(rows["article_id"].take(order), replaced))
            kept = order.filter(pc.invert(is_gone))
            if len(kept):
                yield rows.take(kept)

    write_file(target, table, merged())


def upgrade_file(path: Path, target: Path, table: str) -> None:
    """Write the rows of `path` to `target` in the schema of today, group by group."""
    write_file(target, table, row_groups(path, table))


def _within(staged: Sequence[Staged], low: str, high: str) -> list[Staged]:
    return [Staged(between(rows, low, high), article_ids) for rows, article_ids in staged]


def _stamp(new: pa.Table, old: pa.Table, run_id: str | None, story_ids: Mapping[str, str]) -> pa.Table:
    """Return the new articles with the run that writes them, their story and, where they replace one, what stays of it.

    That is its `first_seen_at` and its story.
    """
    old = old.filter(pc.is_in(old["article_id"], new["article_id"].combine_chunks()))
    article_ids = new["article_id"].to_pylist()
    replaced = old["article_id"].to_pylist()
    first_seen = dict(zip(article_ids, new["first_seen_at"].to_pylist(), strict=True))
    first_seen |= zip(replaced, old["first_seen_at"].to_pylist(), strict=True)
    settled = dict(zip(replaced, old["story_id"].to_pylist(), strict=True))
    stories = [settled.get(article_id) or story_ids.get(article_id, article_id) for article_id in article_ids]
    values = {
        "first_seen_at": [first_seen[article_id] for article_id in article_ids],
        "story_id": stories,
        "first_of_story": [story == article_id for story, article_id in zip(stories, article_ids, strict=True)],
    }
    if run_id is not None:
        values["run_id"] = [run_id] * new.num_rows
    for name, column in values.items():
        place = new.schema.get_field_index(name)
        new = new.set_column(place, new.schema.field(place), pa.array(column, new.schema.field(place).type))
    return new
