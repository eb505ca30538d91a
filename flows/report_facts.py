"""The figures of a dataset that the report draws, counted with DuckDB: what came in, when, in which form, from whom."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import duckdb

from schemas.records import ClaimType, CueFamily, Form, QuoteType, SpeakerType

QUOTE_TYPES: tuple[str, ...] = get_args(QuoteType)
SPEAKER_TYPES: tuple[str, ...] = get_args(SpeakerType)
TOP_PUBLISHERS = 10  # rows of a chart; the others share one
TOP_CUES = 4  # examples of each family
MAX_NAME = 120  # characters; a longer name is cut, as everything on the page is
Unit = Literal["day", "week", "month", "year"]
# The finest unit whose columns fit a phone's width: how many days each may cover.
MAX_DAYS: dict[Unit, int] = {"day": 45, "week": 52 * 7, "month": 60 * 31}
Cells = Iterable[tuple[str | None, str | None, int]]  # row, column, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The size of a dataset."""

    articles: int
    words: int
    stories: int  # reprints and wire copies count once
    publishers: int
    statements: int
    named_speakers: int  # joined across articles
    speakers: int  # of each article
    rejections: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stacked bar: a count for each of the chart's categories, in their order."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the sum of the counts."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was published in one day, week, month or year."""

    start: date
    articles: int
    statements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Periods of one length, in order, without gaps."""

    unit: Unit
    periods: Sequence[Period]
    undated: int  # articles that state no day: they count on the day on which they were first seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """One family of reporting words."""

    family: str
    count: int
    examples: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the charts show."""

    headline: Headline
    timeline: Timeline
    forms: Sequence[Row]  # by QUOTE_TYPES
    claim_types: Sequence[Row]  # by QUOTE_TYPES
    views: Sequence[Row]  # subjective and forward-looking, by QUOTE_TYPES
    sources: Sequence[Row]  # of publishers, by SPEAKER_TYPES
    cues: Sequence[Cues]

    @property
    def quote_types(self) -> Row:
        """Return how many statements there are of each quote type."""
        return Row(name="all", counts=tuple(sum(row.counts[i] for row in self.forms) for i in range(len(QUOTE_TYPES))))


def collect_facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Return the figures of the dataset behind a connection with its tables as views."""
    labels = connection.execute(
        "SELECT quote_type, form, claim_type, subjectivity, forward_looking, count(*) FROM statements GROUP BY ALL"
    ).fetchall()
    views: list[tuple[str | None, str | None, int]] = []
    for quote_type, _, _, subjectivity, forward_looking, count in labels:
        views += [("subjective", quote_type, count)] if subjectivity == "subjective" else []
        views += [("forward-looking", quote_type, count)] if forward_looking else []
    return Facts(
        headline=_count_headline(connection),
        timeline=_count_days(connection),
        forms=make_rows(((row[1], row[0], row[5]) for row in labels), (*get_args(Form), None), QUOTE_TYPES),
        claim_types=make_rows(((row[2], row[0], row[5]) for row in labels), (*get_args(ClaimType), None), QUOTE_TYPES),
        views=make_rows(views, ("subjective", "forward-looking"), QUOTE_TYPES),
        sources=_count_sources(connection),
        cues=_count_cues(connection),
    )


def make_rows(
    cells: Cells, names: Iterable[str | None], columns: Sequence[str], unnamed: str = "no label"
) -> tuple[Row, ...]:
    """Return the rows of a stacked chart in the order of `names`, but for empty ones; None is called `unnamed`."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for name, column, count in cells:
        counts[name, column] += count
    rows = [
        Row(name=unnamed if name is None else name, counts=tuple(counts[name, column] for column in columns))
        for name in names
    ]
    return tuple(row for row in rows if row.total)


