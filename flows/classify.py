"""Labels for statements that stand in no article: JSON lines in, the same lines with their labels out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from itertools import islice

from schemas.records import ModelName
from transforms.classify import Labels, label_texts
from transforms.cues import cue_family
from transforms.languages import is_english, seems_english

CHUNK = 64  # lines that are labelled at once and then written
UNLABELLED: dict[str, object] = dict.fromkeys(field.name for field in fields(Labels))
Row = dict[str, object]


class LineError(ValueError):
    """Raised for a line without a text to label."""


def classify_lines(lines: Iterable[str], field: str, model: ModelName = "compact") -> Iterator[str]:
    """Yield each line, a JSON object, with the labels of the text in `field` added; in order, as lines come in.

    The labels are null where the text is null, blank or not English: its language is what the line's `language` says,
    else what the text seems to be in. `cue_family` is that of the line's `cue_text`, if there is one. Raises LineError,
    after everything before it, at a line that is no JSON object or has no text in `field`.
    """
    numbered = enumerate(lines, 1)
    while chunk := list(islice(numbered, CHUNK)):
        rows: list[Row] = []
        error = None
        for number, line in chunk:
            if not line.strip():
                continue
            try:
                rows.append(_read(line, number, field))
            except LineError as wrong:
                error = wrong
                break
        yield from _label(rows, field, model)
        if error:
            raise error


def _read(line: str, number: int, field: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LineError(f"line {number} is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise LineError(f"line {number} holds {type(row).__name__}, not an object")
    if field not in row:
        raise LineError(f"line {number} has no field {field!r}, only {', '.join(map(repr, row)) or 'none'}")
    if "\\ud" in line.lower() and not _is_encodable(row):
        raise LineError(f"line {number} holds half a surrogate pair, which is no character")
    if not isinstance(row[field], str | None):
        raise LineError(f"line {number}: {field!r} holds {type(row[field]).__name__}, not a text")
    return row


def _is_encodable(row: Row) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _label(rows: list[Row], field: str, model: ModelName) -> Iterator[str]:
    texts = [row[field] if _is_labelled(row, field) else None for row in rows]
    labels = iter(label_texts([text for text in texts if isinstance(text, str)], model))
    for row, text in zip(rows, texts, strict=True):
        found = UNLABELLED if text is None else asdict(next(labels))
        cue = row.get("cue_text")
        family = cue_family(cue) if isinstance(cue, str) else None
        yield json.dumps({**row, **found, "cue_family": family}, ensure_ascii=False)


def _is_labelled(row: Row, field: str) -> bool:
    text, language = row[field], row.get("language")
    if not isinstance(text, str) or not text.strip():
        return False
    return is_english(language) if isinstance(language, str) else seems_english(text)
