"""Where republished texts come from."""

import pytest

from transforms.agencies import agency_in_byline, agency_named
from transforms.citations import Reference
from transforms.origins import credited_agency, dateline_agency, find_origin, other_domain, republication_note

FERRY = "The ferry company will raise its fares in spring, it said on Tuesday, and blamed the price of fuel."


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("AP", "Associated Press"),
        ("The Associated Press", "Associated Press"),
        ("ASSOCIATED PRESS", "Associated Press"),
        ("Reuters", "Reuters"),
        ("reuters", "Reuters"),
        ("AFP", "Agence France-Presse"),
        ("dpa", "Deutsche Presse-Agentur"),
        ("PTI", "Press Trust of India"),
        ("Pti", None),
        ("Pa", None),
        ("TASS", "TASS"),
        ("Northwind News Agency", "Northwind News Agency"),
        ("the Cape Newswire", "Cape Newswire"),
        ("Harbour News", None),
        ("Ana Brook", None),
        ("", None),
    ],
)
def test_agency_named(text: str, agency: str | None) -> None:
    assert agency_named(text) == agency


@pytest.mark.parametrize(
    ("byline", "agency"),
    [
        ("Reuters", "Reuters"),
        ("By ANA BROOK, AP National Political Writer", "Associated Press"),
        ("By ANA BROOK Associated Press", None),
        ("Associated Press in Ridgeport", "Associated Press"),
        ("Ana Brook and Reuters", "Reuters"),
        ("Ana Brook/AFP", "Agence France-Presse"),
        ("Ana Brook (PTI)", "Press Trust of India"),
        ("Ana Brook | dpa", "Deutsche Presse-Agentur"),
        ("Ana Brook via Cape Wire", "Cape Wire"),
        ("Ana Brook, Northwind News Agency", "Northwind News Agency"),
        ("Ana Brook, Political Editor", None),
        ("Ana Brook in Washington", None),
        ("Ann Paton", None),
        ("", None),
    ],
)
def test_agency_in_byline(byline: str, agency: str | None) -> None:
    assert agency_in_byline(byline) == agency


@pytest.mark.parametrize(
    ("block", "agency"),
    [
        ("LONDON (Reuters) — The ferry sank.", "Reuters"),
        ("LONDON, March 5 (Reuters) - The ferry sank.", "Reuters"),
        ("(AP) — The ferry sank.", "Associated Press"),
        ("RIDGEPORT, N.H. (AP) — The ferry sank.", "Associated Press"),
        ("Paris (AFP) – The ferry sank.", "Agence France-Presse"),
        ("NEW DELHI, 5 March (PTI) The ferry sank.", "Press Trust of India"),
        ("Ridgeport [Sorvia], February 3 (ANI): The ferry sank.", "Asian News International"),
        ("MOSCOW, March 5. /TASS/. The ferry sank.", "TASS"),
        ("BEIJING, March 5 (Xinhua) -- The ferry sank.", "Xinhua"),
        ("The agency (AP) said that the ferry sank.", None),
        ("The Planning Authority (PA) said that the ferry sank.", None),
        ("LONDON — The ferry sank.", None),
    ],
)
def test_dateline_agency(block: str, agency: str | None) -> None:
    assert dateline_agency([block]) == agency
    assert dateline_agency(["A caption", block, FERRY]) == agency
    assert dateline_agency([FERRY, FERRY, FERRY, block]) is None  # a dateline opens a story


