"""Statements against hand annotation: `python benchmarks/attribution.py DATA [--model accurate]`.

Records go in, Parquet rows come out, and the rows are compared with PolNeAR's dev articles and with 22 pages of 2023 to
2026 (`gold/pages.jsonl`: offsets only, the texts are read from DATA).
"""

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.statement_metric import confidence_intervals, count_matches, f1_scores
from flows.job import JobParameters, run_job
from schemas.records import Document, ModelName
from transforms.attribute import attribute_statements
from transforms.extract import extract_article
from transforms.segment import segment_article

GOLD = Path(__file__).parent / "gold" / "pages.jsonl"
FLOORS: dict[ModelName, dict[str, dict[str, float]]] = {
    "compact": {
        "polnear": {"statement": 0.78, "joint": 0.715, "exact": 0.635, "joint direct": 0.92},
        "pages": {"statement": 0.835, "joint": 0.785, "joint direct": 0.93},
    },
    "accurate": {
        "polnear": {"statement": 0.8, "joint": 0.745, "exact": 0.66, "joint direct": 0.93},
        "pages": {"statement": 0.85, "joint": 0.815, "joint direct": 0.935},
    },
}
WORDS, SPEED_ARTICLES, SPEED_ROUNDS = 700, 40, 3
Attribution = dict[str, Any]


def main() -> None:
    """Print the scores of both sets; exit 1 where one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=("compact", "accurate"), default="compact")
    parser.add_argument("--predictions", type=Path, help="folder to write what was predicted to, as JSONL")
    options = parser.parse_args()
    below = []
    for name, articles in (("polnear", polnear(options.data)), ("pages", pages(options.data))):
        predicted = predict(articles, options.model, as_polnear=name == "polnear")
        if options.predictions:
            lines = (json.dumps({"id": key, "attributions": found}) + "\n" for key, found in predicted.items())
            (options.predictions / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        counts = [count_matches(one["text"], one["attributions"], predicted[one["id"]]) for one in articles]
        total = sum(counts, Counter())
        scores, intervals = f1_scores(total), confidence_intervals(counts)
        print(f"{name}: {len(articles)} articles, {total['gold']} statements, {total['predicted']} found")
        for measure, score in scores.items():
            floor = FLOORS[options.model][name].get(measure)
            low, high = intervals[measure]
            print(f"  {measure:20} F1 {score:.3f}  [{low:.3f}, {high:.3f}]" + (f"  floor {floor:.3f}" if floor else ""))
            below += [f"{name} {measure}: {score:.3f} is below {floor:.3f}"] if floor and score < floor else []
    print(f"{speed(options.data, options.model):.1f} articles of {WORDS} words a CPU-second, text to rows")
    sys.exit("\n".join(below) or 0)


def speed(data: Path, model: ModelName) -> float:
    """Return how many articles of 700 words go from text to rows in a CPU-second of one core; best of some rounds.

    Labels are not part of it: `classification.py` has what they add.
    """
    documents = [document_of(number, text) for number, text in enumerate(article_texts(data))]
    best = 0.0
    for _ in range(SPEED_ROUNDS):
        started = time.process_time()
        for document in documents:
            found = extract_article(document, pipeline_version="benchmark")
            article = found.article
            segments = segment_article(article.article_id, article.text, found.blocks)
            attribute_statements(article.article_id, "en", article.text, found.blocks, segments, model)
        best = max(best, len(documents) / (time.process_time() - started))
    return best


def article_texts(data: Path) -> list[str]:
    """Return forty texts of 700 words, cut from PolNeAR's dev articles."""
    words = " ".join(one["text"].replace("\n", " \n ") for one in polnear(data)).split(" ")
    return [" ".join(words[i * WORDS : (i + 1) * WORDS]) for i in range(SPEED_ARTICLES)]


def document_of(number: int, text: str) -> Document:
    """Return a text as the product reads it."""
    return Document(
        item=str(number),
        url=f"file:benchmark/{number}",
        source="benchmark",
        content=text,
        content_type="text",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        run_id="benchmark",
        language="en",
    )


