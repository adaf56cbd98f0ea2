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


@app.command()
def metrics() -> None:
    """Print docs/metrics.md: what each number means, where it stands, and an example."""
    from warehouse.metric_definitions import definitions
    from warehouse.metric_docs import document

    print(document(definitions()), end="")
