"""What holds of the shipped models, whatever they have learned."""

import numpy as np
import pytest

from schemas.records import Block, ModelName
from transforms.attributions import find_attributions
from transforms.encode import Encoded, encode
from transforms.models.statement_model import statement_model
from transforms.models.tokenizer import FOLDER
from transforms.quotes import quote_spans

TEXT = "“The pier is closed,” Lee told reporters. Officials fear that it will fall."
MAX_BYTES = {"compact": 7_000_000, "accurate": 25_000_000}
MODELS: list[ModelName] = ["compact", "accurate"]


def encoded(text: str, model: ModelName) -> Encoded:
    blocks = [Block(kind="paragraph", start_char=0, end_char=len(text))]
    return encode(text, blocks, quote_spans(text, blocks), statement_model(model).vocabulary)


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_as_small_as_promised(model: ModelName) -> None:
    assert (FOLDER / f"statements_{model}.onnx").stat().st_size <= MAX_BYTES[model]


@pytest.mark.parametrize("model", MODELS)
def test_a_quotation_and_a_fear(model: ModelName) -> None:
    found = find_attributions(TEXT, encoded(TEXT, model), statement_model(model))
    assert [(TEXT[slice(*one.source or (0, 0))], TEXT[slice(*one.cue or (0, 0))]) for one in found] == [
        ("Lee", "told"),
        ("Officials", "fear"),
    ]
    assert all(0 < one.score < 1 and one.level == 0 for one in found)


@pytest.mark.parametrize("model", MODELS)
def test_batches_do_not_change_the_scores(model: ModelName, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join([TEXT] * 60)
    whole = statement_model(model).score(encoded(text, model))
    monkeypatch.setattr(statement_model(model), "batch", 1)
    parts = statement_model(model).score(encoded(text, model))
    assert whole.emissions.shape[0] == parts.emissions.shape[0] == len(encoded(text, model).starts)
    near = np.isclose(whole.emissions.argmax(-1), parts.emissions.argmax(-1)).mean()
    assert near > 0.99  # the padding of the last window differs


@pytest.mark.parametrize("text", ["", " ", "\u200b", "…"])
def test_texts_that_say_nothing(text: str) -> None:
    assert find_attributions(text, encoded(text or " ", "compact"), statement_model("compact")) == []


def test_words_beyond_the_limit_are_not_read() -> None:
    model = statement_model("compact")
    text = "a " * model.max_words + TEXT
    blocks = [Block(kind="paragraph", start_char=0, end_char=len(text))]
    assert find_attributions(text, encode(text, blocks, [], model.vocabulary, model.max_words), model) == []
