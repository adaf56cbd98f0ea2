"""`renown ingest` and `renown replay`: data that came as a file, and payloads that were not understood at first.

    file ──► extractors.archive ──┐
    --url ──► extractors.single ──┴──► raw, core ──► (cli/through.py) nlp ──► gates ──► marts
    --dispositions ──► warehouse.dispositions (outcomes of cases, from the bank's own desk) ──► marts
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from settings import Settings

PROGRESS_ROWS = 10_000
REASONS = 10  # that are shown


def ingest(
    file: Annotated[Path | None, typer.Argument(help="CSV, JSON Lines, JSON or Parquet of posts; .gz or .zip too.")] = None,
    address: Annotated[str | None, typer.Option("--url", help="Instead of a file: the address of one public post.")] = None,
    platform: Annotated[str | None, typer.Option(help="The platform the file's posts come from, e.g. x.")] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="A YAML map of columns, or a shipped map's name.")] = None,
    source_id: Annotated[str | None, typer.Option(help="Accounted under this name; default: ingest_PLATFORM.")] = None,
    dispositions: Annotated[Path | None, typer.Option(help="Instead: outcomes of cases from your own desk, CSV or JSON Lines.")] = None,
    marts: Annotated[bool, typer.Option("--marts/--no-marts", help="Go on to the marts, or stop after core.")] = True,
    json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Take in an archive of posts, one post by its address, or outcomes of cases; a second time adds nothing."""
    from cli.output import note
    from cli.through import through_marts
    from cli.warehouse import open_warehouse, prepare
    from settings import load_settings

    _either(file, address, platform, map_, source_id, dispositions)
    settings = load_settings()
    with open_warehouse(settings.home) as url:
        prepare(url)
        is_new = True
        if dispositions is not None:
            is_new = _take_outcomes(settings, url, dispositions, json)
        elif file is not None and platform is not None:
            _take_in(settings, url, file, platform, map_, source_id or f"ingest_{platform}", json)
        else:
            is_new = _take_single(settings, url, str(address), json)
        if marts and is_new:
            through_marts(settings, url, note)


def _either(file: Path | None, address: str | None, platform: str | None, mapping: Path | None, source_id: str | None, outcomes: Path | None) -> None:
    """A file with its platform, or an address or a file of outcomes alone. Raises RenownError (exit code 2)."""
    from settings import RenownError

    others = {"FILE": file, "--platform": platform, "--map": mapping, "--source-id": source_id}
    if given := [name for name, value in others.items() if value is not None and (address or outcomes) is not None]:
        alone = "give the address alone: it tells its platform" if address else "give it alone"
        raise RenownError(f"{'--url' if address else '--dispositions'} and {given[0]} exclude each other", alone, exit_code=2)
    if address is not None and outcomes is not None:
        raise RenownError("--url and --dispositions exclude each other", "one at a time", exit_code=2)
    if address is not None:
        return
    if outcomes is not None:
        if not outcomes.is_file():
            raise RenownError(f"{outcomes}: no such file", "check the path: one file at a time", exit_code=2)
    elif file is None:
        raise RenownError("nothing to take in", "give a FILE, or --url with the address of a post", exit_code=2)
    elif platform is None:
        raise RenownError("Missing option '--platform'", "name the platform the posts come from, e.g. --platform x", exit_code=2)
    elif not file.is_file():
        what = "is no file" if file.exists() else "no such file"
        raise RenownError(f"{file}: {what}", "check the path: one file at a time", exit_code=2)


def _take_single(settings: Settings, url: str, address: str, json: bool) -> bool:
    """Fetch one post and print what was stored; returns whether anything is new."""
    from cli import output
    from cli.sources import mention_rows
    from extractors.single import SOURCE, ingest_url

    single = ingest_url(settings, address, url=url)
    if json:
        output.print_json({"platform": single.platform, "new": single.new, "known": single.known,
                           "mentions": [mention.to_dict() for mention in single.mentions]})  # fmt: skip
    else:
        output.records(mention_rows(single.mentions), "stored")
        print(f"{single.platform}: {single.new} new, {single.known} known, accounted as {SOURCE}")
    return single.new > 0


def _take_outcomes(settings: Settings, url: str, file: Path, json: bool) -> bool:
    """Take outcomes of cases and print what became of them, each rejected row with its line; returns whether anything is new."""
    from cli import output
    from settings import RenownError
    from warehouse.connection import connect
    from warehouse.dispositions import take

    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise RenownError(f"{file} is not UTF-8", "save it as UTF-8", 2) from None
    with connect(url) as connection:
        taken = take(connection, text, source=file.name, now=settings.now())
    if json:
        output.print_json({**taken.counts(), "rejects": [{"line": line, "reason": reason} for line, reason in taken.rejects]})
    else:
        output.table(tuple(taken.counts()), [tuple(taken.counts().values())], f"{file.name} (outcomes of cases)")
        for line, reason in taken.rejects[:REASONS]:
            print(f"line {line}: {reason}")
        if len(taken.rejects) > REASONS:
            print(f"and {len(taken.rejects) - REASONS} more; --json names all")
    return bool(taken.new or taken.changed)


def _take_in(settings: Settings, url: str, file: Path, platform: str, mapping: Path | None, source_id: str,
             json: bool) -> None:
    """Load the file and print what became of its items."""
    from cli import output
    from cli.through import every
    from extractors.archive import ingest as ingest_archive

    tell = every(PROGRESS_ROWS, output.note, "{} read")
    report = ingest_archive(settings, file, platform=platform, mapping=mapping, url=url, source_id=source_id,
                            progress=lambda counts: tell(int(counts["read"])))
    counts = {"read": report.read, "accepted": report.accepted, "rejected": report.rejected, "known": report.known}
    if json:
        output.print_json({**counts, "rejects_resolved": report.settled, "reject_reasons": report.reasons})
        return
    output.table(tuple(counts), [tuple(counts.values())], f"{file.name} ({platform}, accounted as {source_id})")
    if report.settled:
        print(f"{report.settled} earlier rejects are understood by now")
    if report.reasons:
        output.table(("reject reason", "items"), list(report.reasons.items())[:REASONS])


def replay() -> None:
    """Read again what could not be understood (raw.rejects), after a mend."""
    from cli import output
    from cli.warehouse import open_warehouse, prepare
    from extractors.replay import replay as replay_rejects
    from settings import load_settings

    settings = load_settings()
    with open_warehouse(settings.home) as url:
        prepare(url)
        counts = replay_rejects(settings, url)
    output.table(tuple(counts), [tuple(counts.values())], "Rejects read again")
