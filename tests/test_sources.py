"""Inputs are listed in order, none is lost, and each becomes its document."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from flows import tables
from flows.documents import normalize_address, read_document
from flows.sources import Input, UsageError, list_inputs
from schemas.records import Document, InputRejected

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RECORDS = [{"id": "one", "text": "First text."}, {"id": "two", "text": "Second\ntext."}, {"id": 3, "text": "Third."}]
JSONL = "\n".join(json.dumps(record) for record in RECORDS).encode() + b"\n"


def listed(*arguments: Path | str, source: str | None = None) -> list[Input]:
    return list(list_inputs([str(argument) for argument in arguments], source, Counter()))


def read(entry: Input, **columns: str) -> Document:
    return read_document(entry, columns, NOW, "run")


def refusal(entry: Input, **columns: str) -> tuple[str, str]:
    with pytest.raises(InputRejected) as caught:
        read(entry, **columns)
    return caught.value.reason, caught.value.message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `news` with pages at two depths, hidden things and files that are no input."""
    root = tmp_path / "news"
    for name in ("b.html", "a.TXT", "sub/c.md", "sub/d.htm.gz", ".hidden/e.html", ".f.txt", "style.css", "sub/x.css"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"<p>zipped") if name.endswith(".gz") else name.encode())
    return root


def test_a_folder_is_read_in_order_and_what_is_passed_over_is_counted(folder: Path) -> None:
    ignored: Counter[str] = Counter()
    entries = list(list_inputs([str(folder)], None, ignored))
    names = ["a.TXT", "b.html", "sub/c.md", "sub/d.htm.gz"]
    assert [entry.item for entry in entries] == [f"file:news/{name}" for name in names]
    assert [entry.kind for entry in entries] == ["text", "html", "text", "html"]
    assert {entry.source for entry in entries} == {"news"}
    assert ignored == {".css": 2}


@pytest.mark.parametrize(
    ("argument", "items"),
    [
        ("news/b.html", ["file:news/b.html"]),
        ("news/*.html", ["file:news/b.html"]),
        ("news/**/*.md", ["file:sub/c.md"]),
        ("news/sub", ["file:sub/c.md", "file:sub/d.htm.gz"]),
    ],
)
def test_files_folders_and_globs(folder: Path, argument: str, items: list[str]) -> None:
    assert [entry.item for entry in listed(folder.parent / argument)] == items


def test_source_replaces_the_folder_name(folder: Path) -> None:
    [entry] = listed(folder / "sub/c.md", source="wire")
    assert (entry.item, entry.source) == ("file:wire/c.md", "wire")
    document = read(entry)
    assert (document.url, document.source, document.content) == ("file:wire/c.md", "wire", b"sub/c.md")


@pytest.mark.parametrize("argument", ["nowhere", "news/*.pdf"])
def test_an_argument_that_names_nothing_is_wrong_usage(folder: Path, argument: str) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        listed(folder.parent / argument)


def test_a_named_file_of_another_type_is_a_rejection(folder: Path) -> None:
    [entry] = listed(folder / "style.css")
    assert refusal(entry) == ("unsupported_type", refusal(entry)[1])
    assert "'.css'" in refusal(entry)[1]


def test_a_gzipped_page_is_inflated(folder: Path) -> None:
    assert read(listed(folder / "sub/d.htm.gz")[0]).content == b"<p>zipped"


