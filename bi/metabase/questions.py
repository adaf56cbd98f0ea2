"""docs/queries.md as questions: number, title, the least role that may ask, SQL, and how to read the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from settings.loader import REPOSITORY

PAGE = REPOSITORY / "docs" / "queries.md"
SECTION = re.compile(
    r"^## (\d+)\. ([^\n]+)\nAs `(\w+)`\.\n```sql\n(.*?)```\n\*\*Columns:\*\* [^\n]+\n\n(\S[^#]*)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Question:
    """One question of the page."""

    name: str
    role: str
    sql: str
    reading: str


def questions() -> list[Question]:
    """All of them, in the page's order."""
    found = SECTION.findall(PAGE.read_text("utf-8"))
    return [
        Question(f"{int(number):02}. {title}", role, sql.strip(), " ".join(reading.split()))
        for number, title, role, sql, reading in found
    ]
