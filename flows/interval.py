"""Intervals as a person writes them: `30m`, `1h30m`, `7d`."""

import re
from datetime import timedelta

from flows.sources import UsageError

DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?")  # 30m, 1h30m, 7d, 90s
MIN_INTERVAL = timedelta(seconds=30)  # a run takes its place up to 10 s ahead, and some 5 s to start
MAX_INTERVAL = timedelta(days=366)


def parse_interval(text: str) -> timedelta:
    """Return the time that `90s`, `30m`, `1h30m` or `7d` says. Raises UsageError for anything else."""
    match = DURATION.fullmatch(text.strip())
    if not text.strip() or match is None:
        raise UsageError(f"the interval {text!r} cannot be read; it is written as 90s, 30m, 1h30m or 7d")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    interval = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not MIN_INTERVAL <= interval <= MAX_INTERVAL:
        raise UsageError(
            f"the interval {text!r} is {interval}; it must be from {MIN_INTERVAL} to {MAX_INTERVAL.days} days"
        )
    return interval
