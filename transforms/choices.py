"""Which of several entities a mention means: conditional logits with learned weights."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from operator import mul
from pathlib import Path
from typing import NamedTuple

from transforms.entities import Entity
from transforms.text_phrases import Phrase

Span = tuple[int, int]
MAX_TAG = 40  # characters between what is said and "he said"
WEIGHTS_FILE = Path(__file__).parent / "models" / "salience.json"
_WEIGHTS: dict[str, dict[str, float]] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))


@dataclass(slots=True)
class Scene:
    """What the reader has in mind besides the entities themselves."""

    previous: Entity | None = None  # speaker of the last mention outside a quotation
    previous_paragraph: int = -1
    paragraph: int = -1  # of the narration read last
    first: Entity | None = None  # person met first in it


class Setting(NamedTuple):
    """A mention in its place."""

    phrase: Phrase
    quoted: int  # the number of the quotation that it stands in, 0: in none
    content: Span  # of what it says, (0, 0) if it says nothing
    scene: Scene

    @property
    def is_tag(self) -> bool:
        """Whether it stands just behind what it says: “…,” he said."""
        return 0 < self.phrase.start - self.content[1] < MAX_TAG


Choose = Callable[["Model", Sequence[Entity], Setting], Entity | None]  # as `choose` does
Rows = Callable[[Sequence[Entity], Setting], list[list[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One kind of choice: a row of features per candidate, and their weights."""

    name: str
    features: tuple[str, ...]
    rows: Rows
    or_nobody: bool  # the mention may mean none of the candidates, which scores 0
    margin: float  # of probability by which the best has to beat the next
    weights: list[float]


def load_model(name: str, features: tuple[str, ...], rows: Rows, *, or_nobody: bool, margin: float) -> Model:
    """Return a model with its weights from the file, 0 for a feature that it lacks."""
    weights = [_WEIGHTS.get(name, {}).get(feature, 0.0) for feature in features]
    return Model(name=name, features=features, rows=rows, or_nobody=or_nobody, margin=margin, weights=weights)


def choose(model: Model, candidates: Sequence[Entity], setting: Setting) -> Entity | None:
    """Return which of the candidates, all of whom it fits, a mention means; None: nobody, or two about as likely."""
    if not candidates or (len(candidates) == 1 and not model.or_nobody):
        return candidates[0] if candidates else None
    scored: list[tuple[float, Entity | None]] = [
        (sum(map(mul, model.weights, row)), one)
        for row, one in zip(model.rows(candidates, setting), candidates, strict=True)
    ]
    if model.or_nobody:
        scored.append((0.0, None))
    (best, first), (second, other), *_ = sorted(scored, key=lambda one: -one[0])
    total = sum(exp(score - best) for score, _ in scored)
    close = 1 - exp(second - best) < model.margin * total
    return None if close or _are_together(first, other) else first


def _are_together(one: Entity | None, other: Entity | None) -> bool:
    """Return whether two were met last as "Ann Lee and Eve Roe"."""
    if one is None or other is None or one.last is None or other.last is None:
        return False
    earlier, later = sorted([one.last, other.last])
    return later.start - earlier.end == len(" and ") and later.subject and earlier.subject
