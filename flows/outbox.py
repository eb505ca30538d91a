"""The way from the crawl's thread to the run: a queue of arrivals, of which pages need a place."""

import asyncio
import queue
from collections.abc import Iterator
from contextlib import suppress

from flows.arrivals import Arrival
from flows.room import Room
from flows.sources import Input


class Outbox:
    """What the event loop of one thread puts in, and another thread takes out, giving the places of pages back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, pages: int, size_bytes: int) -> None:
        self._loop = loop
        self._room = Room(pages, size_bytes)
        self._arrived: queue.SimpleQueue[tuple[Arrival, bool] | BaseException | None] = queue.SimpleQueue()

    # --- in the loop --------------------------------------------------------------------------------------------------

    async def take_place(self) -> None:
        """Wait for a place for one page."""
        await self._room.enter()

    def put(self, arrival: Arrival, *, has_place: bool = False) -> None:
        """Hand an arrival over; `has_place` says that a place was taken for it."""
        if has_place:
            self._room.fill(_size(arrival))
        self._arrived.put((arrival, has_place))

    async def put_input(self, entry: Input) -> None:
        """Hand over an input that was not fetched, when there is a place."""
        await self.take_place()
        self.put(Arrival(entry=entry), has_place=True)

    def end(self, error: BaseException | None = None) -> None:
        """Say that nothing comes any more; an error is raised where the arrivals are taken out."""
        self._arrived.put(error)

    # --- in the run's thread ------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Arrival]:
        while (arrived := self._arrived.get()) is not None:
            if isinstance(arrived, BaseException):
                raise arrived
            arrival, has_place = arrived
            if has_place:
                with suppress(RuntimeError):  # the loop is closed: nobody waits for the place
                    self._loop.call_soon_threadsafe(self._room.leave, _size(arrival))
            yield arrival


def _size(arrival: Arrival) -> int:
    return arrival.entry.size_bytes if arrival.entry else 0
