"""The report at both ends: of the bundled articles, and of 20,000.

usage: python benchmarks/report.py [--small] [--check-speed] [--pictures FOLDER]

Size, CPU time and memory of making it; in headless Chromium: time to open, requests besides the page itself, console
messages, and what axe-core finds in light and in dark. --small: 2,000 articles in place of 20,000, in under a minute.
--pictures: write those that stand in the README, and measure nothing. Articles are made here, from a fixed seed.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.store_articles import WORDS, commit, make_article
from flows.job import JobParameters, run_job
from flows.report import write_report
from flows.store import REPORT_FILE
from schemas.records import ProcessedArticle, SpeakerType, Statement
from tests.browser import axe_violations, chromium, opened

EXAMPLES = Path(__file__).parents[1] / "examples" / "articles"
MAX_BYTES = 3_000_000
MAX_OPEN_SECONDS = 2.0
MAX_BUILD_SECONDS = 10.0  # of CPU; a run over 20,000 articles takes some 600
MAX_BUILD_BYTES = 1_000_000_000
OPENINGS = 3  # of which the quickest counts: noise only adds
PICTURE_WIDTH, PICTURE_HEIGHT = 1120, 780  # pixels
PICTURE_ARTICLE = "Loopline tells users"


def main() -> int:
    """Print the figures; return 1 if one is over its limit, of times with --check-speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="what takes less than a minute")
    parser.add_argument("--check-speed", action="store_true", help="fail if a time is over its limit")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write the pictures of the README, and end")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        bundled, made = Path(name, "bundled"), Path(name, "made")
        run_job(JobParameters(inputs=[str(EXAMPLES)], output=str(bundled)))
        if options.pictures:
            take_pictures(browser, write_report(bundled), options.pictures)
            return 0
        make_dataset(made, 2_000 if options.small else 20_000)
        found = [measure(browser, folder) for folder in (bundled, made)]
    broken = [failure for failures, _ in found for failure in failures]
    slow = [failure for _, failures in found for failure in failures]
    for failure in (*broken, *slow):
        print(f"over its limit: {failure}")
    return 1 if broken or (slow and options.check_speed) else 0


def make_dataset(folder: Path, count: int) -> None:
    """Write a dataset of articles of 22 statements, with speakers, labels and dates over two years."""
    start = time.process_time()
    for first in range(0, count, 5_000):
        commit(folder, range(first, min(first + 5_000, count)), "old", make_labelled)
    print(f"{count:,} articles made in {time.process_time() - start:.0f} CPU-s")


def make_labelled(number: int, version: str) -> ProcessedArticle:
    """Return an article with what the report shows: names that recur, publishers, dates, labels."""
    chance = random.Random(number)
    processed = make_article(number, version)
    published = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number % 17_000)
    article = replace(
        processed.article,
        publisher=f"The {chance.choice(WORDS)} Gazette",
        published_at=published,
        published_date=published.date(),
    )
    kinds: tuple[SpeakerType, ...] = ("person", "organisation", "anonymous", "official_unnamed")
    speakers = []
    for speaker, kind in zip(processed.speakers, kinds, strict=True):
        name = f"{chance.choice(WORDS)} {chance.choice(WORDS)}".title()
        key = name.casefold() if kind in ("person", "organisation") else None
        speakers.append(replace(speaker, name=name, speaker_type=kind, person_key=key, role="mayor"))
    statements = [_label(statement, chance) for statement in processed.statements]
    return replace(processed, article=article, speakers=speakers, statements=statements)


def _label(statement: Statement, chance: random.Random) -> Statement:
    score = round(chance.random(), 4)
    said = statement.speaker_id is not None
    return replace(
        statement,
        cue_text=chance.choice(("said", "insisted", "warned")) if said else None,
        cue_family=chance.choice(("neutral", "assertive", "predictive")) if said else None,
        claim_type="check_worthy_factual" if score > 0.5 else "non_factual",
        check_worthiness=score,
        subjectivity="subjective" if chance.random() > 0.8 else "objective",
        subjectivity_score=score,
        forward_looking=chance.random() > 0.9,
        forward_looking_score=score,
    )


def measure(browser: Browser, folder: Path) -> tuple[list[str], list[str]]:
    """Print the figures of one dataset; return what is broken, and what is slow."""
    path = folder / REPORT_FILE
    path.unlink(missing_ok=True)
    build_seconds, build_bytes = build(folder)
    again_seconds, _ = build(folder)
    size = path.stat().st_size
    opening: list[float] = []
    requests, errors, violations = [], [], []
    for theme in ("light", "dark"):
        for _ in range(OPENINGS):
            with opened(browser, path, theme=theme) as found:
                opening.append(found.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1e3)
                requests += found.requests
                errors += found.errors
        with opened(browser, path, theme=theme) as found:
            found.page.locator("#text .said:not(.narration)").first.focus()
            violations += axe_violations(found.page)
    name = folder.name
    print(f"{name}: {size / 1e6:.2f} MB (limit {MAX_BYTES / 1e6:.0f}), opens in {min(opening):.2f} s", end="")
    print(f" (limit {MAX_OPEN_SECONDS:.0f}); {len(requests)} requests, {len(errors)} console messages", end="")
    print(f", {len(violations)} axe violations (limits 0)")
    print(f"{name}: made in {build_seconds:.1f} CPU-s (limit {MAX_BUILD_SECONDS:.0f})", end="")
    print(f" with {build_bytes / 1e6:,.0f} MB (limit {MAX_BUILD_BYTES / 1e6:,.0f})", end="")
    print(f"; where nothing has changed: {again_seconds:.1f} CPU-s")
    broken = [f"{name}: {what}" for what in (*requests, *errors, *violations)]
    broken += [f"{name}: {size:,} bytes"] if size > MAX_BYTES else []
    broken += [f"{name}: {build_bytes:,} bytes of memory"] if build_bytes > MAX_BUILD_BYTES else []
    slow = [f"{name}: opens in {min(opening):.2f} s"] if min(opening) > MAX_OPEN_SECONDS else []
    slow += [f"{name}: made in {build_seconds:.1f} CPU-s"] if build_seconds > MAX_BUILD_SECONDS else []
    return broken, slow


def build(folder: Path) -> tuple[float, int]:
    """Return CPU time and peak memory of `onrecord report`, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "report", "--output", folder], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"onrecord report ended with {os.waitstatus_to_exitcode(status)}")
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def take_pictures(browser: Browser, report: Path, folder: Path) -> None:
    """Write pictures of a report: its top in light, an article with its statements marked in dark."""
    with opened(browser, report, width=PICTURE_WIDTH) as found:
        found.page.set_viewport_size({"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT})
        found.page.screenshot(path=folder / "report.png")
    with opened(browser, report, theme="dark", width=PICTURE_WIDTH) as found:
        found.page.set_viewport_size({"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT})
        titles = found.page.locator("#article option").all_text_contents()
        chosen = next(place for place, title in enumerate(titles) if PICTURE_ARTICLE in title)
        found.page.locator("#article").select_option(index=chosen)
        found.page.evaluate("document.querySelector('.chooser').scrollIntoView()")
        found.page.locator("#text .said.direct").first.hover()
        found.page.screenshot(path=folder / "report-reading.png")


if __name__ == "__main__":
    sys.exit(main())
