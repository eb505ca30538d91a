"""Exports keep keys and types, destroy nothing, and bring nothing to run into a spreadsheet."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from flows import export as export_module
from flows import export_texts
from flows.cli import WRONG_USAGE, _run
from flows.export import ExportReport, export_dataset, read_batches, report_lines
from flows.export_plan import Format, request_export
from flows.export_texts import CELL_LENGTH, cut_cell, excerpt_texts, make_harmless
from flows.sources import UsageError
from flows.store import Store
from schemas.arrow import TABLES, arrow_schema, columns
from schemas.records import ProcessedArticle, Rejection
from tests.rows import commit_articles, make_processed

HOSTILE = {
    "formula": '=HYPERLINK("http://evil.example";"click")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(A1:A2)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "full_width": "＝1+1",
    "inner": 'It was cheap;=1+1, and\n"=2+2',
    "quotes": '"He said ""no"", twice", a, b',
    "lines": "One line.\nAnother one.\r\nA third.",
    "controls": "NUL \x00 bell \x07 escape \x1b end \uffff.",
    "emoji": "👩‍👩‍👧 שלום, مرحبا \u202eabc\u202c é e\u0301",
    "escape": "_x0041_ and _x000D_",
    "plain": "It rained.",
}
TIME = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)


def make_article(name: str, text: str) -> ProcessedArticle:
    """Return an article in which the text stands wherever a text can, and in which columns have values of each type."""
    made = make_processed(name, text)
    article = replace(made.article, title=text, published_at=TIME, published_date=TIME.date(), tdm_reserved=False)
    statement = replace(made.statements[0], speaker_text=text, cue_text=text, attribution_score=0.1 + 0.2)
    speaker = replace(made.speakers[0], name=text, role=text)
    citation = replace(made.citations[0], title=text)
    return replace(made, article=article, statements=[statement], speakers=[speaker], citations=[citation])


REJECTION = Rejection(
    item="=cmd", source="@s", step="read", reason="too_short", error="-1 characters; the limit is 25", run_id="r"
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("parent") / "data")
    articles = [make_article(name, text) for name, text in HOSTILE.items()]
    commit_articles(store, articles, rejections=[REJECTION])
    for table in ("runs", "daily_counts"):
        store.write_root(table, arrow_schema(table).empty_table())
    return store.folder


def export(dataset: Path, out: Path, *arguments: Any, **options: Any) -> ExportReport:
    return export_dataset(dataset, request_export(out, *arguments, **options))


def read_table(dataset: Path, table: str) -> pa.Table:
    return pa.concat_tables(read_batches(dataset, table))


def read_sheet(path: Path, table: str) -> list[dict[str, Any]]:
    names, *rows = openpyxl.load_workbook(path, read_only=True)[table].iter_rows(values_only=True)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


# --- formats ----------------------------------------------------------------------------------------------------------


def test_parquet_keeps_rows_schema_and_descriptions(dataset: Path, tmp_path: Path) -> None:
    report = export(dataset, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{table}.parquet" for table in TABLES)
    for table in TABLES:
        rows = pq.read_table(tmp_path / "out" / f"{table}.parquet")
        assert rows.schema.equals(arrow_schema(table), check_metadata=True)
        assert rows.equals(read_table(dataset, table))
        assert report.rows[table] == rows.num_rows


def test_duckdb_keeps_rows_types_and_what_may_be_null(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "news.duckdb")
    types = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}
    types |= {pa.date32(): "DATE", pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE"}
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table, record in TABLES.items():
            described = connection.execute(f"DESCRIBE {table}").fetchall()
            declared = [(one.name, types[one.arrow_type], "YES" if one.nullable else "NO") for one in columns(record)]
            assert [row[:3] for row in described] == declared
            rows = connection.table(table).to_arrow_table().cast(arrow_schema(table))
            assert rows.equals(read_table(dataset, table))
        [comment] = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'articles' AND column_name = 'title'"
        ).fetchone() or [None]
        assert comment == "Headline."
        assert connection.execute("SELECT count(*) FROM story_articles").fetchall() == [(len(HOSTILE),)]


def test_csv_keeps_all_but_what_a_spreadsheet_would_run(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "out", "csv")
    for table in TABLES:
        path = tmp_path / "out" / f"{table}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        options = pyarrow.csv.ConvertOptions(
            column_types=arrow_schema(table), strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
        rows = pyarrow.csv.read_csv(path, parse_options=parse, convert_options=options)
        assert rows.cast(arrow_schema(table)).equals(make_harmless(read_table(dataset, table), is_csv=True))


def test_csv_is_read_by_python_too(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "articles.csv", tables=["articles"])
    with (tmp_path / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["article_id"] for row in rows} == set(read_table(dataset, "articles")["article_id"].to_pylist())
    assert {row["published_at"] for row in rows} == {"2026-11-20 12:30:15.123456Z"}


def test_xlsx_has_a_sheet_a_table_with_typed_cells(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "news.xlsx")
    book = openpyxl.load_workbook(tmp_path / "news.xlsx", read_only=True)
    assert book.sheetnames == list(TABLES)
    for table in TABLES:
        expected = make_harmless(read_table(dataset, table), is_csv=False).to_pylist()
        assert len(read_sheet(tmp_path / "news.xlsx", table)) == len(expected)
    articles = {row["article_id"]: row for row in read_sheet(tmp_path / "news.xlsx", "articles")}
    for row in read_table(dataset, "articles").to_pylist():
        cells = articles[row["article_id"]]
        assert cells["published_at"] == TIME.replace(tzinfo=None, microsecond=123000)
        assert cells["published_date"] == datetime(2026, 11, 20)
        assert cells["word_count"] == row["word_count"]
        assert cells["tdm_reserved"] is False
        assert cells["canonical_url"] is None
    [score] = {row["attribution_score"] for row in read_sheet(tmp_path / "news.xlsx", "statements")}
    assert score == pytest.approx(0.3, rel=1e-15)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_of_a_hostile_text_can_run(dataset: Path, tmp_path: Path, ending: Format) -> None:
    export(dataset, tmp_path / f"a.{ending}", tables=["statements" if ending == "csv" else "statements,rejections"])
    if ending == "csv":
        with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
            file.seek(0)
            cells += [cell for row in csv.reader(file, delimiter=";") for cell in row]  # as in a German Excel
    else:
        sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
        found = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in found} <= {"s", "n", "b", "d", "inlineStr"}
        assert not any(cell.hyperlink for cell in found)
        cells = [str(cell.value) for cell in found if cell.data_type == "s"]
        assert "'=cmd" in cells
    assert "It rained." in cells
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝"))] == []


@pytest.mark.parametrize(
    ("text", "in_csv", "in_xlsx"),
    [
        (HOSTILE["formula"], "'" + HOSTILE["formula"], "'" + HOSTILE["formula"]),
        (HOSTILE["return"], "'\n'=1+1", "'\n=1+1"),
        (HOSTILE["inner"], "It was cheap;'=1+1, and\n\"'=2+2", HOSTILE["inner"]),
        (HOSTILE["controls"], "NUL � bell � escape � end �.", "NUL � bell � escape � end �."),
        (HOSTILE["emoji"], HOSTILE["emoji"], HOSTILE["emoji"]),
        (HOSTILE["quotes"], HOSTILE["quotes"], HOSTILE["quotes"]),
        ("", "", ""),
        ("1 = 1 + 0 - 0", "1 = 1 + 0 - 0", "1 = 1 + 0 - 0"),
        (None, None, None),
    ],
)
def test_texts_for_spreadsheets(text: str | None, in_csv: str | None, in_xlsx: str | None) -> None:
    rows = pa.table({"text": pa.array([text], pa.string()), "score": [-1.0]})
    for is_csv, expected in ((True, in_csv), (False, in_xlsx)):
        assert make_harmless(rows, is_csv=is_csv).to_pylist() == [{"text": expected, "score": -1.0}]


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["parquet", "csv", "xlsx", "duckdb"])
def test_every_column_with_words_of_an_article_is_hashed(dataset: Path, tmp_path: Path, format_: Format) -> None:
    """Declared or not: none of the texts, which stand wherever a text can, is left in any table of any format."""
    export(dataset, tmp_path / "out", format_, text_mode="hash")
    values = {value for table in TABLES for value in read_values(tmp_path / "out", format_, table)}
    assert not {text for text in values if any(part in text for part in ("rained", "HYPERLINK", "SUM(", "limit is"))}
    assert sha256(b"It rained.").hexdigest() in values


def read_values(folder: Path, format_: Format, table: str) -> Iterator[str]:
    if format_ == "xlsx":
        rows = read_sheet(folder / "onrecord.xlsx", table)
    elif format_ == "duckdb":
        with duckdb.connect(str(folder / "onrecord.duckdb"), read_only=True) as connection:
            rows = connection.table(table).to_arrow_table().to_pylist()
    else:
        path = folder / f"{table}.{format_}"
        read = pq.read_table if format_ == "parquet" else pyarrow.csv.read_csv
        rows = read(path).to_pylist()
    yield from (value for row in rows for value in row.values() if isinstance(value, str))


def test_an_excerpt_ends_with_an_ellipsis_and_leaves_the_offsets(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "out", text_mode="excerpt", excerpt_length=3)
    for table, column in (
        ("articles", "title"),
        ("segments", "text"),
        ("statements", "cue_text"),
        ("speakers", "role"),
    ):
        cut = pq.read_table(tmp_path / "out" / f"{table}.parquet")
        full = read_table(dataset, table)
        for short, text in zip(cut[column].to_pylist(), full[column].to_pylist(), strict=True):
            assert short == text[:3] + "…"
        if table == "segments":
            assert cut.drop_columns("text").equals(full.drop_columns("text"))


def test_a_text_of_the_length_of_an_excerpt_stays() -> None:
    texts = pa.chunked_array([["12345", "123456", None, "", "👍👍👍👍👍👍"]])
    assert excerpt_texts(texts, 5).to_pylist() == ["12345", "12345…", None, "", "👍👍👍👍👍…"]


def test_marked_columns() -> None:
    marked = {f"{table}.{column.name}" for table in TABLES for column in columns(TABLES[table]) if column.is_wording}
    assert marked == {
        *("articles.title", "articles.text", "segments.text", "statements.text", "statements.speaker_text"),
        *("statements.cue_text", "speakers.name", "speakers.role", "citations.title", "rejections.error"),
    }


@pytest.mark.parametrize(
    ("text", "length", "end"),
    [
        ("a" * CELL_LENGTH, CELL_LENGTH, "aa"),
        ("a" * (CELL_LENGTH + 1), CELL_LENGTH, "a…"),
        ("👍" * CELL_LENGTH, CELL_LENGTH, "👍…"),  # two UTF-16 units each
        ("a" + "👍" * CELL_LENGTH, CELL_LENGTH - 1, "👍…"),  # none is cut in half
    ],
)
def test_a_cell_holds_so_many_utf16_units(text: str, length: int, end: str) -> None:
    cut = cut_cell(text)
    assert (len(cut.encode("utf-16-le")) // 2, cut[-2:]) == (length, end)


# --- limits of a sheet ------------------------------------------------------------------------------------------------


def test_a_table_that_has_too_many_rows_for_a_sheet_is_named(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "SHEET_ROWS", len(HOSTILE))
    message = (
        f"articles has {len(HOSTILE)} rows; a sheet of Excel has {len(HOSTILE)}, one of them for the header: leave"
    )
    with pytest.raises(UsageError, match=message):
        export(dataset, tmp_path / "news.xlsx")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(export_module, "SHEET_ROWS", len(HOSTILE) + 1)
    export(dataset, tmp_path / "news.xlsx")


def test_cells_that_are_cut_are_counted(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_texts, "CELL_LENGTH", 40)
    report = export(dataset, tmp_path / "news.xlsx", tables=["segments", "rejections"])
    texts = [row["text"] for row in read_sheet(tmp_path / "news.xlsx", "segments")]
    assert sum(text.endswith("…") for text in texts) == report.cut_cells["segments.text"] == 1
    assert max(map(len, texts)) == 40
    assert any("1 in segments.text" in line for line in report_lines(report))
    assert not any("rejections.error" in line for line in report_lines(report))


# --- datasets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["parquet", "csv", "xlsx", "duckdb"])
def test_an_empty_dataset_gives_typed_empty_tables(tmp_path: Path, format_: Format) -> None:
    store = Store(tmp_path / "data")
    with store.locked():
        store.finish()  # `runs` and `daily_counts` have no files yet
    export(store.folder, tmp_path / "out", format_)
    assert [list(read_values(tmp_path / "out", format_, table)) for table in TABLES] == [[]] * len(TABLES)
    if format_ == "parquet":
        assert pq.read_schema(tmp_path / "out" / "runs.parquet").equals(arrow_schema("runs"))
    if format_ == "csv":
        head = (tmp_path / "out" / "speakers.csv").read_text(encoding="utf-8-sig").splitlines()
        assert head == [",".join(f'"{name}"' for name in arrow_schema("speakers").names)]


def test_an_export_waits_for_a_run(dataset: Path, tmp_path: Path) -> None:
    lock = FileLock(dataset / ".staging" / "lock", thread_local=False)
    lock.acquire()
    export_dataset(dataset, request_export(tmp_path / "a.csv", tables=["speakers"]), on_wait=lock.release)
    assert (tmp_path / "a.csv").exists()


def test_a_commit_that_was_killed_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    commit_articles(store, [make_processed("a")])
    (store.staging / "commit.json").write_text("{}")
    lines = list(report_lines(export(store.folder, tmp_path / "out")))
    assert lines[-1] == "A run was killed while it wrote: tables may differ by some articles until the next run."


def test_a_table_without_files_is_empty_and_said_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    commit_articles(store, [make_processed("a")])
    shutil.rmtree(store.folder / "speakers")
    report = export(store.folder, tmp_path / "out", tables=["articles", "speakers"])
    assert pq.read_table(tmp_path / "out" / "speakers.parquet").equals(arrow_schema("speakers").empty_table())
    assert list(report_lines(report))[-1] == "Empty, because the dataset has no files of them: speakers"


def test_batches_stay_small(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_module, "BATCH_ROWS", 2)
    monkeypatch.setattr(export_module, "BATCH_BYTES", 1)
    batches = list(read_batches(dataset, "segments"))
    assert max(rows.num_rows for rows in batches) <= 2
    assert pa.concat_tables(batches).num_rows == len(HOSTILE)


def test_an_older_schema_is_exported_in_the_one_of_today(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    commit_articles(store, [make_processed("a")])
    path = next(path for path in sorted((store.folder / "articles").glob("*/*")) if pq.read_metadata(path).num_rows)
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns("first_of_story"), path)
    export(store.folder, tmp_path / "articles.parquet", tables=["articles"])
    rows = pq.read_table(tmp_path / "articles.parquet")
    assert rows.schema.equals(arrow_schema("articles"))
    assert rows["first_of_story"].to_pylist() == [None]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_wrote(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert _run(["export", str(out), "--output", str(dataset), "--tables", "speakers,articles"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["14", "speakers", str(out / "speakers.parquet")],
        ["14", "articles", str(out / "articles.parquet")],
    ]
    assert _run(["export", str(out), "--output", str(dataset)]) == WRONG_USAGE
    assert capsys.readouterr().err == (
        f"onrecord: {out} is not empty; --overwrite replaces the files of the same names in it\n"
    )


def test_dates_are_dates(dataset: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "articles.parquet", tables=["articles"])
    assert set(pq.read_table(tmp_path / "articles.parquet")["published_date"].to_pylist()) == {date(2026, 11, 20)}
