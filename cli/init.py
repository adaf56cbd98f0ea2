"""`renown init`: ask for the bank, its competitors, languages and sources, and write a config/ that check accepts.

    options and questions ──► Answers ──► files in a folder beside ──► loaded once as a test ──► moved into place
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cli.init_files import Answers, BankAnswer

Many = list[str] | None


def init(
    bank: Annotated[str | None, typer.Option(help="Your bank: NAME, or ID=NAME.")] = None,
    country: Annotated[str | None, typer.Option(help="Its country, two letters.")] = None,
    competitor: Annotated[Many, typer.Option(help="A competitor: NAME, or ID=NAME; again for each.")] = None,
    language: Annotated[Many, typer.Option(help="A language to read (en, ru, zh, ar, tr); again for each.")] = None,
    source: Annotated[Many, typer.Option(help="A platform to read, or PLATFORM=ADDRESS; again for each.")] = None,
    handle: Annotated[Many, typer.Option(help="Your bank's official account: PLATFORM=NAME; again for each.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone in which days are cut, e.g. Europe/Berlin.")] = None,
    directory: Annotated[Path | None, typer.Option(help="Where to; default: RENOWN_CONFIG, else ./config.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: what is not given gets its default.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
) -> None:
    """Write a config folder for your own bank."""
    from cli.init_files import config_files
    from cli.output import note

    target = _target(directory)
    _refuse_overwriting(target, force)
    answers = _answers(bank, country, competitor, language, source, handle, timezone, ask=not yes)
    write_config(target, config_files(answers))
    note(f"wrote {target}: {answers.bank.name} and {len(answers.competitors)} competitors, "
         f"{len(answers.sources)} sources (off until their terms are approved)")
    note(f"next: add names and handles to {target}/banks.yml, then run RENOWN_CONFIG={target} renown check")


def write_config(target: Path, files: dict[str, str]) -> None:
    """Write all the files, or none: they are loaded from a folder beside first. Raises RenownError, OSError."""
    from settings import ConfigError, RenownError, load_settings

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".renown-init-", dir=target.parent) as staging:
        for name, text in files.items():
            (Path(staging) / name).write_text(text, "utf-8")
        try:
            load_settings(Path(staging))
        except ConfigError as error:  # its path is one that nobody will find again
            raise RenownError(f"these answers make no usable {error.path.name} ({error.what.partition(': ')[2]})",
                              "correct them", exit_code=2) from None
        target.mkdir(exist_ok=True)
        for name in files:
            (Path(staging) / name).replace(target / name)


def _target(directory: Path | None) -> Path:
    import os

    return (directory or Path(os.environ.get("RENOWN_CONFIG") or "config")).resolve()


def _refuse_overwriting(target: Path, force: bool) -> None:
    from settings import RenownError
    from settings.loader import FILES

    there = [f"{stem}.yml" for stem in FILES if (target / f"{stem}.yml").exists()]
    if there and not force:
        raise RenownError(f"{target} holds {there[0]} already",
                          "give another folder with --directory, or --force to overwrite", exit_code=2)


def _answers(bank: str | None, country: str | None, competitors: Many, languages: Many, sources: Many,
             handles: Many, timezone: str | None, *, ask: bool) -> Answers:
    """Options first; a question for each that is missing; a default for each that nobody answers."""
    from cli.init_files import Answers
    from settings import RenownError

    if bank is None and not ask:
        raise RenownError("no bank named", "give --bank NAME", exit_code=2)
    named = bank or typer.prompt("Your bank's name", err=True)
    if country is None and ask:
        country = typer.prompt("Its country (two letters, may stay empty)", default="", show_default=False, err=True)
    home = _bank(named, "home", country or None, _pairs(handles or []))
    rivals = _asked(competitors, "Competitors (comma between names, may stay empty)", "", ask, list)
    spoken = _asked(languages, "Languages to read", "en, ru, zh, ar, tr", ask, _languages)
    wanted = _asked(sources, "Sources to read (a platform, or platform=address)", "x", ask, _sources)
    zone = _asked([timezone] if timezone else None, "Time zone in which days are cut", "UTC", ask, _timezone)[0]
    others = [_bank(name, f"competitor_{i}", None, {}) for i, name in enumerate(rivals, 1)]
    return Answers(home, others, spoken, _addresses(wanted), zone)


def _asked(given: Many, question: str, default: str, ask: bool, check: Callable[[list[str]], list[str]]) -> list[str]:
    """The option's values, else the answer's (comma-separated), else the default; asked until `check` accepts."""
    from settings import RenownError

    if given or not ask:
        return check(_split(given or [default]))
    while True:
        try:
            answer = typer.prompt(question, default=default, show_default=bool(default), err=True)
            return check(_split([answer]))
        except RenownError as error:
            typer.echo(str(error), err=True)


def _split(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _bank(text: str, fallback: str, country: str | None, handles: dict[str, list[str]]) -> BankAnswer:
    from cli.init_files import BankAnswer, bank_id

    identifier, separator, name = text.partition("=")
    if not separator:
        identifier, name = bank_id(text, fallback), text
    return BankAnswer(identifier.strip(), name.strip(), country, handles)


def _pairs(values: list[str]) -> dict[str, list[str]]:
    """PLATFORM=NAME options as platform → names, without the @."""
    from settings import RenownError

    found: dict[str, list[str]] = {}
    for value in values:
        platform, separator, name = value.partition("=")
        if not separator or not name.strip():
            raise RenownError(f"--handle {value}", "write it as PLATFORM=NAME, e.g. x=VelmoraBank", exit_code=2)
        found.setdefault(platform.strip(), []).append(name.strip().lstrip("@"))
    return found


def _languages(values: list[str]) -> list[str]:
    from settings.models import LANGUAGES

    return _known(values, LANGUAGES, "language")


def _sources(values: list[str]) -> list[str]:
    from extractors.registry import PLATFORMS
    from settings import RenownError

    _known([value.partition("=")[0].strip() for value in values], tuple(PLATFORMS), "platform")
    for platform, _, address in (value.partition("=") for value in values):
        if not address.strip() and PLATFORMS[platform.strip()].CONTRACT.base_url is None:
            raise RenownError(f"{platform} needs an address", f"write it as {platform}=https://…", exit_code=2)
    return values


def _timezone(values: list[str]) -> list[str]:
    from zoneinfo import available_timezones

    from settings import RenownError

    if values[0] not in available_timezones():
        raise RenownError(f"unknown time zone '{values[0]}'", "use an IANA name such as Europe/Berlin", exit_code=2)
    return values


def _known(values: list[str], known: tuple[str, ...], noun: str) -> list[str]:
    from settings import RenownError

    strangers = [value for value in values if value not in known]
    if strangers:
        raise RenownError(f"unknown {noun} '{strangers[0]}'", f"use one of {', '.join(known)}", exit_code=2)
    return values


def _addresses(values: list[str]) -> list[tuple[str, str | None]]:
    pairs = [value.partition("=") for value in values]
    return [(platform.strip(), address.strip() or None) for platform, _, address in pairs]
