"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import InputRejected
from transforms.decode import declared_encoding, decode_html, decode_text, replace_unencodable

RUSSIAN = "Паром подорожает весной, сообщила компания во вторник, и виной тому цена топлива. " * 4
CHINESE = "渡轮公司周二宣布，从明年春天起，所有航线的票价将上涨五分之一，原因是燃料价格居高不下。"
STORY = "“Fares rise,” she said – “again.” The café on the pier closes. "


def declaring(charset: str, text: str, encoding: str) -> bytes:
    return f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'.encode(encoding)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"plain", "plain"),
        (b"", ""),
        ("Café “é”".encode(), "Café “é”"),
        (b"\xef\xbb\xbfCaf\xc3\xa9", "Café"),
        (b"\xef\xbb\xbfCaf\xe9", "Caf\ufffd"),
        (b"\xff\xfe" + "Café".encode("utf-16-le"), "Café"),
        (b"\xfe\xff" + "Café".encode("utf-16-be"), "Café"),
        (b"\xff\xfe\x00\x00" + "Café".encode("utf-32-le"), "Café"),
        (b"\x00\x00\xfe\xff" + "Café".encode("utf-32-be"), "Café"),
        (b"\xff\xfe" + "a\ud83db".encode("utf-16-le", "surrogatepass"), "a\ufffdb"),
        (b"one\x00 byte among many that are text", "one byte among many that are text"),
        ("“Fares rise,” she said – again.".encode("cp1252"), "“Fares rise,” she said – again."),
        (RUSSIAN.encode("cp1251"), RUSSIAN),
        (CHINESE.encode("gbk"), CHINESE),
        ("Fares rise, she said, “again”.".encode("utf-16-le"), "Fares rise, she said, “again”."),
        ("Fares rise, she said, “again”.".encode("utf-16-be"), "Fares rise, she said, “again”."),
        ("Café – “é”".encode()[:-1], "Café – “é\ufffd"),  # cut off within a character
        (b"Fares caf\xe9", "Fares café"),  # no character is right in UTF-8: not one cut off
        ((STORY * 30).encode() + b" \xe9 " + STORY.encode(), STORY * 30 + " \ufffd " + STORY),  # one stray byte
        ((STORY * 2).encode("cp1252"), STORY * 2),
        ("\x93Fares\x94 rise\x85".encode(), "“Fares” rise…"),  # Windows-1252, through ISO-8859-1 to UTF-8
        ("a \x81 b é".encode(), "a  b é"),  # a C1 control that is nothing in Windows-1252 either
    ],
)  # fmt: skip
def test_decode_text(content: bytes, expected: str) -> None:
    assert decode_text(content) == expected
    assert decode_html(content) == expected


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“Fares” – é"),
        ("latin1", "cp1252", "“Fares” – é"),
        ("windows-1251", "cp1251", "Паром"),
        ("Shift_JIS", "shift_jis", "運賃が上がる"),
        ("gb2312", "gbk", "渡轮涨价"),
        ("gbk", "gb18030", "渡轮涨价 5 €"),
        ("iso-8859-1", "gbk", CHINESE),
        ("utf-8", "gbk", CHINESE),
        ("gbk", "cp1252", STORY),
        ("utf-16", "cp1252", STORY),
        ("iso-8859-2", "cp1252", STORY),
        ("iso-8859-2", "iso8859-2", "Prom do Gdyni będzie droższy, powiedział rzecznik"),
        ("iso-2022-jp", "iso2022_jp", "運賃が上がる"),
        ("utf-16", "utf-8", "“é”"),
        ("utf-8", "utf-16-le", "Fares “rise”"),
        ("nonsense", "utf-8", "Паром"),
        ("iso-8859-1", "utf-8", "valid UTF-8 wins: é"),
        ("utf-8", "cp1252", "a false declaration: café"),
    ],
)
def test_decode_html_by_its_declaration(charset: str, encoding: str, text: str) -> None:
    assert f"<p>{text}</p>" in decode_html(declaring(charset, text, encoding))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'<meta charset="iso-8859-1">', "cp1252"),
        (b"<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", "cp1251"),
        (b'<?xml version="1.0" encoding="windows-1250"?><html>', "cp1250"),
        (b"<meta charset=nonsense>", None),
        (b"<p>charset=iso-8859-1", None),
        (b"<!--" + b" " * 3_000 + b"--><meta charset=big5>", "big5"),
        (b" " * 5_000 + b"<meta charset=big5>", None),
        (b"", None),
    ],
)
def test_declared_encoding(content: bytes, expected: str | None) -> None:
    assert declared_encoding(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n rest",
        b"%PDF-1.7 rest",
        b"PK\x03\x04 rest",
        b"\x1f\x8b\x08 rest",
        b"PAR1 rest",
        bytes(range(256)) * 4,
        b"text \x01\x02\x03",
        b"".join(number.to_bytes(2, "little") for number in range(200)),
    ],
)
def test_binary_content_is_rejected(content: bytes) -> None:
    for decode in (decode_html, decode_text):
        with pytest.raises(InputRejected) as rejected:
            decode(content)
        assert (rejected.value.step, rejected.value.reason) == ("extract", "not_text")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\0b", "ab"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "\U0001f600"), ("fine \U0001f600", "fine \U0001f600")],
)
def test_replace_unencodable(text: str, expected: str) -> None:
    assert replace_unencodable(text) == expected
    assert replace_unencodable(expected) == expected


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-16"))))
def test_any_bytes_are_text_or_rejected(content: bytes) -> None:
    for decode in (decode_html, decode_text):
        try:
            text = decode(content)
        except InputRejected:
            continue
        assert "\0" not in text
        text.encode("utf-8")


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode_text(b"\xef\xbb\xbf" + text.encode()) == text
