"""Which blocks of a page are its article: hints, clutter, headline, container, trimming, and the second opinion."""

from collections.abc import Sequence

import pytest
from lxml import etree
from lxml.html import HtmlElement, fromstring

from schemas.records import BlockKind
from transforms.blocks import Page, TextBlock, read_page
from transforms.clutter import clutter_nodes, ends_like_sentence, prose_length, teaser_indices
from transforms.content import element_blocks
from transforms.headline import headline_index, is_headline, page_titles
from transforms.page_hints import Hint, element_hint
from transforms.second_opinion import is_doubtful, review
from transforms.trimming import trim

FARES = "The ferry company will raise its fares in spring, it said on Tuesday, and blamed the price of fuel for it."
STORM = "A storm in the last week of January tore three boats from their moorings and drove them onto the mole."
QUOTE = "“We have held this back for two winters,” said Mira Osten, who has run the company since 2019."
TEASER = "The oldest pharmacy of the town closes its doors after two hundred and six years, and nobody wants it."
BODY = f"<p>{FARES}</p><p>{QUOTE}</p><p>{STORM}</p>"
ARTICLE = [FARES, QUOTE, STORM]


def main_blocks(page: Page, titles: Sequence[str]) -> list[TextBlock]:
    return trim(page, element_blocks(page, titles))


def tree_of(body: str, head: str = "") -> HtmlElement:
    return fromstring(f"<html><head>{head}</head><body>{body}</body></html>")


def texts_of(body: str, head: str = "") -> list[str]:
    tree = tree_of(body, head)
    return [block.text for block in main_blocks(read_page(tree), page_titles(tree))]


@pytest.mark.parametrize(
    ("markup", "hint"),
    [
        ("<nav>", "foreign"), ("<footer class='article-body'>", "foreign"), ("<aside>", "clutter"),
        ("<div role='complementary'>", "clutter"), ("<div hidden>", "clutter"), ("<div aria-hidden='true'>", "clutter"),
        ("<p style='display: none'>", "clutter"), ("<div class='RelatedStories'>", "clutter"),
        ("<div class='post__share-bar'>", "clutter"), ("<div id='comments'>", "foreign"),
        ("<div class='cookie-notice'>", "foreign"), ("<div class='c-read-more'>", "clutter"),
        ("<div class='pull-quote'>", "clutter"), ("<blockquote class='twitter-tweet'>", "clutter"),
        ("<p class='standfirst'>", "standfirst"), ("<h2 class='articleSubTitle'>", "standfirst"),
        ("<p id='speakable-summary'>", "none"), ("<p class='summary promo'>", "clutter"),
        ("<div class='sidebar-content article-body'>", "clutter"), ("<div class='sidebar__article-body'>", "none"),
        ("<div class='story has-sidebar'>", "none"), ("<div itemprop='articleBody' class='ad'>", "none"),
        ("<h2 id='why-the-ad-was-pulled'>", "none"), ("<div class='head shadow adapt'>", "none"), ("<div>", "none"),
    ],
)  # fmt: skip
def test_element_hint(markup: str, hint: Hint) -> None:
    assert element_hint(fromstring(f"<div>{markup}</div>")[0]) == hint


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (f"<div>{BODY}</div><div class='related'><p>{TEASER}</p></div>", ARTICLE),
        (f"<div class='related'>{BODY}</div>", ARTICLE),  # holds all of the page's prose
        (f"<p class='promo'>{FARES}</p><p class='promo'>{QUOTE}</p><p class='promo'>{STORM}</p>", ARTICLE),
        (f"{BODY}<div class='comments'>{f'<p>{TEASER}</p>' * 5}</div>", ARTICLE),  # more than the article's
        (f"<div class='modal'><div class='a'>{BODY}</div></div>", ARTICLE),
        (f"<form>{BODY}</form>", ARTICLE),
    ],
)
def test_clutter_nodes(body: str, kept: list[str]) -> None:
    page = read_page(tree_of(body))
    clutter = clutter_nodes(page, [prose_length(block) for block in page.blocks])
    assert [block.text for block in page.blocks if not clutter[block.node]] == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is.", True),
        ("“Is it?”", True),
        ("(It is!)", True),
        ("Three things:", True),
        ("What it is", False),
        ("", False),
    ],
)
def test_ends_like_sentence(text: str, expected: bool) -> None:
    assert ends_like_sentence(text) is expected


