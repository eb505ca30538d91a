"""Articles and people taken out of a dataset for good: their rows or words go, and a hash stays that keeps them out.

Everything is one commit (`flows.store`): once its plan is on disk, a kill changes nothing about how it ends.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.daily_counts import update_daily_counts
from flows.documents import normalize_address
from flows.erased import Erased, hash_address
from flows.report import try_report
from flows.sources import Input, UsageError
from flows.staging import Batch, BatchResult
from flows.store import CommitPlan, Store
from flows.stored import read_article
from flows.table_files import check_dataset, check_partitions
from schemas.records import ProcessedArticle
from transforms.erasure import ErasedNames, hash_name, mask_article, name_words

BATCH_ARTICLES = 1_000  # masked articles in memory, some 60 MB
SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseRequest:
    """What is to be erased. Raises UsageError if that is nothing, or a name without a letter."""

    urls: Sequence[str] = ()  # addresses, of which the articles that call one their own go too
    before: date | None = None  # articles published before that day; first seen, where they have no date
    speakers: Sequence[str] = ()  # names or person keys

    def __post_init__(self) -> None:
        if not self.urls and self.before is None and not self.speakers:
            raise UsageError("nothing to erase is named: --url, --before or --speaker")
        for name in self.speakers:
            if not name_words(name):
                raise UsageError(f"--speaker {name!r} has no letter")

    @property
    def addresses(self) -> set[str]:
        """Return the addresses as given and in normal form."""
        return {address for url in self.urls for address in normal_forms(url)}


def normal_forms(url: str) -> set[str]:
    """Return an address as given and, of the web, in normal form."""
    return {url} if url.startswith("file:") else {url, normalize_address(url)}


@dataclass(slots=True, kw_only=True)
class Erasure:
    """What an erasure takes out of a dataset, or has taken out of it."""

    removed_ids: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)  # that do not come back
    unmatched: list[str] = field(default_factory=list)  # addresses that no article has
    batches: list[Batch] = field(default_factory=list)  # masked articles, staged
    masked_ids: list[list[str]] = field(default_factory=list)  # of each batch
    report_failure: str | None = None  # why there is no report without what was erased; there is none with it either

    def counts(self) -> dict[str, int]:
        """Return how many articles are removed and masked, and how many addresses are refused from now on."""
        return {
            "articles removed": len(self.removed_ids),
            "articles masked": sum(map(len, self.masked_ids)),
            "addresses refused from now on": len(self.addresses),
        }


def erase(
    output: Path,
    request: EraseRequest,
    *,
    confirm: Callable[[Erasure], bool],
    on_wait: Callable[[], None] = lambda: None,
) -> Erasure | None:
    """Erase from the dataset what is asked and return what that was; None if `confirm` says no.

    The dataset is held while `confirm` is asked. Raises NoDatasetError for a folder without a dataset,
    MissingFileError if a file of it is gone.
    """
    check_dataset(output)
    store = Store(output)
    with store.locked(on_wait):
        check_partitions(output)
        salt = store.erased().salt or secrets.token_bytes(SALT_BYTES)
        names = _hash_names(request.speakers, salt)
        erasure = _find_articles(store, request)
        _stage_masked(store, names, erasure)
        agreed = confirm(erasure)
        if agreed:
            register = Erased(
                salt=salt,
                articles=frozenset(hash_address(address, salt) for address in erasure.addresses),
                names=names,
            )
            store.commit(
                CommitPlan(
                    run_id=None,
                    month="",  # no article is new
                    batches=erasure.batches,
                    article_ids=erasure.masked_ids,
                    conflicts=[],
                    succeeded_items=[],
                    removed_ids=erasure.removed_ids,
                    erased=register.lines(),
                )
            )
            update_daily_counts(store)
        store.finish()
        if agreed:
            erasure.report_failure = try_report(store)
    return erasure if agreed else None


def _hash_names(speakers: Sequence[str], salt: bytes) -> ErasedNames:
    hashes: dict[int, set[str]] = {}
    for words in map(name_words, speakers):
        hashes.setdefault(len(words), set()).add(hash_name(words, salt))
    return ErasedNames(salt=salt, hashes=hashes)


def _find_articles(store: Store, request: EraseRequest) -> Erasure:
    """Return the articles to remove: those at the addresses, and those before the day."""
    addresses = request.addresses
    erasure = Erasure(addresses=set(addresses))
    found: set[str] = set()
    columns = ["article_id", "url", "canonical_url", "published_date", "first_seen_at"]
    for partition in store.partitions():
        rows = pq.read_table(store.folder / partition.path("articles"), columns=columns, partitioning=None)
        wanted = pa.array(sorted(addresses), pa.string())
        chosen = pc.or_(pc.is_in(rows["url"], wanted), pc.is_in(rows["canonical_url"], wanted))
        if request.before is not None:
            days = pc.coalesce(rows["published_date"], pc.cast(rows["first_seen_at"], pa.date32(), safe=False))
            chosen = pc.or_(chosen, pc.less(days, pa.scalar(request.before)))
        for row in rows.filter(chosen).to_pylist():
            erasure.removed_ids.append(row["article_id"])
            erasure.addresses.add(row["url"])
            found |= {row["url"], row["canonical_url"]}
    erasure.unmatched = [url for url in request.urls if found.isdisjoint(normal_forms(url))]
    return erasure


def _stage_masked(store: Store, names: ErasedNames, erasure: Erasure) -> None:
    """Stage the articles that name an erased person, masked; removed ones are passed over."""
    if not names.hashes:
        return
    removed = set(erasure.removed_ids)
    waiting: list[ProcessedArticle] = []
    for processed in _articles(store):
        masked = mask_article(processed, names)
        if masked is not processed and processed.article.article_id not in removed:
            waiting.append(masked)
        if len(waiting) == BATCH_ARTICLES:
            _stage(store, waiting, erasure)
            waiting = []
    if waiting:
        _stage(store, waiting, erasure)


def _articles(store: Store) -> Iterator[ProcessedArticle]:
    for partition in store.partitions():
        for tables in store.slices(partition):
            for article_id in tables["articles"]["article_id"].to_pylist():
                yield read_article(tables, article_id)


def _stage(store: Store, articles: Sequence[ProcessedArticle], erasure: Erasure) -> None:
    number = len(erasure.batches)
    key = hashlib.sha256(f"erase\0{number}".encode()).hexdigest()[:32]
    batch = Batch(index=number, key=key, input_count=len(articles), staging=str(store.staging))
    result = BatchResult()
    for processed in articles:
        article = processed.article
        result.add_article(Input(kind="stored", item=article.url, source=article.source), processed)
    result.write(batch)
    erasure.batches.append(batch)
    erasure.masked_ids.append([processed.article.article_id for processed in articles])
