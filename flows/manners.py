"""How we behave towards other people's servers, and what an answer of theirs may cost us."""

import re
from dataclasses import dataclass
from importlib.metadata import version

CONTACT = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")  # mailto:news@example.org


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we ask. Raises ValueError for a contact that no header can hold, or a negative delay."""

    contact: str | None = None  # address in the user agent; None: foreign hosts are not asked at all
    delay_s: float = 1.0  # between two requests to one host; a longer crawl-delay of its robots.txt holds
    allow_tdm_reserved: bool = False
    allow_private: bool = False  # for test servers of one's own
    keep_raw: bool = False  # keep bodies as received, for web archives

    def __post_init__(self) -> None:
        if self.contact is not None and not CONTACT.fullmatch(self.contact):
            raise ValueError(f"contact is {self.contact!r}; it must be one line of ASCII, such as an e-mail address")
        if self.delay_s < 0:
            raise ValueError(f"delay_s is {self.delay_s}; it must not be negative")

    @property
    def user_agent(self) -> str:
        """What we call ourselves: `onrecord/0.1.0 (+mailto:news@example.org)`."""
        name = f"onrecord/{version('onrecord')}"
        return f"{name} (+{self.contact})" if self.contact else name


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one address may cost. Sizes in bytes, times in seconds."""

    page_bytes: int = 10_000_000  # as received, and inflated; the longest real pages measure some 5 MB
    list_bytes: int = 50_000_000  # a feed or sitemap; the sitemap protocol's own limit
    header_bytes: int = 65_536  # status line and headers; servers themselves accept 8 to 64 KiB
    connect_s: float = 10.0
    first_byte_s: float = 20.0  # from the request to the end of the answer's headers
    total_s: float = 60.0  # from the request to the end of the body
    redirects: int = 5
    retries: int = 2  # after 429, 500, 502, 503, 504, time-outs and resets
    backoff_s: float = 1.0  # before the first retry, doubled before each further one, with jitter on top
    retry_after_s: float = 60.0  # the longest Retry-After that is waited for