def block(text: str, kind: BlockKind = "paragraph", link_length: int = 0) -> TextBlock:
    return TextBlock(node=0, kind=kind, text=text, link_length=link_length)


@pytest.mark.parametrize(
    ("made", "length"),
    [
        (block("x" * 60), 60),
        (block("x" * 59), 0),
        (block("Nobody on the island was asked."), 31),
        (block("Nobody was."), 0),
        (block("x" * 100, link_length=60), 0),
        (block("x" * 200, link_length=130), 70),
        (block("x" * 100, link_length=100), 0),
        (block("x" * 100, kind="heading"), 0),
        (block("x" * 100, kind="caption"), 0),
    ],
)
def test_prose_length(made: TextBlock, length: int) -> None:
    assert prose_length(made) == length


def test_teasers_stand_alone_between_linked_headlines() -> None:
    headline = block("Old pharmacy closes its doors", "heading", link_length=29)
    teasers = [headline, block("3 hours ago"), block(TEASER)] * 3 + [headline]
    assert teaser_indices(teasers) == {2, 5, 8}
    assert teaser_indices(teasers[:7]) == set()  # too few
    assert teaser_indices([headline, block(FARES), block(STORM)] * 4) == set()  # sections of two paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ferry fares to rise in spring", True),
        ("Ferry fares: to rise – in spring!", True),
        ("Ferry fares to rise in spring | Gazette", True),
        ("Gazette: Ferry fares to rise in spring", True),
        ("Ferry fares to rise in spring, and nobody on the island was asked about it", False),
        ("Ferry", False),
        ("Ferry crews to strike in spring", False),
    ],
)
def test_is_headline(text: str, expected: bool) -> None:
    tree = tree_of("", "<title>Ferry fares to rise in spring</title><meta property='og:title' content='x'>")
    assert page_titles(tree) == ["ferryfarestoriseinspring"]
    assert is_headline(text, page_titles(tree)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<h1>Fares to rise in spring</h1>{BODY}", (0, True)),
        (f"<h1>Harbour Gazette</h1><h2>Fares to rise in spring</h2>{BODY}", (1, True)),
        (f"<h2>Fares to rise in spring</h2><h1>Fares to rise in spring</h1>{BODY}", (1, True)),
        (f"<h1>Another headline</h1>{BODY}", (0, False)),
        (f"<h2>A subhead</h2>{BODY}", (-1, False)),
        (f"{BODY}<h1>Fares to rise in spring</h1>", (-1, False)),  # nothing below it
    ],
)
def test_headline_index(body: str, expected: tuple[int, bool]) -> None:
    page = read_page(tree_of(body))
    assert headline_index(page, ["farestoriseinspring"], [prose_length(one) for one in page.blocks]) == expected


