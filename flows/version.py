"""The version of code and models that stands in every article."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import schemas
import transforms


@cache
def pipeline_version() -> str:
    """Return the package version and a digest of all code and models that shape rows: `0.1.0+5f3a9c01`.

    It is part of `articles.content_hash`, so a better engine makes every article a changed one.
    """
    digest = hashlib.sha256()
    for package in (schemas, transforms):
        folder = Path(str(package.__file__)).parent
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{version('onrecord')}+{digest.hexdigest()[:8]}"
