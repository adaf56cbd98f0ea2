"""A folder: the file appears there whole, under its final name, or not at all.

rendered file ──► hidden copy beside the target ──► fsync ──► rename ──► fsync of the folder
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from delivery.channels.base import Message, Receipt, Unreachable
from delivery.channels.paths import filled
from delivery.query import config_error
from delivery.window import Window
from settings import Settings
from settings.models import Subscription


@dataclass(frozen=True)
class Folder:
    """One folder of this machine (or mounted on it). `given` is its path as config says it."""

    folder: Path
    given: str

    @property
    def name(self) -> str:
        """As the ledger names it."""
        return f"folder:{self.given}"

    @property
    def recipients(self) -> tuple[str, ...]:
        """One: the folder."""
        return (self.name,)

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Put the files in, each whole. Raises Unreachable where the folder cannot be written."""
        for file in message.files:
            place(file, self.folder, file.name)
        return Receipt(recipient, str(self.folder / message.files[0].name))

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """Whether that file stands there. No: half a copy shows that it never did. None: it may have been taken away."""
        if digest(self.folder / file_name) == sha256:
            return True
        return False if hidden(self.folder, file_name).exists() else None


def connect(settings: Settings, sub: Subscription, window: Window) -> Folder:
    """The channel's folder. Raises ConfigError for a path that climbs ('..') or that leaves the home through a link."""
    path = Path(filled(settings, sub, window))
    target = path if path.is_absolute() else (settings.home / path).resolve()
    if not path.is_absolute() and not target.is_relative_to(settings.home.resolve()):
        raise config_error(settings, sub, ("channel", "path"), f"channel path {sub.channel.path!r} leaves the home through a link",
                           "remove the link, or write an absolute path")
    return Folder(target, sub.channel.path)


def place(source: Path, folder: Path, name: str) -> Path:
    """Put `source` into `folder` as `name`, atomically; what stood there under that name is replaced.

    Raises Unreachable when the folder cannot be written (the mend names it).
    """
    target, half = folder / name, hidden(folder, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, half)
        _sync(half)
        os.replace(half, target)
        _sync(folder)
    except OSError as error:
        raise Unreachable(
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
