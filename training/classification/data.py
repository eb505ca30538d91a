"""The sentences the claim, subjectivity and outlook models learn from, and what they are tested on."""

import json
import re
import zlib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.attribution.passages import FOLDER, read_passages
from transforms.segment import sentence_spans

FOLDS = 5
COMPOSED = Path(__file__).parent / "sentences.jsonl"
OUTLOOK = Path(__file__).parent / "outlook.jsonl"
TESTS = ("checkworthy_ct24_devtest", "subj_ct25_dev", "newsdiscourse_dev")
MIN_LENGTH = 4  # characters of a sentence; shorter ones were not labelled
AHEAD = "EP"  # letters of an expectation and of a plan; F: looks ahead on the side; -: not at all
CLAIM_CLASSES = ("non_factual", "unimportant_factual", "check_worthy_factual")
CLAIMBUSTER_CLASSES = {"NFS": 0, "UFS": 1, "CFS": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sentence with the labels that its data set gives it; None: not asked."""

    text: str
    claim: int | None = None  # index into CLAIM_CLASSES
    check_worthy: bool | None = None  # known also where the other two classes are not told apart
    subjective: bool | None = None
    forward_looking: bool | None = None


def read_training(data: Path, *, stories: bool) -> list[Example]:
    """Return what is learned from, with the sentences of stories or without, none twice, none of a test set."""
    tested, composed = read_tests(data), read_composed()
    claims = without(read_claimbuster(data), tested)
    judged = without(read_checkthat(data, "train"), tested, claims)
    told = without(read_outlook(data), tested, composed) if stories else []
    return [*claims, *judged, *composed, *told]


def read_tests(data: Path) -> list[Example]:
    """Return the sentences of the test sets, without their labels."""
    return [Example(text=row["text"]) for name in TESTS for row in _rows(data / "classification" / f"{name}.jsonl")]


def read_texts(data: Path) -> list[str]:
    """Return unlabelled texts: sentences and contents of PolNeAR, NewsMTSC and the composed passages."""
    articles = [*_rows(data / "attribution" / "polnear_train.jsonl")]
    articles += [passage for path in sorted(FOLDER.glob("*.txt")) for passage in read_passages(path)]
    found = [row["text"] for row in _rows(data / "classification" / "newsmtsc_rw_train.jsonl")]
    for article in articles:
        for paragraph in article["text"].split("\n"):
            found += [paragraph[start:end] for start, end in sentence_spans(paragraph)]
        for one in article["attributions"]:
            found.append(" ".join(article["text"][start:end] for start, end in one["content"]))
    return sorted(set(filter(words_of, found)))


def fold_of(example: Example) -> int:
    """Return the fold of a text, by a checksum of its words: the same wherever it is met."""
    return zlib.crc32(words_of(example.text).encode()) % FOLDS


def read_composed() -> list[Example]:
    return [
        Example(text=row["text"], subjective=row["subjective"], forward_looking=row["forward_looking"])
        for row in _rows(COMPOSED)
    ]


def read_outlook(data: Path) -> list[Example]:
    """Return the sentences of PolNeAR's and composed stories on whose outlook two readers of the whole story agree."""
    texts = {row["id"]: row["text"] for row in _rows(data / "attribution" / "polnear_train.jsonl")}
    passages = (passage for path in sorted(FOLDER.glob("*.txt")) for passage in read_passages(path))
    texts |= {passage["id"]: passage["text"] for passage in passages}
    return [one for story in _rows(OUTLOOK) for one in sentences_ahead(texts[story["story"]], story["labels"])]


def sentences_ahead(text: str, labels: Sequence[tuple[int, int, str]]) -> list[Example]:
    """Return the sentences of a story, with what both readers make of each; labels: (start, end, letter of each)."""
    letters = {(start, end): passes for start, end, passes in labels}
    found = []
    for start, end in _sentences(text, letters.keys()):
        ahead = {letter in AHEAD for letter in letters.get((start, end), "--")}
        if len(ahead) == 1:
            found.append(Example(text=" ".join(text[start:end].split()), forward_looking=ahead.pop()))
    return found


def _sentences(text: str, labelled: Set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans of labelled sentences, and of those that lie beside them."""
    spans, position = sorted(labelled), 0
    for paragraph in text.split("\n"):
        for start, end in sentence_spans(paragraph):
            start, end = position + start, position + end
            if end - start >= MIN_LENGTH and not any(start < other and one < end for one, other in labelled):
                spans.append((start, end))
        position += len(paragraph) + 1
    return spans


def read_claimbuster(data: Path) -> list[Example]:
    rows = _rows(data / "classification" / "claimbuster3_train.jsonl")
    classes = ((row["text"], CLAIMBUSTER_CLASSES[row["label"]]) for row in rows)
    return [Example(text=text, claim=claim, check_worthy=claim == 2) for text, claim in classes]


def read_checkthat(data: Path, part: str) -> list[Example]:
    """Return the sentences of CheckThat 2024 task 1, `train` or `devtest`."""
    rows = _rows(data / "classification" / f"checkworthy_ct24_{part}.jsonl")
    return [Example(text=row["text"], check_worthy=row["label"] == "Yes") for row in rows]


def without(examples: Sequence[Example], *others: Sequence[Example]) -> list[Example]:
    """Return the examples whose words are in none of the others, and each only once."""
    seen = {words_of(example.text) for other in others for example in other}
    kept = []
    for example in examples:
        words = words_of(example.text)
        if words not in seen:
            seen.add(words)
            kept.append(example)
    return kept


def words_of(text: str) -> str:
    """Return the text's words in lower case: what makes two sentences the same."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
