"""What the tag, role, class and id of an element say about the text in it: clutter around an article, or nothing.

Only words that many sites use; no names of sites. A hint is a suspicion: `clutter` overrules it where the element holds
much of the page's prose.
"""

import re
from functools import lru_cache
from typing import Literal

from lxml.html import HtmlElement


def split_words(text: str) -> frozenset[str]:
    """Return the words of a text, split at white space."""
    return frozenset(text.split())


# clutter: probably not the article; foreign: not the article even where it is long (comments, consent text);
# standfirst: a summary where it stands above the article, else the article's
Hint = Literal["none", "clutter", "foreign", "standfirst"]

FOREIGN_TAGS = split_words("nav footer dialog")
CLUTTER_TAGS = split_words("aside form figure")
CLUTTER_ROLES = split_words(
    "navigation complementary contentinfo banner search dialog alertdialog menu menubar toolbar tooltip note"
)
# Words of a class or id, as split at hyphens, underscores and capitals
FOREIGN_WORDS = split_words(
    """
    comment comments commentlist disqus respond discussion livefyre viafoura cookie cookies consent gdpr ccpa onetrust
    optanon privacy modal footer nav navbar navigation menu copyright
    """
)
CLUTTER_WORDS = split_words(
    """
    sidebar aside related recirc recirculation recommended recommendation recommendations promo promos promoted promobox
    promotion newsletter newsletters signup subscribe subscription share shares sharing sharebar sharedaddy social
    socials follow sponsor sponsored sponsors ad ads advert adverts advertisement advertising advertorial adsense dfp
    outbrain taboola breadcrumb breadcrumbs pagination pager popup overlay tooltip masthead toolbar widget widgets
    byline bylines author authors bio biography tags taglist topics trending popular mostread mostpopular readmore
    teaser teasers poll quiz carousel playlist player pullquote pullquotes noprint jumplink jump skip hidden invisible
    affiliate affiliates cta callout dateline timestamp publish published metadata postmeta onward excerpt excerpts
    video videos addtoany readalso seealso inarticle donate donation donations correction factbox infobox
    caption captions credit credits figcaption cutline image img photo picture lightbox
    twitter tweet instagram facebook tiktok bluesky reddit
    """
)
STANDFIRST_WORDS = split_words(
    "standfirst dek summary subtitle subhead subheadline subline lede strap strapline abstract intro description"
)
STANDFIRST_PHRASE = re.compile(r"sub-(?:title|head)")  # "article-sub-title", "sub-head"
# "read-more", "more-from", "most-read", "may-also-like", "sign-up", "sr-only", "about-the-author", "pull-quote"
CLUTTER_PHRASE = re.compile(
    r"(?:^|-)(?:read-(?:more|also|next|on)|more-(?:from|on|stories|news|in)|(?:most|top)-(?:read|popular|viewed|stories)"
    r"|(?:may|might)-(?:also-)?like|also-(?:in|read|on)|sign-up|sr-only|screen-reader|visually-hidden|see-also"
    r"|up-next|next-(?:up|article|story|post)|about-(?:the-)?author|meta-(?:data|info)|in-this-article|key-points"
    r"|table-of-contents|(?:post|entry|article)-meta|opt-in|pull-quotes?)(?:-|$)"
)
# "article-body", "storyContent", "entry-content", "body-text": named for the article, whatever else the name says
ARTICLE_PHRASE = re.compile(
    r"(?:article|story|post|entry|content|news)-(?:body|content|text|copy|main)|body-(?:content|text|copy|container)"
)
# "has-image", "with-sidebar", "no-comments": what stands in or beside the element, not what it is
ABOUT_OTHERS = split_words("has with without no")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")  # "articleBody" -> article, Body
STRONGEST_FIRST: tuple[Hint, ...] = ("foreign", "clutter", "standfirst")
MAX_NAMES_LENGTH = 400  # characters of a class or id attribute read; the cache keeps them
MAX_ID_WORDS = 4  # longer ids are slugs of a headline, whose words say nothing
HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)  # display: none


def element_hint(element: HtmlElement) -> Hint:
    """Return what an element's own tag and attributes say about the text in it."""
    get = element.get
    if element.tag in FOREIGN_TAGS:
        return "foreign"
    if get("itemprop") == "articleBody":
        return "none"
    if element.tag in CLUTTER_TAGS or get("role") in CLUTTER_ROLES or get("hidden") is not None:
        return "clutter"
    if get("aria-hidden") == "true" or HIDDEN_STYLE.search(get("style") or ""):
        return "clutter"
    return _names_hint((get("class") or "")[:MAX_NAMES_LENGTH], (get("id") or "")[:MAX_NAMES_LENGTH])


@lru_cache(maxsize=4_096)
def _names_hint(classes: str, identifier: str) -> Hint:
    hints = {_name_hint(name) for name in classes.split()}
    if len(WORD.findall(identifier)) <= MAX_ID_WORDS:
        hints |= {_name_hint(identifier)} - {"standfirst"}  # the first paragraph's id may be "speakable-summary"
    return next((hint for hint in STRONGEST_FIRST if hint in hints), "none")


@lru_cache(maxsize=4_096)
def _name_hint(name: str) -> Hint:
    words = [word.lower() for word in WORD.findall(name)]
    if not ABOUT_OTHERS.isdisjoint(words):
        return "none"
    if not FOREIGN_WORDS.isdisjoint(words):
        return "foreign"
    joined = "-".join(words)
    if ARTICLE_PHRASE.search(joined):
        return "none"
    if not CLUTTER_WORDS.isdisjoint(words) or CLUTTER_PHRASE.search(joined):
        return "clutter"
    is_standfirst = not STANDFIRST_WORDS.isdisjoint(words) or STANDFIRST_PHRASE.search(joined) is not None
    return "standfirst" if is_standfirst else "none"
