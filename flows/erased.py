"""What was erased from a dataset and must not come back: `output/.erased`, which holds hashes and nothing else.

One line each: `salt HEX`; `article HASH`, of an address; `name COUNT HASH`, of the words of a name. A hash says nothing
to who does not know the address or name already; who does can test whether it was erased.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.sources import STORED
from transforms.erasure import ErasedNames, mask_names

REGISTER = ".erased"
ERASED_MESSAGE = "the article was erased from the dataset, and does not come back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The register of a dataset, read."""

    salt: bytes = b""
    articles: frozenset[str] = frozenset()
    names: ErasedNames = field(default_factory=lambda: ErasedNames(salt=b"", hashes={}))

    @classmethod
    def load(cls, path: Path) -> "Erased":
        """Return the register at `path`; an empty one if there is none."""
        try:
            status = path.stat()
        except FileNotFoundError:
            return cls()
        return _load(path, status.st_mtime_ns, status.st_size)

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Erased":
        """Return the register of its lines; of two salts, the first one holds."""
        rows = [line.split() for line in lines]
        salt = bytes.fromhex(next((row[1] for row in rows if row[0] == "salt"), ""))
        hashes: dict[int, set[str]] = {}
        for row in rows:
            if row[0] == "name":
                hashes.setdefault(int(row[1]), set()).add(row[2])
        articles = frozenset(row[1] for row in rows if row[0] == "article")
        return cls(salt=salt, articles=articles, names=ErasedNames(salt=salt, hashes=hashes))

    def lines(self) -> list[str]:
        """Return the lines that say it."""
        names = sorted((count, hashed) for count, hashes in self.names.hashes.items() for hashed in hashes)
        lines = [f"salt {self.salt.hex()}"] if self.salt else []
        lines += [f"article {hashed}" for hashed in sorted(self.articles)]
        return lines + [f"name {count} {hashed}" for count, hashed in names]

    def digest(self) -> str:
        """Return a hash of the register: work done under another one is not used again."""
        return hashlib.sha256("\n".join(self.lines()).encode()).hexdigest()[:16] if self.salt else ""

    def has(self, address: str) -> bool:
        """Return whether the article at an address was erased, also of one that `stored:` stands before."""
        return bool(self.articles) and hash_address(address.removeprefix(STORED), self.salt) in self.articles

    def item(self, address: str) -> str:
        """Return what names an erased article in `rejections`, without its address."""
        return f"erased:{hash_address(address, self.salt)}"

    def mask_rows(self, rows: pa.Table) -> pa.Table:
        """Return rows of a table without the names and addresses that were erased."""
        if not self.salt:
            return rows
        return pa.Table.from_pylist([self.mask_row(row) for row in rows.to_pylist()], rows.schema)

    def mask_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of `rejections`, `fetches` or `runs` without the names and addresses that were erased."""
        if not self.salt:
            return dict(row)
        texts = {name: value for name, value in row.items() if isinstance(value, str)}
        masked = {name: mask_names(value, self.names) for name, value in texts.items() if name != "parameters"}
        if "parameters" in texts:
            masked["parameters"] = self._mask_parameters(texts["parameters"])
        return {**row, **masked}

    def _mask_parameters(self, parameters: str) -> str:
        """Return the parameters of a run, as JSON, with each input that names an erased article as its hash."""
        known = json.loads(parameters)
        source = known.get("source")
        known["inputs"] = [
            next((self.item(name) for name in _addresses(given, source) if self.has(name)), given)
            for given in known.get("inputs", [])
        ]
        return json.dumps(json.loads(mask_names(json.dumps(known, ensure_ascii=False), self.names)))


def hash_address(address: str, salt: bytes) -> str:
    """Return the keyed hash of an article's address."""
    return hashlib.blake2b(address.encode("utf-8", "surrogatepass"), key=salt, digest_size=16).hexdigest()


def _addresses(given: str, source: str | None) -> list[str]:
    """Return the addresses that an input of a run may stand for: as given, in normal form, as a file."""
    from flows.documents import normalize_address  # which takes 0.2 s to import

    path = Path(given).absolute()
    return [given, normalize_address(given), f"file:{source or path.parent.name}/{path.name}"]


@lru_cache(maxsize=2)
def _load(path: Path, modified_ns: int, size: int) -> Erased:
    return Erased.of(path.read_text().splitlines())
