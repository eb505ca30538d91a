"""What a run reads, all of it: files, tables of records, web archives, and what is asked for on the web."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from flows.arrivals import Arrival
from flows.source_list import CONTACT, SourceList, WebSource, check_web_address, read_source_list
from flows.sources import Input, UsageError, list_inputs, match_paths, printable

if TYPE_CHECKING:
    from flows.archives import Archive
    from flows.crawl_plan import CrawlPlan
    from flows.credentials import FindSecret
    from flows.erased import Erased
    from flows.fetch_log import KnownFetches
    from flows.job import JobParameters

CONTACT_VARIABLE = "ONRECORD_CONTACT"
WEB = ("http://", "https://")
ARCHIVE_ENDINGS = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the parameters of a run name, not yet read."""

    files: Iterator[Input]
    archives: Sequence["Archive"]
    web: "CrawlPlan | None"
    allow_tdm_reserved: bool
    max_rejected: Mapping[str, float]  # by name, of the sources that set a limit of their own
    find_secret: "FindSecret | None" = None  # by the name of credentials; None: in the environment

    @contextmanager
    def open(
        self,
        known: "KnownFetches",
        erased: "Erased",
        *,
        run_id: str,
        now: datetime,
        clock: Callable[[], datetime],
        settings: str,
        ignored: Counter[str],
        limit: int | None,
    ) -> Iterator[Iterator[Arrival]]:
        """Give the arrivals: files, archives, then the web; leaving ends what is under way there.

        Raises UsageError for credentials that cannot be used.
        """
        arrivals = chain((Arrival(entry=entry) for entry in self.files), self._archived(known, now, settings, ignored))
        if self.web is None:
            yield arrivals
            return
        from flows.crawl import PAGES_AHEAD, Crawl
        from flows.credentials import find_in_environment, load_credentials

        credentials = load_credentials(self.web.sources, self.find_secret or find_in_environment)
        plan = replace(self.web, credentials=credentials)
        with Crawl(plan, known, erased, run_id, pages_ahead=limit or PAGES_AHEAD, clock=clock) as crawl:
            yield chain(arrivals, crawl)

    def _archived(
        self, known: "KnownFetches", now: datetime, settings: str, ignored: Counter[str]
    ) -> Iterator[Arrival]:
        if self.archives:
            from flows.archives import read_archive

            for archive in self.archives:
                yield from read_archive(
                    archive,
                    known,
                    now=now,
                    settings=settings,
                    allow_tdm_reserved=self.allow_tdm_reserved,
                    ignored=ignored,
                )


def open_intake(parameters: "JobParameters", ignored: Counter[str], find_secret: "FindSecret | None" = None) -> Intake:
    """Return what the parameters name. Raises UsageError for an input that names nothing or a file as output."""
    output = Path(parameters.output)
    if output.exists() and not output.is_dir():
        raise UsageError(f"the output {output} is not a folder")
    if parameters.stored is not None:
        return Intake(
            files=_stored_inputs(parameters), archives=(), web=None, allow_tdm_reserved=False, max_rejected={}
        )
    listed = read_source_list(Path(parameters.sources)) if parameters.sources else SourceList(contact=None, sources=())
    sources = choose(listed.sources, parameters.only)
    pages = [argument for argument in parameters.inputs if argument.startswith(WEB)]
    paths = [argument for argument in parameters.inputs if not argument.startswith(WEB)]
    files = [argument for argument in paths if not _is_archive(argument)]
    archives = [argument for argument in paths if _is_archive(argument)]
    listings = [list_inputs(files, parameters.source, ignored, columns=parameters.columns, output=output)]
    for source in sources:
        if source.kind == "files":
            found = list_inputs(source.addresses, source.name, ignored, columns=parameters.columns, output=output)
            listings.append(_wanted(found, source))
    web = [*_page_sources(pages, parameters.source), *(s for s in sources if s.kind in ("feed", "sitemap", "urls"))]
    return Intake(
        files=chain.from_iterable(listings),
        archives=[
            *_archives(archives, parameters.source),
            *(archive for s in sources if s.kind == "archive" for archive in _listed_archives(s)),
        ],
        web=_crawl_plan(parameters, listed.contact, web) if web else None,
        allow_tdm_reserved=parameters.allow_tdm_reserved,
        max_rejected={source.name: source.max_rejected for source in sources if source.max_rejected is not None},
        find_secret=find_secret,
    )


