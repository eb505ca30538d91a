"""The questions that people ask first, as DuckDB views over the tables.

Each is declared once, here: `onrecord query` has them, an exported .duckdb holds them, `onrecord views` writes them.
Where reprints would inflate a count, it counts stories; an article of an older version without a story is its own.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from schemas.arrow import TABLES

FROM_OR_JOIN = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")  # `FROM articles`, `JOIN speakers`


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A question, and its answer in DuckDB's SQL."""

    name: str
    question: str  # as a person asks it
    counting: str  # what a row is and how it is counted
    sql: str
    sample: str  # a query over it

    def needs(self) -> set[str]:
        """Return the tables and views that it reads."""
        return {*FROM_OR_JOIN.findall(self.sql)} & {*TABLES, *(view.name for view in VIEWS)}


STORY_ARTICLES = View(
    name="story_articles",
    question="Which articles count, where copies of a story are to count once for each publisher?",
    counting="One row: a story in one publisher, by the first article seen there. Its day is the one of "
    "publication, else the one on which it was first seen (UTC). Other views build on it.",
    sql="""\
SELECT
    article_id,
    coalesce(story_id, article_id) AS story_id,
    coalesce(publisher, domain, source) AS publisher,
    coalesce(published_date, (first_seen_at AT TIME ZONE 'UTC')::DATE) AS day,
    first_seen_at,
    first_of_story,
    title,
    url
FROM articles
QUALIFY row_number() OVER (
    PARTITION BY coalesce(articles.story_id, article_id), coalesce(articles.publisher, domain, source)
    ORDER BY first_seen_at, first_of_story IS NOT TRUE, article_id
) = 1""",
    sample="SELECT publisher, count(*) AS stories FROM story_articles GROUP BY ALL ORDER BY stories DESC",
)

MOST_QUOTED = View(
    name="most_quoted",
    question="Who is quoted most?",
    counting="One row: a named speaker. Ranked by stories, so that a wire story counts once however often it was "
    "reprinted; statements (quotations: direct or mixed ones) are those of one copy of each story, articles are all.",
    sql="""\
WITH in_articles AS (
    SELECT
        person_key,
        speaker_type,
        max(name) AS name,
        coalesce(story_id, articles.article_id) AS story_id,
        articles.article_id,
        first_seen_at,
        first_of_story,
        count(*) AS statement_count,
        count(*) FILTER (WHERE quote_type IN ('direct', 'mixed')) AS quotation_count
    FROM statements
    JOIN speakers USING (speaker_id)
    JOIN articles ON articles.article_id = statements.article_id
    WHERE person_key IS NOT NULL
    GROUP BY person_key, speaker_type, articles.story_id, articles.article_id, first_seen_at, first_of_story
), in_stories AS (
    SELECT *, count(*) OVER (PARTITION BY person_key, speaker_type, story_id) AS copy_count
    FROM in_articles
    QUALIFY row_number() OVER (
        PARTITION BY person_key, speaker_type, story_id
        ORDER BY first_seen_at, first_of_story IS NOT TRUE, article_id
    ) = 1
)
SELECT
    arg_max(name, (length(name), name)) AS name,
    count(*) AS story_count,
    sum(copy_count)::BIGINT AS article_count,
    sum(statement_count)::BIGINT AS statement_count,
    sum(quotation_count)::BIGINT AS quotation_count,
    speaker_type,
    person_key
FROM in_stories
GROUP BY person_key, speaker_type
ORDER BY story_count DESC, statement_count DESC, person_key""",
    sample="SELECT name, story_count, article_count, quotation_count FROM most_quoted "
    "ORDER BY story_count DESC LIMIT 20",
)

ANONYMOUS_SOURCES = View(
    name="anonymous_sources",
    question="What share of a publisher's sources is anonymous?",
    counting="One row: a publisher. A source is a speaker of an article, unresolved ones left aside; anonymous: "
    "nothing tells who it is; unnamed: those and officials without a name. A story counts once for each publisher.",
    sql="""\
SELECT
    publisher,
    round(count(*) FILTER (WHERE speaker_type = 'anonymous') / count(*), 3) AS anonymous_share,
    round(count(*) FILTER (WHERE speaker_type IN ('anonymous', 'official_unnamed')) / count(*), 3) AS unnamed_share,
    count(*) AS source_count,
    count(*) FILTER (WHERE speaker_type = 'anonymous') AS anonymous_count,
    count(*) FILTER (WHERE speaker_type IN ('anonymous', 'official_unnamed')) AS unnamed_count
FROM speakers
JOIN story_articles USING (article_id)
WHERE speaker_type <> 'unresolved'
GROUP BY publisher
ORDER BY anonymous_share DESC, source_count DESC, publisher""",
    sample="SELECT publisher, anonymous_share, source_count FROM anonymous_sources WHERE source_count >= 5 "
    "ORDER BY anonymous_share DESC",
)

