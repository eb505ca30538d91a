"""Bytes to text: a byte order mark first, then UTF-8, then what the server and the page declare, then a detector.

A declaration is believed where the text it gives looks like text of its script: Latin pages have their accents and
curly quotes one by one between ASCII letters, and pages in other scripts have theirs in runs.

Text that leaves this module holds no NUL (dropped, as HTML parsers do in body text) and no lone surrogate (each becomes
U+FFFD), so it can be encoded, parsed and written by every later step.
"""

import codecs
import re
from collections.abc import Sequence

from resiliparse.parse.encoding import bytes_to_str, detect_encoding, map_encoding_to_html5

from schemas.records import InputRejected

# UTF-32's little-endian mark starts with UTF-16's, so the longer ones come first.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# First bytes of formats that are often found among pages: images, documents, archives, columnar files, audio, programs.
BINARY_SIGNATURES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"PAR1",
    b"SQLite format 3\x00",
    b"OggS",
    b"ID3",
    b"\x7fELF",
)
CONTROL_BYTES = bytes(set(range(0x20)) - set(b"\t\n\x0b\x0c\r\x1b")) + b"\x7f"  # ESC opens ISO-2022-JP sequences
CONTROL_SAMPLE_SIZE = 65_536  # bytes looked at; binary formats show themselves in their first blocks
MAX_CONTROL_SHARE = 0.05  # of the sample; text has next to none, compressed data has about 0.1
DECLARATION_SIZE = 4_096  # bytes; the standard says 1,024, but real pages declare later, behind their scripts

