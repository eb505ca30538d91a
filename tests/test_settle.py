"""What quotation marks settle, as tables: a text with what the model found -> statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block
from tests.settled import parts, sentence_starts, settled, span_of
from transforms.attributions import Attribution
from transforms.quotes import Span, quote_spans
from transforms.settle import settle


@pytest.mark.parametrize(
    ("text", "found", "quote_type", "content"),
    [
        # the marks are not part of it; a comma inside them is
        ("“It is closed,” Lee said.", ("“It is closed,”", "said", "Lee"), "direct", "It is closed,"),
        ("“It is closed,” Lee said.", ("It is closed", "said", "Lee"), "direct", "It is closed"),
        # a longer quotation is said whole
        ("“It is shut. Go home now,” Lee said.", ("“It is shut.", "said", "Lee"), "direct", "It is shut. Go home now,"),
        ("Lee said: “It shut. Go home now.”", ("Go home now.”", "said", "Lee"), "direct", "It shut. Go home now."),
        # words beside the quotation make it mixed, and do not cut it
        (
            "Lee said the pier “is closed and will stay so”.",
            ("the pier “is closed and will", "said", "Lee"), "mixed", "the pier “is closed and will stay so”",
        ),
        # a nickname or scare quote settles nothing
        ("Lee said the “old” pier shut.", ("the “old” pier shut", "said", "Lee"), "mixed", "the “old” pier shut"),
        # a leading that, the final full stop and stray marks at the edges go
        ("Lee said that it is closed.", ("that it is closed.", "said", "Lee"), "indirect", "it is closed"),
        ("It is closed, Lee said.", ("It is closed,", "said", "Lee"), "indirect", "It is closed"),
        ("Lee said it opens at 5 p.m.", ("it opens at 5 p.m.", "said", "Lee"), "indirect", "it opens at 5 p.m."),
        # that is a pronoun where no cue stands before it
        ("That is wrong, Lee said.", ("That is wrong", "said", "Lee"), "indirect", "That is wrong"),
    ],
)  # fmt: skip
def test_contents(text: str, found: tuple[str, str, str], quote_type: str, content: str) -> None:
    (said,) = settled(text, ((found[0],), found[1], found[2]))
    assert (said.quote_type, parts(text, said)) == (quote_type, [content])
    assert said.source == span_of(text, "Lee")


def test_a_quotation_interrupted_by_its_cue_is_one_statement() -> None:
    text = "“It is closed,” Lee said, “and will stay so.”"
    (said,) = settled(text, (("“It is closed,”", "“and will stay so.”"), "said", "Lee"))
    assert parts(text, said) == ["It is closed,", "and will stay so."]


def test_a_quoted_sentence_after_the_cue_is_a_second_statement_of_the_same_speaker() -> None:
    text = "“It is closed,” Lee said. “Go home now.”"
    first, second = settled(text, (("“It is closed,”", "“Go home now.”"), "said", "Lee"))
    assert (parts(text, first), first.goes_on, first.cue) == (["It is closed,"], False, span_of(text, "said"))
    assert (parts(text, second), second.goes_on, second.cue) == (["Go home now."], True, None)


def test_quotations_of_several_paragraphs_under_one_cue_are_statements_of_their_own() -> None:
    text = "Lee warned that it is closed, saying: “Go home.”\n“It will stay so.”"
    found = settled(text, (("it is closed", "“It will stay so.”"), "warned", "Lee"))
    assert [(parts(text, one), one.goes_on) for one in found] == [
        (["it is closed"], False),
        (["It will stay so."], True),
    ]


def test_a_quotation_over_paragraphs_is_one_statement() -> None:
    text = "Lee said: “It is closed.\n“Go home now.”"
    (said,) = settled(text, (("“It is closed.",), "said", "Lee"), (("“Go home now.”",), None, None))
    assert parts(text, said) == ["It is closed.", "Go home now."]


def test_a_quoted_sentence_that_nobody_was_found_to_say_is_a_statement() -> None:
    text = "Lee looked at the sea.\n“It is closed and will stay so.”\nHe read “A Farewell to Piers”."
    (said,) = settled(text)
    assert (said.quote_type, parts(text, said), said.score) == ("direct", ["It is closed and will stay so."], None)


def test_what_is_told_inside_a_quotation_does_not_take_the_quotation() -> None:
    text = "“My mother says the sea is cold,” Lee said."
    found = settled(text, (("“My mother says the sea is cold,”",), "said", "Lee"))
    found += settled(text, (("the sea is cold",), "says", "My mother"), level=1)
    assert [parts(text, one) for one in found][:2] == [["My mother says the sea is cold,"], ["the sea is cold"]]


def test_a_mere_article_is_no_source() -> None:
    (said,) = settled("The claim that the pier is closed was denied.", (("the pier is closed",), "claim", "The"))
    assert (said.source, said.cue) == (None, (4, 9))


def test_a_quotation_after_a_cue_goes_on_whatever_the_model_took_for_its_cue() -> None:
    text = "Lee warned of rain. “It is closed,” Lee said. “Go home before it rains.”"
    found = settled(
        text, (("“It is closed,”",), "said", "Lee"), (("“Go home before it rains.”",), "warned", "Lee"),
    )  # fmt: skip
    assert [(parts(text, one), one.goes_on, one.cue) for one in found] == [
        (["It is closed,"], False, span_of(text, "said")),
        (["Go home before it rains."], True, None),
    ]


def test_a_quotation_with_a_cue_of_its_own_does_not_go_on() -> None:
    text = "“It is closed,” Lee said. “Go home before it rains,” Roe added."
    found = settled(
        text, (("“It is closed,”",), "said", "Lee"), (("“Go home before it rains,”",), "added", "Roe"),
    )  # fmt: skip
    assert [(one.goes_on, one.source) for one in found] == [
        (False, span_of(text, "Lee")),
        (False, span_of(text, "Roe")),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("“It is closed,” Lee said, pointing at the sea, “and will stay so.”", 1),
        ("“It is closed,” Lee said, adding, “and will stay so.”", 2),  # another cue
        ("“It is closed,” Lee said. He left, “and will stay so.”", 2),
    ],
)
def test_a_sentence_interrupted_by_its_cue_is_one_statement(text: str, spans: int) -> None:
    found = settled(text, (("“It is closed,”",), "said", "Lee"), (("“and will stay so.”",), None, "Lee"))
    assert len(found) == spans
    assert found[0].cue == span_of(text, "said")


Found = tuple[tuple[str, ...], str | None, str | None]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        # what stands in the sentence of a whole quotation is its setting
        (
            "“It is shut and cold,” Lee said as she left the old pier.",
            (("“It is shut and cold,”", "the old pier"), "said", "Lee"), [("Lee", ["It is shut and cold,"])],
        ),
        (
            "As the rain fell, Lee said: “It is shut and cold.”",
            (("As the rain fell", "“It is shut and cold.”"), "said", "Lee"), [("Lee", ["It is shut and cold."])],
        ),
        (
            "Asked whether it was safe, Lee said, “It is shut and cold.”",
            (("whether it was safe", "“It is shut and cold.”"), "said", "Lee"), [("Lee", ["It is shut and cold."])],
        ),
        (
            "Roe told them to go home, saying it was “cold and wet there”.",
            (("to go home", "it was “cold and wet there”"), "saying", "Roe"),
            [("Roe", ["it was “cold and wet there”"])],
        ),
        # or a statement beside it
        (
            "The pier will not open, Lee said: “It is shut and cold.”",
            (("The pier will not open", "“It is shut and cold.”"), "said:", "Lee"),
            [("Lee", ["The pier will not open"]), ("Lee", ["It is shut and cold."])],
        ),
        # fragments stay together
        ("“It is,” Lee said, “I swear, shut.”", (("It is,", "I swear, shut."), "said", "Lee"),
         [("Lee", ["It is,", "I swear, shut."])]),
        # the cue's own sentence begins behind the quotation
        (
            "“Why is it shut?” Lee’s son, Dan, asked the crowd. “We want to go in.”",
            (("“Why is it shut?”", "“We want to go in.”"), "asked", "Lee’s son, Dan"),
            [("Lee’s son, Dan", ["Why is it shut?"]), (None, ["We want to go in."])],
        ),
        # a quotation that ends as a sentence ends there
        (
            "Lee kept saying, “Do not go in,” until the doors shut.",
            (("“Do not go in,” until the doors shut",), "saying", "Lee"), [("Lee", ["Do not go in,"])],
        ),
        # what the model lost of a paraphrase is part of it; a longer clause ends it
        (
            "It is expected to cost 40 crowns, of which Leeds pays 30 crowns or less.",
            (("to cost 40 crowns", "30 crowns or less"), "is expected", None),
            [(None, ["to cost 40 crowns, of which Leeds pays 30 crowns or less"])],
        ),
        (
            "Lee thinks it would be better so, but she never in her life met a mayor who agreed to be seen there.",
            (("it would be better so", "to be seen there"), "thinks", "Lee"), [("Lee", ["it would be better so"])],
        ),
        (
            "Old piers hold more than new ones, according to a study that asks how piers are built.",
            (("Old piers hold more than new ones", "how piers are built"), "according to", "a study"),
            [("a study", ["Old piers hold more than new ones"])],
        ),
        (
            "It is vague about old piers, with Lee noting that nobody knows when they shut.",
            (("old piers", "nobody knows when they shut"), "noting", "Lee"),
            [("Lee", ["old piers", "nobody knows when they shut"])],
        ),
        (
            "They tell nobody to get down, and according to Lee they found one thief.",
            (("to get down", "they found one thief"), "according to", "Lee"), [("Lee", ["they found one thief"])],
        ),
        (
            "Two points were open, Lee said: who pays, thought to be Leeds, and when.",
            (("Two points were open", "to be Leeds, and when"), "said", "Lee"),
            [("Lee", ["Two points were open", "who pays, thought to be Leeds, and when"])],
        ),
        (
            "It has, said Lee, who runs it, shut for good.",
            (("It has", "shut for good"), "said", "Lee"), [("Lee", ["It has", "shut for good"])],
        ),
    ],
)  # fmt: skip
def test_which_pieces_are_a_statement(text: str, found: Found, expected: list[tuple[str | None, list[str]]]) -> None:
    told = [(text[slice(*one.source)] if one.source else None, parts(text, one)) for one in settled(text, found)]
    assert told == expected


@pytest.mark.parametrize(
    ("text", "found", "source", "cue"),
    [
        ("She met the warden, who said it was shut.", (("it was shut",), "said", "who"), "the warden", "said"),
        ("She met Ann Lee, who said it was shut.", (("it was shut",), "said", "who"), "Ann Lee", "said"),
        ("The port, Lee Ltd, which said it was shut.", (("it was shut",), "said", "which"), "Lee Ltd", "said"),
        ("It was shut again, Ann Lee, said.", (("It was shut again",), "said", "Ann Lee,"), "Ann Lee", "said"),
        ("A pier that says it is shut.", (("it is shut",), "says", "that"), None, "says"),
        # the subject beside the cue
        ("The film has shots of Lee saying it was shut.", (("it was shut",), "saying", "The film"), "Lee", "saying"),
        ("So late that she answered: “It is shut.”", (("“It is shut.”",), "answered:", None), "she", "answered:"),
        ("They sold what Ann Lee calls “the pier”.", (("“the pier”",), "calls", "They"), "Ann Lee", "calls"),
        ("They sold what Lee calls “the pier”.", (("what Lee calls “the pier”",), "sold", None), "Lee", "calls"),
        # beside the quotation
        ("“It is shut and cold,” adds Ann Lee.", (("“It is shut and cold,”",), None, None), "Ann Lee", "adds"),
        ("10:40 Lee: “It is shut and cold.”", (("“It is shut and cold.”",), None, None), "Lee", None),
        (
            "In the words of the warden, it was “shut and cold there.”",
            (("“shut and cold there.”",), None, None), "the warden", "In the words of",
        ),
    ],
)  # fmt: skip
def test_the_source_that_goes_with_the_cue(text: str, found: Found, source: str | None, cue: str | None) -> None:
    (said,) = settled(text, found)
    assert (said.source, said.cue) == (span_of(text, source), span_of(text, cue))


def test_a_participle_has_the_subject_of_the_clause_before() -> None:
    text = "Lee praised the harbour firm, Roe Ltd, saying: “It is open.”"
    found = settled(text, (("the harbour firm",), "praised", "Lee"), (("“It is open.”",), "saying:", "Roe Ltd"))
    assert [one.source for one in found] == [span_of(text, "Lee")] * 2


def test_a_sentence_interrupted_by_a_remark_is_one_statement() -> None:
    text = "“If it is shut,” Lee said, meaning the pier, “we all go home.”"
    first, second = settled(
        text, (("“If it is shut,”",), "said", "Lee"), (("the pier, “we all go home.”",), "meaning", "Lee")
    )
    assert parts(text, first) == ["If it is shut,", "we all go home."]
    assert (parts(text, second), second.quote_type) == (["the pier"], "indirect")


def test_a_paraphrase_that_ends_in_quoted_words_is_no_interruption() -> None:
    text = "“It is old and cold,” Lee said, noting that her son, Dan, “has sailed from it for years.”"
    told = "that her son, Dan, “has sailed from it for years.”"
    found = settled(text, (("“It is old and cold,”",), "said", "Lee"), ((told,), "noting", "Lee"))
    assert [parts(text, one) for one in found] == [
        ["It is old and cold,"],
        ["her son, Dan, “has sailed from it for years.”"],
    ]


@pytest.mark.parametrize(
    ("between", "goes_on"),
    [("", True), (" She smiled.", True), (" Roe smiled.", False), (" She smiled. It rained.", False)],
)
def test_a_quotation_goes_on_over_a_remark_about_its_speaker(between: str, goes_on: bool) -> None:
    text = f"“It is closed,” Lee said.{between} “Go home before it rains.”"
    found = settled(text, (("“It is closed,”", "“Go home before it rains.”"), "said", "Lee"))
    assert [one.goes_on for one in found] == [False, goes_on]


def test_a_quotation_goes_on_after_a_paraphrase() -> None:
    text = "Roe said: “It is shut.”\nLee said that the pier was old. “Go home before it rains.”"
    found = settled(
        text,
        (("“It is shut.”", "“Go home before it rains.”"), "said", "Roe"),
        (("the pier was old",), "said that", "Lee"),
    )
    assert [(parts(text, one), one.goes_on) for one in found][1:] == [
        (["the pier was old"], False),
        (["Go home before it rains."], True),
    ]


def test_what_nobody_tells_inside_a_quotation_is_no_statement() -> None:
    assert settled("“He said so, and it was cold.”", (("it was cold",), None, None), level=1)[1:] == []


TEXT = st.text(alphabet="ab .,’“”\"'\n:—A", max_size=80)


@given(TEXT, st.data())
def test_any_spans_of_any_text_give_statements_inside_it(text: str, data: st.DataObject) -> None:
    def span() -> Span:
        start = data.draw(st.integers(0, max(0, len(text) - 1)))
        return start, data.draw(st.integers(min(start + 1, len(text)), len(text)))

    found = [
        Attribution(
            level=level, contents=(span(),), cue=span() if cue else None, source=span() if source else None, score=0.5
        )
        for level, cue, source in data.draw(
            st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.booleans()), max_size=3)
        )
    ]
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    for said in settle(text, blocks, quote_spans(text, blocks), found if text else [], sentence_starts(text, blocks)):
        assert all(0 <= a < b <= len(text) for a, b in said.spans)
        assert list(said.spans) == sorted(said.spans)
