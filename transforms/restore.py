"""An article as it was extracted, from the rows that stand of it: what a newer engine reads without the page."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.records import Article, Block, Citation, Segment
from transforms.extract import ExtractedArticle, content_hash_of


def restore_extracted(
    article: Article, segments: Sequence[Segment], citations: Sequence[Citation], *, pipeline_version: str
) -> ExtractedArticle:
    """Return an article for the engine of `pipeline_version`; segments and citations are in text order."""
    authors = tuple(article.authors.split("; ")) if article.authors else ()
    content_hash = content_hash_of(
        article.text, article.title, authors, article.published_at, article.modified_at, pipeline_version
    )
    return ExtractedArticle(
        article=replace(article, content_hash=content_hash, pipeline_version=pipeline_version),
        blocks=restore_blocks(segments),
        citations=list(citations),
    )


def restore_blocks(segments: Sequence[Segment]) -> list[Block]:
    """Return the blocks of segments in text order; one that has no segment was blank, and is empty here."""
    blocks: list[Block] = []
    for segment in segments:
        if segment.paragraph_index < len(blocks):
            blocks[-1] = replace(blocks[-1], end_char=segment.end_char)
            continue
        while len(blocks) < segment.paragraph_index:
            blocks.append(Block(kind="paragraph", start_char=segment.start_char, end_char=segment.start_char))
        blocks.append(Block(kind=segment.kind, start_char=segment.start_char, end_char=segment.end_char))
    return blocks
