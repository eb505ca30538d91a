"""The title and the byline of texts without markup, a table each."""

from datetime import UTC, datetime

import pytest

from tests.test_extract import PARAGRAPH, document
from transforms.extract import extract_article
from transforms.text_head import read_text_head

FETCHED_AT = datetime(2026, 11, 20, tzinfo=UTC)
PROSE = "The overnight ferry will make its last crossing on 10 January, the operator has announced."


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("Night ferry to stop in January\n", "Night ferry to stop in January"),
        ("# Night ferry to stop\n", "Night ferry to stop"),
        ("# “It stops.”\n", "“It stops.”"),
        ("\n## Night ferry ##", "Night ferry"),
        ("Will the night ferry stop?\n", "Will the night ferry stop?"),
        ("Night ferry to stop in January", None),  # a line that goes on
        ("The night ferry stops.\n", None),
        ("“The night ferry stops.”\n", None),
        ("“The night ferry stops,” she said of Skarra\n", None),
        ("Dear all of you,\n", None),
        ("Skarra\n", None),
        ("By Ana Brook\n", None),
        ("Skarra harbour, 3 November 2026\n", None),
        ("#night ferry to stop\n", "#night ferry to stop"),
    ],
)
def test_title(first: str, title: str | None) -> None:
    head = read_text_head(f"{first}\n{PROSE}".split("\n"), told_title=None, fetched_at=FETCHED_AT)
    assert head.title == title
    assert head.title_line == (None if title is None else first.startswith("\n"))


def test_a_title_needs_prose_below_it() -> None:
    assert read_text_head(["One of three", "", "Two of three"], told_title=None, fetched_at=FETCHED_AT).title is None


def test_a_record_knows_its_title() -> None:
    lines = ["The night ferry", "", PROSE]
    assert read_text_head(lines, told_title="Ferry stops", fetched_at=FETCHED_AT).title_line is None
    assert read_text_head(lines, told_title="The Night Ferry!", fetched_at=FETCHED_AT).title_line == 0


@pytest.mark.parametrize(
    ("line", "authors", "day"),
    [
        ("By Ana Brook", ("Ana Brook",), None),
        ("Interview: Jonas Ferreby, 3 November 2026", ("Jonas Ferreby",), (2026, 11, 3)),
        ("Words by Ana Brook and Ed Marsh | November 3, 2026", ("Ana Brook", "Ed Marsh"), (2026, 11, 3)),
        ("By Ana Brook - 2026-11-03", ("Ana Brook",), (2026, 11, 3)),
        ("3 November 2026", (), (2026, 11, 3)),
        ("3 November 2036", (), None),  # not plausible yet
        ("By Tuesday the ferry had stopped.", (), None),
        ("By Tuesday", (), None),
        ("By clicking you agree", (), None),
        ("Ana Brook, 3 November 2026", (), None),  # does not say that she wrote it
        ("Report: Ferry to stop in January", (), None),
    ],
)
def test_byline(line: str, authors: tuple[str, ...], day: tuple[int, int, int] | None) -> None:
    for lines in (["# Night ferry", "", line, "", PROSE], [line, "", PROSE]):
        head = read_text_head(lines, told_title=None, fetched_at=FETCHED_AT)
        assert head.authors == authors
        assert head.published_at == (datetime(*day, tzinfo=UTC) if day else None)
        assert head.byline_line == (lines.index(line) if authors or day else None)


def test_head_of_an_article() -> None:
    text = f"# Night ferry to stop\n\nBy Ana Brook, 3 March 2024\n\n{PARAGRAPH}\n\n## What now\n\n{PARAGRAPH}"
    extracted = extract_article(document(text), pipeline_version="1")
    article = extracted.article
    assert article.text == text
    assert (article.title, article.authors) == ("Night ferry to stop", "Ana Brook")
    assert article.published_at == datetime(2024, 3, 3, tzinfo=UTC)
    assert [block.kind for block in extracted.blocks] == ["heading", "credit", "paragraph", "heading", "paragraph"]


def test_what_a_record_says_of_itself_wins() -> None:
    told = document(f"Night ferry to stop\n\nBy Ana Brook\n\n{PARAGRAPH}", title="Ferry stops", authors=("Ed Marsh",))
    article = extract_article(told, pipeline_version="1").article
    assert (article.title, article.authors) == ("Ferry stops", "Ed Marsh")
