"""`renown subscriptions add`: a new extract, asked for or by options; the first rows are shown before subscriptions.yml is written.

    questions ──► Subscription ──► the rules of `renown check` ──► first rows, with the department's rights ──► subscriptions.yml
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

if TYPE_CHECKING:
    from settings import Settings
    from settings.models import Subscription

CONDITION = re.compile(r"(\w+)\s*(!=|>=|<=|=|>|<|\bin\b|\bis not null\b|\bis null\b)\s*(.*)", re.DOTALL)


def add(
    id_: Annotated[str | None, typer.Option("--id", help="Its name: small letters, digits, underscores.")] = None,
    department: Annotated[str | None, typer.Option(help="Who gets it.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whom to ask to change or stop it.")] = None,
    mart: Annotated[str | None, typer.Option(help="Which mart.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns, with commas between; default: all.")] = None,
    filter_: Annotated[list[str] | None, typer.Option("--filter", help='A condition like "platform = x" or "n in [1, 2]"; again for each.')] = None,
    window_column: Annotated[str | None, typer.Option(help="The column that lies inside the window; default: none.")] = None,
    window: Annotated[str | None, typer.Option(help="day, week or month; default: week.")] = None,
    schedule: Annotated[str | None, typer.Option(help="A cron expression; default: Monday at 7.")] = None,
    format_: Annotated[str | None, typer.Option("--format", help="xlsx, csv, parquet, json or hyper; default: xlsx.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the headings: en, ru, zh, ar, tr; default: names of columns.")] = None,
    channel: Annotated[str | None, typer.Option(help="folder, s3, sftp, email or chat; default: folder.")] = None,
    path: Annotated[str | None, typer.Option(help="The folder, bucket/prefix or directory; default: deliveries/<department>.")] = None,
    to: Annotated[str | None, typer.Option(help="Addresses of e-mail, with commas between.")] = None,
    conn_id: Annotated[str | None, typer.Option(help="The name of the server's address (docs/deliveries.md).")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: what is not given gets its default.")] = False,
) -> None:
    """Add a subscription: asks, shows the first rows, writes subscriptions.yml."""
    from cli.config_entries import write_entry
    from cli.output import note
    from cli.subscriptions import SHOWN, show
    from cli.warehouse import prepared
    from settings import load_settings
    from settings.models import Subscriptions

    settings = load_settings()
    given = {"id": id_, "department": department, "owner": owner, "mart": mart, "columns": columns, "window_column": window_column,
             "window": window, "schedule": schedule, "format": format_, "language": language, "channel": channel, "path": path, "to": to, "conn_id": conn_id}
    entry = entry_of({name: value for name, value in given.items() if value is not None}, filter_ or [], settings, yes)
    sub = checked(entry, settings)
    with prepared(settings.home) as (connection, _):
        show(connection, settings, sub, None, SHOWN)
    if not yes and not typer.confirm("Write it?", default=True):
        raise typer.Abort
    file = settings.config_dir / "subscriptions.yml"
    write_entry(file, "subscriptions", entry, Subscriptions)
    note(f"wrote {sub.id} into {file}; its DAG is deliver__{sub.id}")


def entry_of(given: dict[str, str], filters: list[str], settings: Settings, yes: bool) -> dict[str, Any]:
    """The answers as an entry of subscriptions.yml, asking for what was not given."""
    from cli.questions import ask

    departments = ", ".join(department.id for department in settings.departments.departments)
    name = given.get("id") or ask("Name of the subscription", None, yes)
    department = given.get("department") or ask(f"Department ({departments})", None, yes)
    entry: dict[str, Any] = {"id": name, "department": department,
                             "owner": given.get("owner") or ask("Whom to ask to change or stop it", department, yes),
                             "mart": given.get("mart") or ask("Mart", None, yes)}
    chosen = given.get("columns") if "columns" in given else ("" if yes else typer.prompt("Columns (empty: all)", default="", show_default=False))
    if chosen:
        entry["columns"] = [column.strip() for column in chosen.split(",")]
    if conditions := [condition(text) for text in filters]:
        entry["filters"] = conditions
    column = given.get("window_column") or ("" if yes else typer.prompt("Column inside the window (empty: none)", default="", show_default=False))
    if column:
        entry["window_column"] = column
    entry["schedule"] = given.get("schedule") or ask("Schedule", "0 7 * * 1", yes)
    entry["window"] = {"unit": given.get("window") or ask("Window (day, week, month)", "week", yes)}
    entry["format"] = given.get("format") or ask("Format", "xlsx", yes)
    if "language" in given:
        entry["language"] = given["language"]
    return {**entry, "channel": _channel(given, department, yes)}


def _channel(given: dict[str, str], department: str, yes: bool) -> dict[str, Any]:
    """Where it goes: a path for stores, addresses for e-mail."""
    from cli.questions import ask

    kind = given.get("channel", "email" if "to" in given else "folder")
    channel: dict[str, Any] = {"kind": kind}
    if kind == "email":
        channel["to"] = [address.strip() for address in (given.get("to") or ask("To whom (addresses)", None, yes)).split(",")]
    elif kind != "chat" or "path" in given:
        channel["path"] = given.get("path") or ask("Folder" if kind == "folder" else "Path", f"deliveries/{department}", yes)
    return {**channel, "conn_id": given["conn_id"]} if "conn_id" in given else channel


def condition(text: str) -> dict[str, Any]:
    """A filter from its words: a column, an operator, and a YAML value. Raises RenownError."""
    from settings import RenownError

    found = CONDITION.fullmatch(text.strip())
    if not found:
        raise RenownError(f"'{text}' is no condition", 'write it like "platform = x", "n >= 5", "topic_id in [a, b]" or "rating is null"', 2)
    column, operator, value = found.groups()
    try:
        return {"column": column, "op": operator, **({} if operator.endswith("null") else {"value": yaml.safe_load(value)})}
    except yaml.YAMLError:
        raise RenownError(f"'{value}' is no value", "write it like 5, text or [a, b]", 2) from None


def checked(entry: dict[str, Any], settings: Settings) -> Subscription:
    """The entry as a Subscription that passes the rules of `renown check`. Raises RenownError that names the field and the mend."""
    from pydantic import ValidationError

    from cli.findings import Folder
    from cli.rules import subscriptions
    from settings import RenownError
    from settings.models import Subscription, Subscriptions

    if entry["id"] in [known.id for known in settings.subscriptions.subscriptions]:
        raise RenownError(f"a subscription '{entry['id']}' is there already", "give another --id", 2)
    try:
        sub = Subscription(**entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise RenownError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", "correct it and say it again", 2) from None
    departments = [department.id for department in settings.departments.departments]
    if sub.department not in departments:
        raise RenownError(f"unknown department id '{sub.department}'", f"use one of {', '.join(departments)}", 2)
    folder = Folder(settings.config_dir, {"subscriptions": Subscriptions(subscriptions=[sub]), "departments": settings.departments})
    subscriptions(folder)
    for finding in folder.found:
        raise RenownError(finding.what, finding.mend, 2)
    return sub
