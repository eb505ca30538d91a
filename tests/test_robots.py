import time

import pytest

from flows.robots import MAX_CRAWL_DELAY_S, ROBOTS_BYTES, parse_robots

# RFC 9309 §5.1
SIMPLE_EXAMPLE = b"""\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot

EOF
"""

# RFC 9309 §5.2
LONGEST_MATCH = b"""\
User-Agent: foobot
Allow: /example/page/
Disallow: /example/page/disallowed.gif
"""

# RFC 9309 §2.2.1: two groups of the same token are one
TWO_GROUPS = b"""\
user-agent: ExampleBot
disallow: /foo
disallow: /bar

user-agent: *
disallow: /all

user-agent: ExampleBot
disallow: /baz
"""


@pytest.mark.parametrize(
    ("robots", "token", "path", "allowed"),
    [
        (SIMPLE_EXAMPLE, b"anybot", b"/publications/", True),
        (SIMPLE_EXAMPLE, b"anybot", b"/publications/figure.gif", True),
        (SIMPLE_EXAMPLE, b"anybot", b"/example/", False),
        (SIMPLE_EXAMPLE, b"anybot", b"/example/page.html", False),
        (SIMPLE_EXAMPLE, b"anybot", b"/image.gif", False),
        (SIMPLE_EXAMPLE, b"anybot", b"/image.gif?size=2", True),
        (SIMPLE_EXAMPLE, b"anybot", b"/", True),
        (SIMPLE_EXAMPLE, b"foobot", b"/", False),
        (SIMPLE_EXAMPLE, b"foobot", b"/publications/", False),
        (SIMPLE_EXAMPLE, b"foobot", b"/example/page.html", True),
        (SIMPLE_EXAMPLE, b"foobot", b"/example/allowed.gif", True),
        (SIMPLE_EXAMPLE, b"foobot", b"/robots.txt", True),
        (SIMPLE_EXAMPLE, b"barbot", b"/example/page.html", False),
        (SIMPLE_EXAMPLE, b"barbot", b"/example/other.gif", True),
        (SIMPLE_EXAMPLE, b"bazbot", b"/example/page.html", False),
        (SIMPLE_EXAMPLE, b"bazbot", b"/", True),
        (SIMPLE_EXAMPLE, b"quxbot", b"/example/page.html", True),
        (SIMPLE_EXAMPLE, b"quxbot", b"/image.gif", True),
        (LONGEST_MATCH, b"foobot", b"/example/page/disallowed.gif", False),
        (LONGEST_MATCH, b"foobot", b"/example/page/disallow.gif", True),
        (LONGEST_MATCH, b"foobot", b"/example/page/", True),
        (TWO_GROUPS, b"examplebot", b"/foo", False),
        (TWO_GROUPS, b"examplebot", b"/bar/1", False),
        (TWO_GROUPS, b"examplebot", b"/baz", False),
        (TWO_GROUPS, b"examplebot", b"/all", True),
        (TWO_GROUPS, b"otherbot", b"/all", False),
        (TWO_GROUPS, b"otherbot", b"/foo", True),
    ],
)
def test_examples_of_the_standard(robots: bytes, token: bytes, path: bytes, allowed: bool) -> None:
    assert parse_robots(robots, token).allows(path) is allowed


