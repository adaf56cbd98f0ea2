"""`renown up` and `renown down`: the platform stays up (Airflow, sandbox, warehouse), or goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def up(
    sandboxed: Annotated[bool, typer.Option("--sandbox/--real", help="Read the sandbox's world, or the configured platforms.")] = True,
) -> None:
    """Start the platform and leave it running; prints addresses and logins."""
    from cli.services import processes
    from cli.services.platform import attach, keep, start, stop
    from cli.services.progress import Progress
    from settings.home import home_path

    home = home_path()
    with processes.only_one(home), Progress() as progress:
        if attach(home):
            progress.say("the platform is up already")
        else:
            try:
                start(home, progress.say, sandboxed=sandboxed)
                keep(home)
            except BaseException:
                stop(home)
                raise
    print_addresses(home)


def down() -> None:
    """Stop everything that runs in this home."""
    from cli.services import processes
    from cli.services.platform import stop
    from settings.home import home_path

    home = home_path()
    with processes.only_one(home):
        count = stop(home)
    print(f"ended {count} processes and the database of {home}" if count else f"nothing was running in {home}")


def print_addresses(home: Path) -> None:
    """Where each thing can be opened, with its login."""
    from settings.home import read_home, secret
    from warehouse.connection import redacted

    known = read_home(home)
    given = os.environ.get("RENOWN_WAREHOUSE_URL")
    embedded = f"postgresql://127.0.0.1:{known.get('postgres_port')}/renown"
    warehouse = f"postgresql://{redacted(given)}" if given else embedded
    reader = secret(home, "bi_reader") if known.get("bi_password_ours", True) else "the password that your DBA gave it"
    engineer = "as in RENOWN_WAREHOUSE_URL" if given else f"renown / {secret(home, 'postgres')}"
    rows = [("Airflow", known.get("airflow_url", "-"), f"{known.get('airflow_user', '-')} / {secret(home, 'airflow_admin')}"),
            ("Warehouse for BI tools", f"{warehouse}, schema marts", f"bi_reader / {reader}" if "bi_user" in known else "no bi_reader yet"),
            ("Warehouse for engineers", warehouse, engineer)]
    if known.get("sandboxed"):
        rows.append(("Sandbox", f"{known['sandbox_url']}/control/health", "no login"))
    print("Where to look (address, login / password):")
    for what, address, login in rows:  # one line each, never cut: people copy these
        print(f"  {what:24} {address:56} {login}")
