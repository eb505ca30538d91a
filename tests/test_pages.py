"""Pages travel to the workers with what their servers said of them."""

from datetime import UTC, datetime

import pytest

from flows.pages import page_input, read_page
from flows.room import Room
from transforms.extract import extract_article

NOW = datetime(2026, 11, 20, 12, 30, 1, 5, tzinfo=UTC)
BODY = "<p>Der Bürgermeister sagte am Montag, die Fähre fahre wieder, „trotz allem“.</p>"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/html; charset=windows-1252", BODY.encode("cp1252"), "Bürgermeister"),
        ('text/html; Charset="utf-8"', BODY.encode(), "„trotz allem“"),
        ("text/html; charset=windows-1251", "<p>Паром снова ходит, сказал мэр города.</p>".encode("cp1251"), "Паром"),
        ("text/html; charset=nonsense", BODY.encode(), "Fähre"),
        ("text/plain", b"The <b> of the council is not a tag.\nIt is text.", "The <b> of"),
        (None, BODY.encode(), "Fähre"),
    ],
)
def test_the_servers_word_on_type_and_encoding_is_taken(content_type: str | None, body: bytes, text: str) -> None:
    entry = page_input(item="https://a.example/1", source="a", body=body, content_type=content_type, fetched_at=NOW)
    document = read_page(entry, first_seen_at=NOW, run_id="r")
    assert text in extract_article(document, pipeline_version="1").article.text


def test_what_is_known_of_a_page_comes_along() -> None:
    entry = page_input(
        item="https://a.example/1",
        source="a",
        body=b"\n<p>Line ends stay as they are.\n",
        content_type="text/html",
        fetched_at=NOW,
        title="“Title”",
        authors=["Ann Lee"],
        published_at=NOW,
        language="en",
        tdm_reserved=False,
    )
    document = read_page(entry, first_seen_at=NOW.replace(year=2027), run_id="r")
    assert (document.content, document.url, document.title) == (
        b"\n<p>Line ends stay as they are.\n",
        entry.item,
        "“Title”",
    )
    assert (document.authors, document.published_at, document.language) == (("Ann Lee",), NOW, "en")
    article = extract_article(document, pipeline_version="1").article
    assert (article.fetched_at, article.first_seen_at.year, article.tdm_reserved) == (NOW, 2027, False)


def test_room_has_places_for_so_many_pages_of_so_many_bytes() -> None:
    import asyncio

    async def use() -> None:
        room = Room(2, 100)
        await room.enter()
        room.fill(150)
        waiting = asyncio.create_task(room.enter())  # a place is free, and no bytes are
        await asyncio.sleep(0)
        assert not waiting.done()
        room.leave(150)
        await waiting
        await room.enter()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(room.enter(), 0.01)

    asyncio.run(use())
