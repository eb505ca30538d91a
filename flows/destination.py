"""Where a command puts what it makes of a dataset: over nothing that is there, unless asked; never into a dataset."""

import os
from pathlib import Path

from flows.sources import UsageError


def check_outside(dataset: Path, path: Path) -> None:
    """Raise UsageError for a place in this or another dataset, or below a file."""
    place = path.resolve()
    for folder in (place, *place.parents):
        if folder == dataset.resolve() or (folder / ".staging").is_dir():
            raise UsageError(f"{path} lies in the dataset {folder}, which holds its own files alone")
        if folder != place and folder.is_file():
            raise UsageError(f"{path} lies in {folder}, which is a file and no folder")


def check_file(dataset: Path, path: Path, *, overwrite: bool) -> None:
    """Raise UsageError for a file that may not be written: there already, a folder, or in a dataset."""
    check_outside(dataset, path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the file another name")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists; --overwrite replaces it")


def partial_path(path: Path) -> Path:
    """Return where a file is written before it is put in its place: beside it, or beside what a link leads to."""
    place = path.resolve()
    return place.with_name(f"{place.name}.partial")


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, in a folder that may be new; a link stays one, and what it leads to is new."""
    partial = partial_path(path)
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.write_bytes(content)
        os.replace(partial, path.resolve())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
