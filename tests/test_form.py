"""The form of statements, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Form
from transforms.form import form_of


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The pier is closed.", "declarative"),
        ("the work would be finished by the end of March", "declarative"),
        ("Why is it closed?", "question"),
        ("It is closed, right?", "question"),
        ("They suspect a clerk of the chain", "declarative"),
        ("Its authors blame a lack of chargers and a dispute.", "declarative"),
        ("She paused. “Who will pay?”", "question"),
        ("Nonna asked them “What do you think?”", "declarative"),  # somebody else's question
        ("Close the pier!", "imperative"),
        ("Please stay away from downed lines.", "imperative"),
        ("If you see smoke, call the fire service.", "imperative"),
        ("Don’t go home.", "imperative"),
        ("Wait!", "imperative"),
        ("“Let them try,” she said.", "imperative"),
        ("have criticised the request", "declarative"),  # narration without its subject
        ("Study finds fewer eels in the Taw.", "declarative"),
        ("Cut is what they will.", "declarative"),
        ("to pause new tariffs", "fragment"),
        ("No, no.", "fragment"),
        ("a disgrace", "fragment"),
    ],
)
def test_forms(text: str, form: Form) -> None:
    assert form_of(text) == form


@given(st.text(max_size=60))
def test_any_text_has_a_form(text: str) -> None:
    assert form_of(text) in ("declarative", "question", "imperative", "fragment")
