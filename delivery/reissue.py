"""Departments' extracts after a build of the marts: what was asked for once is written anew, and published again where it was published.

    each manifest ──► rows moved or deleted? written anew ──► published elsewhere with another hash? published again
                 └──► no such department any more: file and manifest go

One extract holds up no other: what went wrong is told at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from delivery.extracts import Extract, deletions_wait, keep, known_of, manifest_of, newest_publication, state, write
from settings import RenownError, Settings


@dataclass(frozen=True)
class Place:
    """A project of a Tableau Server that an extract was published to; `project` as whoever published it named it."""

    server: str
    site: str
    project: str

    def __str__(self) -> str:
        return f"project {self.project} on {self.server}"


Publish = Callable[[Place, Path], object]


def reissue(connection: psycopg.Connection, settings: Settings, folder: Path, kind: str = "hyper", publish: Publish | None = None) -> Iterator[Extract]:
    """Write anew each extract that has a manifest, and whose marts were published or whose items were deleted since; yields those.

    `publish` brings one to a place where an older one stands. Nothing while deletions wait for the marts: the build that takes them asks again.
    Raises RenownError, after all have been tried, that says what went wrong.
    """
    if deletions_wait(connection):
        return
    published, errors = newest_publication(connection), list[str]()
    for path in sorted(folder.glob("*.manifest.json")):
        department = path.name.removesuffix(".manifest.json")
        file = folder / f"{department}.{kind}"
        try:
            made = _one(connection, settings, file, published)
            if made:
                yield made
            if publish:
                errors += [f"{department}: {error}" for error in _published_again(file, publish)]
        except Exception as error:
            if connection.closed:
                raise
            connection.rollback()
            errors.append(f"{department}: {_said(error)}")
    if errors:
        raise RenownError("; ".join(errors))


def note_published(file: Path, place: Place) -> None:
    """Remember that the extract as it is stands at that place; what has no manifest is no extract."""
    manifest = known_of(file)
    if manifest is None:
        return
    others = [entry for entry in manifest.get("published", []) if _place(entry) != place]
    keep(file, {**manifest, "published": [*others, {**asdict(place), "sha256": manifest["sha256"]}]})


def _one(connection: psycopg.Connection, settings: Settings, file: Path, published: int | None) -> Extract | None:
    """The extract where it was written anew, or removed since its department is no more."""
    if file.stem not in {department.id for department in settings.departments.departments}:
        file.unlink(missing_ok=True)
        manifest_of(file).unlink()
        return Extract(file.stem, file, "removed")
    manifest = known_of(file) or {}
    known = state(connection, file.parent, file.stem, file.suffix[1:])
    if known.state == "current" and manifest.get("publication") == published:
        return None
    return write(connection, settings, file.parent, file.stem, manifest.get("asked", ()), file.suffix[1:])


def _published_again(file: Path, publish: Publish) -> list[str]:
    """Bring the extract wherever another one of it stands; returns what went wrong, place by place."""
    manifest, errors = known_of(file), list[str]()
    if manifest is None or not file.exists():
        return errors
    for place in [_place(entry) for entry in manifest.get("published", []) if entry["sha256"] != manifest["sha256"]]:
        try:
            publish(place, file)
        except RenownError as error:
            errors.append(f"what stands in {place} is older: {error}")
        else:
            note_published(file, place)
    return errors


def _place(entry: dict[str, str]) -> Place:
    return Place(entry["server"], entry["site"], entry["project"])


def _said(error: Exception) -> str:
    """Our own words; of others the type alone, since theirs may hold a row."""
    return str(error) if isinstance(error, RenownError) else type(error).__name__