TITLE = "<title>Fares to rise in spring</title>"
LINKS = "<li><a href='/a'>The harbour that moved inland</a></li><li><a href='/b'>Who needs a lighthouse?</a></li>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BODY, ARTICLE),
        (f"<h1>Fares to rise in spring</h1>{BODY}", ARTICLE),
        (f"<p>{TEASER}</p><h1>Fares to rise in spring</h1>{BODY}", ARTICLE),
        (f"<div><p class='standfirst'>{TEASER}</p></div><div>{BODY}</div>", ARTICLE),
        (f"<h1>Fares to rise in spring</h1><p>By Ana Brook</p><p>3 hours ago</p>{BODY}", ARTICLE),
        (f"<h1>Fares to rise in spring</h1><p>No warning.</p>{BODY}", ["No warning.", *ARTICLE]),
        (f"{BODY}<p>Nobody was asked.</p>", [*ARTICLE, "Nobody was asked."]),
        (f"{BODY}<ul>{LINKS}</ul><p>{TEASER}</p>", [*ARTICLE, TEASER]),
        (f"{BODY}<h2>Related stories</h2><ul>{LINKS}</ul>", ARTICLE),
        (f"{BODY}<p><a href='/a'>The harbour that moved inland</a></p><p>{TEASER}</p>", [*ARTICLE, TEASER]),
        (f"{BODY}<p>Read also: <a href='/a'>The harbour that moved inland</a></p>", ARTICLE),
        (f"{BODY}<blockquote>held this back for two winters</blockquote><p>{TEASER}</p>", [*ARTICLE, TEASER]),
        (f"{BODY}<blockquote>Nobody was asked</blockquote><p>{TEASER}</p>", [*ARTICLE, "Nobody was asked", TEASER]),
        (f"{BODY}<div><img src='a'><div>The mole in January</div></div><p>{TEASER}</p>", [*ARTICLE, TEASER]),
        (f"{BODY}<div><div>The mole</div><div>Ana Brook/AFP</div></div><p>{TEASER}</p>", [*ARTICLE, TEASER]),
        (f"{BODY}<figure><img><figcaption>The mole in January, after the storm.</figcaption></figure>", ARTICLE),
        (f"{BODY}<p>Mira Osten is a reporter for the Gazette.</p>", ARTICLE),
        (f"{BODY}<p>Ana Brook contributed to this report.</p>", [*ARTICLE, "Ana Brook contributed to this report."]),
        (f"{BODY}<p>Sources:</p><p><a href='/'>gazette.example</a></p>", [*ARTICLE, "Sources:", "gazette.example"]),
        (f"{BODY}<b>Reviews</b><p>Leave a review</p><p>1 2 3</p><p>A dull trip, but a cheap one.</p>", ARTICLE),
        (f"{BODY}<h2>What will change</h2><p>{TEASER}</p>", [*ARTICLE, "What will change", TEASER]),
        ("<p>Short</p><p>lines</p>", ["Short", "lines"]),
        ("", []),
    ],
)  # fmt: skip
def test_main_blocks(body: str, expected: list[str]) -> None:
    assert texts_of(f"<main>{body}</main>", TITLE) == expected


def test_linked_headings_of_a_round_up_stay() -> None:
    entry = "<h3><a href='/x'>{0} chargers for the road</a></h3>" + f"<p>{FARES} It did.</p><p>{STORM}</p>"
    found = texts_of("".join(entry.format(name) for name in ("Fast", "Small", "Cheap")))
    assert [text for text in found if "chargers" in text] == [
        "Fast chargers for the road",
        "Small chargers for the road",
        "Cheap chargers for the road",
    ]


def test_contributors_are_credits() -> None:
    tree = tree_of(f"{BODY}<p>(Reporting by Ana Brook; editing by Tom Lee)</p>")
    assert [one.kind for one in main_blocks(read_page(tree), [])] == ["paragraph"] * 3 + ["credit"]


def doubtful_case() -> tuple[HtmlElement, Page, Sequence[TextBlock]]:
    tree = tree_of(f"<article>{BODY * 3}<p>{TEASER} Twice.</p></article><div><p>{TEASER}</p></div>")
    page = read_page(tree)
    return tree, page, [page.blocks[-1]]


def test_a_second_opinion_replaces_the_wrong_part_of_a_page() -> None:
    tree, page, wrong = doubtful_case()
    before = etree.tostring(tree)
    assert is_doubtful(page, wrong)
    assert [one.text for one in review(tree, page, wrong)][:3] == ARTICLE
    assert etree.tostring(tree) == before


def test_a_second_opinion_that_agrees_changes_nothing() -> None:
    tree, page, _ = doubtful_case()
    article = main_blocks(page, [])
    assert not is_doubtful(page, article)
    assert review(tree, page, article) == article
