"""The reading view: texts are cut where statements begin and end, none is lost, a sample stays small."""

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import report_reading
from flows.report import make_page
from flows.report_reading import Stretch, cut_blocks, web_address
from flows.store import Store
from tests.report_rows import Said, commit_report_rows, make_article, reading_of, words_of

MAX_PAGE_BYTES = 3_000_000


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("dataset"))
    commit_report_rows(store)
    return store.folder


@pytest.fixture(scope="module")
def page(dataset: Path) -> Any:
    return lxml.html.document_fromstring(make_page(dataset))


def content(start: int, end: int, statement: int) -> Stretch:
    return Stretch(start_char=start, end_char=end, statement=statement, is_content=True)


@pytest.mark.parametrize(
    ("text", "stretches", "blocks"),
    [
        ("", [], []),
        ("A b.", [], [["paragraph", [["A b."]]]]),
        ("A b.\n\nC.", [content(2, 3, 0)], [["paragraph", [["A "], ["b", [0]], ["."]]], ["paragraph", [["C."]]]]),
        ("a🚋bc", [content(1, 3, 0)], [["paragraph", [["a"], ["🚋b", [0]], ["c"]]]]),  # code points
        ("abcd", [content(0, 4, 0), content(1, 3, 1)], [["paragraph", [["a", [0]], ["bc", [1, 0]], ["d", [0]]]]]),
        ("abcd", [content(0, 3, 0), content(1, 4, 1)], [["paragraph", [["a", [0]], ["bc", [0, 1]], ["d", [1]]]]]),
        ("ab\ncd", [content(1, 4, 0)], [["paragraph", [["a"], ["b", [0]]]], ["paragraph", [["c", [0]], ["d"]]]]),
        (
            "ab",
            [Stretch(start_char=0, end_char=1, statement=0, is_content=False), content(1, 2, 0)],
            [["paragraph", [["a", [], [0]], ["b", [0]]]]],
        ),
    ],
)
def test_texts_are_cut_where_statements_begin_and_end(text: str, stretches: list[Stretch], blocks: list[Any]) -> None:
    assert list(cut_blocks(text, {}, stretches)) == blocks


@given(
    text=st.text(alphabet="ab🚋 \n", max_size=30),
    bounds=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6),
)
def test_no_character_is_lost_and_each_belongs_to_the_statements_that_hold_it(
    text: str, bounds: list[tuple[int, int]]
) -> None:
    kept = [(low, high) for low, high in bounds if low < high <= len(text)]
    stretches = [content(low, high, number) for number, (low, high) in enumerate(kept)]
    lines = [line for line in text.split("\n") if line.strip()]
    blocks = list(cut_blocks(text, {}, stretches))
    assert ["".join(piece[0] for piece in pieces) for _, pieces in blocks] == lines
    found = [
        (character, set(piece[1]) if piece[1:] else set()) for _, ps in blocks for piece in ps for character in piece[0]
    ]
    places = [place for place, character in enumerate(text) if character != "\n" and _line(text, place).strip()]
    assert found == [
        (text[place], {n for n, (low, high) in enumerate(kept) if low <= place < high}) for place in places
    ]


def _line(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 :].split("\n")[0]


def test_an_article_is_read_with_its_statements_speakers_and_labels(page: Any) -> None:
    articles = {article["title"]: article for article in reading_of(page)["articles"]}
    tram = articles["tram"]
    assert (tram["url"], tram["date"], tram["publisher"]) == (
        "https://gazette.example/tram",
        "2026-11-03",
        "The Gazette",
    )
    assert [name for name, _, _ in tram["speakers"]] == ["Ann Lee", "Ilse Marrack", "the union"]
    assert [statement[1:3] for statement in tram["statements"]] == [[3, 0], [0, 1], [2, 2], [2, 3]]
    assert tram["statements"][0][5] == [[0, 0.97]]
    assert tram["statements"][1][5] == [[1, 0.9]]
    assert tram["blocks"][2][1][-1] == ["the job cuts.", [3, 2]]  # one statement within another


def test_the_sample_holds_the_claims_then_the_newest_and_says_what_it_is(dataset: Path) -> None:
    with patch.object(report_reading, "MAX_ARTICLES", 3), patch("flows.report_lists.TOP_CLAIMS", 1):
        page = lxml.html.document_fromstring(make_page(dataset))
    assert [article["title"] for article in reading_of(page)["articles"]] == ["copy", "ferry", "tram"]
    assert "A sample: 3 of 5 articles" in words_of(page.get_element_by_id("read"))


def test_pages_stay_small(tmp_path: Path) -> None:
    store = Store(tmp_path)
    long = [make_article("x" * 100_000 + str(n), Said(text=f"{n} " + "Ünd 🚋 " * 100_000)) for n in range(3)]
    many = [make_article(f"m{n}", Said(text=f"{n} " + "<b>" * 5_000, by="B" * 9_000)) for n in range(100)]
    commit_report_rows(store, [*long, *many])
    page = make_page(tmp_path)
    assert len(page.encode()) < MAX_PAGE_BYTES
    assert re.search(r"A sample: \d+ of 103 articles", page)
    assert all(article["length"] >= 5_000 for article in reading_of(lxml.html.document_fromstring(page))["articles"])


def test_a_long_article_is_read_as_far_as_its_text_is_shown(tmp_path: Path) -> None:
    parts = [Said(text=f"{n:02} " + "Ünd 🚋 " * 500, worth=n / 100) for n in range(30)]  # 3,003 characters each
    commit_report_rows(Store(tmp_path), [make_article("long", *parts)])
    page = lxml.html.document_fromstring(make_page(tmp_path))
    [article] = reading_of(page)["articles"]
    keys = [statement[0] for statement in article["statements"]]
    assert [key.partition("-")[0] for key in keys] == [str(n * 3_005) for n in range(14)]
    assert article["statementCount"] == 30
    linked = [link.rpartition(":")[2] for link in page.get_element_by_id("claims").xpath(".//a/@href")]
    assert linked == keys[:9:-1]  # of the 20 claims listed, 29 to 10, those shown


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/x", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("JavaScript://a.example/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("file:articles/x.html", False),
        ("//a.example", False),
        ("https:", False),
        ("http://[x", False),
        (None, False),
    ],
)
def test_links_lead_to_the_web_alone(url: str | None, is_link: bool) -> None:
    assert web_address(url) == (url if is_link else None)
