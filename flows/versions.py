"""The versions of articles that a run has met: what tells a duplicate, an older and a newer one apart."""

from typing import NamedTuple

from flows.staging import Outcome

TIME_BITS = 60  # microseconds since 1970: 36,000 years
MICROSECOND = 1_000_000


class Version(NamedTuple):
    """One version of an article."""

    content: int  # start of its content hash
    captured_us: int  # when its page was captured, in microseconds since 1970; 0 for what is no page
    is_written: bool  # by this run; if not, it stood in the dataset before

    @classmethod
    def of(cls, outcome: Outcome, *, is_written: bool) -> "Version":
        """Return the version that an input is."""
        captured_us = round((outcome.captured_at or 0) * MICROSECOND)
        return cls(int(outcome.content_hash[:16], 16), max(captured_us, 0), is_written)


class Versions:
    """The version that counts of each article, kept as numbers: some 140 bytes each."""

    def __init__(self) -> None:
        self._packed: dict[int, int] = {}

    def find(self, article_id: str) -> Version | None:
        """Return the version of an article that counts so far; None if there is none."""
        packed = self._packed.get(int(article_id, 16))
        if packed is None:
            return None
        return Version(packed >> (TIME_BITS + 1), packed >> 1 & (1 << TIME_BITS) - 1, bool(packed & 1))

    def put(self, article_id: str, version: Version) -> None:
        """Let a version count."""
        content, captured_us, is_written = version
        self._packed[int(article_id, 16)] = (content << TIME_BITS | captured_us) << 1 | is_written
