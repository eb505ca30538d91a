"""One input -> its Document; runs in a worker."""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from courlan import normalize_url

from flows.dot_segments import remove_dot_segments
from flows.pages import read_page
from flows.sources import RECORD_COLUMNS, Input, io_message
from flows.tables import MAX_INPUT_BYTES, UNREADABLE, open_inflated
from schemas.records import ContentType, Document, InputRejected
from transforms.decode import decode_text
from transforms.times import parse_time


def read_document(entry: Input, columns: Mapping[str, str], fetched_at: datetime, run_id: str) -> Document:
    """Return the document of an input; `columns` maps our record columns to the input's own.

    Raises InputRejected: unreadable or too large a file, a record that is not a JSON object or holds no text.
    """
    if entry.kind == "rejected":
        problem = json.loads(entry.payload)
        raise InputRejected(problem["step"], problem["reason"], problem["error"])
    if entry.kind == "page":
        return read_page(entry, first_seen_at=fetched_at, run_id=run_id)
    assert entry.kind != "stored"  # see `flows.stored`
    if entry.kind == "record":
        return _record_document(entry, columns, fetched_at, run_id)
    return Document(
        item=entry.item,
        url=entry.item,
        source=entry.source,
        content=_read_file(Path(os.fsdecode(entry.path))),
        content_type=entry.kind,
        fetched_at=fetched_at,
        run_id=run_id,
    )


def _read_file(path: Path) -> bytes:
    try:
        with open_inflated(path) as stream:
            content = stream.read(MAX_INPUT_BYTES + 1)
    except UNREADABLE as error:
        raise InputRejected("read", "unreadable_file", io_message(error)) from error
    if len(content) > MAX_INPUT_BYTES:
        raise InputRejected("read", "too_large", f"the file has more than {MAX_INPUT_BYTES:,} bytes")
    return content


def _record_document(entry: Input, columns: Mapping[str, str], fetched_at: datetime, run_id: str) -> Document:
    record = _parse_record(entry.payload)
    value = {name: record.get(columns.get(name, name)) for name in RECORD_COLUMNS}
    content_type: ContentType = "text" if _text(value["text"]) else "html"
    content = _text(value["text"]) or _text(value["html"])
    if content is None:
        raise InputRejected("read", "missing_text", _missing_text(record, columns))
    return Document(
        item=entry.item,
        url=_record_url(entry.item, _text(value["url"]), _text(value["id"]), content),
        source=_text(value["source"]) or entry.source,
        content=content,
        content_type=content_type,
        fetched_at=fetched_at,
        run_id=run_id,
        external_id=_text(value["id"]),
        title=_text(value["title"]),
        authors=_authors(value["author"]),
        published_at=parse_time(_text(value["published_at"]) or "", fetched_at=fetched_at),
        language=_text(value["language"]),
    )


def _missing_text(record: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    wanted = [columns.get(name, name) for name in ("text", "html")]
    blank = [name for name in wanted if name in record]
    if blank:
        return f"the record's {' and '.join(blank)} is blank"
    return f"the record has neither {' nor '.join(wanted)}; its fields: {', '.join(sorted(map(str, record))) or 'none'}"


def _parse_record(payload: bytes) -> dict[str, Any]:
    try:
        record = json.loads(decode_text(payload))
    except (ValueError, RecursionError) as error:
        raise InputRejected("read", "invalid_json", f"the record is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise InputRejected("read", "invalid_json", f"the record is a JSON {type(record).__name__}, not an object")
    return record


def _text(value: object) -> str | None:
    """Return a record's value as text without lone surrogates; None for null and blank ones."""
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if text.strip() else None


def _authors(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else (_text(value) or "").split(";")
    return tuple(name.strip() for name in map(_text, names) if name)


def _record_url(item: str, url: str | None, record_id: str | None, content: str) -> str:
    if url is not None:
        return normalize_address(url)
    fragment = record_id or hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{item.rpartition('#')[0]}#{fragment}"


def normalize_address(url: str) -> str:
    """Return a page address in normal form: lower-case host, no fragment, default port, tracking parameter or `..`."""
    stripped = url.strip()
    try:
        parts = urlsplit(urldefrag(stripped).url)
        path = remove_dot_segments(parts.path) if parts.path.startswith("/") else parts.path
        return normalize_url(parts._replace(path=path))
    except ValueError:
        return stripped
