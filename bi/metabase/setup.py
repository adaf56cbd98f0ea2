"""One Metabase for all departments, each behind a connection of its own, since the database knows a reader by its login only (docs/access.md).

    logins ──► a group each ──► a collection each ──► a connection each, closed at once to all but its group ──► the questions of docs/queries.md

In Metabase's open edition whoever may open a collection sees its questions' results with the rights of their connection, so a collection is
readable to its own group alone, and «All Users» reads and asks nothing of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bi.metabase.api import Metabase
from bi.metabase.questions import Question, questions
from settings import RenownError

ADMINISTRATORS = "Administrators"
READER = "bi_reader"
ASK, NOTHING = "query-builder-and-native", "no"


@dataclass(frozen=True)
class Login:
    """A database login and whom it is for: `group` is the group's, collection's and connection's name in Metabase."""

    user: str
    group: str
    password: str = field(repr=False)

    @property
    def reads_rows(self) -> bool:
        return self.user != READER


@dataclass(frozen=True)
class Warehouse:
    """Where Metabase finds the warehouse."""

    host: str
    port: int
    database: str
    ssl: bool = False


def set_up(metabase: Metabase, warehouse: Warehouse, logins: Sequence[Login]) -> dict[str, int]:
    """Make or change everything; returns how many questions each group has. Raises RenownError."""
    databases, groups, collections = metabase.get("database"), metabase.get("permissions/group"), metabase.get("collection")
    places, counts = dict[Login, tuple[int, int, int]](), dict[str, int]()
    for login in logins:
        group = metabase.ensure("permissions/group", groups, {"name": f"Renown {login.group}"}, update=False)
        collection = metabase.ensure(
            "collection", collections, {"name": f"Renown {login.group}", "description": "Questions of docs/queries.md"}
        )
        database = metabase.ensure("database", databases, _database(warehouse, login))
        places[login] = (database, group, collection)
        _close(metabase, places)  # before anything else can fail, and before a question is there to be seen
    for login, (database, _, collection) in places.items():
        asked = [question for question in questions() if login.reads_rows or question.role == READER]
        known = metabase.get(f"collection/{collection}/items?models=card")
        for question in asked:
            metabase.ensure("card", known, _card(question, database, collection))
        metabase.post(f"database/{database}/sync_schema", {})
        counts[login.group] = len(asked)
    return counts


def _database(warehouse: Warehouse, login: Login) -> dict[str, Any]:
    return {
        "name": f"Renown {login.group}",
        "engine": "postgres",
        "is_full_sync": True,
        "is_on_demand": False,
        "auto_run_queries": True,
        "details": {
            "host": warehouse.host,
            "port": warehouse.port,
            "dbname": warehouse.database,
            "user": login.user,
            "password": login.password,
            "ssl": warehouse.ssl,
            "schema-filters-type": "inclusion",
            "schema-filters-patterns": "marts",
        },
    }


def _card(question: Question, database: int, collection: int) -> dict[str, Any]:
    return {
        "name": question.name,
        "description": question.reading,
        "display": "table",
        "collection_id": collection,
        "visualization_settings": {},
        "dataset_query": {"database": database, "type": "native", "native": {"query": question.sql, "template-tags": {}}},
    }


def _close(metabase: Metabase, places: dict[Login, tuple[int, int, int]]) -> None:
    """Metabase lets every user ask a new connection: closed at once, and tried twice, since somebody may write the same graph meanwhile."""
    try:
        return _permit(metabase, list(places.values()))
    except RenownError:
        pass
    try:
        _permit(metabase, list(places.values()))
    except RenownError as error:
        raise RenownError(
            f"every user of this Metabase may be able to ask the connection 'Renown {list(places)[-1].group}': {error}",
            "delete it there, or take it from «All Users» (Admin settings, Permissions), then run this again",
            error.exit_code,
        ) from None


def _permit(metabase: Metabase, places: list[tuple[int, int, int]]) -> None:
    """Each group asks its own connection and reads its own collection; the revision keeps us from writing over another's change.

    All groups are named, the bank's own ones too: a new collection inherits who may read the root.
    """
    data, content = metabase.get("permissions/graph"), metabase.get("collection/graph")
    groups = [int(group["id"]) for group in metabase.get("permissions/group") if group["name"] != ADMINISTRATORS]
    metabase.put(
        "permissions/graph",
        {
            "revision": data["revision"],
            "groups": {
                str(group): {
                    str(database): {"view-data": "unrestricted", "create-queries": ASK if group == own else NOTHING}
                    for database, own, _ in places
                }
                for group in groups
            },
        },
    )
    metabase.put(
        "collection/graph",
        {
            "revision": content["revision"],
            "groups": {
                str(group): {str(collection): "read" if group == own else "none" for _, own, collection in places}
                for group in groups
            },
        },
    )
