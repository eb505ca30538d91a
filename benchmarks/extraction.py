"""Quality and speed of extraction on two corpora of real news pages, against floors.

usage: python benchmarks/extraction.py [DATA_FOLDER] [--write-predictions FOLDER] [--check-speed]

DATA_FOLDER (default: ../shared/data) holds `extraction/zyte` (pages of scrapinghub/article-extraction-benchmark) and
`extraction/fundus` (pages of flairNLP/fundus), each with `ground_truth.json` and `html/*.html.gz`. Exits 1 where a
figure misses its floor. The speed against trafilatura is a ratio of CPU times of the same run; its floor counts only
with `--check-speed`, because a busy machine shifts it.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

import trafilatura

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from schemas.records import Article, Document, InputRejected
from transforms.decode import decode_html
from transforms.extract import extract_article, extract_page, parse_page
from transforms.metadata import read_metadata

# Shares in [0, 1]; a page or two below what was measured, so that a dependency's small change does not fail a build.
FLOORS = {
    "zyte F1": 0.980,
    "fundus F1": 0.970,
    "fundus title": 0.86,
    "fundus authors": 0.93,
    "fundus minute-exact date": 0.96,
    "articles": 0.984,  # 127 of 129 pages
}
SPEED_FLOORS = {"zyte pages per CPU-second, x trafilatura": 1.4, "fundus pages per CPU-second, x trafilatura": 1.2}
FAILED_F1 = 0.8  # of a page, under which its extraction has failed
CEILINGS = {
    "zyte pages under .8": 0.03,
    "fundus pages under .8": 0.03,
    "metadata, CPU ms per page": 12.0,  # three times the time on an idle core: shared machines are noisy
}
SHINGLE_LENGTH = 4  # words
WORD = re.compile(r"\w+")
FETCHED_AT = datetime(2026, 12, 1, tzinfo=UTC)  # later than every page of the corpora


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Shares of 4-word shingles of two texts that are common, only predicted, and missed; they add up to 1."""

    common: float
    extra: float
    missed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusResult:
    """What was extracted from each page; None and a line in `rejections` where it was rejected."""

    truths: Mapping[str, Mapping[str, Any]]
    articles: Mapping[str, Article | None]
    rejections: Sequence[str]


def main() -> int:
    """Print every figure; return 1 where one misses its floor or ceiling."""
    options = _parse_arguments()
    corpora = {name: extract_corpus(options.data / "extraction" / name) for name in ("zyte", "fundus")}
    if options.write_predictions:
        write_predictions(options.write_predictions, corpora)
    figures = {f"{name} F1": f1_of(corpus) for name, corpus in corpora.items()}
    figures |= {f"{name} pages under .8": failed_share(corpus) for name, corpus in corpora.items()}
    figures |= {f"fundus {field}": share for field, share in metadata_shares(corpora["fundus"]).items()}
    articles = [article for corpus in corpora.values() for article in corpus.articles.values()]
    figures["articles"] = mean(article is not None for article in articles)
    figures |= milliseconds_per_page(options.data / "extraction")
    for name in corpora:
        figures |= speed_of(name, options.data / "extraction" / name)
    for name, figure in figures.items():
        print(f"{name:44} {figure:.3f}")
    rejections = [line for corpus in corpora.values() for line in corpus.rejections]
    print(f"{len(articles) - len(rejections)} of {len(articles)} pages are articles", *rejections, sep="\n")
    floors = FLOORS | (SPEED_FLOORS if options.check_speed else {})
    misses = [
        f"{name} is {figures[name]:.3f}; the floor is {floor}"
        for name, floor in floors.items()
        if figures[name] < floor
    ]
    misses += [
        f"{name} is {figures[name]:.3f}; the ceiling is {ceiling}"
        for name, ceiling in CEILINGS.items()
        if figures[name] > ceiling
    ]
    print(*misses or ["every figure keeps its floor"], sep="\n")
    return 1 if misses else 0


def extract_corpus(folder: Path) -> CorpusResult:
    """Run the whole extraction on each page of a corpus, in order of page ids."""
    truths: dict[str, dict[str, Any]] = json.loads((folder / "ground_truth.json").read_text(encoding="utf-8"))
    articles: dict[str, Article | None] = {}
    rejections = []
    for page_id in sorted(truths):
        try:
            articles[page_id] = extract_article(_document(folder, page_id), pipeline_version="benchmark").article
        except InputRejected as rejected:
            articles[page_id] = None
            rejections.append(f"{folder.name}/{page_id}: {rejected.reason}: {rejected.message}")
    return CorpusResult(truths=truths, articles=articles, rejections=rejections)


def f1_of(corpus: CorpusResult) -> float:
    """Return F1 as scrapinghub/article-extraction-benchmark computes it.

    Precision and recall are means over pages, each over the pages on which it is defined; F1 is their harmonic mean.
    """
    overlaps = _overlaps(corpus)
    precision = mean(_ratio(page.common, page.extra) for page in overlaps if page.common + page.extra)
    recall = mean(_ratio(page.common, page.missed) for page in overlaps if page.common + page.missed)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def failed_share(corpus: CorpusResult) -> float:
    """Return the share of pages with an F1 of their own under `FAILED_F1`."""
    return mean(_page_f1(overlap) < FAILED_F1 for overlap in _overlaps(corpus))


