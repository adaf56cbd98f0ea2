"""The dashboards as they are written down: dashboards/*.yml, read and checked.

    dashboards/<slug>.yml ──► Dashboard (datasets, charts, rows) ──► bi.superset.bundle

A dataset is SQL over open marts with its roll-up fixed; a metric is named once there, and `one` is the way to show a rate: its value
where the query leaves a single row, and nothing where it would have to be averaged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from settings.yaml_files import read_yaml

FOLDER = Path(__file__).with_name("dashboards")
SHARED = "shared"
Kind = Literal["line", "bar", "groups", "number", "total", "table", "summary"]


class Part(BaseModel):
    """Nothing that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(Part):
    """One number of a dataset: exactly one of `one` (a rate), `sum`, `max` (a column each) and `sql` says how; `interval`: also <column>_lower and _upper.

    `signed` ones are drawn as lines: Superset stacks its bands, which goes wrong below zero.
    """

    label: str
    one: str | None = None
    sum: str | None = None
    max: str | None = None
    sql: str | None = None
    interval: bool = False
    signed: bool = False
    format: str = ",d"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len([way for way in (self.one, self.sum, self.max, self.sql) if way]) != 1 or (self.interval and not self.one):
            raise ValueError("a metric is one of: one, sum, max, sql; an interval belongs to 'one'")
        return self


class Dataset(Part):
    """SQL over marts; `time` is the column that the period filters; `computed` are columns that no mart has, with their types."""

    sql: str
    time: str | None = None
    computed: dict[str, str] = {}
    metrics: dict[str, Metric] = {}

    @property
    def columns(self) -> list[str]:
        """The names in the select list."""
        listed = self.sql[len("select") : self.sql.index("from marts.")]
        depth, parts = 0, [""]
        for letter in listed:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == "," and not depth:
                parts.append("")
            else:
                parts[-1] += letter
        return [part.split()[-1].rpartition(".")[2] for part in parts]


class Chart(Part):
    """One chart: its kind, dataset and what of it. `without` names filters of the dashboard that leave it alone."""

    title: str
    kind: Kind
    dataset: str
    metrics: list[str] = []
    columns: list[str] = []
    order: list[str] = []
    series: str | None = None
    grain: Literal["PT1H", "P1D", "P1W"] | None = None
    limit: int | None = None
    without: list[str] = []


class Dashboard(Part):
    """One file of dashboards/."""

    title: str
    description: str
    filters: list[str]
    colors: dict[str, str] = {}
    text: str
    datasets: dict[str, Dataset]
    charts: dict[str, Chart]
    rows: list[list[str]]
    slug: str = Field(default="")


def read(folder: Path = FOLDER) -> list[Dashboard]:
    """All dashboards, each with the shared datasets and charts in it, by slug. Raises pydantic's ValidationError."""
    shared = _yaml(folder / f"{SHARED}.yml")
    found = []
    for path in sorted(folder.glob("*.yml")):
        if path.stem != SHARED:
            raw = _yaml(path)
            merged = {key: shared[key] | raw[key] for key in ("datasets", "charts")}
            found.append(Dashboard(**raw | merged, slug=path.stem))
    return found


def _yaml(path: Path) -> dict[str, Any]:
    return dict(read_yaml(path.read_text("utf-8")))
