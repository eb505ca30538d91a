"""Runs over lists of sources of every kind, and addresses that are not asked."""

import json
from pathlib import Path

import pytest

from flows.cli import _run
from flows.job import JobParameters, run_job
from flows.sources import UsageError
from tests.news_site import Asked, NewsSite, asked_bodies, write_sources
from tests.runs import counts, fetch, rows
from tests.web_archive import MEMBERS


def test_sources_are_tried_as_a_table(site: NewsSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.put_stories(range(9))
    (tmp_path / "a.warc.gz").write_bytes(b"".join(MEMBERS))
    (tmp_path / "a.txt").write_text("The council met on Monday.")
    sources: list[dict[str, object]] = [
        {"name": "good", "kind": "feed", "address": site.url("/feed.xml")},
        {"name": "pages", "kind": "urls", "addresses": (site.url("/story/1"),)},
        {"name": "kept", "kind": "archive", "address": "a.warc.gz"},
        {"name": "texts", "kind": "files", "address": "a.txt"},
        {"name": "dead", "kind": "feed", "address": site.url("/gone.xml")},
    ]
    path = write_sources(tmp_path / "s.toml", *sources)
    assert _run(["sources", str(path), "--allow-private"]) == 1
    output, error = capsys.readouterr()
    words = output.split()
    assert site.url("/story/4") in words
    assert site.url("/story/5") not in words  # the first few
    assert words.count("ok") == 4
    assert {"https://a.example/0", "file:texts/a.txt", "http_404:"} <= set(words)
    assert error.strip() == "onrecord: 1 of 5 sources failed"
    assert _run(["sources", str(path), "--allow-private", "--only", "good"]) == 0
    assert "dead" not in capsys.readouterr().out
    assert _run(["sources", str(path), "--only", "nobody"]) == 2


def test_a_list_of_all_kinds(site: NewsSite, tmp_path: Path) -> None:
    site.put_stories(range(2))
    sitemap = (
        f"<urlset><url><loc>{site.url('/story/0')}</loc></url><url><loc>{site.url('/story/1')}</loc></url></urlset>"
    )
    site.pages["/sitemap.xml"] = sitemap.encode()
    site.pages["/index.xml"] = (
        f"<sitemapindex><sitemap><loc>{site.url('/sitemap.xml')}</loc></sitemap></sitemapindex>".encode()
    )
    (tmp_path / "a.warc.gz").write_bytes(b"".join(MEMBERS))
    (tmp_path / "a.txt").write_text("The council met on Monday.")
    (tmp_path / "urls.txt").write_text(f"no address\n{site.url('/story/1')}\n")
    path = write_sources(
        tmp_path / "s.toml",
        {"name": "map", "kind": "sitemap", "address": site.url("/index.xml")},
        {"name": "pages", "kind": "urls", "address": "urls.txt"},
        {"name": "kept", "kind": "archive", "address": "a.warc.gz", "exclude": ("*/3",)},
        {"name": "texts", "kind": "files", "address": "a.txt"},
    )
    assert counts(fetch(tmp_path / "out", sources=str(path))) == (7, 6, 0, 0, 1)
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == [("file:pages/urls.txt#line-1",)]
    found = dict(rows(tmp_path / "out", "SELECT source, count(*) FROM articles GROUP BY 1"))
    assert found == {"map": 1, "pages": 1, "kept": 3, "texts": 1}
    (tmp_path / "urls.txt").write_text(f"# mine\n{site.url('/story/1')}\n")
    fetch(tmp_path / "out", sources=str(path), only=["pages"])
    assert rows(tmp_path / "out", "SELECT item FROM rejections") == []
    site.take()
    site.pages["/sitemap.xml"] = sitemap.replace("/story/0", "/story/2").encode()
    site.put_stories([2])
    before = rows(tmp_path / "out", "SELECT url FROM fetches WHERE kind = 'archive'")
    assert before == [("file:kept/a.warc.gz",)]
    assert fetch(tmp_path / "out", sources=str(path), only=["map"]).written == 1  # below an index that is the same
    asked = site.take()
    assert Asked("/index.xml", True, 304) in asked
    assert asked_bodies(asked) == ["/sitemap.xml", "/story/2"]


@pytest.mark.usefixtures("prefect_server")
def test_the_flow_fetches_what_a_list_names(site: NewsSite, tmp_path: Path) -> None:
    from prefect.blocks.system import Secret
    from pydantic import SecretStr

    from flows.news import onrecord

    site.put_stories(range(2))
    site.credentials = "Bearer token-1"
    Secret(value=SecretStr(site.credentials)).save("mine-too")
    source = {"name": "n", "kind": "feed", "address": site.url("/feed.xml"), "credentials": "MINE_TOO"}
    state = onrecord(
        sources=str(write_sources(tmp_path / "s.toml", source)),
        only=["n"],
        allow_private=True,
        output=str(tmp_path / "out"),
        return_state=True,
    )
    assert state.is_completed()
    assert rows(tmp_path / "out", "SELECT count(*) FROM articles") == [(2,)]
    [(parameters,)] = rows(tmp_path / "out", "SELECT parameters FROM runs")
    assert json.loads(parameters)["only"] == ["n"]


def test_a_secret_in_an_address_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        fetch(tmp_path / "out", "https://ann:hidden@news.example.org/story")
    assert "hidden" not in str(caught.value)


def test_a_foreign_host_is_not_asked_without_a_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRECORD_CONTACT", raising=False)
    out = tmp_path / "out"
    run_job(JobParameters(inputs=["http://93.184.216.34/story", "http://127.0.0.1/story"], output=str(out)))
    assert rows(out, "SELECT item, step, reason FROM rejections ORDER BY 1") == [
        ("http://127.0.0.1/story", "fetch", "private_address"),
        ("http://93.184.216.34/story", "fetch", "no_contact"),
    ]
    assert rows(out, "SELECT decision, next_attempt_at FROM fetches") == [("refused", None)] * 2
