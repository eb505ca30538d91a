import pytest

from flows.addresses import parse_url
from flows.documents import normalize_address
from flows.dot_segments import remove_dot_segments


@pytest.mark.parametrize(
    ("path", "without"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/b/", "/a/b/"),
        ("/a/b/c/./../../g", "/a/g"),  # RFC 3986 §5.2.4
        ("/./g", "/g"),  # §5.4.2, like the next ones
        ("/../g", "/g"),
        ("/b/c/g.", "/b/c/g."),
        ("/b/c/..g", "/b/c/..g"),
        ("/b/c/./g/.", "/b/c/g/"),
        ("/b/c/g;x=1/../y", "/b/c/y"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/a//../b", "/a/b"),
        ("/a/%2e%2e/b", "/b"),  # the URL standard's double-dot segments
        ("/a/.%2E/b", "/b"),
        ("/a/%2E./b", "/b"),
        ("/a/%2e/b", "/a/b"),
        ("/a/%2e", "/a/"),
        ("/a%2f..%2fb", "/a%2f..%2fb"),  # %2f does not part segments
        ("/a/..%2fb", "/a/..%2fb"),
        ("/a/%2e%2e%2fb", "/a/%2e%2e%2fb"),
        ("/a/%252e%252e/b", "/a/%252e%252e/b"),  # encoded twice: no dots
        ("/a/.../b", "/a/.../b"),
    ],
)
def test_dot_segments(path: str, without: str) -> None:
    assert remove_dot_segments(path) == without
    assert remove_dot_segments(without) == without
    address = normalize_address(f"https://a.example{path}?q=/../x")
    assert address == f"https://a.example{without}?q=%2F..%2Fx"
    assert normalize_address(address) == address
    assert parse_url(address).raw_path.decode() == f"{without}?q=%2F..%2Fx"


def test_what_is_asked_for_has_no_dot_segments() -> None:
    assert parse_url("https://a.example/a/%2e%2e/b/%2E/c?q=/%2e%2e/").raw_path == b"/b/c?q=/%2e%2e/"
    assert parse_url("https://a.example/a%2f..%2fb").raw_path == b"/a%2f..%2fb"


@pytest.mark.parametrize("url", ["https://a.example", "urn:a/../b"])
def test_addresses_without_a_path_from_a_root(url: str) -> None:
    assert normalize_address(url) == url
