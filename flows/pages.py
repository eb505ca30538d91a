"""Pages from the web as inputs: what is known of a page in one line of JSON, then its body."""

import json
import re
from collections.abc import Sequence
from datetime import datetime

from flows.sources import Input
from schemas.records import Document

CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)  # text/html; charset=utf-8


def page_input(
    *,
    item: str,
    source: str,
    body: bytes,
    content_type: str | None,
    fetched_at: datetime,
    title: str | None = None,
    authors: Sequence[str] = (),
    published_at: datetime | None = None,
    language: str | None = None,
    tdm_reserved: bool | None = None,
) -> Input:
    """Return a page as an input; `item` is its address in normal form, `content_type` the header as sent."""
    known = {
        "content_type": content_type,
        "fetched_at": fetched_at.isoformat(),
        "title": title,
        "authors": list(authors),
        "published_at": published_at.isoformat() if published_at else None,
        "language": language,
        "tdm_reserved": tdm_reserved,
    }
    payload = json.dumps(known).encode() + b"\n" + body
    return Input(kind="page", item=item, source=source, payload=payload, size_bytes=len(payload))


def captured_at(entry: Input) -> float | None:
    """Return when a page was fetched, in seconds since 1970 and not before; None for what is no page."""
    if entry.kind != "page":
        return None
    known = json.loads(entry.payload[: entry.payload.index(b"\n")])
    return max(datetime.fromisoformat(known["fetched_at"]).timestamp(), 0.0)


def read_page(entry: Input, *, first_seen_at: datetime, run_id: str) -> Document:
    """Return the document of a page."""
    line, _, body = entry.payload.partition(b"\n")
    known = json.loads(line)
    content_type = known["content_type"] or "text/html"
    charset = CHARSET.search(content_type)
    return Document(
        item=entry.item,
        url=entry.item,
        source=entry.source,
        content=body,
        content_type="text" if content_type.strip().lower().startswith("text/plain") else "html",
        fetched_at=datetime.fromisoformat(known["fetched_at"]),
        run_id=run_id,
        title=known["title"],
        authors=tuple(known["authors"]),
        published_at=datetime.fromisoformat(known["published_at"]) if known["published_at"] else None,
        language=known["language"],
        charset=charset[1] if charset else None,
        tdm_reserved=known["tdm_reserved"],
        first_seen_at=first_seen_at,
    )
