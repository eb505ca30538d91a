"""Which parts of a page are not its article: what hints call clutter, unless it holds much of the page's prose.

Everything here works on lists parallel to `Page.nodes` or `Page.blocks` and is linear in their length.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from transforms.blocks import ROOT, Page, TextBlock
from transforms.page_hints import Hint

MIN_PROSE_LENGTH = 60  # characters; a shorter line counts as prose only if it ends like a sentence
MIN_SENTENCE_LENGTH = 20  # characters
MAX_HEADING_LENGTH = 200  # characters; a longer <h3> is a paragraph in disguise
LINKED_SHARE = 0.75  # of a line in links from which it is a link and no prose
MIN_OWN_TEXT = 40  # characters outside its links that make a line prose all the same
MAX_TEASER_LENGTH = 300  # characters
MIN_TEASER_TITLE_LENGTH = 25  # characters of a link that could be a headline
TEASER_REACH = 4  # blocks at most between two linked headlines: kicker, author, date, teaser
MIN_TEASERS = 3  # a page with fewer has linked subheads
# Share of the page's prose above which a hint is overruled
CLUTTER_LIMIT = 0.4
FOREIGN_LIMIT = 0.9
CLOSING_MARKS = "\"”’'»)] "
SENTENCE_MARKS = (".", "?", "!", "…", ":", "。")


def ends_like_sentence(text: str) -> bool:
    """Return whether the text ends with a sentence's mark, closing quotes and brackets apart."""
    return text.rstrip(CLOSING_MARKS).endswith(SENTENCE_MARKS)


def is_linked(block: TextBlock) -> bool:
    """Return whether a line is a link and little else."""
    length = len(block.text)
    return block.link_length > LINKED_SHARE * length and length - block.link_length < MIN_OWN_TEXT


def prose_length(block: TextBlock) -> int:
    """Return the characters outside links of a block of running text, 0 for any other block."""
    length = len(block.text)
    own = length - block.link_length
    if block.kind == "caption" or (block.kind == "heading" and length < MAX_HEADING_LENGTH):
        return 0
    if length >= MIN_PROSE_LENGTH and own >= min(MIN_PROSE_LENGTH, length / 2) and own >= (1 - LINKED_SHARE) * length:
        return own
    is_sentence = length >= MIN_SENTENCE_LENGTH and block.link_length == 0 and ends_like_sentence(block.text)
    return own if is_sentence else 0


def subtree_sums(page: Page, weights: Sequence[float]) -> list[float]:
    """Return for each node the sum of the weights (one per block) of all blocks in it."""
    sums = [0.0] * len(page.nodes)
    for block, weight in zip(page.blocks, weights, strict=True):
        sums[block.node] += weight
    for index in range(len(page.nodes) - 1, ROOT, -1):
        sums[page.nodes[index].parent] += sums[index]
    return sums


def descendants(page: Page, chosen: Sequence[bool]) -> list[bool]:
    """Return for each node whether it or an element around it is chosen."""
    inside = list(chosen)
    for index in range(ROOT + 1, len(page.nodes)):
        inside[index] = inside[index] or inside[page.nodes[index].parent]
    return inside


def clutter_nodes(page: Page, prose: Sequence[float]) -> list[bool]:
    """Return for each node whether it stands in clutter; `prose` is the prose length of each block.

    Elements of one class count together: a site may give every paragraph the same unlucky name.
    """
    foreign = descendants(page, _suspects(page, prose, "foreign", FOREIGN_LIMIT))
    own_prose = [0 if foreign[block.node] else length for block, length in zip(page.blocks, prose, strict=True)]
    clutter = descendants(page, _suspects(page, own_prose, "clutter", CLUTTER_LIMIT))
    return [either or other for either, other in zip(clutter, foreign, strict=True)]


def _suspects(page: Page, prose: Sequence[float], hint: Hint, limit: float) -> list[bool]:
    """Return for each node whether it has the hint and, with all of its class, at most that share of the prose."""
    sums = subtree_sums(page, prose)
    sums_of_class: dict[str, float] = defaultdict(float)
    for node, total in zip(page.nodes, sums, strict=True):
        if node.hint == hint and node.classes:
            sums_of_class[node.classes] += total
    most = limit * sums[ROOT]
    return [
        node.hint == hint and max(total, sums_of_class[node.classes]) <= most
        for node, total in zip(page.nodes, sums, strict=True)
    ]


def teaser_indices(blocks: Sequence[TextBlock]) -> set[int]:
    """Return the indices of short texts that stand alone between two linked headlines: other articles' teasers."""
    titles = [index for index, block in enumerate(blocks) if _is_teaser_title(block)]
    found = set()
    for title, following in pairwise(titles):
        if blocks[title].kind != "heading" or following - title > TEASER_REACH + 1:
            continue
        texts = [index for index in range(title + 1, following) if prose_length(blocks[index])]
        if len(texts) == 1 and len(blocks[texts[0]].text) < MAX_TEASER_LENGTH:
            found.update(texts)
    return found if len(found) >= MIN_TEASERS else set()


def _is_teaser_title(block: TextBlock) -> bool:
    return is_linked(block) and (block.kind == "heading" or len(block.text) >= MIN_TEASER_TITLE_LENGTH)
