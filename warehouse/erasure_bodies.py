"""Stored bytes that name a person: where an id or a handle stands in a body as a platform writes it, not as any word or number.

    markers() ──► the server finds candidates by position ──► naming() decides on each ──► keys of payloads, ids of rejects
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

LONG_NUMBER = 8  # digits from which on a number in a body is hardly anything else than the id that it equals
_OWNERS = rb"user|author|owner|from|account|actor|uid|profile|sender|creator"
# Bytes as ASCII, since bytea knows no lower case.
_NAMED = """.platform = %(platform)s and exists (
    select from unnest(%(markers)s::bytea[]) as marker where strpos(lower(encode(body, 'escape')), lower(encode(marker, 'escape'))) > 0)"""
_PAYLOADS = "select p.site, p.kind, p.native_id, p.payload_sha256, p.body from raw.payloads as p where p" + _NAMED
_REJECTS = "select r.reject_id, r.body from raw.rejects as r where r" + _NAMED
Key = tuple[str, str, str, bytes]  # site, kind, native id, sha256 of the payload


def markers(names: Sequence[str]) -> list[bytes]:
    """Byte strings of which a body that names somebody holds at least one: each name as it is, and as JSON escapes it."""
    return sorted({name.encode() for name in names} | {json.dumps(name)[1:-1].encode() for name in names})


def naming(ids: Sequence[str], handles: Sequence[str]) -> re.Pattern[bytes]:
    """What a body holds where it names one of these: an id as a value (a short number only under a key that says whose), a handle after
    @, / or a quotation mark."""
    parts = [_of_number(one) if _is_number(one) else _of_handle(one) for one in ids] + [_of_handle(one) for one in handles]
    return re.compile(b"|".join(parts) or rb"(?!)", re.IGNORECASE)


def payloads(connection: psycopg.Connection[Any], platform: str, ids: Sequence[str], handles: Sequence[str]) -> list[Key]:
    """Keys of the platform's stored payloads that name the person. Reads every body of the platform once, on the server."""
    found = _found(connection, _PAYLOADS, platform, ids, handles)
    return [(row[0], row[1], row[2], row[3]) for row in found]


def rejects(connection: psycopg.Connection[Any], platform: str, ids: Sequence[str], handles: Sequence[str]) -> list[int]:
    """Ids of the platform's rejects whose bytes name the person."""
    return [row[0] for row in _found(connection, _REJECTS, platform, ids, handles)]


def _found(
    connection: psycopg.Connection[Any], statement: str, platform: str, ids: Sequence[str], handles: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    pattern = naming(ids, handles)
    with connection.cursor("bodies") as cursor:
        cursor.itersize = 500
        cursor.execute(statement.encode(), {"platform": platform, "markers": markers([*ids, *handles])})
        yield from (row for row in cursor if pattern.search(bytes(row[-1])))


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdigit()


def _of_number(number: str) -> bytes:
    told = re.escape(number.encode())
    if len(number.removeprefix("-")) >= LONG_NUMBER:
        return rb"(?<![\w.])" + told + rb"(?!\w)"
    return rb'"\w*(?:' + _OWNERS + rb')\w*"\s*:\s*(?:\{\s*"\w*id"\s*:\s*)?"?' + told + rb"(?!\d)"


def _of_handle(handle: str) -> bytes:
    written = {handle.encode(), json.dumps(handle)[1:-1].encode()}
    return rb"[\"'@/>=](?:" + b"|".join(re.escape(form) for form in sorted(written)) + rb")(?!\w)"