def make_timeline(days: Sequence[tuple[date, int, int]], undated: int) -> Timeline:
    """Return the periods of days with their articles and statements, in the finest unit that can be drawn."""
    if not days:
        return Timeline(unit="day", periods=(), undated=undated)
    first, last = min(days)[0], max(days)[0]
    unit: Unit = next((unit for unit, most in MAX_DAYS.items() if (last - first).days < most), "year")
    articles: Counter[date] = Counter()
    statements: Counter[date] = Counter()
    for day, article_count, statement_count in days:
        start = start_of(day, unit)
        articles[start] += article_count
        statements[start] += statement_count
    periods = []
    start = start_of(first, unit)
    while start <= last:
        periods.append(Period(start=start, articles=articles[start], statements=statements[start]))
        start = start_of(start + {"day": timedelta(1), "week": timedelta(7)}.get(unit, timedelta(366)), unit)
        if unit == "month":
            start = start_of(periods[-1].start + timedelta(31), unit)
    return Timeline(unit=unit, periods=tuple(periods), undated=undated)


def start_of(day: date, unit: Unit) -> date:
    """Return the first day of the period that a day lies in; weeks begin on Mondays."""
    if unit == "week":
        return day - timedelta(day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _count_headline(connection: duckdb.DuckDBPyConnection) -> Headline:
    [articles] = connection.execute(
        "SELECT count(*), coalesce(sum(word_count), 0)::BIGINT, count(DISTINCT coalesce(story_id, article_id)),"
        " count(DISTINCT coalesce(publisher, domain, source)), coalesce(sum(statement_count), 0)::BIGINT,"
        " min(published_date), max(published_date) FROM articles"
    ).fetchall()
    [speakers] = connection.execute("SELECT count(*), count(DISTINCT person_key) FROM speakers").fetchall()
    [rejections] = connection.execute("SELECT count(*) FROM rejections").fetchall()
    return Headline(
        articles=articles[0],
        words=articles[1],
        stories=articles[2],
        publishers=articles[3],
        statements=articles[4],
        speakers=speakers[0],
        named_speakers=speakers[1],
        rejections=rejections[0],
        first_day=articles[5],
        last_day=articles[6],
    )


def _count_days(connection: duckdb.DuckDBPyConnection) -> Timeline:
    rows = connection.execute(
        "SELECT coalesce(published_date, first_seen_at::DATE) AS day, count(*), sum(statement_count)::BIGINT,"
        " count(*) - count(published_date) FROM articles GROUP BY day ORDER BY day"
    ).fetchall()
    return make_timeline([row[:3] for row in rows], sum(row[3] for row in rows))


def _count_sources(connection: duckdb.DuckDBPyConnection) -> tuple[Row, ...]:
    """Return the statements with a speaker, by kind of speaker: a row for each large publisher, one for the others."""
    rows = connection.execute(
        "WITH said AS (SELECT coalesce(publisher, domain, source) AS publisher, speaker_type,"
        "   sum(speakers.statement_count)::BIGINT AS n FROM speakers JOIN articles USING (article_id) GROUP BY ALL),"
        " top AS (SELECT publisher, sum(n) AS n FROM said GROUP BY publisher ORDER BY n DESC, publisher LIMIT ?)"
        " SELECT left(top.publisher, ?), speaker_type, sum(said.n)::BIGINT FROM said LEFT JOIN top USING (publisher)"
        " GROUP BY top.publisher, top.n, speaker_type ORDER BY top.n DESC NULLS LAST, top.publisher",
        [TOP_PUBLISHERS, MAX_NAME],
    ).fetchall()
    return make_rows(rows, dict.fromkeys(row[0] for row in rows), SPEAKER_TYPES, unnamed="all others")


def _count_cues(connection: duckdb.DuckDBPyConnection) -> tuple[Cues, ...]:
    rows = connection.execute(
        "WITH cues AS (SELECT cue_family AS family, lower(left(cue_text, ?)) AS cue, count(*) AS n FROM statements"
        "   WHERE cue_family IS NOT NULL GROUP BY ALL)"
        " SELECT family, sum(n)::BIGINT, list(cue ORDER BY n DESC, cue)[:?] FROM cues GROUP BY family",
        [MAX_NAME, TOP_CUES],
    ).fetchall()
    found = {family: Cues(family=family, count=count, examples=tuple(cues)) for family, count, cues in rows}
    return tuple(found[family] for family in get_args(CueFamily) if family in found)
