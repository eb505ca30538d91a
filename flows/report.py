"""The report of a dataset, `report.html`: written where the dataset has changed, and put in place whole.

It is made of the tables alone, and of no run that changed nothing, so that equal rows make an equal page.
`.cache/report` holds the state of the files that it was made from: a run in which nothing changed does not even look.
"""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flows.destination import check_file, replace_file
from flows.store import REPORT_FILE, Store
from flows.table_files import check_dataset, table_paths

SHOWN_TABLES = ("articles", "segments", "statements", "statement_spans", "speakers", "rejections")
MEMORY_LIMIT = "512MB"  # of DuckDB


def write_report(
    folder: Path, to: Path | None = None, *, overwrite: bool = False, on_wait: Callable[[], None] = lambda: None
) -> Path:
    """Write the report of a dataset, into it or to a file, and return its path. Waits for a run that is under way.

    Raises NoDatasetError for a folder without a dataset, UsageError for a file that may not be written.
    """
    check_dataset(folder)
    if to is not None:
        check_file(folder, to, overwrite=overwrite)
    store = Store(folder)
    with store.locked(on_wait):
        path = update_report(store)
        if to is None:
            return path
        page = path.read_bytes()
    replace_file(to, page)
    return to


def update_report(store: Store) -> Path:
    """Write `report.html` anew if the dataset has changed; return its path. The store must be held."""
    path = store.folder / REPORT_FILE
    state = store.folder / ".cache" / "report"
    if not (path.exists() and state.exists() and state.read_text() == _state(store)):
        page = make_page(store.folder).encode()
        if not path.exists() or path.read_bytes() != page:
            store.write_file(path, page)
        state.parent.mkdir(exist_ok=True)
        state.write_text(_state(store))
    return path


def try_report(store: Store) -> str | None:
    """Do the same for a run or an erasure, which must not fail for it; return why there is no new report, if so."""
    try:
        update_report(store)
    except Exception as error:  # whatever it is: the tables are written
        return f"{type(error).__name__}: {error}"
    return None


def make_page(folder: Path) -> str:
    """Return the report of a dataset as HTML."""
    # Imported here: a run in which nothing changed does without them.
    from flows.query import connect
    from flows.report_facts import collect_facts
    from flows.report_html import render_page
    from flows.report_lists import collect_lists
    from flows.report_reading import collect_reading

    with connect(folder) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        facts, lists = collect_facts(connection), collect_lists(connection)
        reading = collect_reading(connection, [claim.article_id for claim in lists.claims])
    return render_page(facts, lists, reading)


def _state(store: Store) -> str:
    """Return what tells whether the report is up to date: the files it shows, itself, and the code that makes it."""
    tables = [path for table in SHOWN_TABLES for path in table_paths(store.folder, table)]
    stats = [(path, path.stat()) for path in (*sorted(tables), store.folder / REPORT_FILE)]
    files = [[str(path.relative_to(store.folder)), stat.st_size, stat.st_mtime_ns] for path, stat in stats]
    return json.dumps([_code_digest(), files])


@cache
def _code_digest() -> str:
    parts = (path for path in sorted(Path(__file__).parent.glob("report*/*")) if path.is_file())
    modules = sorted(Path(__file__).parent.glob("report*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in (*modules, *parts))).hexdigest()[:16]
