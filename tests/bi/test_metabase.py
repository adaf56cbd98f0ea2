"""Metabase's set-up, against a server played here that refuses what its documented shapes do not allow. It has never been run against a Metabase."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import pytest

from bi.metabase.api import Metabase
from bi.metabase.questions import questions
from bi.metabase.setup import Login, Warehouse, set_up
from settings import RenownError
from settings.loader import REPOSITORY


def an(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


TEXT, FLAG, NUMBER = {"type": "string", "minLength": 1}, {"type": "boolean"}, {"type": "integer", "minimum": 1}
REVISION = {"type": "integer", "minimum": 0}


def graph(leaf: dict[str, Any]) -> dict[str, Any]:
    return an(
        {
            "revision": REVISION,
            "groups": {
                "type": "object",
                "propertyNames": {"pattern": r"^\d+$"},
                "additionalProperties": {
                    "type": "object",
                    "propertyNames": {"pattern": r"^(\d+|root)$"},
                    "additionalProperties": leaf,
                },
            },
        }
    )


DATABASE = an(
    {
        "name": TEXT,
        "engine": {"enum": ["postgres"]},
        "details": an(
            {"host": TEXT, "port": NUMBER, "dbname": TEXT, "user": TEXT, "password": TEXT},
            {"ssl": FLAG, "schema-filters-type": {"enum": ["all", "inclusion", "exclusion"]}, "schema-filters-patterns": TEXT},
        ),
    },
    {"is_full_sync": FLAG, "is_on_demand": FLAG, "auto_run_queries": FLAG},
)
CARD = an(
    {
        "name": TEXT,
        "display": TEXT,
        "visualization_settings": {"type": "object"},
        "dataset_query": an(
            {
                "database": NUMBER,
                "type": {"enum": ["native"]},
                "native": an({"query": TEXT}, {"template-tags": {"type": "object"}}),
            }
        ),
    },
    {"description": TEXT, "collection_id": NUMBER},
)
COLLECTION = an({"name": TEXT}, {"description": TEXT, "parent_id": NUMBER})
# What the documentation of v0.54 says of each body: metabase.com/docs/v0.54/api/<database|permissions|collection|card>.
SHAPES = [
    ("POST", r"database", DATABASE),
    ("PUT", r"database/\d+", DATABASE),
    ("POST", r"database/\d+/sync_schema", {"type": "object"}),
    ("POST", r"permissions/group", an({"name": TEXT})),
    ("POST", r"collection", COLLECTION),
    ("PUT", r"collection/\d+", COLLECTION),
    ("POST", r"card", CARD),
    ("PUT", r"card/\d+", CARD),
    (
        "PUT",
        r"permissions/graph",
        graph(
            an(
                {
                    "view-data": {"enum": ["unrestricted"]},
                    "create-queries": {"enum": ["no", "query-builder", "query-builder-and-native"]},
                }
            )
        ),
    ),
    ("PUT", r"collection/graph", graph({"enum": ["none", "read", "write"]})),
]
PARTS = {"database": "database", "permissions/group": "group", "collection": "collection", "card": "card"}


class Played(BaseHTTPRequestHandler):
    """Entries by kind and id, graphs with revisions; a body of another shape is refused with 400."""

    entries: dict[str, dict[int, dict[str, Any]]]
    graphs: dict[str, dict[str, Any]]
    calls: list[tuple[str, str]]
    refused: list[tuple[str, str, int]]  # method, path, the how manieth of them

    def do_GET(self) -> None:
        path, _, query = self._path()
        if path in self.graphs:
            return self._say(200, self.graphs[path])
        if found := re.fullmatch(r"collection/(\d+)/items", path):
            assert query == "models=card"
            cards = [
                {"id": at, "name": card["name"], "model": "card"}
                for at, card in self.entries["card"].items()
                if card["collection_id"] == int(found[1])
            ]
            return self._say(200, {"total": len(cards), "data": cards})
        listed = [{"id": at, **entry} for at, entry in self.entries[PARTS[path]].items()]
        self._say(200, {"data": listed, "total": len(listed)} if path == "database" else listed)

    def do_POST(self) -> None:
        self._write("POST")

    def do_PUT(self) -> None:
        self._write("PUT")

    def _write(self, method: str) -> None:
        path, _, _ = self._path()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls.append((method, path))
        if (method, path, self.calls.count((method, path))) in self.refused:
            return self._say(500, {})
        if self.headers["X-API-KEY"] != "right":
            return self._say(401, {})
        shape = next((shape for verb, pattern, shape in SHAPES if verb == method and re.fullmatch(pattern, path)), None)
        if shape is None or not jsonschema.Draft202012Validator(shape).is_valid(body):
            return self._say(400, {"errors": {"body": "shape"}})
        if path in self.graphs:
            if body["revision"] != self.graphs[path]["revision"]:
                return self._say(409, {})
            groups = self.graphs[path]["groups"]
            for group, places in body["groups"].items():
                groups[group] = groups.get(group, {}) | places
            self.graphs[path] = {"revision": body["revision"] + 1, "groups": groups}
            return self._say(200, self.graphs[path])
        if path.endswith("sync_schema"):
            return self._say(200, {"status": "ok"})
        kind, at = (PARTS[path], None) if method == "POST" else (PARTS[path.rpartition("/")[0]], int(path.rpartition("/")[2]))
        at = at or max([0, *self.entries[kind]]) + 1
        self.entries[kind][at] = body
        if path == "collection":  # a new collection inherits who may read the root: here everybody
            for readers in self.entries["group"]:
                self.graphs["collection/graph"]["groups"].setdefault(str(readers), {})[str(at)] = "write"
        if path == "database":  # and everybody may ask a new connection
            for askers in self.entries["group"]:
                place = self.graphs["permissions/graph"]["groups"].setdefault(str(askers), {})
                place[str(at)] = {"view-data": "unrestricted", "create-queries": "query-builder-and-native"}
        self._say(200, {"id": at, **body})

    def _path(self) -> tuple[str, str, str]:
        assert self.path.startswith("/api/")
        path, mark, query = self.path.removeprefix("/api/").partition("?")
        return path, mark, query

    def _say(self, code: int, body: Any) -> None:
        sent = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


WAREHOUSE = Warehouse("db", 5432, "renown")
LOGINS = [Login("bi_reader", "everybody", "pw0"), Login("bi_cards", "Cards", "pw1"), Login("bi_hr", "Human resources", "pw2")]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "*")
    Played.entries = {
        "database": {},
        "group": {1: {"name": "All Users"}, 2: {"name": "Administrators"}, 3: {"name": "Board"}},
        "collection": {},
        "card": {},
    }
    Played.graphs = {"permissions/graph": {"revision": 7, "groups": {}}, "collection/graph": {"revision": 3, "groups": {}}}
    Played.calls, Played.refused = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Played)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def named(kind: str) -> dict[str, int]:
    return {entry["name"]: at for at, entry in Played.entries[kind].items()}


def test_each_role_has_a_connection_a_group_and_a_collection_of_its_own(address: str) -> None:
    counts = set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    users = {entry["name"]: entry["details"]["user"] for entry in Played.entries["database"].values()}
    assert users == {"Renown everybody": "bi_reader", "Renown Cards": "bi_cards", "Renown Human resources": "bi_hr"}
    assert all(entry["details"]["schema-filters-patterns"] == "marts" for entry in Played.entries["database"].values())
    assert set(named("collection")) == set(users) < set(named("group"))
    rows = [question for question in questions() if question.role != "bi_reader"]
    assert rows
    assert counts == {"everybody": len(questions()) - len(rows), "Cards": len(questions()), "Human resources": len(questions())}


def test_a_group_asks_its_own_connection_only_and_all_users_nothing(address: str) -> None:
    set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    data, content = Played.graphs["permissions/graph"]["groups"], Played.graphs["collection/graph"]["groups"]
    for group, at in named("group").items():
        if group == "Administrators":
            continue
        asks = {name for name, database in named("database").items() if data[str(at)][str(database)]["create-queries"] != "no"}
        reads = {name for name, collection in named("collection").items() if content[str(at)][str(collection)] != "none"}
        assert asks == reads == ({group} if group not in ("All Users", "Board") else set())
    first_card = Played.calls.index(("POST", "card"))
    assert Played.calls.index(("PUT", "collection/graph")) < first_card, "nobody sees a question before the collection is closed"


def everybody_asks() -> set[str]:
    """Connections that «All Users» or the bank's own group may ask."""
    data = Played.graphs["permissions/graph"]["groups"]
    return {name for name, at in named("database").items() for group in ("1", "3") if data[group][str(at)]["create-queries"] != "no"}


