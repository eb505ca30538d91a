"""One article as a person reads it, in a terminal."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice

from rich.console import Console
from rich.text import Text

from flows.documents import read_document
from flows.sources import UsageError, list_inputs
from flows.version import pipeline_version
from schemas.records import ModelName, ProcessedArticle, Statement
from transforms.pipeline import Unchanged, process_document

COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "red")
UNRESOLVED = "unknown speaker"  # nothing in the article tells who it is
MAX_COUNTED = 10_000  # records after the one that is shown; a large table is not read to its end for their number
CLOSING_MARKS = tuple("”\"’'»“‘«")
HEAD_FIELDS = ("title", "authors", "publisher", "origin_publisher", "published_at", "language", "url", "canonical_url")


def print_article(file: str, record: int, columns: Mapping[str, str], model: ModelName = "compact") -> None:
    """Print the article of a file, or of one record of a table. Raises UsageError if there is no such record."""
    entries = list_inputs([file], None, Counter(), columns=columns)
    entry = next(islice(entries, record - 1, None), None)
    if entry is None:
        raise UsageError(f"{file} has no record {record}")
    further = sum(1 for _ in islice(entries, MAX_COUNTED))
    document = read_document(entry, columns, datetime.now(UTC), "show")
    processed = process_document(document, pipeline_version=pipeline_version(model), model=model)
    assert not isinstance(processed, Unchanged)  # nothing is known here
    console = Console(highlight=False)
    if record + further > 1:
        total = f"{record + further:,}" if further < MAX_COUNTED else f"more than {record + further:,}"
        console.print(Text(f"{'record':>16}  {record} of {total}; --record N shows another\n", style="dim"))
    for field in HEAD_FIELDS:
        value = getattr(processed.article, field)
        if value is not None:
            console.print(
                Text(f"{field:>16}  ", style="dim"), Text(str(value), style="bold" if field == "title" else "")
            )
    console.print()
    console.print(marked_text(processed))
    for citation in processed.citations:
        parts = [part for part in (citation.title, citation.url or citation.domain) if part]
        console.print(Text("\nReference: " + ", ".join(parts), style="dim"))


def marked_text(processed: ProcessedArticle) -> Text:
    """Return the article's text, each speaker's words in a colour; behind each statement its speaker and its labels."""
    names = {speaker.speaker_id: speaker.name or UNRESOLVED for speaker in processed.speakers}
    colours = {speaker_id: COLOURS[place % len(COLOURS)] for place, speaker_id in enumerate(names)}
    statements = {statement.statement_id: statement for statement in processed.statements}
    last = {span.statement_id: span.end_char for span in processed.spans}
    body = processed.article.text
    text = Text()
    place = 0
    for span in sorted(processed.spans, key=lambda span: span.start_char):
        statement = statements[span.statement_id]
        if span.start_char < place:
            continue
        said = statement.quote_type != "narration"
        text.append(body[place : span.start_char])
        place = span.end_char + (body[span.end_char : span.end_char + 1] in CLOSING_MARKS)
        speaker_id = statement.speaker_id or ""
        text.append(body[span.start_char : place], style=colours.get(speaker_id, "bold") if said else "")
        notes = [names.get(speaker_id, UNRESOLVED), *labels_shown(statement)] if said else labels_shown(statement)
        if last[span.statement_id] == span.end_char and notes:
            text.append(f" [{', '.join(notes)}]", style="dim italic")
    text.append(body[place:])
    return text


def labels_shown(statement: Statement) -> list[str]:
    """Return those labels of a statement that set it apart, in words; check-worthiness with its score."""
    marks = {
        f"check-worthy {statement.check_worthiness or 0:.2f}": statement.claim_type == "check_worthy_factual",
        "subjective": statement.subjectivity == "subjective",
        "forward-looking": bool(statement.forward_looking),
        statement.form or "": statement.form in ("question", "imperative"),
    }
    return [mark for mark, holds in marks.items() if holds]
