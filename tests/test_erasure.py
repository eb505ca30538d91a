"""Erased people: their names are found by hash, and masked without moving an offset."""

from dataclasses import replace

import pytest

from schemas.records import ProcessedArticle
from tests.rows import make_processed
from transforms.erasure import ErasedNames, find_names, hash_name, mask, mask_article, mask_names, name_words
from transforms.pipeline import check_round_trip

SALT = b"salt"


def names_of(*names: str) -> ErasedNames:
    hashes: dict[int, set[str]] = {}
    for words in map(name_words, names):
        hashes.setdefault(len(words), set()).add(hash_name(words, SALT))
    return ErasedNames(salt=SALT, hashes=hashes)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ann Lee", "Mayor Ann Lee said so.", ["Ann Lee"]),
        ("ann lee", "ANN LEE said so; Ann  Lee's tram.", ["ANN LEE", "Ann  Lee"]),
        ("Ann Lee", "Ann J. Lee, and Lee, Ann.", ["Ann J. Lee", "Lee, Ann"]),
        ("Ann J. Lee", "Ann Lee", ["Ann Lee"]),
        ("José Núñez", "Jose Nunez; Jose\u0301 Nu\u0301n\u0303ez", ["Jose Nunez", "Jose\u0301 Nu\u0301n\u0303ez"]),
        ("Søren Ørsted-Dahl", "soren orsted dahl", ["soren orsted dahl"]),
        ("Conor O’Brien", "Conor O'Brien left.", ["Conor O'Brien"]),
        ("Ann Lee", "https://x.example/news/ann-lee-says?q=ann%20lee", ["ann-lee"]),
        ("Ann Lee", "Anne Lee; Ann Leeds; Ann\nLee; Annlee; of Lee. Ann left", []),
        ("Ann Lee", '["Ann", "Lee"]', []),
        ("Madonna", "Madonna sang; madonnas did not.", ["Madonna"]),
        ("李 娜", "李 娜", ["李 娜"]),
        ("Ann Lee", "", []),
    ],
)
def test_names_are_found(name: str, text: str, found: list[str]) -> None:
    spans = find_names(text, names_of(name))
    assert [text[start:end] for start, end in spans] == found


@pytest.mark.parametrize(
    ("text", "spans", "masked"),
    [
        ("Ann Lee left.", [(0, 7)], "███ ███ left."),
        ("😀é\nb", [(0, 4)], "██\n█"),
        ("abcdef", [(3, 5), (1, 4), (1, 2)], "a████f"),
        ("abc", [], "abc"),
    ],
)
def test_masking_keeps_length_and_white_space(text: str, spans: list[tuple[int, int]], masked: str) -> None:
    assert mask(text, spans) == masked
    assert len(masked) == len(text)


TEXT = "“The tram will cost us dearly,” said Ann Lee. Mr Lee, of Brack, left. Bo Dale nodded, and Lee waved."


def article_with_quote() -> ProcessedArticle:
    """Return an article in which Ann Lee says one thing, and Bo Dale another, of her."""
    processed = make_processed("a", TEXT)
    speaker = replace(processed.speakers[0], statement_count=1, role="mayor")
    other = replace(speaker, speaker_id=f"{speaker.article_id}:speaker-2", name="Bo Dale", person_key="bo dale")
    quote = replace(
        processed.statements[0],
        statement_id=f"{speaker.article_id}:1-29",
        quote_type="direct",
        text=TEXT[1:29],
        start_char=1,
        end_char=29,
        speaker_id=speaker.speaker_id,
        speaker_text="Ann Lee",
        speaker_start_char=TEXT.index("Ann"),
        speaker_end_char=TEXT.index("Ann") + 7,
        cue_text="said",
        cue_start_char=TEXT.index("said"),
        cue_end_char=TEXT.index("said") + 4,
    )
    span = replace(processed.spans[0], statement_id=quote.statement_id, start_char=1, end_char=29)
    article = replace(processed.article, title="Lee: “The tram will cost us dearly”", authors="Bo Dale")
    return replace(
        processed,
        article=article,
        statements=[processed.statements[0], quote],
        spans=[processed.spans[0], span],
        speakers=[speaker, other],
    )


def test_an_erased_person_is_masked_in_every_text_and_offsets_hold() -> None:
    processed = article_with_quote()
    masked = mask_article(processed, names_of("Ann Lee"))
    assert masked.article.text == (
        "“███ ████ ████ ████ ██ ██████,” said ███ ███. Mr ███, of Brack, left. Bo Dale nodded, and ███ waved."
    )
    assert masked.article.title == "███: “███ ████ ████ ████ ██ ██████”"
    check_round_trip(masked)
    quote = masked.statements[1]
    assert (quote.text, quote.speaker_text, quote.cue_text) == (masked.article.text[1:29], "███ ███", "said")
    assert masked.segments[0].text == masked.article.text
    erased, other = masked.speakers
    assert (erased.name, erased.role, erased.person_key) == ("███ ███", "█████", None)
    assert (other.name, other.person_key) == ("Bo Dale", "bo dale")
    assert masked.article.word_count == len(masked.article.text.split())
    assert mask_article(masked, names_of("Ann Lee")) is masked


def test_what_does_not_name_the_person_stays() -> None:
    processed = make_processed("a", "It rained on Ann, and on the ann lees.")
    bare = replace(processed, speakers=[])
    assert mask_article(bare, names_of("Cy Ross", "Ann Lee")) is bare


def test_nothing_erased_changes_nothing() -> None:
    processed = article_with_quote()
    assert mask_article(processed, names_of()) is processed
    assert mask_names(TEXT, names_of()) == TEXT
