"""What a delivery is made of, whatever its format: tables of rows read once, and what the file says of itself.

    Subscription + Window + Coverage ──► Document ── tables ──► delivery.formats
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from delivery import words
from delivery.coverage import Coverage
from delivery.query import Column
from delivery.window import Window

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")  # spreadsheets drop them, and what follows begins the cell


@dataclass
class Table:
    """Rows of one mart in the order of `columns`; `count` and `digest` are known once they were read."""

    mart: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]
    count: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        self._hash.update(repr((self.mart, [column.name for column in self.columns])).encode())
        for row in self.rows:
            self.count += 1
            self._hash.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
            yield row

    @property
    def digest(self) -> str:
        """The sha256 of the values read so far, in hex."""
        return str(self._hash.hexdigest())


@dataclass(frozen=True)
class Document:
    """What the file says of itself besides the rows. `owner` '': nobody sends it. `language` None: columns keep their names, the rest is English."""

    title: str
    department: str
    owner: str
    window: Window
    coverage: Coverage
    language: str | None = None
    link: str | None = None
    correction_of: str | None = None

    def heading(self, column: Column) -> str:
        """The column's heading in the reader's language; its name where there is no translation."""
        return words.heading(column.name, self.language)

    def word(self, key: str) -> str:
        """A fixed word of the file in the reader's language."""
        return words.word(key, self.language)

    def coverage_sentence(self, rows: int) -> str:
        """What a reader must know of an empty extract, or of an incomplete one."""
        return words.coverage_sentence(self.coverage, self.window, rows, self.language)

    def footer(self, rows: int) -> list[str]:
        """Coverage, why it came again, and how to change or stop it: one sentence each."""
        lines = [self.coverage_sentence(rows)]
        if self.correction_of:
            lines.append(words.sentence("again", self.language, why=self.correction_of))
        if self.owner:
            lines.append(words.sentence("change", self.language, owner=self.owner))
        return [*lines, words.sentence("link", self.language, link=self.link)] if self.link else lines


def neutral(value: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(CONTROLS) or value.lstrip().startswith(FORMULA_STARTS) else value


def plain(value: Any) -> str:
    """Any value as text: lists and objects as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
