"""`renown sources`: what is read and how it fares, what could be read, a new source, and one page on trial.

    sources          configured sources: state, last success, lag, budget left; and every platform's contract
    sources test ID  one page with real credentials, and what would be stored
    sources add      asks, tries one page, writes sources.yml and keeps its comments
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from extractors.base import Mention
    from extractors.trial import Trial
    from settings import Settings

app = typer.Typer(help="What is read, how it fares, and adding to it.")
SHOWN = 10
SANDBOX = "RENOWN_SANDBOX_URL"  # set while the sandbox stands in: it needs no credentials
HEALTH = """
select b.source_id, max(b.ended_at) filter (where b.status = 'success') as last_success,
    (array_agg(b.status order by b.started_at desc, b.batch_id))[1] as last_status,
    coalesce(sum(b.items_truncated), 0)::bigint as truncated, count(*) filter (where b.gap) as gaps
from raw.batches b where b.mode in ('incremental', 'backfill', 'revisit') group by b.source_id
"""
NEVER = (None, None, "never run")  # source, last success, last status of a source without a batch
NEWEST = "select source_id, max(event_at) from core.mentions where source_id = any(%s) group by source_id"
SPENT = """
select coalesce(sum(requests), 0)::bigint from raw.batches
where platform = %s and started_at > clock_timestamp() - make_interval(secs => %s)
"""


@app.callback(invoke_without_command=True)
def sources(context: typer.Context, json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """List configured sources and platforms."""
    if context.invoked_subcommand:
        return
    from cli import output
    from settings import load_settings

    settings = load_settings()
    platforms, configured = platform_rows(), source_rows(settings)
    if json:
        output.print_json({"platforms": platforms, "sources": configured})
        return
    output.records(configured, "configured sources")
    output.records([{k: row[k] for k in ("platform", "kinds", "credential", "cap", "history")} for row in platforms], "platforms")


@app.command("test")
def try_page(
    source: Annotated[str, typer.Argument(help="A configured source.")],
    json: Annotated[bool, typer.Option("--json", help="Mentions as JSON lines, as `renown parse` prints them.")] = False,
) -> None:
    """Read one page with the real credentials and show what would be stored; nothing is stored."""
    from extractors.trial import try_source
    from settings import RenownError, load_settings

    settings = load_settings()
    try:
        wanted = settings.source(source)
    except KeyError:
        known = ", ".join(entry.id for entry in settings.sources.sources)
        raise RenownError(f"unknown source '{source}'", f"use one of {known}", 2) from None
    show(try_source(settings, wanted), json)


def show(trial: Trial, json: bool) -> None:
    """A trial's mentions as JSON lines, or as a table of the first few with a count of the rest."""
    import json as encoder

    from cli import output

    if json:
        for mention in trial.mentions:
            print(encoder.dumps(mention.to_dict(), ensure_ascii=False))
        return
    output.records(mention_rows(trial.mentions[:SHOWN]), "would be stored")
    print(f"{len(trial.mentions)} would be stored, {len(trial.aside)} set aside by the query, {len(trial.rejects)} rejected,"
          f" {trial.requests} requests to {trial.address}")  # fmt: skip
    for reason in sorted({reject.reason for reject in trial.rejects}):
        print(f"rejected: {reason}")
    if trial.gap:
        print(f"gap: {trial.gap}")


def mention_rows(mentions: Iterable[Mention]) -> list[dict[str, Any]]:
    """What people recognise a post by, a row each."""
    return [{"kind": m.kind, "id": m.native_id, "created": m.created_at, "author": m.author_handle or m.author_id or m.author_name,
             "parent": m.parent_id, "text": " ".join((m.title or m.text or "").split())[:60]} for m in mentions]  # fmt: skip


def platform_rows() -> list[dict[str, Any]]:
    """What each registered contract offers, by platform name."""
    from extractors.registry import PLATFORMS

    rows = []
    for name, platform in sorted(PLATFORMS.items()):
        contract = platform.CONTRACT
        rows.append({"platform": name, "kinds": list(contract.kinds), "auth": contract.auth,
                     "credential": ", ".join(contract.secrets) or None, "cursor": contract.cursor,
                     "page_limit": contract.page_limit, "cap": contract.cap,
                     "history": contract.history_limit, "edits": contract.edits, "deletion": contract.deletion})  # fmt: skip
    return rows


def source_rows(settings: Settings) -> list[dict[str, Any]]:
    """Each configured source: whether it would be read, and how it fares where a warehouse is up."""
    from extractors.registry import PLATFORMS

    health = _health(settings)
    rows = []
    for source in settings.sources.sources:
        platform = PLATFORMS.get(source.platform)
        rows.append({"source": source.id, "platform": source.platform, "schedule": source.schedule,
                     "query": source.query, "terms": source.terms, "state": _state(source, platform is not None),
                     "credential": _credential(platform.CONTRACT.secrets if platform else ()),
                     **health.get(source.id, dict.fromkeys(("last_status", "last_success", "lag_hours", "budget_left")))})  # fmt: skip
    return rows


def _health(settings: Settings) -> dict[str, dict[str, Any]]:
    """How each source fares; nothing where no warehouse runs (listing starts none)."""
    import psycopg

    from settings import RenownError
    from warehouse.connection import connect, warehouse_url

    try:
        with connect(warehouse_url(settings.home)) as connection:
            batches = {row[0]: row for row in connection.execute(HEALTH.encode()).fetchall()}
            newest: dict[str, Any] = dict(connection.execute(NEWEST.encode(), (list(batches),)).fetchall())
            return {s.id: _fares(connection, settings, s, batches.get(s.id, NEVER), newest.get(s.id))
                    for s in settings.sources.sources}  # fmt: skip
    except (RenownError, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return {}


def _fares(connection: Any, settings: Settings, source: Any, row: Any, newest: Any) -> dict[str, Any]:
    spent = connection.execute(SPENT.encode(), (source.platform, source.rate.per_seconds)).fetchone()[0]
    lag = round((settings.now() - newest).total_seconds() / 3600, 1) if newest else None
    return {"last_status": row[2], "last_success": row[1], "lag_hours": lag,
            "budget_left": f"{max(0, source.rate.requests - spent)} of {source.rate.requests} in {source.rate.per_seconds:g} s"}


def _credential(variables: tuple[str, ...]) -> str:
    if not variables:
        return "not needed"
    missing = [name for name in variables if not os.environ.get(name)]
    if missing and os.environ.get(SANDBOX):
        return "not needed: the sandbox stands in"
    return f"missing ({', '.join(missing)})" if missing else "set"


def _state(source: Any, registered: bool) -> str:
    if not registered:
        return "no extractor"
    if not source.enabled:
        return "off (enabled: false)"
    return "on" if source.terms == "approved" else "off (terms unreviewed)"
