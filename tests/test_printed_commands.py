"""Every command of onrecord that a document prints, run as it stands, in a folder with what it names."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from click.testing import CliRunner

from flows.cli import cli
from tests.commands import commands_in
from tests.runs import run
from tests.test_docs import BLOCK, DOCUMENTS, OWN_COLUMNS
from tests.web_archive import record as archive_record

SAID = (
    "The pier at Brack is closed. “It is not safe, and it will not be safe this year,” said Ann Lee, the mayor."
    " Ann Marie Lee, who sells ice cream there, called the decision a disgrace. The council meets on Monday."
)
STORY = f"<html lang=en><head><title>The pier</title></head><body><article><p>{SAID}</p></article></body></html>"
SOURCES = '[[sources]]\nname = "harbour-gazette"\nkind = "files"\naddresses = ["pages/*.html"]\n'
NOT_RUN = ("schedule", "https://")  # it serves without end; another's site: test_schedule and test_fetch run both


def printed() -> Iterator[tuple[str, ...]]:
    """Yield the arguments of the commands in the documents' blocks of shell."""
    for path in DOCUMENTS:
        for language, block in BLOCK.findall(path.read_text().partition(OWN_COLUMNS)[0]):
            for words in commands_in(block) if language in ("sh", "crontab") else ():
                if Path(words[0]).name == "onrecord":
                    yield tuple(word.removeprefix("/srv/") for word in words[1:])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the commands read."""
    place = tmp_path_factory.mktemp("printed")
    (place / "pages").mkdir()
    (place / "raw").mkdir()
    (place / "examples").mkdir()
    (place / "pages/story.html").write_text(STORY)
    shutil.copytree(place / "pages", place / "examples/articles")
    record = {"id": "r1", "url": "https://news.example.org/story", "text": SAID, "published_at": "2020-05-04"}
    with pa.output_stream(str(place / "more.jsonl.zst"), compression="zstd") as stream:
        stream.write(json.dumps(record).encode())
    (place / "export.csv").write_text(f'guid,date,body\nr1,2026-11-02,"{SAID}"\n')
    (place / "claims.jsonl").write_text(json.dumps({"text": SAID, "claim": SAID}) + "\n")
    (place / "sources.toml").write_text(SOURCES)
    (place / "raw/pages.warc.gz").write_bytes(
        gzip.compress(archive_record("https://news.example.org/pier", STORY.encode()))
    )
    for output in ("output", "data"):
        run(place / output, place / "more.jsonl.zst", place / "pages")
    return place


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    "words",
    [words for words in dict.fromkeys(printed()) if not any(word.startswith(NOT_RUN) for word in words)],
    ids=" ".join,
)
def test_a_printed_command_runs(
    words: tuple[str, ...], written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(written, tmp_path / "place"))
    with patch("webbrowser.open", return_value=True):
        result = CliRunner().invoke(cli, words, input="y\n")
    assert result.exit_code == 0, result.output
    assert result.output or words[0] == "erase"
