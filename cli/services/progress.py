"""What a person sees while the platform works: lines with the time since the start, and one live line where there is a terminal."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.status import Status


class Progress:
    """Lines to stderr; on a terminal the last state spins in place, elsewhere it is printed when it changes."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.started = time.monotonic()
        self._status: Status | None = None
        self._last = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clear()

    def say(self, line: str) -> None:
        """A lasting line."""
        self._clear()
        self.console.print(f"[{time.monotonic() - self.started:5.0f} s] {line}", markup=False)

    def state(self, line: str) -> None:
        """The present state, replaced by the next one."""
        if not self.console.is_terminal:
            if line != self._last:
                self.say(line)
        elif self._status is None:
            self._status = self.console.status(line)
            self._status.start()
        else:
            self._status.update(line)
        self._last = line

    def _clear(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
