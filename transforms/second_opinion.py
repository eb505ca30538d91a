"""A second engine's word on an article that holds little of its page's prose: did the first take the wrong element?

trafilatura costs three times as much as everything else, so it is asked about one page in twenty. It only says which
of the page's blocks it would take; the blocks, their kinds and their trimming stay ours.
"""

import logging
from collections.abc import Iterable, Sequence

import trafilatura
from lxml.html import HtmlElement

from transforms.blocks import Page, TextBlock
from transforms.bylines import fold_name
from transforms.clutter import prose_length
from transforms.trimming import trim

DOUBTFUL_SHARE = 0.4  # of the page's prose, under which an article might be the wrong part of the page
AGREED_SHARE = 0.5  # of the article's text that the other engine must take too
FOUND_SHARE = 0.5  # of the other engine's text that our blocks must make up for its word to count
LARGER = 2.0  # times the article's text, from which on the other engine's article is the whole and ours a part

# What trafilatura logs ("discarding data") is in the rejection; without a handler of its own it goes to stderr.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


def is_doubtful(page: Page, article: Sequence[TextBlock]) -> bool:
    """Return whether the article has so little of the page's prose that it may be the wrong part of the page."""
    own = sum(map(prose_length, article))
    return own < DOUBTFUL_SHARE * sum(map(prose_length, page.blocks))


def review(tree: HtmlElement, page: Page, article: Sequence[TextBlock]) -> Sequence[TextBlock]:
    """Return the article, or the one trafilatura finds where that is elsewhere or far larger; `tree` is only read."""
    text = trafilatura.extract(tree, include_comments=False, include_tables=False) or ""
    supported = _supported(page, text)
    if _length(supported) < FOUND_SHARE * len(text):
        return article
    common = _length(set(article) & set(supported))
    agrees = common >= AGREED_SHARE * _length(article) and _length(supported) < LARGER * _length(article)
    return article if agrees else trim(page, supported) or article


def _supported(page: Page, text: str) -> list[TextBlock]:
    """Return the page's blocks that are lines of `text`, which sets list items behind a dash."""
    lines = {fold_name(line) for line in text.splitlines()} - {""}
    return [block for block in page.blocks if fold_name(block.text) in lines]


def _length(blocks: Iterable[TextBlock]) -> int:
    return sum(len(block.text) for block in blocks)
