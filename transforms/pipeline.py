"""The whole way of one article on one screen."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from schemas.records import Article, Citation, Document, InputRejected, ModelName, ProcessedArticle
from transforms.attribute import attribute_statements
from transforms.classify import classify_statements
from transforms.extract import ExtractedArticle, extract_article
from transforms.languages import language_identifier
from transforms.models.label_model import label_model
from transforms.models.statement_model import statement_model
from transforms.segment import segment_article


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """An article that the dataset already holds as it is."""

    article_id: str
    content_hash: str


def load_models() -> None:
    """Load what the engine would otherwise load at the first document, some 0.8 CPU seconds."""
    language_identifier()
    statement_model("compact")
    label_model("compact")


def process_document(
    document: Document,
    *,
    pipeline_version: str,
    model: ModelName = "compact",
    is_known: Callable[[str, str], bool] = lambda _id, _hash: False,
) -> ProcessedArticle | Unchanged:
    """Return the document's article with its segments, statements, speakers and citations.

    An article for which `is_known(article_id, content_hash)` holds is Unchanged and goes no further. Raises
    InputRejected where the document holds no article.
    """
    extracted = extract_article(document, pipeline_version=pipeline_version)
    return process_extracted(extracted, model=model, is_known=is_known)


def process_extracted(
    extracted: ExtractedArticle,
    *,
    model: ModelName = "compact",
    is_known: Callable[[str, str], bool] = lambda _id, _hash: False,
) -> ProcessedArticle | Unchanged:
    """Return an extracted article with its segments, statements, speakers and citations; Unchanged as above."""
    article = extracted.article
    if is_known(article.article_id, article.content_hash):
        return Unchanged(article_id=article.article_id, content_hash=article.content_hash)
    segments = segment_article(article.article_id, article.text, extracted.blocks)
    attributed = attribute_statements(
        article.article_id, article.language, article.text, extracted.blocks, segments, model
    )
    statements = classify_statements(attributed.statements, article.language, model)
    processed = ProcessedArticle(
        article=replace(article, statement_count=len(statements)),
        segments=segments,
        statements=statements,
        spans=attributed.spans,
        speakers=attributed.speakers,
        citations=extracted.citations,
    )
    check_round_trip(processed)
    check_encodable(processed)
    return processed


def check_encodable(processed: ProcessedArticle) -> None:
    """Raise UnicodeEncodeError for a lone surrogate in a text that is not cut from `articles.text`."""
    records: list[Article | Citation] = [processed.article, *processed.citations]
    for record in records:
        for field in fields(record):
            value = getattr(record, field.name)
            if isinstance(value, str):
                value.encode()


def check_round_trip(processed: ProcessedArticle) -> None:
    """Raise InputRejected unless every offset of every row gives the row's own text."""
    text = processed.article.text
    pieces: dict[str, list[str]] = {}
    for span in processed.spans:
        pieces.setdefault(span.statement_id, []).append(text[span.start_char : span.end_char])
    for segment in processed.segments:
        _expect(text[segment.start_char : segment.end_char], segment.text, segment.segment_id)
    for statement in processed.statements:
        _expect(" ".join(pieces.get(statement.statement_id, ())), statement.text, statement.statement_id)
        _expect(_cut(text, statement.speaker_start_char, statement.speaker_end_char), statement.speaker_text, "speaker")
        _expect(_cut(text, statement.cue_start_char, statement.cue_end_char), statement.cue_text, "cue")


def _cut(text: str, start: int | None, end: int | None) -> str | None:
    return None if start is None else text[start:end]


def _expect(found: str | None, expected: str | None, name: str) -> None:
    if found != expected:
        raise InputRejected("process", "round_trip", f"the offsets of {name} give {found!r}, not {expected!r}")
