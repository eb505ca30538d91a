"""Bylines to names: people and agencies, never addresses, user names, slugs or the name of the site.

Where a byline names nobody, the newsroom that signs it with its name ("Gazette staff reporter") is the author; one that
signs without ("Staff", "Web Desk") is nobody.
"""

import re
from collections.abc import Iterable

from transforms.agencies import agency_named

MAX_NAME_LENGTH = 60  # characters; longer ones are sentences about the author
MAX_NAME_WORDS = 7
MIN_SITE_LENGTH = 3  # letters of a site's name that may begin an affiliation: the "CNN" of "CNN Business"
# "By Ana Brook", "Written by Ana Brook", "Reported by: Ana Brook", "Story and photos by Ana Brook", "From Ana Brook"
BY = re.compile(
    r"^(?:(?:(?:(?:written|reported|story|words|text|posted|edited|analysis|opinion|review|photos?|video|interview"
    r"|report|column|comment|commentary|published|and|&|an?)\s+){0,4}by\b|from\b(?=\s+[A-Z]))[\s:]*)",
    re.IGNORECASE,
)
# the commas, semicolons and words of "Ana Brook, Ed Marsh; Jo Field and Tom Lee", the slash of "Ana Brook/AFP"
SEPARATOR = re.compile(
    r"\s*[;|\n•·]\s*|\s*,\s*(?:and\s+|&\s*)?|\s+(?:and|&|with)\s+|\s+[-–—]\s+|(?<=\w)\s?/\s?(?=[A-Z])", re.IGNORECASE
)
ADDRESS = re.compile(r"https?:|www\.|@|/|\.(?:com|org|net|co\.uk|html?)\b", re.IGNORECASE)  # ana@gazette.example
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")  # ana-brook, admin
HANDLE = re.compile(r"\S*_\S*|\S*\w\d\S*|\w{2,}\.[a-z]\w+")  # Ana_Brook, AnaBrook92, Ana.brook
# the end of "Ana Brook in Washington", "Ana Brook at the harbour", "Ana Brook via Cape Wire"
PLACE_OR_OUTLET = re.compile(r"\s+(?:in|at|from|via|In|Via)\s+(?:the\s|[A-Z]).*$")
FOR_OUTLET = re.compile(r"(?P<name>\S+\s+\S.*?)\s+[Ff](?:or|OR)\s+(?:[Tt]he\s|[A-Z]).*")  # Ana Brook for The Example
CATALOGUED = re.compile(r"(?P<last>[^\s,]+(?: [^\s,]+)?),\s(?P<first>[^\s,]+(?: [^\s,]+)?)")  # Brook, Ana M.
IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?")  # the " (Reuters)" of "Ana Brook (Reuters)"
READING_TIME = re.compile(r"\s*\b\d+\s+min(?:ute)?s?\s+read\b.*", re.IGNORECASE)  # Ana Brook 5 min read
_ROLES = (
    r"(?:reporter|correspondent|editor|journalist|columnist|writer|producer|contributor|photographer|analyst|critic"
    r"|blogger|commentator|presenter|anchor)s?"
)
# "Senior reporter", "Chief Political Correspondent", "Editor-at-large": a role that follows the name behind a comma
ROLE = re.compile(
    rf"\b(?:{_ROLES}|(?:director|chief|head|professor|fellow|member|president)\s+(?:of|at)\b.*)(?:$|\W)", re.IGNORECASE
)
# the "Political Editor " of "Political Editor Ana Brook"
LEADING_ROLE = re.compile(rf"^(?:[\w-]+\s+){{0,3}}{_ROLES}\s+(?=[A-Z][\w'’.-]*\s+[A-Z])", re.IGNORECASE)
CREDENTIALS = re.compile(r"[A-Z]{2,5}|Ph\.?D\.?|M\.?[AD]\.?|[JS]r\.?|I{2,3}")  # MS, RDN, PhD: behind a name's comma
# "5 March 2024", "November 20", "10:30", "3 hours ago", "Updated": what a byline element holds besides names
TIME = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\bago$|^(?:updated|published|posted)\b"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november|december)\s\d",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$")  # the end of "Ana Brook Monday"
# agencies whose names hold a separator: "Press Trust of India" does not, "Bay and Harbour News" would
ORGANISATION_END = re.compile(
    r"\b(?:news|press|agency|staff|times|post|service|reporters?|desk|team|media|journal|gazette|tribune)$",
    re.IGNORECASE,
)
# "Harbour News", "Gazette staff": how an outlet signs as its own newsroom
NEWSROOM_END = re.compile(r"\s(?:news|newsroom|staff|desk|team|sport|reporters?|correspondents?)$", re.IGNORECASE)
# "Staff", "Staff Reporter", "Our Correspondent", "Web Desk", "Editorial Board": a newsroom that does not say whose
NAMELESS = re.compile(
    r"(?:(?:our|the|own|web|news|online|digital|city|staff|special|local|foreign|senior|sports?|video|guest|wire|press"
    r"|editorial)\s+){0,3}"
    r"(?:staff|editorial|newsroom|newsdesk|desk|team|board|reporters?|correspondents?|writers?|editors?|agency|agencies"
    r"|bureau|contributors?|wires?|services?|reports?|news|authors?|admin|administrator)",
    re.IGNORECASE,
)
NOT_NAMES = frozenset({"", "null", "none", "undefined", "unknown", "anonymous", "by", "guest", "n/a"})
# the "The " of "The Cape", the ".co.uk" of "Cape.co.uk", the " Online" of "Cape Online"
SITE_NAME_EDGE = re.compile(
    r"^the\s+|\.(?:com?|org|net|tv|news)(?:\.[a-z]{2})?$|\s+online$", re.IGNORECASE
)  # The, .co.uk


