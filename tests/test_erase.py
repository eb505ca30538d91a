"""What is erased is gone from every table, stays gone, and goes whole, whatever happens on the way."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.erase import EraseRequest, Erasure, erase
from flows.erased import Erased, hash_address
from flows.job import JobParameters, run_job
from flows.sources import UsageError
from flows.store import Store
from flows.summary import Summary
from flows.table_files import ARTICLE_TABLES
from flows.validate import validate
from schemas.arrow import TABLES
from schemas.records import ProcessedArticle, Rejection
from tests.rows import commit_articles, make_processed, read_rows, table_bytes

URL = "file:test/a3"


def dated(processed: ProcessedArticle, year: int) -> ProcessedArticle:
    day = datetime(year, 3, 1, tzinfo=UTC)
    return replace(processed, article=replace(processed.article, published_at=day, published_date=day.date()))


ARTICLES = [
    *(make_processed(f"a{number}") for number in range(6)),
    dated(make_processed("old"), 2019),
    make_processed("tram", "The tram is late, said Ann Lee, who runs it."),
]
REFUSED = [
    Rejection(item=item, source="test", step="read", reason="too_short", error="of Ann Lee", run_id="r")
    for item in ("file:test/x", URL)
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "dataset")
    commit_articles(store, [replace(one, speakers=[]) for one in ARTICLES], rejections=REFUSED)
    return store


def erase_all(store: Store, **wanted: Any) -> Erasure:
    done = erase(store.folder, EraseRequest(**wanted), confirm=lambda _found: True)
    assert done is not None
    return done


def titles(store: Store) -> set[str]:
    return {row["title"] for row in read_rows(store, "articles")}


def test_an_address_is_erased_from_every_table(store: Store) -> None:
    before = {table: read_rows(store, table) for table in ARTICLE_TABLES}
    done = erase_all(store, urls=[URL])
    mine = done.removed_ids
    assert len(mine) == 1
    for table in ARTICLE_TABLES:
        assert read_rows(store, table) == [row for row in before[table] if row["article_id"] not in mine]
    assert [row["item"] for row in read_rows(store, "rejections")] == ["file:test/x"]
    assert store.erased().has(URL)
    assert store.erased().has(f"stored:{URL}")
    assert not store.erased().has("file:test/a4")
    assert URL not in (store.folder / ".erased").read_text()


def test_articles_before_a_day_are_erased_by_publication_then_first_sight(store: Store) -> None:
    erase_all(store, before=date(2026, 11, 20))
    assert titles(store) == {one.article.title for one in ARTICLES} - {"old"}
    erase_all(store, before=date(2026, 11, 21))
    assert titles(store) == set()
    for table in ARTICLE_TABLES:
        assert read_rows(store, table) == []


def test_a_person_is_erased_from_every_text(store: Store) -> None:
    done = erase_all(store, speakers=["ann lee"])
    assert done.counts() == {"articles removed": 0, "articles masked": 1, "addresses refused from now on": 0}
    [text] = [row["text"] for row in read_rows(store, "articles") if row["title"] == "tram"]
    assert text == "The tram is late, said ███ ███, who runs it."
    assert {row["error"] for row in read_rows(store, "rejections")} == {"of ███ ███"}
    assert "Lee" not in json.dumps([read_rows(store, table) for table in (*ARTICLE_TABLES, "rejections")], default=str)
    assert erase_all(store, speakers=["Ann Lee"]).counts()["articles masked"] == 0
    first = {row["run_id"] for row in read_rows(store, "articles")}
    assert first == {"run-1"}  # who wrote an article is not what was erased


def test_several_erasures_share_a_salt(store: Store) -> None:
    erase_all(store, urls=[URL])
    erase_all(store, urls=["file:test/a4"], speakers=["Ann Lee", "Bo Dale Ross"])
    erased = store.erased()
    assert erased.has(URL)
    assert erased.has("file:test/a4")
    assert sorted(erased.names.hashes) == [2, 3]
    assert Erased.of(erased.lines()).digest() == erased.digest()


def test_nothing_happens_without_a_yes(store: Store) -> None:
    before = table_bytes(store)
    assert erase(store.folder, EraseRequest(urls=[URL]), confirm=lambda _found: False) is None
    assert table_bytes(store) == before
    assert not store.erased().has(URL)
    result = CliRunner().invoke(cli, ["erase", "--url", URL, "-o", str(store.folder)], input="n\n")
    assert "1 articles removed" in result.output
    assert "No article has" not in result.output
    assert table_bytes(store) == before


@pytest.mark.parametrize("address", ["https://other.example/a", "file:test/none"])
def test_an_address_that_no_article_has_is_said_before_asking(store: Store, address: str) -> None:
    command = ["erase", "--url", URL, "--url", address, "-o", str(store.folder)]
    first, *_ = CliRunner().invoke(cli, command, input="n\n").output.splitlines()
    assert first == f"No article has the address {address}; erasing it has it refused, should it come."


def test_nobody_to_ask_erases_nothing_and_fails(store: Store) -> None:
    before = table_bytes(store)
    result = CliRunner().invoke(cli, ["erase", "--url", URL, "-o", str(store.folder)], input="")
    assert result.exit_code == 1
    assert "Error: not answered: nothing was erased (--yes does not ask)" in result.output.splitlines()
    assert table_bytes(store) == before


def test_a_day_before_which_there_is_nothing_is_not_asked_about(store: Store) -> None:
    before = table_bytes(store)
    result = CliRunner().invoke(cli, ["erase", "--before", "1990-01-01", "-o", str(store.folder)], input="")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Nothing was erased.")
    assert table_bytes(store) == before


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("step", [0, 1, 2, 4, 7, 8, 9])
def test_a_killed_erasure_has_not_begun_or_is_ended_by_the_next_run(store: Store, tmp_path: Path, step: int) -> None:
    calm = Store(tmp_path / "calm")
    commit_articles(calm, [replace(one, speakers=[]) for one in ARTICLES], rejections=REFUSED)
    with patch("secrets.token_bytes", return_value=b"s"):
        erase_all(calm, urls=[URL], speakers=["Ann Lee"])
    replace_file, done = os.replace, 0

    def replace_or_die(source: Path, target: Path) -> None:
        nonlocal done
        if done == step:
            raise Killed
        done += 1
        replace_file(source, target)

    with (
        patch("secrets.token_bytes", return_value=b"s"),
        patch.object(os, "replace", replace_or_die),
        pytest.raises(Killed),
    ):
        erase_all(store, urls=[URL], speakers=["Ann Lee"])
    with store.locked():  # the next run
        store.finish()
    if step == 0:
        assert not store.erased().has(URL)
        with patch("secrets.token_bytes", return_value=b"s"):
            erase_all(store, urls=[URL], speakers=["Ann Lee"])
    assert table_bytes(store, without="daily_counts") == table_bytes(calm, without="daily_counts")
    assert store.erased() == calm.erased()


# --- the same input again ---------------------------------------------------------------------------------------------

SITE = "https://news.example.org"
TRAM = "“The tram will be late again,” said Ann Lee, the mayor. Lee smiled. “We will all wait,” she said."
RECORDS = [
    {"url": f"{SITE}/tram", "title": "Ann Lee on trams", "author": "Cy Ross", "text": TRAM},
    {"url": f"{SITE}/ferry", "text": "The ferry to Brack was full on Monday, the harbour office said."},
    {"url": f"{SITE}/ann-lee-wins", "text": "“I will build it now,” said Bo Dale of Ann Lee’s office."},
]


def run(folder: Path, records: list[dict[str, str]], **parameters: Any) -> Summary:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return run_job(JobParameters(inputs=[str(path)], output=str(folder / "dataset"), **parameters))


def test_what_was_erased_does_not_come_back(tmp_path: Path) -> None:
    run(tmp_path, RECORDS)
    store = Store(tmp_path / "dataset")
    erase_all(store, urls=["https://news.example.org/ferry?utm_source=x"], speakers=["Ann Lee"])
    erased = table_bytes(store, without="runs")
    again = run(tmp_path, RECORDS)
    assert (again.written, again.unchanged, dict(again.rejected)) == (0, 2, {"erased": 1})
    [row] = read_rows(store, "rejections")
    assert row["item"] == f"erased:{hash_address('https://news.example.org/ferry', store.erased().salt)}"
    del erased["rejections/part-0.parquet"]
    assert erased.items() <= table_bytes(store, without="runs").items()
    changed = [{**record, "text": record["text"] + " Ann Lee added nothing."} for record in RECORDS]
    assert run(tmp_path, changed).written == 2
    everything = json.dumps([read_rows(store, table) for table in TABLES], default=str, ensure_ascii=False).casefold()
    for gone in ("ann lee", "ann-lee", "late again", "all wait", "/ferry", "harbour office"):
        assert gone not in everything
    assert "cy ross" in everything
    assert validate(store.folder).violations == []


def test_work_of_a_killed_run_from_before_the_erasure_is_not_used(tmp_path: Path) -> None:
    run(tmp_path, RECORDS[:1])
    store = Store(tmp_path / "dataset")
    with patch("flows.store.Store.commit", side_effect=Killed), pytest.raises(Killed):
        run(tmp_path, RECORDS)
    erase_all(store, urls=[record["url"] for record in RECORDS])
    assert run(tmp_path, RECORDS).rejected["erased"] == 3
    assert read_rows(store, "articles") == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://news.example.org/ferry", False),
        ("https://news.example.org/ferry#top", False),
        ("pages/ferry.html", False),
        ("https://news.example.org/tram", True),
    ],
)
def test_the_parameters_of_a_run_do_not_name_what_was_erased(given: str, kept: bool) -> None:
    salt = b"s"
    gone = frozenset(hash_address(url, salt) for url in ("https://news.example.org/ferry", "file:pages/ferry.html"))
    row = {"parameters": json.dumps({"inputs": [given, "other"], "source": None}), "run_id": "r"}
    masked = json.loads(Erased(salt=salt, articles=gone).mask_row(row)["parameters"])["inputs"]
    assert (masked[0] == given) is kept
    assert kept or masked[0].startswith("erased:")
    assert masked[1] == "other"


@pytest.mark.parametrize(("urls", "speakers"), [([], []), ([], ["—"])])
def test_a_request_for_nothing_is_wrong_usage(urls: list[str], speakers: list[str]) -> None:
    with pytest.raises(UsageError):
        EraseRequest(urls=urls, speakers=speakers)
