"""Articles made from a seed, and runs over them that do all but process. For benchmarks/store.py."""

import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from flows.job import JobParameters, Submit, run_job
from flows.staging import Batch, BatchResult, read_inputs
from schemas.records import ProcessedArticle
from tests.rows import make_processed

SEEN_AT = datetime(2026, 12, 28, 12, 0, tzinfo=UTC)
SENTENCES = 22  # statements an article, as in English news: 700 words
ARTICLES_A_YEAR = 1_000_000 // SENTENCES  # published one after the other in 2026
DOMAINS = 40
STEMS = ("tram", "quay", "ferry", "mayor", "council", "harbour", "storm", "market")
WORDS = [stem + ending for stem in STEMS for ending in ("s", "ed", "ing", "er", "ly", "al", "ic", "y", "a", "o")]


def make_article(number: int, version: str) -> ProcessedArticle:
    """Return an article of which every row shows its version; each sentence is a statement."""
    chance = random.Random(f"{number}-{version}")
    sentences = [" ".join([version, *chance.choices(WORDS, k=31)]) + "." for _ in range(SENTENCES)]
    one = make_processed(str(number), " ".join(sentences))
    article_id = one.article.article_id
    segments, statements, spans = [], [], []
    start = 0
    for place, sentence in enumerate(sentences):
        end = start + len(sentence)
        key = f"{article_id}:{start}-{end}"
        segment = replace(one.segments[0], segment_id=key, text=sentence, start_char=start, end_char=end)
        segments.append(replace(segment, paragraph_index=place // 3, sentence_index=place % 3))
        statement = replace(
            one.statements[0],
            statement_id=key,
            segment_id=key,
            text=sentence,
            start_char=start,
            end_char=end,
            claim_type=chance.choice(("check_worthy_factual", "unimportant_factual", "non_factual")),
            check_worthiness=chance.random(),
            subjectivity=chance.choice(("objective", "subjective")),
            subjectivity_score=chance.random(),
            forward_looking=chance.random() < 0.1,
            forward_looking_score=chance.random(),
            form="declarative",
        )
        if place % 2 == 0:
            statement = replace(
                statement,
                quote_type=chance.choice(("direct", "mixed", "indirect")),
                speaker_id=f"{article_id}:speaker-{1 + place % 4}",
                speaker_text=version,
                speaker_start_char=start,
                speaker_end_char=start + len(version),
                attribution_score=chance.random(),
            )
        statements.append(statement)
        spans.append(replace(one.spans[0], statement_id=key, start_char=start, end_char=end))
        start = end + 1
    speakers = [
        replace(
            one.speakers[0],
            speaker_id=f"{article_id}:speaker-{speaker}",
            name=f"{version} {chance.choice(WORDS)}",
            speaker_type=chance.choice(("person", "organisation", "official_unnamed")),
            statement_count=sum(said.speaker_id == f"{article_id}:speaker-{speaker}" for said in statements),
        )
        for speaker in range(1, 5)
    ]
    published_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=365) * (number % ARTICLES_A_YEAR) / ARTICLES_A_YEAR
    article = replace(
        one.article,
        domain=f"site-{number % DOMAINS}.example",
        published_at=published_at,
        published_date=published_at.date(),
        statement_count=SENTENCES,
    )
    return replace(
        one, article=article, segments=segments, statements=statements, spans=spans, speakers=speakers, citations=[]
    )


def commit(
    folder: Path,
    numbers: Sequence[int],
    version: str,
    make: Callable[[int, str], ProcessedArticle] = make_article,
    *,
    seen_at: datetime = SEEN_AT,
) -> float:
    """Run over articles that are made instead of processed; return the CPU time of all else.

    The report is left out: `benchmarks/report.py` measures it.
    """
    made_s = 0.0

    def submit(batch: Batch) -> Future[Batch]:
        nonlocal made_s
        started = time.process_time()
        result = BatchResult()
        for entry in read_inputs(batch):
            made = make(json.loads(entry.payload)["id"], version)
            article = replace(made.article, first_seen_at=seen_at, fetched_at=seen_at)
            result.add_article(entry, replace(made, article=article))
        result.write(batch)
        made_s += time.process_time() - started
        done: Future[Batch] = Future()
        done.set_result(batch)
        return done

    @contextmanager
    def submitter(_process: Callable[[Batch], Batch], _workers: int) -> Iterator[Submit]:
        yield submit

    with (
        tempfile.TemporaryDirectory(dir=folder.parent) as name,  # goes with the folder, also of a killed run
        patch("secrets.token_hex", lambda _count: f"{version}-{numbers[0]}"),
        patch("flows.job.try_report", lambda _store: None),
    ):
        records = Path(name, "records.jsonl")
        records.write_text("".join(json.dumps({"id": number, "text": version}) + "\n" for number in numbers))
        started = time.process_time()
        parameters = JobParameters(inputs=[str(records)], output=str(folder), source="news")
        run_job(parameters, submitter=submitter, clock=lambda: seen_at)
        return time.process_time() - started - made_s


def make_text(number: int) -> str:
    """Return the text of an article with quotations."""
    chance = random.Random(number)
    names = [f"{first} {last}" for first in ("Ann", "Jo", "Ilse") for last in ("Lee", "Marrack", "Tullen")]
    paragraphs = []
    for _ in range(SENTENCES // 2):
        words = " ".join(chance.choices(WORDS, k=28))
        paragraphs.append(f"“The {words},” said {chance.choice(names)}, the mayor. The {words[:90]} closed on Monday.")
    return "\n\n".join(paragraphs)
