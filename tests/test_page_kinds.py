"""Pages that hold no article are told from articles, also from articles about the same matter."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT
from transforms.decode import decode_html
from transforms.extract import extract_page
from transforms.page_kinds import MAX_CONSENT_WORDS, is_consent_wall

WALL = [
    "Before you continue",
    "We and our 612 partners store and access information on your device.",
    "Choose “Accept all” to agree, or “More options” to change your privacy settings.",
]
PRIVACY_STORY = [
    "The regulator fined Harrow Telecom 4 million crowns on Monday over its cookie banner.",
    "Most visitors who tried to reject all trackers were asked again a day later, it found.",
    "“Your consent was treated as a formality,” said Edda Morrin, who led the inquiry.",
    "The company said that it would change the page by March and that it regretted the error.",
]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (WALL, True),
        ([*WALL, "Reject all", "Accept all"], True),
        (PRIVACY_STORY, False),
        ([*WALL, *PRIVACY_STORY * 3], False),  # a story below a banner
        ([*WALL[1:] * 60], False),  # far too long for a wall
        (["We use cookies."], False),
        ([], False),
    ],
)
def test_consent_walls(blocks: Sequence[str], expected: bool) -> None:
    assert is_consent_wall(blocks) is expected


def test_the_long_case_is_over_the_limit() -> None:
    assert sum(len(block.split()) for block in WALL[1:] * 60) > MAX_CONSENT_WORDS


def test_of_the_bundled_pages_only_the_wall_is_one() -> None:
    pages = sorted((ROOT / "examples" / "articles").glob("*.html"))
    walls = [page.name for page in pages if is_consent_wall(_texts(page))]
    assert walls == ["consent-wall.html"]


def _texts(page: Path) -> list[str]:
    return [text for _, text in extract_page(decode_html(page.read_bytes()))]
