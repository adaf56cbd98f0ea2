"""What `renown check` finds, and where: a finding names its file and line as an editor knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import yaml

from settings.errors import ConfigError
from settings.loader import FILES, line_of
from settings.models import Settings
from settings.yaml_files import compose_yaml

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: `line` counts from 1 and is None where the file as a whole is meant."""

    level: Level
    path: Path
    line: int | None
    what: str
    mend: str

    COLUMNS: ClassVar[tuple[str, ...]] = ("level", "where", "what", "mend")

    def row(self, folder: Path) -> tuple[str, str, str, str]:
        """The finding as a row of the table, its path relative to the folder."""
        name = str(self.path.relative_to(folder)) if self.path.is_relative_to(folder) else str(self.path)
        return self.level, f"{name}:{self.line}" if self.line else name, self.what, self.mend

    def as_dict(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {"level": self.level, "file": str(self.path), "line": self.line, "what": self.what, "mend": self.mend}


@dataclass
class Folder:
    """A config folder under inspection: `parts` holds each file that loaded, by stem; rules add to `found`."""

    directory: Path
    parts: dict[str, Any] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    _nodes: dict[str, yaml.Node | None] = field(default_factory=dict)

    def error(self, stem: str, location: tuple[Any, ...], what: str, mend: str) -> None:
        """Something that stops a run; `location` is the keys and indexes that lead to the value."""
        self._add("error", stem, location, what, mend)

    def warning(self, stem: str, location: tuple[Any, ...], what: str, mend: str) -> None:
        """Something that runs, but hardly as meant."""
        self._add("warning", stem, location, what, mend)

    def add_error(self, error: ConfigError) -> None:
        """A complaint of the loader's."""
        what = error.what.partition(": ")[2] if error.what.startswith(str(error.path)) else error.what
        self.found.append(Finding("error", error.path, error.line, what, error.mend or ""))

    def settings(self) -> Settings:
        """What loaded as Settings, with defaults in place of the files that did not (banks.yml must have loaded)."""
        parts = {stem: self.parts[stem] if stem in self.parts else model() for stem, model in FILES.items()}
        general = parts.pop("renown")
        return Settings(home=self.directory, config_dir=self.directory, config_version="", general=general, **parts)

    def _add(self, level: Level, stem: str, location: tuple[Any, ...], what: str, mend: str) -> None:
        line = line_of(self._node(stem), location) if location else None
        self.found.append(Finding(level, self.directory / f"{stem}.yml", line, what, mend))

    def _node(self, stem: str) -> yaml.Node | None:
        if stem not in self._nodes:
            path = self.directory / f"{stem}.yml"
            text = path.read_text("utf-8") if path.exists() else ""
            self._nodes[stem] = compose_yaml(text)
        return self._nodes[stem]
