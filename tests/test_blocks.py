"""Blocks of a page: what stands on a line of its own, its kind, its links, and first letters set large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import HtmlElement, fromstring

from transforms.blocks import TypedText, mend_drop_cap, read_page


def tree_of(body: str) -> HtmlElement:
    return fromstring(f"<html><body>{body}</body></html>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <b>and</b> <a href='/'>two</a>.</p>", [("paragraph", "One and two.")]),
        ("<div>One<p>Two</p>three</div>", [("paragraph", "One"), ("paragraph", "Two"), ("paragraph", "three")]),
        ("<p>One<br>two<br> <br>three<br/><br/><br/>four</p>",
         [("paragraph", "One two"), ("paragraph", "three"), ("paragraph", "four")]),
        ("<h2>A <i>head</i></h2><h3><div>Below</div></h3>", [("heading", "A head"), ("heading", "Below")]),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", [("list_item", "One"), ("list_item", "Two")]),
        ("<blockquote>One<p>Two</p><ul><li>Three</li></ul></blockquote>",
         [("blockquote", "One"), ("blockquote", "Two"), ("blockquote", "Three")]),
        ("<figure><img src='a'><figcaption>Seen <p>here</p></figcaption></figure>",
         [("caption", "Seen"), ("caption", "here")]),
        ("<p>Kept<script>x</script> <style>y</style>whole<!-- this --> text</p>", [("paragraph", "Kept whole text")]),
        ("<news-teaser>One</news-teaser>two", [("paragraph", "One"), ("paragraph", "two")]),
        ("<p>One <span class='sr-only'>for readers</span> two</p>",
         [("paragraph", "One"), ("paragraph", "for readers"), ("paragraph", "two")]),
        ("<p> \n\t </p><p></p>", []),
        ("", []),
    ],
)  # fmt: skip
def test_blocks(body: str, expected: list[TypedText]) -> None:
    assert [(block.kind, block.text) for block in read_page(tree_of(body)).blocks] == expected


def test_link_text_is_counted() -> None:
    page = read_page(tree_of("<p>See <a href='/'>the <b>fares</b></a> now</p><a href='/'><div>All of it</div></a>"))
    assert [(block.text, block.link_length) for block in page.blocks] == [("See the fares now", 8), ("All of it", 9)]


def test_nodes_stand_before_their_children() -> None:
    page = read_page(tree_of("<div><p>One</p><ul><li>Two</li></ul></div><p><img src='a'>Three</p>"))
    assert [node.tag for node in page.nodes] == ["html", "body", "div", "p", "ul", "li", "p"]
    assert all(node.parent < index for index, node in enumerate(page.nodes) if index)
    assert [page.nodes[block.node].tag for block in page.blocks] == ["p", "li", "p"]
    assert [node.has_image for node in page.nodes] == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T he ferry", "The ferry"),
        ("W hen she came", "When she came"),
        ("A fter the storm", "After the storm"),
        ("I n the harbour", "In the harbour"),
        ("I nside", "Inside"),
        ("A ferry sank", "A ferry sank"),
        ("I saw it", "I saw it"),
        ("X marks the spot", "X marks the spot"),
        ("C major is a key", "C major is a key"),
        ("J. Brook", "J. Brook"),
        ("T HE FERRY", "T HE FERRY"),
        ("The T he", "The T he"),
        ("", ""),
    ],
)
def test_mend_drop_cap(text: str, expected: str) -> None:
    assert mend_drop_cap(text) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<p><span class='dropcap'>T</span>he ferry</p>",
        "<p><span class='dropcap'>T</span> he ferry</p>",
        "<p><b>T</b>\nhe ferry</p>",
    ],
)
def test_drop_caps_of_markup(body: str) -> None:
    assert [block.text for block in read_page(tree_of(body)).blocks] == ["The ferry"]


def test_a_deep_tree_is_read_without_recursion() -> None:
    tree = tree_of("")
    element = tree
    for _ in range(20_000):
        element = etree.SubElement(element, "div")
    element.text = "At the bottom"
    assert [block.text for block in read_page(tree).blocks] == ["At the bottom"]


@given(st.recursive(st.text("ab <>&", max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=20))
def test_every_character_is_in_one_block(content: object) -> None:
    def add(parent: HtmlElement, part: object) -> None:
        child = etree.SubElement(parent, "div" if isinstance(part, list) else "b")
        if isinstance(part, list):
            for item in part:
                add(child, item)
        else:
            child.text = str(part)

    tree = tree_of("")
    add(tree, content)
    found = "".join("".join(block.text for block in read_page(tree).blocks).split())
    assert found == "".join("".join(tree.itertext()).split())
