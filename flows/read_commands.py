"""The commands that show: an article, labels, the tables and what their columns mean."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from flows.options import debug_option, model_option, output_option, parse_columns
from flows.terminal import say, waiting_message

if TYPE_CHECKING:
    from flows.export_plan import Format
    from flows.export_texts import TextMode
    from schemas.records import ModelName


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--record", type=click.IntRange(min=1), default=1, metavar="N", help="Which record of a table of records."
)
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="Column of a table of records.")
@model_option
@debug_option
def show(file: str, record: int, columns: tuple[str, ...], model: "ModelName", debug: bool) -> None:
    """Print one article as a person reads it, quotes coloured and followed by their speakers.

    Nothing is written.

    \b
    Examples:
      onrecord show examples/articles/council-backs-quayside-tram.html
      onrecord show stories.jsonl --record 3
    """
    from flows.show import print_article

    print_article(file, record, parse_columns(columns), model)


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--field", default="text", show_default=True, metavar="NAME", help="Field that holds the statement.")
@model_option
@debug_option
def classify(file: TextIO, field: str, model: "ModelName", debug: bool) -> None:
    """Label statements of your own: JSON lines in, the same lines with their labels out.

    FILE holds one JSON object a line; - is stdin. A line's `language`, if it has one, says whether it is English, its
    `cue_text` gets a `cue_family`. Blank and other texts get null labels.

    \b
    Examples:
      onrecord classify claims.jsonl > labelled.jsonl
      echo '{"text": "Unemployment fell to 4.1 per cent."}' | onrecord classify -
    """
    from flows.classify import classify_lines

    for line in classify_lines(file, field, model):
        click.echo(line)


@click.command()
@click.argument("sql")
@output_option
@click.option("--format", "format_", type=click.Choice(["table", "csv", "jsonl"]), default="table", show_default=True)
@debug_option
def query(sql: str, output: str, format_: str, debug: bool) -> None:
    """Run SQL (DuckDB) over the tables, each a view of its name, and over the questions asked first.

    Those are story_articles, most_quoted, anonymous_sources, claims_of_the_week, story_origins and cue_words.

    \b
    Examples:
      onrecord query "SELECT quote_type, count(*) FROM statements GROUP BY ALL"
      onrecord query "SELECT * FROM most_quoted LIMIT 10"
      onrecord query "SELECT * FROM rejections" --format csv > rejections.csv
    """
    from flows.query import print_query

    print_query(sql, Path(output), format_)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@output_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["parquet", "csv", "xlsx", "duckdb"]),
    help="One file a table: parquet, csv; all in one: xlsx (a sheet a table), duckdb.  "
    "[default: as OUT ends, else parquet]",
)
@click.option("--tables", multiple=True, metavar="NAME,…", help="Only these; may be repeated.")
@click.option(
    "--text-mode",
    type=click.Choice(["full", "excerpt", "hash"]),
    default="full",
    show_default=True,
    help="What becomes of the words of articles, in every column that holds them.",
)
@click.option(
    "--excerpt-length",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    metavar="N",
    help="Characters of an excerpt.",
)
@click.option("--overwrite", is_flag=True, help="Replace files of the same names.")
@debug_option
def export(
    out: Path,
    output: str,
    format_: "Format | None",
    tables: tuple[str, ...],
    text_mode: "TextMode",
    excerpt_length: int,
    overwrite: bool,
    debug: bool,
) -> None:
    """Write the tables as single files, for Power BI, Tableau, Excel and the like.

    OUT is a folder, or a file where it ends in the format's name. Texts of csv and xlsx are made harmless for
    spreadsheets; parquet and duckdb keep them as they are. The database also has the views of `onrecord views`.

    \b
    Examples:
      onrecord export news.duckdb
      onrecord export news.xlsx --tables articles,statements,speakers
      onrecord export exports --format csv --text-mode excerpt
    """
    from flows.export import export_dataset, report_lines
    from flows.export_plan import request_export

    request = request_export(
        out, format_, tables, text_mode=text_mode, excerpt_length=excerpt_length, overwrite=overwrite
    )
    report = export_dataset(Path(output), request, on_wait=lambda: say(waiting_message(output)))
    for line in report_lines(report):
        click.echo(line)


@click.command()
@click.argument("out", type=click.Path(path_type=Path, allow_dash=True))
@output_option
@click.option("--overwrite", is_flag=True, help="Replace OUT.")
@debug_option
def views(out: Path, output: str, overwrite: bool, debug: bool) -> None:
    """Write a script of DuckDB views: one of each table, read where it lies, and the questions asked first.

    OUT is a file; - is stdout. The views see what later runs write; they name the dataset by its absolute path.

    \b
    Examples:
      onrecord views views.sql
      onrecord views - --output data
    """
    from flows.destination import check_file, replace_file
    from flows.view_script import views_script

    script = views_script(Path(output))
    if str(out) == "-":
        click.echo(script, nl=False)
    else:
        check_file(Path(output), out, overwrite=overwrite)
        replace_file(out, script.encode())
        click.echo(f"Wrote {out}. In DuckDB: .read {out}")


@click.command()
@output_option
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="A copy for elsewhere.")
@click.option("--overwrite", is_flag=True, help="Replace FILE.")
@click.option("--open", "opens", is_flag=True, help="Show it in the browser.")
@debug_option
def report(output: str, to: Path | None, overwrite: bool, opens: bool, debug: bool) -> None:
    """Bring report.html, the page that shows the dataset, up to date, and print where it is.

    One file that asks nothing of any network: figures, charts, speakers, claims worth checking, rejections, and a view
    in which articles are read with their statements marked. It holds texts of articles. Each run writes it, too.

    \b
    Examples:
      onrecord report --open
      onrecord report --output data --to data.html
    """
    from flows.report import write_report

    path = write_report(Path(output), to, overwrite=overwrite, on_wait=lambda: say(waiting_message(output)))
    click.echo(path)
    if opens:
        import webbrowser

        if not webbrowser.open(path.absolute().as_uri()):
            raise click.ClickException(f"no browser could be started; open {path}")


@click.command()
@debug_option
def dictionary(debug: bool) -> None:
    """Print the data dictionary: every table and column, as Markdown.

    \b
    Example:
      onrecord dictionary | less
    """
    from schemas.arrow import data_dictionary

    click.echo(data_dictionary(), nl=False)
