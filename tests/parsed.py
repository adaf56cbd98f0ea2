"""One parse of the dbt project for all databases of a test run.

    first build of a kind ──► what dbt parsed, kept in the run's folder ──► under another database's name, before each later build

A parse takes 13 s of processor time and depends on the project's files, the vars and the database's name, which stands in each relation's. Names of
equal length are exchanged in the stored bytes, together with the hash of the connection by which dbt knows whose state it is. What else differs, dbt
finds by itself: it reads again what changed in the project's files. A state that dbt refuses fails the test, since it would only be slow.
"""

from __future__ import annotations

import hashlib
import os
import pprint
from collections.abc import Callable
from pathlib import Path
from typing import Any

from warehouse import dbt
from warehouse.connection import libpq_environment

REFUSED = "Unable to do partial parsing because profile has changed"
_folder: list[Path] = []  # of this run, once it has one


def keep_in(folder: Path) -> None:
    """Share what is parsed from now on by way of this folder, which all workers of the run see."""
    _folder[:] = [folder]


def sharing(run: Callable[..., None]) -> Callable[..., None]:
    """`run_dbt`, which goes on from what any test's build of its kind has parsed."""

    def shared(settings: Any, args: list[str], *, url: str, partial: bool = False, **given: Any) -> None:
        work = settings.home / "dbt"
        own = work / f"parsed_{'partial' if partial else 'whole'}.msgpack"
        kept = _kept(own.stem, url)
        is_given = kept is not None and kept.exists()
        if kept is not None and is_given:
            _bring(kept, own, url)
        run(settings, args, url=url, partial=partial, **given)
        if kept is not None and not is_given and own.exists():
            _keep(own, kept, url)
        assert not is_given or REFUSED not in (work / "last_output.log").read_text("utf-8"), "dbt takes the shared parse for another database's"

    return shared


def _kept(kind: str, url: str) -> Path | None:
    """Where the state of such a build is kept: by project, and by the length of the database's name."""
    if not _folder:
        return None
    project = hashlib.sha256(str(dbt.PROJECT).encode()).hexdigest()[:8]
    return _folder[0] / f"{kind}_{project}_{len(_database(url))}"


def _keep(own: Path, kept: Path, url: str) -> None:
    content, told = own.read_bytes(), _connection_hash(url)
    assert told in content, "dbt hashes a connection in another way by now: see build_manifest_state_check of dbt.parser.manifest"
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(_database(url) + b"\n" + told + b"\n" + content)
    part.replace(kept)


def _bring(kept: Path, own: Path, url: str) -> None:
    name, told, content = kept.read_bytes().split(b"\n", 2)
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(content.replace(name, _database(url)).replace(told, _connection_hash(url)))


def _database(url: str) -> bytes:
    return libpq_environment(url)["RENOWN_PGDATABASE"].encode()


def _connection_hash(url: str) -> bytes:
    """As dbt tells whose state it is: of the sorted connection_info() of the profile's credentials."""
    from dbt.adapters.postgres.connections import PostgresCredentials

    place = libpq_environment(url)
    credentials = PostgresCredentials(
        host=place["RENOWN_PGHOST"], port=int(place["RENOWN_PGPORT"]), user=place["RENOWN_PGUSER"], password="", database=place["RENOWN_PGDATABASE"],
        schema="marts", connect_timeout=10, application_name="renown-dbt",
    )  # fmt: skip
    return hashlib.sha256(pprint.pformat(sorted(credentials.connection_info())).encode()).hexdigest().encode()
