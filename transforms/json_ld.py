"""What a page's JSON-LD says about the article on it (schema.org Article and its subtypes)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias

from transforms.decode import replace_unencodable

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
JsonObject: TypeAlias = dict[str, Json]

# <script type="application/ld+json">; bounded, so that a page full of "<script" stays linear
SCRIPT_START = re.compile(r"<script\b[^>]{0,500}?\bld\+json[^>]{0,500}>", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
OPENING_WRAPPER = re.compile(r"\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)")  # //<![CDATA[
CLOSING_WRAPPERS = ("-->", "*/", "]]>", "/*", "//", ";")  # in the order met from the end of "; /*]]>*/"
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")  # the second comma of {"a": 1, "b": 2,}
ARTICLE_TYPES = ("Article", "Posting", "Report")  # NewsArticle, LiveBlogPosting: what their names end in
CONTAINER_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf")  # where an article may nest in a WebPage
MAX_NODES = 2_000  # nodes looked at per page; the largest real page seen has under 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArticle:
    """One article node: strings as written, entities resolved; empty where absent."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    url: str = ""
    publisher: str = ""
    is_free: bool | None = None  # isAccessibleForFree; None where absent


def read_json_ld(html: str) -> LinkedArticle:
    """Return the page's article node, each field it lacks filled from the page's other nodes on the same article.

    Another node is on the same article when it has the same headline or none. Scripts that are not JSON are skipped.
    """
    roots = list(_parse_scripts(html))
    if not roots:
        return LinkedArticle()
    nodes = list(_walk(roots))
    named = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    articles = [_article(node, named) for node in nodes if _is_article(node)]
    articles.sort(key=lambda article: not article.headline)  # stable: the first with a headline leads
    if not articles:
        return LinkedArticle()
    same = [other for other in articles if other.headline in {articles[0].headline, ""}]
    return LinkedArticle(
        headline=articles[0].headline,
        authors=next((other.authors for other in same if other.authors), ()),
        published=next((other.published for other in same if other.published), ""),
        modified=next((other.modified for other in same if other.modified), ""),
        url=next((other.url for other in same if other.url), ""),
        publisher=next((other.publisher for other in same if other.publisher), ""),
        is_free=next((other.is_free for other in same if other.is_free is not None), None),
    )


def _parse_scripts(html: str) -> Iterator[Json]:
    position = 0
    while (start := SCRIPT_START.search(html, position)) and (end := SCRIPT_END.search(html, start.end())):
        position = end.end()
        parsed = _parse_json(html[start.end() : end.start()])
        if parsed is not None:
            yield parsed


def _parse_json(script: str) -> Json:
    for repair in (str, _unwrap):
        try:
            parsed: Json = json.loads(repair(script), strict=False)
            return parsed
        except (ValueError, RecursionError):  # RecursionError: "[[[[..." thousands deep
            continue
    return None


def _unwrap(script: str) -> str:
    """Return the script without comment or CDATA marks around it and without trailing commas in it."""
    opening = OPENING_WRAPPER.match(script)
    bare = script[opening.end() if opening else 0 :].rstrip()
    for wrapper in CLOSING_WRAPPERS:
        bare = bare.removesuffix(wrapper).rstrip()
    return TRAILING_COMMA.sub("", bare)


def _walk(roots: list[Json]) -> Iterator[JsonObject]:
    """Yield the objects in page order, following lists and the keys that contain articles."""
    stack = roots[::-1]
    for _ in range(MAX_NODES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            yield value
            stack.extend(value[key] for key in reversed(CONTAINER_KEYS) if key in value)


def _is_article(node: JsonObject) -> bool:
    types = _as_list(node.get("@type"))
    return any(isinstance(name, str) and name.rstrip("/").endswith(ARTICLE_TYPES) for name in types)


def _article(node: JsonObject, named: dict[str, JsonObject]) -> LinkedArticle:
    return LinkedArticle(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        authors=tuple(_names(node.get("author"), named) or _names(node.get("creator"), named)),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        url=_address(node),
        publisher=next(iter(_names(node.get("publisher"), named)), ""),
        is_free=_boolean(node.get("isAccessibleForFree")),
    )


def _names(value: Json, named: dict[str, JsonObject]) -> list[str]:
    """Return the names of people or organisations given as strings, objects, references by `@id`, or lists of these."""
    names = []
    for entry in _as_list(value):
        if isinstance(entry, dict):
            known = named.get(str(entry.get("@id")), {})
            candidates = (entry.get("name"), entry.get("byline"), known.get("name"))
            name = next((text for candidate in candidates if (text := "; ".join(map(_text, _as_list(candidate))))), "")
        else:
            name = _text(entry)
        if name:
            names.append(name)
    return names


def _address(node: JsonObject) -> str:
    page = node.get("mainEntityOfPage")
    page_address = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    return _text(node.get("url")) or _text(page_address)


def _boolean(value: Json) -> bool | None:
    """Return a truth value that is written as JSON, as a word ("False") or as its schema.org address."""
    word = str(value).rsplit("/", 1)[-1].casefold()
    return {"true": True, "false": False}.get(word)


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _text(value: Json) -> str:
    """Return a string with entities resolved (pages escape twice) and white space collapsed; "" for all else."""
    return replace_unencodable(" ".join(unescape(unescape(value)).split())) if isinstance(value, str) else ""