def clean_authors(bylines: Iterable[str], *, site_names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that the bylines give, in order, each once.

    `site_names` are names of the outlet itself (publisher, og:site_name), which are no authors.
    """
    sites = {fold_site(name) for name in site_names if name}
    names: dict[str, str] = {}
    for byline in bylines:
        for index, name in enumerate(split_byline(byline)):
            if fold_site(name) not in sites and not (index and _is_affiliation(name, sites)):
                names.setdefault(fold_name(name), name)
    return tuple(names.values())


def split_byline(byline: str) -> list[str]:
    """Return the names in one byline: "By Ana Brook and Ed Marsh, Senior reporter" gives Ana Brook, Ed Marsh."""
    byline = IN_BRACKETS.sub("", READING_TIME.sub("", BY.sub("", " ".join(byline.split()))))
    parts = [byline] if _is_organisation(byline) or ADDRESS.match(byline) else SEPARATOR.split(byline)
    names = ((_bare_name(part), index) for index, part in enumerate(parts))
    return [name for name, index in names if _is_name(name, first=index == 0)]


def upright(name: str) -> str:
    """Return "Ana Brook" for the "Brook, Ana" of library catalogues; other names as they are."""
    catalogued = CATALOGUED.fullmatch(name)
    return f"{catalogued['first']} {catalogued['last']}" if catalogued else name


def is_full_name(name: str) -> bool:
    """Return whether a name has more than one word, or is of a script that writes names as one."""
    return " " in name or not name.isascii()


def is_newsroom(name: str) -> bool:
    """Return whether a name says that a newsroom or agency signs: "Harbour News", "Gazette staff", "Reuters"."""
    return NEWSROOM_END.search(name) is not None or agency_named(name) is not None


def fold_name(name: str) -> str:
    """Return letters and digits only, in lower case: the form in which two writings of a name are equal."""
    return "".join(character for character in name.casefold() if character.isalnum())


def fold_site(name: str) -> str:
    """Return the folded name of an outlet without its article and top-level domain: "The Cape.com" gives "cape"."""
    return fold_name(SITE_NAME_EDGE.sub("", SITE_NAME_EDGE.sub("", name.strip())))


def _is_affiliation(name: str, sites: Iterable[str]) -> bool:
    return any(len(site) >= MIN_SITE_LENGTH and fold_name(name).startswith(site) for site in sites)


def _is_organisation(byline: str) -> bool:
    return not any(mark in byline for mark in ",;|•·/") and ORGANISATION_END.search(byline) is not None


def _bare_name(part: str) -> str:
    """Return the name without what stands around it: "Political Editor Ana Brook in Oslo" gives Ana Brook."""
    name = LEADING_ROLE.sub("", PLACE_OR_OUTLET.sub("", WEEKDAY.sub("", BY.sub("", part)))).strip(" ,.:-–—*")
    for_outlet = FOR_OUTLET.fullmatch(name)
    return for_outlet["name"] if for_outlet else name


def _is_name(name: str, *, first: bool) -> bool:
    if name.casefold() in NOT_NAMES or len(name) > MAX_NAME_LENGTH or len(name.split()) > MAX_NAME_WORDS:
        return False
    if ADDRESS.search(name) or not any(character.isalpha() for character in name):
        return False
    if agency_named(name):
        return True
    if SLUG.fullmatch(name) or HANDLE.fullmatch(name) or NAMELESS.fullmatch(name) or TIME.search(name):
        return False
    is_addition = ROLE.search(name) or CREDENTIALS.fullmatch(name) or any(character.isdigit() for character in name)
    return first or not is_addition
