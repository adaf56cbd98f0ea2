"""`renown alerts`: what is wrong, who was told, and taking it.

    alerts list       open ones, the gravest first (--all: those that are over too)
    alerts show ID    one with its numbers, what happened to it and whom it was told
    alerts ack ID     take it: the escalation ends
    alerts run        look now, as the DAG `watch` does after each build and every five minutes
    alerts test       a drill, marked as such, to whoever would be told
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

app = typer.Typer(help="Alerts: list, show, acknowledge, look now, drill.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The alert, or the beginning of its id.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
LISTED = """
select alert_id::text as id, severity, kind, title, status, opened_at, resolved_at, fire as told, acknowledged_by
from ops.alerts where status = 'open' or %s order by status, severity desc, opened_at desc, alert_id
"""


@app.command("list")
def list_(every: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False, json: Json = False) -> None:
    """List open alerts, the gravest first."""
    from psycopg.rows import dict_row

    from cli import output
    from cli.warehouse import prepared
    from settings import load_settings

    with prepared(load_settings().home) as (connection, _), connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LISTED, (every,)).fetchall()
    output.print_json(rows) if json else output.records([{**row, "id": row["id"][:8]} for row in rows], "alerts")


@app.command()
def show(alert: Id, json: Json = False) -> None:
    """Show one alert: its numbers, its posts, what to do, what happened and whom it was told."""
    from cli import output
    from cli.warehouse import prepared
    from delivery.alerts import history
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (connection, _):
        found = history.of(connection, settings, alert)
    if json:
        output.print_json(vars(found))
        return
    print(found.text)
    output.records(found.events, "what happened")
    output.records(found.messages, "told")


@app.command()
def ack(
    alert: Id,
    by: Annotated[str | None, typer.Option(help="Who takes it; default: the login's name.")] = None,
    note: Annotated[str | None, typer.Option(help="A word for those who look later.")] = None,
) -> None:
    """Acknowledge an alert: its escalation ends, until it grows."""
    import getpass

    from cli.warehouse import prepared
    from delivery.alerts import acknowledge
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (connection, _):
        print(acknowledge(connection, alert, by or getpass.getuser(), settings.now(), "cli", note=note).note)


@app.command()
def run() -> None:
    """Look now: note what is wrong, tell who is on duty, ask who is next; messages that failed are tried at once."""
    from cli.warehouse import prepared
    from delivery.alerts import watch
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (_, url):
        print(watch(settings, url=url, patient=False))


@app.command("test")
def drill(
    department: Annotated[str | None, typer.Option(help="As if of this department; default: the default of duties.yml.")] = None,
    severity: Annotated[int, typer.Option(min=1, max=5, help="As if so grave.")] = 4,
) -> None:
    """Send a drill, marked as such, to whoever is on duty now; it is not escalated."""
    from cli import output
    from cli.warehouse import prepared
    from delivery.alerts.drill import drill as sent
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (_, url):
        rows: list[dict[str, Any]] = sent(settings, url=url, department=department, severity=severity)
    output.records(rows, "drill")
