import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, BlockKind
from transforms.segment import segment_article, sentence_spans

ROOT = Path(__file__).resolve().parents[1]
DATA_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"

# A bar stands where one sentence ends and the next begins; the text itself has a single space there.
SENTENCES = {
    "plain": [
        "The ferry sank in calm water. | Divers found no damage. | An inquiry opens on Monday.",
        "Who knew? | The harbour office did! | It kept silent.",
        "One line without a full stop",
        "Is that so?! | It is.",
    ],
    "titles": [
        "Sen. Ada Brandt met Gov. Luis Ferro and Dr. Wu on Friday. | Mr. Ferro left early.",
        "Lt. Gen. Tom Okoye spoke to Sgt. Maj. Lee. | Gen. Okoye then flew home.",
        "The case, Brandt v. Ferro, pits labor vs. City Hall. | Prof. Wu teaches it.",
        "ST. MAREK, Minn. (AP) — MR. WU WON. | DR. LEE LOST.",
    ],
    "initials": [
        "J. K. Marlow and Peter F. Dunn signed it. | H.R. Pell did not.",
        "The book is by Robert C. \"Bob\" Scully. | It sold out.",
        "Doctors praise vitamin C. | They take it too.",
        "Nor do I. | This has to end.",
    ],
    "companies": [
        "Veltra Inc. Chairman Jo Lee quit. | Veltra Inc. | The name stays.",
        "She runs Veltra Inc. | “Work comes first,” she said.",
        "Orlo Corp., Dane Co. and Pell Bros. Ltd. rose 3.5 percent. | Others fell.",
        "He succeeds Karl Dunn Jr. | Mr. Dunn, 71, retires.",
        "The S.&P. 500 closed lower. | Yahoo! News reported it first.",
    ],
    "places": [
        "The U.S. Senate left the U.N. Charter alone. | The U.K. abstained.",
        "In Delmar, U.S. President Jo Lee spoke. | Few came.",
        "He moved to the U.S. | She stayed in the E.U. | Then both left.",
        "They will leave the U.S. | President Ferro said so.",
        "A rally in Flint, Mich. | Brandt skipped it.",
        "Ferro ties N.J. Gov. Al Pell and Boston, Mass. Mayor Jo Wu. | Both won.",
        "A call from Flint, Mich. Sen. Jo Wu came late. | A reporter of the (Elgin County, N.J.) Record took it.",
        "Brandt, D-Conn., and Pell (R-Ariz.) voted no. | Wu (D-N.Y.) voted yes.",
        "They met in St. Marek. | The house at 12 Elm St. | It is empty.",
        "She teaches in Dover, Del. | “People listen,” she said.",
    ],
    "dates and times": [
        "It opened on Jan. 14 and closed on Sept. 3, 2015. | It reopens in Feb. | Nobody knows why.",
        "Doors open at 7 p.m. Saturday. | They close at 11 p.m. | Guests leave by 2 a.m. EST.",
        "Police came at 5 p.m. | Officers left at 6 a.m. local time.",
        "Wu and Lee hold a rare interview | Tuesday, September 1, 2015",
        "The talks begin on Tuesday, September 1, 2015",
    ],
    "numbers": [
        "It cost $1.52 a share, up from 1.43. | Rents rose 3.5%. | 40 people left.",
        "The No. 2 official quit. | No. | That was not it.",
        "1. Wu leads the poll. | 2. Lee is second. | 10. Pell is last.",
        "(1) Keep calm. | (2) Carry on.",
        "Q. Who paid? | A. Nobody did.",
    ],
    "degrees and Latin": [
        "She holds a Ph.D. from Delmar and an M.B.A. from Orlo. | She is 45.",
        "Lee et al., citing e.g. tides, i.e. water, found nothing. | It was expected.",
    ],
    "datelines": [
        "LONDON (Reuters) — Shares fell. | Bonds rose.",
        "RENO, Nev. (AP) — Voters stayed home. | Nobody won.",
        "PORT ELGIN, W. Va. - The mine closed. | It had 40 workers.",
        "WASHINGTON, Sept. 26 (UPI) — The bill died. | The House adjourned.",
    ],
    "speech": [
        '"I can\'t vote for it," he said. | "It is wrong."',
        '"I can\'t." he said. | She could.',
        '"I don\'t know. | I wasn\'t there," Gov. Luis Ferro said.',
        "“We tried. | We failed,” she said. | “We will try again.”",
        'He said: "The U.S. is ready. | We have a plan."',
        '"What do you want?" | "Justice," she replied.',
        '"Is this the end?" he asked. | No one answered.',
        "“Is this the end?” Jo Wu asked. | “Who knows?” Sen. Al Pell of Utah said in reply.",
        "“Is this the end?” | Wu said he did not know.",
        "“Is it over?” | Wu replied, “It is.”",
        "“It is over.” Pell said. | “It is not.” | Pell replied, “It is.”",
        "“It is over.” | Pell said in May that he would go.",
        "“Is it over?” | He said nothing.",
        '"Stop!" | The officer fired twice.',
        'Wu asked, "Why now?" and left. | Aides followed.',
        "It was “a lie.” | The ministry disagreed.",
        "''It is O.K. to want more,'' Ms. Wu said. | ''I do.''",
        "‘We won’t go,’ Mr Pell said. | ‘We stay.’ | ‘Why?’",
        "„Wir gehen.“ | „Wir bleiben.“ | »Gut.« | « Bien. » | « Oui. »",
        'He told them, "He said, \'Go home.\'" | They went.',
        "“It is late,” she said. | “ You know that.”",
    ],
    "brackets": [
        "The minister (who quit in Feb.) is silent. | Her office is not.",
        "Nobody came. | (It rained.) | The hall stayed shut.",
        "“[Nine] years ago we met. | [Pell] paid,” she said.",
        "Both backed [George W.] Dunn in 2000. | [He won.]",
    ],
    "ellipses": [
        "He paused... then left the room. | Nobody spoke.",
        "“…and that is why we are here,” she said. | The crowd cheered.",
        "“It is a good start. | ... We need more,” she said.",
        "“He seemed grown up. | … he seemed strong,” Pell said.",
        "“It was a time . . . for all,” he said. | She nodded.",
        "“I never met ... Pell there,” he said. | “But ... yes.”",
        "“It is up to . . . Pell.” | He nodded.",
        "I voted for it… | Then I saw the bill.",
    ],
    "addresses": [
        "Visit www.example.com. | Tickets cost $20.",
        "Write to jo.wu@example.org or see https://example.com/a.b?C=d. | Thank you.",
        "Example.Com is down. | The site news.example.com/Index.Html is up.",
    ],
    "lost spaces": [
        "The plane took off.|A video shows it.",
        "“They all voted.”|Then came the count. | It took hours!|Nobody slept.",
        "The U.S.Senate met. | Mrs.Wu met J.Crew staff.",
        'She left."They stayed." | A straight quotation mark may open or close.',
    ],
    "lower case": [
        "The iPad sold well. | iPhone sales fell. | eBay is next.",
        "It ended. and then nothing.",
        "@jowu agreed. | #justice trended. | $5 million is gone. | @jowu left.",
    ],
    "page furniture": [
        "A crane at the port of Delmar | Photo: Jo Lee/Agency",
        "A crane at the port (Photo: Jo Lee)",
        "A crane at the port. | AP Photo: Jo Lee",
        "Tags: | Ports, Cranes, Delmar",
        "• Wu leads | • Lee is second | • Pell is last",
    ],
}  # fmt: skip

