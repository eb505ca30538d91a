"""What docs/bi.md prints is run: its commands, its SQL, and the Python of engines that are installed here."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from flows.cli import _run
from flows.daily_counts import update_daily_counts
from flows.query import connect
from flows.store import Store
from flows.views import VIEWS, View
from tests.conftest import ROOT
from tests.rows import commit_articles, make_processed

DOCUMENT = (ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|sql|python)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory with a dataset in `output`."""
    folder = tmp_path_factory.mktemp("folder")
    store = Store(folder / "output")
    commit_articles(store, [make_processed(f"a{number}") for number in range(8)])
    update_daily_counts(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_runs(folder: Path, line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)
    if program == "python":  # a benchmark, which needs the network
        assert (ROOT / arguments[0]).exists()
    else:
        assert program == "onrecord"
        assert _run(arguments) == 0


@pytest.mark.parametrize("sql", [block for kind, block in BLOCKS if kind == "sql"])
def test_sql_runs(folder: Path, sql: str) -> None:
    with connect(Path("output")) as connection:
        connection.execute(sql).fetchall()


@pytest.mark.parametrize("code", [block for kind, block in BLOCKS if kind == "python"], ids=lambda code: code[:20])
def test_python_runs(folder: Path, code: str) -> None:
    module = re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)[0]
    compiled = compile(code, "docs/bi.md", "exec")
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    exec(compiled, {})


def test_there_is_something_to_run() -> None:
    assert len(COMMANDS) >= 8
    assert {kind for kind, _ in BLOCKS} == {"sh", "sql", "python"}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_view_is_documented(view: View) -> None:
    assert f"**{view.question}** `{view.name}` {view.counting}" in " ".join(DOCUMENT.split())
    assert "".join(view.sample.split()) in "".join(DOCUMENT.split())
