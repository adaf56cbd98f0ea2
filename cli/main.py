"""The command's door: registers every group, and turns any failure into one line and an exit code."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli import (
    alerts,
    backfill,
    bi,
    check,
    dbt,
    docs,
    enrich,
    erase,
    explain,
    ingest,
    init,
    label,
    links,
    migrate,
    models,
    parse,
    places,
    purge,
    query,
    report,
    run,
    schema,
    sources,
    sources_add,
    sql,
    status,
    subscriptions,
    subscriptions_add,
    subscriptions_requests,
    train,
    up,
)
from cli.errors import BAD_INPUT, INTERRUPTED, PIPE_CLOSED, one_line
from cli.errors import explain as explained

app = typer.Typer(
    name="renown", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="What people say in public about banks, as a warehouse: extract, tag, check, model, deliver.")

GROUPS: dict[str, dict[str, Callable[..., None]]] = {
    "Set up": {"init": init.init, "check": check.check, "schema": schema.schema,
               "migrate": migrate.migrate, "places": places.places},
    "Run": {"run": run.run, "up": up.up, "down": up.down, "status": status.status},
    "Sources": {"parse": parse.parse, "ingest": ingest.ingest, "replay": ingest.replay,
                "backfill": backfill.backfill},
    "Labels": {"enrich": enrich.enrich, "evaluate": enrich.evaluate, "train": train.train},
    "Ask": {"sql": sql.sql, "explain": explain.explain, "dbt": dbt.dbt},
    "Deliver": {"report": report.report},
    "People": {"erase": erase.erase, "purge": purge.purge},
}
for panel, commands in GROUPS.items():
    for name, function in commands.items():
        app.command(name, rich_help_panel=panel)(function)
sources.app.command("add")(sources_add.add)
app.add_typer(sources.app, name="sources", rich_help_panel="Sources")
subscriptions.app.command("add")(subscriptions_add.add)
subscriptions.app.command("requests")(subscriptions_requests.requests)
subscriptions.app.command("ack")(subscriptions_requests.ack)
app.add_typer(subscriptions.app, name="subscriptions", rich_help_panel="Deliver")
app.add_typer(alerts.app, name="alerts", rich_help_panel="Deliver")
app.add_typer(links.app, name="links", rich_help_panel="Deliver")
app.add_typer(bi.app, name="bi", rich_help_panel="Deliver")
app.add_typer(query.app, name="query", rich_help_panel="Sources")
app.add_typer(label.app, name="label", rich_help_panel="Labels")
app.add_typer(models.app, name="models", rich_help_panel="Labels")
app.add_typer(docs.app, name="docs", rich_help_panel="Set up")


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
) -> None:
    """Global options; they stand before the command's name."""
    context.obj = {"debug": debug}


@app.command(rich_help_panel="Set up")
def version() -> None:
    """Print the version."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        print(f"renown {installed('renown')}")
    except PackageNotFoundError:
        print("renown (not installed: running from its source folder)")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. `--debug` anywhere shows the traceback of a failure."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # five languages, whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    debug = "--debug" in given
    if debug:  # accepted after the command's name too: that is where people add it
        given = ["--debug", *(word for word in given if word != "--debug")]
    sys.exit(_guarded(given, debug))


def _guarded(arguments: list[str], debug: bool) -> int:
    """Run one command and return its exit code, with any failure told in one line on stderr."""
    try:
        code = app(arguments, prog_name="renown", standalone_mode=False)
        _flush()
        return code if isinstance(code, int) else 0
    except TyperException as error:
        return _tell(f"{error.format_message().rstrip('.')}: see '{_help_of(error)}'", BAD_INPUT)
    except typer.Abort:
        return _tell("stopped", INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough
        return PIPE_CLOSED
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        line, code = explained(error)
        return _tell(line, code)


def _flush() -> None:
    """Write out what is buffered while a failure can still be told: a full disk shows only here."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter complains again at its end
        raise


def _help_of(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'renown'} --help"


def _tell(line: str, code: int) -> int:
    print(f"renown: {one_line(line)}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
