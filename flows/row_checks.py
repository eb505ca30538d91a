"""What holds of the rows of a dataset, as SQL that selects the rows for which it does not: row in the file, message.

A partition holds all rows of its articles, so its files are checked by themselves. The values that a column may take
derive from `schemas.records`; keys and offsets are named here.
"""

from dataclasses import dataclass
from pathlib import Path

from flows.table_files import ARTICLE_TABLES, Partition
from schemas.arrow import TABLES, columns
from schemas.records import DailyCount

ROW = "file_row_number"
UNIQUE = {
    "articles": ("article_id",),
    "segments": ("segment_id",),
    "statements": ("statement_id",),
    "statement_spans": ("statement_id", "span_index"),
    "speakers": ("speaker_id",),
    "citations": ("article_id", "citation_index"),
    "rejections": ("item",),
    "fetches": ("url",),
    "runs": ("run_id",),
    "daily_counts": tuple(column.name for column in columns(DailyCount) if not column.name.endswith("_count")),
}
# (table, column, table it leads to): of the same article, too
FOREIGN = (
    ("segments", "article_id", "articles"),
    ("statements", "article_id", "articles"),
    ("statements", "segment_id", "segments"),
    ("statements", "speaker_id", "speakers"),
    ("statement_spans", "statement_id", "statements"),
    ("speakers", "article_id", "articles"),
    ("citations", "article_id", "articles"),
)
ORDER = {
    "articles": "article_id",
    "segments": "(article_id, start_char)",
    "statements": "(article_id, start_char)",
    "statement_spans": "article_id",
    "speakers": "article_id",
    "citations": "(article_id, citation_index)",
    "rejections": "item",
    "fetches": "url",
}
SCORES = ("attribution_score", "check_worthiness", "subjectivity_score", "forward_looking_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise: `sql` selects the rows of `table` that break it."""

    name: str
    table: str
    sql: str


def article_checks(partition: Partition) -> list[Check]:
    """Return what must hold of the files of a partition, each of which is a view named as its table."""
    checks = [check for table in ARTICLE_TABLES for check in _column_checks(table)]
    checks += [_foreign_check(*key) for key in FOREIGN]
    checks += _place_checks(partition)
    return [*checks, *_round_trip_checks(), *_hull_checks(), *_count_checks()]


def root_checks(file: Path) -> list[Check]:
    """Return what must hold of a file of a table that does not hang on articles, which is a view named as the table."""
    table = file.parts[0]
    checks = _column_checks(table)
    if table == "daily_counts" and len(file.parts) > 2:
        checks.append(_where(table, "place", f"strftime(day, '%Y-%m') != '{file.parent.name}'", "'day is ' || day"))
    if table == "runs":
        counted = "written_count + unchanged_count + duplicate_count + rejected_count"
        message = f"'input_count is ' || input_count || ', its parts are ' || ({counted})"
        checks.append(_where("runs", "counts", f"input_count != {counted}", message))
    return checks


def _where(table: str, name: str, condition: str, message: str) -> Check:
    return Check(name=name, table=table, sql=f"SELECT {ROW}, {message} FROM {table} WHERE {condition} ORDER BY 1")


def _column_checks(table: str) -> list[Check]:
    """Return what the columns of a table promise by themselves: values, ranges, keys, order."""
    checks = []
    for column in columns(TABLES[table]):
        name = column.name
        shown = f"'{name} is ' || {name}"
        if column.values:
            listed = ", ".join(f"'{value}'" for value in column.values)
            checks.append(_where(table, "range", f"{name} NOT IN ({listed})", shown))
        if name in SCORES:
            checks.append(_where(table, "range", f"NOT ({name} BETWEEN 0 AND 1)", shown))
        if name.endswith(("_char", "_count", "_index", "_offset")):
            checks.append(_where(table, "range", f"{name} < 0", shown))
        if name.endswith("start_char"):
            end = name.replace("start", "end")
            pair = f"'{name} is ' || ifnull({name}::VARCHAR, 'null') || ', {end} ' || ifnull({end}::VARCHAR, 'null')"
            condition = f"{name} >= {end} OR ({name} IS NULL) != ({end} IS NULL)"
            checks.append(_where(table, "offsets", condition, pair))
    if table in UNIQUE:
        checks.append(_unique_check(table, UNIQUE[table]))
    if table in ORDER:
        checks.append(_order_check(table, ORDER[table]))
    return checks


def _unique_check(table: str, key: tuple[str, ...]) -> Check:
    joined = ", ".join(key)
    sql = f"""
        SELECT max({ROW}), '{joined} is there ' || count(*) || ' times: ' || concat_ws(' ', {joined})
        FROM {table} GROUP BY {joined} HAVING count(*) > 1 ORDER BY 1"""
    return Check(name="unique", table=table, sql=sql)


def _order_check(table: str, key: str) -> Check:
    sql = f"""
        SELECT {ROW}, 'not in order of {key}' FROM (
            SELECT {ROW}, {key} AS key, lag({key}) OVER (ORDER BY {ROW}) AS before FROM {table})
        WHERE key < before ORDER BY 1"""
    return Check(name="order", table=table, sql=sql)


def _foreign_check(table: str, column: str, target: str) -> Check:
    same = f"AND t.{column} = r.{column}" if column != "article_id" else ""
    sql = f"""
        SELECT {ROW}, '{column} leads nowhere: ' || r.{column} FROM {table} r
        WHERE r.{column} IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM {target} t WHERE t.article_id = r.article_id {same}) ORDER BY 1"""
    return Check(name="foreign_key", table=table, sql=sql)


def _place_checks(partition: Partition) -> list[Check]:
    """Return what says that an article is in the right folder, and its rows under the right ids."""
    wrong_month = f"strftime(first_seen_at, '%Y-%m') != '{partition.month}'"
    checks = [_where("articles", "place", wrong_month, "'first_seen_at is ' || first_seen_at")]
    wrong_id = "article_id != substr(sha256(url), 1, 16) AND url NOT LIKE '%█%'"
    checks.append(_where("articles", "identity", wrong_id, "'article_id is ' || article_id || ', not the hash of url'"))
    segment_id = "article_id || ':' || start_char || '-' || end_char"
    checks.append(_where("segments", "identity", f"segment_id != {segment_id}", "'segment_id is ' || segment_id"))
    is_other = f"statement_id != {segment_id} AND NOT starts_with(statement_id, {segment_id} || '-')"
    checks.append(_where("statements", "identity", is_other, "'statement_id is ' || statement_id"))
    is_other = "NOT starts_with(speaker_id, article_id || ':speaker-')"
    checks.append(_where("speakers", "identity", is_other, "'speaker_id is ' || speaker_id"))
    wrong_day = "published_date IS DISTINCT FROM published_at::DATE"
    return [*checks, _where("articles", "range", wrong_day, "'published_date is not the day of published_at'")]


def _cut(start: str, end: str) -> str:
    return f"substr(a.text, r.{start} + 1, r.{end} - r.{start})"


def _round_trip_checks() -> list[Check]:
    """Return what says that all offsets give their texts."""
    checks = []
    for table, text, name in (
        ("segments", "text", ""),
        ("statements", "speaker_text", "speaker_"),
        ("statements", "cue_text", "cue_"),
    ):
        sql = f"""
            SELECT r.{ROW}, 'the offsets of {text} give another text' FROM {table} r JOIN articles a USING (article_id)
            WHERE r.{text} IS DISTINCT FROM {_cut(f"{name}start_char", f"{name}end_char")} ORDER BY 1"""
        checks.append(Check(name="round_trip", table=table, sql=sql))
    sql = f"""
        SELECT s.{ROW}, 'the spans of the statement give another text' FROM statements s LEFT JOIN (
            SELECT statement_id, string_agg({_cut("start_char", "end_char")}, ' ' ORDER BY span_index) AS text
            FROM statement_spans r JOIN articles a USING (article_id) GROUP BY statement_id
        ) p USING (statement_id) WHERE s.text IS DISTINCT FROM p.text ORDER BY 1"""
    checks.append(Check(name="round_trip", table="statements", sql=sql))
    beyond = f"""
        SELECT r.{ROW}, 'end_char is ' || r.end_char || ', beyond the text' FROM statement_spans r
        JOIN articles a USING (article_id) WHERE r.end_char > length(a.text) ORDER BY 1"""
    return [*checks, Check(name="offsets", table="statement_spans", sql=beyond)]


def _hull_checks() -> list[Check]:
    """Return what says that spans are numbered from 0, and a statement's offsets their hull."""
    sql = f"""
        SELECT s.{ROW}, 'the offsets of the statement are not the hull of its spans' FROM statements s JOIN (
            SELECT statement_id, min(start_char) AS low, max(end_char) AS high,
                count(*) != max(span_index) + 1 AS has_gap
            FROM statement_spans GROUP BY statement_id
        ) p USING (statement_id) WHERE s.start_char != p.low OR s.end_char != p.high OR p.has_gap ORDER BY 1"""
    return [Check(name="offsets", table="statements", sql=sql)]


def _count_checks() -> list[Check]:
    """Return what says that the counts of statements are right."""
    checks = []
    for table, key in (("articles", "article_id"), ("speakers", "speaker_id")):
        sql = f"""
            SELECT {ROW}, 'statement_count is ' || statement_count || ', statements has ' || coalesce(c.n, 0)
            FROM {table} LEFT JOIN (SELECT {key}, count(*) AS n FROM statements GROUP BY 1) c USING ({key})
            WHERE statement_count != coalesce(c.n, 0) ORDER BY 1"""
        checks.append(Check(name="statement_count", table=table, sql=sql))
    return checks
