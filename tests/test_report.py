"""The report says what the tables hold, stays as it is where they do, and nothing in it can run."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lxml.html
import pytest
from click.testing import CliRunner

from flows import report
from flows.cli import cli
from flows.erase import EraseRequest, erase
from flows.job import JobParameters, run_job
from flows.query import connect
from flows.report import make_page, try_report, update_report, write_report
from flows.report_facts import QUOTE_TYPES, SPEAKER_TYPES, Facts, Row, collect_facts, make_timeline
from flows.report_html import csp_hash, make_columns, make_parts, name_period, shorten
from flows.report_lists import Lists, collect_lists
from flows.store import REPORT_FILE, Store
from flows.validate import validate
from schemas.arrow import TABLES
from schemas.records import Speaker
from tests.conftest import ROOT
from tests.report_rows import (
    ARTICLES,
    HOSTILE,
    TRAM,
    Said,
    commit_report_rows,
    make_article,
    reading_of,
    words_of,
)
from tests.rows import commit_articles, table_bytes


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("dataset"))
    commit_report_rows(store)
    return store.folder


@pytest.fixture(scope="module")
def page(dataset: Path) -> Any:
    return lxml.html.document_fromstring(make_page(dataset))


@pytest.fixture(scope="module")
def facts(dataset: Path) -> Facts:
    with connect(dataset) as connection:
        return collect_facts(connection)


@pytest.fixture(scope="module")
def lists(dataset: Path) -> Lists:
    with connect(dataset) as connection:
        return collect_lists(connection)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_tables(facts: Facts) -> None:
    head = facts.headline
    assert (head.articles, head.stories, head.statements, head.rejections) == (5, 4, 9, 3)
    assert (head.named_speakers, head.speakers) == (3, 6)
    assert (head.first_day, head.last_day) == (date(2026, 11, 1), date(2026, 11, 5))
    assert facts.quote_types.counts == (4, 0, 2, 3)
    assert facts.forms == (Row(name="declarative", counts=(4, 0, 2, 3)),)
    assert [row.name for row in facts.claim_types] == ["check_worthy_factual", "non_factual"]
    assert facts.views == (Row(name="subjective", counts=(1, 0, 0, 0)),)
    assert [(cues.family, cues.count) for cues in facts.cues] == [("neutral", 6)]
    assert facts.cues[0].examples[0] == "said"


def test_sources_are_counted_by_publisher_and_the_small_ones_share_a_row(dataset: Path) -> None:
    with patch("flows.report_facts.TOP_PUBLISHERS", 1), connect(dataset) as connection:
        rows = collect_facts(connection).sources
    assert [(row.name, row.total) for row in rows] == [("The Gazette", 3), ("all others", 3)]
    assert rows[0].counts[:2] == (2, 1)  # persons, organisations


def test_speakers_are_joined_across_articles_and_a_reprint_is_no_second_story(lists: Lists) -> None:
    first = lists.speakers[0]
    assert (first.name, first.role, first.statements, first.stories) == ("Ann Lee", "role of Ann Lee", 2, 2)
    assert "the union" not in {speaker.name for speaker in lists.speakers}  # not joined: it has no person_key


def test_claims_are_ranked_and_the_same_words_stand_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    again = make_article("again", Said(text="The tram 🚋 costs 412 million crowns.", worth=0.95))
    commit_report_rows(store, [*ARTICLES, again])
    with connect(tmp_path) as connection:
        claims = collect_lists(connection).claims
    assert [claim.score for claim in claims] == [0.97, 0.9, 0.6, 0.5]
    assert (claims[0].title, claims[0].speaker, claims[2].speaker) == ("tram", None, "Ilse Marrack")


def test_stories_rejections_and_the_run(lists: Lists) -> None:
    assert [(story.title, story.copies) for story in lists.stories] == [("ferry", 2)]
    assert (lists.refusals[0].reason, lists.refusals[0].count, lists.refusals[0].item) == ("too_short", 2, "a.html")
    assert lists.run is not None
    assert (lists.run.inputs, lists.run.seconds) == (1234, 60.0)


def test_the_page_says_them(page: Any) -> None:
    assert words_of(page.find_class("equation")[0]) == (
        "1,234 inputs = 5 written + 1,226 unchanged + 0 duplicates + 3 rejected"
    )
    figures = [words_of(entry) for entry in page.find_class("figures")[0]]
    assert figures[0].startswith("articles5")
    assert figures[2].startswith("quoted44%")
    assert "All 5 articles." in words_of(page.get_element_by_id("read"))


DAY = date(2026, 11, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("days_apart", "unit", "periods", "name"),
    [
        (0, "day", 1, "4 Nov 2026"),
        (44, "day", 45, "18 Dec 2026"),
        (45, "week", 7, "week of 14 Dec 2026"),
        (400, "month", 14, "Dec 2027"),
        (20_000, "year", 56, "2081"),
    ],
)
def test_a_timeline_takes_the_finest_unit_that_can_be_drawn(
    days_apart: int, unit: str, periods: int, name: str
) -> None:
    timeline = make_timeline([(DAY, 2, 10), (DAY + timedelta(days_apart), 1, 5)], 0)
    assert (timeline.unit, len(timeline.periods)) == (unit, periods)
    assert name_period(timeline.periods[-1].start, timeline.unit) == name
    assert sum(period.articles for period in timeline.periods) == 3
    assert sum(period.statements for period in timeline.periods) == 15
    starts = [period.start for period in timeline.periods]
    assert starts == sorted(set(starts))
    columns = make_columns(timeline)
    assert columns[0].articles_height == max(column.articles_height for column in columns)
    assert sum(column.width for column in columns) == pytest.approx(100, abs=0.1)


def test_parts_of_a_bar_follow_each_other_and_leave_out_what_is_empty() -> None:
    assert [tuple(part) for part in make_parts((1, 0, 3), ("a", "b", "c"))] == [("a", 1, 0, 25), ("c", 3, 25, 75)]
    assert make_parts((0, 0), ("a", "b")) == []


@pytest.mark.parametrize(("text", "short"), [("abcd", "abcd"), ("abcde", "abc…"), ("a  bcde", "a…")])
def test_shorten(text: str, short: str) -> None:
    assert shorten(text, 4) == short


# --- nothing runs -----------------------------------------------------------------------------------------------------


def test_text_stays_text(page: Any) -> None:
    assert len(page.xpath("//script")) == 2  # the data and our own
    assert not page.xpath("//img | //iframe | //object | //link | //*[@style] | //*[@src]")
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
    assert all(re.match(r"#[a-z-]+$|#read:[0-9a-f]+:\d+-\d+$", link) for link in page.xpath("//a/@href"))
    [trouble] = [article for article in reading_of(page)["articles"] if article["title"].startswith("trouble")]
    assert trouble["url"] is None
    assert trouble["blocks"][0][1][0][0].strip() == f"“Words {HOSTILE},”"
    assert f"found 3 {HOSTILE}" in page.get_element_by_id("rejected").text_content()
    assert "49" not in words_of(page.get_element_by_id("rejected"))


def test_the_browser_is_told_to_run_and_ask_for_nothing_else(page: Any) -> None:
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    style, script = page.xpath("//style/text()")[0], page.xpath("//script[not(@type)]/text()")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert csp_hash(script) == f"sha256-{digest}"
    assert policy == (
        f"default-src 'none'; style-src '{csp_hash(style)}'; script-src '{csp_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import|@font-face", style)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|import\(", script)


def test_every_value_has_a_colour(page: Any) -> None:
    style = page.xpath("//style/text()")[0]
    assert {f"is-{name}" for name in (*QUOTE_TYPES, *SPEAKER_TYPES)} <= set(re.findall(r"\.(is-\w+)", style))


# --- when it is written -----------------------------------------------------------------------------------------------


def written_at(store: Store) -> int:
    return (store.folder / REPORT_FILE).stat().st_mtime_ns


def test_equal_rows_make_an_equal_page(tmp_path: Path, dataset: Path) -> None:
    store = Store(tmp_path)
    commit_report_rows(store, list(reversed(ARTICLES)))
    assert make_page(tmp_path) == make_page(dataset)


def test_it_is_written_only_where_the_dataset_has_changed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_report_rows(store)
    assert update_report(store) == tmp_path / REPORT_FILE
    first = written_at(store)
    with patch.object(report, "make_page", side_effect=AssertionError("nothing has changed")):
        update_report(store)
    assert written_at(store) == first
    (tmp_path / ".cache" / "report").unlink()
    update_report(store)
    assert written_at(store) == first  # the page is the same
    commit_articles(store, [make_article("new", Said(text="A new one."))], run_id="run-2")
    update_report(store)
    assert written_at(store) > first
    (tmp_path / REPORT_FILE).write_text("edited")
    update_report(store)
    assert "A new one." in (tmp_path / REPORT_FILE).read_text()


def test_a_run_writes_it_and_one_that_changes_nothing_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“The bridge is closed,” said Ann Lee, the mayor of Brack. It was built in 1901.")
    store = Store(tmp_path / "out")
    parameters = JobParameters(inputs=[str(tmp_path / "a.txt")], output=str(store.folder))
    assert run_job(parameters).report_failure is None
    assert "Ann Lee" in (store.folder / REPORT_FILE).read_text()
    first, tables = written_at(store), table_bytes(store, without="runs")
    run_job(parameters)
    assert (written_at(store), table_bytes(store, without="runs")) == (first, tables)
    assert not [path for path in store.folder.glob("**/*.parquet") if REPORT_FILE in str(path)]
    assert validate(store.folder).violations == []


def test_a_report_that_fails_fails_no_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“The bridge is closed,” said Ann Lee, the mayor of Brack. It was built in 1901.")
    command = ["run", str(tmp_path / "a.txt"), "--direct", "--output", str(tmp_path / "out")]
    with patch.object(report, "make_page", side_effect=RuntimeError("no luck")):
        result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    assert "the report could not be: RuntimeError: no luck. Try again with: onrecord report" in result.output
    assert CliRunner().invoke(cli, command).output.count("Report: ") == 1  # the next run writes it


@pytest.mark.parametrize(
    ("request_", "gone"),
    [
        (EraseRequest(speakers=["Ann Lee"]), ["Ann Lee", "It will never run", "Nobody asked us"]),
        (EraseRequest(urls=["https://gazette.example/tram"]), ["Ilse Marrack", "gazette.example", "412 million"]),
    ],
)
def test_what_is_erased_leaves_the_report(tmp_path: Path, request_: EraseRequest, gone: list[str]) -> None:
    store = Store(tmp_path)
    commit_report_rows(store)
    before = update_report(store).read_text()
    assert all(words in before for words in gone)
    done = erase(tmp_path, request_, confirm=lambda _found: True)
    assert done is not None
    assert done.report_failure is None
    after = (tmp_path / REPORT_FILE).read_text()
    assert not [words for words in gone if words.casefold() in after.casefold()]


def test_an_erasure_removes_the_report_even_if_it_cannot_make_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit_report_rows(store)
    update_report(store)
    with patch.object(report, "make_page", side_effect=OSError("no space")):
        done = erase(tmp_path, EraseRequest(speakers=["Ann Lee"]), confirm=lambda _found: True)
    assert done is not None
    assert done.report_failure == "OSError: no space"
    assert not (tmp_path / REPORT_FILE).exists()
    assert try_report(store) is None


@pytest.mark.parametrize("articles", [[], [TRAM]])
def test_little_or_nothing_has_a_page_too(tmp_path: Path, articles: list[Any]) -> None:
    store = Store(tmp_path)
    commit_report_rows(store, articles)
    page = lxml.html.document_fromstring(make_page(tmp_path))
    assert ("This dataset holds no articles." in words_of(page)) == (not articles)
    assert len(reading_of(page)["articles"]) == len(articles)


def test_names_that_differ_by_article_give_one_name_whatever_the_order(tmp_path: Path) -> None:
    store = Store(tmp_path)
    other: Callable[[Speaker], Speaker] = lambda one: replace(one, name="ANN LEE", role=None)  # noqa: E731
    commit_report_rows(store, [TRAM, *(replace(a, speakers=[other(s) for s in a.speakers]) for a in ARTICLES[1:3])])
    with connect(tmp_path) as connection:
        assert collect_lists(connection).speakers[0].name == "ANN LEE"  # of equals, the first in order


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_where_it_is_copies_it_and_opens_it(tmp_path: Path) -> None:
    commit_report_rows(Store(tmp_path / "data"))
    copy = tmp_path / "copy.html"
    with patch("webbrowser.open", return_value=True) as opened:
        result = CliRunner().invoke(cli, ["report", "--output", str(tmp_path / "data"), "--to", str(copy), "--open"])
    assert (result.exit_code, result.output) == (0, f"{copy}\n")
    assert copy.read_bytes() == (tmp_path / "data" / REPORT_FILE).read_bytes()
    opened.assert_called_once_with(copy.as_uri())
    assert write_report(tmp_path / "data") == tmp_path / "data" / REPORT_FILE


def test_the_package_holds_what_the_page_is_made_of() -> None:
    assert {path.name for path in (ROOT / "flows" / "report_page").iterdir()} == {
        "page.html.j2",
        "style.css",
        "script.js",
    }
    assert set(report.SHOWN_TABLES) < set(TABLES)
