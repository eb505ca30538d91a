"""What sites stated of their rules, kept for a day from run to run: an hourly schedule does not ask each time."""

import hashlib
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from flows.addresses import Origin
from flows.site_rules import RULES_S, StatedRules


class RulesCache:
    """One small file a site, named by a hash; nothing that came from the network is a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if time.time() - path.stat().st_mtime > RULES_S:
                path.unlink()

    def find(self, origin: Origin) -> StatedRules | None:
        """Return what a site stated last; None if that is not known, or cannot be read."""
        try:
            kept = json.loads(self._path(origin).read_bytes())
            return StatedRules(
                robots=_bytes(kept["robots"]),
                tdmrep=_bytes(kept["tdmrep"]),
                stated_at=datetime.fromisoformat(kept["stated_at"]).astimezone(UTC),
            )
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def keep(self, origin: Origin, stated: StatedRules) -> None:
        """Remember what a site stated; a disk that is full costs no more than asking again."""
        kept = {
            "site": list(origin),
            "stated_at": stated.stated_at.isoformat(),
            "robots": _text(stated.robots),
            "tdmrep": _text(stated.tdmrep),
        }
        path = self._path(origin)
        staged = path.with_suffix(".new")
        with suppress(OSError):
            staged.write_text(json.dumps(kept))
            os.replace(staged, path)

    def _path(self, origin: Origin) -> Path:
        return self._folder / f"{hashlib.sha256(json.dumps(origin).encode()).hexdigest()[:32]}.json"


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("latin-1")