@pytest.mark.parametrize(
    ("lines", "disallowed"),
    [
        # §2.2.1: the token is compared without case, whole, and up to the first octet that is none of it
        ("user-agent: onrecord", True),
        ("USER-AGENT: OnRecord", True),
        ("User-agent: onrecord/0.1 (+https://example.org)", True),
        ("User-agent: onrecord # that is us", True),
        ("User-agent: on", False),
        ("User-agent: record", False),
        ("User-agent: onrecorder", False),
        ("User-agent: *", True),
        ("User-agent: other\nUser-agent: onrecord", True),
        ("User-agent: onrecord\nDisallow: /elsewhere\nUser-agent: other", False),
        # §2.2.4: other records end no group
        ("User-agent: onrecord\nSitemap: https://example.org/s.xml\nUser-agent: other", True),
        ("User-agent: onrecord\nCrawl-delay: 2\nUser-agent: other", True),
        ("User-agent: onrecord\nNonsense\nFoo: bar", True),
        # §2.2.1: no group, no rules
        ("", False),
        ("User-agent:", False),
        # §2.2: octets that some editors put in front
        ("\ufeffUser-agent: onrecord", True),
    ],
)
def test_groups(lines: str, disallowed: bool) -> None:
    robots = parse_robots(f"{lines}\nDisallow: /page\n".encode())
    assert robots.allows(b"/page/1") is not disallowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        # §2.2.2: prefix from the first octet, with case, the most octets win, allow wins a tie, no match allows
        ("Disallow: /fish", "/fish", False),
        ("Disallow: /fish", "/fishheads/yummy.html", False),
        ("Disallow: /fish", "/Fish.asp", True),
        ("Disallow: /fish", "/catfish", True),
        ("Disallow: /fish/", "/fish", True),
        ("Disallow: /p\nAllow: /page", "/page", True),
        ("Allow: /page\nDisallow: /p", "/page", True),
        ("Allow: /p\nDisallow: /page", "/page", False),
        ("Disallow: /folder\nAllow: /folder", "/folder/page", True),
        ("Disallow:", "/anything", True),
        ("Disallow: /\nAllow:", "/anything", False),
        ("Disallow: /", "/robots.txt", True),
        # §2.2.2, the table of encodings
        ("Disallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", False),
        ("Disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", False),
        ("Disallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", False),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /foo/bar/baz", "/foo/bar/%62%61%7A", False),
        ("Disallow: /a/b", "/a%2Fb", True),
        ("Disallow: /a?b", "/a%3Fb", True),
        ("Disallow: /wiki/Special:", "/wiki/Special%3ASearch", False),
        ("Disallow: /100%", "/100%", False),
        # §2.2.3: special characters, and their encoding where they are meant as they stand
        ("Disallow: / # comment in line", "/x", False),
        ("# Disallow: /", "/x", True),
        ("Disallow: /this/path/exactly$", "/this/path/exactly", False),
        ("Disallow: /this/path/exactly$", "/this/path/exactly/more", True),
        ("Disallow: /this/*/exactly", "/this/a/b/exactly", False),
        ("Disallow: /this/*/exactly", "/this//exactly", False),
        ("Disallow: /this/*/exactly", "/this/exactly", True),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False),
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-b.html", True),
        ("Disallow: /path/foo-%24", "/path/foo-$", False),
        ("Disallow: /path/foo-%24", "/path/foo-", True),
        ("Disallow: /a$b", "/a$b", False),
        ("Disallow: /a$b", "/a", True),
        ("Disallow: /*.php$", "/index.php", False),
        ("Disallow: /*.php$", "/index.php?x=1", True),
        ("Disallow: /*.php$", "/a.php/b.php", False),
        ("Disallow: /a*a$", "/a", True),
        ("Disallow: *", "/x", False),
        ("Disallow: /**", "/x", False),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/x", True),
        ("disallow : /x", "/x", False),
        ("Disallow /x", "/x", True),
    ],
)
def test_rules(rules: str, path: str, allowed: bool) -> None:
    robots = parse_robots(f"User-agent: *\n{rules}\n".encode())
    assert robots.allows(path.encode()) is allowed


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_line_ends(end: str) -> None:
    robots = parse_robots(end.join(["User-agent: *", "Disallow: /a", "Disallow: /b"]).encode())
    assert not robots.allows(b"/a")
    assert not robots.allows(b"/b")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("2", 2.0), ("0.5", 0.5), ("3600", MAX_CRAWL_DELAY_S), ("-1", None), ("soon", None), ("", None), ("1e9", None)],
)
def test_crawl_delay(line: str, seconds: float | None) -> None:
    assert parse_robots(f"User-agent: *\nCrawl-delay: {line}\n".encode()).crawl_delay_s == seconds


def test_only_so_much_is_parsed() -> None:
    rules = b"User-agent: *\nDisallow: /first\n" + b"Disallow: /filler\n" * 40_000
    padding = b"#" * (ROBOTS_BYTES - len(b"User-agent: *\n") - len(b"\nDisallow: /"))
    assert not parse_robots(rules + b"Disallow: /late\n").allows(b"/first")
    assert parse_robots(rules + b"Disallow: /late\n").allows(b"/late")
    assert parse_robots(b"User-agent: *\n" + padding + b"\nDisallow: /cut-in-the-middle\n").allows(b"/page")


@pytest.mark.parametrize(
    "content", [b"\x00\xff\xfe" * 100, b"<html><p>no robots.txt</p></html>", b":::\n:\n", b"%" * 50]
)
def test_nonsense_forbids_nothing(content: bytes) -> None:
    assert parse_robots(content).allows(b"/page")


@pytest.mark.parametrize(
    "content",
    [
        b"".join(b"User-agent: bot-%c%c%c\n" % (97 + n % 26, 97 + n // 26 % 26, 97 + n // 676) for n in range(17_000)),
        b"User-agent: *\n" + b"".join(b"Disallow: /*/%d$\n" % number for number in range(25_000)),
        b"User-agent: *\nDisallow: /" + b"\xe3%" * 200_000,
    ],
    ids=["agents", "rules", "octets"],
)
def test_hostile_files_take_no_time(content: bytes) -> None:
    started = time.process_time()
    assert parse_robots(content).allows(b"/page")
    assert time.process_time() - started < 2


def test_hostile_patterns_take_no_time() -> None:
    pattern = b"/" + b"*a" * 100_000 + b"b"
    robots = parse_robots(b"User-agent: *\nDisallow: " + pattern + b"\n")
    started = time.process_time()
    assert robots.allows(b"/" + b"a" * 8000)
    assert time.process_time() - started < 1
