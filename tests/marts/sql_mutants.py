"""Mutation of the metrics' SQL: every site of every model, one change at a time, seen by the double entry or not.

    compiled models ──► sqlglot tree ──► one mutant a site and operator ──► its rows on random histories ──► models that read it ──► a mart that
    tests/marts/reference*.py holds cell by cell differs: caught; none does: survived

Operators: comparison (= ≠, < ≤, > ≥), join kind (inner ↔ left), arithmetic (+ ↔ −, × ↔ ÷), and ↔ or, constant ±1, dropped predicate (a condition of
where, having, on or filter), dropped distinct. A mutant whose SQL the server refuses would break the build: caught.

Run `python -m tests.marts.sql_mutants [MODEL …] [--seeds 1,2] [--share 0.1]`; it builds histories in a server of its own and prints the survivors.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

from tests.marts.compare import MARTS

DIALECT = "postgres"
PATIENCE = "20s"  # a mutant that takes longer would not go unnoticed
OBSERVED = {*MARTS, "mart_crisis_signals", "mart_source_coverage", "mart_source_freshness"}  # held cell by cell, by compare.py and test_coverage.py
UNSEEN_COLUMNS = {"url", "opening_url"}  # the references know no addresses
_SWAPS: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT,
    exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div, exp.Div: exp.Mul, exp.And: exp.Or, exp.Or: exp.And,
}  # fmt: skip
_NAMES = {exp.Add: "arithmetic", exp.Sub: "arithmetic", exp.Mul: "arithmetic", exp.Div: "arithmetic", exp.And: "and/or", exp.Or: "and/or"}
_MARK = re.compile("[\x01\x03][0-9]+\x02")
Change = Callable[[exp.Expression], None]


@dataclass(frozen=True)
class Model:
    """A compiled model: its statement, where it lies, and the models that it reads."""

    name: str
    sql: str
    relation: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """One change of one model; `place` shows the site as it was."""

    model: str
    operator: str
    place: str
    sql: str


# -- mutants ----------------------------------------------------------------------------------------------------------
class _Marking(Postgres.Generator):
    """Writes each node between marks with its number, so that a mutant is the statement with one stretch of text exchanged."""

    def sql(self, expression: str | exp.Expr | None, key: str | None = None, comment: bool = True) -> str:
        text = super().sql(expression, key, comment)
        if key or not isinstance(expression, exp.Expr) or "site" not in expression.meta:
            return text
        number = expression.meta["site"]
        return f"\x01{number}\x02{text}\x03{number}\x02"

    def binary(self, expression: exp.Binary, op: str) -> str:
        """Without sqlglot's flattening of chains, which leaves the inner nodes unseen."""
        return f"{self.sql(expression, 'this')} {op} {self.sql(expression, 'expression')}" if type(expression) in _SWAPS else super().binary(expression, op)

    def connector_sql(self, expression: exp.Connector, op: str, stack: list[str | exp.Expr] | None = None) -> str:
        return self.binary(expression, op)


def mutants(model: Model) -> Iterator[Mutant]:
    """One for each operator at each site of the model, in the order of the statement."""
    tree = sqlglot.parse_one(model.sql, read=DIALECT)
    nodes = list(tree.walk())
    for number, node in enumerate(nodes):
        if next(_changes(node), None):
            node.meta["site"] = number
    marked = _Marking().generate(tree, copy=False)
    for number, node in enumerate(nodes):
        for operator, change in _changes(node):
            before, after = marked.split(f"\x01{number}\x02")[0], marked.split(f"\x03{number}\x02")[1]
            yield Mutant(model.name, operator, _shown(node), _MARK.sub("", before + _changed(node, change) + after))


def _changed(node: exp.Expression, change: Change) -> str:
    """The node's text after the change."""
    if isinstance(node.parent, exp.Select) and isinstance(node, exp.Distinct):
        return ""
    holder = exp.Paren(this=node.copy())
    change(holder.this)
    return holder.this.sql(DIALECT)


