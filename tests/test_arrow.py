"""Records become Arrow tables; the data dictionary derives from them and does not drift."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from schemas.arrow import TABLES, arrow_schema, columns, data_dictionary, to_table
from schemas.records import Rejection
from tests.conftest import ROOT

REJECTION = Rejection(item="file:a/b.html", source="a", step="extract", reason="too_short", error="é", run_id="r")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_flat_typed_and_described(table: str) -> None:
    for field in arrow_schema(table):
        assert not pa.types.is_nested(field.type)
        assert not pa.types.is_null(field.type)
        assert field.metadata[b"description"].decode().strip()


@pytest.mark.parametrize("table", TABLES)
def test_names_tell_the_type(table: str) -> None:
    for field in arrow_schema(table):
        if field.name.endswith("_at"):
            assert field.type == pa.timestamp("us", tz="UTC")
        if field.name.endswith(("_char", "_count", "_index")):
            assert field.type == pa.int64()
        if field.name.endswith("_date") or field.name == "day":
            assert field.type == pa.date32()
        if field.name.endswith("_score"):
            assert field.type == pa.float64()


def test_to_table_keeps_values() -> None:
    assert to_table("rejections", [REJECTION]).to_pylist() == [
        {"item": "file:a/b.html", "source": "a", "step": "extract", "reason": "too_short", "error": "é", "run_id": "r"}
    ]


def test_an_empty_table_is_typed() -> None:
    assert to_table("statements", []).schema == arrow_schema("statements")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": None}, "rejections.reason is null in row 1"),
        ({"step": "guess"}, "rejections.step is 'guess'; it takes read, fetch, extract"),
    ],
)
def test_a_forbidden_value_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        to_table("rejections", [REJECTION, replace(REJECTION, **change)])


def test_python_types_have_their_arrow_types() -> None:
    found = {column.name: column.arrow_type for column in columns(TABLES["articles"])}
    assert found["published_at"] == pa.timestamp("us", tz="UTC")
    assert pa.array([datetime(2026, 1, 1, tzinfo=UTC)], found["published_at"])[0].as_py().tzinfo is not None
    assert pa.array([date(2026, 1, 1)], found["published_date"])


def test_the_data_dictionary_is_current() -> None:
    written = (ROOT / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run `make docs`"
