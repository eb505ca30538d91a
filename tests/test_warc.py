"""Web archives are read page by page, from any page on, and past what is damaged; what is written reads the same."""

import gzip
import random
import subprocess
import sys
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import gzip_members, warc
from flows.found import Problem
from flows.warc import WarcPage, read_warc
from flows.warc_writer import WarcWriter
from flows.web import WebResponse
from tests.web_archive import HTML, MEMBERS, RECORDS, page, record

TIME = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)


DAMAGED_GZIP = gzip.compress(b"")[:10] + b"\xff" * 9


def read(
    tmp_path: Path, content: bytes, start: int = 0, ignored: Counter[str] | None = None
) -> list[WarcPage | Problem]:
    path = tmp_path / "a.warc"  # the ending does not matter
    path.write_bytes(content)
    return list(read_warc(path, source="archive", start=start, ignored=ignored))


def outcomes(found: list[WarcPage | Problem]) -> list[str]:
    """Return the last part of each page's address, and the reason of each problem."""
    return [entry.reason if isinstance(entry, Problem) else entry.url.rpartition("/")[2] for entry in found]


@pytest.mark.parametrize("pieces", [RECORDS, MEMBERS], ids=["plain", "gzip"])
def test_every_page_and_where_to_go_on(tmp_path: Path, pieces: list[bytes]) -> None:
    found = read(tmp_path, b"".join(pieces))
    pages = [entry for entry in found if isinstance(entry, WarcPage)]
    assert [entry.body for entry in pages] == [page(number) for number in range(4)]
    assert pages[1] == WarcPage(
        offset=len(pieces[0]),
        url="https://a.example/1",
        fetched_at=TIME.replace(microsecond=0),
        content_type="text/html; charset=utf-8",
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page(1),
    )
    for place, entry in enumerate(pages):
        assert read(tmp_path, b"".join(pieces), start=entry.offset) == found[place:]


def test_what_is_no_page_is_counted(tmp_path: Path) -> None:
    records = [
        record("", b"software: x", kind="warcinfo"),
        record("https://a.example/r", b"", kind="request", http="GET / HTTP/1.1\r\n"),
        record("https://a.example/v", b"", kind="revisit"),
        record("https://a.example/404", b"<p>", http="HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n"),
        record("https://a.example/i", b"\x89PNG", http="HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"),
        record("dns:a.example", b"a.example. A 192.0.2.1", Content_Type="text/dns"),
        record("https://a.example/none", b"<p>", http="HTTP/1.1 200 OK\r\n"),
        record("https://a.example/text", b"words", http="HTTP/1.1 200 OK\r\ncontent-type: TEXT/plain;x=y\r\n"),
        record("<https://a.example/brackets>", b"<p>"),
    ]
    for content in (b"".join(records), b"".join(map(gzip.compress, records))):
        ignored: Counter[str] = Counter()
        assert outcomes(read(tmp_path, content, ignored=ignored)) == ["none", "text", "brackets"]
        assert ignored == {"revisit": 1, "status 404": 1, "image/png": 1, "no HTTP": 1}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"<p>Words")),
        ("Content-Encoding: deflate", zlib.compress(b"<p>Words")),
        ("Content-Encoding: gzip", b"<p>Words"),  # inflated by the archive, the header kept
        ("Content-Encoding: br", b"<p>Words"),
        ("Content-Encoding: made-up", b"<p>Words"),
        ("Transfer-Encoding: chunked", b"3\r\n<p>\r\n5\r\nWords\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"<p>Words"),
    ],
)
def test_codings(tmp_path: Path, headers: str, body: bytes) -> None:
    [found] = read(tmp_path, record("https://a.example/", body, http=f"{HTML}{headers}\r\n"))
    assert isinstance(found, WarcPage)
    assert found.body == b"<p>Words"


