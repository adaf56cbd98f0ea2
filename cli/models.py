"""`renown models`: run changed models beside the active ones, see what they would change, let them count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

    from nlp.kpi_diff import Kpi
    from nlp.shadow import Diff

app = typer.Typer(name="models", help="Model versions: shadow, diff, promote, list.", no_args_is_help=True)
CONFUSIONS = 12  # off-diagonal cells of a confusion table shown a task; --json has all


@app.command("list")
def list_models(
    json: Annotated[bool, typer.Option("--json", help="One JSON document, with the model of each task.")] = False,
) -> None:
    """Every known version: which counts, which is that of the present files, and how far each has come."""
    from dataclasses import asdict

    from cli import output
    from nlp.shadow import manifests
    from settings import load_settings

    with _warehouse() as (_, connection):
        found = manifests(connection, load_settings())
    if json:
        output.print_json([asdict(one) for one in found])
        return
    output.records(
        [
            {
                "version": one.pipeline_version,
                "active": "yes" if one.is_active else "",
                "present files": "yes" if one.is_present else "",
                "finished": one.finished,
                "pending": one.mentions - one.finished,
                "created": _minute(one.created_at),
                "activated": _minute(one.activated_at),
            }
            for one in found
        ],
        "model versions",
    )


@app.command("shadow")
def shadow(
    days: Annotated[int | None, typer.Option(min=1, help="Only so many event days, drawn at random.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only event days from here on.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Only event days up to here.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Annotate by the present models and configuration, beside the active version: nothing that counts changes."""
    from cli import output
    from cli.through import every
    from nlp.shadow import draw_days
    from nlp.shadow import shadow as run_shadow
    from settings import load_settings

    settings = load_settings()
    with _warehouse() as (url, connection):
        chosen = draw_days(connection, settings, days, _day(first), _day(last))
        connection.commit()
        report = run_shadow(settings, url, days=chosen, processes=processes, progress=every(5_000, output.note, "annotated {}"))
    name = report["pipeline_version"]
    output.note(
        f"{name}: annotated {report['annotated']}, rejected {report['rejected']}, {report['pending']} mentions left to it"
    )
    output.note(
        "it is the active version: its labels count"
        if report["is_active"]
        else f"its labels count after 'renown models promote {name}'"
    )


@app.command("diff")
def diff(
    version: Annotated[
        str | None, typer.Argument(help="The version to compare with the active one. Default: that of the present files.")
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="ISO weeks of the KPIs; the last is the present one.")] = 4,
    by_week: Annotated[bool, typer.Option("--by-week", help="Week by week too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document, with everything.")] = False,
) -> None:
    """What promoting would change: labels by task, KPIs by bank with intervals, and the mentions that move most."""
    from cli import output
    from nlp.manifest import active_version
    from nlp.shadow import candidate
    from nlp.shadow import diff as compare
    from settings import RenownError, load_settings

    settings = load_settings()
    with _warehouse() as (_, connection):
        active = active_version(connection)
        if active is None:
            raise RenownError("no version is active yet", "run 'renown run' or 'renown ingest' first")
        found = compare(connection, settings, active, candidate(connection, settings, version), weeks)
    if json:
        output.print_json(_document(found))
        return
    _print(found, by_week)


@app.command("promote")
def promote(
    version: Annotated[
        str | None, typer.Argument(help="The version whose labels shall count. Default: that of the present files.")
    ] = None,
) -> None:
    """Let a version's labels count, at once; the marts are rebuilt by the next enrichment run."""
    from cli import output
    from nlp.human_evaluation import evaluate_human
    from nlp.manifest import active_version, model_versions, pipeline_version
    from nlp.shadow import candidate
    from nlp.shadow import promote as activate
    from settings import load_settings

    settings = load_settings()
    with _warehouse() as (_, connection):
        before, wanted = active_version(connection), candidate(connection, settings, version)
        left = activate(connection, wanted)
        evaluate_human(connection)  # what the marts correct by must be of the models that count
    if before == wanted:
        output.note(f"{wanted} is active already")
        return
    output.note(
        f"{wanted} is active; {before or 'nothing'} was. The marts show it after the next enrichment run ('renown run' does both)"
    )
    if left:
        output.note(f"{left} mentions wait to be annotated by it: until then the gate keeps the marts as they are")
    if wanted != pipeline_version(model_versions(settings)):
        again = settings.general.enrichment.promote == "automatic"
        output.note(
            "it is not the version of the present files: "
            + (
                "the next run activates theirs again"
                if again
                else "new mentions wait in shadow until those files are promoted or restored"
            )
        )


def _document(found: Diff) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "active": found.active,
        "shadow": found.shadow,
        "compared": found.compared,
        "mentions": found.mentions,
        "is_empty": found.is_empty,
        "labels": {
            task: {
                "compared": one.compared,
                "changed": one.changed,
                "share": one.share,
                "confusion": [
                    {"before": before, "after": after, "count": count} for (before, after), count in sorted(one.confusion.items())
                ],
            }
            for task, one in found.labels.items()
        },
        "kpis": [asdict(kpi) for kpi in found.kpis],
        "movers": [asdict(mover) for mover in found.movers],
    }


def _print(found: Diff, by_week: bool) -> None:
    from cli import output

    print(f"{found.active} (active) and {found.shadow}, over {found.compared} of {found.mentions} mentions")
    if found.is_empty:
        print("nothing would change")
        return
    output.records(
        [
            {
                "task": task,
                "compared": one.compared,
                "changed": one.changed,
                "changed %": round(100 * one.share, 2),
                "from → to": [
                    f"{before} → {after}: {count}" for (before, after), count in one.confusion.most_common() if before != after
                ][:CONFUSIONS],
            }
            for task, one in found.labels.items()
        ],
        "labels",
    )
    output.records([_kpi(kpi) for kpi in found.kpis if kpi.week is None or by_week], "KPIs")
    output.records(
        [{"id": mover.mention_id, "distance": mover.distance, "tasks": list(mover.tasks)} for mover in found.movers],
        "largest movers",
    )


def _kpi(kpi: Kpi) -> dict[str, Any]:
    return {
        "bank": kpi.bank_id,
        "week": kpi.week.isoformat() if kpi.week else "all",
        "kpi": kpi.kpi,
        "active": _number(kpi.active, kpi.active_interval),
        "shadow": _number(kpi.shadow, kpi.shadow_interval),
        "difference": _number(kpi.difference, kpi.interval),
    }


def _number(value: float | None, interval: tuple[float, float] | None) -> str:
    """ "12.3 (11.0 to 13.6)", or "too few" where min_n hides it."""
    if value is None:
        return "too few"
    return f"{value:.6g}" if interval is None else f"{value:.4g} ({interval[0]:.4g} to {interval[1]:.4g})"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


@contextmanager
def _warehouse() -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """The warehouse's address and a connection to it, migrated; committed at the end of the block, rolled back where it fails."""
    from cli.warehouse import open_warehouse, prepare
    from settings.home import home_path
    from warehouse.connection import connect

    with open_warehouse(home_path()) as url:
        prepare(url)
        with connect(url) as connection:
            yield url, connection