ROWS = [row for rows in SENTENCES.values() for row in rows]


def sentences(paragraph: str) -> list[str]:
    return [paragraph[start:end] for start, end in sentence_spans(paragraph)]


@pytest.mark.parametrize("marked", ROWS)
def test_sentences(marked: str) -> None:
    expected = [piece.strip() for piece in marked.split("|")]
    assert sentences(marked.replace(" | ", " ").replace("|", "")) == expected


@pytest.mark.parametrize("blank", ["", " ", "\n\t\u3000\xa0"])
def test_blank_text_has_no_sentences(blank: str) -> None:
    assert sentence_spans(blank) == []


# What our rules look at, to be thrown together in any order.
MATERIAL = """
    . ! ? … ... .. : | • — ” “ " ' '' ( ) [ ] « » 1 12 a A I i U.S J. Mr No p.m Inc Mich, Mich Sen Photo: Tags: AP The
    he Wu said. asked the http://a.b/c? @jo # $5 (AP) Tuesday, September 1, 2015 Yahoo! iPad Ümit 中
"""
TEXTS = st.text() | st.lists(st.sampled_from(MATERIAL.split()) | st.sampled_from(" \xa0\n\u3000")).map("".join)


@given(TEXTS)
def test_spans_are_ordered_and_cover_all_but_white_space(text: str) -> None:
    end_before = 0
    for start, end in sentence_spans(text):
        assert end_before <= start < end
        assert not text[end_before:start].strip()
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        end_before = end
    assert not text[end_before:].strip()


