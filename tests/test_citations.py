"""Reference blocks at the end of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.citations import (
    Reference,
    citations_of,
    link_references,
    origin_publisher,
    parse_reference,
    split_reference_block,
)
from transforms.extract import parse_page

BODY = "The ferry company will raise its fares in spring, it said on Tuesday, and blamed the price of fuel."
TIDES = Reference(title="Tides turn", url="https://harbourgazette.example/tides", domain="harbourgazette.example")


@pytest.mark.parametrize(
    ("block", "references"),
    [
        (["Source: Northwind News Agency"], [Reference(title="Northwind News Agency")]),
        (["SOURCE: HarbourGazette.example"], [Reference(domain="harbourgazette.example")]),
        (["Source: www.harbourgazette.example"],
         [Reference(url="https://www.harbourgazette.example", domain="harbourgazette.example")]),
        (["**Source:** [Tides turn](https://harbourgazette.example/tides)"], [TIDES]),
        (["Reference(s):", "Tides turn", "harbourgazette.example"],
         [Reference(title="Tides turn", domain="harbourgazette.example")]),
        (["References:", "", "Tides turn", "", "https://harbourgazette.example/tides"], [TIDES]),
        (["Sources", "Tides turn, https://harbourgazette.example/tides."], [TIDES]),
        (["Sources:", "Tides turn (https://harbourgazette.example/tides)"], [TIDES]),
        (["Source(s):", "- Tides turn: https://harbourgazette.example/tides", "- Northwind News Agency"],
         [TIDES, Reference(title="Northwind News Agency")]),
        (["References", "1. Tides turn", "https://harbourgazette.example/tides", "2. Storm report",
          "coastguard.example"],
         [TIDES, Reference(title="Storm report", domain="coastguard.example")]),
        (["Sources:", "Tides turn", "harbourgazette.example", "Storm report", "coastguard.example"],
         [Reference(title="Tides turn", domain="harbourgazette.example"),
          Reference(title="Storm report", domain="coastguard.example")]),
        (["Reference:", "Tides turn", "harbourgazette.example", "https://harbourgazette.example/tides"], [TIDES]),
        (["Source: Northwind News Agency", "Source: Cape Wire"],
         [Reference(title="Northwind News Agency"), Reference(title="Cape Wire")]),
        (["Source: Tides turn", "harbourgazette.example"],
         [Reference(title="Tides turn", domain="harbourgazette.example")]),
        (["Reference(s):", "Brook, A. (2019). The slow tides of the northern harbours. Harbour Press."],
         [Reference(title="Brook, A. (2019). The slow tides of the northern harbours. Harbour Press.")]),
        (["Sources:", "coastguard.example", "harbourgazette.example"],
         [Reference(domain="coastguard.example"), Reference(domain="harbourgazette.example")]),
    ],
)  # fmt: skip
def test_a_trailing_block_leaves_the_text(block: list[str], references: list[Reference]) -> None:
    for blank_lines in ([], ["", " "]):
        line_count, found = split_reference_block([BODY, *blank_lines, *block, ""])
        assert (line_count, list(found)) == (1, references)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        [BODY],
        ["Source: Northwind News Agency"],
        ["References:", "Tides turn", "harbourgazette.example"],
        [BODY, "Sources:"],
        [BODY, "Source: Harbour Trust", BODY],
        [BODY, "Sources: tell us what you saw at the harbour on the night of the storm.", BODY],
        [BODY, "Sources: tell us what you saw at the harbour on the night of the storm."],
        [BODY, "Source: " + "harbour " * 60],
        [BODY, "Sources close to the company said that the fares would rise again."],
        [BODY, "The source: a spring in the hills"],
        [BODY, "References:", BODY],
        [BODY, "Sources:", *(f"Line {number}" for number in range(80))],
    ],
)
def test_all_else_stays(lines: list[str]) -> None:
    assert split_reference_block(lines) == (len(lines), ())


def test_a_caption_in_mid_text_does_not_hide_the_block_at_the_end() -> None:
    lines = [BODY, "Source: Harbour Trust", BODY, "Source: Cape Wire"]
    assert split_reference_block(lines) == (3, (Reference(title="Cape Wire"),))


@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        ("[2] Tides turn. https://harbourgazette.example/tides?a=1&b=(2),",
         Reference(title="Tides turn", url="https://harbourgazette.example/tides?a=1&b=(2)",
                   domain="harbourgazette.example")),
        ("Tides turn (harbourgazette.example)", Reference(title="Tides turn", domain="harbourgazette.example")),
        ("news.harbourgazette.example/tides", Reference(domain="news.harbourgazette.example")),
        ("https://news.harbourgazette.example/tides",
         Reference(url="https://news.harbourgazette.example/tides", domain="harbourgazette.example")),
        ("http://[half", Reference()),
        ("U.S. Harbour Office", Reference(title="U.S. Harbour Office")),
    ],
)  # fmt: skip
def test_parse_reference(entry: str, reference: Reference) -> None:
    assert parse_reference(entry) == reference


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ((), None),
        ((TIDES, Reference(title="Cape Wire")), "harbourgazette.example"),
        ((Reference(domain="news.capewire.example"),), "news.capewire.example"),
        ((Reference(title="Northwind News Agency"),), "Northwind News Agency"),
    ],
)
def test_origin_publisher(references: tuple[Reference, ...], expected: str | None) -> None:
    assert origin_publisher(references) == expected


NORTHWIND = Reference(title="Northwind News Agency")
LINKED = Reference(title="Northwind News Agency", url="https://northwind.example/a", domain="northwind.example")


@pytest.mark.parametrize(
    ("html", "references", "expected"),
    [
        ('<p>Source: <a href="https://northwind.example/a">Northwind News Agency</a></p>', [NORTHWIND], [LINKED]),
        ('<p><b>Source:</b> <a href=" https://northwind.example/a ">Northwind News&nbsp;Agency</a></p>',
         [NORTHWIND], [LINKED]),
        ('<p>Source: Northwind News Agency (<a href="https://northwind.example/a">Northwind News</a>)</p>',
         [NORTHWIND], [LINKED]),
        ('<h3>References</h3><ol><li><a href="/t">Tides</a></li>'
         '<li><a href="https://coast.example/s">coast.example</a></li></ol>',
         [Reference(title="Tides"), Reference(domain="coast.example")],
         [Reference(title="Tides", url="https://gazette.example/t", domain="gazette.example"),
          Reference(url="https://coast.example/s", domain="coast.example")]),
        ('<p>Source: <a href="/a">Tides</a></p><p>Source: <a href="https://tides.example/b">Tides</a></p>',
         [Reference(title="Tides")],
         [Reference(title="Tides", url="https://tides.example/b", domain="tides.example")]),
        ('<p><a href="https://early.example">Northwind News Agency</a></p><p>Source: Northwind News Agency</p>',
         [NORTHWIND], [NORTHWIND]),
        ('<p>Source: Northwind News Agency</p><a href="https://gazette.example/news">News</a>',
         [NORTHWIND], [NORTHWIND]),
        ('<p>Source: <a href="javascript:void(0)">Northwind News Agency</a></p>', [NORTHWIND], [NORTHWIND]),
        ('<p>Source: <a href="http://[half">Northwind News Agency</a></p>', [NORTHWIND], [NORTHWIND]),
        ('<p>Source: <a href="https://other.example">Tides turn</a></p>', [TIDES], [TIDES]),
        ("<p>No heading</p>", [NORTHWIND], [NORTHWIND]),
        ("<p>No block</p>", [], []),
    ],
)  # fmt: skip
def test_links_give_references_their_addresses(
    html: str, references: list[Reference], expected: list[Reference]
) -> None:
    tree = parse_page(f"<html><body><article><p>{BODY}</p>{html}</article></body></html>")
    assert tree is not None
    assert list(link_references(references, tree, page_url="https://gazette.example/2024/a")) == expected


def test_citations_are_numbered() -> None:
    citations = citations_of((TIDES, Reference(title="Cape Wire")), article_id="a1")
    assert [(row.article_id, row.citation_index, row.kind, row.title) for row in citations] == [
        ("a1", 0, "reference_block", "Tides turn"),
        ("a1", 1, "reference_block", "Cape Wire"),
    ]


PIECES = st.sampled_from(
    ["Source: x", "Sources:", "", "a.example", "http://[", "1. b", "- ", "(", BODY, "Source:\t", "*"]
)


@given(lines=st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=12))
def test_the_text_is_a_prefix_that_is_not_blank(lines: list[str]) -> None:
    line_count, references = split_reference_block(lines)
    assert 0 <= line_count <= len(lines)
    assert bool(references) == (line_count < len(lines))
    if references:
        assert lines[line_count - 1].strip()
        assert Reference() not in references
