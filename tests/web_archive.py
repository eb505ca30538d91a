"""Web archives, record by record."""

import gzip
import random

HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def record(url: str, body: bytes, http: str = HTML, kind: str = "response", **fields: str) -> bytes:
    """Return one WARC record; a field given as "" is left out."""
    block = f"{http}\r\n".encode("latin-1") + body
    head = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2026-11-20T10:00:00Z",
        "WARC-Record-ID": "<urn:uuid:1>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def page(number: int) -> bytes:
    """Return a page of random words, the same each time."""
    words = random.Random(number).choices(["tram", "vote", "harbour", "<p>", "said", "é"], k=40)
    return f"<p>{number} {' '.join(words)}".encode()


RECORDS = [record(f"https://a.example/{number}", page(number)) for number in range(4)]
MEMBERS = [gzip.compress(content, mtime=0) for content in RECORDS]
