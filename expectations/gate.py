"""The gate between the layers: run a layer's rules, write what they found, quarantine single rows, stop on a bad batch.

    run_gate("core") ──► quarantine (row rules) ──► Great Expectations (all rules) ──► quality.results
                                                                                          └──► GateReport | GateFailed

Everything is keyed by run id: the same run again replaces its own results and changes nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import psycopg

from expectations import core, marts, nlp, quarantine, raw
from expectations.engine import evaluate
from expectations.rules import Outcome, RowRule, Rule
from settings import RenownError, Settings
from warehouse.connection import connect
from warehouse.publish import standing_build

LAYERS = ("raw", "core", "nlp", "marts")
SAID = 3  # findings spelled out in the error; the rest is counted
LOCK = 7_204_060  # one gate at a time writes; any constant serves
RESULT = """
insert into quality.results (run_id, layer, suite, expectation, target, severity, success, evaluated_count,
                             unexpected_count, unexpected_ids, detail, build_finished_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class GateReport:
    """What one gate run found. `failed` are batch-level findings; row-level ones only quarantine."""

    run_id: str
    layer: str
    outcomes: tuple[Outcome, ...]
    quarantined: int
    released: int
    in_quarantine: int
    build: datetime | None = None  # of the marts: the one that stood there as the gate began (warehouse.publish.standing_build)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Batch-level rules that did not hold."""
        return tuple(outcome for outcome in self.outcomes if not outcome.success and _stops(outcome))

    @property
    def passed(self) -> int:
        """How many rules held (row rules that only quarantined do not count as held)."""
        return sum(outcome.success for outcome in self.outcomes)

    def __str__(self) -> str:
        held = f"; in quarantine: {self.in_quarantine} (new {self.quarantined}, released {self.released})"
        return f"{self.layer}: {self.passed} of {len(self.outcomes)} rules hold{held if self.layer == 'core' else ''}"


class GateFailed(RenownError):
    """A batch-level rule does not hold: the marts must not be built on this. `report` has every outcome."""

    exit_code = 4

    def __init__(self, report: GateReport) -> None:
        findings = list(dict.fromkeys(outcome.sentence() for outcome in report.failed))
        more = f"; and {len(findings) - SAID} more" if len(findings) > SAID else ""
        super().__init__(f"{report.layer}: {'; '.join(findings[:SAID])}{more}", report.failed[0].rule.mend)
        self.report = report


def layer_rules(layer: str, connection: psycopg.Connection) -> tuple[Rule, ...]:
    """The rules of a layer; the marts' follow the columns that are there. Raises RenownError for an unknown layer."""
    if layer == "marts":
        return marts.rules(connection)
    modules = {"raw": raw.RULES, "core": core.RULES, "nlp": nlp.RULES}
    if layer not in modules:
        raise RenownError(f"no layer '{layer}'", f"use one of {', '.join(LAYERS)}", exit_code=2)
    return modules[layer]


def run_gate(settings: Settings, layer: str, *, url: str, run_id: str) -> GateReport:
    """Check `layer` (raw, core, nlp or marts) in the warehouse at `url`; write quality.results and quality.quarantine.

    Raises GateFailed (one line) when a batch-level rule does not hold; results and quarantine are written by then.
    """
    now = settings.now()
    build = standing_build(url) if layer == "marts" else None
    with connect(url) as connection:
        rules = layer_rules(layer, connection)
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
            held = quarantine.apply(connection, layer, [rule for rule in rules if isinstance(rule, RowRule)], now)
        connection.commit()
        outcomes = evaluate(rules, url=url, now=now, connection=connection)
        report = GateReport(run_id, layer, tuple(outcomes), held.put, held.released, held.standing, build)
        _write(connection, report, now)
    if report.failed:
        raise GateFailed(report)
    return report


def _stops(outcome: Outcome) -> bool:
    """A batch rule that failed stops; so does a row rule that could not be evaluated at all."""
    return outcome.rule.severity == "batch" or outcome.unexpected is None


def _write(connection: psycopg.Connection, report: GateReport, now: datetime) -> None:
    rows = [
        (
            report.run_id,
            report.layer,
            f"{report.layer}:{outcome.rule.target}",
            outcome.rule.name,
            outcome.rule.target,
            outcome.rule.severity,
            outcome.success,
            outcome.evaluated,
            outcome.unexpected,
            list(outcome.ids),
            json.dumps({**outcome.detail, "as_of": now.isoformat()}),
            report.build,
        )
        for outcome in report.outcomes
    ]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        cursor.execute("delete from quality.results where run_id = %s and layer = %s", (report.run_id, report.layer))
        cursor.executemany(RESULT, rows)
    connection.commit()
