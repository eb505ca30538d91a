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
        self._members = 0  # that ended: a gzip body may be several, one behind the other

    @property
    def is_full(self) -> bool:
        """Whether the body goes on behind the limit; what does is never inflated."""
        return self.size > self.limit

    def feed(self, chunk: bytes) -> bytes:
        """Return what a chunk inflates to, at most one byte over the limit. Raises NotFetched for damaged data."""
        if self.coding in ("", "identity"):
            self.size += len(chunk)
            return chunk
        parts = []
        while chunk and not self.is_full:
            if self._inflate is None:
                if self._members and not (self.coding == "gzip" and chunk.startswith(b"\x1f")):
                    break  # padding behind the end
                self._inflate = zlib.decompressobj(GZIP if self.coding == "gzip" else _deflate_wbits(chunk))
            try:
                parts.append(self._inflate.decompress(chunk, self.limit - self.size + 1))
            except zlib.error as error:
                raise NotFetched("bad_encoding", f"the body is no {self.coding}: {error}") from error
            self.size += len(parts[-1])
            chunk = self._inflate.unused_data
            if self._inflate.eof:
                self._members += 1
                self._inflate = None
        return b"".join(parts)

    def finish(self) -> None:
        """Raise NotFetched if the body ended before its coding did."""
        if self._inflate is not None:
            raise NotFetched("truncated", f"the {self.coding} body ends early, after {self.size:,} bytes inflated")


def _deflate_wbits(start: bytes) -> int:
    """Return how to read `deflate`: in zlib's format by the standard (RFC 9110 §8.4.1.2), or bare as some send it."""
    zlib_header = start[0] & 0x0F == 8 and (len(start) < 2 or int.from_bytes(start[:2], "big") % 31 == 0)
    return ZLIB if zlib_header else RAW_DEFLATE
