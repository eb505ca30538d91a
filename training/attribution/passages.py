"""Composed passages with inline tags -> texts with attributions: `python -m training.attribution.passages FILE...`.

A passage starts with `=== id`; then come paragraphs, and a line `@ N | speaker | type` per attribution. `<cN>…</cN>` is
content of attribution N (several are its fragments), `<sN>…</sN>` its source, `<qN>…</qN>` its cue; tags may nest.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from schemas.records import SpeakerType

PASSAGE = re.compile(r"^=== *(.+)\n", re.MULTILINE)
TAG = re.compile(r"<(/?)([csq])(\d+)>")
ROLE_OF = {"c": "content", "s": "source", "q": "cue"}
TYPES = (*get_args(SpeakerType), "none")  # none: nobody is expressed
FOLDER = Path(__file__).parent / "composed"


def read_passages(path: Path) -> Iterator[dict[str, Any]]:
    """Yield {id, text, attributions: [{content, cue, source, speaker, type}]}. Raises ValueError for a wrong tag."""
    parts = PASSAGE.split(path.read_text(encoding="utf-8"))
    for passage_id, body in zip(parts[1::2], parts[2::2], strict=True):
        try:
            yield {"id": f"{path.stem}-{passage_id.strip()}", **_read_passage(body)}
        except ValueError as error:
            raise ValueError(f"{path.name}, passage {passage_id.strip()}: {error}") from error


def _read_passage(body: str) -> dict[str, Any]:
    lines = body.strip().split("\n")
    speakers = dict(_read_speaker(line) for line in lines if line.startswith("@ "))
    tagged = "\n".join(line for line in lines if not line.startswith("@ "))
    tagged = "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", tagged.strip()))
    text, spans = _untag(tagged)
    attributions = []
    for number in sorted(spans, key=int):
        if number not in speakers:
            raise ValueError(f"attribution {number} has no line @ {number}")
        if not spans[number]["content"]:
            raise ValueError(f"attribution {number} has no content")
        speaker, kind = speakers.pop(number)
        attributions.append({**spans[number], "speaker": speaker, "type": kind})
    if speakers:
        raise ValueError(f"no tags for @ {', '.join(speakers)}")
    return {"text": text, "attributions": attributions}


def _read_speaker(line: str) -> tuple[str, tuple[str, str]]:
    fields = [field.strip() for field in line[2:].split("|")]
    if len(fields) != 3 or fields[2] not in TYPES:
        raise ValueError(f"{line!r} is not `@ N | speaker | type`")
    return fields[0], (fields[1], fields[2])


def _untag(tagged: str) -> tuple[str, dict[str, dict[str, list[list[int]]]]]:
    """Return the text without its tags, and the spans of each attribution by role."""
    text, position = "", 0
    opened: dict[tuple[str, str], int] = {}
    spans: dict[str, dict[str, list[list[int]]]] = {}
    for tag in TAG.finditer(tagged):
        text += tagged[position : tag.start()]
        position = tag.end()
        closing, role, number = tag.groups()
        if not closing:
            opened[role, number] = len(text)
            continue
        if (role, number) not in opened:
            raise ValueError(f"{tag[0]} closes what is not open")
        start = opened.pop((role, number))
        if not text[start:].strip():
            raise ValueError(f"{tag[0]} closes nothing")
        own = spans.setdefault(number, {"source": [], "cue": [], "content": []})
        own[ROLE_OF[role]].append([start, len(text)])
    if opened:
        raise ValueError(f"never closed: {', '.join(role + number for role, number in opened)}")
    return text + tagged[position:], spans


def main() -> None:
    """Print each attribution of the files, to be read by who writes them."""
    for name in sys.argv[1:]:
        for passage in read_passages(Path(name)):
            print(f"== {passage['id']}")
            for one in passage["attributions"]:
                words = {role: [passage["text"][a:b] for a, b in one[role]] for role in ("source", "cue", "content")}
                print("  ", words, one["speaker"], one["type"])


if __name__ == "__main__":
    main()
