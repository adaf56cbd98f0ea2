"""`renown bi`: what BI tools are given (docs/bi.md).

bi superset          a Superset of one's own with the dashboards, on loopback
bi tableau           a .tds data source a mart, for a login
bi hyper [DEPT …]    each department's own rows as a .hyper extract; --check says which are stale
bi publish PROJECT   both onto a Tableau Server; a stale extract stays here
bi metabase          connections, collections and questions through Metabase's API
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bi.metabase.setup import Login
    from settings import Settings

app = typer.Typer(
    help="BI tools: Superset's dashboards, Tableau's data sources and extracts, Metabase's set-up.", no_args_is_help=True
)
Out = Annotated[Path | None, typer.Option(help="The folder; default: bi/ in RENOWN_HOME.")]
READER = "bi_reader"


@app.command()
def superset() -> None:
    """Import the dashboards into this home's Superset, start it where it is down, and name its address and login."""
    from cli.services.processes import only_one
    from cli.services.superset import login, start
    from settings import load_settings

    settings = load_settings()
    with only_one(settings.home):
        address = start(settings)
    user, password = login(settings.home)
    print(f"Superset: {address}/dashboard/list/   {user} / {password}   ('renown down' ends it)")


@app.command()
def tableau(
    login: Annotated[
        str, typer.Option(help="Whose login the sources name: bi_reader for what is open, a department's for its own rows too.")
    ] = READER,
    host: Annotated[str | None, typer.Option(help="The warehouse's host as Tableau sees it; default: ours.")] = None,
    out: Out = None,
) -> None:
    """Write a data source (.tds) for every mart that the login may read; no password is in them."""
    from psycopg.conninfo import conninfo_to_dict

    from bi.contracts import marts
    from bi.tableau.source import Place, document
    from cli.output import note
    from settings import load_settings
    from warehouse.connection import warehouse_url

    settings = load_settings()
    parts = conninfo_to_dict(warehouse_url(settings.home))
    place = Place(host or str(parts.get("host", "127.0.0.1")), int(parts.get("port") or 5432), str(parts.get("dbname")), login)
    folder = _folder(out, settings) / login
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [mart for mart in marts() if mart.access == "open" or (mart.access == "rows" and login != READER)]
    for mart in wanted:
        (folder / f"{mart.name}.tds").write_bytes(document(mart, place))
    note(f"wrote {len(wanted)} data sources to {folder}")


@app.command()
def hyper(
    departments: Annotated[
        list[str] | None, typer.Argument(metavar="[DEPARTMENT]...", help="Department ids; default: all.")
    ] = None,
    mart: Annotated[list[str] | None, typer.Option(help="These marts only; default: all that the department may read.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: say which extracts are stale or missing, and exit with 1 if one is.")
    ] = False,
    out: Out = None,
) -> None:
    """Write each department's own rows as a Tableau extract, anew after every deletion."""
    from cli import output
    from cli.warehouse import open_warehouse
    from delivery import extracts
    from settings import load_settings
    from warehouse.connection import connect

    settings = load_settings()
    chosen = departments or [department.id for department in settings.departments.departments]
    folder = _folder(out, settings) / "hyper"
    with open_warehouse(settings.home) as url, connect(url) as connection:
        done = [
            extracts.state(connection, folder, one) if check else extracts.write(connection, settings, folder, one, mart or ())
            for one in chosen
        ]
    output.records(
        [
            {
                "department": one.department,
                "state": one.state,
                "made at": one.made_at,
                "rows": sum((one.rows or {}).values()),
                "file": str(one.file),
            }
            for one in done
        ],
        "extracts",
    )
    if check and any(one.state != "current" for one in done):
        raise typer.Exit(1)


