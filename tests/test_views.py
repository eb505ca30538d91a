"""The questions asked first have right answers: in `onrecord query`, by a script of views, in an exported database."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from flows.cli import WRONG_USAGE, _run, cli
from flows.export import export_dataset
from flows.export_plan import request_export
from flows.query import connect
from flows.store import Store
from flows.view_script import views_script
from flows.views import VIEWS, available_views
from schemas.arrow import TABLES
from schemas.records import ProcessedArticle, QuoteType, SpeakerType
from tests.rows import SEEN_AT, commit_articles, make_processed

Connection = duckdb.DuckDBPyConnection
CLAIM = "Prices fell by 4 per cent."


def make_article(
    number: int,
    publisher: str | None,
    day: date | None,
    *,
    speakers: tuple[tuple[str, SpeakerType], ...] = (("Ann Lee", "person"),),
    cue: str = "said",
    quote_type: QuoteType = "direct",
    origin: str | None = None,
    score: float = 0.9,
    text: str = CLAIM,
) -> ProcessedArticle:
    """Return an article in which each speaker says the text once; they are first seen in order of their numbers."""
    made = make_processed(f"a{number}", text, fetched_at=SEEN_AT + timedelta(minutes=number))
    article_id = made.article.article_id
    article = replace(
        made.article, publisher=publisher, published_date=day, origin_publisher=origin, title=f"Title {number}"
    )
    said = [
        replace(
            made.statements[0],
            statement_id=f"{made.statements[0].statement_id}-{place}",
            quote_type=quote_type,
            speaker_id=f"{article_id}:speaker-{place}",
            cue_text=cue,
            claim_type="check_worthy_factual",
            check_worthiness=score,
        )
        for place in range(len(speakers))
    ]
    rows = [
        replace(
            made.speakers[0],
            speaker_id=f"{article_id}:speaker-{place}",
            name=name,
            speaker_type=speaker_type,
            person_key=name.lower() if speaker_type in ("person", "organisation") else None,
        )
        for place, (name, speaker_type) in enumerate(speakers)
    ]
    return replace(made, article=article, statements=said, spans=[], speakers=rows)


FIRST, COPY, SECOND_COPY, OLDER, UNNAMED, UNDATED = ARTICLES = [
    make_article(1, "Herald", date(2026, 11, 20)),
    make_article(2, "Gazette", date(2026, 11, 20), cue="Claimed", origin="Herald"),
    make_article(3, "Gazette", date(2026, 11, 20), cue="insisted", origin="Herald", score=0.95),
    make_article(4, "Herald", date(2026, 11, 13), quote_type="indirect", speakers=(("Ann Lee", "person"),), score=0.99),
    make_article(
        5,
        "Herald",
        date(2026, 11, 14),
        speakers=(
            ("one user", "anonymous"),
            ("an official", "official_unnamed"),
            ("he", "unresolved"),
            ("Bo", "person"),
        ),
        score=0.5,
        text="The bridge has 3 lanes.",
    ),
    make_article(6, None, None, speakers=(("a reader", "anonymous"),), score=0.7, text="It cost 9 million."),
]
IDS = [processed.article.article_id for processed in ARTICLES]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("o'dd [1] *") / "data")
    commit_articles(store, ARTICLES, story_ids={IDS[1]: IDS[0], IDS[2]: IDS[0]})
    return store.folder


def open_query(dataset: Path, folder: Path) -> Connection:
    return connect(dataset)


def open_script(dataset: Path, folder: Path) -> Connection:
    connection = duckdb.connect()
    connection.execute(views_script(dataset))
    return connection


def open_export(dataset: Path, folder: Path) -> Connection:
    export_dataset(dataset, request_export(folder / "news.duckdb"))
    connection = duckdb.connect(str(folder / "news.duckdb"), read_only=True)
    connection.execute("SET TimeZone = 'Pacific/Auckland'")  # of the reader; days stay UTC
    return connection


@pytest.fixture(scope="module", params=[open_query, open_script, open_export])
def views(
    request: pytest.FixtureRequest, dataset: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    with request.param(dataset, tmp_path_factory.mktemp("views")) as connection:
        yield connection


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT name, story_count, article_count, statement_count, quotation_count FROM most_quoted",
            [("Ann Lee", 2, 4, 2, 1), ("Bo", 1, 1, 1, 1)],  # the reprints of one story count once
        ),
        (
            "SELECT publisher, source_count, anonymous_share, unnamed_share FROM anonymous_sources",
            [("test.example", 1, 1.0, 1.0), ("Herald", 5, 0.2, 0.4), ("Gazette", 1, 0.0, 0.0)],
        ),
        (
            "SELECT check_worthiness, claim, speaker, day, publisher, publisher_count FROM claims_of_the_week",
            [
                (0.9, CLAIM, "Ann Lee", date(2026, 11, 20), "Herald", 2),
                # by the day on which it was seen
                (0.7, "It cost 9 million.", "a reader", date(2026, 11, 20), "test.example", 1),
                (0.5, "The bridge has 3 lanes.", "one user", date(2026, 11, 14), "Herald", 1),
            ],  # not the one of the 13th, the eighth day
        ),
        (
            "SELECT title, article_count, publisher_count, origin_count, origins, unstated_count FROM story_origins "
            "WHERE article_count > 1",
            [("Title 1", 3, 2, 1, "Herald", 1)],
        ),
        (
            "SELECT publisher, cue, story_count, share FROM cue_words WHERE person_key = 'ann lee'",
            [("Gazette", "claimed", 1, 1.0), ("Herald", "said", 2, 1.0)],
        ),
        (
            "SELECT publisher, count(*) FROM story_articles GROUP BY ALL ORDER BY ALL",
            [("Gazette", 1), ("Herald", 3), ("test.example", 1)],
        ),
    ],
)
def test_a_question_has_its_answer(views: Connection, sql: str, expected: list[tuple[Any, ...]]) -> None:
    assert sorted(views.execute(sql).fetchall(), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_sample_runs_and_uses_its_view(dataset: Path, tmp_path: Path, view: Any) -> None:
    with connect(dataset) as connection:
        assert connection.execute(view.sample).fetchall() or view.name == "cue_words"
        assert connection.execute(f"SELECT * FROM {view.name}").fetchall()
    assert view.name in view.sample


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_counts_are_plain_integers(dataset: Path, view: Any) -> None:
    """Tools read DuckDB's larger ones as floats."""
    with connect(dataset) as connection:
        types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {view.name}").fetchall()}
    assert {kind for name, kind in types.items() if name.endswith("_count")} <= {"BIGINT"}
    assert {kind for name, kind in types.items() if name.endswith("share")} <= {"DOUBLE"}