@pytest.mark.parametrize(
    ("bad", "reason", "error"),
    [
        (record("https://a.example/x", b"x" * 500), "too_large", "the record has 500 bytes; the limit is 400"),
        (
            record("https://a.example/x", gzip.compress(b"x" * 500), http=f"{HTML}Content-Encoding: gzip\r\n"),
            "inflates_too_far",
            "the page inflates to more than 400 bytes",
        ),
        (
            record(
                "https://a.example/x", gzip.compress(page(9))[:90] + b"!" * 90, http=f"{HTML}Content-Encoding: gzip\r\n"
            ),
            "bad_encoding",
            "the page is damaged gzip",
        ),
        (record("https://a.example/x", b"<p>", Content_Length=str(10**15)), "too_large", "the record has 999"),
        (record("https://a.example/x", b"<p>", Content_Length="130"), "truncated", "the archive ends after"),
        (
            record("https://a.example/x", b"", kind="request", Content_Length="130"),
            "truncated",
            "the archive ends within",
        ),
        (record("https://a.example/x", b"<p>", WARC_Truncated="length"), "truncated", "cut off when archived: length"),
        (record("https://a.example/x", b"<p>", WARC_Date="yesterday"), "invalid_warc", "lacks the address or the time"),
        (record("https://a.example/x", b"", http="X: y\r\n" * 99), "invalid_warc", "the header of the answer cannot"),
    ],
)
def test_a_bad_record_is_a_problem_and_its_neighbours_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: bytes, reason: str, error: str
) -> None:
    monkeypatch.setattr(warc, "MAX_INPUT_BYTES", 400)
    monkeypatch.setattr(warc, "MAX_HEADER_BYTES", 500)
    good = [gzip.compress(record(f"https://a.example/{name}", b"<p>ok")) for name in "ab"]
    before, problem, after = read(tmp_path, good[0] + gzip.compress(bad) + good[1])
    assert outcomes([before, problem, after]) == ["a", reason, "b"]
    assert isinstance(problem, Problem)
    assert (problem.item, problem.source) == ("https://a.example/x", "archive")
    assert error in problem.error


def test_a_record_without_address_is_named_by_its_place(tmp_path: Path) -> None:
    _, problem = read(tmp_path, MEMBERS[0] + gzip.compress(record("", b"<p>")))
    assert isinstance(problem, Problem)
    assert problem.item == f"file:archive/a.warc#{len(MEMBERS[0])}"


def test_a_torn_last_record_is_one_problem(tmp_path: Path) -> None:
    for cut in range(1, len(MEMBERS[1])):
        assert outcomes(read(tmp_path, MEMBERS[0] + MEMBERS[1][:cut])) == ["0", "invalid_warc"]


def test_a_torn_plain_archive_gives_whole_pages_or_a_problem(tmp_path: Path) -> None:
    for cut in range(1, len(RECORDS[1])):
        found = outcomes(read(tmp_path, RECORDS[0] + RECORDS[1][:cut]))
        is_whole = cut >= len(RECORDS[1]) - len("\r\n\r\n")
        assert found in ([["0", "1"]] if is_whole else [["0", "truncated"], ["0", "invalid_warc"]]), cut


def test_damage_costs_its_own_record(tmp_path: Path) -> None:
    content = b"".join(MEMBERS)
    start, end = len(MEMBERS[0]), len(MEMBERS[0]) + len(MEMBERS[1])
    for place in range(start, end):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        found = outcomes(read(tmp_path, bytes(damaged)))
        assert found in (["0", "invalid_warc", "2", "3"], ["0", "1", "2", "3"])  # flags and times of gzip do not matter
    assert outcomes(read(tmp_path, MEMBERS[0] + b"junk" * 9 + MEMBERS[2])) == ["0", "invalid_warc", "2"]


def test_the_next_member_is_found_across_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_members, "SCAN_BYTES", 700)
    for length in range(600, 800):
        junk = b"\x1f\x8b\x08" + b"\xff" * length
        assert outcomes(read(tmp_path, MEMBERS[0] + junk + MEMBERS[1])) == ["0", "invalid_warc", "1"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "invalid_warc"),
        (b"<html>no archive</html>", "invalid_warc"),
        (gzip.compress(b"<html>no archive</html>"), "invalid_warc"),
        (b"\x28\xb5\x2f\xfd....", "unsupported_type"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, content: bytes, reason: str) -> None:
    assert outcomes(read(tmp_path, content)) == [reason]


def test_an_archive_gzipped_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(b"".join(RECORDS))
    found = read(tmp_path, content)
    assert outcomes(found) == ["0", "1", "2", "3"]
    assert {entry.offset for entry in found if isinstance(entry, WarcPage)} == {0}
    monkeypatch.setattr(warc, "MAX_MEMBER_BYTES", len(RECORDS[0]) + 100)
    monkeypatch.setattr(gzip_members, "INFLATED_CHUNK_BYTES", 100)
    found = read(tmp_path, content + MEMBERS[3])
    assert outcomes(found) == ["0", "truncated", "too_large", "3"]
    assert isinstance(found[2], Problem)
    assert "inflate an archive that is gzipped as a whole" in found[2].error


def test_a_missing_file(tmp_path: Path) -> None:
    [found] = read_warc(tmp_path / "none.warc.gz", source="archive")
    assert isinstance(found, Problem)
    assert (found.reason, found.error) == ("unreadable_file", "No such file or directory")


