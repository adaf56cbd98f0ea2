"""How whole the numbers of an alert are: noted with the event as facts, and said in the reader's language.

    open alerts (dark, gate) + mart_freshness ──► facts() ──► the event ──► sentence() in English or delivery.alerts.translated's
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from delivery import words

GAPS = "select platform, sum(open_gap_count)::bigint from marts.mart_freshness where open_gap_count > 0 group by platform order by platform"
FAILED = "select alert_key from ops.alerts where kind = 'gate' and status = 'open' order by 1"
DARK = "select coalesce(platform, '') from ops.alerts where kind = 'stale' and status = 'open' order by 1"


def facts(connection: psycopg.Connection) -> dict[str, Any]:
    """What an event notes: `coverage` in English, and `coverage_of`, what it is said of: platforms ('' are several), open gaps, layers."""
    built = connection.execute("select to_regclass('marts.mart_freshness') is not null").fetchone() == (True,)
    found: dict[str, Any] = {"dark": [row[0] for row in connection.execute(DARK)],
                             "gaps": [[platform, int(count)] for platform, count in connection.execute(GAPS)] if built else [],
                             "doubt": [key.partition("|")[2] for (key,) in connection.execute(FAILED)]}
    return {"coverage": _english(found), "coverage_of": found}


def _english(found: Mapping[str, Any]) -> str:
    dark = [f"{name} is dark" if name else "several platforms are dark" for name in found["dark"]]
    gaps = [f"{platform} ({count} open {'gap' if count == 1 else 'gaps'})" for platform, count in found["gaps"]]
    doubt = [words.sentence("alert_coverage_doubt", None, layer=layer) for layer in found["doubt"]]
    said = words.sentence("alert_coverage_partial", None, what=", ".join(dark + gaps)) if dark or gaps else words.sentence("alert_coverage_whole", None)
    return " ".join([said, *doubt])


def sentence(noted: Mapping[str, Any], language: str) -> str:
    """The same in the reader's language; what was noted in English alone stays so."""
    found = noted.get("coverage_of")
    if found is None:
        return str(noted.get("coverage", ""))

    def called(platform: str) -> str:
        return words.platform(platform, language) if platform else words.word("alert_several", language)

    parts = [words.sentence("alert_coverage_dark", language, platform=called(name)) for name in found["dark"]]
    parts += [words.sentence("alert_coverage_gaps", language, platform=called(name), count=count) for name, count in found["gaps"]]
    what = words.word("alert_and", language).join(parts)
    said = words.sentence("alert_coverage_partial", language, what=what) if parts else words.sentence("alert_coverage_whole", language)
    return ("" if language == "zh" else " ").join([said, *(words.sentence("alert_coverage_doubt", language, layer=layer) for layer in found["doubt"])])
