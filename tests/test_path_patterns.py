import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.path_patterns import normalise_path, parse_pattern


@pytest.mark.parametrize(
    ("path", "normalised"),
    [
        # RFC 9309 §2.2.2, the table of encodings
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ("/a%2fb", "/a%2Fb"),
        ("/a b", "/a%20b"),
        ("/%zz%", "/%zz%"),
    ],
)
def test_normalised(path: str, normalised: str) -> None:
    assert normalise_path(path.encode()) == normalised.encode()


@given(st.binary(max_size=30))
def test_normalising_twice_changes_nothing(path: bytes) -> None:
    assert normalise_path(normalise_path(path)) == normalise_path(path)


@given(st.text("ab/*", max_size=8), st.booleans(), st.text("ab/", max_size=10))
def test_matches_as_a_regular_expression_would(pattern: str, anchored: bool, path: str) -> None:
    expression = pattern.replace("*", ".*") + ("$" if anchored else "")
    matches = parse_pattern(f"{pattern}{'$' if anchored else ''}".encode()).matches(path.encode())
    assert matches == bool(re.match(expression, path))
