"""What is asked of the web and what came back: the types that finders of addresses and the client share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flows.credentials import Credentials

FetchDecision = Literal["fetched", "not_modified", "refused", "failed"]
Wanted = Literal["page", "feed", "sitemap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """One address to ask for."""

    url: str
    wanted: Wanted = "page"
    etag: str | None = None  # validators of the committed version; both None: an unconditional GET
    last_modified: str | None = None
    delay_s: float | None = None  # per-host delay its source asks for; None: the manners' default
    credentials: "Credentials | None" = None  # of its source


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResponse:
    """What became of one request: a body, or the reason why there is none."""

    url: str  # as asked
    final_url: str  # after redirects
    decision: FetchDecision  # fetched: has a body; refused: we chose not to ask or not to keep; failed: it went wrong
    fetched_at: datetime
    status: int | None = None  # HTTP status of the last answer
    reason: str | None = None  # short stable term to group by, for refused and failed
    error: str | None = None  # which value broke which limit, for a person; never a credential
    body: bytes = b""  # inflated
    content_type: str | None = None  # header as sent
    etag: str | None = None
    last_modified: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # as received
    status_line: str = ""
    raw_body: bytes | None = None  # as received (still compressed), kept only when asked
    tdm_reserved: bool | None = None
    retry_after_s: float | None = None


Fetch = Callable[[WebRequest], Awaitable[WebResponse]]  # never raises for anything the network did


REFUSALS = frozenset(
    {
        "headers_too_large",
        "inflates_too_far",
        "invalid_url",
        "no_contact",
        "private_address",
        "repeats_credentials",
        "robots_disallowed",
        "robots_unreachable",
        "tdm_reserved",
        "too_large",
        "unsupported_scheme",
        "wrong_type",
    }
)  # reasons by which we chose not to ask or not to keep


class NotFetched(Exception):
    """Raised where a request ends without a body; the client turns it into its response."""

    def __init__(
        self,
        reason: str,
        error: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(error)
        self.reason = reason
        self.error = error
        self.status = status
        self.retry_after_s = retry_after_s

    def copy(self) -> "NotFetched":
        """Return one to raise again, without the first one's traceback."""
        return NotFetched(self.reason, self.error, status=self.status, retry_after_s=self.retry_after_s)

    @property
    def decision(self) -> FetchDecision:
        """Whether we refused, or it failed."""
        return "refused" if self.reason in REFUSALS else "failed"
