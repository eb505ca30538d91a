"""The report as one HTML page that asks for nothing else: figures, charts, lists and a reading view.

What comes from the data stands in the page as escaped text, or in a block of JSON that the page's script puts in place
as text. The page's own style and script are named by their hashes, and the browser runs no others.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.report_facts import QUOTE_TYPES, SPEAKER_TYPES, Facts, Timeline, Unit
from flows.report_lists import Lists
from flows.report_reading import LABELS, MAX_CHARS, Reading, as_script_json

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CHART_HEIGHT = 96  # pixels of a column chart
MAX_TICKS = 6  # labels under it that fit a phone
MIN_LABELLED = 9  # per cent of a bar below which a part has no room for its label
TERMS = {  # of the tables' values, those that read badly with their underscores replaced
    "official_unnamed": "unnamed official",
    "check_worthy_factual": "check-worthy fact",
    "unimportant_factual": "unimportant fact",
    "non_factual": "not factual",
}
MIN_DRAWN = 1.5  # pixels of the lowest column, so that one article can be seen among thousands


class Part(NamedTuple):
    """One part of a stacked bar, in per cent of its width."""

    name: str
    amount: int
    start: float
    width: float

    @property
    def label(self) -> str:
        """Return its share, where it is wide enough to hold it."""
        return f"{self.width:.0f}%" if self.width >= MIN_LABELLED else ""


class Column(NamedTuple):
    """One period of the column charts: place and width in per cent, heights in pixels."""

    name: str
    tick: str  # label under the column; empty for most
    start: float
    width: float
    articles: int
    articles_height: float
    statements: int
    statements_height: float


def render_page(facts: Facts, lists: Lists, reading: Reading) -> str:
    """Return the page; the same figures give the same text."""
    environment = _environment()
    style, script = _page_file("style.css"), _page_file("script.js")
    read = {
        "articles": reading.articles,
        "quoteTypes": QUOTE_TYPES,
        "labels": LABELS,
        "speakerTypes": {kind: name_term(kind) for kind in SPEAKER_TYPES},
        "maxChars": MAX_CHARS,
    }
    return environment.get_template("page.html.j2").render(
        facts=facts,
        lists=lists,
        reading=reading,
        readable={(article["id"], statement[0]) for article in reading.articles for statement in article["statements"]},
        quote_types=QUOTE_TYPES,
        speaker_types=SPEAKER_TYPES,
        style=Markup(style),
        script=Markup(script),
        style_hash=csp_hash(style),
        script_hash=csp_hash(script),
        reading_json=Markup(as_script_json(read)),
    )


def csp_hash(content: str) -> str:
    """Return the source expression that lets a browser use an inline style or script of this content."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _page_file(name: str) -> str:
    return (files("flows") / "report_page" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flows", "report_page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda count: f"{count:,}",
        "share": lambda part, whole: f"{100 * part / whole:.0f}%" if whole else "–",
        "parts": make_parts,
        "columns": make_columns,
        "words": name_term,
        "shorten": shorten,
        "day": name_day,
        "period": name_period,
    }
    return environment


def make_parts(counts: Sequence[int], names: Sequence[str]) -> list[Part]:
    """Return the parts of a stacked bar, but for empty ones."""
    return list(_parts(counts, names, sum(counts)))


def _parts(counts: Sequence[int], names: Sequence[str], total: int) -> Iterator[Part]:
    start = 0
    for name, count in zip(names, counts, strict=True):
        if count:
            yield Part(name, count, round(100 * start / total, 2), round(100 * count / total, 2))
        start += count


def make_columns(timeline: Timeline) -> list[Column]:
    """Return the columns of the charts of articles and of statements, each scaled to its highest."""
    periods = timeline.periods
    width = 100 / len(periods)
    step = -(-len(periods) // MAX_TICKS)
    most_articles = max(period.articles for period in periods)
    most_statements = max(1, *(period.statements for period in periods))
    return [
        Column(
            name=name_period(period.start, timeline.unit),
            tick=name_tick(period.start, timeline.unit) if place % step == 0 else "",
            start=round(place * width, 3),
            width=round(width, 3),
            articles=period.articles,
            articles_height=_height(period.articles, most_articles),
            statements=period.statements,
            statements_height=_height(period.statements, most_statements),
        )
        for place, period in enumerate(periods)
    ]


def _height(count: int, most: int) -> float:
    return max(MIN_DRAWN, round(CHART_HEIGHT * count / most, 1)) if count else 0.0


def name_term(term: str) -> str:
    """Return a value of the tables as the page writes it; other words stay as they are."""
    return TERMS.get(term, term.replace("_", " "))


def name_day(day: date | None) -> str:
    """Return a day as `5 Sep 2026`; an empty text for none."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


def name_period(start: date, unit: Unit) -> str:
    """Return a period's name: `5 Sep 2026`, `week of 31 Aug 2026`, `Sep 2026`, `2026`."""
    if unit == "year":
        return str(start.year)
    if unit == "month":
        return f"{MONTHS[start.month - 1]} {start.year}"
    return f"{'week of ' if unit == 'week' else ''}{name_day(start)}"


def name_tick(start: date, unit: Unit) -> str:
    """Return a period's short name, for the axis: `5 Sep`, `Sep ’26`, `2026`."""
    if unit == "year":
        return str(start.year)
    month = MONTHS[start.month - 1]
    return f"{month} ’{start.year % 100:02}" if unit == "month" else f"{start.day} {month}"


def shorten(text: Any, most: int) -> str:
    """Return a text of at most so many characters, an ellipsis in place of what is cut."""
    whole = str(text)
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
