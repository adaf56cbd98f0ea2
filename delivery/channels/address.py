"""Where a server is and how to log in: an address by name, from the environment, or from whoever else holds connections.

    conn_id ──► Credentials ──► "smtp://user:password@host:587?from=…" ──► Address (its password never shows in a repr)

`smtp_default` is RENOWN_SMTP_URL, `press_sftp` is RENOWN_PRESS_SFTP_URL; Airflow's connections are looked up by dags/, since no room
but that one knows Airflow.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from settings import RenownError

Credentials = Callable[[str], str | None]
DEFAULT = "_default"


@dataclass(frozen=True)
class Address:
    """A server's address, taken apart."""

    scheme: str
    host: str
    port: int | None
    user: str = ""
    password: str = field(default="", repr=False)
    path: str = ""
    options: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """Host and port: what may stand in a log."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        return self.host in ("127.0.0.1", "localhost", "::1")


def variable(conn_id: str) -> str:
    """The environment variable that holds the address of this name: RENOWN_SMTP_URL for smtp_default."""
    name = conn_id.removesuffix(DEFAULT) or conn_id
    return f"RENOWN_{re.sub(r'[^A-Z0-9]+', '_', name.upper())}_URL"


def from_environment(conn_id: str) -> str | None:
    """The address of this name, None where its variable is not set."""
    return os.environ.get(variable(conn_id)) or None


def raw(conn_id: str, credentials: Credentials) -> str:
    """The address as it was written. Raises RenownError that names where to set it."""
    given = credentials(conn_id)
    if not given:
        raise RenownError(f"no address is known for '{conn_id}'", f"set {variable(conn_id)}, or the Airflow connection '{conn_id}'")
    return given


def address(conn_id: str, credentials: Credentials, schemes: tuple[str, ...]) -> Address:
    """The address of this name. Raises RenownError, which never shows it, where it is missing or is no address of these schemes."""
    try:
        parts = urlsplit(raw(conn_id, credentials))
        port = parts.port
    except ValueError:
        raise _unreadable(conn_id, schemes) from None
    if parts.scheme not in schemes:
        raise _unreadable(conn_id, schemes)
    return Address(parts.scheme, parts.hostname or "", port, unquote(parts.username or ""), unquote(parts.password or ""),
                   unquote(parts.path.lstrip("/")), _options(parts.query))


def _options(query: str) -> dict[str, str]:
    """What stands behind the question mark; Airflow writes several kinds of values as one JSON object, `__extra__`."""
    given = dict(parse_qsl(query))
    extra = json.loads(given.pop("__extra__", "{}"))
    return {**given, **{name: str(value) for name, value in extra.items() if value is not None}}


def _unreadable(conn_id: str, schemes: tuple[str, ...]) -> RenownError:
    return RenownError(f"the address of '{conn_id}' cannot be read", f"write it as {schemes[0]}://user:password@host:port")
