"""The commands of `onrecord`. Each imports only what it needs, so that `--help` is quick."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, Unpack

import click

from flows.options import (
    DATE,
    RunOptions,
    contact_option,
    debug_option,
    job_parameters,
    model_option,
    only_option,
    output_option,
    parse_columns,
    private_option,
    run_options,
    tdm_option,
)
from flows.terminal import progress_bar, report_run, run_direct, run_flow, say, waiting_message

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.records import ModelName


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="onrecord")
def cli() -> None:
    """Turn news articles into tables of who said what.

    \b
    Example:
      onrecord run examples/articles
      onrecord query "SELECT speaker_text, text FROM statements WHERE quote_type = 'direct'"
    """


@cli.command()
@run_options
@click.option("--direct", is_flag=True, help="Run without Prefect: the same rows, at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else, on stdout.")
@debug_option
def run(inputs: tuple[str, ...], direct: bool, as_json: bool, debug: bool, **options: Unpack[RunOptions]) -> None:
    """Read or fetch articles and write their tables.

    INPUT is a file, a folder or a glob: .html .htm .txt .md, each also .gz; a table of records with a column text
    or html: .jsonl (also .gz .zst), .csv, .parquet; a web archive: .warc, .warc.gz; or the address of a page.
    Re-running is safe: what has not changed is not fetched or written again.

    \b
    Examples:
      onrecord run examples/articles
      onrecord run 'pages/**/*.html' more.jsonl.zst --output data --workers 4
      onrecord run export.csv --column text=body --column author=byline --direct
      onrecord run https://news.example.org/story --contact you@example.org
      onrecord run --sources sources.toml --keep-raw raw
    """
    parameters = job_parameters(inputs, options)
    with progress_bar() as on_progress:
        summary = run_direct(parameters, on_progress) if direct else run_flow(parameters, on_progress)
    report_run(summary, as_json)


@cli.command()
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


@cli.command()
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


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@only_option
@contact_option
@private_option
@tdm_option
@debug_option
def sources(
    file: str, only: tuple[str, ...], contact: str | None, allow_private: bool, allow_tdm_reserved: bool, debug: bool
) -> None:
    """Check a sources.toml and try each of its sources, as far as its first few links.

    Nothing is written; a source that leads to nothing makes the exit code 1.

    \b
    Examples:
      onrecord sources sources.toml
      onrecord sources sources.toml --only harbour-gazette --contact you@example.org
    """
    from rich.console import Console
    from rich.table import Table

    from flows.source_check import check_sources

    reports = check_sources(
        Path(file), only, contact=contact, allow_private=allow_private, allow_tdm_reserved=allow_tdm_reserved
    )
    table = Table("source", "kind", "", "first links, or what is wrong")
    for report in reports:
        lines = "\n".join([*report.links, *report.errors]) or "leads to nothing"
        table.add_row(report.source.name, report.source.kind, "failed" if report.failed else "ok", lines)
    Console(soft_wrap=True, highlight=False, markup=False).print(table)
    failed = sum(report.failed for report in reports)
    if failed:
        raise click.ClickException(f"{failed} of {len(reports)} sources failed")


@cli.command()
@run_options
@click.option("--cron", metavar="EXPRESSION", help="When to run: minute, hour, day, month, day of the week.")
@click.option("--every", metavar="TIME", help="Or how often: 30m, 2h, 1d; counted from midnight.")
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="Of --cron and of midnight.")
@click.option("--name", default="scheduled", show_default=True, help="Of the deployment: one schedule a name.")
@debug_option
def schedule(
    inputs: tuple[str, ...],
    cron: str | None,
    every: str | None,
    timezone: str,
    name: str,
    debug: bool,
    **options: Unpack[RunOptions],
) -> None:
    """Run on a schedule, until Ctrl-C or SIGTERM, with a Prefect server that PREFECT_API_URL names.

    INPUT and the options are those of `onrecord run`. A run that comes due while another is under way is refused.
    Runs can be watched, started, cancelled and retried in the server's user interface.

    \b
    Examples:
      prefect server start
      onrecord schedule --sources sources.toml --cron "0 * * * *" --timezone Europe/Berlin
      onrecord schedule pages/ --output data --every 30m --name pages
    """
    parameters = job_parameters(inputs, options)
    if (cron is None) == (every is None):
        raise click.UsageError("Give either --cron or --every.")
    from flows.schedule import NoServerError, Plan, make_schedule, serve

    plan = Plan(name=name, schedule=make_schedule(cron, every, timezone), parameters=parameters)
    try:
        serve(plan, say)
    except NoServerError as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@output_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="The latest N.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@debug_option
def runs(output: str, limit: int, as_json: bool, debug: bool) -> None:
    """List the runs that wrote a dataset, the newest first.

    \b
    Examples:
      onrecord runs
      onrecord runs --output data --limit 1 --json
    """
    from flows.run_list import list_runs, runs_as_json, runs_as_table

    listed = list_runs(Path(output), limit)
    if as_json:
        click.echo(runs_as_json(listed))
        return
    from rich.console import Console

    wide = max(Console().width, 160)  # a line a run, also through a pipe
    Console(width=wide, soft_wrap=True, highlight=False, markup=False).print(runs_as_table(listed))


@cli.command()
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


@cli.command()
@output_option
@click.option(
    "--show", "shown", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="Of each check."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else, on stdout.")
@debug_option
def validate(output: str, shown: int, as_json: bool, debug: bool) -> None:
    """Check that a dataset keeps its promises; name file and row of what does not.

    Offsets give their texts, keys join and are unique, values are in range, files are sorted, in place and of one
    schema, counts reconcile, nothing stands that was erased. Nothing is written. A violation makes the exit code 1.

    \b
    Examples:
      onrecord validate
      onrecord validate --output data --json
    """
    from flows.validate import validate as validate_dataset

    report = validate_dataset(Path(output), shown=shown, on_wait=lambda: say(waiting_message(output)))
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        for violation in report.violations:
            place = violation.file if violation.row is None else f"{violation.file}, row {violation.row:,}"
            click.echo(f"{violation.check}: {place}: {violation.message}")
        for check, count in report.counts.items():
            if count > shown:
                click.echo(f"{check}: {count - shown:,} more")
        click.echo(f"Checked {report.rows.total():,} rows, {report.rows['statements']:,} of them statements.")
    if report.counts:
        raise click.ClickException(f"{report.counts.total():,} violations")


@cli.command()
@output_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N")
@click.option("--all", "all_", is_flag=True, help="Also the articles that the present engine has processed.")
@model_option
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else, on stdout.")
@debug_option
def reprocess(output: str, workers: int, all_: bool, model: "ModelName", as_json: bool, debug: bool) -> None:
    """Run the present engine over the texts of a dataset, without their sources.

    Articles of another engine or model are processed anew, from sentences to speakers; what was taken out of the page
    (text, title, authors, dates, references) stays. To extract pages anew, run on the sources.

    \b
    Examples:
      onrecord reprocess
      onrecord reprocess --model accurate --output data --workers 4
    """
    from flows.job import JobParameters

    parameters = JobParameters(output=output, workers=workers, model=model, stored="all" if all_ else "outdated")
    with progress_bar() as on_progress:
        summary = run_direct(parameters, on_progress)
    report_run(summary, as_json)


@cli.command()
@click.option("--url", "urls", multiple=True, metavar="URL", help="Address of an article; may be repeated.")
@click.option("--before", type=DATE, metavar="DATE", help="Articles published (else first seen) before that day.")
@click.option("--speaker", "speakers", multiple=True, metavar="NAME", help="A person's name; may be repeated.")
@output_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@debug_option
def erase(
    urls: tuple[str, ...],
    before: "datetime | None",
    speakers: tuple[str, ...],
    output: str,
    yes: bool,
    debug: bool,
) -> None:
    """Remove articles from every table, or overwrite a person's name and words with █, for good.

    A hash of each address and name is kept, and what is erased does not come back: an article is refused, a person
    masked again. Raw pages (--keep-raw), inputs, backups and Prefect's own records are yours to remove.

    \b
    Examples:
      onrecord erase --url https://news.example.org/story
      onrecord erase --before 2021-01-01 --yes
      onrecord erase --speaker 'Ann Lee' --speaker 'Ann Marie Lee'
    """
    from flows.erase import EraseRequest, Erasure
    from flows.erase import erase as erase_from

    def confirm(found: Erasure) -> bool:
        for what, count in found.counts().items():
            click.echo(f"{count:>9,} {what}")
        return yes or click.confirm("Erase them for good?")

    request = EraseRequest(urls=urls, before=before.date() if before else None, speakers=speakers)
    done = erase_from(Path(output), request, confirm=confirm, on_wait=lambda: say(waiting_message(output)))
    click.echo("Nothing was erased." if done is None else f"Erased from {output}.")


@cli.command()
@debug_option
def dictionary(debug: bool) -> None:
    """Print the data dictionary: every table and column, as Markdown.

    \b
    Example:
      onrecord dictionary | less
    """
    from schemas.arrow import data_dictionary

    click.echo(data_dictionary(), nl=False)
