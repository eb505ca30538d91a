"""Records -> Arrow schemas and tables, and the data dictionary.

Everything here derives from the dataclasses of `schemas.records`: no column is named a second time.
"""

import types
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from schemas.records import (
    WORDING,
    Article,
    Citation,
    DailyCount,
    Fetch,
    Rejection,
    Run,
    Segment,
    Speaker,
    Statement,
    StatementSpan,
)

TABLES: dict[str, type] = {
    "articles": Article,
    "segments": Segment,
    "statements": Statement,
    "statement_spans": StatementSpan,
    "speakers": Speaker,
    "citations": Citation,
    "rejections": Rejection,
    "fetches": Fetch,
    "runs": Run,
    "daily_counts": DailyCount,
}

ARROW_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


class Column(NamedTuple):
    """One column as declared on its record."""

    name: str
    arrow_type: pa.DataType
    nullable: bool
    values: tuple[str, ...]  # empty: any value of the type
    description: str
    is_wording: bool  # words of the input, which exports can cut or hash


@cache
def columns(record_type: type) -> tuple[Column, ...]:
    """Return the columns of a record type, in the order of its fields."""
    hints = get_type_hints(record_type, include_extras=True)
    return tuple(_column(field.name, hints[field.name]) for field in fields(record_type))


def _column(name: str, annotation: Any) -> Column:
    python_type, description, *markers = get_args(annotation)
    nullable = get_origin(python_type) in (Union, types.UnionType)
    if nullable:
        python_type = next(option for option in get_args(python_type) if option is not type(None))
    values = get_args(python_type) if get_origin(python_type) is Literal else ()
    return Column(name, ARROW_TYPES[str if values else python_type], nullable, values, description, WORDING in markers)


@cache
def arrow_schema(table: str) -> pa.Schema:
    """Return the schema of a table; descriptions stand in the field metadata, as Parquet keeps them."""
    return pa.schema(
        [
            pa.field(column.name, column.arrow_type, column.nullable, {"description": column.description})
            for column in columns(TABLES[table])
        ],
        metadata={"description": table_description(table)},
    )


def to_table(table: str, records: Iterable[object]) -> pa.Table:
    """Return the records as an Arrow table of the table's schema; raises ValueError on a value it forbids."""
    rows = list(records)
    schema = arrow_schema(table)
    arrays = []
    for column, field in zip(columns(TABLES[table]), schema, strict=True):
        values = [getattr(row, column.name) for row in rows]
        _check_values(table, column, values)
        arrays.append(pa.array(values, type=field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def conform(table: str, rows: pa.Table) -> pa.Table:
    """Return rows of an older schema of a table in today's: a column that they lack is null, one too many is left out.

    Raises ValueError where they lack a column that must not be null: such a column cannot be added to a table.
    """
    schema = arrow_schema(table)
    if rows.schema.equals(schema, check_metadata=True):
        return rows
    arrays = []
    for field in schema:
        if field.name in rows.column_names:
            arrays.append(rows[field.name].cast(field.type))
        elif field.nullable:
            arrays.append(pa.nulls(rows.num_rows, field.type))
        else:
            raise ValueError(f"an older file has no {table}.{field.name}; a column that is added must be nullable")
    return pa.Table.from_arrays(arrays, schema=schema)


def _check_values(table: str, column: Column, values: list[Any]) -> None:
    if not column.nullable and None in values:
        raise ValueError(f"{table}.{column.name} is null in row {values.index(None)}; it must not be")
    if column.values:
        unknown = set(values) - set(column.values) - {None}
        if unknown:
            raise ValueError(f"{table}.{column.name} is {unknown.pop()!r}; it takes {', '.join(column.values)}")


def table_description(table: str) -> str:
    """Return what one row of the table is."""
    return " ".join((TABLES[table].__doc__ or "").split())


def data_dictionary() -> str:
    """Return the data dictionary as Markdown: one section a table, one line a column."""
    sections = [_DICTIONARY_HEAD]
    for table, record_type in TABLES.items():
        lines = [f"## {table}", "", f"One row: {_lower_first(table_description(table))}", ""]
        lines += ["| column | type | null | description |", "|---|---|---|---|"]
        lines += [_dictionary_line(column) for column in columns(record_type)]
        sections.append("\n".join(lines))
    return "\n\n".join(sections) + "\n"


_DICTIONARY_HEAD = """# Data dictionary

<!-- Generated by `make docs` from schemas/records.py; do not edit. -->

Each table is a folder of Parquet files; read it with a plain glob, `output/<table>/**/*.parquet`. Times are UTC with
microseconds. Columns ending in `_char` are code point offsets into `articles.text`, end exclusive. Scores lie in
[0, 1]. Columns of type `text` hold words of the input as written, which `onrecord export` can cut or hash
(`--text-mode`). "Fact" always means *stated as a fact*: nothing here says that a statement is true."""


def _dictionary_line(column: Column) -> str:
    kind = "enum" if column.values else "text" if column.is_wording else _type_name(column.arrow_type)
    description = column.description
    if column.values:
        description += f" Values: {', '.join(f'`{value}`' for value in column.values)}."
    return f"| `{column.name}` | {kind} | {'yes' if column.nullable else ''} | {description} |"


def _type_name(arrow_type: pa.DataType) -> str:
    return "timestamp (UTC)" if pa.types.is_timestamp(arrow_type) else str(arrow_type).replace("[day]", "")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
