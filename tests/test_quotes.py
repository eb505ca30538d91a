"""Where quotation marks open and close: a table of texts, and what must hold for any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block
from transforms.narration import outside
from transforms.quotes import quote_spans

MARKS = "“”„«»‘’\"'"


def lines(text: str) -> list[Block]:
    """Return one paragraph per line."""
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    return blocks


def contents(text: str) -> list[list[str]]:
    return [[text[start:end] for start, end in quote.spans] for quote in quote_spans(text, lines(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It rained,” she said. “A lot.”", [["It rained,"], ["A lot."]]),
        ('"It rained," she said. "A lot."', [["It rained,"], ["A lot."]]),
        ("‘It rained,’ she said.", [["It rained,"]]),
        ("'It rained,' she said, 'a lot.'", [["It rained,"], ["a lot."]]),
        ("„Es regnet“, sagte sie.", [["Es regnet"]]),
        ("„Pada”, powiedziała.", [["Pada"]]),
        ("« Il pleut », dit-elle.", [["Il pleut"]]),
        ("»Es regnet«, sagte sie.", [["Es regnet"]]),
        ("”Det regnar”, sade hon.", [["Det regnar"]]),
        ("“Wrong hook at the end“ she said.", [["Wrong hook at the end"]]),
        ('“Mixed," she said.', [["Mixed,"]]),
        ('He was tired ("dead tired"), she said.', [["dead tired"]]),
        ('One—"two"—three', [["two"]]),
        ('“I was—” he began.', [["I was—"]]),
        ('It ended."Next," she said.', [["Next,"]]),
    ],
)  # fmt: skip
def test_marks_of_many_hands(text: str, expected: list[list[str]]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They don't, we can’t, the users’ data, the ’90s, the '80s.", []),
        ("‘The users’ data is gone,’ she said.", [["The users’ data is gone,"]]),
        ("‘Don’t go,’ she said.", [["Don’t go,"]]),
        ("'The boys' coach isn't here,' she said.", [["The boys' coach isn't here,"]]),
        ("Rock 'n' roll 'til dawn, 'em all.", []),
        ("‘It was the ’90s,’ she said.", [["It was the ’90s,"]]),
        ("The O’Neills’ house, the O'Neills' car.", []),
        ('A 5" pipe. "It broke," she said.', [["It broke,"]]),
        ('"He is 6\'2" tall," she said.', [["He is 6'2\" tall,"]]),
    ],
)
def test_apostrophes_and_inches_neither_open_nor_close(text: str, expected: list[list[str]]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“He said ‘never’ to me,” she said.", [["He said ‘never’ to me,"]]),
        ("‘He said “never” to me,’ she said.", [["He said “never” to me,"]]),
        ('"He said "never" to me," she said.', [['He said "never" to me,']]),
        ("“He said “never” to me,” she said.", [["He said “never” to me,"]]),
        ("« Il a dit « jamais » hier », dit-elle.", [["Il a dit « jamais » hier"]]),
        ("„Er sagte ‚nie‘ zu mir“, sagte sie.", [["Er sagte ‚nie‘ zu mir"]]),
    ],
)
def test_the_outer_quotation_counts(text: str, expected: list[list[str]]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“One.\n“Two.\n“Three,” she said.\nPlain.", [["One.", "Two.", "Three,"]]),
        ('"One.\n"Two," she said. "Three."', [["One.", "Two,"], ["Three."]]),
        ("‘One.\n‘Two,’ she said.", [["One.", "Two,"]]),
        ("« Un.\n» Deux », dit-elle.", [["Un.", "Deux"]]),
        ("She said: “One.\n“Two.”\n“Three.”", [["One.", "Two."], ["Three."]]),
        ("“One ‘a’ and.\n“Two ‘b’ too.”", [["One ‘a’ and.", "Two ‘b’ too."]]),
        ("“One.\n“Two.\nPlain “three” here.", [["One.", "Two."], ["three"]]),
    ],
)
def test_each_paragraph_opens_again_and_only_the_last_closes(text: str, expected: list[list[str]]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Never closed at all.\nPlain.", [["Never closed at all."]]),
        ("She said: “Never closed.\n“One,” he said", [["Never closed.", "One,"]]),
        ("A stray “ mark.\nNext: “one,” he said.", [["one,"]]),
        ('A stray " mark. "One," she said.', [["One,"]]),
        ("A stray “mark and “one,” she said.", [["one,"]]),
        ("A stray ” mark. “One,” she said.", [["One,"]]),
        ("The “new plan was adopted.\n“One,” she said.", [["One,"]]),
        ("“One,” she said. ” ” “Two.”", [["One,"], ["Two."]]),
        ("‘Never closed, “one,” she said.", [["one,"]]),
        ("“ ” and “”", []),
        ("“", []),
        ("", []),
    ],
)
def test_a_stray_mark_costs_at_most_its_own_quotation(text: str, expected: list[list[str]]) -> None:
    assert contents(text) == expected


def test_no_blocks_no_quotations() -> None:
    assert quote_spans("“It rained,” she said.", []) == []


@given(st.text(st.sampled_from(MARKS + "as5 .,\n—(") | st.characters(codec="utf-8")))
def test_quotations_are_ordered_disjoint_and_trimmed(text: str) -> None:
    end = 0
    for quote in quote_spans(text, lines(text)):
        assert end <= quote.start_char < quote.end_char <= len(text)
        assert text[quote.start_char] in MARKS
        end = quote.start_char
        assert quote.spans
        for start, stop in quote.spans:
            assert end < start < stop <= quote.end_char
            assert text[start:stop] == text[start:stop].strip()
            end = stop
        end = quote.end_char


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ([], ["Lee, calm, left."]),
        ([(0, 3)], ["calm, left."]),
        ([(5, 9)], ["Lee", "left."]),
        ([(3, 6), (5, 9)], ["Lee", "left."]),
        ([(3, 16)], ["Lee"]),
        ([(0, 15)], []),
    ],
)
def test_outside_of_cuts(cuts: list[tuple[int, int]], expected: list[str]) -> None:
    text = "Lee, calm, left."
    assert [text[start:end] for start, end in outside(text, 0, len(text), cuts)] == expected


@pytest.mark.parametrize("unit", ['"', "“", "'", "« ", '"“', "“ ", '"a ', "s’ ", "‘a “", "a” ", '5" ', "“x.\n"])
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        blocks = lines(text)
        start = time.process_time()
        quote_spans(text, blocks)
        return time.process_time() - start

    small, large = min(seconds(25_000) for _ in range(2)), seconds(200_000)
    assert large < 8 * small * 3 + 0.1