def _stored_inputs(parameters: "JobParameters") -> Iterator[Input]:
    from flows.store import Store
    from flows.stored import stored_inputs
    from flows.table_files import check_dataset
    from flows.version import pipeline_version

    assert parameters.stored is not None
    check_dataset(Path(parameters.output))
    return stored_inputs(Store(Path(parameters.output)), parameters.stored, pipeline_version(parameters.model))


def choose(sources: Sequence[WebSource], only: Sequence[str]) -> Sequence[WebSource]:
    """Return the sources of the given names, all where none is given. Raises UsageError for an unknown one."""
    names = [source.name for source in sources]
    for name in only:
        if name not in names:
            raise UsageError(f"no source is named {name!r}; there are: {', '.join(names) or 'none'}")
    return [source for source in sources if not only or source.name in only]


def contact_of(given: str | None, listed: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return who runs this, for the user agent: as given, else of the environment, else as listed.

    Raises UsageError for what is neither an e-mail address nor the address of a page.
    """
    contact = given or environment.get(CONTACT_VARIABLE) or listed
    if contact is not None and not (CONTACT.fullmatch(contact) and contact.isascii()):
        raise UsageError(f"the contact is {contact!r}; it must be an e-mail address or the web address of a page")
    return contact


def _is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVE_ENDINGS) and not os.path.isdir(path)


def _archives(arguments: Sequence[str], source: str | None) -> list["Archive"]:
    from flows.archives import Archive

    found = []
    for argument in arguments:
        paths = match_paths(argument)
        if not paths:
            raise UsageError(f"no such file or folder: {argument}")
        for path in paths:
            name = printable(source or Path(os.path.realpath(path)).parent.name)
            found.append(Archive(path=path, source=name, is_source_given=source is not None))
    return found


def _listed_archives(source: WebSource) -> list["Archive"]:
    archives = _archives(source.addresses, source.name)
    return [replace(archive, include=source.include, exclude=source.exclude) for archive in archives]


def _wanted(found: Iterator[Input], source: WebSource) -> Iterator[Input]:
    return (entry for entry in found if source.wants(os.fsdecode(entry.path) or entry.item))


def _page_sources(urls: Sequence[str], name: str | None) -> list[WebSource]:
    """Return a source of each site that pages are named of."""
    from transforms.domains import registrable_domain

    sites: dict[str, list[str]] = {}
    for url in urls:
        check_web_address(url, "INPUT")
        sites.setdefault(name or registrable_domain(url) or "web", []).append(url)
    return [
        WebSource(name=site, kind="urls", addresses=tuple(pages), max_items=len(pages)) for site, pages in sites.items()
    ]


def _crawl_plan(parameters: "JobParameters", listed_contact: str | None, web: Sequence[WebSource]) -> "CrawlPlan":
    from flows.crawl_plan import CrawlPlan
    from flows.manners import Manners

    contact = contact_of(parameters.contact, listed_contact)
    day = timedelta(days=1)
    return CrawlPlan(
        sources=web,
        manners=Manners(
            contact=contact,
            allow_private=parameters.allow_private,
            allow_tdm_reserved=parameters.allow_tdm_reserved,
            keep_raw=parameters.keep_raw is not None,
        ),
        since=datetime.combine(parameters.since, time.min, UTC) if parameters.since else None,
        until=datetime.combine(parameters.until + day, time.min, UTC) if parameters.until else None,
        raw_folder=Path(parameters.keep_raw) if parameters.keep_raw else None,
        rules_folder=Path(parameters.output, ".cache", "site_rules"),
    )
