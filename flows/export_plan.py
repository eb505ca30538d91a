"""What an export is asked for, and where it goes: never over what is there, never into a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from flows.export_texts import TextMode
from flows.sources import UsageError
from schemas.arrow import TABLES

Format = Literal["parquet", "csv", "xlsx", "duckdb"]
ENDINGS = {f".{name}": cast(Format, name) for name in get_args(Format)}
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
    names = {table: "onrecord" if request.format in ONE_FILE else table for table in request.tables}
    return {table: out / f"{name}.{request.format}" for table, name in names.items()}


def check_place(dataset: Path, request: ExportRequest) -> None:
    """Raise UsageError where an export would replace something unasked, or be read as part of a dataset."""
    out = request.out.resolve()
    for folder in (out, *out.parents):
        if folder == dataset.resolve() or (folder / ".staging").is_dir():
            raise UsageError(f"{request.out} lies in the dataset {folder}, whose readers would see rows twice")
    if request.is_file and out.is_dir():
        raise UsageError(f"{request.out} is a folder; give the file another name")
    if not request.is_file and out.is_file():
        raise UsageError(f"{request.out} is a file; {request.format} goes to a folder or to a file named so")
    if request.is_file and out.exists() and not request.overwrite:
        raise UsageError(f"{request.out} exists; --overwrite replaces it")
    if out.is_dir() and any(out.iterdir()) and not request.overwrite:
        raise UsageError(f"{request.out} is not empty; --overwrite replaces the files of the same names in it")


def left_over(request: ExportRequest, files: Mapping[str, Path]) -> list[Path]:
    """Return files of tables that an earlier export left in the folder, and this one does not write."""
    if request.is_file:
        return []
    paths = [request.out / f"{table}.{request.format}" for table in TABLES]
    return [path for path in paths if path not in files.values() and path.exists()]
