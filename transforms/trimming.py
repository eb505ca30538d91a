"""The blocks of an article's element without what stands among its paragraphs: lists of links, captions, pull quotes.

What a line's own words show is in `boilerplate`; here it takes the lines around it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transforms.blocks import ROOT, Page, TextBlock
from transforms.boilerplate import (
    is_bio,
    is_boilerplate,
    is_byline,
    is_contributors,
    is_photo_credit,
    opens_comments,
    opens_references,
)
from transforms.bylines import fold_name
from transforms.clutter import (
    CLOSING_MARKS,
    LINKED_SHARE,
    descendants,
    ends_like_sentence,
    is_linked,
    prose_length,
    subtree_sums,
)
from transforms.invitations import invites_reader

MAX_CAPTION_LENGTH = 200  # characters
MAX_BOX_LENGTH = 300  # characters of all text in a picture's box
MIN_ENTRIES = 3  # linked headings with a text each; fewer are links to other articles
MIN_ENTRY_LENGTH = 100  # characters of the text after its heading
MIN_REPEATED_LENGTH = 20  # characters, folded; a shorter quotation may well occur twice
MAX_PULL_QUOTES = 50  # a page with more quotes has no pull quotes, and searching each would take too long
MIN_DUPLICATE_LENGTH = 200  # characters, folded; recipes and tables say shorter things again
MAX_CLOSING_LINES = 3  # bios and invitations looked for at the end
MIN_KEPT_BLOCKS = 3  # of an article that loses its first or last line: a shorter one may be about its author
MIN_BODY_PARAGRAPH = (
    150  # characters; after the last one of these, "Sources:" or "Leave a comment" opens what closes a page
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What the page shows of the place a block stands in."""

    page: Page
    link_lists: frozenset[int]  # nodes of lists that are links and little else
    entries: frozenset[TextBlock]  # linked headings of a round-up
    picture_boxes: Sequence[bool]  # for each node: it stands in an element of a picture and little text