@pytest.mark.parametrize(
    "refused",
    [("POST", "database", 2), ("POST", "permissions/group", 2), ("POST", "collection", 2), ("POST", "card", 1), ("PUT", "collection/graph", 1)],
)
def test_a_failure_in_between_leaves_no_connection_open(address: str, refused: tuple[str, str, int]) -> None:
    Played.refused = [refused]
    if refused[0] == "POST":
        with pytest.raises(RenownError, match=rf"refused POST /api/{refused[1]} \(500\)"):
            set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    else:
        set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    assert named("database")
    assert everybody_asks() == set()


def test_a_connection_that_cannot_be_closed_is_told_and_nothing_more_is_made(address: str) -> None:
    Played.refused = [("PUT", "permissions/graph", 3), ("PUT", "permissions/graph", 2)]
    with pytest.raises(RenownError, match=r"every user .* may be able to ask the connection 'Renown Cards': .*permissions/graph"):
        set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    assert set(named("database")) == {"Renown everybody", "Renown Cards"}
    assert everybody_asks() == {"Renown Cards"}


def test_questions_are_those_of_the_page_over_their_own_connection(address: str) -> None:
    set_up(Metabase(address, "right"), WAREHOUSE, LOGINS)
    cards = Played.entries["card"].values()
    for card in cards:
        owner = next(name for name, at in named("collection").items() if at == card["collection_id"])
        assert card["dataset_query"]["database"] == named("database")[owner]
    assert {card["dataset_query"]["native"]["query"] for card in cards} == {question.sql for question in questions()}
    assert len(questions()) == (REPOSITORY / "docs" / "queries.md").read_text("utf-8").count("\n## ")


def test_a_second_run_changes_and_adds_nothing(address: str) -> None:
    metabase = Metabase(address, "right")
    set_up(metabase, WAREHOUSE, LOGINS)
    before = json.dumps(Played.entries, sort_keys=True)
    set_up(metabase, WAREHOUSE, LOGINS)
    assert json.dumps(Played.entries, sort_keys=True) == before
    set_up(metabase, WAREHOUSE, [Login("bi_reader", "everybody", "new"), *LOGINS[1:]])
    assert Played.entries["database"][named("database")["Renown everybody"]]["details"]["password"] == "new"


def test_what_metabase_refuses_is_told_without_secrets(address: str) -> None:
    with pytest.raises(RenownError, match="RENOWN_METABASE_KEY") as caught:
        Metabase(address, "wrong-key").post("permissions/group", {"name": "a"})
    assert "wrong-key" not in str(caught.value)
    with pytest.raises(RenownError, match=r"refused POST /api/card \(400\)"):
        Metabase(address, "right").post("card", {"name": "a", "password": "pw"})
    with pytest.raises(RenownError, match="does not answer") as caught:
        Metabase("http://127.0.0.1:1", "right").get("database")
    assert caught.value.exit_code == 3
    assert "pw1" not in repr(LOGINS[1])