def polnear(data: Path) -> list[dict[str, Any]]:
    """Return PolNeAR's dev articles."""
    with (data / "attribution" / "polnear_dev.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def pages(data: Path) -> list[dict[str, Any]]:
    """Return our own gold pages with their texts. Raises ValueError if a text is not the annotated one."""
    truth = json.loads((data / "extraction" / "fundus" / "ground_truth.json").read_text(encoding="utf-8"))
    found = []
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        text = "\n\n".join(" ".join(block.split()) for _, block in truth[page["id"]]["blocks"] if block.strip())
        if hashlib.sha256(text.encode()).hexdigest() != page["sha256"]:
            raise ValueError(f"the text of {page['id']} is not the one that was annotated")
        found.append({**page, "text": text})
    return found


def predict(
    articles: Sequence[Mapping[str, Any]], model: ModelName, *, as_polnear: bool
) -> dict[str, list[Attribution]]:
    """Return the attributions in the rows of each article, by id, as offsets into its text here.

    `as_polnear` undoes two ways in which our guideline differs from PolNeAR's: there, a quoted sentence that follows
    the cue of another (“A,” she said. “B.”) is part of the same attribution, and a leading "that" is part of a content.
    """
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.jsonl"
        with records.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps({"id": one["id"], "text": one["text"]}) + "\n" for one in articles)
        summary = run_job(JobParameters(inputs=[str(records)], output=f"{folder}/output", model=model))
        if summary.written != len(articles):
            raise ValueError(f"{summary.written} of {len(articles)} articles were written")
        tables = {
            name: [
                row
                for path in Path(folder).rglob(f"output/{name}/**/*.parquet")
                for row in pq.read_table(path).to_pylist()
            ]
            for name in ("articles", "statements", "statement_spans")
        }
    texts = {one["id"]: one["text"] for one in articles}
    by_article = defaultdict(list)
    for row in tables["statements"]:
        if row["quote_type"] != "narration":
            by_article[row["article_id"]].append(row)
    spans = defaultdict(list)
    for row in tables["statement_spans"]:
        spans[row["statement_id"]].append([row["start_char"], row["end_char"]])
    predicted = {}
    for article in tables["articles"]:
        place = align(article["text"], texts[article["external_id"]])
        rows = sorted(by_article[article["article_id"]], key=lambda row: row["start_char"])
        found = list(_attributions(rows, spans, as_polnear=as_polnear, text=article["text"]))
        predicted[article["external_id"]] = [
            {role: [[place[start], place[end - 1] + 1] for start, end in own] for role, own in one.items()}
            for one in found
        ]
    return predicted


def _attributions(
    rows: Sequence[Mapping[str, Any]], spans: Mapping[str, list[list[int]]], *, as_polnear: bool, text: str
) -> Iterator[Attribution]:
    found: list[tuple[Mapping[str, Any], Attribution]] = []
    for row in rows:
        content = spans[row["statement_id"]]
        if (
            as_polnear
            and text[: content[0][0]].endswith(" that ")
            and (row["cue_end_char"] or content[0][0]) < content[0][0]
        ):
            content = [[content[0][0] - len("that "), content[0][1]], *content[1:]]
        one = {
            "content": list(content),
            "cue": [[row["cue_start_char"], row["cue_end_char"]]] if row["cue_text"] else [],
            "source": [[row["speaker_start_char"], row["speaker_end_char"]]] if row["speaker_text"] else [],
        }
        begun = _begun(found, row, text) if as_polnear and not one["cue"] and not one["source"] else None
        if begun is None:
            found.append((row, one))
        else:
            begun["content"] += content
    yield from (one for _, one in found)


def _begun(
    found: Sequence[tuple[Mapping[str, Any], Attribution]], row: Mapping[str, Any], text: str
) -> Attribution | None:
    """Return the attribution of the paragraph that a quotation goes on with: the last one by the same speaker.

    Not one of a participle: “A,” she said, hinting at C. “B.” is A and B, beside C.
    """
    for other, one in found[::-1]:
        apart = "\n" in text[one["content"][-1][1] : row["start_char"]]
        if apart or other["speaker_id"] != row["speaker_id"]:
            return None
        if not str(other["cue_text"] or "").split(" ")[0].endswith("ing"):
            return one
    return None


def align(text: str, original: str) -> list[int]:
    """Return each character's position in the original, which has other white space and more lines.

    Raises ValueError for a line that the original does not have.
    """
    kept = [k for k, char in enumerate(original) if not char.isspace()]
    squeezed = "".join(original[k] for k in kept)
    places: list[int] = []
    cursor = 0
    for line in re.split(r"(\n)", text):
        wanted = "".join(line.split())
        found = squeezed.find(wanted, cursor)
        if found < 0:
            raise ValueError(f"the original has no line {line[:60]!r}")
        for char in line:
            places.append(kept[min(found, len(kept) - 1)])
            found += not char.isspace()
        cursor = max(cursor, found)
    return places


if __name__ == "__main__":
    main()
