"""Room for pages between the web and the run, so that neither is far ahead of the other."""

import asyncio


class Room:
    """Places for so many pages of so many bytes together; used within one event loop."""

    def __init__(self, pages: int, size_bytes: int) -> None:
        self._pages = pages
        self._bytes = size_bytes
        self._change = asyncio.Event()

    async def enter(self) -> None:
        """Take a place, waiting until there is one."""
        while self._pages <= 0 or self._bytes <= 0:
            self._change.clear()
            await self._change.wait()
        self._pages -= 1

    def fill(self, size_bytes: int) -> None:
        """Say how many bytes the page of a place has; the last page may be over the limit."""
        self._bytes -= size_bytes

    def leave(self, size_bytes: int) -> None:
        """Give a place and its bytes back."""
        self._pages += 1
        self._bytes += size_bytes
        self._change.set()
