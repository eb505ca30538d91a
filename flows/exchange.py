"""One request and its answer, held to the limits of time and size."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flows.connection import Connection, Head, time_limit
from flows.inflate import Inflater
from flows.manners import FetchLimits
from flows.web import NotFetched

LEFTOVER_BYTES = 65_536  # of an unwanted body are read to keep the connection; beyond, a new one is cheaper
LEFTOVER_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked and how much of an answer is wanted."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)  # may hold credentials
    judge: Callable[[Head], bool]  # whether the body is wanted; raises NotFetched
    body_bytes: int  # limit, as received and inflated
    is_cut: bool = False  # a longer body is cut at the limit instead of refused
    keep_raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    head: Head
    body: bytes = b""  # inflated
    raw_body: bytes | None = None


async def exchange(
    connection: Connection, target: bytes, extra: Iterable[tuple[str, str]], question: Question, limits: FetchLimits
) -> Answer:
    """Return the answer to a question. Raises NotFetched."""
    async with time_limit(limits.total_s, "too_slow", "the answer was not complete"):
        async with time_limit(limits.first_byte_s, "timed_out", "no answer"):
            head = await connection.ask(target, (*extra, *question.headers))
        try:
            is_wanted = question.judge(head)
        except NotFetched:
            await _skip_body(connection)
            raise
        if not is_wanted:
            await _skip_body(connection)
            return Answer(head=head)
        return await _read_body(connection, head, question)


async def _read_body(connection: Connection, head: Head, question: Question) -> Answer:
    limit = question.body_bytes
    announced = head.get("content-length") or ""
    if announced.isdecimal() and int(announced) > limit and not question.is_cut:
        raise NotFetched("too_large", f"the body has {int(announced):,} bytes; the limit is {limit:,}")
    inflater = Inflater(", ".join(head.get_all("content-encoding")), limit)
    received = 0
    body, raw_body = bytearray(), bytearray()  # a list of a million tiny chunks would take fifty times the memory
    while chunk := await connection.read_chunk():
        received += len(chunk)
        body += inflater.feed(chunk)
        if question.keep_raw:
            raw_body += chunk
        if received > limit or inflater.is_full:
            if question.is_cut:
                break
            _refuse(received, limit)
    else:
        inflater.finish()
    return Answer(head=head, body=bytes(body), raw_body=bytes(raw_body) if question.keep_raw else None)


def _refuse(received: int, limit: int) -> None:
    if received > limit:
        raise NotFetched("too_large", f"the body has more than {limit:,} bytes")
    raise NotFetched("inflates_too_far", f"{received:,} bytes inflate to more than {limit:,}")


async def _skip_body(connection: Connection) -> None:
    """Read on to the end of a body that is not wanted, so that the connection can be used again; or give it up."""
    size = 0
    try:
        async with time_limit(LEFTOVER_S, "too_slow", "the rest did not come"):
            while size <= LEFTOVER_BYTES and (chunk := await connection.read_chunk()):
                size += len(chunk)
    except NotFetched:
        connection.close()
