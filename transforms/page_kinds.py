"""Pages that answer an article's address without holding the article, each by what it says to its reader.

English pages only: the phrases are English. Every kind also has a limit of length, so that an article about cookie law
or about a 404 page stays one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from schemas.records import BlockKind

TypedText = tuple[BlockKind, str]
Refusal = tuple[str, str]  # reason and message of the rejection

MAX_CONSENT_WORDS = 600  # words; a longer body holds an article beside its consent text
MIN_CONSENT_PHRASES = 3  # different ones; an article about privacy law uses one or two of them
MIN_CONSENT_SHARE = 0.7  # of the body's words, in blocks that hold a phrase
MAX_ERROR_WORDS = 120  # words; what a server or its guard says about an error is shorter than a news brief with a body
MIN_NAMED_ERROR_SHARE = 0.15  # of the body's words, in sentences about the error, under a title that is an error's
MIN_ERROR_SHARE = 0.5  # the same under any other title
MAX_STUB_WORDS = 120  # words; metered articles that are cut off show one to four sentences and how to go on
ENDING_BLOCKS = 3  # "This story is for subscribers", "Already a subscriber?", "Log in"
MAX_UNFREE_WORDS = 60  # words; a page that says it is not free and shows less than this shows its teaser
MIN_HEADLINES = 8  # links with the text of a headline; a page with fewer is merely short
MIN_HEADLINE_WORDS = 4  # "Ferry fares to rise"; shorter links are sections and buttons
MAX_LINKS = 400  # links looked at; front pages have some 200
MIN_INDEX_SHARE = 0.5  # of the body's words, those of links and of what follows them
MAX_PROSE_SHARE = 0.25  # of the words of a section front, those in blocks of more than one sentence
HEADINGS = ("h2", "h3", "h4", "h5")
LINKS = etree.XPath(".//a[@href and not(ancestor::nav or ancestor::aside or ancestor::footer)]")

SHOWN = etree.XPath(".//body//text()[not(parent::script or parent::style or parent::template)]")
# What sites say to their reader, not what reporters write about sites: first and second person, or a button's words.
CONSENT_PHRASE = re.compile(
    r"\b(?:we (?:and our|use|value|need)[\w ,]* (?:partners|cookies|privacy|consent)"  # We and our 614 partners
    r"|on your device"  # store and access information on your device
    r"|your (?:consent|privacy settings|privacy choices|choices? appl)"  # Your choice applies to this website only
    r"|(?:accept|reject|allow|agree to|manage|refuse) (?:all|cookies|preferences|options)"  # Accept all
    r"|before you continue"
    r"|legitimate interest"
    r"|more options"
    r"|(?:non-)?personali[sz]ed (?:content|ads|advertising)"
    r"|ad and content measurement"
    r"|privacy policy|cookie policy)",
    re.IGNORECASE,
)


def _any_of(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


# A whole title or first line that names an error, with or without the site's name behind it.
ERROR_TITLE = re.compile(
    r"\W*"
    + _any_of(
        r"(?:error\W{0,3})?(?:40[0-9]|410|429|50[0-4])",  # 404, Error 503
        r"(?:40[0-9]|410|429|50[0-4])\W{0,3}(?:page )?(?:error|not found|forbidden|unauthorized|gone)",  # 404 Not Found
        r"(?:429\W{0,3})?too many requests",
        r"(?:50[0-4]\W{0,3})?(?:internal server error|bad gateway|service (?:temporarily )?unavailable)",
        r"(?:page|file|article|story|content|url) (?:was |could |can)?not (?:be )?found",  # Page not found
        r"(?:page|file|article|story|content|url) (?:does not exist|not available)",
        r"not found|forbidden",
        r"access (?:to this page has been )?denied",
        r"attention required!?|just a moment\W*|one more step|security check|pardon our interruption",
        r"are you a (?:robot|human)\??|checking your browser|verifying you are human",
    )
    + r"(?:\s*[|:•·–—-].{0,60}|\W*)",
    re.IGNORECASE,
)
# What an error page or a guard against robots says: to its reader, about this page.
ERROR_PHRASE = re.compile(
    r"\b"
    + _any_of(
        r"the (?:page|article|story|file|url|link|address|content) (?:that )?you.{0,3}"
        r"(?:\b(?:are|were|re|requested|tried|followed)\b)",  # the page you requested, the page you're looking for
        r"the (?:page|article|story|file|url|content) (?:could not be|cannot be|was not) found",
        r"(?:we|sorry,? we) (?:can.?t|cannot|can not|couldn.?t|could not) (?:seem to )?find (?:the|that|this|what)",
        r"(?:this|that) (?:page|article|url|link) (?:does(?:n.?t| not) exist|is (?:no longer|not) available)",
        r"(?:this|that) (?:page|article|url|link) (?:could not be found|has (?:been )?(?:moved|removed))",
        r"page (?:was )?not found|error (?:code:? )?(?:40[0-9]|429|50[0-9])",
        r"you don.?t have permission to (?:access|view)|you are unable to access|you have been blocked",
        r"access (?:to this (?:page|site|resource) )?(?:(?:is|has been|was) )?denied",
        r"(?:enable|turn on|allow) (?:javascript|cookies)\b|(?:requires?|needs?|without) javascript",
        r"javascript (?:is (?:disabled|required|not enabled)|and cookies)",  # JavaScript and cookies are off
        r"are you (?:a |not a )?(?:robot|human)",
        r"(?:verify|prove|confirm|make sure) (?:that )?you(?:.re| are) (?:not a robot|(?:a )?human)",
        r"checking (?:if the site connection is secure|your browser)",
        r"unusual (?:traffic|activity)|complete the (?:captcha|security check)",
        r"ray id|performance (?:&|and) security by|ddos protection",
        r"(?:back|return|go back) to (?:the )?(?:home ?page|front page)|try (?:searching|a search)",
    ),
    re.IGNORECASE,
)
_LOG_IN = r"(?:subscribe|sign in|log ?in|register|sign up)"
# What stands where a cut-off article would go on.
PAYWALL_PHRASE = re.compile(
    r"\b"
    + _any_of(
        rf"{_LOG_IN}(?: now| today| here)?(?: or {_LOG_IN})?(?: for free| free)? to "
        r"(?:continue|keep|read|unlock|access|view|get (?:full|unlimited) access)",  # Subscribe now to read
        r"to (?:continue|keep) reading|continue reading (?:with|by|for|this|your)",
        r"(?:article|story|content|page) is (?:(?:only|available|reserved|exclusive|exclusively) ){0,2}(?:for|to) "
        r"(?:our )?(?:paying |registered |premium |digital )?(?:subscribers|members)",  # This story is for subscribers
        r"(?:already|not yet) an? (?:subscriber|member)\?",
        r"you(?:.ve| have) (?:reached|read|used) (?:your|all|the) (?:\w+ ){0,5}(?:articles|limit|stories)",
        r"unlock (?:this|the full|unlimited)|(?:read|get) the (?:full|rest of the) (?:article|story)",
        r"for (?:full|unlimited) access|start your (?:free )?(?:trial|subscription)",
        r"(?:premium|subscriber-only|members-only) (?:article|content|story)",
    ),
    re.IGNORECASE,
)
SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s+")  # the blank of "Page not found. Go home."
QUOTED = re.compile(r"“[^”]{0,500}”|\"[^\"]{0,500}\"")  # “Page not found”
SENTENCE_END = re.compile(r"[.!?][\"”’')]*(?:\s|$)")  # the ends of "It rained. “Again,” she said."


def refusal(
    blocks: Sequence[str], tree: HtmlElement, *, title: str | None, is_article: bool, is_free: bool | None
) -> Refusal | None:
    """Return why the page holds no article, None where it holds one.

    `blocks` are the texts of the element that holds its main content, or all it shows where there is none, `tree` is
    the page; `is_article` and `is_free` are what its metadata says.
    """
    word_count = sum(len(block.split()) for block in blocks)
    if is_consent_wall(blocks):
        return "consent_wall", "the page asks for consent to cookies and holds no article"
    if is_error_page(blocks or _shown_texts(tree), title):
        return "error_page", f"the page reports an error or checks its reader, in {word_count} words"
    if is_paywall_stub(blocks, is_free=is_free):
        return "paywall_stub", f"the page shows {word_count} words of an article that has to be paid for"
    if not is_article and _is_without_prose(blocks) and is_index_page(blocks, list(_headlines(tree))):
        return "index_page", f"the page is a list of links with {word_count} words of headlines and teasers"
    return None


def is_consent_wall(blocks: Sequence[str]) -> bool:
    """Return whether the body's blocks ask for consent to cookies instead of telling a story."""
    phrases = {match.casefold() for block in blocks for match in CONSENT_PHRASE.findall(block)}
    if len(phrases) < MIN_CONSENT_PHRASES:
        return False
    words = sum(len(block.split()) for block in blocks)
    asking = sum(len(block.split()) for block in blocks if CONSENT_PHRASE.search(block))
    return words <= MAX_CONSENT_WORDS and asking >= MIN_CONSENT_SHARE * words