@pytest.mark.parametrize(
    ("block", "agency"),
    [
        ("Reuters", "Reuters"),
        ("(AP)", "Associated Press"),
        ("— AFP", "Agence France-Presse"),
        ("Credit: dpa", "Deutsche Presse-Agentur"),
        ("© 2024 AFP", "Agence France-Presse"),
        ("Copyright 2024 The Associated Press. All rights reserved.", "Associated Press"),
        ("(via CGTN)", "CGTN"),
        ("Via Cape Wire", "Cape Wire"),
        ("The ferry sank on Monday. (PTI)", "Press Trust of India"),
        ("The ferry sank on Monday. — Bernama", "Bernama"),
        ("“It sank.” /ANI", "Asian News International"),
        ("Photo: Reuters", None),
        ("The photographer works for Reuters.", None),
        ("The ferry sank, said the Planning Authority (PA).", None),
        (FERRY, None),
    ],
)
def test_credited_agency(block: str, agency: str | None) -> None:
    assert credited_agency([FERRY, block]) == agency
    assert credited_agency([block, FERRY, FERRY, FERRY]) is None  # a credit stands at the end


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("This story was originally published by Cape Wire.", "Cape Wire"),
        ("This article was first published in The Harbour Gazette on Monday and is used here with thanks.",
         "The Harbour Gazette"),
        ("This article first appeared in The Cape on Monday.", "The Cape"),
        ("This article is republished from The Cape under a Creative Commons licence.", "The Cape"),
        ("This report was first published on capewire.example.", "capewire.example"),
        ("This story was produced by Cape Wire and reviewed by its editors.", "Cape Wire"),
        ("Republished from Cape Wire", "Cape Wire"),
        ("Reprinted with permission from Cape Wire.", "Cape Wire"),
        ("(Originally published at Cape Wire.)", "Cape Wire"),
        ("This article was originally published on March 3 and has been updated.", None),
        ("This story was originally published in March.", None),
        ("It was first reported in West Ridgeport.", None),
        ("The essay was republished in 1990 by a press in Oslo.", None),
        ("Her novel was originally published by Harbour Press.", None),
        (FERRY, None),
    ],
)  # fmt: skip
def test_republication_note(block: str, name: str | None) -> None:
    assert republication_note([block]) == name
    assert republication_note([FERRY] * 4 + [block]) == name
    assert republication_note([FERRY] * 4 + [block] + [FERRY] * 4) is None


@pytest.mark.parametrize(
    ("url", "canonical", "domain"),
    [
        ("https://www.marshland.example/a", "https://harbourgazette.example/a", "harbourgazette.example"),
        ("https://www.marshland.example/a", "https://news.marshland.example/a", None),
        ("https://www.marshland.co.uk/a", "https://www.marshland.com/a", None),
        ("https://www.marshland.example/a", None, None),
        ("file:inbox/a.html", "https://harbourgazette.example/a", None),
    ],
)
def test_other_domain(url: str, canonical: str | None, domain: str | None) -> None:
    assert other_domain(url, canonical) == domain


def origin(
    *blocks: str,
    references: tuple[Reference, ...] = (),
    authors: tuple[str, ...] = (),
    agency: str | None = None,
    publisher: str | None = "Marshland Daily",
    url: str = "https://www.marshland.example/a",
    canonical_url: str | None = None,
) -> str | None:
    return find_origin(
        blocks,
        references,
        authors=authors,
        agency=agency,
        publisher=publisher,
        url=url,
        canonical_url=canonical_url,
    )


def test_the_first_claim_wins() -> None:
    dateline = "LONDON (Reuters) — The ferry sank."
    note = "Republished from Cape Wire"
    assert origin(FERRY) is None
    assert origin(FERRY, canonical_url="https://gazette.example/a") == "gazette.example"
    assert origin(FERRY, "(AP)", canonical_url="https://gazette.example/a") == "Associated Press"
    assert origin(dateline, "(AP)") == "Reuters"
    assert origin(dateline, agency="Bernama") == "Bernama"
    assert origin(dateline, authors=("Ana Brook", "AFP"), agency="Bernama") == "Agence France-Presse"
    assert origin(dateline, FERRY, FERRY, FERRY, note, authors=("AFP",)) == "Cape Wire"
    assert origin(dateline, note, references=(Reference(title="AP"),)) == "Associated Press"
    assert origin(dateline, note, references=(Reference(title="Tides", domain="tides.example"),)) == "tides.example"


def test_the_own_outlet_is_no_origin() -> None:
    dateline = "LONDON (Reuters) — The ferry sank."
    assert origin(dateline, publisher="Reuters") is None
    assert origin(dateline, publisher=None, url="https://www.reuters.com/a") is None
    assert origin("(AP) — The ferry sank.", publisher="AP News") is None
    assert origin(FERRY, references=(Reference(title="Marshland Daily"),)) is None
    assert origin(FERRY, references=(Reference(title="Marshland Daily News"),)) is None
    assert origin(FERRY, references=(Reference(domain="marshland.example"),)) is None
    assert origin(dateline, references=(Reference(title="News agencies"),)) == "Reuters"
