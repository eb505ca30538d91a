import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.inflate import Inflater
from flows.web import NotFetched

TEXT = b"<p>She said so.</p>" * 100
BARE = zlib.compressobj(wbits=-15)


def inflate(coding: str, body: bytes, limit: int = 100_000, size: int = 7) -> bytes:
    inflater = Inflater(coding, limit)
    inflated = b"".join(inflater.feed(body[start : start + size]) for start in range(0, len(body), size))
    inflater.finish()
    return inflated


@pytest.mark.parametrize(
    ("coding", "body", "inflated"),
    [
        ("", TEXT, TEXT),
        ("identity", TEXT, TEXT),
        ("gzip", gzip.compress(TEXT), TEXT),
        ("X-GZip", gzip.compress(TEXT), TEXT),
        ("gzip", gzip.compress(TEXT) + gzip.compress(b"more"), TEXT + b"more"),
        ("gzip", gzip.compress(TEXT) + b"\0\0padding", TEXT),
        ("deflate", zlib.compress(TEXT), TEXT),
        ("deflate", BARE.compress(TEXT) + BARE.flush(), TEXT),
        ("gzip", b"", b""),
    ],
    ids=["none", "identity", "gzip", "name", "two", "padding", "zlib", "bare", "empty"],
)
def test_codings(coding: str, body: bytes, inflated: bytes) -> None:
    assert inflate(coding, body) == inflated


@pytest.mark.parametrize(
    ("coding", "body", "reason"),
    [
        ("br", TEXT, "bad_encoding"),
        ("zstd", TEXT, "bad_encoding"),
        ("gzip, gzip", TEXT, "bad_encoding"),
        ("gzip", TEXT, "bad_encoding"),
        ("gzip", gzip.compress(TEXT)[:-6] + b"\0" * 6, "bad_encoding"),
        ("gzip", gzip.compress(TEXT)[:-9], "truncated"),
    ],
    ids=["brotli", "zstd", "twice", "not", "checksum", "cut"],
)
def test_what_is_no_body(coding: str, body: bytes, reason: str) -> None:
    with pytest.raises(NotFetched) as caught:
        inflate(coding, body)
    assert caught.value.reason == reason


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    inflater = Inflater("gzip", 1_000_000)
    assert len(inflater.feed(bomb)) == 1_000_001
    assert inflater.is_full
    assert inflater.feed(bomb) == b""


@given(st.binary(max_size=500), st.integers(1, 50))
def test_any_cut_gives_the_same(body: bytes, size: int) -> None:
    assert inflate("gzip", gzip.compress(body), size=size) == body
