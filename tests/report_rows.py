"""A dataset made by hand for the tests of the report: articles with speakers and labels, one of them hostile."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.store import Store
from schemas.arrow import to_table
from schemas.records import ProcessedArticle, QuoteType, Rejection, Run, Segment, Speaker, SpeakerType, Statement
from schemas.records import StatementSpan as Span
from tests.rows import NULL_COLUMNS, SEEN_AT, commit_articles, make_processed

HOSTILE = "</script><script>hacked=1</script><img src=x onerror=hacked=1>{{7*7}}{% raw %}'\"&"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence of an article and who says it; it is the statement."""

    text: str
    by: str | None = None
    kind: SpeakerType = "person"
    quote_type: QuoteType = "narration"
    cue: str | None = None
    worth: float | None = None
    subjective: bool = False
    within: bool = False  # the sentence before holds it, too


def make_article(name: str, *parts: Said, day: int | None = None, **fields: Any) -> ProcessedArticle:
    """Return an article of one paragraph for each part; a part `within` stands at the end of the one before."""
    text = "\n\n".join(part.text for part in parts if not part.within)
    base = make_processed(name, text)
    article_id = base.article.article_id
    names = list(dict.fromkeys(part.by for part in parts if part.by))
    speaker_ids = {by: f"{article_id}:speaker-{number}" for number, by in enumerate(names, 1)}
    statements, spans, segments = [], [], []
    for part in parts:
        start = text.index(part.text)
        end = start + len(part.text)
        key = f"{article_id}:{start}-{end}"
        values: dict[str, Any] = dict.fromkeys(NULL_COLUMNS)
        values |= {"speaker_id": speaker_ids.get(part.by or ""), "speaker_text": part.by, "cue_text": part.cue}
        statements.append(
            Statement(
                **base_statement(article_id, key, part.text, start, end)
                | values
                | {
                    "quote_type": part.quote_type,
                    "cue_family": "neutral" if part.cue else None,
                    "attribution_score": 0.75 if part.by else None,
                    "claim_type": "check_worthy_factual" if part.worth else "non_factual",
                    "check_worthiness": part.worth or 0.1,
                    "subjectivity": "subjective" if part.subjective else "objective",
                    "subjectivity_score": 0.9 if part.subjective else 0.1,
                    "form": "declarative",
                }
            )
        )
        spans.append(Span(statement_id=key, article_id=article_id, span_index=0, start_char=start, end_char=end))
        segment = replace(base.segments[0], segment_id=key, start_char=start, end_char=end, text=part.text)
        segments += [] if part.within else [segment]
    speakers = [
        Speaker(
            speaker_id=speaker_ids[name],
            article_id=article_id,
            name=name,
            speaker_type=next(part.kind for part in parts if part.by == name),
            role=f"role of {name}",
            person_key=name.casefold() if next(part.kind for part in parts if part.by == name) == "person" else None,
            statement_count=sum(part.by == name for part in parts),
        )
        for name in names
    ]
    published = datetime(2026, 11, day, 9, tzinfo=UTC) if day else None
    article = replace(
        base.article,
        statement_count=len(statements),
        published_at=published,
        published_date=published.date() if published else None,
        **fields,
    )
    ordered: list[Segment] = sorted(segments, key=lambda segment: segment.start_char)
    return ProcessedArticle(
        article=article, segments=ordered, statements=statements, spans=spans, speakers=speakers, citations=[]
    )


def base_statement(article_id: str, key: str, text: str, start: int, end: int) -> dict[str, Any]:
    """Return the columns that say where a statement stands."""
    place = {"start_char": start, "end_char": end}
    return {"statement_id": key, "article_id": article_id, "segment_id": key, "text": text, **place}


TRAM = make_article(
    "tram",
    Said(text="The tram 🚋 costs 412 million crowns.", worth=0.97),
    Said(text="“It will never run,” ", by="Ann Lee", quote_type="direct", cue="said", subjective=True),
    Said(
        text="The mayor said that the union fears the job cuts.",
        by="Ilse Marrack",
        quote_type="indirect",
        cue="said",
        worth=0.6,
    ),
    Said(text="the job cuts.", by="the union", kind="organisation", quote_type="indirect", cue="fears", within=True),
    day=3,
    publisher="The Gazette",
    url="https://gazette.example/tram",
)
FERRY = make_article(
    "ferry",
    Said(text="The ferry stops in May.", worth=0.9),
    Said(text="“Nobody asked us,” ", by="Ann Lee", quote_type="direct", cue="said"),
    day=5,
)
REPRINT = make_article(
    "copy", Said(text="“Nobody asked us at all,” ", by="Ann Lee", quote_type="direct", cue="said"), day=5
)
SILENT = make_article("silent", Said(text="It rained."))
TROUBLE = make_article(
    f"trouble {HOSTILE}",
    Said(text=f"“Words {HOSTILE},” ", by=f"Speaker {HOSTILE}", quote_type="direct", cue=f"said {HOSTILE}", worth=0.5),
    day=1,
    url="javascript:hacked=1",
    publisher=f"Publisher {HOSTILE}",
    authors=HOSTILE,
    language='en" onload="hacked=1',
)
REJECTIONS = [
    Rejection(item=item, source="s", step="extract", reason=reason, error=f"found 3 {HOSTILE}", run_id="run-1")
    for item, reason in (("a.html", "too_short"), ("b.html", "too_short"), (f"c {HOSTILE}", "consent_wall"))
]
RUN = Run(
    run_id="run-1",
    started_at=SEEN_AT,
    finished_at=SEEN_AT.replace(minute=1),
    state="completed",
    input_count=1234,
    written_count=5,
    unchanged_count=1226,
    duplicate_count=0,
    rejected_count=3,
    pipeline_version="1.0",
    versions="{}",
    parameters='{"model": "compact"}',
)
ARTICLES = (TRAM, FERRY, REPRINT, SILENT, TROUBLE)


def commit_report_rows(store: Store, articles: Sequence[ProcessedArticle] = ARTICLES) -> None:
    """Write the dataset."""
    story_ids = {REPRINT.article.article_id: FERRY.article.article_id}
    commit_articles(store, articles, rejections=REJECTIONS if articles else (), story_ids=story_ids)
    store.write_root("runs", to_table("runs", [RUN]))


def reading_of(page: Any) -> dict[str, Any]:
    """Return what the reading view of a page is made from."""
    found: dict[str, Any] = json.loads(page.get_element_by_id("reading").text)
    return found


def words_of(element: Any) -> str:
    """Return the words of an element, blanks between them."""
    return " ".join(element.text_content().split())
