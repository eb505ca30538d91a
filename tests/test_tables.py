"""Tables of records: one bad value costs its record, and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import tables
from flows.tables import BadRecord, read_records

COLUMNS = {"text", "published_at"}


def records(path: Path) -> list[object]:
    """Return the JSON of each record, the reason of a bad one."""
    return [one.reason if isinstance(one, BadRecord) else json.loads(one) for one in read_records(path, COLUMNS)]


def test_a_parquet_file_gives_our_columns_and_the_names_of_the_others(tmp_path: Path) -> None:
    time = datetime(2026, 11, 1, 10, tzinfo=UTC)
    table = pa.table({"text": ["A", "B"], "published_at": [time, None], "thumb": [b"\x89PNG\0", b"x"]})
    pq.write_table(table, tmp_path / "t.parquet")
    assert records(tmp_path / "t.parquet") == [
        {"text": "A", "published_at": "2026-11-01T10:00:00+00:00", "thumb": None},
        {"text": "B", "published_at": None, "thumb": None},
    ]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([0, 2**62, 0], pa.timestamp("us")),
        pa.array([0, 2_147_483_647, 0], pa.date32()),
        pa.array([b"2026-11-01", b"\x89PNG\r\n\x1a\n\0\0\0", b"2026-11-01"], pa.binary()),
    ],
    ids=["timestamp", "date", "binary"],
)
def test_a_bad_value_in_a_parquet_file_costs_its_record_only(tmp_path: Path, values: pa.Array) -> None:
    pq.write_table(pa.table({"text": ["A", "B", "C"], "published_at": values}), tmp_path / "t.parquet")
    first, bad, last = records(tmp_path / "t.parquet")
    assert isinstance(first, dict)
    assert isinstance(last, dict)
    assert (first["text"], bad, last["text"]) == ("A", "unreadable_value", "C")


def test_a_zone_nobody_knows_is_a_bad_value(tmp_path: Path) -> None:
    values = pa.array([0], pa.timestamp("us", tz="Nowhere/Zone"))
    pq.write_table(pa.table({"text": ["A"], "published_at": values}), tmp_path / "t.parquet")
    assert records(tmp_path / "t.parquet") == ["unreadable_value"]


def test_a_byte_of_another_encoding_costs_no_row_of_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbftext\nplain\ncaf\xe9\ncaf\xc3\xa9\n")
    assert records(tmp_path / "t.csv") == [{"text": "plain"}, {"text": "café"}, {"text": "café"}]


def test_a_row_that_is_no_csv_costs_itself_only(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('text,id\n"a"b,1\nc,2\n\nd\n')
    assert records(tmp_path / "t.csv") == ["invalid_csv", {"text": "c", "id": "2"}, {"text": "d"}]


def test_a_quotation_mark_that_is_never_closed_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('text,id\na,1\n"b,2\nc,3\n')
    assert records(tmp_path / "t.csv") == [{"text": "a", "id": "1"}, "invalid_csv"]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_INPUT_BYTES", 1_000)
    (tmp_path / "t.csv").write_bytes(b"text\n" + b"x" * 5_000)
    assert list(read_records(tmp_path / "t.csv", COLUMNS)) == [
        BadRecord("invalid_csv", "the row is no CSV: the line has more than 1,000 bytes")
    ]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_a_table_without_records_gives_none(tmp_path: Path, name: str) -> None:
    if name == "t.parquet":
        pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / name)
    else:
        (tmp_path / name).write_text("text\n" if name == "t.csv" else "")
    assert records(tmp_path / name) == []
