"""Path patterns of robots.txt and tdmrep.json: a prefix, `*` for anything, `$` at the end for the end.

Matching is by octets after the encoding of RFC 9309 §2.2.2 and takes linear time whatever the pattern: no regular
expression is made of what a server sent.
"""

import re
from dataclasses import dataclass

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
STRUCTURE = frozenset(b"/?%")  # stay as they are, so that `/a/b` and `/a%2Fb` remain two paths
QUERY_STRUCTURE = frozenset(b"=&%")  # behind the first `?`; there a bare `/` is data, as in `?u=https://x.org`
WILDCARD = frozenset(b"*")  # of a pattern; an address spells the character `%2A` when it is compared
ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")  # %7E


def normalise_path(path: bytes) -> bytes:
    """Return a path with query in the one spelling that patterns and addresses are compared in.

    Unreserved octets stand bare, all others percent-encoded, except those that give a path its structure.
    """
    return _encode_path(path, frozenset())


def _encode_path(path: bytes, kept: frozenset[int]) -> bytes:
    before, mark, query = path.partition(b"?")
    return _encode(before, STRUCTURE | kept) + mark + _encode(query, QUERY_STRUCTURE | kept)


def _encode(text: bytes, structure: frozenset[int]) -> bytes:
    decoded = ENCODED.sub(_decode_unreserved, text)
    kept = UNRESERVED | structure
    if kept.issuperset(decoded):
        return decoded
    return b"".join(bytes((octet,)) if octet in kept else b"%%%02X" % octet for octet in decoded)


def _decode_unreserved(match: re.Match[bytes]) -> bytes:
    octet = int(match[1], 16)
    return bytes((octet,)) if octet in UNRESERVED else b"%%%02X" % octet


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPattern:
    """One pattern, cut at its wildcards."""

    pieces: tuple[bytes, ...]
    anchored: bool  # ends in `$`
    length: int  # octets, the measure of how specific it is

    def matches(self, path: bytes) -> bool:
        """Return whether a normalised path matches."""
        first, *rest = self.pieces
        if not path.startswith(first):
            return False
        if not rest:
            return not self.anchored or len(path) == len(first)
        place = len(first)
        *middle, last = rest
        for piece in middle:
            found = path.find(piece, place)
            if found < 0:
                return False
            place = found + len(piece)
        if self.anchored:
            return len(path) - len(last) >= place and path.endswith(last)
        return path.find(last, place) >= 0


def parse_pattern(text: bytes) -> PathPattern:
    """Return the pattern that a rule's value stands for."""
    anchored = text.endswith(b"$")
    encoded = _encode_path(text.removesuffix(b"$"), WILDCARD)
    return PathPattern(pieces=tuple(encoded.split(b"*")), anchored=anchored, length=len(encoded) + anchored)
