"""`renown dbt`: dbt's own commands that only look, on this warehouse and as of its clock."""

from __future__ import annotations

from typing import Annotated

import typer


def dbt(
    words: Annotated[list[str], typer.Argument(help="dbt's own words, options after --: source freshness, test, list, show, compile, parse, debug.")],
) -> None:
    """Look with dbt: `renown dbt source freshness`, `renown dbt -- test --select mart_customer_care`."""
    from cli.warehouse import open_warehouse
    from settings import load_settings
    from warehouse.connection import connect
    from warehouse.dbt import look, refuse_writing

    refuse_writing(words)
    settings = load_settings()
    with open_warehouse(settings.home) as url:
        connect(url).close()  # a server that is down is told as by every command
        code = look(settings, words, url)
    if code:
        raise typer.Exit(code)
