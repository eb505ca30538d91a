import pytest

from flows.tdm import combine_signals, parse_tdmrep, reserved_by_header, reserved_by_page, reserved_by_site


@pytest.mark.parametrize(
    ("tdmrep", "path", "reserved"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', "/page", True),
        ('[{"location": "/", "tdm-reservation": 0}]', "/page", False),
        ('[{"location": "/news/*", "tdm-reservation": "1"}]', "/news/1", True),
        ('[{"location": "/news/*", "tdm-reservation": 1}]', "/sport/1", None),
        ('[{"location": "/*.html$", "tdm-reservation": 1}]', "/a.html", True),
        ('[{"location": "/*.html$", "tdm-reservation": 1}]', "/a.html?x", None),
        ('[{"location": "/", "tdm-reservation": 1}, {"location": "/free/", "tdm-reservation": 0}]', "/free/1", False),
        ('[{"location": "/a", "tdm-reservation": 0}, {"location": "/a", "tdm-reservation": 1}]', "/a", True),
        ('[{"location": "/", "tdm-reservation": 2}, 7, {"location": 1}, {}]', "/page", None),
        ('{"location": "/", "tdm-reservation": 1}', "/page", None),
        ("<html>", "/page", None),
        ("", "/page", None),
        ("[" * 100_000, "/page", None),
    ],
)
def test_site(tdmrep: str, path: str, reserved: bool | None) -> None:
    assert reserved_by_site(parse_tdmrep(tdmrep.encode()), path.encode()) is reserved


@pytest.mark.parametrize(
    ("headers", "reserved"),
    [
        ([("TDM-Reservation", "1")], True),
        ([("tdm-reservation", " 0 ")], False),
        ([("tdm-reservation", "0"), ("tdm-reservation", "1")], True),
        ([("content-type", "text/html")], None),
    ],
)
def test_header(headers: list[tuple[str, str]], reserved: bool | None) -> None:
    assert reserved_by_header(headers) is reserved


@pytest.mark.parametrize(
    ("page", "reserved"),
    [
        ('<head><meta name="tdm-reservation" content="1"></head>', True),
        ("<META NAME='TDM-Reservation' CONTENT='1'/>", True),
        ('<meta content="1" name="tdm-reservation">', True),
        ("<meta name=tdm-reservation content=1>", True),
        ('<meta name="tdm-reservation" content="0">', False),
        ('<meta name="tdm-reservation" content="maybe">', None),
        ('<meta name="tdm-policy" content="1">', None),
        ('<p>name="tdm-reservation" content="1"</p>', None),
        ("", None),
        ("<meta " * 50_000 + "tdm-reservation", None),
    ],
)
def test_page(page: str, reserved: bool | None) -> None:
    assert reserved_by_page(page.encode()) is reserved


@pytest.mark.parametrize(
    ("signals", "combined"),
    [((), None), ((None, None), None), ((None, False), False), ((False, True, None), True)],
)
def test_one_signal_reserves(signals: tuple[bool | None, ...], combined: bool | None) -> None:
    assert combine_signals(*signals) is combined
