"""Commands as documents and help texts print them, and whether their programs would understand them."""

import ast
import importlib.util
import re
import shlex
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path

import click

from flows.cli import cli
from tests.conftest import ROOT

OPERATORS = "|&;<>"
CRON_TIME = re.compile(r"^(?:[\d*/,-]+\s+){5}")  # 5 * * * *
INPUT_ENDINGS = (".html", ".jsonl", ".txt", ".toml")  # of files that commands want to exist
ASSIGNMENT = re.compile(r"[A-Z_]+=")  # ONRECORD_CONTACT=you@example.org
SHELL = frozenset({"cd", "echo", "export", "less"})  # nothing of ours, nothing to check


def commands_in(script: str) -> Iterator[list[str]]:
    """Yield the words of each command of a shell script or crontab, without comments and redirections."""
    for line in script.splitlines():
        lexer = shlex.shlex(CRON_TIME.sub("", line), posix=True, punctuation_chars=OPERATORS)
        lexer.whitespace_split = True
        words: list[str] = []
        is_target = False
        for word in lexer:
            if set(word) <= set(OPERATORS):
                is_target = set(word) <= set("<>")
                if not is_target and words:
                    yield words
                    words = []
            elif not is_target:
                words.append(word)
            else:
                is_target = False
        if words:
            yield words


def check_command(words: list[str]) -> None:
    """Raise an error unless the program would understand a command. Files that it wants are made in this folder."""
    program, *arguments = dropwhile(ASSIGNMENT.match, words)
    match Path(program).name:
        case "onrecord":
            _parse_onrecord(arguments)
        case "prefect":
            _parse_prefect(arguments)
        case "make":
            assert arguments[0] in make_targets(), f"no target {arguments[0]}"
        case "python":
            _find_script(arguments)
        case "pytest":
            assert (ROOT / arguments[0]).exists(), f"no test {arguments[0]}"
        case "pip":
            assert arguments[0] == "install"
        case name:
            assert name in SHELL, f"what does {name} do?"


def make_targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _parse_onrecord(arguments: list[str]) -> None:
    name, *rest = arguments
    for argument in rest:
        if argument.endswith(INPUT_ENDINGS):
            Path(argument).parent.mkdir(parents=True, exist_ok=True)
            Path(argument).touch()
    with click.Context(cli) as parent:
        cli.commands[name].make_context(name, rest, parent=parent)


def _parse_prefect(arguments: list[str]) -> None:
    from prefect.cli._app import _app

    _app.parse_args(arguments, exit_on_error=False, print_error=False)


def _find_script(arguments: list[str]) -> None:
    """Raise an error unless a script or module is there and declares the options that it is given."""
    name = arguments[1].replace(".", "/") + ".py" if arguments[0] == "-m" else arguments[0]
    if not (ROOT / name).exists():
        assert arguments[0] == "-m", f"no script {name}"
        assert importlib.util.find_spec(arguments[1]), f"no module {arguments[1]}"
        return
    calls = [node for node in ast.walk(ast.parse((ROOT / name).read_text())) if isinstance(node, ast.Call)]
    declares = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"]
    declared = {word.value for call in declares for word in call.args if isinstance(word, ast.Constant)}
    assert {word for word in arguments[1:] if word.startswith("--")} <= declared
