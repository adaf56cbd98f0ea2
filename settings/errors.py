"""Errors that a person reads: one line with what, where and the mend. The CLI prints them without a traceback."""

from __future__ import annotations

from pathlib import Path


class RenownError(Exception):
    """Anything that a user can mend; `str()` is one line: what, where, mend. `exit_code` is the CLI's."""

    exit_code = 1

    def __init__(self, what: str, mend: str | None = None, exit_code: int | None = None) -> None:
        super().__init__(f"{what}: {mend}" if mend else what)
        self.what, self.mend = what, mend
        if exit_code is not None:
            self.exit_code = exit_code


class ConfigError(RenownError):
    """A file of config/ that cannot be used: names the file, the line (1-based, where known) and the mend."""

    exit_code = 2

    def __init__(self, path: Path | str, line: int | None, what: str, mend: str) -> None:
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: {what}", mend)
        self.path, self.line = Path(path), line
