"""Titles, authors and times that are right on real news pages, and what reading them costs, against floors.

usage: python benchmarks/metadata.py [DATA_FOLDER] [--misses]

DATA_FOLDER (default: ../shared/data) holds `extraction/fundus` (pages of flairNLP/fundus with `ground_truth.json`) and
`extraction/zyte`, whose pages count for the time only. Exits 1 where a figure misses its floor.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from transforms.bylines import fold_name
from transforms.decode import decode_html
from transforms.extract import parse_page
from transforms.metadata import Metadata, read_metadata

# Shares of pages, in [0, 1]. Two of 51 may fail on authors: what names a newsroom is a matter of taste.
FLOORS = {"title": 0.86, "authors": 0.96, "minute-exact date": 0.97}
CEILING = 2.5  # CPU milliseconds a page, on top of parsing it
ROUNDS = 7  # the best one counts: other work on the machine only ever adds time
FETCHED_AT = datetime(2026, 12, 1, tzinfo=UTC)  # later than every page of the corpora

Check = Callable[[Mapping[str, Any], Metadata], bool]


def main() -> int:
    """Print every figure; return 1 where one misses its floor or the ceiling."""
    options = _parse_arguments()
    folder = options.data / "extraction"
    truths = json.loads((folder / "fundus" / "ground_truth.json").read_text(encoding="utf-8"))
    found = {page_id: _metadata(_page(folder / "fundus" / "html" / f"{page_id}.html.gz")) for page_id in truths}
    misses = []
    for name, check in CHECKS.items():
        wrong = [page_id for page_id, truth in truths.items() if not check(truth, found[page_id])]
        share = 1 - len(wrong) / len(truths)
        print(f"{name:34} {share:.3f}")
        if options.misses:
            print(*(f"    {page_id}: {_of(found[page_id], name)}" for page_id in wrong), sep="\n")
        if share < FLOORS[name]:
            misses.append(f"{name} is {share:.3f}; the floor is {FLOORS[name]}")
    milliseconds = milliseconds_per_page(folder)
    print(f"{'metadata, CPU ms per page':34} {milliseconds:.2f}")
    if milliseconds > CEILING:
        misses.append(f"metadata takes {milliseconds:.2f} ms a page; the ceiling is {CEILING}")
    print(*misses or ["every figure keeps its floor"], sep="\n")
    return 1 if misses else 0


def milliseconds_per_page(folder: Path) -> float:
    """Return the CPU time of reading a parsed page's metadata, the mean over both corpora in the best round."""
    pages = [_page(path) for path in sorted(folder.glob("*/html/*.html.gz"))]
    parsed = [(html, tree) for html in pages if (tree := parse_page(html)) is not None]
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for html, tree in parsed:
            read_metadata(html, tree, fetched_at=FETCHED_AT)
        rounds.append(time.process_time() - started)
    return 1_000 * min(rounds) / len(parsed)


def has_title(truth: Mapping[str, Any], found: Metadata) -> bool:
    """Return whether the titles are equal in letters and digits."""
    return fold_name(found.title or "") == fold_name(truth["title"])


def has_authors(truth: Mapping[str, Any], found: Metadata) -> bool:
    """Return whether the sets of authors are equal in letters and digits."""
    return {fold_name(name) for name in found.authors} == {fold_name(name) for name in truth["authors"] or ()}


def has_minute(truth: Mapping[str, Any], found: Metadata) -> bool:
    """Return whether the times of publication are less than a minute apart; a truth without zone is in UTC."""
    expected = datetime.fromisoformat(truth["publishing_date"])
    expected = expected.replace(tzinfo=UTC) if expected.tzinfo is None else expected
    return found.published_at is not None and abs((found.published_at - expected).total_seconds()) < 60


CHECKS: dict[str, Check] = {"title": has_title, "authors": has_authors, "minute-exact date": has_minute}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Metadata of real news pages, against floors.")
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=default, help="folder with extraction/fundus and zyte")
    parser.add_argument("--misses", action="store_true", help="print what was found where it is wrong")
    return parser.parse_args()


def _page(path: Path) -> str:
    return decode_html(gzip.decompress(path.read_bytes()))


def _metadata(html: str) -> Metadata:
    tree = parse_page(html)
    return Metadata() if tree is None else read_metadata(html, tree, fetched_at=FETCHED_AT)


def _of(found: Metadata, name: str) -> object:
    return {"title": found.title, "authors": found.authors}.get(name, found.published_at)


if __name__ == "__main__":
    sys.exit(main())
