"""Statements -> labels."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.records import Statement
from transforms.form import form_of


def classify_statements(statements: Sequence[Statement], language: str | None) -> list[Statement]:
    """Return the statements with their labels, in order; other languages than English have none.

    An unknown language (None) is read as English.
    """
    if language is not None and not language.lower().startswith("en"):
        return list(statements)
    return [replace(statement, form=form_of(statement.text)) for statement in statements]
