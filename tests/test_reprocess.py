"""A newer engine over stored texts: the rows that it would make of the sources, as far as it did not extract anew."""

import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from flows.erase import EraseRequest, erase
from flows.job import JobParameters, run_job
from flows.sources import Extent
from flows.store import Store
from flows.summary import Summary
from flows.table_files import ARTICLE_TABLES, REMADE, MissingFileError
from flows.validate import validate
from schemas.records import Block, BlockKind, ModelName
from tests.conftest import ROOT
from tests.rows import read_rows, table_bytes
from transforms.restore import restore_blocks
from transforms.segment import segment_article

EXAMPLES = ROOT / "examples" / "articles"


def reprocess(store: Store, extent: Extent = "outdated", **parameters: Any) -> Summary:
    return run_job(JobParameters(output=str(store.folder), stored=extent, **parameters))


def next_engine(_model: ModelName) -> str:
    return "0.2.0+compact.ffffffff"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    run_job(JobParameters(inputs=[str(EXAMPLES)], output=str(folder)))
    return folder


def article_rows(store: Store) -> dict[str, bytes]:
    """Return the files of what hangs on articles, and nothing of runs."""
    tables = ("segments", "statements", "statement_spans", "speakers", "citations")
    return {file: content for file, content in table_bytes(store).items() if file.startswith(tables)}


def versions(store: Store) -> set[str]:
    return {row["pipeline_version"] for row in read_rows(store, "articles")}


def test_the_same_engine_has_nothing_to_do_and_makes_the_same_rows(dataset: Path) -> None:
    store = Store(dataset)
    before, articles = table_bytes(store, without="runs"), read_rows(store, "articles")
    assert reprocess(store).inputs == 0
    assert table_bytes(store, without="runs") == before
    summary = reprocess(store, "all", workers=2)
    assert (summary.inputs, summary.written, summary.rejected.total()) == (len(articles), len(articles), 0)
    again = read_rows(store, "articles")
    assert {row["run_id"] for row in again} == {summary.run_id}
    assert [{**row, "run_id": ""} for row in again] == [{**row, "run_id": ""} for row in articles]
    assert article_rows(store).items() <= before.items()
    assert validate(dataset).violations == []


@pytest.mark.parametrize("table", ARTICLE_TABLES)
def test_a_file_that_is_missing_is_named_and_remade_where_it_can_be(dataset: Path, tmp_path: Path, table: str) -> None:
    store = Store(Path(shutil.copytree(dataset, tmp_path / "data")))
    whole = article_rows(store)
    [path] = (store.folder / table).glob("*/part-*.parquet")
    path.unlink()
    before = table_bytes(store)
    message = rf"{path} is missing: restore it from a backup; else (run|remove {path.parent.name}/part-0.parquet)"
    with pytest.raises(MissingFileError, match=message):
        run_job(JobParameters(inputs=[str(EXAMPLES)], output=str(store.folder)))
    with pytest.raises(MissingFileError, match=message):
        erase(store.folder, EraseRequest(speakers=["Viktor Amsel"]), confirm=lambda _found: True)
    assert table_bytes(store) == before
    if table in REMADE:
        reprocess(store, "all", workers=2)
        assert article_rows(store) == whole
    else:
        with pytest.raises(MissingFileError, match=message):
            reprocess(store, "all")


def test_another_engine_rewrites_once_and_says_that_it_did_not_extract(dataset: Path) -> None:
    store = Store(dataset)
    before = article_rows(store)
    first_seen = {row["article_id"]: row["first_seen_at"] for row in read_rows(store, "articles")}
    with patch("flows.job.pipeline_version", next_engine), patch("flows.version.pipeline_version", next_engine):
        summary = reprocess(store)
        assert summary.written == summary.inputs == len(first_seen)
        assert versions(store) == {"0.2.0+compact.ffffffff.restored"}
        assert reprocess(store).inputs == 0
        assert article_rows(store) == before
        again = run_job(JobParameters(inputs=[str(EXAMPLES)], output=str(dataset)))
        assert again.written == len(first_seen)  # the sources extract anew, so each article is a change
        assert versions(store) == {"0.2.0+compact.ffffffff"}
    assert {row["article_id"]: row["first_seen_at"] for row in read_rows(store, "articles")} == first_seen


def test_an_article_that_the_engine_refuses_keeps_its_rows(dataset: Path) -> None:
    store = Store(dataset)
    before = {row["article_id"] for row in read_rows(store, "articles")}
    path = next(path for path in sorted(dataset.glob("segments/*/*.parquet")) if pq.read_metadata(path).num_rows)
    rows = pq.read_table(path, partitioning=None)
    place = rows.schema.get_field_index("paragraph_index")
    pq.write_table(rows.set_column(place, rows.schema.field(place), [[-1] * rows.num_rows]), path)
    broken = set(rows["article_id"].to_pylist())
    summary = reprocess(store, "all")
    assert {row["article_id"] for row in read_rows(store, "articles")} == before
    urls = {row["url"] for row in read_rows(store, "articles") if row["article_id"] in broken}
    assert summary.rejected == {"error": len(broken)}
    assert {f"stored:{url}" for url in urls} <= {row["item"] for row in read_rows(store, "rejections")}


def test_blocks_come_back_as_they_were() -> None:
    text = "Tram\n\nIt rained. It snowed.\n\n \n\n• Late\n"
    kinds: list[BlockKind] = ["heading", "paragraph", "paragraph", "list_item"]
    offsets = [(0, 4), (6, 27), (29, 30), (32, 38)]
    spans = zip(kinds, offsets, strict=True)
    blocks = [Block(kind=kind, start_char=start, end_char=end) for kind, (start, end) in spans]
    segments = segment_article("a", text, blocks)
    restored = restore_blocks(segments)
    assert [blocks[0], blocks[1], blocks[3]] == [restored[0], restored[1], restored[3]]
    assert segment_article("a", text, restored) == segments
