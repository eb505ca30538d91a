"""Files of many gzip members (RFC 1952), one member at a time, past damaged ones."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

GZIP_SIGNATURE = b"\x1f\x8b\x08"
GZIP_FORMAT = zlib.MAX_WBITS | 16
MAX_INFLATED_BYTES = 4_000_000_000  # of one member: some 10 s until its end is found
CHUNK_BYTES = 1 << 16
INFLATED_CHUNK_BYTES = 1 << 20
SCAN_BYTES = 1 << 20
PROBE_BYTES = 512  # enough of a member to inflate its first bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One gzip member, inflated."""

    offset: int
    content: bytes
    is_cut: bool  # there is more of it than was to be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedMember:
    """A gzip member that cannot be inflated to its end."""

    offset: int
    error: str


def read_members(file: BinaryIO, offset: int, signature: bytes, max_bytes: int) -> Iterator[Member | DamagedMember]:
    """Yield the members of a file from byte `offset` on, at most `max_bytes` of each, give or take a chunk.

    After a damaged one, reading goes on at the next member whose content starts with `signature`.
    """
    end: int | None = offset
    while end is not None:
        offset = end
        file.seek(offset)
        try:
            member = _read_member(file, offset, max_bytes)
            if member is None:
                return
            yield member[0]
            end = member[1]
        except (zlib.error, EOFError) as error:
            yield DamagedMember(offset=offset, error=str(error))
            end = _find_member(file, offset + 1, signature)


def _read_member(file: BinaryIO, offset: int, max_bytes: int) -> tuple[Member, int] | None:
    """Return the member that starts at `offset`, where the file stands, and where it ends; None at the file's end."""
    inflater = zlib.decompressobj(GZIP_FORMAT)
    parts: list[bytes] = []
    size = 0
    while not inflater.eof:
        chunk = inflater.unconsumed_tail or file.read(CHUNK_BYTES)
        if not chunk and file.tell() == offset:
            return None
        if not chunk:
            raise EOFError("the file ends within a gzip member")
        part = inflater.decompress(chunk, INFLATED_CHUNK_BYTES)
        size += len(part)
        if size > MAX_INFLATED_BYTES:
            raise zlib.error(f"a gzip member inflates to more than {MAX_INFLATED_BYTES:,} bytes")
        if size - len(part) <= max_bytes:
            parts.append(part)
    member = Member(offset=offset, content=b"".join(parts), is_cut=size > max_bytes)
    return member, file.tell() - len(inflater.unused_data)


def _find_member(file: BinaryIO, start: int, signature: bytes) -> int | None:
    """Return where, from `start` on, a member starts whose content starts with `signature`; None where none does."""
    file.seek(start)
    window = b""
    while chunk := file.read(SCAN_BYTES):
        window += chunk if len(chunk) == SCAN_BYTES else chunk + bytes(PROBE_BYTES)
        place = window.find(GZIP_SIGNATURE)
        while 0 <= place <= len(window) - PROBE_BYTES:
            if _starts_with(window[place : place + PROBE_BYTES], signature):
                return start + place
            place = window.find(GZIP_SIGNATURE, place + 1)
        start += len(window) - PROBE_BYTES
        window = window[-PROBE_BYTES:]
    return None


def _starts_with(member: bytes, signature: bytes) -> bool:
    try:
        return zlib.decompressobj(GZIP_FORMAT).decompress(member, len(signature)) == signature
    except zlib.error:
        return False
