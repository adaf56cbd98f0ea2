"""`renown backfill`: a source's past, read beside its incremental cursors, with an estimate first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from extractors.backfill import Estimate
    from settings import Settings

TOLD = ("status", "requests", "items_new", "items_known", "items_rejected", "items_filtered", "waited_seconds", "gap_reason")


def backfill(
    source: Annotated[str, typer.Argument(help="A configured source.")],
    from_: Annotated[str, typer.Option("--from", help="Beginning: a date, or an ISO 8601 moment (UTC without a zone).")],
    to: Annotated[str | None, typer.Option("--to", help="End; default: now.")] = None,
    estimate_only: Annotated[bool, typer.Option("--estimate", help="Say what it would take, and stop.")] = False,
    marts: Annotated[bool, typer.Option("--marts/--no-marts", help="Go on to the marts, or stop after core.")] = True,
    json: Annotated[bool, typer.Option("--json", help="The counters as JSON.")] = False,
) -> None:
    """Read an interval again or for the first time; it may be stopped and started again."""
    from cli import output
    from cli.warehouse import open_warehouse, prepare
    from extractors.backfill import estimate
    from extractors.sessions import configured_source
    from settings import RenownError, load_settings

    settings = load_settings()
    between = moment(from_, "--from"), moment(to, "--to") if to else settings.now()
    if between[0] >= between[1]:
        raise RenownError("--from is not before --to", "give an earlier beginning", 2)
    configured_source(settings, source)  # a wrong name is told before a server is started for it
    with open_warehouse(settings.home) as url:
        prepare(url)
        output.note(in_words(estimate(settings, source, between, url=url)))
        if estimate_only:
            return
        counters = _read(settings, source, between, url)
        output.print_json(counters) if json else output.records([{name: counters[name] for name in TOLD}], "backfill")
        if marts and counters["items_new"]:
            from cli.through import through_marts

            through_marts(settings, url, output.note)


def _read(settings: Settings, source: str, between: tuple[datetime, datetime], url: str) -> dict[str, Any]:
    from cli import output
    from cli.through import every
    from extractors.run import extract

    tell = every(1000, output.note, "{} items read")
    return extract(settings, source, url=url, mode="backfill", between=between, progress=lambda done: tell(int(done["items_returned"])))


def moment(text: str, option: str) -> datetime:
    """A date or an ISO 8601 moment, UTC where no zone is given. Raises RenownError for anything else."""
    from settings import RenownError

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RenownError(f"{option} {text} is no date", "write 2026-03-01 or 2026-03-01T12:00:00Z", 2) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_words(found: Estimate) -> str:
    """The estimate as one line."""
    if found.items is None or found.seconds is None:
        return f"{found.days:g} days; how much that is cannot be told: the warehouse holds too little of this source yet"
    minutes = found.seconds / 60
    return (f"{found.days:g} days, about {found.items} items by the rate of the last weeks: at least {found.requests} requests, "
            f"{minutes:.1f} minutes within the source's budget")  # fmt: skip
