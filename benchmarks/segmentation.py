"""Sentence boundaries against gold, and speed: `python benchmarks/segmentation.py [DATA_FOLDER]`.

Gold: the news and interview documents of GUM (Zeldes 2017, dev part), paragraph by paragraph, and hand-written probes.
A boundary is the number of non-space characters before it in its paragraph; the paragraph's own end does not count.
Exits with 1 when a figure misses its floor.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from transforms.segment import sentence_spans

DATA_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
GOLD_FILES = {
    "gum_news": Path("segmentation", "gum_news_dev.jsonl"),
    "gum_interview": Path("segmentation", "gum_interview_dev.jsonl"),
}
PROBE_FILE = Path("segmentation", "news_hard_segmentation.jsonl")
NEWS_FILE = Path("attribution", "polnear_dev.jsonl")  # for speed only: it has no gold sentences

FLOORS = {"gum_news F1": 0.955, "gum_interview F1": 0.975, "probes exact": 0.98}
SPEED_FLOOR = {"MB per CPU-second": 10.0}  # MB of UTF-8; held only on request, shared machines vary
SPEED_ROUNDS = 3  # the best counts: other processes can only slow a round down


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryCounts:
    """Boundaries found and right, found and wrong, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the boundaries found that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the gold boundaries that were found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def sentences(paragraph: str) -> list[str]:
    """Return the text of each sentence of a paragraph."""
    return [paragraph[start:end] for start, end in sentence_spans(paragraph)]


def boundaries(sentences: Iterable[str]) -> set[int]:
    """Return the boundaries between the sentences of one paragraph, without the paragraph's end."""
    lengths = [sum(not character.isspace() for character in sentence) for sentence in sentences]
    ends = list(accumulate(length for length in lengths if length))
    return set(ends[:-1])


def count_boundaries(documents: Iterable[dict[str, Any]]) -> BoundaryCounts:
    """Return the counts over all paragraphs of the gold documents."""
    right = wrong = missed = 0
    for document in documents:
        for paragraph in document["paragraphs"]:
            gold, found = boundaries(paragraph["sentences"]), boundaries(sentences(paragraph["text"]))
            right += len(gold & found)
            wrong += len(found - gold)
            missed += len(gold - found)
    return BoundaryCounts(right=right, wrong=wrong, missed=missed)


def exact_share(probes: list[dict[str, Any]]) -> float:
    """Return the share of probes whose sentences are exactly the expected ones."""
    exact = sum(bool(sentences(probe["text"]) == probe["sentences"]) for probe in probes)
    return exact / len(probes)


def megabytes_per_cpu_second(paragraphs: list[str]) -> float:
    """Return the speed of `sentence_spans` over the paragraphs, in MB of UTF-8, best of `SPEED_ROUNDS`."""
    size = sum(len(paragraph.encode()) for paragraph in paragraphs) / 1e6
    return size / min(_cpu_seconds(paragraphs) for _ in range(SPEED_ROUNDS))


def _cpu_seconds(paragraphs: list[str]) -> float:
    start = time.process_time()
    for paragraph in paragraphs:
        sentence_spans(paragraph)
    return time.process_time() - start


def write_predictions(documents: Iterable[dict[str, Any]], path: Path) -> None:
    """Write the sentences found, in the form of the gold file."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            paragraphs = [{"text": p["text"], "sentences": sentences(p["text"])} for p in document["paragraphs"]]
            print(json.dumps({"id": document["id"], "paragraphs": paragraphs}, ensure_ascii=False), file=file)


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def news_paragraphs(data_folder: Path) -> Iterator[str]:
    """Yield the paragraphs that speed is measured on: both gold sets and news articles."""
    for file in GOLD_FILES.values():
        for document in read_records(data_folder / file):
            yield from (paragraph["text"] for paragraph in document["paragraphs"])
    for article in read_records(data_folder / NEWS_FILE):
        yield from article["text"].split("\n")


def missed_floors(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return one line per figure under its floor."""
    return [
        f"{name} is {figures[name]:.4f}, floor {floor:.4f}" for name, floor in floors.items() if figures[name] < floor
    ]


def score_gold(data_folder: Path, predictions_folder: Path | None) -> Iterator[tuple[str, float]]:
    """Print precision, recall and F1 of each gold set, yield its F1; write what was found if a folder is given."""
    for name, file in GOLD_FILES.items():
        documents = read_records(data_folder / file)
        counts = count_boundaries(documents)
        print(
            f"{name:14} boundaries {counts.right + counts.missed:4}"
            f"  P {counts.precision:.4f}  R {counts.recall:.4f}  F1 {counts.f1:.4f}"
        )
        if predictions_folder:
            predictions_folder.mkdir(parents=True, exist_ok=True)
            write_predictions(documents, predictions_folder / file.name)
        yield f"{name} F1", counts.f1


def main() -> int:
    """Print the figures; return 1 if one of them misses its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_folder", nargs="?", type=Path, default=DATA_FOLDER)
    parser.add_argument("--check-speed", action="store_true", help="also hold the speed against its floor")
    parser.add_argument("--write-predictions", type=Path, metavar="DIR", help="write the sentences found to DIR")
    arguments = parser.parse_args()

    figures = dict(score_gold(arguments.data_folder, arguments.write_predictions))
    figures["probes exact"] = exact_share(read_records(arguments.data_folder / PROBE_FILE))
    figures["MB per CPU-second"] = megabytes_per_cpu_second(list(news_paragraphs(arguments.data_folder)))
    print(f"{'probes':14} exact {figures['probes exact']:.4f}")
    print(f"{'speed':14} {figures['MB per CPU-second']:.1f} MB per CPU-second")

    missed = missed_floors(figures, FLOORS | (SPEED_FLOOR if arguments.check_speed else {}))
    for line in missed:
        print(f"FLOOR MISSED: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
