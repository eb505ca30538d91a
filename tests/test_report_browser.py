"""The report in a real browser: it answers to pointer, keys and taps, asks for nothing, and nothing in it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from flows.report import make_page
from flows.store import Store
from tests.browser import CHROMIUM, axe_violations, chromium, opened
from tests.report_rows import HOSTILE, TRAM, commit_report_rows

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
PHONE = 390  # pixels


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    commit_report_rows(Store(folder))
    path = folder / "report.html"
    path.write_text(make_page(folder), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shared_page(browser: Browser, report: Path) -> Iterator[Page]:
    with opened(browser, report) as found:
        yield found.page


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The report with the article TRAM in its reading view, nothing chosen, nothing pinned."""
    shared_page.evaluate("document.activeElement.blur()")
    shared_page.keyboard.press("Escape")
    shared_page.mouse.move(0, 0)
    title = TRAM.article.title
    index = shared_page.evaluate(f"data.articles.findIndex((one) => one.title === '{title}')")
    shared_page.locator("#article").select_option(index=index)
    if shared_page.locator("#clear").is_enabled():
        shared_page.locator("#clear").click()
    return shared_page


def shown(page: Page) -> list[str]:
    """Return the statements whose marks are shown, of those that somebody says."""
    return page.locator(".said.match:not(.narration)").all_text_contents()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", PHONE)])
def test_it_opens_without_a_request_an_error_or_a_barrier(
    browser: Browser, report: Path, theme: Literal["light", "dark"], width: int
) -> None:
    with opened(browser, report, theme=theme, width=width) as found:
        found.page.locator(".said.direct").first.focus()  # with the card that says who speaks
        assert axe_violations(found.page) == []
        assert found.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert (found.requests, found.errors) == ([], [])


def test_charts_are_drawn(page: Page) -> None:
    area = "(part) => { const box = part.getBoundingClientRect(); return box.width * box.height; }"
    drawn = page.locator("svg.columns, svg.bar").evaluate_all(
        f"(charts) => charts.map((chart) => [...chart.querySelectorAll('rect')].map({area}))"
    )
    assert len(drawn) == 10
    assert all(sum(areas) > 100 for areas in drawn)
    label = page.locator("svg.bar").first.get_attribute("aria-label")
    assert label == "all: 4 direct, 2 indirect, 3 narration"


def test_pointing_at_a_statement_shows_who_says_it_and_its_labels(page: Page) -> None:
    assert page.locator("#card").is_hidden()
    page.locator(".said.direct").hover()
    assert page.locator("#card .who").text_content() == "Ann Lee"
    card = page.locator("#card").inner_text()
    for words in ("role of Ann Lee · person", "direct, “said”, attribution score 0.75", "subjective 0.90"):
        assert words in card
    page.mouse.move(0, 0)
    page.locator("#card").wait_for(state="hidden")


def test_a_statement_within_another_shows_both(page: Page) -> None:
    page.locator(".said", has_text="the job cuts.").hover()
    assert page.locator("#card .who").all_text_contents() == ["the union", "Ilse Marrack"]


def test_the_keyboard_reaches_every_statement(page: Page) -> None:
    page.locator("#text .said").first.focus()
    seen = [page.locator("#card .who").first.text_content()]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator("#card .who").first.text_content())
    assert seen == ["The article’s own voice", "Ann Lee", "Ilse Marrack", "the union"]
    assert "check-worthy 0.60" not in page.locator("#card").inner_text().split("\n")[0]
    assert page.locator("#text [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    page.evaluate("settle()")  # as when the pointer leaves something
    assert page.locator("#card").is_hidden()


def test_on_a_phone_the_filters_are_folded_above_the_text(browser: Browser, report: Path) -> None:
    with opened(browser, report, width=PHONE) as found:
        assert found.page.locator("#speaker-filter").is_hidden()
        found.page.locator("#filter summary").click()
        assert found.page.locator("#speaker-filter").is_visible()


def test_a_tap_shows_who_says_it_and_another_closes_it(browser: Browser, report: Path) -> None:
    with opened(browser, report, width=PHONE, touch=True) as found:
        said = found.page.locator(".said.direct").first
        said.tap()
        assert found.page.locator("#card").is_visible()
        box = found.page.locator("#card").bounding_box()
        assert box is not None
        assert box["width"] >= PHONE - 2
        found.page.locator("#read-title").tap()
        assert found.page.locator("#card").is_hidden()


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (["#speaker-filter button >> nth=0"], ["“It will never run,”"]),
        (["#type-filter button >> nth=2"], ["The mayor said that the union fears ", "the job cuts."]),
        (["#label-filter button >> nth=0"], ["The mayor said that the union fears ", "the job cuts."]),
        (["#label-filter button >> nth=1"], ["“It will never run,”"]),
        (["#speaker-filter button >> nth=0", "#type-filter button >> nth=2"], []),
        (
            ["#speaker-filter button >> nth=0", "#speaker-filter button >> nth=2"],
            ["“It will never run,”", "the job cuts."],
        ),
    ],
)
def test_filters_leave_the_marks_of_what_matches(page: Page, chosen: list[str], left: list[str]) -> None:
    everything = shown(page)
    for button in chosen:
        page.locator(button).click()
    assert [text.strip() for text in shown(page)] == [text.strip() for text in left]
    assert (
        page.locator("#speaker-filter button").first.get_attribute("aria-pressed")
        == str("#speaker-filter button >> nth=0" in chosen).lower()
    )
    assert "of 4 statements match" in (page.locator("#matched").text_content() or "")
    page.locator("#clear").click()
    assert shown(page) == everything


def test_a_claim_leads_to_its_place(page: Page) -> None:
    page.locator("#claims a").first.click()
    page.locator("#card:not([hidden])").wait_for()
    assert page.locator("#paper-title").text_content() == "tram"
    assert page.evaluate("document.activeElement.textContent") == "The tram 🚋 costs 412 million crowns."
    page.evaluate("location.hash = ''")


def test_the_theme_button_turns_the_page_dark_and_back(page: Page) -> None:
    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    page.locator("#theme").click()
    assert background() != light
    page.reload()  # it is kept
    assert background() != light
    page.locator("#theme").click()
    assert background() == light


def test_a_page_without_articles_has_nothing_to_complain_of(browser: Browser, tmp_path: Path) -> None:
    commit_report_rows(Store(tmp_path), [])
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path), encoding="utf-8")
    with opened(browser, path) as found:
        assert found.page.locator("h1").text_content() == "There is nothing on record yet"
        assert axe_violations(found.page) == []
        assert (found.requests, found.errors) == ([], [])


def test_what_is_hostile_is_shown_as_text_and_does_nothing(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        number = page.evaluate("data.articles.findIndex((one) => one.title.startsWith('trouble'))")
        page.locator("#article").select_option(index=number)
        assert page.locator("#paper-title").text_content() == f"trouble {HOSTILE}"[:120]
        page.locator(".said.direct").hover()
        assert HOSTILE in (page.locator("#card .who").text_content() or "")
        assert page.locator("#paper a").count() == 0
        assert page.locator("img, iframe, object").count() == 0
        page.wait_for_timeout(100)
        assert page.evaluate("typeof hacked") == "undefined"
        assert (found.requests, found.errors) == ([], [])