def trim(page: Page, blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Return the article's own blocks, contributors as credits, from those of its element."""
    blocks = blocks[: _closing_start(blocks, opens_comments)]
    reference_start = _closing_start(blocks, opens_references)
    body, references = blocks[:reference_start], blocks[reference_start:]
    kept = _without_repeats(_without_clutter(page, body))
    return [*kept, *references] if references else _without_ends(kept)


def _closing_start(blocks: Sequence[TextBlock], opens: Callable[[str], bool]) -> int:
    """Return the index of the line that opens the comments, or the list of sources, below the last long paragraph."""
    paragraphs = [index for index, block in enumerate(blocks) if prose_length(block) >= MIN_BODY_PARAGRAPH]
    start = paragraphs[-1] + 1 if paragraphs else 1
    return next((i for i in range(start, len(blocks)) if opens(blocks[i].text)), len(blocks))


def _without_clutter(page: Page, blocks: Sequence[TextBlock]) -> list[TextBlock]:
    around = _Surroundings(
        page=page,
        link_lists=_link_lists(page, blocks),
        entries=_entries(blocks),
        picture_boxes=_picture_boxes(page),
    )
    kept = []
    for index, block in enumerate(blocks):
        if is_contributors(block.text):
            kept.append(replace(block, kind="credit"))
        elif not _is_clutter(block, blocks[index + 1] if index + 1 < len(blocks) else None, around):
            kept.append(block)
    return kept


def _is_clutter(block: TextBlock, after: TextBlock | None, around: _Surroundings) -> bool:
    if block.kind == "caption" or is_boilerplate(block.text, block.link_length):
        return True
    if block.kind == "list_item":
        return _list_of(around.page, block) in around.link_lists
    if is_linked(block):
        return block not in around.entries
    if ends_like_sentence(block.text) or block.kind == "heading":
        return False
    return is_byline(block.text) or _is_caption(block, after, around)


def _is_caption(block: TextBlock, after: TextBlock | None, around: _Surroundings) -> bool:
    """Return whether a line that is no sentence stands in a picture's box, or above a photo credit in one element."""
    if len(block.text) > MAX_CAPTION_LENGTH or block.kind != "paragraph":
        return False
    nodes = around.page.nodes
    has_credit = after is not None and nodes[block.node].parent == nodes[after.node].parent
    return around.picture_boxes[block.node] or (has_credit and after is not None and is_photo_credit(after.text))


def _picture_boxes(page: Page) -> list[bool]:
    lengths = subtree_sums(page, [len(block.text) for block in page.blocks])
    boxes = [node.has_image and length <= MAX_BOX_LENGTH for node, length in zip(page.nodes, lengths, strict=True)]
    for index in range(len(page.nodes) - 1, ROOT, -1):
        parent = page.nodes[index].parent
        boxes[parent] = boxes[parent] or (boxes[index] and lengths[parent] <= MAX_BOX_LENGTH)
    return descendants(page, boxes)


def _list_of(page: Page, block: TextBlock) -> int:
    """Return the node of the list that a list item stands in."""
    node = page.nodes[block.node]
    return node.parent if node.tag == "li" else block.node


def _link_lists(page: Page, blocks: Sequence[TextBlock]) -> frozenset[int]:
    lengths: dict[int, int] = defaultdict(int)
    links: dict[int, int] = defaultdict(int)
    for block in blocks:
        if block.kind == "list_item":
            lengths[_list_of(page, block)] += len(block.text)
            links[_list_of(page, block)] += block.link_length
    return frozenset(node for node, length in lengths.items() if links[node] > LINKED_SHARE * length)


def _entries(blocks: Sequence[TextBlock]) -> frozenset[TextBlock]:
    """Return the linked headings that a text follows, where there are several: the entries of a round-up."""
    entries = frozenset(
        block
        for block, after in pairwise(blocks)
        if block.kind == "heading" and is_linked(block) and prose_length(after) >= MIN_ENTRY_LENGTH
    )
    return entries if len(entries) >= MIN_ENTRIES else frozenset()


def _without_repeats(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Leave out pull quotes, which repeat a part of a paragraph, and paragraphs that stand on the page twice."""
    folded = [fold_name(block.text) for block in blocks]
    quotes = sum(block.kind == "blockquote" for block in blocks)
    body = "\n".join(text for text, block in zip(folded, blocks, strict=True) if block.kind != "blockquote")
    kept = []
    seen = set()
    for text, block in zip(folded, blocks, strict=True):
        is_quote = block.kind == "blockquote" and len(text) >= MIN_REPEATED_LENGTH and quotes <= MAX_PULL_QUOTES
        is_copy = block.kind == "paragraph" and len(text) >= MIN_DUPLICATE_LENGTH and text in seen
        if not (is_quote and text in body) and not is_copy:
            kept.append(block)
        seen.add(text)
    return kept


def _without_ends(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Leave out what follows the last paragraph or list item, and bios and invitations at either end; keep credits."""
    ends = [index for index, block in enumerate(blocks) if _may_end_article(block)]
    body = list(blocks[: ends[-1] + 1] if ends else blocks)
    credit_lines = [block for block in blocks[len(body) :] if block.kind == "credit"]
    for _ in range(MAX_CLOSING_LINES):
        if len(body) > MIN_KEPT_BLOCKS and (is_bio(body[-1].text) or invites_reader(body[-1].text)):
            body.pop()
    if len(body) > MIN_KEPT_BLOCKS and invites_reader(body[0].text):
        del body[0]
    while body and body[-1].kind == "heading":
        body.pop()
    return body + credit_lines


def _may_end_article(block: TextBlock) -> bool:
    if prose_length(block) or block.kind in ("list_item", "blockquote"):
        return True
    return block.kind == "paragraph" and not block.link_length and block.text.rstrip(CLOSING_MARKS)[-1:] in ".?!…"
