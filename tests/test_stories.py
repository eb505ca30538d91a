"""Stories in a dataset: which one an article joins over runs, kills and changes."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import ledger as ledger_module
from flows import staging as staging_module
from flows import stories as stories_module
from flows.job import JobParameters, run_job
from flows.store import CommitPlan, Store
from flows.stories import Stories
from flows.table_files import month_of
from tests.rows import make_processed, stage
from transforms.duplicates import Signatures, sign_texts

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def text(name: str, count: int = 120) -> str:
    """Return a text that hangs on a name alone."""
    random = Random(name)
    return " ".join(f"w{random.randrange(400)}" for _ in range(count))


def enter(store: Store, texts: Mapping[str, str], now: datetime = NOW, *, saves: bool = True) -> None:
    """Write articles as a run at `now` would, in one batch."""
    articles = [make_processed(name, content, now) for name, content in texts.items()]
    article_ids = [processed.article.article_id for processed in articles]
    with store.locked():
        batch = stage(store.staging, f"{now:%m%d%H%M}", articles)
        stories = Stories(store, store.known_articles(), now=now)
        plan = CommitPlan(
            run_id="r",
            month=month_of(now),
            batches=[batch],
            article_ids=[article_ids],
            conflicts=[],
            succeeded_items=[],
            story_ids=stories.join(batch, article_ids),
        )
        store.commit(plan)
        if saves:
            stories.save()


def stories_of(folder: Path) -> dict[str, str]:
    """Return the title of the article that each article's story began with, by title."""
    rows = [row for path in folder.glob("articles/**/*.parquet") for row in pq.ParquetFile(path).read().to_pylist()]
    titles = {row["article_id"]: row["title"] or row["external_id"] for row in rows}
    assert all(row["first_of_story"] == (row["story_id"] == row["article_id"]) for row in rows)
    return {titles[row["article_id"]]: titles.get(row["story_id"], row["story_id"]) for row in rows}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("articles/**/*.parquet")}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A dataset of three articles, one a copy of another."""
    store = Store(tmp_path / "out")
    enter(store, {"a": text("a"), "b": text("b"), "a2": text("a")})
    return store


def test_a_later_run_joins_what_stands_and_rewrites_nothing_else(store: Store) -> None:
    before = files(store.folder)
    enter(store, {"b2": text("b")}, NOW + timedelta(hours=1))
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "b": "b", "b2": "b"}
    assert sum(content != before.get(path) for path, content in files(store.folder).items()) == 1


@pytest.mark.parametrize(("days", "story"), [(29, "a"), (31, "a3")])
def test_what_was_first_seen_too_long_ago_is_not_compared(store: Store, days: int, story: str) -> None:
    enter(store, {"a3": text("a")}, NOW + timedelta(days=days))
    assert stories_of(store.folder)["a3"] == story


def test_a_copy_keeps_a_story_alive(store: Store) -> None:
    enter(store, {"a3": text("a")}, NOW + timedelta(days=20))
    enter(store, {"a4": text("a")}, NOW + timedelta(days=40))
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "a3": "a", "a4": "a", "b": "b"}


def test_a_changed_article_keeps_its_story(store: Store) -> None:
    enter(store, {"a2": text("b"), "b2": text("b"), "a3": text("a")}, NOW + timedelta(days=2))
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "a3": "a", "b": "b", "b2": "b"}
    enter(store, {"a": text("new"), "new": text("new")}, NOW + timedelta(days=40))  # too old to be compared
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "a3": "a", "b": "b", "b2": "b", "new": "new"}


def remove(cache: Path) -> None:
    cache.unlink()


def cut(cache: Path) -> None:
    cache.write_bytes(cache.read_bytes()[:-100])


def rename(cache: Path) -> None:
    cache.rename(cache.with_name("stories-older.npy"))


@pytest.mark.parametrize(
    ("damage", "signed"),
    [(lambda cache: None, 1), (remove, 4), (cut, 4), (rename, 4)],
    ids=["no", "gone", "cut", "old"],
)
def test_what_the_cache_lacks_is_signed_again(store: Store, damage: Callable[[Path], None], signed: int) -> None:
    [cache] = store.folder.glob(".cache/stories-*")
    damage(cache)
    texts: list[str] = []

    def sign(some: Iterable[str]) -> Signatures:
        texts.extend(some := list(some))
        return sign_texts(some)

    with patch.object(stories_module, "sign_texts", sign):
        enter(store, {"a3": text("a")}, NOW + timedelta(hours=1))
    assert len(texts) == signed
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "a3": "a", "b": "b"}
    assert list(store.folder.glob(".cache/stories-*")) == [cache]


def test_a_run_that_was_killed_before_it_saved_its_signatures(store: Store) -> None:
    enter(store, {"c": text("c")}, NOW + timedelta(hours=1), saves=False)
    enter(store, {"c2": text("c"), "b2": text("b")}, NOW + timedelta(hours=2))
    assert stories_of(store.folder) == {"a": "a", "a2": "a", "b": "b", "b2": "b", "c": "c", "c2": "c"}


def test_articles_of_an_older_version_have_stories_of_their_own(store: Store) -> None:
    for path in store.folder.glob("articles/*/*.parquet"):
        rows = pq.ParquetFile(path).read()
        for name, kind in (("story_id", pa.string()), ("first_of_story", pa.bool_())):
            place = rows.schema.get_field_index(name)
            rows = rows.set_column(place, rows.schema.field(name), pa.nulls(rows.num_rows, kind))
        pq.write_table(rows, path)
    enter(store, {"b2": text("b"), "b": text("b") + " End.", "a": "Short.", "a2": "Short."}, NOW + timedelta(days=1))
    assert stories_of(store.folder) == {"a": "a", "a2": "a2", "b": "b", "b2": "b"}


# --- whole runs -------------------------------------------------------------------------------------------------------

TEXTS = {f"r{number}": text(f"{number % 7}", 60 + number) for number in range(21)} | {
    "short": "A text of some words, too short to be compared."
}


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


def run(output: Path, records: Path, workers: int = 1, commit_articles: int = 2_000) -> None:
    parameters = JobParameters(inputs=[str(records)], output=str(output), workers=workers)
    with (
        patch.object(staging_module, "BATCH_INPUTS", 4),
        patch.object(ledger_module, "COMMIT_ARTICLES", commit_articles),
        patch("secrets.token_hex", lambda _: "x"),
    ):
        run_job(parameters, clock=lambda: NOW)


def test_workers_commits_and_kills_change_no_story(tmp_path: Path) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text("".join(json.dumps({"id": key, "text": value}) + "\n" for key, value in TEXTS.items()))
    run(tmp_path / "calm", records)
    stories = stories_of(tmp_path / "calm")
    assert stories == {key: f"r{int(key[1:]) % 7}" if key != "short" else key for key in TEXTS}
    run(tmp_path / "commits", records, workers=2, commit_articles=5)
    assert files(tmp_path / "commits") == files(tmp_path / "calm")
    commit = Store.commit
    with patch.object(Store, "commit", autospec=True) as commits:
        commits.side_effect = lambda store, plan: commit(store, plan) if commits.call_count == 1 else kill()
        with pytest.raises(Killed):
            run(tmp_path / "killed", records, commit_articles=9)
    assert 0 < len(stories_of(tmp_path / "killed")) < len(TEXTS)
    run(tmp_path / "killed", records)
    assert files(tmp_path / "killed") == files(tmp_path / "calm")


def kill() -> None:
    raise Killed
