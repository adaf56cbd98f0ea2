"""`renown report`: a bank's week at a glance, as one self-contained page."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import psycopg

    from delivery.digest import Facts
    from delivery.window import Window
    from settings import Settings

NEWEST_WEEK = "select max(period_start) from marts.mart_scorecard where period_type = 'week' and is_period_over and n > 0 and period_start <= %s"


def report(
    bank: Annotated[str | None, typer.Option(help="Bank id; default: the home bank.")] = None,
    week: Annotated[str | None, typer.Option(help="ISO week, e.g. 2026-W13; default: the last one that is over and has mentions.")] = None,
    out: Annotated[Path, typer.Option(help="The file to write; a PDF where it ends in .pdf.")] = Path("report.html"),
    language: Annotated[str, typer.Option(help="en, ru, zh, ar or tr.")] = "en",
    masked: Annotated[bool, typer.Option("--masked", help="Without links to posts: they show who wrote.")] = False,
) -> None:
    """Write a bank's week as one page: volume, sentiment, share of voice, answers, topics, posts, what is incomplete."""
    from cli.output import note
    from cli.warehouse import open_warehouse
    from settings import RenownError, load_settings
    from settings.models import LANGUAGES
    from warehouse.connection import connect

    settings = load_settings()
    monday = _monday(week) if week else None
    if language not in LANGUAGES:
        raise RenownError(f"there is no language '{language}'", f"use one of {', '.join(LANGUAGES)}", 2)
    with open_warehouse(settings.home) as url, connect(url) as connection:
        facts = write(connection, settings, out, bank=bank, monday=monday, language=language, with_links=not masked)
    note(f"wrote {out}: {facts.bank}, {facts.window}, {facts.mentions:,} mentions")


def write(connection: psycopg.Connection, settings: Settings, out: Path, *, bank: str | None = None, monday: date | None = None,
          language: str = "en", with_links: bool = True) -> Facts:
    """Write the page whole or not at all. Raises RenownError where the marts are missing or know no such bank."""
    from delivery.contents import report as render
    from settings import RenownError

    if not connection.execute("select to_regclass('marts.mart_scorecard') is not null").fetchone() == (True,):
        raise RenownError("there are no marts to report of", "'make run' or 'renown ingest' build them")
    window = _window(connection, settings, monday)
    connection.rollback()
    half = out.with_name(f".part.{out.name}")  # its suffix says what it becomes
    try:
        facts = render(connection, settings, bank or settings.banks.home, window, half, language, with_links=with_links)
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
    return facts


def _window(connection: psycopg.Connection, settings: Settings, monday: date | None) -> Window:
    from delivery.window import Window

    if monday is None:
        today = settings.now().astimezone(settings.zone()).date()
        last = today - timedelta(days=today.weekday() + 7)
        row = connection.execute(NEWEST_WEEK, (last,)).fetchone()
        monday = (row and row[0]) or last
    return Window(monday, monday + timedelta(days=7), settings.zone())


def _monday(week: str) -> date:
    from settings import RenownError

    year, _, number = week.upper().partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise RenownError(f"'{week}' is no ISO week", "write it like 2026-W13", 2) from None
