"""Training articles: texts with attributions, as windows of words with tags and links."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from schemas.records import Block
from transforms.encode import Encoded, Vocabulary, encode
from transforms.quotes import quote_spans

ROLES = ("content", "cue", "source")
LEVELS = 2  # attributions of the article's voice, attributions inside the content of another
CHAINS = [(level, role) for level in range(LEVELS) for role in ROLES]
OUTSIDE, BEGIN, INSIDE, LAST, UNIT = range(5)
OPENING, CLOSING = "“\"‘'«", "”\"’'»"
WordSpan = tuple[int, int]  # [first word, one past the last)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One attribution in words: its content fragments, its cue and its source, each perhaps missing."""

    level: int
    contents: tuple[WordSpan, ...]
    cue: WordSpan | None
    source: WordSpan | None


@dataclass(slots=True)
class Example:
    """One article, encoded; `nested` says whether its annotation has attributions inside others."""

    id: str
    text: str
    encoded: Encoded
    anchors: tuple[Anchor, ...]
    nested: bool
    record: dict[str, Any] = field(repr=False)
    soft: np.ndarray | None = None  # a teacher's tag probabilities, (W, chains, tags)


def line_blocks(text: str) -> list[Block]:
    """Return one block per line that is not empty, without white space at its ends."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line.strip())))
        at += len(line) + 1
    return blocks


def load_examples(path: Path, vocabulary: Vocabulary, *, nested: bool) -> list[Example]:
    """Return the articles of a JSONL file {id, text, attributions: [{source, cue, content}]}, spans in code points."""
    with path.open(encoding="utf-8") as lines:
        return [make_example(json.loads(line), vocabulary, nested=nested) for line in lines]


def make_example(record: dict[str, Any], vocabulary: Vocabulary, *, nested: bool) -> Example:
    text = record["text"]
    blocks = line_blocks(text)
    encoded = encode(text, blocks, quote_spans(text, blocks), vocabulary)
    attributions = [a for a in record["attributions"] if a["content"]]
    if nested:
        attributions = [_as_polnear(text, a) for a in _join_follow_ons(text, attributions)]
    anchors = []
    for index, attribution in enumerate(attributions):
        depth = sum(_inside(attribution, other) for i, other in enumerate(attributions) if i != index)
        if depth < LEVELS:
            anchors.append(_anchor(attribution, depth, encoded))
    return Example(record["id"], text, encoded, tuple(a for a in anchors if a.contents), nested, record)


def _as_polnear(text: str, attribution: dict[str, Any]) -> dict[str, Any]:
    """Return the attribution with what PolNeAR's contents hold and ours do not: quotation marks around it, `that`."""
    contents = []
    for start, end in attribution["content"]:
        if text[start - 1 : start] in OPENING and start:
            start -= 1
            end += text[end : end + 1] in CLOSING and end < len(text)
        elif text[max(0, start - 6) : start] == " that ":
            start -= 5
        contents.append([start, end])
    return {**attribution, "content": contents}


def _inside(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    spans = inner["content"] + inner["cue"]
    return inner["content"] != outer["content"] and all(
        any(start <= s and e <= end for start, end in outer["content"]) for s, e in spans
    )


def _join_follow_ons(text: str, attributions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the attributions with “B.” of `“A,” she said. “B.”` as a second fragment of A, as PolNeAR has it."""
    joined: list[dict[str, Any]] = []
    for one in sorted(attributions, key=lambda a: (a["content"][0][0], -a["content"][-1][1])):
        before = next((a for a in reversed(joined) if a["cue"] and not _inside(one, a)), None)
        if (
            before
            and not one["cue"]
            and not one["source"]
            and one.get("speaker") == before.get("speaker")
            and before["cue"][-1][1] <= one["content"][0][0]
            and before["cue"][0][0] >= before["content"][0][1]
            and "\n" not in text[before["content"][0][0] : one["content"][0][0]]
        ):
            before["content"] = before["content"] + one["content"]
        else:
            joined.append(dict(one))
    return joined


def _anchor(attribution: dict[str, Any], level: int, encoded: Encoded) -> Anchor:
    contents = [span for fragment in attribution["content"] for span in _by_paragraph(fragment, encoded)]
    cues = [span for fragment in attribution["cue"] for span in _by_paragraph(fragment, encoded)]
    sources = [span for fragment in attribution["source"] for span in _by_paragraph(fragment, encoded)]
    return Anchor(level, tuple(contents), cues[0] if cues else None, sources[0] if sources else None)


def _by_paragraph(span: Sequence[int], encoded: Encoded) -> list[WordSpan]:
    """Return the words that a span of characters touches, one span per paragraph."""
    first = int(np.searchsorted(encoded.ends, span[0], side="right"))
    last = int(np.searchsorted(encoded.starts, span[1], side="left"))
    if first >= last:
        return []
    cuts = [first, *(np.flatnonzero(np.diff(encoded.paragraphs[first:last])) + first + 1).tolist(), last]
    return list(itertools.pairwise(cuts))


def tags_of(example: Example) -> np.ndarray:
    """Return the BILOU tags, int64 of shape (W, chains)."""
    tags = np.zeros((len(example.encoded.starts), len(CHAINS)), dtype=np.int64)
    for anchor in example.anchors:
        spans = {"content": anchor.contents, "cue": (anchor.cue,), "source": (anchor.source,)}
        for role, found in spans.items():
            chain = CHAINS.index((anchor.level, role))
            for span in found:
                if span and not tags[span[0] : span[1], chain].any():
                    _paint(tags[:, chain], span)
    return tags


def _paint(tags: np.ndarray, span: WordSpan) -> None:
    first, end = span
    tags[first:end] = INSIDE
    tags[first], tags[end - 1] = BEGIN, LAST
    if end - first == 1:
        tags[first] = UNIT
