"""The options that commands share, and what a run is told by them."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

import click

if TYPE_CHECKING:
    from datetime import datetime

    from flows.job import JobParameters
    from schemas.records import ModelName

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
            help="Share of rejected inputs (and at least 10, or all that is named), of all or of one source, above "
            "which the run fails, after writing everything good; FILE may set another for a source.",
        ),
        model_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def job_parameters(inputs: tuple[str, ...], options: RunOptions) -> "JobParameters":
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
        columns=parse_columns(options["columns"]),
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


def parse_columns(options: tuple[str, ...]) -> dict[str, str]:
    """Return our columns to theirs. Raises UsageError for what is not OURS=THEIRS."""
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
