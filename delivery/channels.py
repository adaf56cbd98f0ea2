"""Where a delivery goes. A folder: the file appears there whole, under its final name, or not at all.

rendered file ──► hidden copy beside the target ──► fsync ──► rename ──► fsync of the folder
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from delivery.query import config_error
from settings import RenownError, Settings
from settings.models import Subscription


def folder_of(settings: Settings, sub: Subscription) -> Path:
    """The channel's folder. Raises ConfigError for a path that climbs ('..') or that leaves the home through a link."""
    given = sub.channel.path
    path = Path(given)
    if not given.strip() or "\x00" in given or ".." in path.parts or given.startswith("~"):
        raise config_error(
            settings,
            sub,
            ("channel", "path"),
            f"channel path {given!r} climbs out of its folder or is empty",
            "write a plain path, without '..' or '~'",
        )
    if path.is_absolute():
        return path
    target = (settings.home / path).resolve()
    if not target.is_relative_to(settings.home.resolve()):
        raise config_error(
            settings,
            sub,
            ("channel", "path"),
            f"channel path {given!r} leaves the home through a link",
            "remove the link, or write an absolute path",
        )
    return target


def place(source: Path, folder: Path, name: str) -> Path:
    """Put `source` into `folder` as `name`, atomically; what stood there under that name is replaced.

    Raises RenownError when the folder cannot be written (the mend names it).
    """
    target, half = folder / name, hidden(folder, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, half)
        _sync(half)
        os.replace(half, target)
        _sync(folder)
    except OSError as error:
        raise RenownError(
            f"delivery folder {folder} cannot be written ({error.strerror or type(error).__name__})",
            "make it writable or free space, then deliver again",
        ) from None
    return target


def hidden(folder: Path, name: str) -> Path:
    """Where a file stands while it is copied into the folder."""
    return folder / f".{name}.part"


def digest(path: Path) -> str | None:
    """The file's sha256 in hex, None where there is no file."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
