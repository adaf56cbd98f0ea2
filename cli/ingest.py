"""`renown ingest` and `renown replay`: data that came as a file, and payloads that were not understood at first.

    file ──► extractors.archive ──► raw, core ──► (cli/through.py) nlp ──► gates ──► marts
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from settings import Settings

REASONS = """
select reason, count(*) as items
from raw.rejects
where source_id = %s and resolved_at is null
group by reason
order by items desc, reason
limit 5
"""


def ingest(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or XML of posts; .gz too.")],
    platform: Annotated[str, typer.Option(help="The platform the posts come from, e.g. x.")],
    map_: Annotated[str | None, typer.Option("--map", help="Which field is which: a YAML file of fields.")] = None,
    source_id: Annotated[str | None, typer.Option(help="Accounted under this name; default: archive_PLATFORM.")] = None,
    marts: Annotated[bool, typer.Option("--marts/--no-marts", help="Go on to the marts, or stop after core.")] = True,
    json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Take in an archive of posts; a second time adds nothing."""
    from cli.warehouse import open_warehouse, prepare
    from settings import RenownError, load_settings

    settings = load_settings()
    if not file.is_file():
        raise RenownError(f"{file}: no such file", "check the path", exit_code=2)
    name = source_id or f"archive_{platform}"
    with open_warehouse(settings.home) as url:
        prepare(url)
        _take_in(settings, url, file, platform, map_, name, json)
        if marts:
            from cli.output import note
            from cli.through import through_marts

            through_marts(settings, url, note)


def _take_in(settings: Settings, url: str, file: Path, platform: str, mapping: str | None, source_id: str,
             json: bool) -> None:
    """Load the file and print what became of its items."""
    from cli import output
    from extractors.archive import ingest as ingest_archive

    report = ingest_archive(settings, file, platform=platform, mapping=mapping, url=url, source_id=source_id,
                            progress=lambda count: output.note(f"{count} read"))
    counts = {"read": report.read, "accepted": report.accepted, "rejected": report.rejected, "known": report.known}
    reasons = reject_reasons(url, source_id) if report.rejected else []
    if json:
        output.print_json({**counts, "reject_reasons": dict(reasons)})
        return
    output.table(tuple(counts), [tuple(counts.values())], f"{file.name} ({platform}, accounted as {source_id})")
    if reasons:
        output.table(("reject reason", "items"), reasons)


def reject_reasons(url: str, source_id: str) -> list[tuple[str, int]]:
    """The five commonest reasons of this source's unresolved rejects, with their counts."""
    from warehouse.connection import connect

    with connect(url) as connection:
        return [(str(reason), int(count)) for reason, count in connection.execute(REASONS, (source_id,)).fetchall()]


def replay(
    source_id: Annotated[str | None, typer.Option(help="Only this source's rejects; all without it.")] = None,
) -> None:
    """Read again what could not be understood (raw.rejects), after a mend."""
    from cli import output
    from cli.warehouse import open_warehouse, prepare
    from extractors.run import replay as replay_rejects
    from settings import load_settings

    settings = load_settings()
    with open_warehouse(settings.home) as url:
        prepare(url)
        output.print_json(replay_rejects(settings, source_id, url=url))
