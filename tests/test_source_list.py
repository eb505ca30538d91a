"""sources.toml is read whole or refused with the place that is wrong."""

from pathlib import Path

import pytest

from flows.source_list import MAX_ITEMS, SourceList, WebSource, read_source_list
from flows.sources import UsageError
from tests.conftest import ROOT

FEED = '[[sources]]\nname = "a"\nkind = "feed"\naddress = "https://a.example/feed"\n'


def read(tmp_path: Path, text: str) -> SourceList:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    return read_source_list(path)


def test_every_key(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'contact = "data@news.example"\n[[sources]]\nname = "wire"\nkind = "sitemap"\n'
        'addresses = ["https://a.example/1.xml", "https://a.example/2.xml"]\n'
        'include = ["*/news/*"]\nexclude = ["*/video/*"]\ndelay_s = 2\nmax_items = 50\ncredentials = "WIRE_1"\n',
    )
    source = WebSource(
        name="wire",
        kind="sitemap",
        addresses=("https://a.example/1.xml", "https://a.example/2.xml"),
        include=("*/news/*",),
        exclude=("*/video/*",),
        delay_s=2.0,
        max_items=50,
        credentials="WIRE_1",
    )
    assert found == SourceList(contact="data@news.example", sources=(source,))


def test_what_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, FEED)
    [source] = found.sources
    assert found.contact is None
    assert (source.include, source.exclude, source.delay_s, source.max_items) == ((), (), None, MAX_ITEMS)


