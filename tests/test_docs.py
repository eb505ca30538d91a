"""The documents do not drift from the code: commands parse, files and make targets exist, reasons are listed."""

import re
import shlex
from pathlib import Path

import click
import pytest

from flows.cli import cli
from tests.conftest import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples/README.md",
]
COMMAND = re.compile(r"^(?:\S*/)?onrecord (\w+ .*?)(?:\s{2,}#.*)?$", re.MULTILINE)
COMMANDS = sorted({(path.name, command) for path in DOCUMENTS for command in COMMAND.findall(path.read_text())})


@pytest.mark.parametrize(("document", "command"), COMMANDS)
def test_a_printed_command_parses(document: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name, *arguments = shlex.split(command)
    for argument in arguments:
        if argument.endswith((".html", ".jsonl", ".txt", ".toml")):  # what `show` and `sources` want to exist
            Path(argument).parent.mkdir(parents=True, exist_ok=True)
            Path(argument).touch()
    with click.Context(cli) as parent:
        cli.commands[name].make_context(name, arguments, parent=parent)


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_make_targets_exist() -> None:
    named = {target for path in DOCUMENTS for target in re.findall(r"`?\bmake ([a-z]+)\b(?:`| )", path.read_text())}
    defined = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "check", "bench", "docs", "lock"} <= defined
    assert named & {"run", "test", "check", "bench", "docs", "lock"} <= defined


def test_every_rejection_reason_is_explained() -> None:
    sources = [path for package in ("flows", "transforms") for path in (ROOT / package).glob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    used = set(re.findall(r'(?:InputRejected\(\s*"\w+",|rejected_input\([^"=\n]*|reason=)\s*"(\w+)"', text))
    assert "too_short" in used
    assert "unsupported_type" in used
    explained = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert used <= explained