@pytest.mark.parametrize(
    ("view", "column"),
    [("anonymous_sources", "anonymous_share"), ("anonymous_sources", "unnamed_share"), ("cue_words", "share")],
)
def test_shares_have_three_digits(bundled_dataset: Path, view: str, column: str) -> None:
    with connect(bundled_dataset) as connection:
        shares = {share for (share,) in connection.execute(f"SELECT {column} FROM {view}").fetchall()}
    assert len(shares) > 2
    assert shares == {round(share, 3) for share in shares}


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("most_quoted", ["name", "story_count"]),
        ("anonymous_sources", ["publisher", "anonymous_share"]),
        ("story_origins", ["title", "day"]),
        ("cue_words", ["name", "publisher"]),
    ],
)
def test_what_a_person_reads_stands_first(dataset: Path, view: str, names: list[str]) -> None:
    """A terminal shows the first columns and the last ones of a wide table."""
    with connect(dataset) as connection:
        assert connection.table(view).columns[:2] == names


def test_views_stay_in_their_order(dataset: Path) -> None:
    with connect(dataset) as connection:
        [names] = zip(*connection.execute("SELECT name FROM most_quoted LIMIT 2").fetchall(), strict=True)
    assert names == ("Ann Lee", "Bo")


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        (TABLES, [view.name for view in VIEWS]),
        (["articles"], ["story_articles", "story_origins"]),
        (["articles", "speakers"], ["story_articles", "anonymous_sources", "story_origins"]),
        (["runs"], []),
    ],
)
def test_views_need_their_tables(dataset: Path, tmp_path: Path, tables: list[str], names: list[str]) -> None:
    assert [view.name for view in available_views(tables)] == names
    export_dataset(dataset, request_export(tmp_path / "a.duckdb", tables=list(tables)))
    with duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
    assert sorted(name for name, _ in found) == sorted(names)
    assert all("One row: " in comment for _, comment in found)


def test_every_comparison_of_time_is_in_utc() -> None:
    for view in VIEWS:
        assert not re.search(r"_at(?! AT TIME ZONE)\s*::", view.sql), view.name
        assert "current_date" not in view.sql.lower()
        assert "now(" not in view.sql.lower()


def test_the_exported_database_stands_alone(dataset: Path, tmp_path: Path) -> None:
    export_dataset(dataset, request_export(tmp_path / "news.duckdb"))
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as connection:
        for (sql,) in connection.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall():
            assert "parquet" not in sql


def test_the_database_opens_in_older_releases(dataset: Path, tmp_path: Path) -> None:
    export_dataset(dataset, request_export(tmp_path / "news.duckdb"))
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as connection:
        [(tags,)] = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert tags["storage_version"] == "v1.0.0+"


def test_the_views_see_what_comes_later(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    commit_articles(store, ARTICLES[:1])
    with open_script(store.folder, tmp_path) as connection:
        commit_articles(store, [make_processed(f"b{number}") for number in range(20)], run_id="run-2", month="2026-12")
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(21,)]


def test_the_command_writes_a_script(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dataset.parent)
    out = tmp_path / "views.sql"
    assert _run(["views", str(out), "--output", dataset.name]) == 0
    assert str(out) in capsys.readouterr().out
    assert _run(["views", "-", "--output", dataset.name]) == 0
    script = capsys.readouterr().out
    assert script == out.read_text() == views_script(dataset)
    assert _run(["views", str(out), "--output", dataset.name]) == WRONG_USAGE
    assert capsys.readouterr().err == f"onrecord: {out} exists; --overwrite replaces it\n"
    assert _run(["views", str(out), "--output", dataset.name, "--overwrite"]) == 0
    assert _run(["views", "-", "--output", str(tmp_path)]) == WRONG_USAGE
    assert [path.name for path in tmp_path.iterdir()] == ["views.sql"]


def test_the_help_names_them_all() -> None:
    shown = CliRunner().invoke(cli, ["query", "--help"]).output
    assert all(view.name in shown for view in VIEWS)
