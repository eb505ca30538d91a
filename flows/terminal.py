"""A run as the command line starts and shows it: a line of progress, then its counts and where to look."""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.job import JobParameters
    from flows.summary import Summary


def run_direct(parameters: "JobParameters", on_progress: "Callable[[Summary], None]") -> "Summary":
    """Run without Prefect; return the counts."""
    from flows.job import run_job

    return run_job(parameters, on_progress=on_progress, on_wait=lambda: say(waiting_message(parameters.output)))


def run_flow(parameters: "JobParameters", on_progress: "Callable[[Summary], None]") -> "Summary":
    """Run as a Prefect flow; return the counts.

    Raises what the flow raises, but for a run that rejected too much: its summary says so.
    """
    # The run is shown by the progress bar, an error by one line at its end; Prefect keeps its own log lines for its API
    # and user interface.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from prefect.settings import get_current_settings

    from flows.news import PROGRESS, RejectionLimitExceeded, flow_parameters, onrecord, start_temporary_server

    settings = get_current_settings()
    if settings.api.url is None and settings.server.ephemeral.enabled:
        say("Starting a temporary Prefect server, some 15 s (PREFECT_API_URL names a running one; --direct needs none)")
        start_temporary_server()
    seen: list[Summary] = []

    def watch(summary: "Summary") -> None:
        seen[:] = [summary]
        on_progress(summary)

    PROGRESS.set(watch)
    with suppress(RejectionLimitExceeded):  # the summary says so
        onrecord(**flow_parameters(parameters))
    return seen[0]


def waiting_message(output: str) -> str:
    """Return what a command says that finds the dataset held."""
    return f"Another run holds {output}; waiting for it to end."


def report_message(failure: str) -> str:
    """Return what a command says where the tables are written and the report is not."""
    return f"The tables are written; the report could not be: {failure}. Try again with: onrecord report"


def say(message: str) -> None:
    """Print a line to stderr."""
    click.echo(message, err=True)


@contextmanager
def progress_bar() -> "Iterator[Callable[[Summary], None]]":
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


def command_name() -> str:
    """Return how `onrecord` is called from here: by its path where its name is not found."""
    started = sys.argv[0]
    by_path = Path(started).name == "onrecord" and shutil.which("onrecord") is None
    return shlex.quote(started) if by_path else "onrecord"


def _next_steps(summary: "Summary") -> Iterator[str]:
    """Yield the lines that say where the tables are and how to look at them."""
    from flows.store import REPORT_FILE  # whoever has run has imported it

    of_output = "" if summary.output == "output" else f" --output {shlex.quote(summary.output)}"
    onrecord = command_name()
    query = f"{onrecord} query{of_output}"
    if summary.inputs == 0:
        yield "No input was found."
    if summary.postponed:
        yield "Addresses that failed lately are not asked for yet; when, and why:"
        yield f'  {query} "SELECT url, reason, next_attempt_at FROM fetches WHERE next_attempt_at IS NOT NULL"'
    if summary.rejected:
        yield "Why inputs were rejected:"
        yield f'  {query} "SELECT item, reason, error FROM rejections"'
    folder = Path(summary.output)
    if summary.report_failure is None:
        yield f"Report: {folder / REPORT_FILE}   ({onrecord} report --open{of_output} shows it)"
    else:
        yield report_message(summary.report_failure)
    if summary.written or summary.unchanged:
        yield f"Tables: {folder}/<table>/**/*.parquet   ({onrecord} dictionary explains every column)"
        yield "Look at it:"
        yield f"  {query} \"SELECT speaker_text, cue_text, text FROM statements WHERE quote_type = 'direct' LIMIT 10\""
        yield f"  duckdb: SELECT * FROM read_parquet('{folder}/statements/**/*.parquet') LIMIT 10;"


def report_run(summary: "Summary", as_json: bool) -> None:
    """Print the counts of a run. Raises ClickException if it failed."""
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        _print_summary(summary)
    if summary.failure is not None:
        raise click.ClickException(summary.failure)
