"""Times as pages write them, to UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil.parser import parse as parse_with_dateutil

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the Web: a default or a typing error
LATEST_AFTER_FETCH = timedelta(days=2)  # covers clocks and time zones that are wrong by a day
MAX_TIME_LENGTH = 64  # characters; longer values are sentences
# Zones that news pages abbreviate; hours from UTC. IST is read as India's, its most frequent use.
ZONE_HOURS = {
    "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "BST": 1.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0,
    "SAST": 2.0, "EAT": 3.0, "IST": 5.5, "SGT": 8.0, "MYT": 8.0, "HKT": 8.0, "JST": 9.0, "AEST": 10.0, "AEDT": 11.0,
    "NZST": 12.0, "NZDT": 13.0, "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0,
    "PST": -8.0, "PDT": -7.0,
}  # fmt: skip
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")  # the 2024 of "5 March 2024, 10:30"
EPOCH = re.compile(r"\d{10}(?:\d{3})?")  # 1709634600 (seconds) and 1709634600000 (milliseconds)
MISSING_PARTS = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # differ in every part that a date needs


def parse_time(value: str, *, fetched_at: datetime) -> datetime | None:
    """Return the time in UTC, None where `value` is not a full date or not plausible for a page read at `fetched_at`.

    A time without zone is UTC, a date without time its midnight.
    """
    value = value.strip()
    if not value or len(value) > MAX_TIME_LENGTH:
        return None
    time = _parse_iso(value) or _parse_epoch(value) or _parse_common(value)
    return None if time is None else plausible_time(time, fetched_at=fetched_at)


def plausible_time(time: datetime, *, fetched_at: datetime) -> datetime | None:
    """Return `time` in UTC (no zone means UTC), None before 1990 or more than two days after `fetched_at`."""
    try:
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:  # 0001-01-01T00:00:00+10:00
        return None
    return time if EARLIEST <= time <= fetched_at + LATEST_AFTER_FETCH else None


def _parse_iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _parse_epoch(value: str) -> datetime | None:
    if not EPOCH.fullmatch(value):
        return None
    return datetime.fromtimestamp(int(value[:10]), UTC)


def _parse_common(value: str) -> datetime | None:
    """Parse "March 5, 2024 10:30 am EST"; None where day, month or year is missing, which dateutil would make up."""
    if not YEAR.search(value):
        return None
    try:
        first, second = (
            parse_with_dateutil(value, default=missing, tzinfos=_zone, ignoretz=False) for missing in MISSING_PARTS
        )
    except (ValueError, OverflowError, TypeError):
        return None
    return first if first == second else None


def _zone(name: str | None, offset_seconds: int | None) -> tzinfo:
    """Return the zone; asked for every value, so that dateutil never falls back on this machine's own zone."""
    if offset_seconds is None:
        return timezone(timedelta(hours=ZONE_HOURS.get((name or "UTC").upper(), 0.0)))
    return timezone(timedelta(seconds=offset_seconds))
