"""The lists of the report: who speaks most, what is worth checking, what is told more than once, what is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import duckdb

from flows.report_facts import MAX_NAME
from flows.run_list import ListedRun, read_run

Entry = TypeVar("Entry")  # of a list, one of the classes below

TOP_SPEAKERS = 20
TOP_CLAIMS = 20
CLAIM_CANDIDATES = 500  # among which the same words count once: a wire story brings its claims in each copy
TOP_STORIES = 10
TOP_REASONS = 20
MAX_TEXT = 400  # characters of a claim or an error


@dataclass(frozen=True, slots=True, kw_only=True)
class TopSpeaker:
    """A named speaker, joined across articles."""

    name: str
    speaker_type: str
    role: str | None
    statements: int
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that is worth a fact-checker's time, and where it stands."""

    article_id: str
    key: str  # `start-end`: its `statement_id` without the article
    text: str
    score: float
    quote_type: str
    speaker: str | None
    title: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedStory:
    """A story that stands in several articles."""

    title: str
    copies: int
    publishers: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason for which inputs were rejected, with the first of them."""

    step: str
    reason: str
    count: int
    item: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """All lists of the report, each cut to its first rows."""

    speakers: Sequence[TopSpeaker]
    claims: Sequence[Claim]
    stories: Sequence[CopiedStory]
    copied_stories: int  # how many there are
    refusals: Sequence[Refusal]
    reasons: int  # how many there are
    run: ListedRun | None  # the one that last changed the dataset


def collect_lists(connection: duckdb.DuckDBPyConnection) -> Lists:
    """Return the lists of the dataset behind a connection with its tables as views."""
    [(copied_stories,)] = connection.execute(
        "SELECT count(*) FROM"
        " (SELECT story_id FROM articles WHERE story_id IS NOT NULL GROUP BY ALL HAVING count(*) > 1)"
    ).fetchall()
    [(reasons,)] = connection.execute("SELECT count(DISTINCT (step, reason)) FROM rejections").fetchall()
    return Lists(
        speakers=_rank_speakers(connection),
        claims=_rank_claims(connection),
        stories=_rank_stories(connection),
        copied_stories=copied_stories,
        refusals=_rank_reasons(connection),
        reasons=reasons,
        run=_find_run(connection),
    )


def _rank_speakers(connection: duckdb.DuckDBPyConnection) -> tuple[TopSpeaker, ...]:
    """Return the named speakers with the most statements, those of one copy of each story.

    Of their names, types and roles the most frequent.
    """
    rows = connection.execute(
        "WITH copies AS (SELECT person_key, name, speaker_type, role, speakers.statement_count AS said,"
        "   coalesce(story_id, article_id) AS story FROM speakers JOIN articles USING (article_id)"
        "   WHERE person_key IS NOT NULL AND said > 0 QUALIFY dense_rank() OVER (PARTITION BY person_key, story"
        "   ORDER BY first_seen_at, first_of_story IS NOT TRUE, article_id) = 1)"
        " SELECT left(first(name ORDER BY said DESC, name), ?), first(speaker_type ORDER BY said DESC, speaker_type),"
        " left(first(role ORDER BY said DESC, role) FILTER (role IS NOT NULL), ?),"
        " sum(said)::BIGINT AS n, count(DISTINCT story)"
        " FROM copies GROUP BY person_key ORDER BY n DESC, person_key LIMIT ?",
        [MAX_NAME, MAX_NAME, TOP_SPEAKERS],
    ).fetchall()
    return _make_entries(TopSpeaker, rows)


def _rank_claims(connection: duckdb.DuckDBPyConnection) -> tuple[Claim, ...]:
    """Return the claims with the highest scores; one that several articles hold stands once."""
    rows = connection.execute(
        "WITH top AS (SELECT article_id, statement_id, speaker_id, text, quote_type, check_worthiness FROM statements"
        "   WHERE claim_type = 'check_worthy_factual' ORDER BY check_worthiness DESC, statement_id LIMIT ?)"
        " SELECT article_id, substr(statement_id, length(article_id) + 2), left(top.text, ?), check_worthiness,"
        " quote_type, left(name, ?), left(coalesce(title, url), ?), left(coalesce(publisher, domain, source), ?)"
        " FROM top JOIN articles USING (article_id) LEFT JOIN speakers USING (article_id, speaker_id)"
        " ORDER BY check_worthiness DESC, statement_id",
        [CLAIM_CANDIDATES, MAX_TEXT + 1, MAX_NAME, MAX_NAME, MAX_NAME],
    ).fetchall()
    distinct: dict[str, Claim] = {}
    for claim in _make_entries(Claim, rows):
        distinct.setdefault(claim.text.casefold(), claim)
    return tuple(distinct.values())[:TOP_CLAIMS]


def _rank_stories(connection: duckdb.DuckDBPyConnection) -> tuple[CopiedStory, ...]:
    rows = connection.execute(
        "SELECT left(first(coalesce(title, url) ORDER BY first_of_story DESC NULLS LAST, article_id), ?), count(*),"
        " list(DISTINCT left(coalesce(publisher, domain, source), ?)).list_sort()[:5]"
        " FROM articles WHERE story_id IS NOT NULL GROUP BY story_id HAVING count(*) > 1"
        " ORDER BY count(*) DESC, story_id LIMIT ?",
        [MAX_NAME, MAX_NAME, TOP_STORIES],
    ).fetchall()
    return _make_entries(CopiedStory, rows)


def _rank_reasons(connection: duckdb.DuckDBPyConnection) -> tuple[Refusal, ...]:
    rows = connection.execute(
        "SELECT step, reason, count(*), left(first(item ORDER BY item), ?), left(first(error ORDER BY item), ?)"
        " FROM rejections GROUP BY step, reason ORDER BY count(*) DESC, step, reason LIMIT ?",
        [MAX_TEXT, MAX_TEXT, TOP_REASONS],
    ).fetchall()
    return _make_entries(Refusal, rows)


def _make_entries(entry_type: type[Entry], rows: Sequence[Sequence[object]]) -> tuple[Entry, ...]:
    """Return the entries of a list, of rows in the order of their fields."""
    names = list(entry_type.__annotations__)
    return tuple(entry_type(**dict(zip(names, row, strict=True))) for row in rows)


def _find_run(connection: duckdb.DuckDBPyConnection) -> ListedRun | None:
    """Return the newest run that a row names; runs that changed nothing since leave no trace but their own row."""
    rows = connection.sql(
        "SELECT * FROM runs WHERE run_id IN (SELECT run_id FROM articles UNION SELECT run_id FROM rejections)"
        " ORDER BY started_at DESC, run_id DESC LIMIT 1"
    ).to_arrow_table()
    return next(map(read_run, rows.to_pylist()), None)