def test_limits_name_the_value(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import documents

    monkeypatch.setattr(documents, "MAX_INPUT_BYTES", 5)
    assert refusal(listed(folder / "b.html")[0]) == ("too_large", "the file has more than 5 bytes")


def test_a_file_that_vanished_is_a_rejection(folder: Path) -> None:
    [entry] = listed(folder / "b.html")
    (folder / "b.html").unlink()
    assert refusal(entry) == ("unreadable_file", "No such file or directory")


# --- tables of records ------------------------------------------------------------------------------------------------


def write_csv(path: Path) -> None:
    pd.DataFrame(RECORDS).to_csv(path, index=False)


def write_parquet(path: Path) -> None:
    pd.DataFrame(RECORDS).astype({"id": str}).to_parquet(path)


WRITERS: Mapping[str, Callable[[Path], object]] = {
    "t.jsonl": lambda path: path.write_bytes(JSONL),
    "t.jsonl.gz": lambda path: path.write_bytes(gzip.compress(JSONL[:40]) + gzip.compress(JSONL[40:])),
    "t.jsonl.zst": lambda path: path.write_bytes(pa.compress(JSONL, codec="zstd", asbytes=True)),
    "t.csv": write_csv,
    "t.parquet": write_parquet,
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter_of_a_csv_file(tmp_path: Path, delimiter: str) -> None:
    pd.DataFrame(RECORDS).to_csv(tmp_path / "t.csv", index=False, sep=delimiter)
    assert [read(entry).external_id for entry in listed(tmp_path / "t.csv")] == ["one", "two", "3"]


def test_a_runs_own_tables_are_no_input(tmp_path: Path) -> None:
    for name in ("a.txt", "out/b.txt", "out/articles/2026-11/part-0.parquet", "other/articles/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    entries = list_inputs([str(tmp_path)], "s", Counter(), output=tmp_path / "out")
    assert [entry.item for entry in entries] == ["file:s/a.txt", "file:s/other/articles/c.txt", "file:s/out/b.txt"]


@pytest.mark.parametrize("name", WRITERS)
def test_every_table_format_gives_the_same_documents(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    documents = [read(entry) for entry in listed(tmp_path / name, source="s")]
    assert [document.content for document in documents] == ["First text.", "Second\ntext.", "Third."]
    assert [document.external_id for document in documents] == ["one", "two", "3"]
    assert [document.url for document in documents] == [f"file:s/{name}#{key}" for key in ("one", "two", "3")]
    assert [document.item for document in documents] == [f"file:s/{name}#record-{number}" for number in (1, 2, 3)]


def jsonl_document(tmp_path: Path, record: Mapping[str, Any], **columns: str) -> Document:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(record))
    return read(listed(path, source="s")[0], **columns)


def test_a_record_says_what_it_knows(tmp_path: Path) -> None:
    document = jsonl_document(
        tmp_path,
        {
            "body": "Text.",
            "url": "HTTPS://News.Example:443/a?utm_source=x&id=7#top",
            "title": "Title",
            "author": ["Ann Lee", "Bo Chen"],
            "published_at": "2026-11-01T10:00:00+02:00",
            "source": "wire",
            "language": "en",
        },
        text="body",
    )
    assert document.url == "https://news.example/a?id=7"
    assert document.content_type == "text"
    assert document.authors == ("Ann Lee", "Bo Chen")
    assert document.published_at == datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    assert (document.title, document.source, document.language) == ("Title", "wire", "en")


def test_html_stands_in_for_text(tmp_path: Path) -> None:
    document = jsonl_document(tmp_path, {"text": " ", "html": "<p>Hi</p>", "author": "Ann Lee; Bo Chen"})
    assert (document.content, document.content_type) == ("<p>Hi</p>", "html")
    assert document.authors == ("Ann Lee", "Bo Chen")


def test_a_record_without_url_and_id_is_known_by_its_text(tmp_path: Path) -> None:
    one, same, other = (jsonl_document(tmp_path, {"text": text}).url for text in ("A", "A", "B"))
    assert one == same != other
    assert one.startswith("file:s/r.jsonl#")


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        ('{"text": ', "invalid_json", "the record is not JSON"),
        ("[1, 2]", "invalid_json", "the record is a JSON list, not an object"),
        ('{"body": "x", "id": 1}', "missing_text", "the record has neither text nor html; its fields: body, id"),
        ('{"text": " ", "id": 1}', "missing_text", "the record's text is blank"),
        ("[" * 100_000, "invalid_json", "the record is not JSON"),
    ],
)
def test_a_bad_record_is_a_rejection_and_its_neighbours_are_read(
    tmp_path: Path, line: str, reason: str, message: str
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(f'{{"text": "before"}}\n\n{line}\n{{"text": "after"}}\n')
    before, bad, after = listed(path)
    assert (read(before).content, read(after).content) == ("before", "after")
    found = refusal(bad)
    assert found[0] == reason
    assert found[1].startswith(message)
    assert bad.item.endswith("r.jsonl#record-3")


def test_a_record_over_the_limit_is_a_rejection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_INPUT_BYTES", 50)
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "a"}\n' + json.dumps({"text": "x" * 500}) + '\n{"text": "b"}\n')
    first, bad, last = listed(path)
    assert (read(first).content, read(last).content) == ("a", "b")
    assert refusal(bad) == ("too_large", "the record has more than 50 bytes")


@pytest.mark.parametrize("name", ["t.jsonl.gz", "t.jsonl.zst", "t.parquet"])
def test_a_truncated_table_is_a_rejection(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) - 12])
    entries = listed(tmp_path / name)
    assert refusal(entries[-1])[0] == "unreadable_file"


def test_a_truncated_gzip_table_gives_the_records_before(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"text": f"{number} {hash(number)}"}).encode() + b"\n" for number in range(20_000))
    packed = gzip.compress(lines)
    (tmp_path / "t.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    *good, bad = listed(tmp_path / "t.jsonl.gz")
    assert len(good) > 5_000
    assert f"unreadable after record {len(good)}" in refusal(bad)[1]


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.COM:80/A/B", "http://example.com/A/B"),
        ("https://a.example/x?utm_campaign=z&b=2&a=1#frag", "https://a.example/x?a=1&b=2"),
        (" https://a.example/ ", "https://a.example/"),
        ("not an address", "not%20an%20address"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_addresses_in_normal_form(url: str, normal: str) -> None:
    assert normalize_address(url) == normal
    assert normalize_address(normal) == normal
