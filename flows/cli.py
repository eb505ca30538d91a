"""`onrecord`: the command line. An error is one line for a person, and an exit code."""

import errno
import os
import signal
import sys
import traceback

import click

from flows.commands import cli

DONE, FAILED, WRONG_USAGE = 0, 1, 2  # exit codes
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)  # of the disk or folder, not of ours

__all__ = ["DONE", "FAILED", "WRONG_USAGE", "cli", "main"]


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
    if text and type(error).__module__.startswith("flows."):  # its message says it all
        return FAILED, text
    return FAILED, f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    main()
