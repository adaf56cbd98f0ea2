"""`renown subscriptions requests` and `ack`: what holders of signed links asked for, and that a delivery is there.

    subscriptions requests [--settle N]   open requests to stop or change; a stop that is settled delivers again
    subscriptions ack ID                  a person has it (what the link in a message says, too)
"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.subscriptions import Day, Json, Name, instant


def requests(settle: Annotated[int | None, typer.Option(metavar="N", help="Close the request with this number.")] = None, json: Json = False) -> None:
    """List what holders of signed links asked for, or settle one of it."""
    from cli import output
    from cli.warehouse import prepared
    from delivery import requests as asked
    from settings import RenownError, load_settings

    with prepared(load_settings().home) as (connection, _):
        if settle is not None and not asked.settle(connection, settle):
            raise RenownError(f"there is no open request {settle}", "'renown subscriptions requests' lists them", 2)
        rows = asked.waiting(connection)
    output.print_json(rows) if json else output.records(rows, "requests")


def ack(subscription: Name, until: Day = None,
        by: Annotated[str | None, typer.Option(metavar="RECIPIENT", help="Who has it; default: everybody it went to.")] = None) -> None:
    """Note that a person has the delivery of a window."""
    from cli.output import note
    from cli.warehouse import prepared
    from delivery import ledger
    from delivery.deliver import subscription as named
    from delivery.window import window_of
    from settings import RenownError, load_settings

    settings = load_settings()
    sub, day = named(settings, subscription), instant(until)
    window = window_of(settings, sub, day)
    with prepared(settings.home) as (connection, _):
        entry = ledger.newest(connection, sub.id, window)
        count = ledger.confirmed(connection, ledger.Key(sub.id, window, entry.issue), by) if entry else 0
    if not count:
        raise RenownError(f"{sub.id}: nothing was sent for {window}" + (f" to {by}" if by else ""), "'renown subscriptions list' says what was", 2)
    note(f"{sub.id}: {window} is there ({count})")