def _changes(node: exp.Expression) -> Iterator[tuple[str, Change]]:
    if type(node) in _SWAPS:
        yield _NAMES.get(type(node), "comparison"), _swapped
    if isinstance(node, exp.And):
        for side in ("this", "expression"):
            yield "dropped predicate", lambda found, kept=side: _put(found, found.args[kept])
    if isinstance(node, exp.Where | exp.Having) and not isinstance(node.this, exp.And):
        yield "dropped predicate", lambda found: found.set("this", exp.true())
    if isinstance(node, exp.Join):
        yield from _join_changes(node)
    if isinstance(node, exp.Literal) and not node.is_string and not isinstance(node.parent, exp.DataTypeParam):
        for step in (1, -1):
            yield f"constant {step:+d}", lambda found, by=step: _put(found, exp.Paren(this=exp.Literal.number(f"{found.this} + {by}")))
    if isinstance(node, exp.Distinct) and not node.args.get("on"):
        yield "dropped distinct", _without_distinct


def _join_changes(node: exp.Join) -> Iterator[tuple[str, Change]]:
    if node.side == "LEFT":
        yield "join kind", lambda found: found.set("side", None)
    elif not node.side and node.kind in ("", "INNER") and (node.args.get("on") or node.args.get("using")):
        yield "join kind", _as_left
    if (condition := node.args.get("on")) and not isinstance(condition, exp.And | exp.Boolean):
        yield "dropped predicate", lambda found: found.set("on", exp.true())


def _as_left(found: exp.Expression) -> None:
    found.set("kind", None)
    found.set("side", "LEFT")


def _swapped(found: exp.Expression) -> None:
    other = _SWAPS[type(found)]
    whole = {"typed": True} if other is exp.Div else {}  # PostgreSQL's own division, of whole numbers too
    _put(found, other(this=found.this.copy(), expression=found.expression.copy(), **whole))


def _without_distinct(found: exp.Expression) -> None:
    _put(found, found.expressions[0])


def _put(found: exp.Expression, other: exp.Expression) -> None:
    found.replace(other.copy())


def _shown(node: exp.Expression) -> str:
    around = node.parent if isinstance(node, exp.Literal) and node.parent else node
    return " ".join(around.sql(DIALECT).split())[:110]


# -- models -----------------------------------------------------------------------------------------------------------
def models_of(manifest: Path) -> list[Model]:
    """The compiled models of a dbt manifest, each after those that it reads."""
    nodes = {key: node for key, node in json.loads(manifest.read_text("utf-8"))["nodes"].items() if node["resource_type"] == "model"}
    ready: dict[str, Model] = {}
    while len(ready) < len(nodes):
        for key, node in nodes.items():
            needs = [need for need in node["depends_on"]["nodes"] if need in nodes]
            if key not in ready and all(need in ready for need in needs):
                anywhere = node["compiled_code"].replace(f'"{node["database"]}".', "")  # a statement for the other histories' databases too
                relation = node["relation_name"].replace(f'"{node["database"]}".', "")
                ready[key] = Model(node["name"], anywhere, relation, tuple(ready[need].name for need in needs))
    return list(ready.values())


# -- trial ------------------------------------------------------------------------------------------------------------
def is_caught(mutant: Mutant, models: Sequence[Model], url: str) -> bool:
    """Whether some observed mart has other rows with this mutant, or the server refuses it. Leaves nothing behind."""
    with psycopg.connect(url) as connection:
        connection.execute(f"set local statement_timeout = '{PATIENCE}'".encode())
        try:
            return _spreads(mutant, models, connection)
        except psycopg.Error:
            return True
        finally:
            connection.rollback()


