"""Lines that say by their place who speaks: signed quotations and transcripts."""

import pytest

from tests.settled import parts, settled, span_of


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("“It is closed and will stay so.”\n— Ann M. Lee, harbour master", "Ann M. Lee"),
        ("“It is closed and will stay so.” ― Ann Lee", "Ann Lee"),
        ('"It is closed and will stay so." -Commissioner Lee', "Commissioner Lee"),
        ("“It is closed and will stay so.”\n– @annlee", "@annlee"),
        ("“It is closed and will stay so.”\n— Reuters", None),  # who sent the story
        ("“It is closed and will stay so.”\n- Ann Lee went home and nobody was seen on the pier again", None),
        ("“It is closed and will stay so.”\nAnn Lee", None),
    ],
)
def test_a_name_after_a_dash_signs_the_quotation_before_it(text: str, source: str | None) -> None:
    text = f"Roe was here.\n{text}"
    said = settled(text, (("It is closed",), "was", "Roe"))[0]
    assert (parts(text, said), said.quote_type) == (["It is closed and will stay so."], "direct")
    assert (said.source, said.cue) == (
        (span_of(text, source), None) if source else (span_of(text, "Roe"), span_of(text, "was"))
    )


TRANSCRIPT = """The two met on air.
LEE: Is it closed?
ROE: It is. My deputy said it was rotten.
We shut it.
(LAUGHTER)
LEE: Since when?
ROE: Since May.
Nobody asked further."""


def test_the_labelled_turns_of_a_transcript_are_statements() -> None:
    found = settled(
        TRANSCRIPT,
        (("Is it closed?\nROE: It is.",), None, None),  # across two turns: goes
        (("it was rotten",), "said", "My deputy"),  # told inside a turn: stays
    )
    told = [(TRANSCRIPT[slice(*one.source)] if one.source else None, parts(TRANSCRIPT, one)) for one in found]
    assert told == [
        ("LEE", ["Is it closed?"]),
        ("ROE", ["It is. My deputy said it was rotten.", "We shut it."]),
        ("My deputy", ["it was rotten"]),
        ("LEE", ["Since when?"]),
        ("ROE", ["Since May."]),
    ]
    assert {one.quote_type for one in found} == {"direct", "indirect"}


@pytest.mark.parametrize(
    "text",
    [
        "Venue: The pier\nDate: 5 May\nPrice: Free",  # each label once
        "Watch: The pier\nIt shut.\nIt rained.\nIt was cold.\nRead: The sea\nWatch: Rain\nIt shut.\nSo.\nRead: Fish",
        "LEE: It shut.\nLEE: It rained.",  # one speaker
    ],
)
def test_other_labels_are_no_transcript(text: str) -> None:
    assert settled(text) == []
