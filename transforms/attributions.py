"""Attributions of a text as the statement model finds them: content, cue and source, linked and scored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from transforms.cues import LABELS, any_of
from transforms.encode import Encoded, Ints
from transforms.linking import PairReader
from transforms.models.statement_model import Scores, StatementModel, log_softmax
from transforms.quotes import Span
from transforms.tagging import BEGIN, UNIT, Floats, Tags, best_tags, tag_spans

ROLES = ("content", "cue", "source")
LEVELS = 2  # in the article's voice; inside the content of another attribution
# Cues with a content directly behind them that is hard to see: labelling | it hypocritical    shared | their reasons
SHORT_CONTENT = re.compile(
    rf"(?:{any_of(LABELS)} (?:it|them|him|her|this|these|that|those|the|his|its|their|my|our|an?)"
    r"|\w+ (?:his|her|their|its) (?:own )?(?:reasons?|motives?|grounds))\b",
    re.IGNORECASE,
)
EXPECTED = 2.0  # added to the score of its first word
LINKED_AT_ONCE = 256  # spans; each is held against all of a text, which may have ten thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """One attribution: spans in code points, contents in text order, and how sure the model is, in (0, 1)."""

    level: int  # 0: in the article's voice; 1: inside the content of another
    contents: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    score: float
    evidence: tuple[float, ...] = ()  # log-probabilities: of the content's tags, its link to the cue, the source's link


def find_attributions(text: str, encoded: Encoded, model: StatementModel) -> list[Attribution]:
    """Return the attributions in text order of their first content."""
    if not len(encoded.starts):
        return []
    scores = model.score(encoded)
    tags = best_tags(scores.emissions, encoded.paragraphs, model.transitions)
    if expected := _expected_words(text, encoded, tags):
        scores = replace(scores, emissions=_raised(scores.emissions, expected))
        tags = best_tags(scores.emissions, encoded.paragraphs, model.transitions)
    sureness = _sureness(scores.emissions, tags)
    reader = PairReader(text, encoded)
    found = [
        attribution
        for level in range(LEVELS)
        for attribution in _link(level, encoded, tags, scores, sureness, reader, model)
    ]
    return sorted(found, key=lambda one: (one.contents[0][0], -one.contents[-1][1]))


def _expected_words(text: str, encoded: Encoded, tags: Tags) -> list[int]:
    """Return the words behind a cue that must begin a content."""
    cues = tag_spans(tags[:, ROLES.index("cue")])
    ends = [int(end) for first, end in cues if SHORT_CONTENT.match(text, int(encoded.starts[first]))]
    return [end for end in ends if end < len(encoded.starts)]


def _raised(emissions: Floats, words: list[int]) -> Floats:
    raised = emissions.copy()
    for tag in (BEGIN, UNIT):
        raised[words, ROLES.index("content"), tag] += EXPECTED
    return raised


def _sureness(emissions: Floats, tags: Tags) -> Floats:
    """Return the log-probability of each word's tag, (W, chains), each word on its own."""
    result: Floats = np.take_along_axis(log_softmax(emissions), tags[..., None].astype(np.int64), axis=2)[..., 0]
    return result


def _link(
    level: int,
    encoded: Encoded,
    tags: Tags,
    scores: Scores,
    sureness: Floats,
    reader: PairReader,
    model: StatementModel,
) -> Iterator[Attribution]:
    contents, cues, sources = (tag_spans(tags[:, len(ROLES) * level + role]) for role in range(len(ROLES)))
    if not len(contents):
        return

    def link(relation: int, left: Ints, right: Ints) -> tuple[Ints, Floats]:
        best = [link_some(relation, left[i : i + LINKED_AT_ONCE], right) for i in range(0, len(left), LINKED_AT_ONCE)]
        return np.concatenate([partner for partner, _ in best]), np.concatenate([score for _, score in best])

    def link_some(relation: int, left: Ints, right: Ints) -> tuple[Ints, Floats]:
        rows, columns = reader.near(left, right)
        pairs = reader.pairs(left, right, rows, columns)
        own, other = (np.hstack([scores.links[s[:, 0]], scores.links[s[:, 1] - 1]]) for s in (left, right))
        found = model.link(relation, own, other, rows, columns, pairs)
        return found.argmax(axis=1).astype(np.int32), found.max(axis=1)

    cue_of, to_cue = link(0, contents, cues)
    members: dict[tuple[int, int], list[int]] = {}  # (cue, -1) or (-1, content without cue) -> contents
    for content, cue in enumerate(cue_of.tolist()):
        members.setdefault((cue, -1) if cue < len(cues) else (-1, content), []).append(content)
    heads = np.array([cues[cue] if cue >= 0 else contents[content] for cue, content in members], dtype=np.int32)
    source_of, to_source = link(1, heads, sources)
    for ((cue, _), own), source, source_score in zip(members.items(), source_of.tolist(), to_source, strict=True):
        evidence = (
            min(float(sureness[first:end, len(ROLES) * level].min()) for first, end in contents[own]),
            min(float(to_cue[content]) for content in own),
            float(source_score),
        )
        yield Attribution(
            level=level,
            contents=tuple(_chars(encoded, contents[content]) for content in own),
            cue=_chars(encoded, cues[cue]) if cue >= 0 else None,
            source=_chars(encoded, sources[source]) if source < len(sources) else None,
            score=_calibrated(model.calibration, evidence),
            evidence=evidence,
        )


def _calibrated(coefficients: list[float], evidence: tuple[float, ...]) -> float:
    """Return P(right): a logistic regression on the log-probabilities (Platt 1999)."""
    bias, *weights = coefficients
    total = bias + sum(weight * value for weight, value in zip(weights, evidence, strict=False))
    return float(1 / (1 + np.exp(-total)))


def _chars(encoded: Encoded, span: Ints) -> Span:
    return int(encoded.starts[span[0]]), int(encoded.ends[span[1] - 1])
