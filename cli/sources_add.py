"""`renown sources add`: a new entry of sources.yml, tried before it is written; comments of the file stay.

    questions ──► Source ──► one page on trial (where the terms are approved) ──► sources.yml (appended, or a round trip) ──► loaded once as a test
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
import yaml

from cli.sources import show

if TYPE_CHECKING:
    from extractors.base import Contract
    from settings import Settings
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
    from cli.config_entries import write_entry
    from cli.output import note
    from extractors.trial import try_source
    from settings import load_settings
    from settings.models import Sources

    settings = load_settings()
    entry = _entry(platform, id_, base_url, query, schedule, option or [], approve, yes)
    source = _checked(entry, settings)
    if source.terms == "approved":
        show(try_source(settings, source), json=False)
        if not yes and not typer.confirm("Write it?", default=True):
            raise typer.Abort
    else:
        note("its terms are not approved: nothing was fetched, and the source stays off until sources.yml says terms: approved")
    path = settings.config_dir / "sources.yml"
    write_entry(path, "sources", entry, Sources)
    note(f"wrote {source.id} into {path}; next: renown check")


def _entry(platform: str | None, id_: str | None, base_url: str | None, query: str | None, schedule: str | None,
           options: list[str], approve: bool, yes: bool) -> dict[str, Any]:
    """The answers as an entry, asking for what was not given."""
    from cli.questions import ask
    from extractors.registry import PLATFORMS
    from extractors.registry import platform as registered

    name = platform or ask("Platform (" + ", ".join(PLATFORMS) + ")", None, yes)
    contract = registered(name).CONTRACT
    address = base_url or (None if contract.base_url else ask("Address (base_url)", None, yes))
    entry: dict[str, Any] = {"id": id_ or ask("Name of the source", name, yes), "platform": name}
    if address:
        entry |= {"base_url": address, "site": _host(address)}
    if query:
        entry["query"] = query
    entry["schedule"] = schedule or ask("Schedule", "@hourly", yes)
    seconds = contract.rate[1]
    entry["rate"] = {"requests": contract.rate[0], "per_seconds": int(seconds) if seconds == int(seconds) else seconds}
    if given := _options(contract, options, yes):
        entry["options"] = given
    approved = approve or (not yes and typer.confirm(f"Have you read the terms ({contract.terms}) and approve this use?", default=False))
    entry["terms"] = "approved" if approved else "unreviewed"
    return entry


def _options(contract: Contract, given: list[str], yes: bool) -> dict[str, Any]:
    """Options as given; those that the contract names are asked for, and may stay empty."""
    from extractors.base import COMMON_OPTIONS
    from settings import RenownError

    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in {**contract.options, **COMMON_OPTIONS}:
            known = ", ".join([*contract.options, *COMMON_OPTIONS])
            raise RenownError(f"option '{name}' is unknown for {contract.platform}", f"use NAME=VALUE with one of {known}", 2)
        found[name] = _value(name, value)
    for name, meaning in contract.options.items():
        if not yes and name not in found and (answer := _asked_option(contract, name, meaning)) is not None:
            found[name] = answer
    return found


def _asked_option(contract: Contract, name: str, meaning: str) -> Any:
    """The answer, None where it is empty; asked again until it is one that the platform has."""
    from cli.output import note
    from extractors.source_options import wrong_option

    while answer := typer.prompt(f"{name} ({meaning})", default="", show_default=False):
        value = _value(name, answer)
        problem = wrong_option(contract, name, value)
        if problem is None:
            return value
        note(f"{problem.what}: {problem.mend}")
    return None


def _value(name: str, text: str) -> Any:
    """An option's value, read as YAML."""
    from settings import RenownError

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise RenownError(f"option {name}: '{text}' is no YAML", "write it like [a, b], true or 5", 2) from None


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _checked(entry: dict[str, Any], settings: Settings) -> Source:
    """The entry as a Source that can be read. Raises RenownError that names the field and the mend."""
    from pydantic import ValidationError

    from cli.source_rules import is_schedule
    from extractors import query
    from extractors.registry import platform as registered
    from extractors.source_options import problems
    from settings import RenownError
    from settings.models import Source

    if entry["id"] in [known.id for known in settings.sources.sources]:
        raise RenownError(f"a source '{entry['id']}' is there already", "give another --id", 2)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", entry["id"]):
        raise RenownError(f"'{entry['id']}' is no name for a source", "use small letters, digits and underscores, e.g. vk_velmora", 2)
    try:
        source = Source(**entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise RenownError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", "correct it and say it again", 2) from None
    if source.schedule and not is_schedule(source.schedule):
        raise RenownError(f"'{source.schedule}' is no schedule", "five fields such as '*/10 * * * *', or @hourly", 2)
    for problem in problems(source, registered(source.platform).CONTRACT, settings.banks):
        raise problem.error()
    query.parse(source.query, settings, source.platform)
    if source.platform == "review_site":
        _with_selectors(source)
    return source


def _with_selectors(source: Source) -> None:
    """A review site is its options: without them there is nothing to read. Raises RenownError."""
    from extractors.shapes.review_options import WrongOption, read_options
    from settings import RenownError

    try:
        read_options(source.options)
    except WrongOption as error:
        mend = "give it with --option, or write the source by hand: docs/adding_a_platform.md"
        raise RenownError(f"{error.where}: {error.why}", mend, 2) from None
