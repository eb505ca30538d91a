"""What becomes of texts on their way out: cut or hashed as asked, and made harmless for spreadsheets."""

import hashlib
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import TABLES, columns

TextMode = Literal["full", "excerpt", "hash"]
ChangeText = Callable[[pa.ChunkedArray], pa.ChunkedArray]
ELLIPSIS = "…"
CELL_LENGTH = 32_767  # UTF-16 units, Excel's limit for a cell

# What a spreadsheet takes for the start of a formula: OWASP's list for CSV injection, with its full-width forms.
FORMULA_STARTS = r"=+\-@＝＋－＠"
FORMULA = rf"\A([{FORMULA_STARTS}\t\n])"  # `=HYPERLINK(…)`
# Where a spreadsheet expects semicolons, a cell of a CSV file also begins inside of a text: `cheap;=HYPERLINK(…)`.
INNER_FORMULA = rf'([;\t\n]"*)([{FORMULA_STARTS}])'
# XML 1.0 has no place for these, and readers of CSV stumble over some: NUL, escape, U+FFFF.
FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def change_wording(table: str, rows: pa.Table, change: ChangeText) -> pa.Table:
    """Return the rows of a table with every column that holds words of the input changed."""
    return _change_columns(rows, [column.name for column in columns(TABLES[table]) if column.is_wording], change)


def text_change(mode: TextMode, length: int) -> ChangeText:
    """Return what a text mode makes of texts."""
    if mode == "full":
        return lambda texts: texts
    return hash_texts if mode == "hash" else lambda texts: excerpt_texts(texts, length)


def excerpt_texts(texts: pa.ChunkedArray, length: int) -> pa.ChunkedArray:
    """Return the first `length` characters of each text, with an ellipsis where there are more."""
    start = pc.utf8_slice_codeunits(texts, 0, length)
    is_longer = pc.greater(pc.utf8_length(texts), length)
    return pc.if_else(is_longer, pc.binary_join_element_wise(start, ELLIPSIS, ""), texts)


def hash_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the SHA-256 of each text's UTF-8, in hex."""
    hashes = [None if text is None else hashlib.sha256(text.encode()).hexdigest() for text in texts.to_pylist()]
    return pa.chunked_array([pa.array(hashes, pa.string())])


def make_harmless(rows: pa.Table, *, is_csv: bool) -> pa.Table:
    """Return rows whose texts a spreadsheet shows and never runs.

    An apostrophe stands before what would start a formula (in a CSV file, also inside of a text where a cell could
    begin); carriage returns become line feeds, characters that XML forbids U+FFFD. Other types stay as they are.
    """

    def change(texts: pa.ChunkedArray) -> pa.ChunkedArray:
        texts = pc.replace_substring_regex(pc.replace_substring(texts, "\r", "\n"), FORBIDDEN, REPLACEMENT)
        if is_csv:
            texts = pc.replace_substring_regex(texts, INNER_FORMULA, r"\1'\2")
        return pc.replace_substring_regex(texts, FORMULA, r"'\1")

    return _change_columns(rows, [field.name for field in rows.schema if pa.types.is_string(field.type)], change)


def cut_cell(text: str) -> str:
    """Return a text that fits into a cell of Excel; one that is cut ends with an ellipsis."""
    if len(text) * 2 <= CELL_LENGTH:  # no text has more than two UTF-16 units a character
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LENGTH * 2:
        return text
    return units[: (CELL_LENGTH - 1) * 2].decode("utf-16-le", "ignore") + ELLIPSIS


def _change_columns(rows: pa.Table, names: list[str], change: ChangeText) -> pa.Table:
    for name in names:
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), change(rows[name]))
    return rows
