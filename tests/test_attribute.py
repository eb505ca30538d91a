"""Who says what: a republished story, a table of sentences to read, and what must hold for any text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind, ModelName, Statement
from transforms.attribute import Attributed, attribute_statements
from transforms.clauses import has_finite_verb, holds_clause
from transforms.cues import cue_family
from transforms.narration import narration_spans
from transforms.segment import segment_article

STORY = """\
Readers of the Harbour Courier woke up to a new version of its app on Monday. It crashes on older phones.
“It has become unusable since the update,” one user expressed.
“Mine is fine, for what it is worth,” the other user noted.
The paper has promised a fix. Whether it comes this week remains to be seen."""


def attribute(
    text: str, language: str | None = "en", kind: BlockKind = "paragraph", model: ModelName = "compact"
) -> Attributed:
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind=kind, start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    return attribute_statements("a", language, text, blocks, segment_article("a", text, blocks), model)


Row = tuple[str, str, str | None, str | None]


def row(statement: Statement) -> Row:
    return statement.quote_type, statement.text, statement.speaker_text, statement.cue_text


def test_two_anonymous_users_of_a_republished_story() -> None:
    attributed = attribute(STORY)
    assert [row(statement) for statement in attributed.statements] == [
        ("narration", "Readers of the Harbour Courier woke up to a new version of its app on Monday.", None, None),
        ("narration", "It crashes on older phones.", None, None),
        ("direct", "It has become unusable since the update,", "one user", "expressed"),
        ("direct", "Mine is fine, for what it is worth,", "the other user", "noted"),
        ("narration", "The paper has promised a fix.", None, None),
        ("narration", "Whether it comes this week remains to be seen.", None, None),
    ]
    assert [speaker.speaker_type for speaker in attributed.speakers] == ["anonymous", "anonymous"]
    assert [speaker.statement_count for speaker in attributed.speakers] == [1, 1]
    assert len({statement.speaker_id for statement in attributed.statements}) == 3


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "said"),
    [
        # after the quotation
        ("“The pier is closed,” one user expressed.", "one user", "expressed", "The pier is closed,"),
        ("“The pier is closed,” Lee said.", "Lee", "said", "The pier is closed,"),
        ("“The pier is closed,” said Lee.", "Lee", "said", "The pier is closed,"),
        ("“The pier is closed,” said Mayor Ann Lee, 54, of Ridgeport.", "Mayor Ann Lee", "said", "The pier is closed,"),
        ("“The pier is closed”, said Ann Lee.", "Ann Lee", "said", "The pier is closed"),
        ("‘The pier is closed,’ she said.", "she", "said", "The pier is closed,"),
        ('"The pier is closed," Sen. Dan Roe later told reporters.', "Sen. Dan Roe", "told", "The pier is closed,"),
        ("“Closed,” she said.", "she", "said", "Closed,"),
        ("“Why is it closed?” asked one resident.", "one resident", "asked", "Why is it closed?"),
        ("“Why is it closed?” Lee asked.", "Lee", "asked", "Why is it closed?"),
        ("“Close it!” a woman in the crowd shouted.", "a woman in the crowd", "shouted", "Close it!"),
        ("“It is closed,” police chief Dan Roe added.", "police chief Dan Roe", "added", "It is closed,"),
        ("“It is closed,” Lee, the mayor of Ridgeport, insisted.", "Lee", "insisted", "It is closed,"),
        ("“It is closed,” Rep. Dan Roe (R-Ohio), a lawyer, said.", "Rep. Dan Roe", "said", "It is closed,"),
        ("“It is closed,” residents complained.", "residents", "complained", "It is closed,"),
        ("“It is closed,” the Ministry of Health confirmed.", "the Ministry of Health", "confirmed", "It is closed,"),
        ("“It is closed,” according to the report.", "the report", "according to", "It is closed,"),
        ("“It is closed,” the company’s lawyer wrote.", "the company’s lawyer", "wrote", "It is closed,"),
        ("“It is closed,” one official pointed out.", "one official", "pointed out", "It is closed,"),
        ("“It is closed,” she was quoted as saying.", "she", "was quoted as saying", "It is closed,"),
        (
            "“It is closed,” a spokesperson for the port said.",
            "a spokesperson for the port", "said", "It is closed,",
        ),
        ("“It was dark,” said a resident who asked not to be named.", "a resident", "said", "It was dark,"),
        # a name beside a description of who it is
        ("“It is closed,” its warden, Thyra Lomax, said.", "its warden, Thyra Lomax", "said", "It is closed,"),
        ("“It is closed,” said her neighbour, Karim Roe.", "her neighbour, Karim Roe", "said", "It is closed,"),
        # before it
        ("Lee said: “The pier is closed.”", "Lee", "said", "The pier is closed."),
        ("She added, “The pier is closed.”", "She", "added", "The pier is closed."),
        ("Ann Lee told the council on Monday: “It is closed.”", "Ann Lee", "told", "It is closed."),
        ("In a letter, Ann Lee wrote, “The pier is closed.”", "Ann Lee", "wrote", "The pier is closed."),
        ("Lee, who is 54, replied: “The pier is closed.”", "Lee", "replied", "The pier is closed."),
        ("According to Ann Lee, “the pier is closed now.”", "Ann Lee", "According to", "the pier is closed now."),
        ("Lee said that “the pier is closed for good.”", "Lee", "said", "the pier is closed for good."),
        ("Lee continued:\n“The pier is closed.”", "Lee", "continued", "The pier is closed."),
        # signed
        ("From Chairwoman Ann Lee: “The pier is closed.”", "Chairwoman Ann Lee", None, "The pier is closed."),
        ("“The pier is closed.” —Commissioner Ann Lee", "Commissioner Ann Lee", None, "The pier is closed."),
        # on both sides, or over several paragraphs
        ("“The pier,” she said, “is closed.”", "she", "said", "The pier, is closed."),
        ("“The pier,” said Lee on Monday, “is closed.”", "Lee", "said", "The pier, is closed."),
        ("“The pier is closed.\n“It is unsafe,” said Lee.", "Lee", "said", "The pier is closed. It is unsafe,"),
        # nobody beside it
        ("“We never wanted this.”", None, None, "We never wanted this."),
        ("Lee was furious. “We never wanted this.”", None, None, "We never wanted this."),
    ],
)  # fmt: skip
def test_one_direct_statement(text: str, speaker: str | None, cue: str | None, said: str) -> None:
    statements = attribute(text).statements
    assert [row(s) for s in statements if s.quote_type != "narration"] == [("direct", said, speaker, cue)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "said"),
    [
        ("As Lee put it, “the sea is coming for us.”", "Lee", "put it", "the sea is coming for us."),
        ("Said Lee: “The pier is closed.”", "Lee", "Said", "The pier is closed."),
        ("Lee praised the plan, saying, “It is the best we have.”", "Lee", "saying", "It is the best we have."),
        ("Lee was tired and shouted, “Leave me alone!”", "Lee", "shouted", "Leave me alone!"),
        ("Critics gathered, calling the ban a disgrace.", "Critics", "calling", "the ban a disgrace"),
    ],
)
def test_one_statement_of_the_accurate_model(text: str, speaker: str, cue: str, said: str) -> None:
    statements = attribute(text, model="accurate").statements
    assert [row(s)[1:] for s in statements if s.quote_type != "narration"] == [(said, speaker, cue)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "said"),
    [
        ("Some trainers left, labelling it hypocritical.", "Some trainers", "labelling", "it hypocritical"),
        ("Two users shared their reasons for leaving.", "Two users", "shared", "their reasons for leaving"),
    ],
)
def test_a_short_content_stands_behind_a_cue_that_needs_one(text: str, speaker: str, cue: str, said: str) -> None:
    statements = attribute(text).statements
    assert [row(s) for s in statements if s.quote_type != "narration"] == [("indirect", said, speaker, cue)]


@pytest.mark.parametrize("text", ["She called on the council.", "They left for reasons of state.", "It is called Roe."])
def test_the_same_words_in_other_use_are_none(text: str) -> None:
    assert [s for s in attribute(text).statements if s.quote_type != "narration"] == []


@pytest.mark.parametrize("model", ["compact", "accurate"])
def test_a_whole_republished_story(model: ModelName) -> None:
    story = (Path(__file__).parent / "fixtures" / "republished_story.txt").read_text(encoding="utf-8")
    body = story.strip().split("\n", 1)[1][: story.index("Reference(s):")].strip()
    said = {(s.speaker_text, s.cue_text, s.quote_type) for s in attribute(body, model=model).statements}
    assert {
        ("Two chess enthusiasts", "shared", "indirect"),
        ("they", "view", "indirect"),
        ("one user", "expressed", "direct"),
        ("Ministry officials", "cite", "indirect"),
        ("Some club trainers", "labelling", "indirect"),
        ("These users", "argue", "indirect"),
        ("the other user", "noted", "direct"),
    } <= said
    last = attribute(body.split("Reference(s):")[0].strip(), model=model).statements[-1]
    assert (last.quote_type, last.text[-8:]) == ("narration", "be seen.")


@pytest.mark.parametrize(
    "text",
    [
        "The “best” plan of the year failed.",
        "Dan “the Crab” Roe went home.",
        "The film “Long Way Home” opens on Friday.",
        "“The Long Way Home,” a novel, won the prize.",
        "The so-called “pier of the people” closed.",
        "A sign marked “no entry” hung there.",
    ],
)
def test_scare_quotes_names_and_titles_stay_narration(text: str) -> None:
    assert [row(statement) for statement in attribute(text).statements] == [("narration", text, None, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "“A lovely day,” she said. “It will not last.”",
            [("direct", "A lovely day,", "she", "said"), ("direct", "It will not last.", None, None)],
        ),
        (
            "“A lovely day,” Lee said, adding, “It will not last.”",
            [("direct", "A lovely day,", "Lee", "said"), ("direct", "It will not last.", "Lee", "adding")],
        ),
        (
            "“A lovely day,” Lee said in Ridgeport.\n“It will not last.”",
            [
                ("direct", "A lovely day,", "Lee", "said"),
                ("direct", "It will not last.", None, None),
            ],
        ),
        (
            "Critics called it “a form of protest”.",
            [("direct", "a form of protest", "Critics", "called")],
        ),
        (
            "“We voted,” Lee told the board after it met on Monday.",
            [("direct", "We voted,", "Lee", "told")],
        ),
        (
            "After the vote failed, Lee said: “We tried.”",
            [("narration", "After the vote failed", None, None), ("direct", "We tried.", "Lee", "said")],
        ),
        (
            "“It is done.” Lee said the plan would pass.",
            [("direct", "It is done.", None, None), ("indirect", "the plan would pass", "Lee", "said")],
        ),
        ("By Ann Lee\nRIDGEPORT\nThe pier closed.", [("narration", "The pier closed.", None, None)]),
        (
            "A stray ” mark stood here.\n“We saw it,” Lee said.",
            [("narration", "A stray ” mark stood here.", None, None), ("direct", "We saw it,", "Lee", "said")],
        ),
    ],
)
def test_several_rows(text: str, expected: list[Row]) -> None:
    assert [row(statement) for statement in attribute(text).statements] == expected


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "said"),
    [
        ("Lee said the pier is closed.", "Lee", "said", "the pier is closed"),
        ("Lee said that the pier is closed.", "Lee", "said", "the pier is closed"),
        ("The pier is closed for good, Ann Lee told reporters.", "Ann Lee", "told", "The pier is closed for good"),
        ("According to the report, the pier is unsafe.", "the report", "According to", "the pier is unsafe"),
        ("Police urged residents to stay away from the pier.", "Police", "urged", "to stay away from the pier"),
        ("Residents fear that the pier will fall.", "Residents", "fear", "the pier will fall"),
        ("The mayor denied that the pier was unsafe.", "The mayor", "denied", "the pier was unsafe"),
        ("Officials warned the pier could collapse.", "Officials", "warned", "the pier could collapse"),
        ("Lee believes the pier will open in May.", "Lee", "believes", "the pier will open in May"),
    ],
)
def test_one_paraphrase(text: str, speaker: str, cue: str, said: str) -> None:
    statements = attribute(text).statements
    assert [row(s) for s in statements if s.quote_type != "narration"] == [("indirect", said, speaker, cue)]


@pytest.mark.parametrize(
    ("text", "remains"),
    [
        ("They slept, according to the transmitters they wear.", []),
        ("They slept, according to the transmitters; they wear them.", ["they wear them."]),
    ],
)
def test_a_clause_that_describes_a_source_is_no_narration(text: str, remains: list[str]) -> None:
    sentences = segment_article("a", text, [Block(kind="paragraph", start_char=0, end_char=len(text))])
    start = text.index("the transmitters")
    source = (start, start + len("the transmitters"))
    cuts = [(0, len("They slept")), (text.index("according"), source[1]), source]
    found = narration_spans(text, sentences, cuts, {source}, english=True)
    assert [text[a:b] for spans in found for a, b in spans] == remains


def test_an_interrupted_quotation_is_one_statement_with_two_spans() -> None:
    attributed = attribute("“The pier,” she said, “is closed.”")
    assert [(span.span_index, span.start_char, span.end_char) for span in attributed.spans] == [(0, 1, 10), (1, 23, 33)]
    assert attributed.statements[0].statement_id == "a:1-33"


def test_a_sentence_behind_the_cue_has_the_same_speaker() -> None:
    statements = attribute("“A lovely day,” she said. “It will not last.”").statements
    assert statements[0].speaker_id == statements[1].speaker_id == "a:speaker-1"


def test_someone_else_in_between_ends_the_running_speaker() -> None:
    statements = attribute("“A lovely day,” Lee said. Roe walked off. “It will not last, not here.”").statements
    direct = [statement for statement in statements if statement.quote_type == "direct"]
    assert direct[0].speaker_id != direct[1].speaker_id


@pytest.mark.parametrize("kind", ["heading", "caption", "credit"])
def test_headings_captions_and_credits_hold_no_statements(kind: BlockKind) -> None:
    assert attribute("“The pier is closed,” Lee said.", kind=kind).statements == []


def test_other_languages_have_quotations_without_speakers() -> None:
    attributed = attribute("„Es regnet schon wieder“, sagte sie.\nRegen.", "de")
    assert [row(statement) for statement in attributed.statements] == [
        ("direct", "Es regnet schon wieder", None, None),
        ("narration", "sagte sie.", None, None),
        ("narration", "Regen.", None, None),
    ]
    assert attributed.speakers == []
    assert attributed.statements[0].speaker_id is None


@pytest.mark.parametrize(
    ("cue", "family"),
    [
        ("said", "neutral"), ("told", "neutral"), ("expressed", "neutral"), ("wrote", "neutral"),
        ("pointed out", "neutral"), ("has Said", "neutral"),
        ("insisted", "assertive"), ("claims", "assertive"), ("denied", "assertive"), ("swore", "assertive"),
        ("labelled", "evaluative"), ("labeled", "evaluative"), ("criticised", "evaluative"),
        ("criticizing", "evaluative"), ("praises", "evaluative"),
        ("believes", "cognitive"), ("thought", "cognitive"), ("is expected to", "predictive"),
        ("hopes", "emotive"), ("expressed concern", "emotive"), ("fears that", "emotive"),
        ("according to", "reference"), ("In the words of", "reference"), ("quoted as saying", "reference"),
        ("purple", None), ("", None),
    ],
)  # fmt: skip
def test_cue_family(cue: str, family: str | None) -> None:
    assert cue_family(cue) == family


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Whether it works remains to be seen", True),
        ("the council voted on Monday", True),
        ("it isn’t over", True),
        ("they left", True),
        ("54, of Ridgeport", False),
        ("reporters on Monday", False),
        ("in the proposed building", False),
        ("who asked not to be named", False),
    ],
)
def test_has_finite_verb(text: str, expected: bool) -> None:
    assert has_finite_verb(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The owners of the three lost phones", False),
        ("The tenants of the eighteen closed flats", False),
        ("The eighteen lost their case", True),
        ("The party lost seats", True),
        ("published on Wednesday", False),  # by whom
        ("the paper reports on Monday", False),  # reporting words alone
        ("the paper reports every death on the road it is named after", True),
        ("The pier was", False),  # what it was stood behind it
        ("The pier was closed", True),
        ("who lost her father and, before the year was out, her mother", False),
        ("on Sunday, after six cases were recorded", False),
        ("a nurse who works at night", False),
        ("After the vote failed", True),
        ("On Sunday, the pier closed", True),
        ("The council met when it rained", True),
    ],
)
def test_holds_clause(text: str, expected: bool) -> None:
    assert holds_clause(text) is expected


WORDS = [
    "Lee",
    "she",
    "said",
    "told",
    "added",
    "called it",
    "according to",
    "that",
    "the",
    "user",
    "we voted",
    "saying",
]
PIECES = st.sampled_from(
    [*WORDS, *"“”„«»‘’\"'", " ", " ", " ", ", ", ". ", ": ", "?", "—", "\n", "\n", "é", "\u2009", "𝔘"]
)


@given(st.lists(PIECES | st.characters(codec="utf-8"), max_size=60).map("".join), st.sampled_from(["en", "fr", None]))
def test_any_text(text: str, language: str | None) -> None:
    attributed = attribute(text, language)
    statements, spans = attributed.statements, attributed.spans
    assert len({statement.statement_id for statement in statements}) == len(statements)
    hulls = [(statement.start_char, statement.end_char) for statement in statements]
    assert hulls == sorted(hulls)
    pieces: dict[str, list[tuple[int, int]]] = {}
    for span in spans:
        pieces.setdefault(span.statement_id, []).append((span.start_char, span.end_char))
    narrated: set[int] = set()
    for statement in statements:
        own = pieces.pop(statement.statement_id)
        assert own == sorted(own)
        assert statement.text == " ".join(text[start:end] for start, end in own)
        assert (statement.start_char, statement.end_char) == (own[0][0], own[-1][1])
        for start, end, cut in (
            (statement.speaker_start_char, statement.speaker_end_char, statement.speaker_text),
            (statement.cue_start_char, statement.cue_end_char, statement.cue_text),
        ):
            assert cut == (None if start is None else text[start:end])
        if statement.quote_type == "narration":
            covered = {i for start, end in own for i in range(start, end)}
            assert not covered & narrated
            narrated |= covered
            assert statement.speaker_id is None
    assert not pieces
    counts = [statement.speaker_id for statement in statements]
    assert all(speaker.statement_count == counts.count(speaker.speaker_id) > 0 for speaker in attributed.speakers)
