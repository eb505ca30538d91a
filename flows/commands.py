"""`onrecord` and its commands. Each imports only what it needs, so that `--help` is quick."""

import click

from flows.care_commands import erase, validate
from flows.read_commands import classify, dictionary, export, query, report, show, views
from flows.run_commands import reprocess, run, runs, schedule, sources


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="onrecord")
def cli() -> None:
    """Turn news articles into tables of who said what.

    \b
    Example:
      onrecord run examples/articles
      onrecord query "SELECT speaker_text, text FROM statements WHERE quote_type = 'direct'"
    """


COMMANDS = (
    *(run, sources, schedule, runs),
    *(show, classify, query, report, export, views, dictionary),
    *(validate, reprocess, erase),
)
for command in COMMANDS:
    cli.add_command(command)
