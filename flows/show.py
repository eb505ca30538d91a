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
CLOSING_MARKS = tuple("”\"’'»“‘«")
HEAD_FIELDS = ("title", "authors", "publisher", "origin_publisher", "published_at", "language", "url", "canonical_url")


def print_article(file: str, record: int, columns: Mapping[str, str], model: ModelName = "compact") -> None:
    """Print the article of a file, or of one record of a table. Raises UsageError if there is no such record."""
    entry = next(islice(list_inputs([file], None, Counter(), columns=columns), record - 1, None), None)
    if entry is None:
        raise UsageError(f"{file} has no record {record}")
    document = read_document(entry, columns, datetime.now(UTC), "show")
    processed = process_document(document, pipeline_version=pipeline_version(model), model=model)
    assert not isinstance(processed, Unchanged)  # nothing is known here
    console = Console(highlight=False)
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
    """Return the article's text, each speaker's words in a colour and followed by the speaker's name."""
    names = {speaker.speaker_id: speaker.name or "?" for speaker in processed.speakers}
    colours = {speaker_id: COLOURS[place % len(COLOURS)] for place, speaker_id in enumerate(names)}
    quoted: dict[str, Statement] = {
        statement.statement_id: statement for statement in processed.statements if statement.quote_type != "narration"
    }
    last = {span.statement_id: span.end_char for span in processed.spans}
    body = processed.article.text
    text = Text()
    place = 0
    for span in sorted(processed.spans, key=lambda span: span.start_char):
        statement = quoted.get(span.statement_id)
        if statement is None or span.start_char < place:
            continue
        speaker_id = statement.speaker_id or ""
        colour = colours.get(speaker_id, "bold")
        text.append(body[place : span.start_char])
        place = span.end_char + (body[span.end_char : span.end_char + 1] in CLOSING_MARKS)
        text.append(body[span.start_char : place], style=colour)
        if last[span.statement_id] == span.end_char:
            text.append(f" [{names.get(speaker_id, '?')}]", style="dim italic")
    text.append(body[place:])
    return text
