"""`renown docs`: documents that are made from the code, on stdout."""

from __future__ import annotations

import typer

app = typer.Typer(help="Print documents that are made from the code.", no_args_is_help=True)


@app.callback()
def docs() -> None:
    """Documents that are made from the code."""


@app.command()
def platforms() -> None:
    """Print docs/platforms.md: what each platform offers, as its contract says."""
    from extractors.platform_docs import document
    from extractors.registry import PLATFORMS

    print(document(PLATFORMS), end="")