def test_paths_start_at_the_folder_of_the_list(tmp_path: Path) -> None:
    kinds = {"files": "pages", "archive": "raw/*.warc.gz", "urls": "urls.txt"}
    text = "".join(
        f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\naddress = "{path}"\n' for kind, path in kinds.items()
    )
    found = [source.addresses for source in read(tmp_path, text).sources]
    assert found == [(str(tmp_path / path),) for path in kinds.values()]
    [absolute] = read(tmp_path, text.replace("pages", "/srv/pages")).sources[0].addresses
    assert absolute == "/srv/pages"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('name = "a"', 'name = "a"\ncolour = 1'), "sources[0].colour is unknown; the keys here are name, kind,"),
        (("[[sources]]", "contcat = 'x'\n[[sources]]"), "contcat is unknown; the keys here are contact, sources"),
        (('name = "a"', ""), "sources[0].name is None"),
        (('name = "a"', "name = 7"), "sources[0].name is 7; it must be a text"),
        (('name = "a"', 'name = "a\\nb"'), "sources[0].name is 'a\\nb'"),
        (('"feed"', '"rss"'), "sources[0].kind is 'rss'; it must be one of feed, sitemap, urls, files, archive"),
        (('kind = "feed"', "kind = ['feed']"), "sources[0].kind is ['feed']"),
        (("address =", "delay_s = -1\naddress ="), "sources[0].delay_s is -1; it must be a number from 0 to 3600"),
        (("address =", "delay_s = nan\naddress ="), "sources[0].delay_s is nan"),
        (("address =", "delay_s = true\naddress ="), "sources[0].delay_s is True"),
        (("address =", "max_items = 0\naddress ="), "sources[0].max_items is 0; it must be a whole number from 1"),
        (("address =", "max_items = 1.5\naddress ="), "sources[0].max_items is 1.5"),
        (
            ("address =", "max_rejected = 1.5\naddress ="),
            "sources[0].max_rejected is 1.5; it must be a number from 0 to 1",
        ),
        (("address =", "max_rejected = '5%'\naddress ="), "sources[0].max_rejected is '5%'; it must be a number"),
        (("address =", "include = 'x'\naddress ="), "sources[0].include is 'x'; it must be a list of texts"),
        (("address =", "addresses = ['https://b.example/']\naddress ="), "sources[0] must have either an address or"),
        (('address = "https://a.example/feed"', ""), "sources[0] must have either an address or a list of addresses"),
        (("https://a.example/feed", "a.example/feed"), "sources[0]: 'a.example/feed' is no http or https address"),
        (("https://a.example/feed", "ftp://a.example/feed"), "sources[0]: 'ftp://a.example/feed' is no http or https"),
        (("https://a.example/feed", "file:///etc/passwd"), "sources[0]: 'file:///etc/passwd' is no http or https"),
        (('"feed"', '"archive"'), "sources[0]: an address of kind archive must be a path or a glob"),
        (("[[sources]]", "contact = 'me'\n[[sources]]"), "contact is 'me'; it must be an e-mail address or"),
        (("[[sources]]", 'contact = "a@b.example\\r\\nX: y"\n[[sources]]'), "contact is 'a@b.example\\r\\nX: y'"),
        ((FEED, FEED + FEED), "sources[1].name is 'a', as of sources[0]; names differ"),
        ((FEED, ""), "lists no sources"),
        ((FEED, "sources = 3"), "lists no sources"),
        ((FEED, "= nonsense"), "Invalid statement"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, FEED.replace(*change))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://me:hunter2@a.example/feed",
        "https://hunter2@a.example/feed",
        "https://a.example/feed?token=hunter2",
        "https://a.example/feed?x=1&api_key=hunter2",
        "https://a.example/feed?X-Amz-Signature=hunter2",
        "https://a.example/feed?ACCESS_TOKEN=hunter2",
        "ftp://me:hunter2@a.example/feed",
    ],
)
def test_secrets_are_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, FEED.replace("https://a.example/feed", address))
    assert "sources[0]" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "kind", "credentials", "message"),
    [
        ("https://a.example/feed", "feed", '"ann:hunter2"', "sources[0].credentials must be a name of letters"),
        ("https://a.example/feed", "feed", '["hunter2"]', "sources[0].credentials must be a name of letters"),
        ("https://a.example/feed", "feed", '""', "sources[0].credentials must be a name of letters"),
        ("http://a.example/feed", "feed", '"A"', "'http://a.example/feed' is of http"),
        ("http://localhost/feed", "feed", '"A"', "sent over https alone"),
        ("http://8.8.8.8/feed", "feed", '"A"', "sent over https alone"),
        ("urls.txt", "urls", '"A"', "for the hosts of its own web addresses, of which it has none"),
        ("pages", "files", '"A"', "for the hosts of its own web addresses, of which it has none"),
        ("https://a.example/feed", "feed", '"A-b_1"', None),
        ("http://127.0.0.1:8080/feed", "feed", '"A"', None),
        ("http://[fd00::1]/feed", "feed", '"A"', None),
    ],
)
def test_credentials_are_named_for_hosts_that_may_have_them(
    tmp_path: Path, address: str, kind: str, credentials: str, message: str | None
) -> None:
    text = f'[[sources]]\nname = "a"\nkind = "{kind}"\naddress = "{address}"\ncredentials = {credentials}\n'
    if message is None:
        assert read(tmp_path, text).sources[0].credentials == credentials.strip('"')
        return
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("query", ["?keyword=tax", "?author=lee", "?monkey=1", "?design=new", "?page=2"])
def test_other_parameters_are_no_secrets(tmp_path: Path, query: str) -> None:
    assert read(tmp_path, FEED.replace("/feed", f"/feed{query}")).sources[0].addresses[0].endswith(query)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_source_list(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("include", "exclude", "address", "wanted"),
    [
        ((), (), "https://a.example/x", True),
        (("*/news/*",), (), "https://a.example/news/2026/11/x", True),
        (("*/news/*",), (), "https://a.example/sport/x", False),
        (("*/news/*", "*/sport/*"), (), "https://a.example/sport/x", True),
        ((), ("*/video/*",), "https://a.example/video/x", False),
        (("*/news/*",), ("*/video/*",), "https://a.example/news/video/x", False),
        (("https://a.example/*",), (), "https://evil.example/https://a.example/x", False),
    ],
)
def test_patterns(include: tuple[str, ...], exclude: tuple[str, ...], address: str, wanted: bool) -> None:
    source = WebSource(name="a", kind="feed", addresses=(), include=include, exclude=exclude)
    assert source.wants(address) is wanted


def test_the_example_is_valid_and_shows_every_kind() -> None:
    found = read_source_list(ROOT / "examples" / "sources.toml")
    assert {source.kind for source in found.sources} == {"feed", "sitemap", "urls", "files", "archive"}
    assert found.contact
    paths = [address for source in found.sources for address in source.addresses if "://" not in address]
    assert all(list(Path(path).parent.glob(Path(path).name)) for path in paths)
