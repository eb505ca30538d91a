"""What pages say about their articles: JSON-LD, meta tags, DOM; names and times."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bylines import clean_authors, split_byline, upright
from transforms.domains import is_web_address, registrable_domain
from transforms.extract import parse_page
from transforms.json_ld import LinkedArticle, read_json_ld
from transforms.metadata import Metadata, read_metadata
from transforms.times import parse_time

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "extraction" / "fundus"
FETCHED_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)


def metadata_of(html: str) -> Metadata:
    tree = parse_page(html)
    assert tree is not None
    return read_metadata(html, tree, fetched_at=FETCHED_AT)


def ld(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


def page(head: str, body: str = "<p>Text</p>") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-03-04T09:15:30.250+02:00", datetime(2025, 3, 4, 7, 15, 30, 250_000, tzinfo=UTC)),
        ("2025-03-04T09:15:30Z", datetime(2025, 3, 4, 9, 15, 30, tzinfo=UTC)),
        ("2025-03-04 09:15", datetime(2025, 3, 4, 9, 15, tzinfo=UTC)),
        ("2025-03-04", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025-03-04T09:15:30+0100", datetime(2025, 3, 4, 8, 15, 30, tzinfo=UTC)),
        ("Tue, 04 Mar 2025 09:15:30 GMT", datetime(2025, 3, 4, 9, 15, 30, tzinfo=UTC)),
        ("March 4, 2025 9:15 am EST", datetime(2025, 3, 4, 14, 15, tzinfo=UTC)),
        ("4 March 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("1741079730", datetime(2025, 3, 4, 9, 15, 30, tzinfo=UTC)),
        ("1741079730123", datetime(2025, 3, 4, 9, 15, 30, tzinfo=UTC)),
        ("March 2025", None),
        ("2025", None),
        ("9:15 am", None),
        ("Tuesday", None),
        ("", None),
        ("1989-12-31", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("2025-06-03T11:59:00Z", datetime(2025, 6, 3, 11, 59, tzinfo=UTC)),
        ("2025-06-03T12:01:00Z", None),
        ("2082-01-01", None),
        ("4 March 2025 " + "x" * 60, None),
    ],
)
def test_parse_time(value: str, expected: datetime | None) -> None:
    assert parse_time(value, fetched_at=FETCHED_AT) == expected


@given(
    value=st.one_of(st.text(max_size=40), st.from_regex(r"[0-9TZ:+. -]{0,30}(19|20)[0-9]{2}[A-Za-z0-9:+,. -]{0,20}"))
)
def test_parse_time_takes_anything(value: str) -> None:
    time = parse_time(value, fetched_at=FETCHED_AT)
    assert time is None or (time.tzinfo is UTC and time <= FETCHED_AT + timedelta(days=2))


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ana Brook", ["Ana Brook"]),
        ("By  Ana Brook", ["Ana Brook"]),
        ("Written by Ana Brook and Ed Marsh", ["Ana Brook", "Ed Marsh"]),
        ("By Ana Brook, Ed Marsh & Jo Field", ["Ana Brook", "Ed Marsh", "Jo Field"]),
        ("Ana Brook, Ed Marsh, and Jo Field", ["Ana Brook", "Ed Marsh", "Jo Field"]),
        ("Ana Brook; Ed Marsh", ["Ana Brook", "Ed Marsh"]),
        ("Ana Brook, Senior political correspondent", ["Ana Brook"]),
        ("Ana Brook, March 4, 2025", ["Ana Brook"]),
        ("Northwind News Agency", ["Northwind News Agency"]),
        ("Bay and Harbour News", ["Bay and Harbour News"]),
        ("Gazette staff reporter", ["Gazette staff reporter"]),
        ("ana-brook", []),
        ("admin", []),
        ("https://social.example/anabrook", []),
        ("ana@gazette.example", []),
        ("Byron Sand", ["Byron Sand"]),
        ("Anders Andandsen", ["Anders Andandsen"]),
        ("Updated 3 hours ago", []),
        ("", []),
        ("By Ana Brook, Ed Marsh and Jo Field in Washington", ["Ana Brook", "Ed Marsh", "Jo Field"]),
        ("Ana Brook in Washington and Ed Marsh in Oslo", ["Ana Brook", "Ed Marsh"]),
        ("Ana Brook at the Harbour", ["Ana Brook"]),
        ("Ana Brook, Political Editor", ["Ana Brook"]),
        ("Political Editor Ana Brook", ["Ana Brook"]),
        ("Ana Brook, Gazette Editor-at-large", ["Ana Brook"]),
        ("Ana Brook, professor of history", ["Ana Brook"]),
        ("Ana Brook for The Example", ["Ana Brook"]),
        ("Ana Brook For Example.com", ["Ana Brook"]),
        ("Ana Brook via Cape Wire", ["Ana Brook"]),
        ("Ana Brook, MS, RDN", ["Ana Brook"]),
        ("Ana Brook, PhD", ["Ana Brook"]),
        ("Ana Brook/AFP", ["Ana Brook", "AFP"]),
        ("Ana Brook and AP", ["Ana Brook", "AP"]),
        ("Ana Brook (Reuters)", ["Ana Brook"]),
        ("By ANA BROOK, AP National Political Writer", ["ANA BROOK"]),
        ("Associated Press in Ridgeport", ["Associated Press"]),
        ("Story and photos by Ana Brook", ["Ana Brook"]),
        ("From Ana Brook in Oslo", ["Ana Brook"]),
        ("Ana Brook 5 min read", ["Ana Brook"]),
        ("Ana Brook Monday", ["Ana Brook"]),
        ("Ana Brook, November 20", ["Ana Brook"]),
        ("Ana M. Brook, J.K. Marsh", ["Ana M. Brook", "J.K. Marsh"]),
        ("Ana Brook-Lee and Siobhán O’Dell", ["Ana Brook-Lee", "Siobhán O’Dell"]),
        ("Ana Brook, @anabrook", ["Ana Brook"]),
        ("Ana Brook, ana.brook@gazette.example", ["Ana Brook"]),
        ("@anabrook", []),
        ("AnaBrook92", []),
        ("Ana_Brook", []),
        ("Ana.brook", []),
        ("/authors/ana-brook", []),
        ("www.gazette.example", []),
        ("Staff", []),
        ("Staff Reporter", []),
        ("Our Correspondent", []),
        ("Editorial Board", []),
        ("Web Desk", []),
        ("By Agencies", []),
    ],
)
def test_split_byline(byline: str, names: list[str]) -> None:
    assert split_byline(byline) == names


def test_clean_authors_folds_duplicates_and_drops_the_site() -> None:
    bylines = ["Ana Brook", "ANA BROOK", "Harbour Gazette", "Ed Marsh"]
    assert clean_authors(bylines, site_names=["harbour gazette", ""]) == ("Ana Brook", "Ed Marsh")


@pytest.mark.parametrize(
    ("bylines", "sites", "names"),
    [
        (["The Harbour Gazette"], ["Harbour Gazette"], ()),
        (["Cape"], ["Cape.com"], ()),
        (["Ana Brook, Gazette Business"], ["The Gazette"], ("Ana Brook",)),
        (["Gazette staff reporter"], ["The Gazette"], ("Gazette staff reporter",)),
        (["Gazetta Brook"], ["The Gazette"], ("Gazetta Brook",)),
        (["Ana Brook | Harbour Gazette"], ["Harbour Gazette"], ("Ana Brook",)),
        (["Reuters"], ["Harbour Gazette"], ("Reuters",)),
    ],
)
def test_site_names_are_no_authors(bylines: list[str], sites: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(bylines, site_names=sites) == names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Brook, Ana", "Ana Brook"),
        ("van Brook, Ana M.", "Ana M. van Brook"),
        ("Ana Brook", "Ana Brook"),
        ("Ana Brook, Ed Marsh, Jo Field", "Ana Brook, Ed Marsh, Jo Field"),
    ],
)
def test_upright(name: str, expected: str) -> None:
    assert upright(name) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>no scripts</p>", LinkedArticle()),
        (ld('{"@type": "NewsArticle", "headline": "A &amp;amp; B"}'), LinkedArticle(headline="A & B")),
        (ld('[{"@type": "Person", "name": "x"}, {"@type": ["Thing", "BlogPosting"], "headline": "T"}]'),
         LinkedArticle(headline="T")),
        (ld('{"@graph": [{"@type": "WebPage", "mainEntity": {"@type": "LiveBlogPosting", "headline": "T"}}]}'),
         LinkedArticle(headline="T")),
        (ld("{broken") + ld('{"@type": "Article", "headline": "T"}'), LinkedArticle(headline="T")),
        (ld('{"@type": "Article", "headline": "T",}'), LinkedArticle(headline="T")),
        (ld('<!-- {"@type": "Article", "headline": "T"} -->'), LinkedArticle(headline="T")),
        (ld('/*<![CDATA[*/ {"@type": "Article", "headline": "T"}; /*]]>*/'), LinkedArticle(headline="T")),
        (ld('{"@type": "Article", "headline": "a\nb", "author": ["X Y", {"name": ["Z W", "V U"]}, 5, null]}'),
         LinkedArticle(headline="a b", authors=("X Y", "Z W; V U"))),
        (ld('{"@type": "Article", "headline": "T", "mainEntityOfPage": {"@id": "https://a.example/t"}}'),
         LinkedArticle(headline="T", url="https://a.example/t")),
        (ld('{"@type": "Article", "headline": "T"}')
         + ld('{"@type": "Article", "headline": "Other", "author": "Not Ours"}'), LinkedArticle(headline="T")),
        (ld('{"@type": "Article", "headline": "T"}')
         + ld('{"@type": "Article", "headline": "T", "author": "Ana Brook"}'),
         LinkedArticle(headline="T", authors=("Ana Brook",))),
        (ld('{"@type": "Article", "headline": "T", "isAccessibleForFree": false}'),
         LinkedArticle(headline="T", is_free=False)),
        (ld('{"@type": "Article", "headline": "T", "isAccessibleForFree": "http://schema.org/True"}'),
         LinkedArticle(headline="T", is_free=True)),
        (ld('{"@type": "Article", "headline": "T", "isAccessibleForFree": {"a": 1}}'), LinkedArticle(headline="T")),
        (ld('{"@type": "Recipe", "headline": "T"}'), LinkedArticle()),
        (ld("[" * 50_000), LinkedArticle()),
        ('<script type="application/ld+json">' * 3, LinkedArticle()),
    ],
)  # fmt: skip
def test_read_json_ld(html: str, expected: LinkedArticle) -> None:
    assert read_json_ld(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page("<title>Fares rise | Harbour Gazette</title>"), Metadata(title="Fares rise")),
        (page("<title>Ex-mayor wins - again and again</title>", "<h1>Ex-mayor wins</h1>"),
         Metadata(title="Ex-mayor wins")),
        (page('<meta property="og:title" content="Fares - rise"><meta property="og:site_name" content="Gazette">'),
         Metadata(title="Fares - rise", publisher="Gazette")),
        (page('<meta property="og:title" content="Fares rise - Gazette">'
              '<meta property="og:site_name" content="Gazette">'),
         Metadata(title="Fares rise", publisher="Gazette")),
        (page('<meta name=author content="https://x.example/a"><meta name="parsely-author" content="Ana Brook">'),
         Metadata(authors=("Ana Brook",))),
        (page("", '<div class="byline">By <a rel="author" href="/a">Ana Brook</a> | 4 March 2025</div>'),
         Metadata(authors=("Ana Brook",))),
        (page("", '<p class="article-byline">By Ana Brook and Ed Marsh</p>'),
         Metadata(authors=("Ana Brook", "Ed Marsh"))),
        (page("", "<time datetime='2025-03-04T09:15Z'>today</time>"),
         Metadata(published_at=datetime(2025, 3, 4, 9, 15, tzinfo=UTC))),
        (page('<meta property="article:published_time" content="soon"><meta name="date" content="2025-03-04">'),
         Metadata(published_at=datetime(2025, 3, 4, tzinfo=UTC), is_article=True)),
        (page('<link rel="canonical" href="/relative"><meta property="og:url" content="https://a.example/t">'),
         Metadata(canonical_url="https://a.example/t")),
        (page('<script>"<meta name=author content=\'Not Me\'>"</script><meta name="author" content="Ana Brook">'),
         Metadata(authors=("Ana Brook",))),
        (page('<meta name="description" content="A > B"><meta content="Fares > rise" property="og:title">'),
         Metadata(title="Fares > rise")),
        (page("", "<h1>T</h1><p>By Ana Brook, in <a href='/n'>News</a></p>"),
         Metadata(title="T", authors=("Ana Brook",))),
        (page("", "<h1>T</h1><p>By HGZ</p>"), Metadata(title="T", authors=("HGZ",))),
        (page("", "<h1>T</h1><p>By clicking on “Agree”, you agree</p>"), Metadata(title="T")),
        (page("", "<h1>T</h1><div class='author-name'>Eddie</div>"), Metadata(title="T")),
        (page("", "<h1>T</h1><div class='author-name'>Eddie Brook</div>"),
         Metadata(title="T", authors=("Eddie Brook",))),
        (page('<meta name="citation_author" content="Brook, Ana">'), Metadata(authors=("Ana Brook",))),
        (page(ld('{"@type": "Article", "headline": "T", "author": {"name": "Harbour News"},'
                 ' "publisher": {"name": "Harbour News"}}')),
         Metadata(title="T", authors=("Harbour News",), publisher="Harbour News", is_article=True)),
        (page(ld('{"@type": "Article", "headline": "T", "author": {"name": "Harbour News"},'
                 ' "publisher": {"name": "Harbour News"}}'), "<i class=byline>By Ana Brook</i>"),
         Metadata(title="T", authors=("Ana Brook",), publisher="Harbour News", is_article=True)),
        (page(ld('{"@type": "Article", "headline": "T", "author": {"name": "Harbour Gazette"},'
                 ' "publisher": {"name": "Harbour Gazette"}}')),
         Metadata(title="T", publisher="Harbour Gazette", is_article=True)),
        (page(ld('{"@type": "Article", "headline": "T", "author": "ANA BROOK, AP Political Writer",'
                 ' "publisher": {"name": "Associated Press"}}') + '<meta property="og:site_name" content="Gazette">'),
         Metadata(title="T", authors=("ANA BROOK",), publisher="Gazette", agency="Associated Press", is_article=True)),
        (page(ld('{"@type": "Article", "headline": "T", "author": "Reuters", "publisher": {"name": "Reuters"}}')),
         Metadata(title="T", authors=("Reuters",), publisher="Reuters", is_article=True)),
        (page('<meta property="og:site_name" content="https://www.gazette.example">'
              '<meta name="twitter:site" content="@gazette">'), Metadata(publisher="gazette")),
    ],
)  # fmt: skip
def test_read_metadata(html: str, expected: Metadata) -> None:
    assert metadata_of(html) == expected


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.harbourgazette.example/a", "harbourgazette.example"),
        ("News.BBC.co.uk", "bbc.co.uk"),
        ("http://127.0.0.1:8000/a", "127.0.0.1"),
        ("http://localhost/", "localhost"),
        ("", None),
        (None, None),
    ],
)
def test_registrable_domain(address: str | None, domain: str | None) -> None:
    assert registrable_domain(address) == domain


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example", True),
        ("HTTP://a.example/b", True),
        ("file:a/b", False),
        ("http://[half", False),
        (None, False),
    ],
)
def test_is_web_address(address: str | None, expected: bool) -> None:
    assert is_web_address(address) is expected


def fold(text: str | None) -> str:
    return "".join(character for character in (text or "").casefold() if character.isalnum())


def test_shares_on_real_pages() -> None:
    if not DATA.exists():
        pytest.skip("shared/data is absent")
    truths = json.loads((DATA / "ground_truth.json").read_text(encoding="utf-8"))
    title_count = author_count = 0
    for page_id, truth in truths.items():
        html = gzip.decompress((DATA / "html" / f"{page_id}.html.gz").read_bytes()).decode("utf-8", "replace")
        found = metadata_of(html)
        title_count += fold(found.title) == fold(truth["title"])
        author_count += {fold(name) for name in found.authors} == {fold(name) for name in truth["authors"] or []}
    assert title_count / len(truths) >= 0.86
    assert author_count / len(truths) >= 0.96
