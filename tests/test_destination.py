"""The files that commands write: nothing is replaced unasked, no dataset is written to, a link stays one."""

from pathlib import Path

import pytest

from flows.cli import WRONG_USAGE, _run
from flows.store import Store
from tests.rows import commit_articles, make_processed

COMMANDS = {
    "a.html": ["report", "--to"],
    "a.sql": ["views"],
    "a.csv": ["export", "--tables", "speakers"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a dataset in `output`."""
    commit_articles(Store(tmp_path / "output"), [make_processed("a")])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("{}", "{} exists; --overwrite replaces it"),
        ("folder/{}", "folder/{} is a folder; give the file another name"),
        ("file/{}", "file/{} lies in {folder}/file, which is a file and no folder"),
        ("output/{}", "output/{} lies in the dataset {folder}/output, which holds its own files alone"),
        ("link/new/{}", "link/new/{} lies in the dataset {folder}/output, which holds its own files alone"),
    ],
)
def test_a_place_that_is_taken(
    name: str, place: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).write_text("mine")
    (folder / "folder" / name).mkdir(parents=True)
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to("output")
    assert _run([*COMMANDS[name], place.format(name)]) == WRONG_USAGE
    assert capsys.readouterr().err == f"onrecord: {message.format(name, folder=folder.resolve())}\n"
    assert (folder / name).read_text() == (folder / "file").read_text() == "mine"
    assert not (folder / "output" / name).exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_new_folder_is_made_and_what_a_link_leads_to_is_replaced_where_asked(name: str, folder: Path) -> None:
    assert _run([*COMMANDS[name], f"new/{name}"]) == 0
    new = (folder / "new" / name).read_bytes()
    (folder / "old").mkdir()
    (folder / "old" / "target").write_text("old")
    (folder / name).symlink_to("old/target")
    assert _run([*COMMANDS[name], name, "--overwrite"]) == 0
    assert (folder / name).is_symlink()
    assert (folder / "old" / "target").read_bytes() == new
    assert [path.name for path in (folder / "old").iterdir()] == ["target"]
