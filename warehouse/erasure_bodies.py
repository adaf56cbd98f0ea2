"""Stored bytes that name a person: where an id or a handle stands in a body as a platform writes it, not as any word or number.

    markers() ──► the server finds candidates by position ──► naming() decides on each ──► keys of payloads, ids of rejects
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import psycopg

from warehouse.erased_names import LONG_NUMBER

_OWNERS = rb"user|author|owner|from|account|actor|uid|profile|sender|creator"
# What a platform says of an item itself, in words of its own: a handle like "photo" or "en" names nobody there.
_OF_ITEMS = re.compile(rb'"\w*(?:type|kind|lang|language|status|state|visibility|format|object|event)"\s*:\s*$', re.IGNORECASE)
_LONGEST_KEY = 48
# Bytes as ASCII, since bytea knows no lower case.
_NAMED = """ and exists (
    select from unnest(%(markers)s::bytea[]) as marker where strpos(lower(encode(body, 'escape')), lower(encode(marker, 'escape'))) > 0)"""
_PAYLOADS = """select p.site, p.kind, p.native_id, p.payload_sha256, p.body from raw.payloads as p
where p.platform = %(platform)s and p.site = %(site)s and p.loaded_at >= %(since)s""" + _NAMED
# A reject has no site of its own: it is taken for one of this site unless its source brings only other sites' items.
_REJECTS = """select r.reject_id, r.body from raw.rejects as r where r.platform = %(platform)s and r.created_at >= %(since)s
and (r.source_id in (select source_id from site_sources where is_here) or r.source_id not in (select source_id from site_sources))""" + _NAMED
Given = Mapping[str, Any]  # platform, site, ids, handles, spellings, since
Key = tuple[str, str, str, bytes]  # site, kind, native id, sha256 of the payload


def written(name: str) -> list[bytes]:
    """A name as bytes hold it: in each letter case (the server knows only ASCII's), as it is, as JSON and as an address escapes it."""
    cases = {name} if name.isascii() else {name, name.lower(), name.upper(), name.title(), name.capitalize()}
    return sorted({form for case in cases for form in (case.encode(), json.dumps(case)[1:-1].encode(), quote(case).encode())})


def markers(names: Sequence[str]) -> list[bytes]:
    """Byte strings of which a body that names somebody holds at least one."""
    return sorted({form for name in names for form in written(name)})


def is_named(pattern: re.Pattern[bytes], body: bytes) -> bool:
    """Whether the body names somebody, other than by a word with which the platform says what the item is."""
    return any(not _OF_ITEMS.search(body[max(0, found.start() - _LONGEST_KEY) : found.start()]) for found in pattern.finditer(body))


def naming(ids: Sequence[str], handles: Sequence[str]) -> re.Pattern[bytes]:
    """What a body holds where it names one of these: an id as a value (a short number only under a key that says whose), a handle after
    @, / or a quotation mark."""
    parts = [_of_number(one) if _is_number(one) else _of_handle(one) for one in ids] + [_of_handle(one) for one in handles]
    return re.compile(b"|".join(parts) or rb"(?!)", re.IGNORECASE)


def payloads(connection: psycopg.Connection[Any], given: Given) -> list[Key]:
    """Keys of the site's stored payloads, loaded `since`, that name the person. Reads each of their bodies once, on the server."""
    return [(row[0], row[1], row[2], row[3]) for row in _found(connection, _PAYLOADS, given)]


def rejects(connection: psycopg.Connection[Any], given: Given) -> list[int]:
    """Ids of the site's rejects, kept `since`, whose bytes name the person. `pg_temp.site_sources` says which sources bring what site."""
    return [row[0] for row in _found(connection, _REJECTS, given)]


def _found(connection: psycopg.Connection[Any], statement: str, given: Given) -> Iterator[tuple[Any, ...]]:
    names = [*given["handles"], *given["spellings"]]
    pattern = naming(given["ids"], names)
    with connection.cursor("bodies") as cursor:
        cursor.itersize = 500
        cursor.execute(statement.encode(), {**given, "markers": markers([*given["ids"], *names])})
        yield from (row for row in cursor if is_named(pattern, bytes(row[-1])))


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdigit()


def _of_number(number: str) -> bytes:
    told = re.escape(number.encode())
    if len(number.removeprefix("-")) >= LONG_NUMBER:
        return rb"(?<![\w.])" + told + rb"(?!\w)"
    return rb'"\w*(?:' + _OWNERS + rb')\w*"\s*:\s*(?:\{\s*"\w*id"\s*:\s*)?"?' + told + rb"(?!\d)"


def _of_handle(handle: str) -> bytes:
    forms = b"|".join(re.escape(form) for form in written(handle))
    return rb"[\"'@/>=\[*](?:" + forms + rb")(?!\w)(?!\"\s*:)"  # before a colon it is the body's own key
