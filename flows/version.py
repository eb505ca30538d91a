"""The version of code and models that stands in every article."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import schemas
import transforms
from schemas.records import ModelName


@cache
def pipeline_version(model: ModelName) -> str:
    """Return version, model and a digest of all code and weights that shape rows: `0.1.0+compact.5f3a9c01`.

    It is part of `articles.content_hash`, so a better engine makes every article a changed one.
    """
    digest = hashlib.sha256()
    for package in (schemas, transforms):
        folder = Path(str(package.__file__)).parent
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and _shapes_rows(path, model)):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{version('onrecord')}+{model}.{digest.hexdigest()[:8]}"


def _shapes_rows(path: Path, model: ModelName) -> bool:
    if path.suffix == ".onnx":
        return path.stem.endswith(model)
    return path.suffix not in (".pyc", ".md")