def overlap_of(truth: str, prediction: str) -> Overlap:
    """Return the multiset overlap of the word shingles of two texts."""
    expected, found = _shingles(truth), _shingles(prediction)
    counts = ((expected & found).total(), (found - expected).total(), (expected - found).total())
    total = sum(counts) or 1
    return Overlap(common=counts[0] / total, extra=counts[1] / total, missed=counts[2] / total)


def metadata_shares(corpus: CorpusResult) -> dict[str, float]:
    """Return the shares of pages whose title, set of authors and minute of publication equal the truth's."""
    pairs = [(truth, corpus.articles[page_id]) for page_id, truth in corpus.truths.items()]
    checks: dict[str, Callable[[Mapping[str, Any], Article], bool]] = {
        "title": lambda truth, article: _fold(article.title) == _fold(truth["title"]),
        "authors": lambda truth, article: _author_set(article) == {_fold(name) for name in truth["authors"] or ()},
        "minute-exact date": _has_minute,
    }
    return {
        field: mean(article is not None and check(truth, article) for truth, article in pairs)
        for field, check in checks.items()
    }


def milliseconds_per_page(folder: Path) -> dict[str, float]:
    """Return the CPU time per page of parsing, metadata and content, over both corpora."""
    pages = [decode_html(gzip.decompress(path.read_bytes())) for path in sorted(folder.glob("*/html/*.html.gz"))]
    steps = ("parsing", "metadata", "content")
    seconds = dict.fromkeys(steps, 0.0)
    for html in pages:
        started = time.process_time()
        tree = parse_page(html)
        parsed = time.process_time()
        if tree is None:
            continue
        read_metadata(html, tree, fetched_at=FETCHED_AT)
        described = time.process_time()
        extract_page(html, tree)
        extracted = time.process_time()
        for step, duration in zip(steps, (parsed - started, described - parsed, extracted - described), strict=True):
            seconds[step] += duration
    return {f"{step}, CPU ms per page": 1_000 * total / len(pages) for step, total in seconds.items()}


def speed_of(name: str, folder: Path) -> dict[str, float]:
    """Return pages per CPU-second of our content engine, parsing included, and its ratio to trafilatura's defaults.

    Page by page, first one and then the other, so that what slows the machine slows both.
    """
    pages = [decode_html(gzip.decompress(path.read_bytes())) for path in sorted(folder.glob("html/*.html.gz"))]
    ours = theirs = 0.0
    extract_page(pages[0])  # what is loaded and compiled once is no page's time
    trafilatura.extract(pages[0])
    for html in pages:
        started = time.process_time()
        extract_page(html)
        extracted = time.process_time()
        trafilatura.extract(html)
        ours += extracted - started
        theirs += time.process_time() - extracted
    return {f"{name} pages per CPU-second": len(pages) / ours,
            f"{name} pages per CPU-second, x trafilatura": theirs / ours}  # fmt: skip


def write_predictions(folder: Path, corpora: Mapping[str, CorpusResult]) -> None:
    """Write one JSON file per corpus, page id to text, for other scorers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, corpus in corpora.items():
        texts = {page_id: article.text if article else "" for page_id, article in corpus.articles.items()}
        (folder / f"{name}.json").write_text(json.dumps(texts), encoding="utf-8")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Quality and speed of extraction, against floors.")
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument(
        "data", nargs="?", type=Path, default=default, help="folder with extraction/zyte, extraction/fundus"
    )
    parser.add_argument(
        "--write-predictions", type=Path, metavar="FOLDER", help="write the texts, one JSON file per corpus"
    )
    parser.add_argument("--check-speed", action="store_true", help="count a speed under its floor as a miss")
    return parser.parse_args()


def _document(folder: Path, page_id: str) -> Document:
    return Document(
        item=page_id,
        url=f"file:{folder.name}/{page_id}.html",
        source=folder.name,
        content=gzip.decompress((folder / "html" / f"{page_id}.html.gz").read_bytes()),
        content_type="html",
        fetched_at=FETCHED_AT,
        run_id="benchmark",
    )


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    starts = range(max(1, len(words) - SHINGLE_LENGTH + 1))
    return Counter(shingle for start in starts if (shingle := tuple(words[start : start + SHINGLE_LENGTH])))


def _overlaps(corpus: CorpusResult) -> list[Overlap]:
    return [
        overlap_of(truth["articleBody"], article.text if (article := corpus.articles[page_id]) else "")
        for page_id, truth in corpus.truths.items()
    ]


def _page_f1(page: Overlap) -> float:
    return 2 * page.common / (2 * page.common + page.extra + page.missed)


def _ratio(hits: float, failures: float) -> float:
    return hits / (hits + failures)


def _has_minute(truth: Mapping[str, Any], article: Article) -> bool:
    expected = datetime.fromisoformat(truth["publishing_date"])
    expected = expected.replace(tzinfo=UTC) if expected.tzinfo is None else expected
    return article.published_at is not None and abs((article.published_at - expected).total_seconds()) < 60


def _author_set(article: Article) -> set[str]:
    return {_fold(name) for name in (article.authors or "").split("; ")} - {""}


def _fold(text: str | None) -> str:
    return "".join(character for character in (text or "").casefold() if character.isalnum())


if __name__ == "__main__":
    sys.exit(main())
