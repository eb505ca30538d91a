"""Bytes to text: a byte order mark first, then strict UTF-8, then what the page declares, then a detector.

Text that leaves this module holds no NUL (dropped, as HTML parsers do in body text) and no lone surrogate (each becomes
U+FFFD), so it can be encoded, parsed and written by every later step.
"""

import codecs
import re

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

# <meta charset="utf-8"> and <meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})", re.IGNORECASE)
# <?xml version="1.0" encoding="windows-1251"?>
XML_ENCODING = re.compile(rb"^\s{0,99}<\?xml\b[^>]{0,300}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})", re.IGNORECASE)
LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # "\ud83d" without its second half


def decode_html(content: bytes) -> str:
    """Return the page as text. Raises InputRejected(reason="not_text") for bytes that are plainly binary."""
    return _decode(content, declared_encoding(content))


def decode_text(content: bytes) -> str:
    """Return a plain text file as text. Raises InputRejected(reason="not_text") for bytes that are plainly binary."""
    return _decode(content, None)


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
    if match is None:
        return None
    encoding: str | None = map_encoding_to_html5(match.group(1).decode("ascii", "ignore"), fallback_utf8=False)
    return encoding


def _decode(content: bytes, declared: str | None) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return replace_unencodable(content[len(mark) :].decode(encoding, "replace"))
    _refuse_binary(content)
    for candidate in ("utf-8", declared):
        text = _strictly(content, candidate)
        if text is not None:
            return replace_unencodable(text)
    return replace_unencodable(bytes_to_str(content, detect_encoding(content) or "utf-8", errors="replace"))


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


def _strictly(content: bytes, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):  # LookupError: a WHATWG encoding that Python does not have
        return None
