"""Credentials of sources: sources.toml names them, the environment holds them, only the source's own hosts get them."""

import base64
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import httpx

from flows.addresses import Origin, origin_of, parse_url
from flows.source_list import WebSource
from flows.sources import UsageError
from transforms.domains import is_web_address

VARIABLE_PREFIX = "ONRECORD_CREDENTIALS_"
BEARER = re.compile(r"Bearer [A-Za-z0-9._~+/-]+=*")  # Bearer mF_9.B5f-4.1JqM (RFC 6750 §2.1)
USER_PASSWORD = re.compile(r"[^:\x00-\x1f\x7f]+:[^\x00-\x1f\x7f]+")  # ann:s3cret (RFC 7617 §2)
HIDDEN = "***"

FindSecret = Callable[[str], str | None]  # name -> value; None: there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What one source sends to its own hosts, in which no representation shows it."""

    origins: frozenset[Origin]
    authorization: str = field(repr=False)
    value: str = field(repr=False)  # as it was given

    def headers_for(self, url: httpx.URL) -> tuple[tuple[str, str], ...]:
        """Return the header for one address: none for a host that is not the source's own."""
        return (("authorization", self.authorization),) if origin_of(url) in self.origins else ()

    def are_in(self, texts: Iterable[str | bytes]) -> bool:
        """Return whether one of the texts repeats them."""
        data = [text.encode() if isinstance(text, str) else text for text in texts]
        return any(form.encode() in text for text in data for form in self._forms())

    def hide(self, text: str) -> str:
        """Return a text without them."""
        for form in self._forms():
            text = text.replace(form, HIDDEN)
        return text

    def _forms(self) -> tuple[str, str]:
        return self.authorization.partition(" ")[2], self.value.removeprefix("Bearer ")


def variable_of(name: str) -> str:
    """Return the environment variable that holds the credentials of a name."""
    return VARIABLE_PREFIX + name.upper().replace("-", "_")


def find_in_environment(name: str) -> str | None:
    """Return the credentials of a name; None where their variable is not set."""
    return os.environ.get(variable_of(name))


def load_credentials(sources: Iterable[WebSource], find: FindSecret) -> Mapping[str, Credentials]:
    """Return the credentials of each source that names some, by the source's name.

    Raises UsageError for those that are not there, or are neither `user:password` nor `Bearer` and a token.
    """
    return {source.name: _load(source, source.credentials, find) for source in sources if source.credentials}


def _load(source: WebSource, name: str, find: FindSecret) -> Credentials:
    value = (find(name) or "").strip()
    if BEARER.fullmatch(value):
        authorization = value
    elif USER_PASSWORD.fullmatch(value):
        authorization = f"Basic {base64.b64encode(value.encode()).decode()}"
    else:
        problem = "is neither user:password nor Bearer and a token" if value else "is not set"
        raise UsageError(f"the source {source.name!r} has the credentials {name}, and {variable_of(name)} {problem}")
    own = [address for address in source.addresses if is_web_address(address)]
    return Credentials(
        origins=frozenset(origin_of(parse_url(address)) for address in own), authorization=authorization, value=value
    )
