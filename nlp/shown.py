"""The text of a mention as people may see it: the stored masked one, else masked now; never the given one (docs/contracts.md)."""

from __future__ import annotations

from typing import Any

import psycopg

from nlp.personal import find, mask
from nlp.text import fold, safe

# Columns over core.mentions m: the newest masked text, or null, and the given text.
MASKED_AND_GIVEN = """
(select t.masked_text from nlp.masked_texts t where t.mention_id = m.mention_id and t.mention_version = m.version
 order by t.created_at desc limit 1), concat_ws(chr(10), nullif(m.title, ''), m.text)"""
_ONE = f"select {MASKED_AND_GIVEN} from core.mentions m where m.mention_id = %s and m.version = %s"


def shown(masked: str | None, given: str, language: str = "und") -> str:
    """`masked` where there is one, else `given` with its personal data replaced by [kind]."""
    if masked is not None:
        return masked
    text = safe(given)
    return mask(text, find(text, fold(text), language))


def shown_text(connection: psycopg.Connection[Any], mention_id: str, version: int, language: str = "und") -> str | None:
    """One mention version's text; None where its words were purged or the version is not known."""
    row = connection.execute(_ONE.encode(), [mention_id, version]).fetchone()
    return None if row is None or row[1] is None else shown(row[0], row[1], language)
