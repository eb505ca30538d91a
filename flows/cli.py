"""`onrecord`: the command line. Every command imports only what it needs, so that `--help` is quick."""

import errno
import json
import os
import shlex
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypedDict, Unpack

import click

if TYPE_CHECKING:
    from datetime import datetime

    from flows.job import JobParameters
    from flows.summary import Summary
    from schemas.records import ModelName

DONE, FAILED, WRONG_USAGE = 0, 1, 2  # exit codes
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)  # of the disk or folder, not of ours
debug_option = click.option("--debug", is_flag=True, help="Add the traceback to an error.")
model_option = click.option(
    "--model",
    type=click.Choice(["compact", "accurate"]),
    default="compact",
    show_default=True,
    help="Statement model; accurate finds more and takes longer.",
)
output_option = click.option(
    "--output", "-o", default="output", show_default=True, metavar="DIR", help="Folder of the dataset."
)

only_option = click.option("--only", multiple=True, metavar="NAME", help="Only this source of FILE; may be repeated.")
contact_option = click.option(
    "--contact",
    metavar="WHO",
    help="E-mail address or page of who runs this, for the user agent; foreign hosts are asked only with one.  "
    "[default: ONRECORD_CONTACT, or the contact of FILE]",
)
private_option = click.option(
    "--allow-private", is_flag=True, help="Ask servers at private addresses too: your own test servers."
)
tdm_option = click.option(
    "--allow-tdm-reserved", is_flag=True, help="Read pages whose publishers reserve text and data mining."
)
DATE = click.DateTime(["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="onrecord")
def cli() -> None:
    """Turn news articles into tables of who said what.

    \b
    Example:
      onrecord run examples/articles
      onrecord query "SELECT speaker_text, text FROM statements WHERE quote_type = 'direct'"
    """


class RunOptions(TypedDict):
    """What `run` and `schedule` are both told."""

    sources: str | None
    only: tuple[str, ...]
    since: "datetime | None"
    until: "datetime | None"
    keep_raw: str | None
    contact: str | None
    allow_private: bool
    allow_tdm_reserved: bool
    output: str
    source: str | None
    columns: tuple[str, ...]
    limit: int | None
    workers: int
    max_rejected: float
    model: "ModelName"


def run_options(command: "Callable[..., None]") -> "Callable[..., None]":
    """Add the inputs and the options of `RunOptions` to a command."""
    options = (
        click.argument("inputs", nargs=-1, metavar="[INPUT]..."),
        click.option(
            "--sources", type=click.Path(dir_okay=False), metavar="FILE", help="A sources.toml: what to read or fetch."
        ),
        only_option,
        click.option(
            "--since", type=DATE, metavar="DATE", help="Leave out what feeds and sitemaps date before that day."
        ),
        click.option(
            "--until", type=DATE, metavar="DATE", help="Leave out what feeds and sitemaps date after that day."
        ),
        click.option(
            "--keep-raw", metavar="DIR", help="Keep fetched pages as web archives, to read again without the network."
        ),
        contact_option,
        private_option,
        tdm_option,
        output_option,
        click.option("--source", metavar="NAME", help="Name to use instead of the input folder's name."),
        click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="Column of a table of records."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after N inputs."),
        click.option(
            "--workers",
            type=click.IntRange(1, 64),
            default=1,
            show_default=True,
            metavar="N",
            help="Worker processes.",
        ),
        click.option(
            "--max-rejected",
            type=click.FloatRange(0, 1),
            default=0.2,
            show_default=True,
            metavar="SHARE",
            help="Share of rejected inputs (and at least 10), of all or of one source, above which the run fails, "
            "after writing everything good; FILE may set another for a source.",
        ),
        model_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


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
    parameters = _job_parameters(inputs, options)
    with _progress_bar() as on_progress:
        summary = _run_direct(parameters, on_progress) if direct else _run_flow(parameters, on_progress)
    _report(summary, as_json)


def _report(summary: "Summary", as_json: bool) -> None:
    """Print the counts of a run. Raises ClickException if it failed."""
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        _print_summary(summary)
    if summary.failure is not None:
        raise click.ClickException(summary.failure)


def _job_parameters(inputs: tuple[str, ...], options: RunOptions) -> "JobParameters":
    """Return the parameters of a run, checked: wrong usage is said before anything is started."""
    from flows.intake import open_intake
    from flows.job import JobParameters

    if not inputs and options["sources"] is None:
        raise click.UsageError("Missing argument 'INPUT...' (or --sources FILE).")
    if options["only"] and options["sources"] is None:
        raise click.UsageError("--only names sources of a FILE, which --sources gives.")
    since, until = options["since"], options["until"]
    parameters = JobParameters(
        inputs=inputs,
        output=options["output"],
        source=options["source"],
        columns=_parse_columns(options["columns"]),
        limit=options["limit"],
        workers=options["workers"],
        max_rejected=options["max_rejected"],
        model=options["model"],
        sources=options["sources"],
        only=options["only"],
        since=since.date() if since else None,
        until=until.date() if until else None,
        keep_raw=options["keep_raw"],
        contact=options["contact"],
        allow_private=options["allow_private"],
        allow_tdm_reserved=options["allow_tdm_reserved"],
    )
    open_intake(parameters, Counter())
    return parameters


def _parse_columns(options: tuple[str, ...]) -> dict[str, str]:
    from flows.sources import RECORD_COLUMNS

    columns = {}
    for option in options:
        ours, equals, theirs = option.partition("=")
        if not equals or not theirs or ours not in RECORD_COLUMNS:
            known = ", ".join(RECORD_COLUMNS)
            raise click.UsageError(f"--column {option}: write OURS=THEIRS, OURS one of {known}")
        if ours in columns:
            raise click.UsageError(f"--column {option}: {ours} is given twice")
        columns[ours] = theirs
    return columns


def _run_direct(parameters: "JobParameters", on_progress: "Callable[[Summary], None]") -> "Summary":
    from flows.job import run_job

    return run_job(parameters, on_progress=on_progress, on_wait=lambda: _say(_waiting(parameters.output)))


def _run_flow(parameters: "JobParameters", on_progress: "Callable[[Summary], None]") -> "Summary":
    # The run is shown by the progress bar, an error by one line at its end; Prefect keeps its own log lines for its API
    # and user interface.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from prefect.settings import get_current_settings

    from flows.news import PROGRESS, RejectionLimitExceeded, flow_parameters, onrecord, start_temporary_server

    settings = get_current_settings()
    if settings.api.url is None and settings.server.ephemeral.enabled:
        _say(
            "Starting a temporary Prefect server, some 15 s (PREFECT_API_URL names a running one; --direct needs none)"
        )
        start_temporary_server()
    seen: list[Summary] = []

    def watch(summary: "Summary") -> None:
        seen[:] = [summary]
        on_progress(summary)

    PROGRESS.set(watch)
    with suppress(RejectionLimitExceeded):  # the summary says so
        onrecord(**flow_parameters(parameters))
    return seen[0]


def _waiting(output: str) -> str:
    return f"Another run holds {output}; waiting for it to end."


def _say(message: str) -> None:
    click.echo(message, err=True)


@contextmanager
def _progress_bar() -> "Iterator[Callable[[Summary], None]]":
    """Give a function that shows a run's counts in one line on stderr, with articles per second."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task("starting", total=None)

        def show(summary: "Summary") -> None:
            seconds = progress.tasks[0].elapsed or 1.0
            rate = summary.inputs / seconds
            rejected = summary.rejected.total()
            text = f"{summary.inputs:,} inputs, {summary.written:,} articles, {rejected:,} rejected, {rate:,.0f}/s"
            progress.update(line, description=text)

        yield show


def _print_summary(summary: "Summary") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "count", "", title=f"Run {summary.run_id}", title_justify="left", min_width=40)
    table.columns[1].justify = "right"
    for row in summary.as_rows():
        table.add_row(str(row["what"]), f"{row['count']:,}", str(row["rate"]))
    console = Console(soft_wrap=True, highlight=False)
    console.print(table)
    for line in _next_steps(summary):
        console.print(line, markup=False)


def _next_steps(summary: "Summary") -> Iterator[str]:
    """Yield the lines that say where the tables are and how to look at them."""
    query = "onrecord query" + ("" if summary.output == "output" else f" --output {shlex.quote(summary.output)}")
    if summary.inputs == 0:
        yield "No input was found."
    if summary.postponed:
        yield "Addresses that failed lately are not asked for yet; when, and why:"
        yield f'  {query} "SELECT url, reason, next_attempt_at FROM fetches WHERE next_attempt_at IS NOT NULL"'
    if summary.rejected:
        yield "Why inputs were rejected:"
        yield f'  {query} "SELECT item, reason, error FROM rejections"'
    if summary.written or summary.unchanged:
        folder = Path(summary.output)
        yield f"Tables: {folder}/<table>/**/*.parquet   (onrecord dictionary explains every column)"
        yield "Look at it:"
        yield f"  {query} \"SELECT speaker_text, cue_text, text FROM statements WHERE quote_type = 'direct' LIMIT 10\""
        yield f"  duckdb: SELECT * FROM read_parquet('{folder}/statements/**/*.parquet') LIMIT 10;"


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

    print_article(file, record, _parse_columns(columns), model)


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
    parameters = _job_parameters(inputs, options)
    if (cron is None) == (every is None):
        raise click.UsageError("Give either --cron or --every.")
    from flows.schedule import NoServerError, Plan, make_schedule, serve

    plan = Plan(name=name, schedule=make_schedule(cron, every, timezone), parameters=parameters)
    try:
        serve(plan, _say)
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

    report = validate_dataset(Path(output), shown=shown, on_wait=lambda: _say(_waiting(output)))
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
    with _progress_bar() as on_progress:
        summary = _run_direct(parameters, on_progress)
    _report(summary, as_json)


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
    done = erase_from(Path(output), request, confirm=confirm, on_wait=lambda: _say(_waiting(output)))
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


def main() -> None:
    """Run the command line; an error is one line and exit code 1, or 2 for wrong usage."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to end, a run ends as with Ctrl-C
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        return int(cli.main(arguments, prog_name="onrecord", standalone_mode=False) or DONE)
    except click.UsageError as error:
        error.show()
        return WRONG_USAGE
    except (Exception, KeyboardInterrupt) as error:  # the edge where an error becomes a line for a person
        if "--debug" in arguments:
            traceback.print_exc()
        code, message = _explain(error)
        click.echo(f"onrecord: {message}", err=True)
        return code


def _explain(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the line that tell a person what went wrong."""
    from flows.sources import UsageError
    from schemas.records import InputRejected

    if isinstance(error, click.Abort | KeyboardInterrupt):
        return FAILED, "interrupted; the next run goes on from what is done"
    if isinstance(error, click.ClickException):
        return FAILED, error.format_message()
    if isinstance(error, UsageError):
        return WRONG_USAGE, str(error)
    if type(error).__module__.partition(".")[0] in ("duckdb", "_duckdb"):  # its messages name their kind themselves
        return WRONG_USAGE, " ".join(str(error).split())
    if isinstance(error, InputRejected):
        return FAILED, f"rejected ({error.reason}): {error.message}"
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        place = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{place}{os.strerror(error.errno)}; nothing is lost, the next run goes on from what is done"
    text = " ".join(str(error).split())
    return FAILED, f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    main()
