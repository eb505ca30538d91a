"""Articles made from a seed, staged and committed as a run does. For benchmarks/store.py."""

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows.daily_counts import update_daily_counts
from flows.sources import Input
from flows.staging import Batch, BatchResult
from flows.store import CommitPlan, Store
from schemas.arrow import arrow_schema
from schemas.records import Article, ProcessedArticle, Segment, Speaker, Statement, StatementSpan

SEEN_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MONTH = "2026-11"
SENTENCES = 22  # statements an article, as in English news: 700 words
STEMS = ("tram", "quay", "ferry", "mayor", "council", "harbour", "storm", "market")
WORDS = [stem + ending for stem in STEMS for ending in ("s", "ed", "ing", "er", "ly", "al", "ic", "y", "a", "o")]


def make_article(number: int, version: str = "old") -> ProcessedArticle:
    """Return an article of which every row shows its version; each sentence is a statement."""
    chance = random.Random(f"{number}-{version}")
    url = f"https://news.example.org/{number}"
    article_id = hashlib.sha256(url.encode()).hexdigest()[:16]
    sentences = [" ".join([version, *chance.choices(WORDS, k=31)]) + "." for _ in range(SENTENCES)]
    text = " ".join(sentences)
    segments, statements, spans = [], [], []
    start = 0
    for place, sentence in enumerate(sentences):
        end = start + len(sentence)
        key = f"{article_id}:{start}-{end}"
        segments.append(
            Segment(
                segment_id=key,
                article_id=article_id,
                paragraph_index=place // 3,
                sentence_index=place % 3,
                kind="paragraph",
                start_char=start,
                end_char=end,
                text=sentence,
            )
        )
        is_said = place % 2 == 0
        statements.append(
            Statement(
                statement_id=key,
                article_id=article_id,
                segment_id=key,
                quote_type="direct" if is_said else "narration",
                text=sentence,
                start_char=start,
                end_char=end,
                speaker_id=f"{article_id}:speaker-{1 + place % 4}" if is_said else None,
                speaker_text=version if is_said else None,
                speaker_start_char=start if is_said else None,
                speaker_end_char=start + len(version) if is_said else None,
                cue_text=None,
                cue_family=None,
                cue_start_char=None,
                cue_end_char=None,
                attribution_score=chance.random() if is_said else None,
                form="declarative",
            )
        )
        spans.append(
            StatementSpan(statement_id=key, article_id=article_id, span_index=0, start_char=start, end_char=end)
        )
        start = end + 1
    speakers = [
        Speaker(
            speaker_id=f"{article_id}:speaker-{one}",
            article_id=article_id,
            name=f"{version} {chance.choice(WORDS)}",
            speaker_type="person",
            role=None,
            person_key=None,
            statement_count=sum(statement.speaker_id == f"{article_id}:speaker-{one}" for statement in statements),
        )
        for one in range(1, 5)
    ]
    article = Article(
        article_id=article_id,
        source="news",
        url=url,
        canonical_url=url,
        domain="example.org",
        publisher="News",
        origin_publisher=None,
        title=" ".join(chance.choices(WORDS, k=8)),
        authors=None,
        external_id=None,
        language="en",
        published_at=None,
        published_date=None,
        modified_at=None,
        first_seen_at=SEEN_AT,
        fetched_at=SEEN_AT,
        text=text,
        word_count=len(text.split()),
        statement_count=SENTENCES,
        content_hash=hashlib.sha256(text.encode()).hexdigest()[:32],
        story_id=None,
        first_of_story=None,
        tdm_reserved=None,
        run_id="run",
        pipeline_version="1",
    )
    return ProcessedArticle(
        article=article, segments=segments, statements=statements, spans=spans, speakers=speakers, citations=[]
    )


Maker = Callable[[int, str], ProcessedArticle]


def stage(store: Store, numbers: Sequence[int], version: str, make: Maker = make_article) -> CommitPlan:
    """Stage articles as workers would, in batches of 200; return the plan that commits them."""
    batches: list[Batch] = []
    ids: list[list[str]] = []
    for start in range(0, len(numbers), 200):
        key = hashlib.sha256(f"{numbers[start]}-{version}".encode()).hexdigest()[:32]
        articles = [make(number, version) for number in numbers[start : start + 200]]
        batch = Batch(index=len(batches), key=key, input_count=len(articles), staging=str(store.staging))
        result = BatchResult()
        for processed in articles:
            result.add_article(Input(kind="text", item=processed.article.url, source="news"), processed)
        result.write(batch)
        batches.append(batch)
        ids.append([processed.article.article_id for processed in articles])
    return CommitPlan(run_id=version, month=MONTH, batches=batches, article_ids=ids, conflicts=[], succeeded_items=[])


def commit(folder: Path, numbers: Sequence[int], version: str, make: Maker = make_article) -> float:
    """Stage and commit articles; return the CPU time of what is not processing: index, commit, daily counts."""
    store = Store(folder)
    with store.locked():
        plan = stage(store, numbers, version, make)
        start = time.process_time()
        store.known_articles()
        store.commit(plan)
        update_daily_counts(store)
        store.write_root("runs", arrow_schema("runs").empty_table())
        store.finish()
        return time.process_time() - start


def make_text(number: int) -> str:
    """Return the text of an article with quotations."""
    chance = random.Random(number)
    names = [f"{first} {last}" for first in ("Ann", "Jo", "Ilse") for last in ("Lee", "Marrack", "Tullen")]
    paragraphs = []
    for _ in range(SENTENCES // 2):
        words = " ".join(chance.choices(WORDS, k=28))
        paragraphs.append(f"“The {words},” said {chance.choice(names)}, the mayor. The {words[:90]} closed on Monday.")
    return "\n\n".join(paragraphs)