def is_error_page(blocks: Sequence[str], title: str | None) -> bool:
    """Return whether a short body is what a server says about an error, or a guard about robots.

    What stands in quotation marks does not count: reporters quote errors, servers do not.
    """
    words = sum(len(block.split()) for block in blocks)
    if words > MAX_ERROR_WORDS:
        return False
    sentences = [part for block in blocks for part in SENTENCE_BREAK.split(QUOTED.sub("", block))]
    speaking = sum(len(part.split()) for part in sentences if ERROR_PHRASE.search(part) or ERROR_TITLE.fullmatch(part))
    if any(ERROR_TITLE.fullmatch(line) for line in (title or "", *blocks[:1])):
        return speaking >= MIN_NAMED_ERROR_SHARE * words
    return speaking > 0 and speaking >= MIN_ERROR_SHARE * words


def is_paywall_stub(blocks: Sequence[str], *, is_free: bool | None) -> bool:
    """Return whether a short body ends by asking for a subscription, or the page is not free and shows next to nothing.

    A metered page that shows its whole body is an article, whatever it says about access, and so is a free one.
    """
    words = sum(len(block.split()) for block in blocks)
    if is_free is False and words <= MAX_UNFREE_WORDS:
        return True
    if is_free or words > MAX_STUB_WORDS:
        return False
    return any(PAYWALL_PHRASE.search(QUOTED.sub("", block)) for block in blocks[-ENDING_BLOCKS:])


