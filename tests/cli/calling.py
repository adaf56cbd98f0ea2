"""What the command's tests assert again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Outcome(NamedTuple):
    """Exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Renown = Callable[..., Outcome]


def one_clear_line(outcome: Outcome) -> str:
    """The failure's line; asserts that it is one line, from us, without a traceback, and that the exit code tells."""
    assert outcome.code != 0
    assert "Traceback" not in outcome.err + outcome.out
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("renown: ")
    return lines[0]
