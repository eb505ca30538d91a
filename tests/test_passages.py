"""Composed passages: tags to offsets, and every shipped passage reads."""

from pathlib import Path

import pytest

from training.attribution.passages import FOLDER, read_passages

PASSAGE = """\
=== pier
“<c1>It is <c2>closed</c2>,</c1>” <q1>said</q1> <s1>Ann
Lee</s1>.

More on Monday.
@ 1 | Ann Lee | person
@ 2 |  | none
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "b01.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_tags_become_offsets(tmp_path: Path) -> None:
    (passage,) = read_passages(write(tmp_path, PASSAGE))
    text = "“It is closed,” said Ann Lee.\n\nMore on Monday."
    assert (passage["id"], passage["text"]) == ("b01-pier", text)
    outer, inner = passage["attributions"]
    assert [text[a:b] for role in ("content", "cue", "source") for a, b in outer[role]] == [
        "It is closed,", "said", "Ann Lee",
    ]  # fmt: skip
    assert (outer["speaker"], outer["type"]) == ("Ann Lee", "person")
    assert (inner["content"], inner["cue"], inner["type"]) == ([[7, 13]], [], "none")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("</c1>", "", "never closed: c1"),
        ("<c1>", "", "</c1> closes what is not open"),
        ("<q1>said</q1>", "<q1></q1>said", "</q1> closes nothing"),
        ("@ 1 | Ann Lee | person\n", "", "attribution 1 has no line @ 1"),
        ("| person", "| human", "is not `@ N | speaker | type`"),
        ("@ 2 |  | none", "@ 3 |  | none", "attribution 2 has no line @ 2"),
    ],
)
def test_a_wrong_tag_is_said(tmp_path: Path, old: str, new: str, error: str) -> None:
    path = write(tmp_path, PASSAGE.replace(old, new))
    with pytest.raises(ValueError, match=error.replace("|", r"\|")):
        list(read_passages(path))


def test_every_composed_passage_reads() -> None:
    passages = [passage for path in sorted(FOLDER.glob("*.txt")) for passage in read_passages(path)]
    assert len({passage["id"] for passage in passages}) == len(passages) > 500
