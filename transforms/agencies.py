"""News agencies: their names in full, and where bylines name them."""

import re

# The name in full, and the other ways to write it. Short forms count only as written: "PA", never "Pa".
AGENCIES = {
    "Associated Press": ("AP", "AP News", "A.P."),
    "Reuters": ("Thomson Reuters", "Reuters News", "Reuters News Agency"),
    "Agence France-Presse": ("AFP", "Agence France Presse"),
    "Deutsche Presse-Agentur": ("dpa", "DPA", "dpa international"),
    "PA Media": ("PA", "Press Association", "PA News Agency"),
    "Asian News International": ("ANI",),
    "Press Trust of India": ("PTI",),
    "Indo-Asian News Service": ("IANS",),
    "United News of India": ("UNI",),
    "Associated Press of Pakistan": (),
    "Bernama": (),
    "Xinhua": ("Xinhua News Agency",),
    "TASS": ("TASS News Agency", "ITAR-TASS"),
    "Interfax": (),
    "Ukrinform": (),
    "EFE": ("Agencia EFE",),
    "Europa Press": (),
    "ANSA": (),
    "Lusa": ("Lusa News Agency",),
    "Austria Press Agency": ("APA",),
    "Keystone-SDA": (),
    "Belga": ("Belga News Agency",),
    "Ritzau": (),
    "Kyodo News": ("Kyodo",),
    "Jiji Press": (),
    "Yonhap": ("Yonhap News Agency", "Yonhap News"),
    "Australian Associated Press": ("AAP",),
    "CNA": ("Central News Agency",),
    "Antara": (),
    "Vietnam News Agency": ("VNA",),
    "United Press International": ("UPI",),
    "Canadian Press": (),
    "Anadolu": ("Anadolu Agency", "Anadolu Ajansı"),
    "Emirates News Agency": ("WAM",),
    "Kuwait News Agency": ("KUNA",),
    "Inter Press Service": ("IPS",),
    "News Agency of Nigeria": ("NAN",),
    "South African News Agency": (),
}
MAX_SHORT_FORM = 4  # letters; longer names count in any case
# "Northwind News Agency", "Cape Newswire": what an agency that is not listed is called
AGENCY_NAME = re.compile(r"[A-Z].{0,50}\s(?:News|Press)\s?(?:Agency|wire)", re.IGNORECASE)
ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)  # the "The " of "The Associated Press"
# "Ana Brook via Cape Wire", "Ana Brook/AFP", "Ana Brook (Reuters)", "Ana Brook, AP"
BYLINE_SEPARATOR = re.compile(r"[,;|/()•\n]|\s[-–—]\s|\bvia\b|\b[Aa]nd\b|^\s*[Bb]y\b")
# "Associated Press in Valencia", "AP National Political Writer": an agency's name and where or what its writer is
WITH_PLACE_OR_ROLE = re.compile(
    r"(?P<agency>.{2,40}?)\s+(?:(?:in|at)\s+[A-Z].*|.*\b(?:Writer|Correspondent|Editor|Reporter|Journalist)s?)"
)
VIA = re.compile(r"\bvia\s+(?P<agency>[A-Z][\w&'’.-]*(?:\s+[A-Z][\w&'’.-]*){0,4})\s*$")  # Ana Brook via Cape Wire

_SHORT_FORMS = {
    form: name for name, forms in AGENCIES.items() for form in (name, *forms) if len(form) <= MAX_SHORT_FORM
}
_LONG_FORMS = {
    form.casefold(): name for name, forms in AGENCIES.items() for form in (name, *forms) if len(form) > MAX_SHORT_FORM
}


def agency_named(text: str) -> str | None:
    """Return the full name of the agency that `text` names ("AP", "Cape News Agency"), None where it names none."""
    name = ARTICLE.sub("", " ".join(text.split()).strip(" .,:;–—-"))
    listed = _SHORT_FORMS.get(name) or _LONG_FORMS.get(name.casefold())
    return listed or (name if AGENCY_NAME.fullmatch(name) else None)


def agency_in_byline(byline: str) -> str | None:
    """Return the full name of the first agency that a byline names: "By ANA BROOK, AP Political Writer"."""
    for part in BYLINE_SEPARATOR.split(byline):
        detailed = WITH_PLACE_OR_ROLE.fullmatch(part.strip())
        agency = agency_named(part) or agency_named(detailed["agency"] if detailed else "")
        if agency:
            return agency
    via = VIA.search(byline)
    return via["agency"] if via else None
