"""Texts with what a model found in them, settled."""

from schemas.records import Block
from transforms.attributions import Attribution
from transforms.quotes import Span, quote_spans
from transforms.said import Said
from transforms.segment import segment_article
from transforms.settle import settle


def span_of(text: str, part: str | None) -> Span | None:
    """Return where the first such part stands."""
    return (text.index(part), text.index(part) + len(part)) if part else None


def settled(text: str, *found: tuple[tuple[str, ...], str | None, str | None], level: int = 0) -> list[Said]:
    """Return the statements of a text of paragraphs, in which contents, cue and source were found."""
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind="paragraph", start_char=start, end_char=start + len(line)))
        start += len(line) + 1
    attributions = [
        Attribution(
            level=level,
            contents=tuple(span for part in contents if (span := span_of(text, part))),
            cue=span_of(text, cue),
            source=span_of(text, source),
            score=0.5,
        )
        for contents, cue, source in found
    ]
    return settle(text, blocks, quote_spans(text, blocks), attributions, sentence_starts(text, blocks))


def sentence_starts(text: str, blocks: list[Block]) -> list[int]:
    """Return where the sentences begin."""
    return [segment.start_char for segment in segment_article("a", text, blocks)]


def parts(text: str, said: Said) -> list[str]:
    """Return the pieces of a statement."""
    return [text[start:end] for start, end in said.spans]
