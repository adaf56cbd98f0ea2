"""The bank's desk sends outcomes of cases as a webhook: a POST whose body is signed with a key that both hold.

    POST /dispositions, X-Renown-Signature: sha256=<HMAC-SHA256 of the body by RENOWN_DESK_KEY> ──► warehouse.dispositions ──► counts as JSON

The same body again changes nothing, so a sender may repeat it until it is answered. For one case and moment the outcome that comes last
holds: whoever has sent a correction must not repeat the body before it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any

import psycopg

from settings import RenownError, Settings
from warehouse.dispositions import take

KEY = "RENOWN_DESK_KEY"
PATH = "/dispositions"
HEADER = "X-Renown-Signature"
SHORTEST = 16  # letters of a key
LARGEST = 5_000_000  # bytes of a body
SHOWN = 100  # rejected rows that an answer names


def receive(connection: psycopg.Connection, settings: Settings, body: bytes, signature: str | None) -> tuple[int, dict[str, Any]]:
    """(HTTP status, answer) to one POST. Nothing is stored of what is not signed. 503 where no key is set."""
    key = os.environ.get(KEY, "")
    if len(key) < SHORTEST:
        return 503, {"error": f"{KEY} is missing or shorter than {SHORTEST} letters"}
    if not hmac.compare_digest(sign(body, key).encode(), (signature or "").encode()):
        return 401, {"error": f"{HEADER} is not ours: sha256=<hex of HMAC-SHA256 of the body>"}
    try:
        taken = take(connection, body.decode("utf-8"), source="webhook", now=settings.now())
    except (RenownError, ValueError, RecursionError) as error:
        connection.rollback()
        return 400, {"error": _said(error)}
    return 200, {**taken.counts(), "rejects": [{"line": line, "reason": reason} for line, reason in taken.rejects[:SHOWN]]}


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the body is not UTF-8"
    return str(error) if isinstance(error, RenownError) else "the body cannot be read as outcomes"


def sign(body: bytes, key: str) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
