"""sources.toml -> the sources it lists, each value checked.

The file holds no secrets: credentials are named here and kept elsewhere, and an address with a user name, a password or
a token in it is an error, because addresses are written to rows and logs.
"""

import ipaddress
import math
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from flows.sources import UsageError
from transforms.domains import is_web_address

SourceKind = Literal["feed", "sitemap", "urls", "files", "archive"]

MAX_DELAY_S = 3600.0
MAX_ITEMS = 10_000  # of one source in one run, where it sets no `max_items`
MAX_NAME_LENGTH = 100  # characters
TOP_KEYS = ("contact", "sources")
SOURCE_KEYS = (
    "name",
    "kind",
    "address",
    "addresses",
    "include",
    "exclude",
    "delay_s",
    "max_items",
    "max_rejected",
    "credentials",
)
CREDENTIALS_NAME = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")  # HARBOUR_GAZETTE
# Query parameters that carry secrets: ?token=…, ?api_key=…, ?X-Amz-Signature=…
SECRET_PARAMETER = re.compile(
    r"(?:token|(?:^|api|[_-])key|secret|password|passwd|pwd|auth|session|sig|signature)$", re.IGNORECASE
)
# press@example.org, mailto:press@example.org and https://example.org/bot
CONTACT = re.compile(r"(?:mailto:)?[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+|https?://[^\s()<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSource:
    """One source of articles.

    A feed or sitemap has web addresses; urls have addresses of pages, or text files with one such address a line;
    files and archives have paths and globs, which a relative one starts at the folder of sources.toml. `include` and
    `exclude` are globs over whole addresses in which `*` also matches `/`.
    """

    name: str
    kind: SourceKind
    addresses: tuple[str, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    delay_s: float | None = None  # between two requests to one host; None: the client's default
    credentials: str | None = None  # the name of what is sent to the hosts of its addresses
    max_items: int = MAX_ITEMS  # taken in one run of a feed, sitemap or list; files and archives are read whole
    max_rejected: float | None = None  # share of its inputs above which a run fails; None: the run's own limit

    def wants(self, address: str) -> bool:
        """Return whether `include`, if there is any, matches the address and `exclude` does not."""
        return wants(address, self.include, self.exclude)


def wants(address: str, include: Collection[str], exclude: Collection[str]) -> bool:
    """Return whether `include`, if there is any, matches an address and `exclude` does not."""
    included = not include or any(fnmatchcase(address, pattern) for pattern in include)
    return included and not any(fnmatchcase(address, pattern) for pattern in exclude)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """What one sources.toml says."""

    contact: str | None  # for the user agent: an e-mail address or the address of a page about the crawler
    sources: tuple[WebSource, ...]


def read_source_list(path: Path) -> SourceList:
    """Return the sources that a TOML file lists, in its order.

    Raises UsageError, which names the place (`sources[2].delay_s`, counted from 0), for a file that cannot be read, an
    unknown key, a value of the wrong type or out of range, and an address that holds a secret.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {error}") from error
    _check_keys(table, TOP_KEYS, "")
    contact = _text(table, "contact", "")
    if contact is not None and not CONTACT.fullmatch(contact):
        raise UsageError(f"contact is {contact!r}; it must be an e-mail address or the web address of a page")
    entries = table.get("sources")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path} lists no sources; each one is a [[sources]] table")
    sources = tuple(_read_source(entry, f"sources[{place}]", path.parent) for place, entry in enumerate(entries))
    names = [source.name for source in sources]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise UsageError(f"sources[{place}].name is {name!r}, as of sources[{names.index(name)}]; names differ")
    return SourceList(contact=contact, sources=sources)


def _read_source(entry: Mapping[str, Any], where: str, folder: Path) -> WebSource:
    _check_keys(entry, SOURCE_KEYS, f"{where}.")
    name = _text(entry, "name", f"{where}.")
    if name is None or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise UsageError(f"{where}.name is {name!r}; it must be a line of at most {MAX_NAME_LENGTH} characters")
    kind: Any = entry.get("kind")
    if kind not in get_args(SourceKind):
        raise UsageError(f"{where}.kind is {kind!r}; it must be one of {', '.join(get_args(SourceKind))}")
    delay_s = _number(entry, "delay_s", f"{where}.", low=0, high=MAX_DELAY_S)
    max_rejected = _number(entry, "max_rejected", f"{where}.", low=0, high=1)
    max_items = entry.get("max_items", MAX_ITEMS)
    if type(max_items) is not int or max_items < 1:
        raise UsageError(f"{where}.max_items is {max_items!r}; it must be a whole number from 1")
    addresses = tuple(_checked(address, kind, where, folder) for address in _addresses(entry, where))
    return WebSource(
        name=name,
        kind=kind,
        addresses=addresses,
        include=_texts(entry, "include", f"{where}."),
        exclude=_texts(entry, "exclude", f"{where}."),
        delay_s=delay_s,
        max_items=max_items,
        max_rejected=max_rejected,
        credentials=_credentials(entry, addresses, where),
    )


def _addresses(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    address = _text(entry, "address", f"{where}.")
    addresses = _texts(entry, "addresses", f"{where}.")
    if (address is None) == (not addresses):
        raise UsageError(f"{where} must have either an address or a list of addresses")
    return addresses if address is None else (address,)


def _checked(address: str, kind: SourceKind, where: str, folder: Path) -> str:
    """Return the address of a page, or a path with its folder."""
    if "://" not in address:
        if kind in {"feed", "sitemap"}:
            raise UsageError(f"{where}: {address!r} is no http or https address, which a {kind} needs")
        return str(folder / Path(address).expanduser())
    if kind in {"files", "archive"}:
        raise UsageError(f"{where}: an address of kind {kind} must be a path or a glob, not a web address")
    check_web_address(address, where)
    return address


def check_web_address(address: str, where: str) -> None:
    """Raise UsageError for what is no web address, or holds a secret: addresses are written to rows and logs."""
    if not is_web_address(address):
        raise UsageError(f"{where}: {address.rpartition('@')[2]!r} is no http or https address")
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise UsageError(f"{where}: the address at {parts.hostname} holds a user name or password; it must hold none")
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if SECRET_PARAMETER.search(name):
            raise UsageError(f"{where}: the address at {parts.hostname} holds a secret ({name}=…); it must hold none")


def _credentials(entry: Mapping[str, Any], addresses: Sequence[str], where: str) -> str | None:
    """Return the name of the credentials. Raises UsageError where nobody may be sent them."""
    name = entry.get("credentials")
    if name is None:
        return None
    if not (isinstance(name, str) and CREDENTIALS_NAME.fullmatch(name)):  # not repeated: it may be the secret itself
        raise UsageError(f"{where}.credentials must be a name of letters, digits, - and _, and no secret")
    own = [address for address in addresses if is_web_address(address)]
    if not own:
        raise UsageError(f"{where}.credentials are for the hosts of its own web addresses, of which it has none")
    for address in own:
        parts = urlsplit(address)
        if parts.scheme != "https" and not _is_private(parts.hostname or ""):
            raise UsageError(f"{where}.credentials are sent over https alone, and {address!r} is of {parts.scheme}")
    return name


def _is_private(host: str) -> bool:
    """Return whether a host is an IP address of one's own network, where test servers are."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _check_keys(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise UsageError(f"{where}{key} is unknown; the keys here are {', '.join(known)}")


def _text(table: Mapping[str, Any], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise UsageError(f"{where}{key} is {value!r}; it must be a text")
    return value


def _texts(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise UsageError(f"{where}{key} is {value!r}; it must be a list of texts")
    return tuple(value)


def _number(table: Mapping[str, Any], key: str, where: str, *, low: float, high: float) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if type(value) not in {int, float} or not math.isfinite(value) or not low <= value <= high:
        raise UsageError(f"{where}{key} is {value!r}; it must be a number from {low:g} to {high:g}")
    return float(value)