@app.command()
def publish(
    project: Annotated[
        str, typer.Argument(help="A project that is there, by name or path (Parent/Child, /Top); who may see it is the administrator's affair.")
    ],
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help=".tds and .hyper files.")],
    server: Annotated[str, typer.Option(help="https://tableau.bank.example")],
    site: Annotated[str, typer.Option(help="The site's content URL; '' is the default one.")] = "",
) -> None:
    """Publish files to a Tableau Server or Cloud, with the token of RENOWN_TABLEAU_TOKEN_NAME and RENOWN_TABLEAU_TOKEN.

    An extract's manifest remembers where: the DAG extracts, given the same token, publishes it again when it writes it anew.
    """
    from bi.tableau.publish import from_environment
    from bi.tableau.publish import publish as send
    from cli.output import note
    from delivery.reissue import Place, note_published
    from settings import load_settings

    settings, to = load_settings(), from_environment(server, site)
    extracts = [path for path in files if path.suffix == ".hyper"]
    _refuse_stale(settings, extracts)
    for batch in [*([path] for path in extracts), [path for path in files if path not in extracts]]:
        for sent in send(to, project, batch) if batch else ():
            note(f"published {sent} to {project}")
        for path in (one for one in batch if one in extracts):  # the manifest beside a data source of the same name is the extract's
            note_published(path, Place(server, site, project))


def _refuse_stale(settings: Settings, files: list[Path]) -> None:
    """Raises RenownError for an extract that holds what was deleted since, or that is not ours."""
    from cli.warehouse import open_warehouse
    from delivery import extracts
    from settings import RenownError
    from warehouse.connection import connect

    if not files:
        return
    with open_warehouse(settings.home) as url, connect(url) as connection:
        for path in files:
            known = extracts.state(connection, path.parent, path.stem)
            if known.state != "current":
                raise RenownError(
                    f"{path} is {'stale: something was deleted since' if known.state == 'stale' else 'not as it was written'}",
                    f"'renown bi hyper {path.stem}' writes it anew",
                )


def _folder(out: Path | None, settings: Settings) -> Path:
    return out or settings.home / "bi"


@app.command()
def metabase(
    url: Annotated[str, typer.Option(help="https://metabase.bank.example")],
    host: Annotated[str | None, typer.Option(help="The warehouse's host as Metabase sees it; default: ours.")] = None,
    port: Annotated[int | None, typer.Option(help="Its port there; default: ours.")] = None,
) -> None:
    """Set up a Metabase: a connection, group and collection a department role, and the questions of docs/queries.md.

    The key is RENOWN_METABASE_KEY. Logins: bi_reader, and bi_<department> for each whose password is in RENOWN_BI_<DEPARTMENT>_PASSWORD.
    """
    from psycopg.conninfo import conninfo_to_dict

    from bi.metabase.api import Metabase
    from bi.metabase.setup import Warehouse, set_up
    from cli.output import note
    from settings import RenownError, load_settings
    from warehouse.connection import warehouse_url

    settings = load_settings()
    key = os.environ.get("RENOWN_METABASE_KEY")
    if not key:
        raise RenownError("no credential for Metabase", "set RENOWN_METABASE_KEY", 2)
    parts = conninfo_to_dict(warehouse_url(settings.home))
    place = Warehouse(
        host or str(parts.get("host", "127.0.0.1")),
        port or int(parts.get("port") or 5432),
        str(parts.get("dbname")),
        parts.get("sslmode") in ("require", "verify-ca", "verify-full"),
    )
    for group, count in set_up(Metabase(url, key), place, _logins(settings)).items():
        note(f"{group}: {count} questions")


def _logins(settings: Settings) -> list[Login]:
    """bi_reader, and the departments whose password was given. Raises RenownError where bi_reader's is not known."""
    from bi.metabase.setup import Login
    from settings import RenownError
    from settings.home import read_home, secret

    ours = read_home(settings.home).get("bi_password_ours")
    reader = os.environ.get("RENOWN_BI_PASSWORD") or (secret(settings.home, READER) if ours else None)
    if not reader:
        raise RenownError(
            "the password of bi_reader is not known here", "'renown migrate' makes the role, or set RENOWN_BI_PASSWORD", 2
        )
    given = [(one, os.environ.get(f"RENOWN_BI_{one.id.upper()}_PASSWORD")) for one in settings.departments.departments]
    return [
        Login(READER, "everybody", reader),
        *(Login(f"bi_{one.id}", one.name, password) for one, password in given if password),
    ]