CLAIMS_OF_THE_WEEK = View(
    name="claims_of_the_week",
    question="Which claims of this week are most worth a check?",
    counting="One row: a claim in a story, by its first copy; publishers are counted. The week is the seven days up to "
    "the newest day of publication in the dataset, whatever today is.",
    sql="""\
SELECT
    max(check_worthiness) AS check_worthiness,
    statements.text AS claim,
    struct_extract(
        arg_min({'name': name}, (first_seen_at, first_of_story IS NOT TRUE, statement_id)), 'name'
    ) AS speaker,
    arg_min(quote_type, (first_seen_at, first_of_story IS NOT TRUE, statement_id)) AS quote_type,
    min(day) AS day,
    arg_min(publisher, (first_seen_at, first_of_story IS NOT TRUE, statement_id)) AS publisher,
    count(DISTINCT publisher) AS publisher_count,
    story_id,
    arg_min(statement_id, (first_seen_at, first_of_story IS NOT TRUE, statement_id)) AS statement_id,
    arg_min(url, (first_seen_at, first_of_story IS NOT TRUE, statement_id)) AS url
FROM statements
JOIN story_articles USING (article_id)
LEFT JOIN speakers USING (speaker_id)
WHERE claim_type = 'check_worthy_factual'
GROUP BY story_id, statements.text
HAVING min(day) > (
    SELECT coalesce(max(published_date), max((articles.first_seen_at AT TIME ZONE 'UTC')::DATE)) FROM articles
) - 7
ORDER BY check_worthiness DESC, statement_id""",
    sample="SELECT check_worthiness, speaker, claim, publisher, url FROM claims_of_the_week "
    "ORDER BY check_worthiness DESC LIMIT 20",
)

STORY_ORIGINS = View(
    name="story_origins",
    question="How many distinct origins does a story have?",
    counting="One row: a story. The origin of a copy is what it states (`origin_publisher`), else its own publisher: "
    "an upper bound where copies state none (unstated_count).",
    sql="""\
SELECT
    arg_min(title, (first_seen_at, first_of_story IS NOT TRUE, article_id)) AS title,
    min(coalesce(published_date, (first_seen_at AT TIME ZONE 'UTC')::DATE)) AS day,
    count(*) AS article_count,
    count(DISTINCT coalesce(publisher, domain, source)) AS publisher_count,
    count(DISTINCT coalesce(origin_publisher, publisher, domain, source)) AS origin_count,
    string_agg(
        DISTINCT coalesce(origin_publisher, publisher, domain, source),
        '; ' ORDER BY coalesce(origin_publisher, publisher, domain, source)
    ) AS origins,
    count(*) FILTER (WHERE origin_publisher IS NULL) AS unstated_count,
    coalesce(articles.story_id, article_id) AS story_id
FROM articles
GROUP BY coalesce(articles.story_id, article_id)
ORDER BY article_count DESC, day DESC, story_id""",
    sample="SELECT title, article_count, origin_count, origins FROM story_origins WHERE article_count > 1 "
    "ORDER BY article_count DESC",
)

CUE_WORDS = View(
    name="cue_words",
    question="How do one speaker's cue words differ between publishers?",
    counting="One row: a named speaker, a publisher and a reporting expression (lower case), with its share of those "
    "that the publisher uses for the speaker. A story counts once for each publisher.",
    sql="""\
SELECT
    arg_max(name, (length(name), name)) AS name,
    publisher,
    lower(cue_text) AS cue,
    cue_family,
    count(DISTINCT story_id) AS story_count,
    count(*) AS statement_count,
    round(count(*) / sum(count(*)) OVER (PARTITION BY person_key, publisher), 3) AS share,
    person_key
FROM statements
JOIN speakers USING (speaker_id)
JOIN story_articles ON story_articles.article_id = statements.article_id
WHERE person_key IS NOT NULL AND cue_text IS NOT NULL
GROUP BY person_key, publisher, lower(cue_text), cue_family
ORDER BY person_key, publisher, statement_count DESC, cue""",
    sample="SELECT name, publisher, cue, cue_family, share FROM cue_words WHERE person_key IN "
    "(SELECT person_key FROM cue_words GROUP BY 1 HAVING count(DISTINCT publisher) > 1) "
    "ORDER BY name, publisher, share DESC",
)

VIEWS = (STORY_ARTICLES, MOST_QUOTED, ANONYMOUS_SOURCES, CLAIMS_OF_THE_WEEK, STORY_ORIGINS, CUE_WORDS)


def available_views(tables: Collection[str]) -> list[View]:
    """Return the views that can be made of some tables, in an order in which they can be made."""
    names = set(tables)
    views = []
    for view in VIEWS:
        if view.needs() <= names:
            names.add(view.name)
            views.append(view)
    return views


def create_views(tables: Collection[str]) -> Iterator[str]:
    """Yield the statements that make the views of some tables, and say of each what it is."""
    for view in available_views(tables):
        yield f"CREATE OR REPLACE VIEW {view.name} AS\n{view.sql}"
        yield f"COMMENT ON VIEW {view.name} IS {quote_sql(f'{view.question} {view.counting}')}"


def quote_sql(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
