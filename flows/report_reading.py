"""The articles that the report lets one read: a sample, its texts cut where a statement begins or ends, as JSON.

Offsets are code points, which a browser does not count: texts are cut here, and the page joins the pieces.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import duckdb

from flows.report_facts import MAX_NAME, QUOTE_TYPES

MAX_ARTICLES = 200
MAX_BYTES = 2_000_000  # of JSON: of the 3 MB that a page may have
MAX_CHARS = 40_000  # of one article, some 7,000 words; the rest is left out, which the page says
OPENING_MARKS = "“\"‘'«»„‹›"
CLOSING_MARKS = "”\"’'»«“‘›‹"
LABELS = ("check-worthy", "subjective", "forward-looking", "question", "imperative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of a text that belongs to a statement: its content, or the words that say who said it."""

    start_char: int
    end_char: int
    statement: int
    is_content: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The sample: its articles as JSON values, newest first, and how many there are in all."""

    articles: Sequence[Mapping[str, Any]]
    total: int


def collect_reading(connection: duckdb.DuckDBPyConnection, claimed_ids: Sequence[str]) -> Reading:
    """Return a sample of the articles: those with the given ids, then the newest in which somebody speaks."""
    [(total,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
    chosen = connection.execute(
        "SELECT article_id FROM articles ORDER BY list_contains(?::VARCHAR[], article_id) DESC,"
        " article_id IN (SELECT article_id FROM speakers WHERE statement_count > 0) DESC,"
        " coalesce(published_at, first_seen_at) DESC, article_id LIMIT ?",
        [list(claimed_ids), MAX_ARTICLES],
    ).fetchall()
    kept, size = [], 0
    for article, tables in _read_articles(connection, [article_id for (article_id,) in chosen]):
        value = make_article(article, tables)
        needed = len(as_script_json(value).encode())
        if size + needed <= MAX_BYTES:
            size += needed
            kept.append(value)
    return Reading(articles=sorted(kept, key=lambda value: value["date"] or "", reverse=True), total=total)


def as_script_json(value: object) -> str:
    """Return a value as JSON for a `<script type="application/json">`, which no text in it can end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


Row = dict[str, Any]
IS_SHOWN = f"start_char < {MAX_CHARS}"
SAMPLED = {  # table -> columns, and which rows
    "articles": (
        f"article_id AS id, left(coalesce(title, url), {MAX_NAME}) AS title, url, authors, language,"
        f" left(coalesce(publisher, domain, source), {MAX_NAME}) AS publisher, published_date,"
        f" left(text, {MAX_CHARS}) AS text, length(text) AS length, statement_count",
        "true",
    ),
    "speakers": (
        f"article_id AS id, speaker_id, left(name, {MAX_NAME}) AS name, speaker_type AS type,"
        f" left(role, {MAX_NAME}) AS role",
        "true",
    ),
    "statements": (
        "article_id AS id, statement_id, quote_type, speaker_id, start_char, end_char,"
        f" left(cue_text, {MAX_NAME}) AS cue, cue_start_char, cue_end_char, speaker_start_char, speaker_end_char,"
        " attribution_score, claim_type, check_worthiness, subjectivity, subjectivity_score, forward_looking,"
        " forward_looking_score, form",
        IS_SHOWN,
    ),
    "statement_spans": ("article_id AS id, statement_id, start_char, end_char", IS_SHOWN),
    "segments": ("article_id AS id, start_char, kind", f"{IS_SHOWN} AND kind <> 'paragraph'"),
}


def _read_articles(
    connection: duckdb.DuckDBPyConnection, ids: Sequence[str]
) -> Iterator[tuple[Row, dict[str, list[Row]]]]:
    """Yield the articles, each with its rows of the other tables, as far as its text is shown.

    DuckDB holds the rows of all: as Python's own values those of a few long articles would take hundreds of megabytes.
    """
    for table, (columns, where) in SAMPLED.items():
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE read_{table} AS SELECT {columns} FROM {table}"
            f" WHERE list_contains(?::VARCHAR[], article_id) AND {where} ORDER BY ALL",
            [list(ids)],
        )
    for article_id in ids:
        rows = {table: _fetch(connection, table, article_id) for table in SAMPLED}
        yield rows.pop("articles")[0], rows


