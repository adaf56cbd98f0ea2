"""`renown check`: is config/ usable? Every file is read, then every rule; all findings are told at once.

    config/*.yml ──► load each file (one complaint a file) ──► rules (cli/rules.py) ──► table, exit 0 or 2
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cli.findings import Finding

ERROR_EXIT = 2


def check(
    directory: Annotated[Path | None, typer.Argument(help="Default: RENOWN_CONFIG, else config/.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
) -> None:
    """Check all of config/: each finding with file, line and the mend."""
    from cli import output
    from cli.findings import Finding
    from settings.loader import config_directory

    folder = (directory or config_directory()).resolve()
    found = findings(folder)
    errors = sum(finding.level == "error" for finding in found)
    warnings = len(found) - errors
    if json:
        output.print_json([finding.as_dict() for finding in found])
    elif found:
        output.table(Finding.COLUMNS, (finding.row(folder) for finding in found))
    output.note(f"{folder}: {_count(errors, 'error')}, {_count(warnings, 'warning')}")
    if errors or (strict and warnings):
        raise typer.Exit(ERROR_EXIT)


def findings(directory: Path) -> list[Finding]:
    """Everything there is to say about the folder, errors first. Raises ConfigError where it is no folder."""
    from cli.findings import Folder
    from cli.rules import RULES
    from settings.errors import ConfigError
    from settings.loader import FILES, load_file

    if not directory.is_dir():
        raise ConfigError(directory, None, "no such folder", "run 'renown init' or set RENOWN_CONFIG")
    folder = Folder(directory)
    for stem, model in FILES.items():
        try:
            folder.parts[stem] = load_file(directory / f"{stem}.yml", model)
        except ConfigError as error:
            folder.add_error(error)
    for needs, rule in RULES:
        if all(stem in folder.parts for stem in needs):
            rule(folder)
    return sorted(folder.found, key=lambda finding: finding.level != "error")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
