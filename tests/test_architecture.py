"""The arrows between packages hold: schemas <- transforms <- flows, and transforms is pure."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ALLOWED = {"schemas": {"schemas"}, "transforms": {"schemas", "transforms"}, "flows": {"schemas", "transforms", "flows"}}
OURS = {"schemas", "transforms", "flows", "training", "benchmarks", "tests"}
IMPURE = {"prefect", "requests", "httpx", "socket", "subprocess", "time", "random", "duckdb", "urllib.request"}
MODULES = sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_arrows(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imported_modules(path)} & OURS
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("path", [path for path in MODULES if "transforms" in path.parts], ids=lambda path: path.name)
def test_transforms_are_pure(path: Path) -> None:
    assert not imported_modules(path) & IMPURE
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert not calls & {"open", "print", "datetime.now", "datetime.utcnow", "date.today"}


def test_only_the_flow_and_its_schedule_import_prefect() -> None:
    importers = {path.name for path in MODULES if any(n.split(".")[0] == "prefect" for n in imported_modules(path))}
    assert importers == {"news.py", "prefect_server.py", "schedule.py", "schedule_plan.py", "terminal.py"}


def test_the_guards_can_fail(tmp_path: Path) -> None:
    module = tmp_path / "bad.py"
    module.write_text("def f():\n    from flows.store import Store\n    import prefect.settings\n")
    assert imported_modules(module) == {"flows.store", "prefect.settings"}
