"""What is taken for a file of ours in the schema of today."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from flows.store import Store
from flows.table_files import Partition, is_current
from tests.rows import commit_articles, make_processed

FILE = Partition("2026-11", 0).path("statements")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    commit_articles(store, [make_processed("a")])
    return store


def test_a_schema_is_found_without_being_read(store: Store) -> None:
    with patch("pyarrow.parquet.read_schema", side_effect=AssertionError):
        assert is_current(store.folder / FILE, "statements")


def test_a_schema_of_another_table_or_writer_is_read(store: Store) -> None:
    path = store.folder / FILE
    assert not is_current(path, "segments")
    pq.write_table(pq.read_table(path, partitioning=None), path, store_schema=False)
    assert not is_current(path, "statements")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-2],
        lambda content: content[:-12],
        lambda content: content[:300],
        lambda content: content[:3],
        lambda content: content[:-4] + b"....",
        lambda content: content[:-8] + b"\xff\xff\xff\x7fPAR1",
        lambda content: b"",
    ],
)
def test_a_damaged_file_ends_a_run_before_it_begins(store: Store, damage: Callable[[bytes], bytes]) -> None:
    path = store.folder / FILE
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=f"^{FILE}: "), store.locked():
        pass
