"""Labels of statements: what they say of plain cases, where they stay null, and labels of free statements."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.classify import LineError, classify_lines
from schemas.records import ModelName
from tests.rows import make_processed
from transforms.classify import MAX_LABELLED, Labels, classify_statements, label_texts
from transforms.languages import seems_english
from transforms.models.label_model import BATCH_PIECES, batches

MODELS: list[ModelName] = ["compact", "accurate"]
CHECK_WORTHY = "Unemployment fell from 7.8 per cent to 4.1 per cent in three years."
PLAIN = "Thank you, and good night to all of you."
VIEW = "This disgraceful plan is the most foolish idea the council has ever had."
FORECAST = "Prices are expected to rise by four per cent next year."
PAST = "The bridge was closed on Monday after a lorry hit one of its piers."


@pytest.mark.parametrize("model", MODELS)
def test_plain_cases(model: ModelName) -> None:
    worthy, plain, view, forecast, past = label_texts([CHECK_WORTHY, PLAIN, VIEW, FORECAST, PAST], model)
    assert (worthy.claim_type, plain.claim_type) == ("check_worthy_factual", "non_factual")
    assert worthy.check_worthiness > 0.7 > 0.2 > plain.check_worthiness
    assert (view.subjectivity, past.subjectivity) == ("subjective", "objective")
    assert (forecast.forward_looking, past.forward_looking) == (True, False)
    assert (plain.form, past.form) == ("imperative", "declarative")


@pytest.mark.parametrize("model", MODELS)
def test_a_text_is_labelled_alike_alone_and_among_others(model: ModelName) -> None:
    texts = [CHECK_WORTHY, PLAIN, VIEW * 9, FORECAST, PAST, "Yes"]
    together = label_texts(texts, model)
    for text, labels in zip(texts, together, strict=True):
        alone = label_texts([text], model)[0]
        assert alone.check_worthiness == pytest.approx(labels.check_worthiness, abs=0.03)
        assert alone.subjectivity_score == pytest.approx(labels.subjectivity_score, abs=0.03)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=4))
def test_any_text_has_labels_in_range(texts: list[str]) -> None:
    for labels in label_texts(texts):
        assert 0 <= labels.check_worthiness <= 1
        assert (labels.subjectivity == "subjective") == (labels.subjectivity_score >= 0.5)
        assert labels.forward_looking == (labels.forward_looking_score >= 0.5)


@pytest.mark.parametrize(
    ("language", "labelled"), [("en", True), ("en-GB", True), (None, True), ("es", False), ("enm", False)]
)
def test_only_english_has_labels(language: str | None, labelled: bool) -> None:
    (statement,) = classify_statements(make_processed("a", CHECK_WORTHY).statements, language)
    found = {name: getattr(statement, name) for name in Labels.__slots__}
    assert all(value is not None for value in found.values()) == labelled
    assert any(value is not None for value in found.values()) == labelled


def test_statements_beyond_a_limit_stay_unlabelled() -> None:
    found = classify_statements([*make_processed("a", "Yes").statements] * (MAX_LABELLED + 2), "en")
    assert [one.form is None for one in found[MAX_LABELLED - 1 :]] == [False, True, True]


def test_batches_hold_every_row_once_and_stay_small() -> None:
    lengths = [3, 128, 7, 128, 5] * 40
    found = list(batches(lengths))
    assert sorted(row for batch in found for row in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[row] for row in batch) <= BATCH_PIECES for batch in found)
    assert list(batches([])) == []


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (PAST, True),
        ("a form of punishment", True),
        ("Yes", True),
        ("La ministra anunció un plan de ayuda para las familias afectadas.", False),
        ("Der Minister trat zurück.", False),
        ("這是一個測試", False),
    ],
)
def test_language_of_a_free_statement(text: str, english: bool) -> None:
    assert seems_english(text) == english


def test_lines_keep_their_fields_and_order() -> None:
    rows: list[dict[str, object]] = [
        {"id": 1, "text": CHECK_WORTHY, "cue_text": "insisted"},
        {"id": 2, "text": "El presidente anunció ayer un nuevo plan."},
        {"id": 3, "text": None},
        {"id": 4, "text": "  "},
        {"id": 5, "text": PAST, "language": "de"},
        {"id": 6, "text": "“Ça va,” she said.", "language": "en", "n": {"a": [1, 2]}},
    ]
    found = [json.loads(line) for line in classify_lines(map(json.dumps, rows), "text")]
    assert [{key: row[key] for key in given} for row, given in zip(found, rows, strict=True)] == rows
    assert [row["claim_type"] is not None for row in found] == [True, False, False, False, False, True]
    assert [row["cue_family"] for row in found] == ["assertive", None, None, None, None, None]
    assert set(found[0]) == {"id", "text", "cue_text", "cue_family", *Labels.__slots__}


def test_lines_are_labelled_as_they_come() -> None:
    taken = []

    def lines() -> Iterator[str]:
        for number in range(200):
            taken.append(number)
            yield json.dumps({"text": f"Line {number}."})

    first = next(classify_lines(lines(), "text"))
    assert json.loads(first)["text"] == "Line 0."
    assert len(taken) < 200


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2 holds list, not an object"),
        ('{"body": "x"}', "line 2 has no field 'text', only 'body'"),
        ('{"text": 5}', "line 2: 'text' holds int, not a text"),
        ('{"text": "\\ud800"}', "line 2 holds half a surrogate pair"),
    ],
)
def test_a_wrong_line_is_named_after_what_stands_before_it(line: str, message: str) -> None:
    found = classify_lines(['{"text": "Yes"}', line, '{"text": "No"}'], "text")
    assert json.loads(next(found))["text"] == "Yes"
    with pytest.raises(LineError, match=message):
        next(found)
