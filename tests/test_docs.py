"""The documents do not drift from the code: commands parse, queries run, files exist, reasons are listed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from flows.cli import cli
from tests.commands import check_command, commands_in, make_targets
from tests.conftest import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples/README.md",
    ROOT / "training/README.md",
]
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\S*/)?(?:onrecord|prefect|make|python) [^`]+)`")
SERVICE = re.compile(r"^ExecStart=(.*)", re.MULTILINE)
CONTAINER = re.compile(r"^ *command: \[(.*)\]", re.MULTILINE)
OWN_COLUMNS = "\n## Change it"  # below it, queries ask for columns that a recipe adds; tests/test_recipes.py runs them


def printed_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each command that a document prints."""
    for language, block in BLOCK.findall(text):
        if language in ("sh", "crontab"):
            yield from commands_in(block)
        for line in [*SERVICE.findall(block), *(found.replace(", ", " ") for found in CONTAINER.findall(block))]:
            yield from commands_in(line)
    for inline in INLINE.findall(BLOCK.sub("", text)):
        yield from ([word for word in words if "…" not in word] for words in commands_in(" ".join(inline.split())))


COMMANDS = [(str(path.relative_to(ROOT)), words) for path in DOCUMENTS for words in printed_commands(path.read_text())]


@pytest.mark.parametrize(
    ("document", "words"), COMMANDS, ids=[f"{document}: {' '.join(words)}" for document, words in COMMANDS]
)
def test_a_printed_command_parses(
    document: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if len(words) == 2 and words[0] == "onrecord":  # named, not written out
        assert words[1] in cli.commands
    else:
        check_command(words)


def test_all_kinds_of_commands_are_found() -> None:
    found = [(document, Path(words[0]).name, words[1]) for document, words in COMMANDS if len(words) > 1]
    assert len(found) > 80
    assert {
        ("README.md", "make", "run"),
        ("README.md", "onrecord", "validate"),
        ("README.md", "python", "benchmarks/stories.py"),
        ("CONTRIBUTING.md", "make", "check"),
        ("docs/operations.md", "onrecord", "run"),
        ("docs/operations.md", "prefect", "deployment"),
        ("training/README.md", "python", "-m"),
    } <= set(found)


@pytest.mark.parametrize(
    "script",
    [
        "onrecord nonsense",
        "onrecord run x --nonsense",
        "onrecord query",
        "cat x | onrecord show y.html --nonsense",
        "make nonsense",
        "pytest tests/test_nonsense.py",
        "python benchmarks/nonsense.py",
        "python benchmarks/form.py DATA --nonsense",
        "python -m nonsense",
        "prefect nonsense",
        "nonsense",
    ],
)
def test_a_wrong_command_would_be_found(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [*_, words] = commands_in(script)
    with pytest.raises(Exception):  # noqa: B017, PT011 (each parser has its own)
        check_command(words)


QUERIES = sorted(
    {
        words[2]
        for path in DOCUMENTS
        for words in printed_commands(path.read_text().partition(OWN_COLUMNS)[0])
        if words[1] == "query" and len(words) > 2
    }
)


@pytest.mark.parametrize("sql", QUERIES)
def test_a_printed_query_runs(sql: str, bundled_dataset: Path) -> None:
    result = CliRunner().invoke(cli, ["query", sql, "--output", str(bundled_dataset)])
    assert result.exit_code == 0, result.exception


def test_what_the_readme_says_of_reading_tables_runs(
    bundled_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "output").symlink_to(bundled_dataset)
    monkeypatch.chdir(tmp_path)
    blocks = dict(BLOCK.findall((ROOT / "README.md").read_text()))
    with duckdb.connect() as connection:
        counted = connection.execute(blocks["sql"]).fetchall()
    names: dict[str, Any] = {}
    exec(blocks["python"], names)
    assert sum(count for _, count in counted) == len(names["statements"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for name, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", document.read_text()):
        target = document.parent / name if name else document
        assert target.exists(), name
        assert not anchor or anchor in anchors(target), f"{name}#{anchor}"


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    headings = re.findall(r"^#+ (.*)", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_make_targets_explain_themselves() -> None:
    explained = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "check", "bench", "docs", "lock"} <= make_targets() == explained


def test_every_rejection_reason_is_explained() -> None:
    sources = [path for package in ("flows", "transforms") for path in (ROOT / package).glob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    used = set(re.findall(r'(?:InputRejected\(\s*"\w+",|rejected_input\([^"=\n]*|reason=)\s*"(\w+)"', text))
    assert "too_short" in used
    assert "unsupported_type" in used
    explained = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert used <= explained