@given(TEXTS)
def test_white_space_around_a_paragraph_only_shifts_it(text: str) -> None:
    assert sentence_spans(f" \n{text}\xa0 ") == [(start + 2, end + 2) for start, end in sentence_spans(text)]


@pytest.mark.parametrize("marked", ROWS)
def test_a_no_break_space_is_a_space(marked: str) -> None:
    text = marked.replace("|", "")
    assert sentence_spans(text.replace(" ", "\xa0")) == sentence_spans(text)
    assert sentence_spans(text + "\xa0") == sentence_spans(text)


@given(st.text(alphabet="abcXYZÄß ,;—’\n"))
def test_without_a_mark_a_paragraph_is_one_sentence(text: str) -> None:
    assert len(sentence_spans(text)) == bool(text.strip())


@pytest.mark.parametrize(
    "marked", [row for topic, rows in SENTENCES.items() if topic != "page furniture" for row in rows]
)
def test_a_sentence_alone_is_one_sentence(marked: str) -> None:
    for sentence in marked.split("|"):
        assert sentences(sentence) == [sentence.strip()]


TEXT = (
    "Wu wins. Again.\n\nWu won. Lee lost.\n\n  \n\nPhoto: Dr. Jo Lee. All rights reserved.\n\nNot in any block. Or so."
)


def block_of(kind: BlockKind, text: str) -> Block:
    start = TEXT.index(text)
    return Block(kind=kind, start_char=start, end_char=start + len(text))


BLOCKS = [
    block_of("heading", "Wu wins. Again.\n"),
    block_of("paragraph", "Wu won. Lee lost.\n\n"),
    block_of("paragraph", "  \n"),
    block_of("credit", "Photo: Dr. Jo Lee. All rights reserved."),
]


def test_segments_of_an_article() -> None:
    segments = segment_article("a1", TEXT, BLOCKS)
    assert [(s.paragraph_index, s.sentence_index, s.kind, s.text) for s in segments] == [
        (0, 0, "heading", "Wu wins. Again."),
        (1, 0, "paragraph", "Wu won."),
        (1, 1, "paragraph", "Lee lost."),
        (3, 0, "credit", "Photo: Dr. Jo Lee."),
        (3, 1, "credit", "All rights reserved."),
    ]
    assert segments[2].segment_id == "a1:25-34"
    assert {s.article_id for s in segments} == {"a1"}


@given(TEXTS, TEXTS, st.sampled_from(["heading", "paragraph", "caption"]))
def test_segments_round_trip_and_stay_in_their_block(before: str, inside: str, kind: BlockKind) -> None:
    text = before + inside + before
    block = Block(kind=kind, start_char=len(before), end_char=len(before + inside))
    segments = segment_article("a1", text, [block])
    for segment in segments:
        assert text[segment.start_char : segment.end_char] == segment.text
        assert block.start_char <= segment.start_char < segment.end_char <= block.end_char
    assert "".join("".join(s.text.split()) for s in segments) == "".join(inside.split())
    assert kind != "heading" or len(segments) == bool(inside.strip())


def test_quality_floors() -> None:
    if not DATA_FOLDER.is_dir():
        pytest.skip("shared/data is absent")
    command = [sys.executable, str(ROOT / "benchmarks" / "segmentation.py"), str(DATA_FOLDER)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
