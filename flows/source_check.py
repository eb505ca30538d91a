"""A list of sources tried out: each feed, sitemap, list, folder and archive, as far as its first few links."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from flows.addresses import redact
from flows.credentials import Credentials, find_in_environment, load_credentials
from flows.discover import discover
from flows.fetch import Fetcher
from flows.found import Problem
from flows.intake import choose, contact_of
from flows.manners import Manners
from flows.source_list import WebSource, read_source_list
from flows.sources import UsageError, list_inputs, match_paths
from flows.warc import read_warc
from flows.web import WebRequest, WebResponse

FIRST_LINKS = 5  # looked for in each source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What came of one source."""

    source: WebSource
    links: Sequence[str]  # the first few
    errors: Sequence[str]  # what is wrong with it, or with parts of it

    @property
    def failed(self) -> bool:
        """Return whether the source leads to nothing."""
        return not self.links


def check_sources(
    path: Path, only: Sequence[str], *, contact: str | None, allow_private: bool, allow_tdm_reserved: bool
) -> list[SourceReport]:
    """Return what came of each source of a list. Raises UsageError for a list that cannot be read.

    So it does for credentials that are not there.
    """
    listed = read_source_list(path)
    manners = Manners(
        contact=contact_of(contact, listed.contact), allow_private=allow_private, allow_tdm_reserved=allow_tdm_reserved
    )
    sources = choose(listed.sources, only)
    return asyncio.run(_check_all(sources, manners, load_credentials(sources, find_in_environment)))


async def _check_all(
    sources: Sequence[WebSource], manners: Manners, credentials: Mapping[str, Credentials]
) -> list[SourceReport]:
    async with Fetcher(manners) as fetcher:
        return await asyncio.gather(*(_check(source, fetcher, credentials.get(source.name)) for source in sources))


async def _check(source: WebSource, fetcher: Fetcher, credentials: Credentials | None) -> SourceReport:
    async def fetch(request: WebRequest) -> WebResponse:
        return await fetcher.fetch(replace(request, credentials=credentials))

    if source.kind in ("files", "archive"):
        return await asyncio.to_thread(_check_paths, source)
    links: list[str] = []
    errors: list[str] = []
    async for found in discover(source, fetch):
        if isinstance(found, Problem):
            errors.append(f"{found.reason}: {found.error}")
        else:
            links.append(redact(found.url))
        if len(links) == FIRST_LINKS:
            break
    return SourceReport(source=source, links=links, errors=errors)


def _check_paths(source: WebSource) -> SourceReport:
    found = _archive_pages(source) if source.kind == "archive" else _files(source)
    try:
        entries = list(islice(found, FIRST_LINKS))
    except UsageError as error:
        return SourceReport(source=source, links=[], errors=[str(error)])
    return SourceReport(
        source=source,
        links=[entry for entry in entries if isinstance(entry, str)],
        errors=[f"{entry.reason}: {entry.error}" for entry in entries if isinstance(entry, Problem)],
    )


def _files(source: WebSource) -> Iterator[str]:
    return (entry.item for entry in list_inputs(source.addresses, source.name, Counter()) if entry.kind != "rejected")


def _archive_pages(source: WebSource) -> Iterator[str | Problem]:
    for address in source.addresses:
        paths = match_paths(address)
        if not paths:
            raise UsageError(f"no such file or folder: {address}")
        for path in paths:
            for found in read_warc(path, source=source.name):
                yield found if isinstance(found, Problem) else found.url
