"""The commands that show: an article, labels, the tables and what their columns mean."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from flows.options import debug_option, model_option, output_option, parse_columns

if TYPE_CHECKING:
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
    """Run SQL (DuckDB) over the tables, each a view of its name.

    \b
    Examples:
      onrecord query "SELECT quote_type, count(*) FROM statements GROUP BY ALL"
      onrecord query "SELECT * FROM rejections" --format csv > rejections.csv
    """
    from flows.query import print_query

    print_query(sql, Path(output), format_)


@click.command()
@output_option
@click.option("--to", type=click.Path(dir_okay=False), metavar="FILE", help="A copy for elsewhere.")
@click.option("--open", "opens", is_flag=True, help="Show it in the browser.")
@debug_option
def report(output: str, to: str | None, opens: bool, debug: bool) -> None:
    """Bring report.html, the page that shows the dataset, up to date, and print where it is.

    One file that asks nothing of any network: figures, charts, speakers, claims worth checking, rejections, and a view
    in which articles are read with their statements marked. It holds texts of articles. Each run writes it, too.

    \b
    Examples:
      onrecord report --open
      onrecord report --output data --to data.html
    """
    from flows.report import write_report
    from flows.terminal import say, waiting_message

    path = write_report(Path(output), Path(to) if to else None, on_wait=lambda: say(waiting_message(output)))
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