def _fetch(connection: duckdb.DuckDBPyConnection, table: str, article_id: str) -> list[Row]:
    cursor = connection.execute(f"SELECT * FROM read_{table} WHERE id = ?", [article_id])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def make_article(article: Row, tables: Mapping[str, Sequence[Row]]) -> Row:
    """Return an article as the page's script reads it.

    `statements`: key, quote type, speaker (number, from 1; 0: none), cue, attribution score, labels with their scores.
    `blocks`: kind, pieces; a piece is its text, the statements it belongs to, innermost first, and those whose speaker
    or cue it names.
    """
    speakers = sorted(tables["speakers"], key=lambda row: int(row["speaker_id"].rpartition("-")[2]))
    numbers = {row["speaker_id"]: place for place, row in enumerate(speakers, 1)}
    statements = sorted(tables["statements"], key=lambda row: (row["start_char"], row["end_char"], row["statement_id"]))
    kinds = {row["start_char"]: row["kind"] for row in tables["segments"]}
    stretches = list(find_stretches(article["text"], statements, tables["statement_spans"]))
    return {
        "id": article["id"],
        "title": article["title"],
        "publisher": article["publisher"],
        "authors": article["authors"] and article["authors"][:MAX_NAME],
        "date": article["published_date"] and article["published_date"].isoformat(),
        "url": web_address(article["url"]),
        "language": article["language"],
        "length": article["length"],
        "statementCount": article["statement_count"],
        "speakers": [[row["name"], row["type"], row["role"]] for row in speakers],
        "statements": [
            [
                row["statement_id"].partition(":")[2],
                QUOTE_TYPES.index(row["quote_type"]),
                numbers.get(row["speaker_id"], 0),
                row["cue"],
                row["attribution_score"] and round(row["attribution_score"], 2),
                labels_of(row),
            ]
            for row in statements
        ],
        "blocks": list(cut_blocks(article["text"], kinds, stretches)),
    }


def find_stretches(text: str, statements: Sequence[Row], spans: Sequence[Row]) -> Iterator[Stretch]:
    """Yield where statements stand in a text, with their quotation marks, and where their speakers and cues do."""
    numbers = {row["statement_id"]: number for number, row in enumerate(statements)}
    for span in spans:
        start, end = span["start_char"], span["end_char"]
        is_quoted = statements[numbers[span["statement_id"]]]["quote_type"] == "direct"
        start -= is_quoted and text[max(start - 1, 0) : start] in tuple(OPENING_MARKS)
        end += is_quoted and text[end : end + 1] in tuple(CLOSING_MARKS)
        yield Stretch(start_char=start, end_char=end, statement=numbers[span["statement_id"]], is_content=True)
    for number, row in enumerate(statements):
        for what in ("speaker", "cue"):
            start, end = row[f"{what}_start_char"], row[f"{what}_end_char"]
            if start is not None:
                yield Stretch(start_char=start, end_char=end, statement=number, is_content=False)


def cut_blocks(text: str, kinds: Mapping[int, str], stretches: Sequence[Stretch]) -> Iterator[list[Any]]:
    """Yield the paragraphs of a text, each as its kind and its pieces."""
    edges = sorted({edge for stretch in stretches for edge in (stretch.start_char, stretch.end_char)})
    begins = sorted(stretches, key=lambda stretch: stretch.start_char)
    lengths = defaultdict[int, int](int)
    for stretch in stretches:
        lengths[stretch.statement] += stretch.is_content * (stretch.end_char - stretch.start_char)
    under_way: list[Stretch] = []
    edge = begin = place = 0
    for line in text.split("\n"):
        start, place = place, place + len(line) + 1
        while edge < len(edges) and edges[edge] <= start:
            edge += 1
        cuts = [start]
        while edge < len(edges) and edges[edge] < start + len(line):
            cuts.append(edges[edge])
            edge += 1
        pieces = []
        for low, high in zip(cuts, [*cuts[1:], start + len(line)], strict=True):
            while begin < len(begins) and begins[begin].start_char <= low:
                under_way.append(begins[begin])
                begin += 1
            under_way = [stretch for stretch in under_way if stretch.end_char > low]
            pieces.append(_make_piece(text[low:high], under_way, lengths))
        if line.strip():
            yield [kinds.get(start + len(line) - len(line.lstrip()), "paragraph"), pieces]


def _make_piece(text: str, stretches: Sequence[Stretch], lengths: Mapping[int, int]) -> list[Any]:
    content = {stretch.statement for stretch in stretches if stretch.is_content}
    naming = sorted({stretch.statement for stretch in stretches if not stretch.is_content})
    inner_first = sorted(content, key=lambda statement: (lengths[statement], statement))
    return [text, inner_first, naming] if naming else [text, inner_first] if inner_first else [text]


def labels_of(statement: Row) -> list[tuple[int, float | None]]:
    """Return those labels that set a statement apart, as places in LABELS, with their scores."""
    marks = (
        (statement["claim_type"] == "check_worthy_factual", statement["check_worthiness"]),
        (statement["subjectivity"] == "subjective", statement["subjectivity_score"]),
        (statement["forward_looking"], statement["forward_looking_score"]),
        (statement["form"] == "question", None),
        (statement["form"] == "imperative", None),
    )
    return [(place, score and round(score, 2)) for place, (holds, score) in enumerate(marks) if holds]


def web_address(url: str | None) -> str | None:
    """Return an address that a link may lead to: of the web, and no other scheme."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
