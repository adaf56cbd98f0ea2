"""The marts as BI tools are told of them: columns with type and description, out of the models' contracts (dbt_project).

dbt_project/models/marts/**/*.yml ──► marts() ──► bi.tableau, bi.metabase, bi.superset
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from settings.loader import REPOSITORY
from settings.yaml_files import read_yaml

FOLDER = REPOSITORY / "dbt_project" / "models" / "marts"
DISTINCT = (
    "author",
    "story",
    "lead",
    "platform_count",
    "series_count",
    "reach",
    "impostor",
    "recovered",
)  # people and stories of two days are not their sum
ROLLED_UP = re.compile(r"'all'|\ball: |^all, |\bor all\b")  # as descriptions tell a roll-up row
LABELS = ("_id", "_rank", "_level", "_number", "iso_", "_year", "month_of_", "version", "severity")


@dataclass(frozen=True)
class Column:
    """One column of a mart: PostgreSQL's type in lower case."""

    name: str
    type: str
    description: str

    @property
    def is_number(self) -> bool:
        return self.type in ("bigint", "integer", "smallint", "double precision", "real") or self.type.startswith("numeric")

    @property
    def is_added(self) -> bool:
        """Whether rows of it may be added up: counts may; rates, medians, differences and distinct people may not."""
        counted = self.name.removesuffix("_without_bots").endswith(
            ("_count", "_numerator", "_denominator")
        ) or self.name.startswith("items_")
        return self.type == "bigint" and counted and not any(word in self.name for word in DISTINCT)

    @property
    def is_label(self) -> bool:
        """A number that only tells things apart, such as a rank."""
        return self.type in ("bigint", "integer") and any(word in self.name for word in LABELS)


@dataclass(frozen=True)
class Mart:
    """One mart; `access` is open or rows (docs/access.md), '' where it is closed."""

    name: str
    description: str
    grain: str
    access: str
    area: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """The column that names a row: the first one."""
        return self.columns[0].name

    @property
    def whole(self) -> dict[str, str]:
        """The values by which each item of the mart is counted once: its roll-up columns at 'all', and one length of periods.

        Marts about the data itself (coverage, restatements, measured quality) count no items: a figure of all banks is not the sum of theirs.
        """
        if not self.name.startswith("mart_") or self.area in ("operations", "trust"):
            return {}
        rolled = {column.name: "all" for column in self.columns if column.type == "text" and ROLLED_UP.search(column.description)}
        return rolled | {column.name: "week" for column in self.columns if column.name == "period_type"}


@cache
def marts() -> tuple[Mart, ...]:
    """Every mart with its columns, by name."""
    found = []
    for path in sorted(FOLDER.rglob("*.yml")):
        for model in read_yaml(path.read_text("utf-8")).get("models", []):
            meta = model.get("config", {}).get("meta", {})
            columns = tuple(
                Column(c["name"], c["data_type"].lower(), " ".join(c.get("description", "").split())) for c in model["columns"]
            )
            found.append(
                Mart(
                    model["name"],
                    " ".join(model["description"].split()),
                    meta.get("grain", ""),
                    meta.get("access", ""),
                    path.parent.name,
                    columns,
                )
            )
    return tuple(sorted(found, key=lambda mart: mart.name))


@cache
def columns() -> dict[str, Column]:
    """Every column of the marts by its name; a name means one thing in all of them."""
    found: dict[str, Column] = {}
    for mart in marts():
        for column in mart.columns:
            found.setdefault(column.name, column)
    return found


def heading(column: str) -> str:
    """A column's name as people read it."""
    words = column.removesuffix("_id").replace("_pct", " %").replace("_", " ")
    return words[:1].upper() + words[1:]