NUL_SHARE = 0.2  # of the sample's bytes; a UTF-16 page of ASCII mark-up has up to half
MAX_NULS_OUT_OF_STEP = 0.02  # of the NULs; in UTF-16 all but those of a few rare letters are on one side
MAX_STRAY_SHARE = 0.001  # of the page's characters; bytes that a UTF-8 page may have wrong
RUN_LENGTH = 3  # characters outside ASCII in a row; Latin text has two at most ("…”")
MAX_MISPLACED_SHARE = 0.5  # of the characters outside ASCII: in runs where the encoding is Latin, else alone
# <meta charset="utf-8"> and <meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})", re.IGNORECASE)
# <?xml version="1.0" encoding="windows-1251"?>
XML_ENCODING = re.compile(rb"^\s{0,99}<\?xml\b[^>]{0,300}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})", re.IGNORECASE)
C1_CONTROL = re.compile("[\x80-\x9f]")  # "\x93Fares\x94": curly quotes of Windows-1252 read as ISO-8859-1
FOREIGN = re.compile("[^\x00-\x7f]+")  # the "é" of "café", all of "渡轮涨价"
# Bytes that are curly quotes, dashes, the ellipsis, a bullet, a trademark, a no-break space in Windows-1252
PUNCTUATION_BYTES = bytes((0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA3, 0xA9, 0xAB, 0xAE, 0xB7, 0xBB))
ASCII_BYTES = bytes(range(0x80))
LEADING_BYTES = bytes(range(0xC2, 0xF5))  # first bytes of the UTF-8 form of a character outside ASCII
SEVEN_BIT_ENCODINGS = frozenset({"iso2022_jp"})  # written in ASCII, so that they are valid UTF-8 too
LATIN_ENCODINGS = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "iso8859-2", "iso8859-15"})
WIDE_ENCODINGS = frozenset({"gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"})
# What browsers decode these names as. ISO-8859-1 leaves Windows-1252's punctuation as C1 controls, which come next.
SUPERSETS = {"cp1252": "latin-1", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949"}
LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # "\ud83d" without its second half


def decode_html(content: bytes, charset: str | None = None) -> str:
    """Return the page as text; `charset` is the label that its server states, which comes before the page's own.

    Raises InputRejected(reason="not_text") for bytes that are plainly binary.
    """
    return _decode(content, [_known_encoding(charset), declared_encoding(content)])


def decode_text(content: bytes, charset: str | None = None) -> str:
    """Return a plain text file as text. Raises InputRejected(reason="not_text") for bytes that are plainly binary."""
    return _decode(content, [_known_encoding(charset)])


def replace_unencodable(text: str) -> str:
    """Return `text` without NULs, with surrogate pairs joined and each lone surrogate replaced by U+FFFD."""
    text = text.replace("\0", "")
    if LONE_SURROGATE.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def declared_encoding(content: bytes) -> str | None:
    """Return the Python name of the encoding the page declares, None where it declares none that is known.

    Labels map as in the WHATWG Encoding Standard (iso-8859-1 means windows-1252).
    """
    head = content[:DECLARATION_SIZE]
    match = XML_ENCODING.search(head) or META_CHARSET.search(head)
    return None if match is None else _known_encoding(match.group(1).decode("ascii", "ignore"))


def _known_encoding(label: str | None) -> str | None:
    if label is None:
        return None
    encoding: str | None = map_encoding_to_html5(label, fallback_utf8=False)
    return "utf-8" if encoding and encoding.startswith("utf-16") else encoding  # or it could not be read as ASCII


def _decode(content: bytes, declared: Sequence[str | None]) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return replace_unencodable(content[len(mark) :].decode(encoding, "replace"))
    text = _utf_16_without_mark(content)
    if text is None:
        _refuse_binary(content)
        text = _by_declaration_or_guess(content, [encoding for encoding in declared if encoding])
    return replace_unencodable(_with_cp1252_marks(text))


def _by_declaration_or_guess(content: bytes, declared: Sequence[str]) -> str:
    for encoding in declared:
        if encoding in SEVEN_BIT_ENCODINGS and (text := _strictly(content, encoding)) is not None:
            return text
    text = _as_utf_8(content)
    if text is not None:
        return text
    for encoding in declared:
        if (text := _strictly(content, encoding)) is not None and _fits(text, encoding):
            return text
    guess = _guess(content)
    text = _strictly(content, guess)
    return bytes_to_str(content, guess, errors="replace") if text is None else text


def _utf_16_without_mark(content: bytes) -> str | None:
    """Return text whose every other byte is NUL, as ASCII is in UTF-16; None for all else."""
    sample = content[:CONTROL_SAMPLE_SIZE]
    sides = [sample[start::2].count(0) for start in (0, 1)]
    if sum(sides) < NUL_SHARE * len(sample) or min(sides) > MAX_NULS_OUT_OF_STEP * max(sides):
        return None
    text = content.decode("utf-16-be" if sides[0] > sides[1] else "utf-16-le", "replace")
    control_count = sum(text[:CONTROL_SAMPLE_SIZE].count(chr(byte)) for byte in CONTROL_BYTES)
    return text if control_count <= MAX_CONTROL_SHARE * min(len(text), CONTROL_SAMPLE_SIZE) else None


def _as_utf_8(content: bytes) -> str | None:
    """Return UTF-8 text with U+FFFD for a few stray bytes and for a character cut off at the end; None for all else.

    A page without one right character outside ASCII is taken for another encoding: its only wrong byte may be a quote.
    """
    text = content.decode("utf-8", "replace")
    if "\ufffd" not in text:
        return text
    stray_count = text.count("\ufffd") - content.count("\ufffd".encode())
    right_count = len(content) - len(content.translate(None, LEADING_BYTES)) - stray_count
    return text if stray_count <= right_count and stray_count - 1 <= MAX_STRAY_SHARE * len(text) else None


def _guess(content: bytes) -> str:
    """Return the encoding that a detector finds; Windows-1252 where all that is not ASCII is its punctuation."""
    foreign = content.translate(None, ASCII_BYTES)
    if foreign and not foreign.translate(None, PUNCTUATION_BYTES):
        return "cp1252"
    return detect_encoding(content) or "utf-8"


def _fits(text: str, encoding: str) -> bool:
    """Return whether the characters outside ASCII stand as those of the encoding's script do: alone, or in runs."""
    if encoding.startswith("iso8859") and C1_CONTROL.search(text):
        return False  # no such page means a C1 control: it is in the Windows encoding of its script
    if encoding not in LATIN_ENCODINGS and encoding not in WIDE_ENCODINGS:
        return True
    runs = [len(run) for run in FOREIGN.findall(text)]
    in_runs = sum(length for length in runs if length >= RUN_LENGTH)
    alone = runs.count(1)
    misplaced = in_runs if encoding in LATIN_ENCODINGS else alone
    return misplaced <= MAX_MISPLACED_SHARE * sum(runs)


def _with_cp1252_marks(text: str) -> str:
    """Return the text with the punctuation of Windows-1252 for C1 controls, which no page means."""
    if text.isascii():
        return text
    return C1_CONTROL.sub(lambda control: control.group().encode("latin-1").decode("cp1252", "ignore"), text)


def _refuse_binary(content: bytes) -> None:
    for signature in BINARY_SIGNATURES:
        if content.startswith(signature):
            raise InputRejected("extract", "not_text", f"content starts with the signature {signature!r}")
    sample = content[:CONTROL_SAMPLE_SIZE]
    control_count = len(sample) - len(sample.translate(None, CONTROL_BYTES))
    if control_count > MAX_CONTROL_SHARE * len(sample):
        raise InputRejected(
            "extract",
            "not_text",
            f"{control_count} of the first {len(sample)} bytes are control bytes; the limit is {MAX_CONTROL_SHARE:.0%}",
        )


def _strictly(content: bytes, encoding: str) -> str | None:
    """Return the text, without a character cut off at the end; None where another byte is wrong."""
    try:
        decoder = codecs.getincrementaldecoder(SUPERSETS.get(encoding, encoding))()
        return decoder.decode(content)
    except (UnicodeDecodeError, LookupError):  # LookupError: a WHATWG encoding that Python does not have
        return None
