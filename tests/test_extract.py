"""Pages and texts to articles: a table per function, golden pages per family, and what must hold for any input."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schemas.records import ContentType, Document, InputRejected
from transforms.blocks import TypedText
from transforms.extract import (
    ExtractedArticle,
    article_id_of,
    extract_article,
    extract_page,
    parse_page,
)
from transforms.languages import identify_language
from transforms.page_limits import MIN_BODY_LENGTH

GOLDEN = Path(__file__).parent / "golden"
UPDATE_GOLDEN = os.environ.get("ONRECORD_UPDATE_GOLDEN") == "1"
FETCHED_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
PARAGRAPH = "The ferry company will raise its fares in spring, it said on Tuesday, and blamed the price of fuel."


def document(content: bytes | str, content_type: ContentType = "text", **changes: Any) -> Document:
    made = Document(
        item="inbox/ferry",
        url="https://www.harbourgazette.example/ferry",
        source="inbox",
        content=content,
        content_type=content_type,
        fetched_at=FETCHED_AT,
        run_id="run-1",
    )
    return replace(made, **changes)


def page(body: str, head: str = "<title>Ferry</title>") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def golden_view(name: str) -> dict[str, Any]:
    content = (GOLDEN / f"{name}.html").read_bytes()
    extracted = extract_article(document(content, "html", url=f"file:golden/{name}.html"), pipeline_version="1")
    article = extracted.article
    return {
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "canonical_url": article.canonical_url,
        "domain": article.domain,
        "publisher": article.publisher,
        "origin_publisher": article.origin_publisher,
        "language": article.language,
        "blocks": [[block.kind, article.text[block.start_char : block.end_char]] for block in extracted.blocks],
        "citations": [[citation.title, citation.url, citation.domain] for citation in extracted.citations],
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.html")))
def test_golden_page(name: str) -> None:
    expected_path = GOLDEN / f"{name}.json"
    found = golden_view(name)
    if UPDATE_GOLDEN:
        expected_path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail(f"{expected_path.name} was rewritten; read the difference, then run without ONRECORD_UPDATE_GOLDEN")
    assert found == json.loads(expected_path.read_text(encoding="utf-8"))


def test_there_are_golden_families() -> None:
    assert len(list(GOLDEN.glob("*.html"))) >= 3


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<p>{PARAGRAPH}</p>", [("paragraph", PARAGRAPH)]),
        (f"<p>{PARAGRAPH.replace(' ', '&nbsp; ', 3)}</p>", [("paragraph", PARAGRAPH)]),
        (f"<p><b>T</b>he rest.</p><p>{PARAGRAPH}</p>", [("paragraph", "The rest."), ("paragraph", PARAGRAPH)]),
        (f"<h2>Fares</h2><p>{PARAGRAPH}</p>", [("heading", "Fares"), ("paragraph", PARAGRAPH)]),
        (
            f"<p>{PARAGRAPH}</p><ul><li>One of three</li><li>Two of three</li></ul><p>{PARAGRAPH} Again.</p>",
            [
                ("paragraph", PARAGRAPH),
                ("list_item", "One of three"),
                ("list_item", "Two of three"),
                ("paragraph", f"{PARAGRAPH} Again."),
            ],
        ),
        (
            f"<p>{PARAGRAPH}</p><blockquote><p>Nobody asked us.</p><p>Nobody will.</p></blockquote>",
            [("paragraph", PARAGRAPH), ("blockquote", "Nobody asked us."), ("blockquote", "Nobody will.")],
        ),
        (
            f"<p>{PARAGRAPH}<br>A line below.<br><br>A line below.</p>",
            [("paragraph", f"{PARAGRAPH} A line below."), ("paragraph", "A line below.")],
        ),
        ("", []),
        ("<div></div>", []),
    ],
)
def test_extract_page(body: str, expected: list[TypedText]) -> None:
    assert extract_page(page(f"<article>{body}</article>" if body else "")) == expected


@pytest.mark.parametrize("html", [f"<p>{PARAGRAPH}</p>", PARAGRAPH, f"<article><p>{PARAGRAPH}</p></article>"])
def test_a_fragment_is_a_page(html: str) -> None:
    assert extract_page(html) == [("paragraph", PARAGRAPH)]


def test_a_parsed_tree_is_only_read() -> None:
    from lxml import etree

    html = (GOLDEN / "json_ld_graph.html").read_text(encoding="utf-8")
    tree = parse_page(html)
    assert tree is not None
    before = etree.tostring(tree)
    assert extract_page(html, tree) == extract_page(html)
    assert etree.tostring(tree) == before


@pytest.mark.parametrize(
    ("content", "text", "blocks"),
    [
        (f"{PARAGRAPH}\n", f"{PARAGRAPH}\n", [PARAGRAPH]),
        (f"{PARAGRAPH}\r\n\r\n  Two  spaces \rthree", f"{PARAGRAPH}\n\n  Two  spaces \nthree",
         [PARAGRAPH, "Two  spaces", "three"]),
        (f"\n\n{PARAGRAPH}\n\n\nSource: Northwind News Agency\n", f"\n\n{PARAGRAPH}", [PARAGRAPH]),
        (f"{PARAGRAPH}\u2028same line", f"{PARAGRAPH}\u2028same line", [f"{PARAGRAPH}\u2028same line"]),
        (f"a\0b {PARAGRAPH} \ud800", f"ab {PARAGRAPH} \ufffd", [f"ab {PARAGRAPH} \ufffd"]),
    ],
)  # fmt: skip
def test_text_document(content: str, text: str, blocks: list[str]) -> None:
    extracted = extract_article(document(content), pipeline_version="1")
    assert extracted.article.text == text
    assert [extracted.article.text[block.start_char : block.end_char] for block in extracted.blocks] == blocks
    assert {block.kind for block in extracted.blocks} == {"paragraph"}


@pytest.mark.parametrize(
    ("content", "content_type", "reason", "message"),
    [
        ("Hello there", "text", "too_short", "body has 11 characters; the limit is 25"),
        ("", "text", "too_short", "body has 0 characters; the limit is 25"),
        (" " * 200, "text", "too_short", "body has 0 characters; the limit is 25"),
        (b"", "html", "too_short", "body has 0 characters; the limit is 25"),
        (page(""), "html", "too_short", "body has 0 characters; the limit is 25"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "html", "not_text", "PNG"),
    ],
)
def test_rejections(content: bytes | str, content_type: ContentType, reason: str, message: str) -> None:
    with pytest.raises(InputRejected) as rejected:
        extract_article(document(content, content_type), pipeline_version="1")
    assert (rejected.value.step, rejected.value.reason) == ("extract", reason)
    assert message in rejected.value.message


def test_a_body_at_the_limit_is_an_article() -> None:
    text = "x" * MIN_BODY_LENGTH
    assert extract_article(document(text), pipeline_version="1").article.text == text


@pytest.mark.parametrize("heading", ["<h1>Fares: they rise</h1>", "<h2>Fares – they rise!</h2>"])
def test_the_headline_is_not_repeated(heading: str) -> None:
    html = page(
        f"<article>{heading}<p>{PARAGRAPH}</p></article>", '<meta property="og:title" content="Fares: they rise">'
    )
    article = extract_article(document(html, "html"), pipeline_version="1").article
    assert (article.title, article.text) == ("Fares: they rise", PARAGRAPH)


def test_what_the_document_says_wins_over_the_page() -> None:
    html = (GOLDEN / "json_ld_graph.html").read_bytes()
    published_at = datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC)
    told = document(
        html,
        "html",
        title="Told",
        authors=("Ina Told", "Bo Told"),
        published_at=published_at,
        language="xx",
        external_id="7",
    )
    article = extract_article(told, pipeline_version="1").article
    assert (article.title, article.authors, article.published_at) == ("Told", "Ina Told; Bo Told", published_at)
    assert (article.language, article.external_id) == ("xx", "7")
    assert article.published_date == published_at.date()


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.harbourgazette.example/ferry", "harbourgazette.example"),
        ("https://News.BBC.co.uk/a", "bbc.co.uk"),
        ("file:golden/json_ld_graph.html", "harbourgazette.example"),
    ],
)
def test_domain(url: str, domain: str) -> None:
    html = (GOLDEN / "json_ld_graph.html").read_bytes()
    assert extract_article(document(html, "html", url=url), pipeline_version="1").article.domain == domain


def test_content_hash_covers_what_a_reader_sees() -> None:
    base = extract_article(document(PARAGRAPH), pipeline_version="1").article
    later = replace(document(PARAGRAPH), fetched_at=datetime(2025, 6, 2, tzinfo=UTC), run_id="run-2")
    assert extract_article(later, pipeline_version="1").article.content_hash == base.content_hash
    changed = [
        extract_article(document(PARAGRAPH + "!"), pipeline_version="1"),
        extract_article(document(PARAGRAPH, title="T"), pipeline_version="1"),
        extract_article(document(PARAGRAPH, authors=("A", "B")), pipeline_version="1"),
        extract_article(document(PARAGRAPH, authors=("A; B",)), pipeline_version="1"),
        extract_article(document(PARAGRAPH, published_at=FETCHED_AT), pipeline_version="1"),
        extract_article(document(PARAGRAPH), pipeline_version="2"),
    ]
    hashes = {extracted.article.content_hash for extracted in changed} | {base.content_hash}
    assert len(hashes) == 7
    assert all(len(content_hash) == 32 for content_hash in hashes)


def test_article_id_takes_any_url() -> None:
    assert len(article_id_of("file:inbox/\ud800.txt")) == 16
    assert article_id_of("https://a.example/") != article_id_of("https://b.example/")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PARAGRAPH, "en"),
        ("Die Fähre wird im Frühjahr teurer, wie die Gesellschaft am Dienstag mitteilte.", "de"),
        ("La compagnie augmentera ses tarifs au printemps, a-t-elle annoncé mardi.", "fr"),
    ],
)
def test_identify_language(text: str, language: str) -> None:
    assert identify_language(text) == language


def check_blocks(extracted: ExtractedArticle) -> None:
    text, position = extracted.article.text, 0
    text.encode("utf-8")
    assert "\0" not in text
    assert len(text.strip()) >= MIN_BODY_LENGTH
    for block in extracted.blocks:
        assert position <= block.start_char < block.end_char <= len(text)
        found = text[block.start_char : block.end_char]
        assert found == found.strip()
        assert "\n" not in found
        position = block.end_char
    covered = "".join(text[block.start_char : block.end_char] for block in extracted.blocks)
    assert "".join(covered.split()) == "".join(text.split())


MARKUP = st.lists(
    st.sampled_from([
        "<p>", "</p>", "<div>", "<br>", "<ul><li>", "<blockquote>", "<h1>", "<table><tr><td>", "<!--", "-->", "<html>",
        "<head>", "<body>", "</body>", "<script>", '<script type="application/ld+json">', '{"@type": "Article",',
        "</script>", '<meta property="og:title" content="', '">', '<link rel="canonical" href="http://[">',
        "<time datetime='9999-12'>", "&#0;", "&#xD800;", "\0", "\ud800", "\r", "\x85",
        "<?xml version='1.0' encoding='latin1'?>", "Source: x", PARAGRAPH,
    ]),
    max_size=25,
).map("".join)  # fmt: skip
ANY_CONTENT = st.one_of(st.text(max_size=80), st.binary(max_size=80), MARKUP, MARKUP.map(lambda html: PARAGRAPH + html))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(content=ANY_CONTENT, content_type=st.sampled_from(["html", "text"]))
@example(content="\ud800" * 40, content_type="html")
@example(content="\0" * 40, content_type="text")
@example(content=b"\xff\xfe" + "\ud83d".encode("utf-16-le", "surrogatepass") * 40, content_type="text")
@example(content="<div>" * 3_000 + PARAGRAPH + "</div>" * 3_000, content_type="html")
@example(content="<p>" * 3_000 + PARAGRAPH, content_type="html")
@example(content="<script type='application/ld+json'>" + "[" * 50_000 + "</script>", content_type="html")
@example(content="", content_type="html")
def test_any_content_is_an_article_or_a_rejection(content: bytes | str, content_type: ContentType) -> None:
    try:
        extracted = extract_article(document(content, content_type), pipeline_version="1")
    except InputRejected:
        return
    check_blocks(extracted)


def test_import_stays_light() -> None:
    code = "import sys, transforms.extract; print(*sorted({'pandas', 'prefect', 'pyarrow'} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
