"""Several alerts as one list, cut to a chat's room so that no alert goes unsaid.

    (line, link) of each ──► all with their links ──► too long? all without ──► still too long? the first ones and "and 7 more"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from delivery import words
from delivery.channels import Message, chat

Row = tuple[str, str | None]


def text(rows: Sequence[Row], language: str | None, room: int | None) -> str:
    """The list, the gravest first as given, and how to take each; `room`: letters of the channel's messages, None: no bound.

    A channel so narrow that not even one alert fits gets the shortest there is.
    """
    tries = _tries(rows, language)
    found = next(tries)
    while room is not None and not chat.fits(Message("", found, language=language), room):
        shorter = next(tries, None)
        if shorter is None:
            break
        found = shorter
    return found


def _tries(rows: Sequence[Row], language: str | None) -> Iterator[str]:
    """From the longest to the shortest."""
    yield _made([f"{line}\n    {link}" if link else line for line, link in rows], 0, language)
    lines = [line for line, _ in rows]
    for left in range(len(rows)):
        yield _made(lines[: len(rows) - left], left, language)


def _made(lines: list[str], left: int, language: str | None) -> str:
    more = [words.sentence("alert_and_more", language, count=left, command="renown alerts list")] if left else []
    each = words.sentence("alert_take_each", language, command="renown alerts ack ID")
    return f"{words.sentence('alert_list', language)}\n\n" + "\n".join([*lines, *more]) + f"\n\n{each}\n"
