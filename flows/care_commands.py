"""The commands that keep a dataset right: check its promises, erase from it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.options import DATE, debug_option, output_option
from flows.terminal import report_message, say, waiting_message

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
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
        found = "" if report.counts else " No violation."
        click.echo(f"Checked {report.rows.total():,} rows, {report.rows['statements']:,} of them statements.{found}")
    if report.counts:
        raise click.ClickException(f"{report.counts.total():,} violations")


@click.command()
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
    masked again. The report is written anew. Raw pages (--keep-raw), inputs, backups, copies of the report and
    Prefect's own records are yours to remove.

    \b
    Examples:
      onrecord erase --url https://news.example.org/story
      onrecord erase --before 2021-01-01 --yes
      onrecord erase --speaker 'Ann Lee' --speaker 'Ann Marie Lee'
    """
    from flows.erase import EraseRequest, Erasure
    from flows.erase import erase as erase_from

    def confirm(found: Erasure) -> bool:
        for url in found.unmatched:
            click.echo(f"No article has the address {url}; erasing it has it refused, should it come.")
        for what, count in found.counts().items():
            click.echo(f"{count:>9,} {what}")
        if not speakers and not any(found.counts().values()):
            return False
        try:
            return yes or click.confirm("Erase them for good?")
        except click.Abort:  # Ctrl-C, or nobody to ask
            click.echo()
            raise click.ClickException("not answered: nothing was erased (--yes does not ask)") from None

    request = EraseRequest(urls=urls, before=before.date() if before else None, speakers=speakers)
    done = erase_from(Path(output), request, confirm=confirm, on_wait=lambda: say(waiting_message(output)))
    click.echo("Nothing was erased." if done is None else f"Erased from {output}.")
    if done is not None and done.report_failure is not None:
        say(report_message(done.report_failure))
