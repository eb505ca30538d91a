"""Bylines to names: people and agencies, never addresses, slugs or the name of the site."""

import re
from collections.abc import Iterable

MAX_NAME_LENGTH = 60  # characters; longer ones are sentences about the author
MAX_NAME_WORDS = 7
# "By Ana Brook", "Written by Ana Brook", "Reported by: Ana Brook"
BY = re.compile(r"^(?:(?:written|reported|story|words|text|posted|edited|analysis)\s+)?by\b[\s:]*", re.IGNORECASE)
# the commas, semicolons and words of "Ana Brook, Ed Marsh; Jo Field and Tom Lee"
SEPARATOR = re.compile(r"\s*[;|\n•]\s*|\s*,\s*(?:and\s+|&\s*)?|\s+(?:and|&|with)\s+", re.IGNORECASE)
ADDRESS = re.compile(r"https?:|www\.|@|/|\.(?:com|org|net|co\.uk|html?)\b", re.IGNORECASE)  # ana@gazette.example
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")  # ana-brook, admin
# "Senior reporter", "Chief Political Correspondent": a role that follows the name behind a comma
ROLE = re.compile(
    r"\b(?:reporter|correspondent|editor|journalist|columnist|writer|producer|contributor|photographer|analyst)s?$",
    re.IGNORECASE,
)
# "5 March 2024", "10:30", "3 hours ago", "Updated": what a byline element holds besides names
TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\bago$|^(?:updated|published|posted)\b", re.IGNORECASE)
# agencies whose names hold a separator: "Press Trust of India" does not, "Bay and Harbour News" would
ORGANISATION_END = re.compile(
    r"\b(?:news|press|agency|staff|times|post|service|reporters?|desk|team|media|journal|gazette|tribune)$",
    re.IGNORECASE,
)
NOT_NAMES = frozenset(
    {"", "null", "none", "undefined", "unknown", "admin", "administrator", "author", "anonymous", "by"}
)


def clean_authors(bylines: Iterable[str], *, site_names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that the bylines give, in order, each once.

    `site_names` are names of the outlet itself (publisher, og:site_name), which are no authors.
    """
    sites = {fold_name(name) for name in site_names if name}
    names: dict[str, str] = {}
    for byline in bylines:
        for name in split_byline(byline):
            if fold_name(name) not in sites:
                names.setdefault(fold_name(name), name)
    return tuple(names.values())


def split_byline(byline: str) -> list[str]:
    """Return the names in one byline: "By Ana Brook and Ed Marsh, Senior reporter" gives Ana Brook, Ed Marsh."""
    byline = BY.sub("", " ".join(byline.split()))
    parts = [byline] if _is_organisation(byline) else SEPARATOR.split(byline)
    return [name for part in parts if _is_name(name := BY.sub("", part).strip(" ,.-–—"), alone=len(parts) == 1)]


def fold_name(name: str) -> str:
    """Return letters and digits only, in lower case: the form in which two writings of a name are equal."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _is_organisation(byline: str) -> bool:
    return "," not in byline and ";" not in byline and ORGANISATION_END.search(byline) is not None


def _is_name(name: str, *, alone: bool) -> bool:
    if name.casefold() in NOT_NAMES or len(name) > MAX_NAME_LENGTH or len(name.split()) > MAX_NAME_WORDS:
        return False
    if ADDRESS.search(name) or SLUG.fullmatch(name) or not any(character.isalpha() for character in name):
        return False
    if TIME.search(name):
        return False
    return alone or not (ROLE.search(name) or any(character.isdigit() for character in name))
