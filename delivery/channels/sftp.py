"""SFTP: the file is uploaded under a hidden name and renamed, so that nobody fetches half of it.

    file ──► .name.part ──► size confirmed ──► posix-rename ──► name

By paramiko itself: fsspec's sftp file system takes any host key (AutoAddPolicy), and a host that nobody verified may be anybody's.
Address: sftp://user:password@host:22?host_key=ssh-ed25519%20AAAA… or known_hosts=/path, and key_file=/path instead of a password.
A relative path is one below the account's own directory.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from delivery.channels.address import Address, Credentials, address, from_environment
from delivery.channels.base import Down, Message, Receipt, Refused, Unreachable, Unsure
from delivery.channels.paths import filled
from delivery.window import Window
from settings import Settings
from settings.models import Subscription

if TYPE_CHECKING:
    import paramiko

CONNECTION = "sftp_default"
TIMEOUT = 30.0  # seconds, to connect and for each answer
CHUNK = 1 << 18  # bytes


@dataclass(frozen=True)
class Directory:
    """A directory of a server."""

    server: Address
    path: str
    given: str

    @property
    def name(self) -> str:
        """As the ledger names it."""
        return f"sftp:{self.given}"

    @property
    def recipients(self) -> tuple[str, ...]:
        """One: the directory."""
        return (self.name,)

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Upload the files, each whole. Raises Refused (log-in, host key, no right), Unreachable and Unsure."""
        with _session(self.server) as sftp, _told(self.server):
            _make(sftp, self.path)
            for file in message.files:
                _upload(sftp, file, posixpath.join(self.path, file.name))
        return Receipt(recipient, f"sftp://{self.server.shown}/{posixpath.join(self.path, message.files[0].name)}")

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """Whether exactly that file is there. No: half a copy shows that it never was. None: it may have been fetched and removed."""
        with _session(self.server) as sftp, _told(self.server):
            if _digest(sftp, posixpath.join(self.path, file_name)) == sha256:
                return True
            return False if _is_there(sftp, _hidden(posixpath.join(self.path, file_name))) else None


def connect(settings: Settings, sub: Subscription, window: Window, credentials: Credentials = from_environment) -> Directory:
    """The directory of a subscription. Raises ConfigError for a path that climbs, RenownError where its address is missing."""
    path = filled(settings, sub, window)
    return Directory(address(sub.channel.conn_id or CONNECTION, credentials, ("sftp", "ssh")), path, sub.channel.path)


@contextmanager
def _session(server: Address) -> Iterator[paramiko.SFTPClient]:
    """A line to a server whose key is known. Raises Refused and Down."""
    import paramiko

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        _know(client, server)
        client.connect(server.host, server.port or 22, server.user or None, server.password or None, key_filename=server.options.get("key_file"),
                       timeout=TIMEOUT, banner_timeout=TIMEOUT, auth_timeout=TIMEOUT, channel_timeout=TIMEOUT, allow_agent=False, look_for_keys=False)
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel:
            channel.settimeout(TIMEOUT)
    except paramiko.AuthenticationException:
        client.close()
        raise Refused(f"SFTP server {server.shown} does not take the log-in", "correct user and password (or key_file) of its address") from None
    except (paramiko.BadHostKeyException, paramiko.SSHException) as error:
        client.close()
        if isinstance(error, paramiko.BadHostKeyException) or "not found in known_hosts" in str(error):
            raise Refused(f"SFTP server {server.shown} shows a key that is not the known one", "ask its owner, then set host_key= or known_hosts=") from None
        raise Down(f"SFTP server {server.shown} does not answer ({type(error).__name__})", "it is tried again") from None
    except OSError as error:
        client.close()
        raise Down(f"SFTP server {server.shown} does not answer ({type(error).__name__})", "it is tried again") from None
    try:
        yield sftp
    finally:
        client.close()


def _know(client: paramiko.SSHClient, server: Address) -> None:
    """Which key the server must show: the one in its address, or those of a known_hosts file."""
    import paramiko

    if "host_key" in server.options:
        kind, _, code = server.options["host_key"].strip().partition(" ")
        name = server.host if (server.port or 22) == 22 else f"[{server.host}]:{server.port}"
        try:
            key = paramiko.PKey.from_type_string(kind, base64.b64decode(code.split()[0]))
        except (ValueError, IndexError, paramiko.SSHException):
            raise Refused(f"the host_key of {server.shown} cannot be read", "write it as in known_hosts: ssh-ed25519 AAAA…") from None
        client.get_host_keys().add(name, key.get_name(), key)
    elif "known_hosts" in server.options:
        client.load_host_keys(server.options["known_hosts"])
    else:
        client.load_system_host_keys()


@contextmanager
def _told(server: Address) -> Iterator[None]:
    """What goes wrong on the way, in words without paths of the server's owner."""
    import paramiko

    try:
        yield
    except PermissionError:
        raise Refused(f"SFTP server {server.shown} lets us not write there", "ask its owner for the right to create and rename") from None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise Unreachable(f"SFTP server {server.shown} broke off ({type(error).__name__})", "it is tried again") from None


def _upload(sftp: paramiko.SFTPClient, file: Path, target: str) -> None:
    half = _hidden(target)
    sftp.put(str(file), half, confirm=True)  # confirm: the server's size must be ours
    try:
        sftp.posix_rename(half, target)
    except PermissionError:
        raise
    except (OSError, EOFError) as error:
        raise Unsure(f"the SFTP server broke off at the very end ({type(error).__name__})", "it is looked up and tried again") from None


def _make(sftp: paramiko.SFTPClient, path: str) -> None:
    """The directory and those above it."""
    above = posixpath.dirname(path.rstrip("/"))
    if path in ("", "/", ".") or _is_there(sftp, path):
        return
    _make(sftp, above)
    with suppress(OSError):  # another deliverer may have made it meanwhile; if nobody could, the upload says so
        sftp.mkdir(path)


def _hidden(target: str) -> str:
    return posixpath.join(posixpath.dirname(target), f".{posixpath.basename(target)}.part")


def _is_there(sftp: paramiko.SFTPClient, path: str) -> bool:
    try:
        sftp.stat(path)
    except FileNotFoundError:
        return False
    return True


def _digest(sftp: paramiko.SFTPClient, path: str) -> str | None:
    """The sha256 of a file there, None where there is none."""
    told = hashlib.sha256()
    try:
        with sftp.open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                told.update(chunk)
    except FileNotFoundError:
        return None
    return told.hexdigest()
