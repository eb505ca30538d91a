"""How well predicted attributions match annotated ones: statements, statements with their source, exact contents.

An attribution is {"content", "cue", "source"}, each a list of [start, end) spans in code points. Contents are matched
one to one, greedily by the overlap (intersection over union) of their characters, white space aside; 0.5 makes a match.
A source is right where it overlaps as much, or covers the head word of the annotated one, or where both are empty.
Buckets go by the share of a content's letters and digits inside double quotation marks.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Span = Sequence[int]
Attribution = dict[str, Any]

WORD = re.compile(r"[A-Za-z0-9]+(?:[’'][A-Za-z]+)?|\w+|[^\w\s]")
MIN_OVERLAP = 0.5
DIRECT, MIXED = 0.8, 0.05  # least share of a content inside quotation marks
BUCKETS = ("direct", "mixed", "indirect")
MEASURES = ("statement", "exact", "joint")  # matched; the same letters and digits; matched and the source right
# The head word of a source is the last one before the first of these.
AFTER_HEAD = {
    ",",
    "(",
    "of",
    "who",
    "that",
    "which",
    "in",
    "at",
    "for",
    "from",
    "with",
    "on",
    "to",
    "whose",
    "whom",
    "where",
    "by",
    "—",
    "-",
    "–",
}


def count_matches(text: str, gold: Sequence[Attribution], predicted: Sequence[Attribution]) -> Counter[str]:
    """Return the counts of one article: `gold`, `predicted`, and per measure the matches, in all and by bucket."""
    quoted = _quoted(text)
    gold = [one for one in gold if one["content"]]
    predicted = [one for one in predicted if one["content"]]
    counts: Counter[str] = Counter()
    buckets = {}
    for side, found in (("gold", gold), ("predicted", predicted)):
        buckets[side] = [_bucket(text, one["content"], quoted) for one in found]
        counts[side] += len(found)
        counts.update(f"{side} {bucket}" for bucket in buckets[side])
    for i, j in _matches(text, gold, predicted):
        exact = _characters(text, gold[i]["content"], words=True) == _characters(
            text, predicted[j]["content"], words=True
        )
        joint = _same_source(text, gold[i]["source"], predicted[j]["source"])
        for measure, right in zip(MEASURES, (True, exact, joint), strict=True):
            if right:
                counts[measure] += 1
                counts[f"{measure} gold {buckets['gold'][i]}"] += 1
                counts[f"{measure} predicted {buckets['predicted'][j]}"] += 1
    return counts


def right_statements(text: str, gold: Sequence[Attribution], predicted: Sequence[Attribution]) -> list[bool]:
    """Return for each predicted attribution whether it matches an annotated one, source included."""
    matches = {j: i for i, j in _matches(text, gold, predicted)}
    return [
        j in matches and _same_source(text, gold[matches[j]]["source"], one["source"])
        for j, one in enumerate(predicted)
    ]


def f1_scores(counts: Counter[str]) -> dict[str, float]:
    """Return F1 by measure, and by measure and bucket: `joint`, `joint direct`."""
    scores = {
        measure: _f1(counts[measure], counts[measure], counts["predicted"], counts["gold"]) for measure in MEASURES
    }
    for measure in MEASURES:
        for bucket in BUCKETS:
            scores[f"{measure} {bucket}"] = _f1(
                counts[f"{measure} predicted {bucket}"],
                counts[f"{measure} gold {bucket}"],
                counts[f"predicted {bucket}"],
                counts[f"gold {bucket}"],
            )
    return scores


def confidence_intervals(
    articles: Sequence[Counter[str]], rounds: int = 1000, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Return the 95 % interval of each score, by resampling articles (percentile bootstrap; Efron 1979)."""
    draw = np.random.default_rng(seed)
    samples: dict[str, list[float]] = {}
    keys = sorted({key for counts in articles for key in counts})
    table = np.array([[counts[key] for key in keys] for counts in articles])
    for _ in range(rounds):
        total = table[draw.integers(0, len(articles), len(articles))].sum(axis=0)
        for name, score in f1_scores(Counter(dict(zip(keys, total.tolist(), strict=True)))).items():
            samples.setdefault(name, []).append(score)
    return {
        name: (float(np.percentile(scores, 2.5)), float(np.percentile(scores, 97.5)))
        for name, scores in samples.items()
    }


