"""The recipes of docs/how_to.md, followed: a copy of the code is changed as they say, and run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import _run
from tests.commands import commands_in
from tests.conftest import ROOT
from tests.news_site import NewsSite
from tests.runs import rows
from transforms.cues import cue_family

HOW_TO = (ROOT / "docs" / "how_to.md").read_text()
NEW_FILE = re.compile(r"`([\w/]+\.\w+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
DIFF = re.compile(r"```diff\n(.*?)```", re.DOTALL)
SCRIPT = re.compile(r"```sh\n(.*?)```", re.DOTALL)
CHANGES = ("Add a column", "Add a label", "Add a reporting verb", "Add an input format")
PACKAGES = ("schemas", "transforms", "flows")
TEXTS = [
    "“The tram is late again,” harrumphed Ann Lee, the mayor of Brack.",
    "Residents may have to walk for a year, the council said. The ferry was closed on Monday.",
]
RUN_ALL = "import json, sys; from flows.cli import _run; sys.exit(any([_run(words) for words in json.load(sys.stdin)]))"


def recipe(title: str) -> str:
    """Return a section of the document."""
    [section] = re.findall(rf"^### {title}\n(.*?)(?=^### |\Z)", HOW_TO, re.MULTILINE | re.DOTALL)
    assert isinstance(section, str)
    return section


def commands_of(section: str) -> list[list[str]]:
    """Return the commands that a recipe runs."""
    return [words for script in SCRIPT.findall(section) for words in commands_in(script)]


def follow(section: str, folder: Path) -> None:
    """Write the files that a recipe writes, and make its changes."""
    for name, text in NEW_FILE.findall(section):
        (folder / name).write_text(text)
    for diff in DIFF.findall(section):
        for name, changes in re.findall(r"^--- (\S+)\n(.*?)(?=^--- |\Z)", diff, re.MULTILINE | re.DOTALL):
            for hunk in changes.split("@@\n"):
                change(folder / name, hunk.splitlines(keepends=True))


def change(path: Path, hunk: list[str]) -> None:
    """Replace the lines of a hunk that are there (` `, `-`) by those that are to be (` `, `+`)."""
    before, after = ("".join(line[1:] for line in hunk if line[0] in signs) for signs in (" -", " +"))
    text = path.read_text()
    assert text.count(before) == 1, f"{path.name} has {text.count(before)} times:\n{before}"
    path.write_text(text.replace(before, after))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code with every recipe followed that changes it."""
    folder = tmp_path_factory.mktemp("project")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "models"))
    (folder / "transforms" / "models").symlink_to(ROOT / "transforms" / "models")  # 55 MB
    for title in CHANGES:
        follow(recipe(title), folder)
    return folder


@pytest.fixture(scope="module")
def printed(project: Path) -> str:
    """What its commands print: a run over a file of the new format, then others over its dataset, `output`."""
    (project / "texts.json").write_text(json.dumps([{"id": number, "text": text} for number, text in enumerate(TEXTS)]))
    (project / "claims.jsonl").write_text('{"text": "It might rain."}\n')
    commands = [
        ["run", "texts.json", "--direct"],
        ["validate"],
        ["dictionary"],
        ["classify", "claims.jsonl"],
        *(words for title in CHANGES for program, *words in commands_of(recipe(title)) if words[0] == "query"),
    ]
    result = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=json.dumps(commands),
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_add_a_source(site: NewsSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put_stories(range(2))
    section = recipe("Add a source").replace("https://gazette.example.org", site.url())
    monkeypatch.chdir(tmp_path)
    follow(section, tmp_path)
    options = {"sources": ["--allow-private"], "run": ["--allow-private", "--direct"], "query": []}
    for _, command, *words in commands_of(section):
        assert _run([command, *words, *options[command]]) == 0
    assert rows(tmp_path / "output", "SELECT source, count(*) FROM articles GROUP BY ALL") == [("harbour-gazette", 2)]


def test_add_a_column(project: Path, printed: str) -> None:
    assert rows(project / "output", "SELECT external_id, quotation_count FROM articles ORDER BY 1") == [
        ("0", 1),
        ("1", 0),
    ]
    assert re.search(r"`quotation_count` .*Those of them that stand in quotation marks", printed)


def test_add_a_label(project: Path, printed: str) -> None:
    found = rows(project / "output", "SELECT text, hedged FROM statements")
    assert [text for text, is_hedged in found if is_hedged] == ["Residents may have to walk for a year"]
    assert [is_hedged for _, is_hedged in found].count(False) == len(found) - 1 > 0
    [labelled] = re.findall(r'^\{"text": "It might rain.*', printed, re.MULTILINE)
    assert json.loads(labelled)["hedged"] is True


def test_add_a_reporting_verb(project: Path, printed: str) -> None:
    assert cue_family("harrumphed") is None  # without the recipe
    found = rows(project / "output", "SELECT cue_text, cue_family FROM statements WHERE quote_type = 'direct'")
    assert found == [("harrumphed", "emotive")]


def test_add_an_input_format(project: Path, printed: str) -> None:
    found = rows(project / "output", "SELECT text FROM articles ORDER BY external_id")
    assert [text for (text,) in found] == TEXTS


def test_every_recipe_is_followed() -> None:
    titles = re.findall(r"^### (.*)", HOW_TO, re.MULTILINE)
    assert set(titles) == {"Add a source", *CHANGES}
