"""Web archives as inputs of a run: pages that were kept, new versions of them, archives read on after a kill."""

import gzip
from pathlib import Path
from unittest.mock import patch

from tests.news_site import NewsSite, feed_of
from tests.runs import counts, fetch, files, rows
from tests.web_archive import MEMBERS


def test_pages_that_were_kept_give_the_same_rows(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(3))
    site.headers = {"tdm-reservation": "0"}
    fetch(tmp_path / "out", sources=feed_of(site, tmp_path), keep_raw=str(tmp_path / "raw"))
    [archive] = (tmp_path / "raw").iterdir()
    again = fetch(tmp_path / "again", str(archive))
    assert counts(again) == (3, 3, 0, 0, 0)
    same = "SELECT * EXCLUDE (run_id, first_seen_at) FROM articles ORDER BY ALL"
    assert rows(tmp_path / "out", same) == rows(tmp_path / "again", same)
    assert rows(tmp_path / "again", "SELECT DISTINCT source, tdm_reserved FROM articles") == [("n", False)]
    for table in ("statements", "speakers", "segments"):
        every = f"SELECT * FROM {table} ORDER BY ALL"
        assert rows(tmp_path / "out", every) == rows(tmp_path / "again", every)


def test_a_better_model_reads_what_was_kept_and_the_newest_version_stays(site: NewsSite, tmp_path: Path) -> None:
    out, raw = tmp_path / "out", tmp_path / "raw"
    site.put_stories(range(2))
    sources = feed_of(site, tmp_path)
    fetch(out, sources=sources, keep_raw=str(raw))
    site.put_stories([1], " of the flood")
    site.pages["/feed.xml"] += b" "
    assert fetch(out, sources=sources, keep_raw=str(raw)).written == 1
    [before] = rows(out, "SELECT text FROM articles WHERE url LIKE '%/1'")
    assert "flood" in before[0]
    archives = [str(path) for path in sorted(raw.iterdir(), key=lambda path: path.stat().st_mtime)]
    assert len(archives) == 2
    with patch("flows.job.pipeline_version", lambda _model: "better"):
        summary = fetch(out, *archives)
    assert counts(summary) == (3, 2, 1, 0, 0)
    assert rows(out, "SELECT text FROM articles WHERE url LIKE '%/1'") == [before]
    assert rows(out, "SELECT DISTINCT pipeline_version FROM articles") == [("better",)]


def test_an_archive_is_gone_on_with_after_a_kill_and_not_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(MEMBERS[0] + gzip.compress(b"WARC/1.1\r\nnonsense") + b"".join(MEMBERS[1:]))
    assert counts(fetch(tmp_path / "whole", str(path)))[0] == 5
    first = fetch(tmp_path / "out", str(path), limit=3)  # ends within the archive, as a kill would
    assert first.inputs == 3
    second = fetch(tmp_path / "out", str(path))
    assert second.inputs == 2
    for sql in ("SELECT url, text FROM articles ORDER BY ALL", "SELECT item, reason FROM rejections ORDER BY ALL"):
        assert rows(tmp_path / "out", sql) == rows(tmp_path / "whole", sql)
    before = files(tmp_path / "out")
    assert counts(fetch(tmp_path / "out", str(path))) == (1, 0, 1, 0, 0)
    assert files(tmp_path / "out") == before
    path.write_bytes(b"".join(MEMBERS))  # mended
    assert counts(fetch(tmp_path / "out", str(path))) == (4, 0, 4, 0, 0)
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == []
