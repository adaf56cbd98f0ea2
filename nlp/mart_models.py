"""The marts' own models over the labels of any pipeline version, as temporary tables of one session: what a promotion would publish.

dbt_project/models/*.sql, with source(nlp.current_annotations) and source(core.current_mentions) led elsewhere ──► pg_temp.<model>_<side>

The model files themselves are rendered, so a definition that changes there changes here. Only what ref(), source(), var() and the project's
macros say is supported, which is all that the models down to the facts use.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2
import psycopg
from psycopg import sql

from settings import Settings
from warehouse.dbt import PROJECT

# As nlp.current_annotations (warehouse/migrations/0004_nlp.sql), with one manifest in the active one's place.
_LABELS = """
create temporary table {} on commit drop as
select distinct on (a.mention_id, a.mention_version, a.task)
    a.mention_id, a.mention_version, a.task, a.model_version, a.label, a.created_at
from nlp.annotations a
left join nlp.manifests m on m.pipeline_version = {} and m.models ->> a.task = a.model_version
where a.model_version like 'human:%' or m.pipeline_version is not null
order by a.mention_id, a.mention_version, a.task, (a.model_version like 'human:%') desc, a.created_at desc, a.model_version"""
# Mentions that only one of the two versions has finished would be compared with nothing.
_SCOPE = """
create temporary table {} on commit drop as
select m.* from core.current_mentions m
where exists (select from nlp.done d where d.mention_id = m.mention_id and d.mention_version = m.version and d.pipeline_version = {})
    = exists (select from nlp.done d where d.mention_id = m.mention_id and d.mention_version = m.version and d.pipeline_version = {})"""


class MartModels:
    """The models of one version (`side`: a short name for its tables); each is built when it is first asked for."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings, version: str, side: str, scope: str) -> None:
        self._connection, self._side, self._scope = connection, side, scope
        connection.execute("select set_config('renown.as_of', %s, true)", (settings.now().isoformat(),))
        self._built: set[str] = set()
        self._labels = self._name("labels_that_count")
        connection.execute(sql.SQL(_LABELS).format(sql.Identifier(self._labels), sql.Literal(version)))
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(self._labels)))

    def ref(self, model: str) -> str:
        """The model's temporary table, made now where it is not yet."""
        name = self._name(model)
        if model not in self._built:
            rendered = _template(model).render(ref=self.ref, source=self._source, var=_var)
            create = sql.SQL("create temporary table {} on commit drop as ").format(sql.Identifier(name))
            self._connection.execute(create + sql.SQL(rendered))
            self._connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
            self._built.add(model)
        return f"pg_temp.{name}"

    def _name(self, model: str) -> str:
        return f"{model}_{self._side}"

    def _source(self, schema: str, table: str) -> str:
        led = {("nlp", "current_annotations"): self._labels, ("core", "current_mentions"): self._scope}
        return f"pg_temp.{led[schema, table]}" if (schema, table) in led else f"{schema}.{table}"


def _var(_name: str, default: Any = None) -> Any:
    """No var is given: a whole build."""
    return default


def make_scope(connection: psycopg.Connection[Any], one: str, other: str, name: str = "compared_mentions") -> str:
    """A temporary table of the current mentions that both versions have finished, or neither; its name."""
    connection.execute(sql.SQL(_SCOPE).format(sql.Identifier(name), sql.Literal(one), sql.Literal(other)))
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
    return name


@cache
def _template(model: str) -> jinja2.Template:
    """A model behind the project's macros. Raises StopIteration for a model that there is not."""
    macros = "".join(path.read_text("utf-8") for path in sorted((PROJECT / "macros").glob("*.sql")))
    body = next((PROJECT / "models").rglob(f"{model}.sql")).read_text("utf-8")
    return jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined).from_string(macros + body)
