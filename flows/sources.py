"""Files, folders, globs and tables of records -> inputs.

Runs in the driver and streams: it never holds more than one record. Whatever cannot be read is an input too, of kind
"rejected", so that nothing is lost.
"""

import glob
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.tables import RECORD_ENDINGS, UNREADABLE, BadRecord, read_records
from schemas.arrow import TABLES
from schemas.records import ContentType, Step

RECORD_COLUMNS = ("text", "html", "id", "url", "title", "author", "published_at", "source", "language")
PAGE_ENDINGS: Mapping[str, ContentType] = {".html": "html", ".htm": "html", ".txt": "text", ".md": "text"}

InputKind = Literal["html", "text", "record", "page", "stored", "rejected"]
STORED = "stored:"  # before the address of an article of the dataset that is an input again, in `rejections`
Extent = Literal["outdated", "all"]  # which of these: those of another engine, or all


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: a file to read, a record cut out of a table of records, a page, or what could not be read."""

    kind: InputKind
    item: str  # in `rejections`: `file:<folder>/<path>`, with `#<id>` or `#record-<number>` for a record; an address
    source: str
    path: bytes = b""  # of a file, as the system names it
    payload: bytes = b""  # as `flows.pages`, `flows.stored` say; record: its JSON; rejected: step, reason, error
    size_bytes: int = 0  # of the file or the payload
    modified_ns: int = 0  # of the file, so that a changed one is another input


class UsageError(ValueError):
    """Raised for an input argument that names nothing."""


def list_inputs(
    arguments: Sequence[str],
    source: str | None,
    ignored: Counter[str],
    *,
    columns: Mapping[str, str] | None = None,
    output: Path | None = None,
) -> Iterator[Input]:
    """Yield the inputs that the arguments name, in their order, folders sorted by path.

    A file in a folder whose ending is not ours is passed over and counted in `ignored`, by its ending, and so is a
    link to a folder; a file that is named itself becomes a rejected input. The tables in `output` are never inputs of
    a folder that holds them. `columns` maps our record columns to the inputs' own. Raises UsageError, before the
    first input, if an argument names nothing.
    """
    matches = [(argument, match_paths(argument)) for argument in arguments]
    for argument, paths in matches:
        if not paths:
            raise UsageError(f"no such file or folder: {argument}")
    lister = _Lister(
        source=source,
        ignored=ignored,
        columns={(columns or {}).get(name, name) for name in RECORD_COLUMNS},
        own={os.path.realpath(output / table) for table in TABLES} if output else set(),
    )
    return (entry for _, paths in matches for path in paths for entry in lister.list_path(path))


def match_paths(argument: str) -> list[Path]:
    """Return the files and folders that a path or glob names, sorted."""
    if os.path.lexists(argument):
        return [Path(argument)]
    return [Path(match) for match in sorted(glob.glob(argument, recursive=True)) if not Path(match).is_dir()]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lister:
    source: str | None
    ignored: Counter[str]
    columns: Collection[str]
    own: Collection[str]

    def list_path(self, path: Path) -> Iterator[Input]:
        resolved = Path(os.path.realpath(path))
        if not path.is_dir():
            yield from self._list_file(path, self.source or resolved.parent.name, path.name)
            return
        folder = self.source or resolved.name
        for file in self._walk(path):
            relative = os.path.relpath(str(file.filename if isinstance(file, OSError) else file), path)
            if isinstance(file, OSError):
                item = f"file:{printable(folder)}/{printable(relative)}"
                yield rejected_input(item, printable(folder), "unreadable_file", io_message(file))
            elif _ending(file) in PAGE_ENDINGS or _is_record_table(file):
                yield from self._list_file(file, folder, relative)
            else:
                self.ignored["".join(file.suffixes[-2:]).lower() or file.name] += 1

    def _walk(self, folder: Path) -> Iterator[Path | OSError]:
        """Yield the files below a folder, sorted, and the folders that cannot be read; nothing hidden, no own table."""
        errors: list[OSError] = []
        for parent, folders, files in os.walk(folder, onerror=errors.append):
            visible = [Path(parent, name) for name in sorted(folders) if not name.startswith(".")]
            self.ignored.update("link to a folder" for path in visible if path.is_symlink())
            folders[:] = [path.name for path in visible if os.path.realpath(path) not in self.own]
            yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))
            yield from errors
            errors.clear()
        yield from errors

    def _list_file(self, path: Path, folder: str, relative: str) -> Iterator[Input]:
        source = printable(folder)
        item = f"file:{source}/{printable(relative)}"
        content_type = PAGE_ENDINGS.get(_ending(path))
        try:
            status = path.stat()
            if not path.is_file():
                yield rejected_input(item, source, "not_a_file", f"{item} is not a regular file")
            elif _is_record_table(path):
                yield from _list_records(path, item, source, self.columns)
            elif content_type is None:
                accepted = " ".join([*PAGE_ENDINGS, *RECORD_ENDINGS])
                message = f"the ending {printable(path.suffix)!r} is none of {accepted}"
                yield rejected_input(item, source, "unsupported_type", message)
            else:
                yield Input(
                    kind=content_type,
                    item=item,
                    source=source,
                    path=os.fsencode(path),
                    size_bytes=status.st_size,
                    modified_ns=status.st_mtime_ns,
                )
        except OSError as error:
            yield rejected_input(item, source, "unreadable_file", io_message(error))


def _ending(path: Path) -> str:
    """Return the ending that tells what a file holds: `.html` for `page.html.gz`."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def _is_record_table(path: Path) -> bool:
    return path.name.lower().endswith(RECORD_ENDINGS)


def rejected_input(item: str, source: str, reason: str, error: str, *, step: Step = "read") -> Input:
    """Return an input that is a rejection from the start."""
    payload = json.dumps({"step": step, "reason": reason, "error": error}).encode()
    return Input(kind="rejected", item=item, source=source, payload=payload)


def printable(name: str) -> str:
    """Return a file name as text that UTF-8 can hold; undecodable bytes become `\\xNN`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def io_message(error: Exception) -> str:
    """Return what went wrong, without the path of this machine."""
    return printable(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _list_records(path: Path, item: str, folder: str, columns: Collection[str]) -> Iterator[Input]:
    """Yield the records of a table; one rejected input for the rest of it where it stops being readable."""
    number = 0
    try:
        for number, record in enumerate(read_records(path, columns), start=1):
            name = f"{item}#record-{number}"
            if isinstance(record, BadRecord):
                yield rejected_input(name, folder, record.reason, record.error)
            elif record.strip():
                size = len(record)
                yield Input(kind="record", item=name, source=folder, payload=record, size_bytes=size)
    except UNREADABLE as error:
        message = f"unreadable after record {number}: {io_message(error)}"
        yield rejected_input(item, folder, "unreadable_file", message)
        return
    if number == 0:
        yield rejected_input(item, folder, "empty_table", "the table holds no record")
