"""`renown sources add`: a new entry of sources.yml, tried before it is written; comments of the file stay.

    questions ──► Source ──► one page on trial (where the terms are approved) ──► sources.yml (ruamel, round trip) ──► loaded once as a test
"""

from __future__ import annotations

import os
import tempfile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.sources import show

if TYPE_CHECKING:
    from extractors.base import Contract
    from settings.models import Source


def add(
    platform: Annotated[str | None, typer.Option(help="The platform.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="The source's name: small letters, digits, underscores.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Its address, where the platform is many sites.")] = None,
    query: Annotated[str | None, typer.Option(help="What to listen for; default: @banks where the platform is searched.")] = None,
    schedule: Annotated[str | None, typer.Option(help="A cron expression; default: @hourly.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of the platform's options (VALUE is YAML); again for each.")] = None,
    approve: Annotated[bool, typer.Option("--approve-terms", help="You have read the platform's terms and approve this use.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: what is not given gets its default.")] = False,
) -> None:
    """Add a source: asks, fetches one page, shows what would be stored, writes sources.yml."""
    from cli.output import note
    from extractors.trial import try_source
    from settings import load_settings

    settings = load_settings()
    entry = _entry(platform, id_, base_url, query, schedule, option or [], approve, yes)
    source = _checked(entry, [known.id for known in settings.sources.sources])
    if source.terms == "approved":
        show(try_source(settings, source), json=False)
        if not yes and not typer.confirm("Write it?", default=True):
            raise typer.Abort
    else:
        note("its terms are not approved: nothing was fetched, and the source stays off until sources.yml says terms: approved")
    path = settings.config_dir / "sources.yml"
    write_entry(path, entry)
    note(f"wrote {source.id} into {path}; next: renown check")


def _entry(platform: str | None, id_: str | None, base_url: str | None, query: str | None, schedule: str | None,
           options: list[str], approve: bool, yes: bool) -> dict[str, Any]:
    """The answers as an entry, asking for what was not given."""
    from extractors.registry import PLATFORMS
    from extractors.registry import platform as registered

    name = platform or _ask("Platform (" + ", ".join(PLATFORMS) + ")", None, yes)
    contract = registered(name).CONTRACT
    address = base_url or (None if contract.base_url else _ask("Address (base_url)", None, yes))
    entry: dict[str, Any] = {"id": id_ or _ask("Name of the source", name, yes), "platform": name}
    if address:
        entry |= {"base_url": address, "site": _host(address)}
    if query:
        entry["query"] = query
    entry["schedule"] = schedule or _ask("Schedule", "@hourly", yes)
    entry["rate"] = {"requests": contract.rate[0], "per_seconds": contract.rate[1]}
    if given := _options(contract, options, yes):
        entry["options"] = given
    approved = approve or (not yes and typer.confirm(f"Have you read the terms ({contract.terms}) and approve this use?", default=False))
    entry["terms"] = "approved" if approved else "unreviewed"
    return entry


def _ask(question: str, default: str | None, yes: bool) -> str:
    from settings import RenownError

    if yes:
        if default is None:
            raise RenownError(f"{question} is not given", "give it as an option, or leave --yes out", 2)
        return default
    return str(typer.prompt(question, default=default))


def _options(contract: Contract, given: list[str], yes: bool) -> dict[str, Any]:
    """Options as given; those that the contract names are asked for, and may stay empty."""
    import yaml

    from settings import RenownError

    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in contract.options:
            known = ", ".join(contract.options) or "none"
            raise RenownError(f"option '{name}' is unknown for {contract.platform}", f"use NAME=VALUE with one of {known}", 2)
        found[name] = yaml.safe_load(value)
    for name, meaning in contract.options.items():
        if not yes and name not in found:
            answer = typer.prompt(f"{name} ({meaning})", default="", show_default=False)
            if answer:
                found[name] = yaml.safe_load(answer)
    return found


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(address).hostname or ""


def _checked(entry: dict[str, Any], taken: list[str]) -> Source:
    """The entry as a Source. Raises RenownError that names the field and the mend."""
    from pydantic import ValidationError

    from settings import RenownError
    from settings.models import Source

    if entry["id"] in taken:
        raise RenownError(f"a source '{entry['id']}' is there already", "give another --id", 2)
    try:
        return Source(**entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise RenownError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", "correct it and say it again", 2) from None


def write_entry(path: Path, entry: dict[str, Any]) -> None:
    """Append the entry to sources.yml; comments and order stay. The file is replaced as a whole, after the result was loaded once."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 160
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(path.read_text("utf-8")) if path.exists() else None
    document = document if isinstance(document, dict) else {"sources": []}
    document["sources"] = document.get("sources") or []
    document["sources"].append(entry)
    out = StringIO()
    yaml.dump(document, out)
    _replace(path, out.getvalue())


def _replace(path: Path, text: str) -> None:
    import yaml

    from settings.models import Sources

    Sources(**yaml.safe_load(text))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".sources-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)