def _f1(precise: int, recalled: int, predicted: int, gold: int) -> float:
    precision = precise / predicted if predicted else 0.0
    recall = recalled / gold if gold else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _matches(text: str, gold: Sequence[Attribution], predicted: Sequence[Attribution]) -> Iterator[tuple[int, int]]:
    ours = [_characters(text, one["content"]) for one in gold]
    theirs = [_characters(text, one["content"]) for one in predicted]
    pairs = ((_overlap(x, y), -i, -j) for i, x in enumerate(ours) for j, y in enumerate(theirs) if x & y)
    used_gold, used_predicted = set(), set()
    for overlap, i, j in sorted(pairs, reverse=True):
        if overlap >= MIN_OVERLAP and i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
            yield -i, -j


def _characters(text: str, spans: Sequence[Span], *, words: bool = False) -> frozenset[int]:
    """Return the positions of the spans' characters: all but white space, or letters and digits only."""
    return frozenset(
        k for start, end in spans for k in range(start, end) if (text[k].isalnum() if words else not text[k].isspace())
    )


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _same_source(text: str, gold: Sequence[Span], predicted: Sequence[Span]) -> bool:
    if not gold or not predicted:
        return not gold and not predicted
    ours, theirs = _characters(text, gold), _characters(text, predicted)
    head = _head(text, gold[0])
    return _overlap(ours, theirs) >= MIN_OVERLAP or (head is not None and all(k in theirs for k in range(*head)))


def _head(text: str, source: Span) -> tuple[int, int] | None:
    head = None
    for match in WORD.finditer(text[source[0] : source[1]]):
        if match[0].lower() in AFTER_HEAD and head is not None:
            break
        if match[0][0].isalnum():
            head = source[0] + match.start(), source[0] + match.end()
    return head


def _bucket(text: str, spans: Sequence[Span], quoted: bytearray) -> str:
    inside = [quoted[k] for start, end in spans for k in range(start, end) if text[k].isalnum()]
    share = sum(inside) / len(inside) if inside else 0.0
    return "direct" if share >= DIRECT else "mixed" if share >= MIXED else "indirect"


def _quoted(text: str) -> bytearray:
    """Return 1 for each character inside double quotation marks, paragraph by paragraph."""
    mask = bytearray(len(text))
    start = 0
    for line in text.split("\n"):
        for opening, end in _quotations(text, start + len(line) - len(line.lstrip()), start + len(line.rstrip())):
            mask[opening:end] = b"\1" * (end - opening)
        start += len(line) + 1
    return mask


def _quotations(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the quotations of a paragraph, marks included; an unclosed one ends with it."""
    opening, position = None, start
    while position < end:
        mark, width = _mark(text, position)
        before = text[position - 1] if position > start else " "
        after = text[position + 1] if position + 1 < end else " "
        if mark in ("“", "„", "«"):
            opening = position if opening is None else opening
        elif mark in ("”", "»"):
            if opening is not None:
                yield opening, position + width
            opening = None
        elif mark == '"' and opening is None:
            if not after.isspace() and not (before.isdigit() and not after.isalnum()):
                opening = position
        elif mark == '"' and opening is not None:
            reopens = before.isspace() and not after.isspace()
            yield opening, position if reopens else position + 1
            opening = position if reopens else None
        position += width
    if opening is not None:
        yield opening, end


def _mark(text: str, position: int) -> tuple[str, int]:
    """Return the mark at a position and its width; `` and '' are written for “ and ”."""
    pair = text[position : position + 2]
    return ("“", 2) if pair == "``" else ("”", 2) if pair == "''" else (text[position], 1)
