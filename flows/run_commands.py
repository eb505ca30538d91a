"""The commands that run: once, on a schedule, over stored texts; and those that try and list."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from flows.options import (
    RunOptions,
    contact_option,
    debug_option,
    job_parameters,
    model_option,
    only_option,
    output_option,
    private_option,
    run_options,
    tdm_option,
)
from flows.terminal import progress_bar, report_run, run_direct, run_flow, say

if TYPE_CHECKING:
    from schemas.records import ModelName


@click.command()
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


@click.command()
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


@click.command()
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
    from flows.prefect_server import NoServerError
    from flows.schedule import serve
    from flows.schedule_plan import Plan, make_schedule

    plan = Plan(name=name, schedule=make_schedule(cron, every, timezone), parameters=parameters)
    try:
        serve(plan, say)
    except NoServerError as error:
        raise click.ClickException(str(error)) from error


@click.command()
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


@click.command()
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
    if summary.inputs == 0 and summary.report_failure is None and not as_json:
        whose = "" if all_ else f" that another engine or model than {model} has processed; --all takes all of them"
        click.echo(f"Nothing to do: the dataset has no article{whose}.")
        return
    report_run(summary, as_json)
