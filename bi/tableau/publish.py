"""Data sources and extracts onto a Tableau Server or Cloud, by tableauserverclient (an extra: not part of the lock).

    files ──► sign in with a personal access token ──► the one project, which must be there ──► published over what has the name

A project that we made would be seen by all users of the site, since new projects inherit their rights: an administrator makes it, and gives it to
the department. Endpoints: Tableau REST API reference, methods Sign In, Query Projects, Publish Data Source, Sign Out.
"""

from __future__ import annotations

import os
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


def from_environment(url: str, site: str) -> Site:
    """The site with the token of the environment. Raises RenownError where there is none."""
    name, token = os.environ.get("RENOWN_TABLEAU_TOKEN_NAME"), os.environ.get("RENOWN_TABLEAU_TOKEN")
    if not name or not token:
        raise RenownError("no credential for Tableau", "set RENOWN_TABLEAU_TOKEN_NAME and RENOWN_TABLEAU_TOKEN", 2)
    return Site(url, site, name, token)


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
    """The id of the one project of this name or path. Rows must not end in another one that happens to be called alike."""
    projects = list(client.Pager(server.projects))
    paths = _paths(projects)
    found = {one.id: paths[one.id] for one in projects if name in (one.name, paths[one.id], f"/{paths[one.id]}")}
    if not found:
        raise RenownError(
            f"there is no project '{name}' on that site",
            "let an administrator make it and give it to those alone who may read these rows",
            2,
        )
    if len(found) > 1:
        raise RenownError(
            f"{len(found)} projects are called '{name}': {', '.join(sorted(f'/{path}' for path in found.values()))}",
            "name one by its path",
            2,
        )
    return str(next(iter(found)))


def _paths(projects: list[Any]) -> dict[Any, str]:
    """Id of each project → its path, Parent/Child; a parent that the token may not see is left out."""
    known = {one.id: one for one in projects}

    def path(one: Any) -> str:
        parent = known.get(one.parent_id)
        return f"{path(parent)}/{one.name}" if parent else str(one.name)

    return {key: path(one) for key, one in known.items()}


def _published(client: Any, server: Any, project: str, path: Path) -> str:
    item = client.DatasourceItem(project, name=path.stem)
    return str(server.datasources.publish(item, str(path), "Overwrite").name)
