"""The counts of one run, as tables show them, and whether too many of its inputs were rejected."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

MIN_REJECTED = 10  # rejections; fewer break no limit that nobody set, unless they are all that was named
TOP_SOURCES = 10  # of a run's table: those with the most inputs


@dataclass(slots=True, kw_only=True)
class SourceCounts:
    """Counts of one source in one run; what is left of `inputs` was unchanged, or a duplicate."""

    inputs: int = 0
    written: int = 0
    rejected: int = 0


@dataclass(slots=True, kw_only=True)
class Summary:
    """Counts of one run: `inputs` = `written` + `unchanged` + `duplicates` + the sum of `rejected`."""

    run_id: str
    output: str
    started_at: datetime
    finished_at: datetime
    inputs: int = 0
    written: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # by reason
    sources: defaultdict[str, SourceCounts] = field(default_factory=lambda: defaultdict(SourceCounts))  # by name
    statements: Counter[str] = field(default_factory=Counter)  # of the written articles, by quote_type
    ignored: Counter[str] = field(default_factory=Counter)  # files in folders that are no input, by ending
    fetched: int = 0  # pages
    not_modified: int = 0  # pages that stand as they were committed, and archives that were read to their end before
    postponed: int = 0  # addresses that failed lately and are not asked for yet; no inputs
    failure: str | None = None
    report_failure: str | None = None  # why `report.html` is not up to date

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.finished_at - self.started_at).total_seconds()

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "run_id": self.run_id,
            "state": "completed" if self.failure is None else "failed",
            "failure": self.failure,
            "report_failure": self.report_failure,
            "output": self.output,
            "seconds": round(self.seconds, 3),
            "inputs": self.inputs,
            "written": self.written,
            "unchanged": self.unchanged,
            "duplicates": self.duplicates,
            "rejected": dict(self.rejected.most_common()),
            "sources": {name: asdict(counts) for name, counts in sorted(self.sources.items())},
            "statements": dict(self.statements.most_common()),
            "fetched": self.fetched,
            "not_modified": self.not_modified,
            "postponed": self.postponed,
            "ignored_files": dict(self.ignored.most_common()),
        }

    def as_rows(self) -> list[dict[str, str | int]]:
        """Return the counts as rows of a table: what, count, rate (of the inputs where it is a share)."""
        return [{"what": what, "count": count, "rate": rate} for what, count, rate in self._rows()]

    def _rows(self) -> Iterator[tuple[str, int, str]]:
        yield "inputs", self.inputs, f"{self.inputs / self.seconds:.1f} a second" if self.seconds else ""
        yield "articles written", self.written, _share(self.written, self.inputs)
        yield "unchanged", self.unchanged, _share(self.unchanged, self.inputs)
        yield "duplicates", self.duplicates, _share(self.duplicates, self.inputs)
        yield "rejected", self.rejected.total(), _share(self.rejected.total(), self.inputs)
        for reason, count in self.rejected.most_common():
            yield f"rejected: {reason}", count, _share(count, self.inputs)
        for quote_type, count in self.statements.most_common():
            yield f"statements: {quote_type}", count, f"{count / self.written:.1f} an article" if self.written else ""
        web = (("fetched", self.fetched), ("not modified", self.not_modified), ("postponed", self.postponed))
        for what, count in web:
            if count:
                yield f"pages {what}", count, ""
        largest = sorted(self.sources.items(), key=lambda named: (-named[1].inputs, named[0]))
        for name, counts in largest[:TOP_SOURCES]:
            yield f"source: {name}", counts.inputs, f"{_share(counts.rejected, counts.inputs)} rejected"
        if self.ignored:
            endings = " ".join(ending for ending, _ in self.ignored.most_common(5))
            yield f"files passed over ({endings})", self.ignored.total(), ""


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def describe_failure(
    summary: Summary, max_share: float, of_sources: Mapping[str, float], *, has_list: bool
) -> str | None:
    """Return which limits of rejected inputs a run broke; None if it broke none.

    `of_sources` holds the sources that have a limit of their own, which alone counts for them, from the first rejection
    on. The others keep to `max_share`, each and all together. Where no list of sources was read, which may bring a
    single new page that is bad, a run without any article breaks it by however few rejections.
    """
    others = {name: counts for name, counts in summary.sources.items() if name not in of_sources}
    together = SourceCounts(
        inputs=sum(counts.inputs for counts in others.values()),
        rejected=sum(counts.rejected for counts in others.values()),
    )
    has_no_article = not has_list and not summary.written and not summary.unchanged
    broken = []
    if together.rejected >= MIN_REJECTED:
        broken.append(_describe_excess("", together, max_share))
    elif has_no_article and together.rejected:
        reasons = ", ".join(reason for reason, _ in summary.rejected.most_common())
        broken.append(_describe_excess(f"{reasons}: ", together, max_share))
    for name, counts in sorted(summary.sources.items()):
        if name in of_sources:
            broken.append(_describe_excess(f"source {name}: ", counts, of_sources[name]))
        elif counts.rejected >= MIN_REJECTED and len(summary.sources) > 1:
            broken.append(_describe_excess(f"source {name}: ", counts, max_share))
    return "; ".join(filter(None, broken)) or None


def _describe_excess(whose: str, counts: SourceCounts, limit: float) -> str | None:
    if counts.rejected <= limit * counts.inputs:
        return None
    share = f"{counts.rejected / counts.inputs:.0%}; the limit is {limit:.0%}"
    return f"{whose}{counts.rejected:,} of {counts.inputs:,} inputs were rejected ({share})"
