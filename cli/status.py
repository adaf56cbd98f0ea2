"""`renown status`: what runs, what came in, what waits, what the gates said, what left. Reads only; starts nothing.

    home.json ──► services, ports, addresses        warehouse ──► batches, pending, gates, deliveries
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

SOURCES = """
select distinct on (b.source_id) b.source_id, b.platform, b.mode, b.status, b.items_new, b.items_known,
    b.items_rejected, b.gap, b.started_at, b.interval_end as covered_until, t.total as rows_total
from raw.batches b
join (select source_id, sum(items_new)::bigint as total from raw.batches group by source_id) t using (source_id)
order by b.source_id, b.started_at desc, b.batch_id
"""
PENDING = """
select count(*)
from core.current_mentions m
left join (nlp.done d join nlp.manifests a on a.is_active and a.pipeline_version = d.pipeline_version)
    on d.mention_id = m.mention_id and d.mention_version = m.version
where d.mention_id is null
"""
GATES = """
select r.layer, r.run_id, count(*) filter (where r.success) as passed, count(*) filter (where not r.success) as failed,
    max(r.ran_at) as ran_at
from quality.results r
join (select distinct on (layer) layer, run_id from quality.results order by layer, ran_at desc) newest
    using (layer, run_id)
group by r.layer, r.run_id
order by r.layer
"""
DELIVERIES = """
select distinct on (subscription_id) subscription_id, window_start, window_end, status, row_count, file_name, sent_at,
    outdated_at is not null as is_outdated
from ops.deliveries
order by subscription_id, window_end desc, window_start desc, issue desc
"""
# Versions newer than the activation of the one that counts: nobody has promoted them, and nobody went back from them.
WAITING = """
select m.pipeline_version as version, m.created_at as since,
    (select count(*) from nlp.done d where d.pipeline_version = m.pipeline_version) as finished
from nlp.manifests m, nlp.manifests a
where a.is_active and not m.is_active and m.created_at > coalesce(a.activated_at, a.created_at)
order by m.created_at desc
"""
COUNTS = {
    "pending_enrichment": PENDING,
    "quarantined": "select count(distinct (mention_id, mention_version)) from quality.quarantine"
                   " where released_at is null",
    "unresolved_rejects": "select count(*) from raw.rejects where resolved_at is null",
}


def status(json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Show what runs and how fresh everything is."""
    from cli import output
    from settings.home import home_path

    report = gather(home_path())
    if json:
        output.print_json(report)
    else:
        _print(report)


def gather(home: Path) -> dict[str, Any]:
    """The whole report: home, services, addresses, warehouse {up, reason, …}. Passwords stay out."""
    from cli.services.processes import alive
    from settings.home import read_home

    known = read_home(home)
    services = [{"name": name, "pid": pid, "runs": alive(int(pid))}
                for name, pid in sorted(known.get("services", {}).items())]
    addresses = {key: value for key, value in sorted(known.items())
                 if key.endswith(("_url", "_port")) and key != "warehouse_url"}  # that one holds the password
    return {"home": str(home), "services": services, "addresses": addresses, "warehouse": _warehouse(home)}


def _warehouse(home: Path) -> dict[str, Any]:
    """What the warehouse tells, or why it tells nothing."""
    import psycopg

    from cli.errors import one_line
    from settings import RenownError
    from warehouse.connection import connect, redacted, warehouse_url

    try:
        url = warehouse_url(home)
        with connect(url) as connection:
            return {"up": True, "address": redacted(url), **_read(connection)}
    except RenownError as error:
        return {"up": False, "reason": one_line(str(error))}
    except psycopg.errors.UndefinedTable:
        return {"up": True, "address": redacted(url),
                "reason": "it has no tables yet: 'make run' or 'renown ingest' make them"}


def _read(connection: psycopg.Connection) -> dict[str, Any]:
    now = _now()
    sources = _rows(connection, SOURCES)
    for row in sources:
        seen = row["covered_until"] or row["started_at"]
        row["age_hours"] = round((now - seen).total_seconds() / 3600, 1)
    counts = {name: _rows(connection, statement)[0]["count"] for name, statement in COUNTS.items()}
    return {"sources": sources, **counts, "gates": _rows(connection, GATES),
            "deliveries": _rows(connection, DELIVERIES), "waiting_models": _rows(connection, WAITING)}


def _rows(connection: psycopg.Connection, statement: str) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode()).fetchall()


def _now() -> Any:
    """The house's clock (RENOWN_AS_OF), without needing a config folder that loads."""
    from datetime import UTC, datetime

    from settings.loader import clock

    return clock() or datetime.now(UTC)


def _print(report: dict[str, Any]) -> None:
    from cli import output

    print(f"home: {report['home']}" + (" (RENOWN_HOME)" if os.environ.get("RENOWN_HOME") else ""))
    if report["services"]:
        output.table(("service", "pid", "runs"), [tuple(s.values()) for s in report["services"]], "Services")
    else:
        print("services: none")
    for name, value in report["addresses"].items():
        print(f"{name.replace('_', ' ')}: {value}")
    warehouse = report["warehouse"]
    print(f"warehouse: {'up at ' + warehouse['address'] if warehouse['up'] else 'down'}"
          + (f" ({warehouse['reason']})" if "reason" in warehouse else ""))
    if "sources" not in warehouse:
        return
    print("  ".join(f"{name.replace('_', ' ')}: {warehouse[name]}" for name in COUNTS))
    for model in warehouse["waiting_models"]:
        print(f"models: {model['version']} waits for promotion since {model['since']:%Y-%m-%d %H:%M}, {model['finished']} mentions finished: "
              "'renown models diff' says what would change, 'renown models promote' lets it count")
    for title in ("sources", "gates", "deliveries"):
        output.records(warehouse[title], title)
