"""`renown erase`: everything that an author wrote, and their name in what others wrote, on request (docs/runbooks.md).

    --dry-run | no --yes ──► the same transaction, rolled back: what would go
    --yes ──► erased in one transaction ──► copies of alerts, cached extracts ──► (cli/through.py) the marts of the touched days
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settings import Settings
    from warehouse.erasure import Erasure, Person


def erase(
    platform: Annotated[str, typer.Option(help="The platform, e.g. x.")],
    author: Annotated[str, typer.Option(help="The platform's own id of the author, or @handle.")],
    reason: Annotated[str, typer.Option(help="Who asked for it, kept for good: the request's number, no name.")],
    site: Annotated[str, typer.Option(help="The host or community, where one platform is many sites.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase: it cannot be undone.")] = False,
    marts: Annotated[bool, typer.Option("--marts/--no-marts", help="Rebuild the marts, or leave it to the next build.")] = True,
    json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Erase an author's data, and hold back what comes of them later. Shows what would go; erases only with --yes."""
    from cli.output import note
    from cli.through import through_marts
    from cli.warehouse import prepared
    from settings import RenownError, load_settings
    from warehouse import erasure

    settings = load_settings()
    refuse_unknown(settings, platform, author)
    refuse_official(settings, platform, [author.removeprefix("@")])
    with prepared(settings.home) as (connection, url):
        who = erasure.person(connection, platform, author, site)
        refuse_official(settings, platform, [*who.ids, *who.handles])
        done = erasure.erase(connection, who, reason, now=settings.now(), dry_run=dry_run or not yes)
        files = _forget(settings, erasure.gone(connection)) if yes and not dry_run else {}
        _tell(done, files, json, erased=yes and not dry_run)
        for file in registers(settings, who):
            note(f"{file} names this account: take it out there")
        if not dry_run and not yes:
            raise RenownError("nothing was erased", "say --yes to erase for good (or --dry-run to only look)", 2)
        if marts and not dry_run:
            through_marts(settings, url, note)


def refuse_unknown(settings: Settings, platform: str, author: str) -> None:
    """Raises RenownError for a platform that is none, and for no author."""
    from settings import RenownError
    from settings.models import PLATFORMS

    if platform not in PLATFORMS:
        raise RenownError(f"'{platform}' is no platform", f"use one of {', '.join(sorted(PLATFORMS))}", 2)
    if not author.removeprefix("@").strip():
        raise RenownError("--author is empty", "give the platform's own id of the author, or @handle", 2)


def refuse_official(settings: Settings, platform: str, names: Sequence[str]) -> None:
    """A bank's account is nobody's personal data, and its answers are what care is counted by. Raises RenownError."""
    from settings import RenownError

    for bank in settings.banks.banks:
        accounts = {name.lower() for name in (*bank.handles.get(platform, []), *bank.pages.get(platform, []))}
        if accounts & {name.lower() for name in names}:
            raise RenownError(f"this is an official account of {bank.id} (config/banks.yml)", "if it is a person's, take it out there first", 2)


def registers(settings: Settings, who: Person) -> list[str]:
    """Files of config/ that name the account: nobody but the bank may change them."""
    names = {name.lower() for name in (*who.ids, *who.handles)}
    press = settings.press.accounts.get(who.platform, [])
    employees = [entry.account for entry in settings.employees.accounts if entry.platform == who.platform]
    return [file for file, listed in (("config/press.yml", press), ("config/employees.yml", employees))
            if names & {account.lower() for account in listed}]  # fmt: skip


def _forget(settings: Settings, erased: set[str]) -> dict[str, int]:
    from delivery.forget import forget

    return forget(settings, erased, settings.home / "bi" / "hyper")


def _tell(done: Erasure, files: dict[str, int], json: bool, erased: bool) -> None:
    """What went, never whose it was."""
    from cli import output

    counts = {name: count for name, count in (done.removed | files).items() if count}
    windows = [{"subscription": name, "from": start, "to": end, "state": state, "have it": ", ".join(people)}
               for name, start, end, state, people in done.deliveries]  # fmt: skip
    if json:
        output.print_json({"erased": erased, "known before": done.is_known, "removed": counts, "deliveries": windows})
        return
    title = "erased" if erased else "would go"
    output.table(("what", "rows"), list(counts.items()) or [("nothing is left of this author", 0)], title)
    if windows:
        output.records(windows, "deliveries whose windows held some of it: ask who has the files to delete them")
