"""Mutation of the metrics' SQL: every site of every model, one change at a time, seen by the double entry or not.

    compiled models ──► sqlglot tree ──► one mutant a site and operator ──► its rows on random histories ──► models that read it ──► a mart that
    tests/marts/reference*.py holds cell by cell differs: caught; none does: survived

Operators: comparison (= ≠, < ≤, > ≥), join kind (inner ↔ left), arithmetic (+ ↔ −, × ↔ ÷), and ↔ or, constant ±1, dropped predicate (a condition of
where, having, on or filter), dropped distinct. A mutant whose SQL the server refuses would break the build: caught.

Run `python -m tests.marts.sql_mutants [MODEL …] [--seeds 1,2] [--share 0.1]`; it builds histories in a server of its own and prints the survivors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

DIALECT = "postgres"
VERDICTS = ("unit test", "double entry", "data test", "refused", "too slow", "survived")
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
            _written(node).meta["site"] = number
    marked = _Marking(dialect=DIALECT).generate(tree, copy=False)
    for node in nodes:
        for operator, change in _changes(node):
            number = _written(node).meta["site"]
            before, after = marked.split(f"\x01{number}\x02")[0], marked.split(f"\x03{number}\x02")[1]
            yield Mutant(model.name, operator, _shown(node), _MARK.sub("", before + _changed(node, change) + after))


def _written(node: exp.Expression) -> exp.Expression:
    """The node whose text changes with it: an array's subscript is written anew, counted from 1, with its array."""
    return node.parent if isinstance(node.parent, exp.Bracket) and node.arg_key == "expressions" else node


def _changed(node: exp.Expression, change: Change) -> str:
    """The text after the change of the node."""
    if isinstance(node.parent, exp.Select) and isinstance(node, exp.Distinct):
        return ""
    holder = exp.Paren(this=_written(node).copy())
    change(holder.this if _written(node) is node else holder.this.expressions[node.index or 0])
    return Postgres.Generator(dialect=DIALECT).sql(holder.this)  # not generate(), which strips the blank before a clause


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
            yield f"constant {step:+d}", lambda found, by=step: _put(found, _moved(found, by))
    if isinstance(node, exp.Distinct) and not node.args.get("on"):
        yield "dropped distinct", _without_distinct


def _moved(found: exp.Expression, by: int) -> exp.Expression:
    """A subscript stays one number, which the generator counts from 1 again."""
    if isinstance(found.parent, exp.Bracket):
        return exp.Literal(this=str(int(found.this) + by), is_string=False)
    return exp.Paren(this=exp.Literal.number(f"{found.this} + {by}"))


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


# -- which, and in what order -------------------------------------------------------------------------------------------
def sampled(found: Sequence[Mutant], share: float) -> list[Mutant]:
    """About this share of them, the same each time."""
    return [mutant for mutant in found if _draw(mutant) < share * 10_000]


def _draw(mutant: Mutant) -> int:
    return zlib.crc32(f"{mutant.model}{mutant.operator}{mutant.sql}".encode()) % 10_000


def as_drawn(found: Iterable[tuple[int, Mutant]]) -> list[tuple[int, Mutant]]:
    """In one drawn order of all, whatever their model: a run that is cut has tried a fair sample, of each model by its size."""
    return sorted(found, key=lambda pair: _draw(pair[1]))


def key(mutant: Mutant) -> str:
    """Names the mutant in a file of results; it changes with the model's statement."""
    return hashlib.sha256(f"{mutant.model}|{mutant.operator}|{mutant.sql}".encode()).hexdigest()[:16]


# -- command ----------------------------------------------------------------------------------------------------------
def main(arguments: Sequence[str] | None = None) -> None:
    """Build histories, try the mutants, append each verdict to the file of results, print the table and the survivors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("models", nargs="*", help="models; default: all")
    parser.add_argument("--histories", default="1,2,coverage,volume", help="as in sql_histories.py, asked one after the other")
    parser.add_argument("--share", type=float, default=1.0, help="share of the mutants that is tried")
    parser.add_argument("--folder", type=Path, help="keeps the server and its histories for the next run")
    parser.add_argument("--results", type=Path, help="JSON lines; what stands there is not tried again")
    parser.add_argument("--again", action="store_true", help="try again what survived")
    parser.add_argument("--minutes", type=float, default=1e9, help="end after so many minutes")
    options = parser.parse_args(arguments)
    from tests.marts.sql_histories import judges
    from warehouse.embedded import stop

    with tempfile.TemporaryDirectory(prefix="renown-sql-mutants-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            trial, unstable = judges(folder, options.histories.split(","))
            print("not judged:", ", ".join(unstable) or "none", flush=True)
            chosen = [model for model in trial.models if model.name not in unstable and (not options.models or model.name in options.models)]
            results = options.results or folder / "results.jsonl"
            _try(chosen, trial.verdict, results, options)
            print(table(chosen, read_results(results)))
        finally:
            if not options.folder:
                stop(folder, "immediate")


def _try(chosen: Sequence[Model], verdict: Callable[[Mutant, int], str], results: Path, options: argparse.Namespace) -> None:
    known = {name for name, row in read_results(results).items() if not (options.again and row["verdict"] == "survived")}
    numbered = [pair for model in chosen for pair in enumerate(mutants(model)) if _draw(pair[1]) < options.share * 10_000]
    waiting = [pair for pair in as_drawn(numbered) if key(pair[1]) not in known]
    begun = time.monotonic()
    with results.open("a", encoding="utf-8") as file:
        for done, (number, mutant) in enumerate(waiting):
            if done % 200 == 0:
                print(f"… {done} of {len(waiting)}, {time.monotonic() - begun:.0f} s", flush=True)
            if time.monotonic() - begun > 60 * options.minutes:
                break
            row = {"key": key(mutant), "model": mutant.model, "operator": mutant.operator, "number": number, "place": mutant.place}
            file.write(json.dumps(row | {"verdict": verdict(mutant, number)}) + "\n")
            file.flush()


def read_results(path: Path) -> dict[str, dict[str, Any]]:
    """Key → the last verdict on the mutant, with what it was."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {row["key"]: row for row in map(json.loads, lines)}


def table(chosen: Sequence[Model], results: Mapping[str, Mapping[str, Any]]) -> str:
    """A line a model: its mutants, those tried, and who caught how many; then each survivor."""
    lines, survivors, total = [f"{'model':28} sites  tried " + " ".join(f"{name:>12}" for name in VERDICTS)], [], Counter[str]()
    for model in chosen:
        made = list(mutants(model))
        rows = [results[key(mutant)] for mutant in made if key(mutant) in results]
        told = Counter(row["verdict"] for row in rows)
        total.update(told)
        lines.append(f"{model.name:28} {len(made):5}  {len(rows):5} " + " ".join(f"{told[name]:12}" for name in VERDICTS))
        survivors += [f"{row['model']:28} {row['operator']:18} {row['place']}" for row in rows if row["verdict"] == "survived"]
    tried, caught = sum(total.values()), sum(total.values()) - total["survived"]
    lines.append(f"{'all':28}        {tried:5} " + " ".join(f"{total[name]:12}" for name in VERDICTS))
    return "\n".join([*survivors, "", *lines, f"caught: {caught} of {tried}, {100 * caught / max(1, tried):.1f} %"])


if __name__ == "__main__":
    main()
