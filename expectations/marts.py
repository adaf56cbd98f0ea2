"""What must hold of marts.*: nothing lost and nothing double between core and the facts, and every number inside its bounds.

Two sorts: rules on named models, and rules that follow the columns' names (docs/metrics.md fixes the suffixes), so that a new
mart is checked the day it is built. "Settled" leaves out what landed after the last gate of core: the marts cannot have it yet.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from expectations.rules import QueryRule, Rule, not_null, unique, within

FACTS, BRANDS = "marts.fct_mentions", "marts.fct_brand_mentions"
MODELS = ("dim_bank", "dim_platform", "fct_mentions", "fct_brand_mentions", "fct_cases", "mart_reputation_daily",
          "mart_share_of_voice", "mart_customer_care", "mart_crisis_signals")
REBUILD = "run 'renown run' so that the marts are rebuilt; see quality.results for the ids"
KEY_COLUMNS = frozenset({"mention_id", "bank_id", "case_id", "platform", "day", "hour", "period_type", "period_start", "signal_id",
                         "event_day", "event_at", "opened_at"})
BOUNDS = {"_low": "lower", "_high": "upper"}
SETTLED = "coalesce((select max(r.ran_at) from quality.results as r where r.layer in ('core', 'nlp')), clock_timestamp())"

NAMED: tuple[Rule, ...] = (
    QueryRule(
        "facts_complete", FACTS,
        "select c.mention_id::text as id from core.current_mentions as c "
        f"where c.loaded_at < {SETTLED} and not exists (select 1 from {{batch}} as t where t.mention_id = c.mention_id) "
        "and not exists (select 1 from quality.quarantine as q where q.mention_id = c.mention_id and q.released_at is null)",
        "mentions of core are missing from the facts", REBUILD),
    QueryRule(
        "facts_only_fit", FACTS,
        "select t.mention_id::text as id from {batch} as t where "
        "not exists (select 1 from core.mentions as m where m.mention_id = t.mention_id) "
        "or exists (select 1 from core.deletions as d where d.mention_id = t.mention_id and d.undone_at is null "
        f"and d.loaded_at < {SETTLED}) "
        "or exists (select 1 from quality.quarantine as q where q.mention_id = t.mention_id and q.released_at is null "
        f"and q.quarantined_at < {SETTLED})",
        "facts are deleted, quarantined or unknown mentions", REBUILD),
    unique(FACTS, ("mention_id",), "mentions are counted twice"),
    unique(BRANDS, ("mention_id", "bank_id"), "brand mentions are counted twice"),
    QueryRule(
        "brand_mention_has_fact", BRANDS,
        f"select t.mention_id::text as id from {{batch}} as t where not exists (select 1 from {FACTS} as f "
        "where f.mention_id = t.mention_id)",
        "brand mentions belong to no mention", REBUILD),
    QueryRule(
        "brand_mention_has_label", BRANDS,
        "select t.mention_id::text as id from {batch} as t where not exists (select 1 from nlp.annotations as a "
        "where a.mention_id = t.mention_id and a.task = 'banks' "
        "and a.label @> jsonb_build_array(jsonb_build_object('bank_id', t.bank_id)))",
        "brand mentions name a bank that no label names", REBUILD),
    unique("marts.dim_bank", ("bank_id",), "banks appear twice"),
    unique("marts.dim_platform", ("platform",), "platforms appear twice"),
)


def rules(connection: psycopg.Connection) -> tuple[Rule, ...]:
    """NAMED, one rule for each model that must exist, and the rules that the catalog's columns call for."""
    catalog = columns(connection)
    missing = [not_null(f"marts.{model}", "exists", "models are missing") for model in MODELS if model not in catalog]
    return (*NAMED, *missing, *(rule for table, names in catalog.items() for rule in column_rules(table, names)))


def columns(connection: psycopg.Connection) -> dict[str, list[tuple[str, str]]]:
    """Tables and views of schema marts: name → [(column, type)]."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'marts' "
            "and (table_name like 'dim\\_%' or table_name like 'fct\\_%' or table_name like 'mart\\_%') "
            "order by table_name, ordinal_position").fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


def column_rules(table: str, catalog: Sequence[tuple[str, str]]) -> list[Rule]:
    """Rules that names call for: keys are not NULL, *_pct within 0..100, counts and seconds not negative, points in intervals."""
    target, known = f"marts.{table}", {name for name, _ in catalog}
    found: list[Rule] = []
    for name, kind in catalog:
        numeric = kind in ("integer", "bigint", "numeric", "double precision", "real")
        if name in KEY_COLUMNS:
            found.append(not_null(target, name, f"rows of {table} have no {name}"))
        elif numeric and "_pct" in name:
            found.append(within(target, name, 0, 100, f"rows of {table} have {name} outside 0..100"))
        elif numeric and name.startswith("net_sentiment"):
            found.append(within(target, name, -100, 100, f"rows of {table} have {name} outside -100..100"))
        elif numeric and name.endswith(("_count", "_seconds", "_value", "_backlog")) and name != "adverse_value":
            found.append(within(target, name, 0, float(2**53), f"rows of {table} have {name} below zero"))
        if numeric and {f"{name}_low", f"{name}_high"} <= known:
            found.append(_interval(target, name))
    return found


def _interval(target: str, name: str) -> QueryRule:
    """low ≤ point ≤ high wherever the three are known, to within rounding."""
    point, low, high = (f't."{name}{suffix}"::numeric' for suffix in ("", "_low", "_high"))
    return QueryRule(f"{name}_in_interval", target,
                     f"select 'row' as id from {{batch}} as t where {point} < {low} - 1e-6 or {point} > {high} + 1e-6",
                     f"rows of {target.split('.')[1]} have {name} outside its interval", REBUILD)
