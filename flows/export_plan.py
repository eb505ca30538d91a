"""What an export is asked for, and where it goes: never over what is there, never into a dataset."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from flows.destination import check_file, check_outside
from flows.export_texts import TextMode
from flows.sources import UsageError
from schemas.arrow import TABLES

Format = Literal["parquet", "csv", "xlsx", "duckdb"]
ENDINGS = {f".{name}": cast(Format, name) for name in get_args(Format)}
FILE_ENDING = re.compile(r"\.[A-Za-z]\w*")  # `.xls`; not `.20`, of a folder that is named by a day
# `articles.csv.partial`, and what DuckDB and XlsxWriter keep beside it: `onrecord.duckdb.partial.wal`
FILE_NAME = rf"(?:onrecord|{'|'.join(TABLES)})\.(?:{'|'.join(get_args(Format))})"
UNFINISHED = re.compile(rf"({FILE_NAME}\.partial)(?:\.wal|\.tmp)?")
ONE_FILE = ("xlsx", "duckdb")  # formats that hold all tables in one file


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to be written, and where."""

    out: Path  # a folder, or the file, where its ending is the format's
    format: Format
    tables: Sequence[str]
    text_mode: TextMode
    excerpt_length: int  # characters
    overwrite: bool

    def __post_init__(self) -> None:
        for table in self.tables:
            if table not in TABLES:
                raise UsageError(f"--tables {table}: no such table; there are {', '.join(TABLES)}")

    @property
    def is_file(self) -> bool:
        """Whether `out` names the one file that is written."""
        return self.out.suffix.lower() == f".{self.format}"


def request_export(
    out: Path,
    format_: Format | None = None,
    tables: Sequence[str] = (),
    *,
    text_mode: TextMode = "full",
    excerpt_length: int = 200,
    overwrite: bool = False,
) -> ExportRequest:
    """Return what the options ask for: the format by the ending of OUT, all tables if none is named."""
    named = [name.strip() for names in tables for name in names.split(",")]
    return ExportRequest(
        out=out,
        format=format_ or ENDINGS.get(out.suffix.lower(), "parquet"),
        tables=tuple(dict.fromkeys(named or TABLES)),
        text_mode=text_mode,
        excerpt_length=excerpt_length,
        overwrite=overwrite,
    )


def plan_files(request: ExportRequest) -> dict[str, Path]:
    """Return the file of each table. Raises UsageError for an ending that contradicts the format or the tables."""
    out = request.out
    if request.is_file:
        if request.format not in ONE_FILE and len(request.tables) > 1:
            raise UsageError(f"{out} is one file, for {len(request.tables)} tables: name a folder, or one table")
        return dict.fromkeys(request.tables, out)
    if out.suffix.lower() in ENDINGS:
        raise UsageError(f"{out} ends in {out.suffix}, but the format is {request.format}")
    if FILE_ENDING.fullmatch(out.suffix) and not out.is_dir():
        known = ", ".join(ENDINGS)
        raise UsageError(f"{out} ends in {out.suffix}; a file ends in {known}, and a folder of that name is not there")
    names = {table: "onrecord" if request.format in ONE_FILE else table for table in request.tables}
    return {table: out / f"{name}.{request.format}" for table, name in names.items()}


def check_place(dataset: Path, request: ExportRequest, files: Mapping[str, Path]) -> None:
    """Raise UsageError where an export would replace something unasked, or be read as part of a dataset."""
    out = request.out
    if request.is_file:
        check_file(dataset, out, overwrite=request.overwrite)
        return
    check_outside(dataset, out)
    if out.is_file():
        raise UsageError(f"{out} is a file; {request.format} goes to a folder or to a file named so")
    if not request.overwrite and out.is_dir() and not all(UNFINISHED.fullmatch(path.name) for path in out.iterdir()):
        raise UsageError(f"{out} is not empty; --overwrite replaces the files of the same names in it")
    for path in files.values():
        check_file(dataset, path, overwrite=True)


def unfinished_files(request: ExportRequest) -> set[Path]:
    """Return the unfinished files that a killed export left in the folder."""
    if request.is_file or not request.out.is_dir():
        return set()
    found = (UNFINISHED.fullmatch(path.name) for path in request.out.iterdir())
    return {request.out / match[1] for match in found if match}


def left_over(request: ExportRequest, files: Mapping[str, Path]) -> list[Path]:
    """Return files of tables that an earlier export left in the folder, and this one does not write."""
    if request.is_file:
        return []
    paths = [request.out / f"{table}.{request.format}" for table in TABLES]
    return [path for path in paths if path not in files.values() and path.exists()]
