"""Pages that hold no article are told from articles, also from articles about the same matter."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.records import Document, InputRejected
from tests.conftest import ROOT
from transforms.decode import decode_html
from transforms.extract import extract_article, extract_page
from transforms.page_kinds import MAX_CONSENT_WORDS, is_consent_wall, is_error_page, is_index_page, is_paywall_stub

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
MISSING_STORY = [
    "The most visited room of the Ridgeport museum has nothing in it, and that is the point.",
    "“Page not found”, a work by the duo Holm and Vane, greets visitors with a blank wall and a small sign: 404.",
    "“We wanted to build what everybody has seen and nobody has entered,” said Tova Holm, 41, on Friday. The artists "
    "spent two years collecting the wording of 1,200 error messages, from “access denied” to “are you a robot?”.",
    "Some visitors have asked for their money back. The museum's director, Ivo Lund, refuses: “It is art.”",
    "The show runs until the end of March. Tickets cost nine crowns, six for students.",
]
BRIEF = [
    "A lorry that carried apples overturned on the coast road near Ridgeport early on Monday, police said.",
    "Nobody was hurt. The road was closed for three hours while the fire brigade gathered some four tonnes of fruit.",
    "“It smelled like autumn,” said the officer in charge, Lene Dahl. The driver, 52, told police that he had swerved "
    "to avoid a dog.",
]
BOOKS = [
    ("The Salt Line by Orla Finch", "A ferry captain keeps a diary for forty years. It is funny, and then it is not."),
    ("Nine Winters by Bo Hallam", "The best book on snow in years. Hallam walks, counts and complains, and we follow."),
    ("Harbour Lights by Ines Karr", "A crime novel without a crime. Its detective is a harbour pilot who hates boats."),
    ("The Clerk by Tomas Vey", "An office comedy in one day. It ends with the funniest meeting in recent fiction."),
    ("What the Tide Left by Una Roe", "Essays on beaches. Some are slight; the one on driftwood is worth the price."),
]
HEADLINES = [
    "Ferry fares to rise in spring", "Council backs quayside tram", "Old bridge closed until the summer",
    "Library reopens after two years", "Harbour museum opens empty room", "Apples block the coast road",
    "Lighthouse keepers return to the cape", "Students win bus dispute", "Storm takes roof off town hall",
    "Fish market moves to the north pier",
]  # fmt: skip


def page(body: str, title: str = "", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article(*paragraphs: str, title: str = "A story", head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return page(f"<article><h1>{title}</h1>{body}</article>", title, head)


def not_free(headline: str = "A story", *, value: str = "false") -> str:
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "'
        f'{headline}", "isAccessibleForFree": {value}}}</script>'
    )


def front(template: str, headlines: list[str] = HEADLINES, title: str = "News | Harbour Gazette") -> str:
    items = "".join(template.format(number=number, text=text) for number, text in enumerate(headlines))
    return page(f"<main><h1>Latest news</h1>{items}</main>", title)


ERROR_PAGES = [
    page("<h1>404</h1><p>Page not found</p>", "404 Not Found"),
    page("<main><h1>Page not found</h1><p>Sorry, we can't find the page you are looking for. It may have been moved or "
         "deleted.</p><p><a href='/'>Back to the home page</a></p></main>", "Page not found | Harbour Gazette"),
    page("<h1>Access Denied</h1><p>You don't have permission to access this page on this server.</p>"
         "<p>Reference #18.2d351ab8.1557333295.a4e16ab</p>", "Access Denied"),
    page("<h1>Checking your browser</h1><p>This process is automatic. Your browser will redirect to it shortly.</p>"
         "<p>Please enable JavaScript and cookies to continue.</p><p>Ray ID: 7f3b2c</p>", "Just a moment..."),
    page("<div><h1>Are you a robot?</h1><p>To continue, please verify that you are not a robot. We have noticed "
         "unusual activity from your network.</p></div>", "Harbour Gazette"),
    page("<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>", "Harbour Gazette"),
    page("<h1>Sorry, you have been blocked</h1><p>You are unable to access harbourgazette.example.</p><p>This website "
         "is using a service to protect itself. Performance &amp; security by Shieldwall.</p>",
         "Attention Required! | Shieldwall"),
    page("<p>Oops! This page does not exist. Try a search or return to the homepage.</p>", "Harbour Gazette"),
    page("<h1>503 Service Unavailable</h1><p>The server is busy. Error 503: no server is available to handle this "
         "request.</p>", "503 Service Unavailable"),
]  # fmt: skip
STUB_PAGES = [
    article(BRIEF[0], "Subscribe to continue reading."),
    article(BRIEF[0], BRIEF[1], "This article is for subscribers only.", "Already a subscriber? Log in"),
    article(BRIEF[0], "To continue reading, sign in or start your free trial."),
    article(
        BRIEF[0],
        BRIEF[1],
        "You have reached your limit of free articles this month. Register for free to keep reading.",
    ),
    article(BRIEF[0], head=not_free()),
    article(BRIEF[0], head=not_free(value='"False"')),
    article(BRIEF[0], BRIEF[1], "Unlock this article and the whole archive from one crown a week."),
]
INDEX_PAGES = [
    front('<h2><a href="/{number}">{text}</a></h2>'),
    front('<h3><a href="/{number}">{text}</a></h3><p>{text}, the company said on Monday.</p>'),
    front('<article><h2><a href="/{number}">{text}</a></h2><p>Residents were told about it on Monday.</p></article>'),
    front('<ul><li><a href="/{number}">{text} after a long and bitter dispute in the town</a></li></ul>'),
    front('<div class="teaser"><a href="/{number}"><h2>{text}</h2></a><p>What we know about it so far.</p></div>'),
    front('<p><a href="/{number}">{text}, says the council in a letter to all residents</a></p>'),
]
ARTICLES = [
    article(*PRIVACY_STORY, title="Telecom fined over cookie banner"),
    article(*MISSING_STORY, title="Page not found: the museum that shows an error"),
    article(*MISSING_STORY, title="404"),
    article(*BRIEF, title="Apples block the coast road"),
    article(*BRIEF, head=not_free()),  # metered, and whole
    article(*BRIEF, "Subscribe to read more from our reporters.", head=not_free(value="true")),
    article(*BRIEF, "The site now greets visitors with “Subscribe to continue reading”, as its rivals do."),
    article(*BRIEF, *MISSING_STORY, "Subscribe to continue reading our other stories.", title="Two stories"),
    article(*BRIEF, *PRIVACY_STORY, *MISSING_STORY, head=not_free()),
    page("<article><h1>Five books for the winter</h1><p>Our critics chose the books that they read twice this year.</p>"
         + "".join(f"<h2><a href='/{n}'>{book}</a></h2><p>{text}</p>" for n, (book, text) in enumerate(BOOKS))
         + "</article>", "Five books for the winter"),
    article(BRIEF[0], BRIEF[1], "The site shows an error 404 since Monday, and its owner gave no reason.", BRIEF[2]),
    article(*BRIEF, *(f"{headline}." for headline in HEADLINES)),  # a list without links
]  # fmt: skip


def reason_of(html: str) -> str | None:
    document = Document(
        item="x", url="https://www.harbourgazette.example/x", source="s", content=html, content_type="html",
        fetched_at=datetime(2025, 6, 1, tzinfo=UTC), run_id="r",
    )  # fmt: skip
    try:
        extract_article(document, pipeline_version="1")
    except InputRejected as rejected:
        return rejected.reason
    return None


@pytest.mark.parametrize("html", ERROR_PAGES)
def test_error_pages(html: str) -> None:
    assert reason_of(html) == "error_page"


@pytest.mark.parametrize("html", STUB_PAGES)
def test_paywall_stubs(html: str) -> None:
    assert reason_of(html) == "paywall_stub"


@pytest.mark.parametrize("html", INDEX_PAGES)
def test_index_pages(html: str) -> None:
    assert reason_of(html) == "index_page"


@pytest.mark.parametrize("html", ARTICLES)
def test_articles_on_the_same_matters_stay(html: str) -> None:
    assert reason_of(html) is None


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (WALL, True),
        ([*WALL, "Reject all", "Accept all"], True),
        (
            [
                "We value your privacy",
                "We use cookies and similar technologies to store information on your device.",
                "You can accept all cookies, reject all, or read our privacy policy.",
            ],
            True,
        ),
        (
            [
                "Before you continue to Harbour Gazette",
                "We use cookies to deliver personalised ads. Manage options at any time in our cookie policy.",
            ],
            True,
        ),
        (
            [
                "Your privacy choices",
                "We need your consent to show you this page. Some partners rely on legitimate interest.",
                "Manage preferences",
                "Accept all",
            ],
            True,
        ),
        (
            [
                "We and our partners use your data for personalised advertising, ad and content measurement.",
                "Your choices apply to this website only. Reject all",
            ],
            True,
        ),
        (PRIVACY_STORY, False),
        ([*WALL, *PRIVACY_STORY * 3], False),  # a story below a banner
        ([*WALL[1:] * 60], False),  # far too long for a wall
        (["We use cookies."], False),
        ([], False),
    ],
)
def test_consent_walls(blocks: list[str], expected: bool) -> None:
    assert is_consent_wall(blocks) is expected


def test_the_long_case_is_over_the_limit() -> None:
    assert sum(len(block.split()) for block in WALL[1:] * 60) > MAX_CONSENT_WORDS


@pytest.mark.parametrize("blocks", [[], [""], BRIEF, PRIVACY_STORY, MISSING_STORY])
def test_what_is_of_no_kind(blocks: list[str]) -> None:
    assert not is_error_page(blocks, "Apples block the coast road")
    assert not is_paywall_stub(blocks or BRIEF, is_free=None)
    assert not is_index_page(blocks, [(headline, "") for headline in HEADLINES])


def test_of_the_bundled_pages_only_the_wall_is_refused() -> None:
    pages = sorted((ROOT / "examples" / "articles").glob("*.html"))
    assert {path.name: reason for path in pages if (reason := reason_of(decode_html(path.read_bytes())))} == {
        "consent-wall.html": "consent_wall"
    }
    assert is_consent_wall(_texts(ROOT / "examples" / "articles" / "consent-wall.html"))


def _texts(path: Path) -> list[str]:
    return [text for _, text in extract_page(decode_html(path.read_bytes()))]
