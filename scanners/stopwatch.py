"""Seconds by stage."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds by stage, in the order in which the stages ran."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what the block does, also where it raises."""
        start = self._clock()
        try:
            yield
        finally:
            self.seconds[name] = round(self._clock() - start, 4)
