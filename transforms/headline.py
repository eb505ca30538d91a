"""Where the headline stands among a page's blocks; nothing above it is the article's."""

from collections.abc import Sequence

from lxml.html import HtmlElement

from transforms.blocks import Page
from transforms.bylines import fold_name

MIN_TITLE_LENGTH = 12  # characters, folded; a shorter title is a section's or a site's name
SAME_TITLE_SHARE = 0.6  # of the longer title that the shorter one must make up: "<headline> | <site>"
MIN_PROSE_BELOW = 200  # characters; with less prose below it, it is a teaser's headline
MIN_SHARE_BELOW = 0.15  # of the page's prose, likewise
TITLE_TAGS = ("og:title", "twitter:title")
MAX_TITLES = 4


def page_titles(tree: HtmlElement) -> list[str]:
    """Return the folded titles that a page's head gives it."""
    titles: list[str] = []
    for element in tree.iter("title", "meta"):
        title = fold_name(_title_of(element))
        if len(title) >= MIN_TITLE_LENGTH:
            titles.append(title)
        if len(titles) == MAX_TITLES:
            break
    return titles


def is_headline(text: str, titles: Sequence[str]) -> bool:
    """Return whether the text is one of the folded titles, with or without the site's name."""
    folded = fold_name(text)
    return len(folded) >= MIN_TITLE_LENGTH and any(_is_same(folded, title) for title in titles)


def headline_index(page: Page, titles: Sequence[str], prose: Sequence[float]) -> tuple[int, bool]:
    """Return the index of the headline's block and whether it repeats a title; (-1, False) where there is none.

    `prose` is the prose length of each block. Of several, the last with enough prose below it.
    """
    below = _sums_from(prose)
    enough = max(MIN_PROSE_BELOW, MIN_SHARE_BELOW * below[0])
    headings = [i for i, block in enumerate(page.blocks) if block.kind == "heading" and below[i] >= enough]
    first_rank = {index for index in headings if page.nodes[page.blocks[index].node].tag == "h1"}
    titled = [index for index in headings if is_headline(page.blocks[index].text, titles)]
    if titled:
        return max([index for index in titled if index in first_rank] or titled), True
    return (min(first_rank), False) if first_rank else (-1, False)


def _title_of(element: HtmlElement) -> str:
    if element.tag == "title":
        return element.text or ""
    return element.get("content") or "" if (element.get("property") or element.get("name")) in TITLE_TAGS else ""


def _is_same(text: str, title: str) -> bool:
    shorter, longer = sorted((text, title), key=len)
    is_part = longer.startswith(shorter) or longer.endswith(shorter)
    return is_part and len(shorter) >= SAME_TITLE_SHARE * len(longer)


def _sums_from(values: Sequence[float]) -> list[float]:
    """Return for each position the sum of the values from there on, and 0 for the end."""
    sums = [0.0]
    for value in reversed(values):
        sums.append(sums[-1] + value)
    return sums[::-1]