def is_index_page(blocks: Sequence[str], headlines: Sequence[tuple[str, str]]) -> bool:
    """Return whether the blocks are headlines that lead elsewhere, and teasers: no prose.

    `headlines` are the texts of links, each with the text that follows it.
    """
    links = {link for link, _ in headlines}
    if len(links) < MIN_HEADLINES or not _is_without_prose(blocks):
        return False
    teasers = {teaser for _, teaser in headlines}
    body = "\n".join(block for block in blocks if block not in teasers)
    for link in sorted(links, key=len, reverse=True):
        body = body.replace(link, "")
    total = sum(len(block.split()) for block in blocks)
    return total > 0 and total - len(body.split()) >= MIN_INDEX_SHARE * total


def _is_without_prose(blocks: Sequence[str]) -> bool:
    prose = sum(len(block.split()) for block in blocks if len(SENTENCE_END.findall(block)) > 1)
    return bool(blocks) and prose <= MAX_PROSE_SHARE * sum(len(block.split()) for block in blocks)


def _headlines(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield the text of each link that is as long as a headline, and the text of what follows it or its heading."""
    for link in islice(LINKS(tree), MAX_LINKS):
        text = _text(link)
        if len(text.split()) >= MIN_HEADLINE_WORDS:
            parent = link.getparent()
            following = (parent if parent.tag in HEADINGS else link).getnext()
            yield text, "" if following is None else _text(following)


def _shown_texts(tree: HtmlElement) -> list[str]:
    """Return the texts of the page's body, headings and noscript elements included, up to more than an error has."""
    texts = (" ".join(text.split()) for text in SHOWN(tree))
    return list(islice((text for text in texts if text), MAX_ERROR_WORDS + 1))


def _text(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())