def test_a_bomb_takes_little_memory(tmp_path: Path) -> None:
    """A record of 400 MB that is small in the file; in a process of its own, whose peak is its own."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = record("https://a.example/bomb", b"", Content_Length=str(4 * 10**8))
    zeros = bytes(10**7)
    bomb = b"".join([deflater.compress(head), *(deflater.compress(zeros) for _ in range(40)), deflater.flush()])
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(MEMBERS[0] + bomb + MEMBERS[1])
    # Not ru_maxrss, which a process inherits from the one that starts it.
    code = (
        "import pathlib, sys; from flows.warc import read_warc;"
        "found = list(read_warc(pathlib.Path(sys.argv[1]), source='a'));"
        "peak = pathlib.Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0];"
        "print([getattr(f, 'reason', 'page') for f in found], peak)"
    )
    output = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    reasons, _, kilobytes = output.strip().rpartition(" ")
    assert reasons == "['page', 'too_large', 'page']"
    assert int(kilobytes) < 250_000


def answer(url: str, body: bytes, raw_body: bytes | None = None, *headers: tuple[str, str]) -> WebResponse:
    return WebResponse(
        url=url,
        final_url=url,
        decision="fetched",
        fetched_at=TIME,
        status=200,
        status_line="HTTP/1.1 200 OK",
        headers=(("Content-Type", "text/html"), *headers),
        body=body,
        raw_body=raw_body,
    )


@pytest.mark.parametrize(
    ("raw_body", "headers"),
    [
        (gzip.compress(b"<p>Words"), [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]),
        (None, [("Content-Encoding", "gzip"), ("Content-Length", "28")]),
        (b"<p>Words", [("Content-Length", "8"), ("X-Name", "x")]),
        (None, []),
    ],
)
def test_what_is_written_reads_the_same(tmp_path: Path, raw_body: bytes | None, headers: list[tuple[str, str]]) -> None:
    with WarcWriter(tmp_path, "run-1") as writer:
        writer.write(answer("https://a.example/1", b"<p>Words", raw_body, *headers))
        writer.write(answer("https://a.example/2", b"<p>More"))
    [path] = tmp_path.iterdir()
    assert path.name == "onrecord-run-1-00000.warc.gz"
    first, second = read_warc(path, source="kept")
    assert isinstance(first, WarcPage)
    assert isinstance(second, WarcPage)
    assert (first.url, first.body, first.fetched_at) == ("https://a.example/1", b"<p>Words", TIME)
    assert (second.url, second.body) == ("https://a.example/2", b"<p>More")
    sent = {name.removeprefix("X-Crawler-"): value for name, value in first.headers}
    assert sent.items() >= {pair for pair in headers if pair[0] != "Content-Length"}


def test_files_are_rotated_and_never_reopened(tmp_path: Path) -> None:
    (tmp_path / "onrecord-r-00000.warc.gz").write_bytes(b"torn")
    with WarcWriter(tmp_path, "r", max_file_bytes=1_000) as writer:
        for number in range(4):
            writer.write(answer(f"https://a.example/{number}", random.Random(number).randbytes(500)))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"onrecord-r-{number:05}.warc.gz" for number in range(5)][: len(names)]
    assert len(names) >= 3
    assert (tmp_path / names[0]).read_bytes() == b"torn"
    found = [entry for name in names[1:] for entry in read_warc(tmp_path / name, source="kept")]
    assert outcomes(found) == ["0", "1", "2", "3"]


def test_a_record_is_readable_before_the_file_is_closed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "r")
    writer.write(answer("https://a.example/1", b"<p>"))
    [path] = tmp_path.iterdir()
    assert outcomes(list(read_warc(path, source="kept"))) == ["1"]
    writer.close()


def test_values_from_the_network_forge_nothing(tmp_path: Path) -> None:
    evil = "https://a.example/x\r\nWARC-Type: request\r\n/../../y"
    with WarcWriter(tmp_path / "kept", "r") as writer:
        writer.write(answer(evil, b"<p>", None, ("X-A", "b\r\n\r\n<p>forged"), ("X\r\nB", "c")))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    [path] = (tmp_path / "kept").iterdir()
    [found] = read_warc(path, source="kept")
    assert isinstance(found, WarcPage)
    assert found.body == b"<p>"
    assert found.url == "https://a.example/xWARC-Type:request/../../y"


def test_a_run_id_that_is_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'\.\./x' is no part of a file name"):
        WarcWriter(tmp_path, "../x")
