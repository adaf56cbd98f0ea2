"""What lines of one file say of each other: near-duplicates, and the template that many of them share (`renown enrich FILE`).

The warehouse knows more (stories over a quarter, an author's habits): nlp/stories.py and nlp/bots.py do the same over its rows.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from nlp.bots import Author, Item, score
from nlp.stories import StoryIndex
from nlp.text import URL

REACH = 20_000  # lines that are compared with each other; memory stays flat over a file of any length
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Alike:
    """Call `mark` line by line; nothing is known of the lines to come, so the first of a series has no mark."""

    def __init__(self, reach: int = REACH) -> None:
        self._reach = reach
        self._start()

    def _start(self) -> None:
        self._index = StoryIndex()
        self._firsts: list[Any] = []
        self._copies: Counter[int] = Counter()

    def mark(self, item_id: Any, text: str) -> dict[str, Any]:
        """{"duplicate_of": id of the first near-duplicate or None, "bot": {"score", "reasons"}} of one line."""
        if len(self._firsts) >= self._reach:
            self._start()
        own = len(self._firsts)
        self._firsts.append(item_id)
        first = int(self._index.place(text, str(own)))
        self._copies[first] += 1
        line = Item(str(own), 1, _ANY_TIME, len(URL.findall(text)), len(text), False, self._copies[first], self._copies[first])
        # No writer is told: copies are taken for one writer's, a series by itself.
        found = score(Author("", "", None, None, None, None, (line, line)))
        return {
            "duplicate_of": None if first == own else self._firsts[first],
            "bot": {"score": found["score"], "reasons": found["reasons"]},
        }
