"""Data sources and extracts onto a Tableau Server or Cloud, by tableauserverclient (an extra: not part of the lock).

    files ──► sign in with a personal access token ──► the project, which must be there ──► published over what has the name

A project that we made would be seen by all users of the site, since new projects inherit their rights: an administrator makes it, and gives it to
the department. Endpoints: Tableau REST API reference, methods Sign In, Query Projects, Publish Data Source, Sign Out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings import RenownError

API = "3.19"  # Tableau 2023.1 and later


@dataclass(frozen=True)
class Site:
    """Where to publish, and as whom: `site` is '' for a server's default one."""

    url: str
    site: str
    token_name: str
    token: str


def publish(site: Site, project: str, files: Iterable[Path]) -> list[str]:
    """Publish each file under its own name; returns the names. Raises RenownError without a token in it."""
    try:
        import tableauserverclient as client
    except ImportError:
        raise RenownError(
            "publishing needs tableauserverclient, which is not installed", "'.venv/bin/pip install tableauserverclient'"
        ) from None
    server: Any = client.Server(site.url)  # type: ignore[no-untyped-call]
    server.version = API
    try:
        with server.auth.sign_in(client.PersonalAccessTokenAuth(site.token_name, site.token, site.site)):
            place = _project(client, server, project)
            return [_published(client, server, place, path) for path in files]
    except client.ServerResponseError as error:
        raise RenownError(f"Tableau refused: {error.code} {error.summary}", "see what the token's owner may do there") from None
    except (client.NotSignedInError, client.FailedSignInError):
        raise RenownError(
            "Tableau does not know the token", "make a new personal access token and set RENOWN_TABLEAU_TOKEN", 2
        ) from None
    except OSError as error:  # requests' own are OSErrors
        raise RenownError(f"{site.url} does not answer ({type(error).__name__})", "correct --server", 3) from None


def _project(client: Any, server: Any, name: str) -> str:
    found = [one for one in client.Pager(server.projects) if one.name == name]
    if not found:
        raise RenownError(
            f"there is no project '{name}' on that site",
            "let an administrator make it and give it to those alone who may read these rows",
            2,
        )
    return str(found[0].id)


def _published(client: Any, server: Any, project: str, path: Path) -> str:
    item = client.DatasourceItem(project, name=path.stem)
    return str(server.datasources.publish(item, str(path), "Overwrite").name)
