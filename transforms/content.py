"""The main content of a page: the element that holds the article, and which of its blocks are the article's.

The element is the one whose blocks add up to most, prose counting for it and every other line against it: maximum
subsequence segmentation (Pasternack and Roth, 2009) on the tree in place of the sequence of tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.blocks import ROOT, Page, TextBlock
from transforms.boilerplate import is_boilerplate, is_byline
from transforms.clutter import (
    clutter_nodes,
    descendants,
    ends_like_sentence,
    is_linked,
    prose_length,
    subtree_sums,
    teaser_indices,
)
from transforms.headline import headline_index, is_headline
from transforms.page_hints import split_words

TEXT_ELEMENTS = split_words("p h1 h2 h3 h4 h5 h6 li dt dd blockquote figcaption caption pre")
LINE_COST = 40  # what a line that is no prose takes off an element's score, in characters of prose
LINK_COST = 0.3  # the same, per character of link text
CORE_SHARE = 0.9  # of the container's prose, from which the element that holds it is the article's core


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """The blocks that may be the article's."""

    page: Page
    indices: list[int]  # into `Page.blocks`, outside clutter and below a headline that repeats the page's title
    prose: list[float]  # for each block of the page: its prose length, 0 if it is no candidate
    headline: int  # index of the headline's block, -1 where none was found


def element_blocks(page: Page, titles: Sequence[str]) -> list[TextBlock]:
    """Return all blocks of the element that holds the article, in page order, the site's own lines included.

    `titles` are the folded titles that the page's head gives it.
    """
    candidates = _candidates(page, titles)
    container = _container(candidates)
    in_container = _nodes_in(page, container)
    in_core = _nodes_in(page, _core(candidates, container))
    first = next((i for i in candidates.indices if in_core[page.blocks[i].node] and _is_paragraph(candidates, i)), 0)
    chosen = []
    for index in candidates.indices:
        block = page.blocks[index]
        is_core = in_core[block.node]
        if is_core if index >= first else _opens_article(candidates, index, titles, is_core, in_container[block.node]):
            chosen.append(block)
    return chosen


def _candidates(page: Page, titles: Sequence[str]) -> _Candidates:
    lengths = [float(prose_length(block)) for block in page.blocks]
    clutter = clutter_nodes(page, lengths)
    indices = [index for index, block in enumerate(page.blocks) if not clutter[block.node]]
    teasers = {indices[position] for position in teaser_indices([page.blocks[index] for index in indices])}
    indices = [index for index in indices if index not in teasers]
    prose = _only(lengths, indices)
    headline, is_title = headline_index(page, titles, prose)
    if is_title:
        indices = [index for index in indices if index > headline]
    return _Candidates(page=page, indices=indices, prose=_only(prose, indices), headline=headline)


def _only(values: Sequence[float], indices: Sequence[int]) -> list[float]:
    kept = [0.0] * len(values)
    for index in indices:
        kept[index] = values[index]
    return kept


def _container(candidates: _Candidates) -> int:
    """Return the node with the highest score, the innermost of equals; the root where the page has no prose."""
    page = candidates.page
    scores = [0.0] * len(page.blocks)
    for index in candidates.indices:
        block = page.blocks[index]
        if block.kind != "caption":
            scores[index] = candidates.prose[index] or -LINE_COST - LINK_COST * block.link_length
    sums = subtree_sums(page, scores)
    best = max(range(len(sums)), key=lambda node: (sums[node], node))
    return _around_text(page, best) if sums[best] > 0 else ROOT


def _core(candidates: _Candidates, container: int) -> int:
    """Return the innermost node that holds nearly all of the container's prose."""
    nodes = candidates.page.nodes
    sums = subtree_sums(candidates.page, candidates.prose)
    core = container
    for node in range(container + 1, len(nodes)):
        if nodes[node].parent == core and sums[node] >= CORE_SHARE * sums[container]:
            core = node
    return _around_text(candidates.page, core)


def _around_text(page: Page, node: int) -> int:
    """Return the node, or the one around it where it is a paragraph: an article has room for several."""
    while page.nodes[node].tag in TEXT_ELEMENTS:
        node = page.nodes[node].parent
    return node


def _nodes_in(page: Page, around: int) -> list[bool]:
    return descendants(page, [node == around for node in range(len(page.nodes))])


def _is_paragraph(candidates: _Candidates, index: int) -> bool:
    block = candidates.page.blocks[index]
    is_text = block.kind != "heading" and candidates.prose[index] > 0 and not _is_standfirst(candidates.page, block)
    return is_text and not is_boilerplate(block.text, block.link_length)


def _opens_article(
    candidates: _Candidates, index: int, titles: Sequence[str], in_core: bool, in_container: bool
) -> bool:
    """Return whether a block above the core's first paragraph belongs to the article: no kicker, byline, standfirst."""
    page, block = candidates.page, candidates.page.blocks[index]
    if index <= candidates.headline or is_headline(block.text, titles):
        return False
    if block.kind == "heading":  # a linked one may open the first entry of a round-up
        return in_core and (candidates.headline < 0 or is_linked(block))
    if is_linked(block) or not ends_like_sentence(block.text) or _is_standfirst(page, block):
        return False
    return (in_core or (in_container and candidates.prose[index] > 0)) and not is_byline(block.text)


def _is_standfirst(page: Page, block: TextBlock) -> bool:
    node = page.nodes[block.node]
    return "standfirst" in (node.hint, page.nodes[node.parent].hint)