def _spreads(mutant: Mutant, models: Sequence[Model], connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    changed: dict[str, str] = {}
    for model in models:
        if model.name != mutant.model and not changed.keys() & set(model.reads):
            continue
        sql = mutant.sql if model.name == mutant.model else _reading(model, models, changed)
        connection.execute(f'create temp table "m_{model.name}" on commit drop as {sql}'.encode())
        if _differs(connection, model):
            if model.name in OBSERVED:
                return True
            connection.execute(f'analyze "m_{model.name}"'.encode())
            changed[model.name] = f'"m_{model.name}"'
    return False


def _reading(model: Model, models: Sequence[Model], changed: Mapping[str, str]) -> str:
    sql = model.sql
    for other in models:
        if other.name in changed:
            sql = sql.replace(other.relation, changed[other.name])
    return sql


def _differs(connection: psycopg.Connection[tuple[object, ...]], model: Model) -> bool:
    rows = connection.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped", (model.relation,))
    shown = ", ".join(f'"{name}"::text' for (name,) in rows if name not in UNSEEN_COLUMNS)
    one, other = f'select {shown} from "m_{model.name}"', f"select {shown} from {model.relation}"
    found = connection.execute(f"select exists (({one} except all {other}) union all ({other} except all {one}))".encode()).fetchone()
    return bool(found and found[0])


def run(models: Sequence[Model], urls: Sequence[str], chosen: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant and whether one of the histories shows it."""
    for mutant in chosen:
        yield mutant, any(is_caught(mutant, models, url) for url in urls)


def sampled(found: Sequence[Mutant], share: float) -> list[Mutant]:
    """About this share of them, the same each time."""
    return [mutant for mutant in found if zlib.crc32(f"{mutant.model}{mutant.operator}{mutant.sql}".encode()) % 10_000 < share * 10_000]


def stable(models: Sequence[Model], url: str) -> list[str]:
    """The models whose statement, written out again unchanged, gives the rows that the build gave; others cannot be judged."""
    same = []
    for model in models:
        plain = Mutant(model.name, "none", "", sqlglot.parse_one(model.sql, read=DIALECT).sql(DIALECT))
        with psycopg.connect(url) as connection:
            connection.execute(f'create temp table "m_{model.name}" on commit drop as {plain.sql}'.encode())
            if not _differs(connection, model):
                same.append(model.name)
            connection.rollback()
    return same


# -- command ----------------------------------------------------------------------------------------------------------
def main(arguments: Sequence[str] | None = None) -> None:
    """Build histories, try the mutants, print the table of operators and the survivors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("models", nargs="*", help="models; default: all")
    parser.add_argument("--seeds", default="1,2,3", help="random histories, one after the other until one shows the mutant")
    parser.add_argument("--share", type=float, default=1.0, help="share of the mutants that is tried")
    parser.add_argument("--json", type=Path, help="file for the survivors")
    options = parser.parse_args(arguments)
    from tests.marts.sql_histories import built_histories

    with tempfile.TemporaryDirectory(prefix="renown-sql-mutants-") as folder, built_histories(Path(folder), options.seeds.split(",")) as (models, urls):
        judged = set(stable(models, urls[0])) & ({*options.models} or {model.name for model in models})
        print("not judged:", ", ".join(sorted({m.name for m in models} - judged)) or "none", flush=True)
        chosen = sampled([mutant for model in models if model.name in judged for mutant in mutants(model)], options.share)
        _report(run(models, urls, chosen), len(chosen), options.json)


def _report(results: Iterator[tuple[Mutant, bool]], total: int, path: Path | None) -> None:
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    survivors = []
    begun = time.monotonic()
    for number, (mutant, seen) in enumerate(results, 1):
        tried[mutant.operator] += 1
        caught[mutant.operator] += seen
        if not seen:
            survivors.append(mutant)
            print(f"survived  {mutant.model:28} {mutant.operator:18} {mutant.place}", flush=True)
        if number % 100 == 0:
            print(f"… {number} of {total}, {sum(caught.values())} caught, {time.monotonic() - begun:.0f} s", flush=True)
    for operator in sorted(tried):
        print(f"{operator:18} {caught[operator]:5} of {tried[operator]:5}  {100 * caught[operator] / tried[operator]:.1f} %")
    print(f"all                {sum(caught.values()):5} of {sum(tried.values()):5}  {100 * sum(caught.values()) / max(1, sum(tried.values())):.1f} %")
    if path:
        path.write_text(json.dumps([[m.model, m.operator, m.place] for m in survivors], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
