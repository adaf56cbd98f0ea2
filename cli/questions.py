"""Asking a person at the terminal."""

from __future__ import annotations

import typer


def ask(question: str, default: str | None, yes: bool) -> str:
    """The answer; with `yes` nothing is asked and the default is taken. Raises RenownError where there is none then."""
    from settings import RenownError

    if yes:
        if default is None:
            raise RenownError(f"{question} is not given", "give it as an option, or leave --yes out", 2)
        return default
    return str(typer.prompt(question, default=default))
