"""`renown explain`: which posts and cases made a published number, and where each of them came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from warehouse.explain import Explained

SHOWN_ITEMS = 50  # a table for people has an end; --csv and --json give every row


def explain(
    metric: Annotated[str | None, typer.Argument(help="A column of a mart, e.g. net_sentiment or mart_customer_care.response_rate_pct.")] = None,
    bank: Annotated[str | None, typer.Option(help="Bank id.")] = None,
    date: Annotated[str | None, typer.Option(help="Day, or first day of the period, phase or wish; for crisis signals an hour, 2026-03-18T13.")] = None,
    platform: Annotated[str | None, typer.Option(help="Platform; without it the roll-up of all.")] = None,
    period: Annotated[str | None, typer.Option(help="day, week or month.")] = None,
    cell: Annotated[list[str] | None, typer.Option(help="Another key of the mart, e.g. --cell topic_id=cards (repeatable).")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Name every metric that can be explained.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="The items as CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Number and items as one JSON object.")] = False,
) -> None:
    """Show the items behind a published number (in SQL: marts.explain_*)."""
    from cli.output import print_csv, print_json
    from cli.warehouse import open_warehouse
    from settings import RenownError
    from settings.home import home_path
    from warehouse.connection import connect
    from warehouse.explain import explain_number

    given = _given(platform, period, cell or [])
    if not listing and not (metric and bank and date):
        raise RenownError("explain wants METRIC, --bank and --date", "'renown explain --list' names the metrics", exit_code=2)
    with open_warehouse(home_path()) as url, connect(url) as connection:
        connection.read_only = True
        _built(connection)
        if listing or not (metric and bank and date):
            _list(connection)
            return
        found = explain_number(connection, metric, bank, date, given)
        connection.rollback()
    if csv:
        print_csv(list(found.items[0]) if found.items else [], [tuple(item.values()) for item in found.items])
    elif json:
        print_json({**vars(found), "sums": found.sums()})
    else:
        _show(found)


def _given(platform: str | None, period: str | None, cells: list[str]) -> dict[str, str]:
    """The keys that the caller gave. Raises RenownError for a --cell without '='."""
    from settings import RenownError

    given = {key: value for key, value in (("platform", platform), ("period_type", period)) if value}
    for text in cells:
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise RenownError(f"--cell '{text}' is no key=value", "write it as --cell topic_id=cards", exit_code=2)
        given[key] = value
    return given


def _built(connection: Any) -> None:
    from settings import RenownError

    if connection.execute("select to_regclass('marts.dim_metric')").fetchone() == (None,):
        raise RenownError("the marts are not built yet", "'make run' or 'renown ingest' build them", exit_code=2)


def _list(connection: Any) -> None:
    from cli.output import note, table
    from warehouse.explain import NOT_BRIDGED

    table(("mart", "metric", "formula", "part", "counts where"), connection.execute(
        "select mart, metric, formula, part, rule from marts.dim_metric order by mart, metric, part desc").fetchall())
    for mart, told in NOT_BRIDGED.items():
        note(f"{mart} has no bridge: {told}")


def _show(found: Explained) -> None:
    from cli.output import cell, note, table

    where = ", ".join(f"{key} {cell(value)}" for key, value in found.cell.items())
    print(f"{found.mart}.{found.metric} ({where}): {cell(found.published) or 'not published'}")
    if found.recomputed is not None:
        print(f"the items make {found.recomputed:.10g} ({found.formula})")
    sums = found.sums()
    table(("part", "sum", "items", "counts where"), [
        (part, sums[part], sum(item["part"] == part for item in found.items), rule) for part, rule in found.rules.items()])
    if found.items:
        table(list(found.items[0]), [tuple(item.values()) for item in found.items[:SHOWN_ITEMS]])
    if len(found.items) > SHOWN_ITEMS:
        note(f"the first {SHOWN_ITEMS} of {len(found.items)} items; --csv prints all")
