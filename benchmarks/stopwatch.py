"""The CPU time of this process inside some functions."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Stopwatch:
    """Adds up what the functions take that it has timed; what one takes inside another counts once."""

    seconds: float = 0.0
    depth: int = 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, to be patched in for itself."""

        def call(*arguments: Any) -> Any:
            start = time.process_time()
            self.depth += 1
            try:
                return function(*arguments)
            finally:
                self.depth -= 1
                if self.depth == 0:
                    self.seconds += time.process_time() - start

        return call
