"""A parsed page to its blocks of text, in page order: what a browser would set as one paragraph.

One walk over the tree, without recursion. A block knows the element that holds it, so that `content` can choose among
elements, and how much of it is link text.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml.html import HtmlElement

from schemas.records import BlockKind
from transforms.page_hints import Hint, element_hint, split_words

TypedText: TypeAlias = tuple[BlockKind, str]

# What a browser does not show as text, or what is no text of the page
NOT_TEXT = split_words(
    """
    script style noscript template iframe svg math canvas object embed video audio picture amp-img img map select button
    input textarea datalist head title meta link dialog source
    """
)
IMAGES = split_words("img picture amp-img")
# Elements that begin and end a line of their own; the rest run on with the text around them
OWN_LINE = split_words(
    """
    html body p div section article main header footer aside nav form fieldset blockquote figure figcaption address
    ul ol li dl dt dd table caption thead tbody tfoot tr td th pre h1 h2 h3 h4 h5 h6 hr center details summary
    """
)
KIND_OF_ELEMENT: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    "blockquote": "blockquote",
    "figcaption": "caption",
    "caption": "caption",
}
CLOSED_KINDS = frozenset(["heading", "blockquote", "caption"])  # what stands in them is of their kind: <h2><div>
ROOT = 0  # index of the outermost node

# "T he ferry": a first letter set large in an element of its own. "A" and "I" are words: only before what is none.
DROP_CAP = re.compile(
    r"(?P<cap>[B-HJ-Z]) (?=[a-z])(?!(?:marks|major|minor|rays?|day|and|or)\b)"
    r"|(?P<a>A) (?=(?:t|s|n|fter|ll|nd|lthough|mong|cross|ccording|gainst|nother|ny|re|bout|bove|lso|midst|s)\b)"
    r"|(?P<i>I) (?=(?:n|t|f|s|ts|nside|nstead|nto)\b)"
)


@dataclass(slots=True, kw_only=True)
class Node:
    """One block element of the page."""

    tag: str
    classes: str  # its class attribute
    parent: int  # index into `Page.nodes`; a parent stands before its children, the root is its own
    kind: BlockKind
    hint: Hint
    has_image: bool = False  # directly in it, not in a block element of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """One line of the page, with single spaces."""

    node: int  # index into `Page.nodes` of the innermost block element that holds it
    kind: BlockKind
    text: str
    link_length: int  # characters of the text that stand in links


@dataclass(slots=True, kw_only=True)
class Page:
    """The block elements of a page and their text, both in page order."""

    nodes: list[Node] = field(default_factory=list)
    blocks: list[TextBlock] = field(default_factory=list)


def read_page(tree: HtmlElement) -> Page:
    """Return the block elements and the blocks of text of a parsed page, which is only read."""
    reader = _Reader()
    waiting: list[tuple[HtmlElement, _Leave | None]] = [(tree, None)]  # None: the element is still to be entered
    while waiting:
        element, leave = waiting.pop()
        if leave is None and (leave := reader.enter(element)) is not None:
            waiting.append((element, leave))
            waiting.extend((child, None) for child in reversed(element))
            continue
        if leave is not None:
            reader.leave(leave)
        if element.tail and element is not tree:
            reader.add(element.tail)
    reader.end_line()
    return reader.page


def mend_drop_cap(text: str) -> str:
    """Return the text without the space behind a first letter that was set large: "T he" is "The"."""
    cap = DROP_CAP.match(text)
    return text[0] + text[cap.end() :] if cap else text


@dataclass(frozen=True, slots=True)
class _Leave:
    """What to go back to at the end of an element."""

    node: int | None  # the node around it, where the element is one itself
    link: bool = False


_INLINE, _LINK = _Leave(None), _Leave(None, True)


class _Reader:
    """What the walk has met so far: the nodes, the finished lines and the line it is in."""

    def __init__(self) -> None:
        self.page = Page()
        self._node = ROOT
        self._line: list[str] = []
        self._link_length = 0
        self._open_links = 0
        self._line_breaks = 0  # <br> since the last text

    def enter(self, element: HtmlElement) -> _Leave | None:
        """Begin an element and return what its end restores; None where nothing in it is text."""
        tag = element.tag
        if tag in IMAGES:
            self.page.nodes[self._node].has_image = True
        if not isinstance(tag, str) or tag in NOT_TEXT:  # a comment's tag is a function
            return None
        if tag == "br":
            self._break_line()
            return None
        leave = _LINK if tag == "a" else _INLINE
        if tag in OWN_LINE or "-" in tag:  # <news-teaser>
            leave = self._open_node(element, element_hint(element))
        elif tag != "a" and (hint := element_hint(element)) in ("clutter", "foreign"):
            leave = self._open_node(element, hint)
        self._open_links += leave.link
        if element.text:
            self.add(element.text)
        return leave

    def leave(self, leave: _Leave) -> None:
        """End an element."""
        self._open_links -= leave.link
        if leave.node is not None:
            self.end_line()
            self._node = leave.node

    def add(self, text: str) -> None:
        """Add a piece of text to the line."""
        self._line.append(text)
        length = len(text.strip())
        if length:
            self._line_breaks = 0
            if self._open_links:
                self._link_length += length

    def end_line(self) -> None:
        """Make a block of the line."""
        text = " ".join("".join(self._line).split())
        if text:
            kind = self.page.nodes[self._node].kind
            text = mend_drop_cap(text) if kind == "paragraph" else text
            block = TextBlock(node=self._node, kind=kind, text=text, link_length=self._link_length)
            self.page.blocks.append(block)
        self._line.clear()
        self._link_length = 0
        self._line_breaks = 0

    def _break_line(self) -> None:
        """Take a <br> for a space, and a second one for the end of the paragraph."""
        self._line_breaks += 1
        if self._line_breaks > 1:
            self.end_line()
        else:
            self._line.append(" ")

    def _open_node(self, element: HtmlElement, hint: Hint) -> _Leave:
        self.end_line()
        around = self.page.nodes[self._node].kind if self.page.nodes else "paragraph"
        kind = around if around in CLOSED_KINDS else KIND_OF_ELEMENT.get(element.tag, around)
        self.page.nodes.append(
            Node(tag=element.tag, classes=element.get("class") or "", parent=self._node, kind=kind, hint=hint)
        )
        leave = _Leave(self._node)
        self._node = len(self.page.nodes) - 1
        return leave
