"""Content codings: a body as received -> as meant, never more of it than a limit."""

import zlib

from flows.web import NotFetched

CODINGS = "gzip, deflate"  # what we offer
GZIP = 31  # wbits of zlib: with a gzip header
ZLIB = 15
RAW_DEFLATE = -15


class Inflater:
    """Inflates one body, chunk by chunk. Raises NotFetched for a coding we did not offer."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding = coding.strip().lower().removeprefix("x-")
        if self.coding not in ("", "identity", "gzip", "deflate"):
            raise NotFetched("bad_encoding", f"the content coding is {coding[:40]!r}; we offered {CODINGS}")
        self.limit = limit
        self.size = 0  # inflated so far
        self._inflate: zlib._Decompress | None = None
        self._done = False

    def feed(self, chunk: bytes) -> bytes:
        """Return what a chunk inflates to. Raises NotFetched over the limit, or for damaged data.

        One chunk yields at most one byte more than what the limit leaves.
        """
        if self.coding in ("", "identity"):
            return self._count(chunk)
        parts = []
        while chunk and not self._done:
            if self._inflate is None:
                self._inflate = zlib.decompressobj(GZIP if self.coding == "gzip" else _deflate_wbits(chunk))
            try:
                parts.append(self._count(self._inflate.decompress(chunk, self.limit - self.size + 1)))
            except zlib.error as error:
                raise NotFetched("bad_encoding", f"the body is no {self.coding}: {error}") from error
            chunk = self._inflate.unused_data
            if self._inflate.eof:
                # A gzip body may be several, one behind the other; anything else behind it is padding.
                self._done = not (self.coding == "gzip" and chunk.startswith(b"\x1f"))
                self._inflate = None
        return b"".join(parts)

    def finish(self) -> None:
        """Raise NotFetched if the body ended before its coding did."""
        if self._inflate is not None:
            raise NotFetched("truncated", f"the {self.coding} body ends early, after {self.size:,} bytes inflated")

    def _count(self, inflated: bytes) -> bytes:
        self.size += len(inflated)
        if self.size > self.limit:
            raise NotFetched("inflates_too_far", f"the body inflates to more than {self.limit:,} bytes")
        return inflated


def _deflate_wbits(start: bytes) -> int:
    """Return how to read `deflate`: in zlib's format by the standard (RFC 9110 §8.4.1.2), bare as some servers send it."""
    zlib_header = start[0] & 0x0F == 8 and (len(start) < 2 or int.from_bytes(start[:2], "big") % 31 == 0)
    return ZLIB if zlib_header else RAW_DEFLATE
