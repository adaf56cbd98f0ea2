"""`renown subscriptions`: who gets which extract, the first rows of one, a new one, and sending it.

    subscriptions list        each with its last delivery
    subscriptions preview ID  the first rows, with the department's rights; nothing is sent
    subscriptions run ID      deliver the window now, if it was not; look again at earlier ones
    subscriptions resend ID   send once more what was sent, and say why
    subscriptions add         asks, shows the first rows, writes subscriptions.yml and keeps its comments
    subscriptions verify T    what a signed link of a footer says
    subscriptions requests    what holders of such links asked for
    subscriptions ack ID      a person has it
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

    from settings import Settings
    from settings.models import Subscription

app = typer.Typer(help="Extracts for departments: list, preview, send, add.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="ID", help="A subscription of subscriptions.yml.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Day = Annotated[str | None, typer.Option("--until", help="The window that ends before this day (YYYY-MM-DD); default: the schedule's last.")]
SHOWN = 5
LAST = """
select distinct on (subscription_id) subscription_id, status, window_end, issue, row_count, file_name, outdated_at is not null as outdated
from ops.deliveries order by subscription_id, window_end desc, issue desc
"""


@app.command("list")
def list_(json: Json = False) -> None:
    """List subscriptions and their last deliveries."""
    from cli import output
    from cli.warehouse import prepared
    from delivery.requests import waiting
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (connection, _):
        known = {row[0]: row[1:] for row in connection.execute(LAST).fetchall()}
        stopped = {request["subscription"] for request in waiting(connection) if request["kind"] == "stop" and not request["recipient"]}
    rows = [{"id": sub.id, "department": sub.department, "owner": sub.owner, "marts": ", ".join(part.mart for part in sub.parts) or "digest",
             "format": sub.format, "schedule": sub.schedule, **_last(known.get(sub.id)),
             **({"status": "stopped"} if sub.id in stopped else {})} for sub in settings.subscriptions.subscriptions]
    output.print_json(rows) if json else output.records(rows, "subscriptions")


def _last(entry: tuple[Any, ...] | None) -> dict[str, Any]:
    status, until, issue, count, file, outdated = entry or ("never", None, None, None, None, False)
    return {"status": "outdated" if outdated else status, "until": until, "issue": issue, "rows": count, "file": file}


@app.command()
def preview(subscription: Name, until: Day = None, rows: Annotated[int, typer.Option(min=1, max=200, help="How many a mart.")] = SHOWN) -> None:
    """Show the first rows as the department would get them; nothing is sent."""
    from cli.warehouse import prepared
    from delivery.deliver import subscription as named
    from settings import load_settings

    settings = load_settings()
    sub, day = named(settings, subscription), instant(until)
    with prepared(settings.home) as (connection, _):
        show(connection, settings, sub, day, rows)


@app.command()
def run(subscription: Name, until: Day = None) -> None:
    """Deliver a window now, exactly once, without --until those too that were missed; then look again at what was sent earlier."""
    from cli.warehouse import prepared
    from delivery import turn
    from delivery.deliver import subscription as named
    from settings import load_settings

    settings = load_settings()
    sub, day = named(settings, subscription), instant(until)
    with prepared(settings.home) as (_, url):
        for line in turn(settings, sub.id, url=url, window_end=day, catch_up=day is None):
            print(line)


@app.command()
def resend(subscription: Name, why: Annotated[str, typer.Option(help="The reason, which the file and the ledger keep.")], until: Day = None) -> None:
    """Send once more what was sent, as a file of its own that says why."""
    from cli.warehouse import prepared
    from delivery import deliver
    from delivery.deliver import subscription as named
    from settings import load_settings

    settings = load_settings()
    sub, day = named(settings, subscription), instant(until)
    with prepared(settings.home) as (_, url):
        print(deliver(settings, sub.id, url=url, window_end=day, why=why))


@app.command()
def verify(token: Annotated[str, typer.Argument(help="The token of a delivery's link.")]) -> None:
    """Say what a signed link of a delivery's footer asks for (RENOWN_LINK_KEY holds the key)."""
    from cli import output
    from delivery.links import verify as verified

    output.print_json(verified(token))


def show(connection: psycopg.Connection, settings: Settings, sub: Subscription, until: datetime | None, count: int) -> None:
    """Print the first rows of each mart."""
    from cli import output
    from delivery import words
    from delivery.contents import first_rows
    from delivery.window import window_of

    window = window_of(settings, sub, until)
    output.note(f"{sub.id}: {window}, {sub.format} to {sub.channel.shown}, for {sub.department} ({sub.personal_data})")
    if sub.is_digest:
        output.note("the digest has no rows to show: 'renown report' makes one now")
    for table in first_rows(connection, settings, sub, window, count):
        output.table([words.heading(column.name, sub.language) for column in table.columns], list(table.rows), f"marts.{table.mart}")


def instant(day: str | None) -> datetime | None:
    """The day of --until. Raises RenownError."""
    from settings import RenownError

    try:
        return datetime.fromisoformat(day) if day else None
    except ValueError:
        raise RenownError(f"'{day}' is no day", "write it as YYYY-MM-DD", 2) from None
