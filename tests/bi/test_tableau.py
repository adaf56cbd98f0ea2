"""Tableau: every mart's data source is whole and holds no password; publishing speaks the documented REST endpoints, against a server played here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from bi.contracts import Column, Mart, marts
from bi.tableau.publish import Site, publish
from bi.tableau.source import USER, Place, document, is_rate, tableau_type
from settings import RenownError

PLACE = Place("db.bank.example", 5433, "renown", "bi_cards")
TYPES = {"string", "integer", "real", "boolean", "date", "datetime"}
NAMESPACE = "http://tableau.com/api"


@pytest.mark.parametrize("mart", marts(), ids=lambda mart: mart.name)
def test_a_data_source_is_whole(mart: Mart) -> None:
    root = etree.fromstring(document(mart, PLACE))
    [connection] = root.findall("connection/named-connections/named-connection/connection")
    assert (
        connection.get("class"),
        connection.get("username"),
        connection.get("server"),
        connection.get("port"),
        connection.get("dbname"),
    ) == ("postgres", "bi_cards", "db.bank.example", "5433", "renown")
    assert "password" not in connection.attrib
    [relation] = root.findall("connection/relation")
    assert relation.get("table") == f"[marts].[{mart.name}]"
    assert relation.get("connection") == root.find("connection/named-connections/named-connection").get("name")
    records = root.findall("connection/metadata-records/metadata-record")
    assert [record.findtext("local-name") for record in records] == [f"[{column.name}]" for column in mart.columns]
    columns = {element.get("name"): element for element in root.findall("column")}
    assert len(columns) == len(root.findall("column"))
    assert len({element.get("caption") for element in columns.values()}) == len(columns), (
        "two captions alike cannot be told apart"
    )
    for column in mart.columns:
        element = columns[f"[{column.name}]"]
        assert element.get("datatype") in TYPES
        assert element.findtext("desc/formatted-text/run", "") == column.description
        assert (element.get("role") == "measure") == (column.is_added or is_rate(column))


@pytest.mark.parametrize("mart", marts(), ids=lambda mart: mart.name)
def test_it_opens_without_a_roll_up_beside_its_parts(mart: Mart) -> None:
    root = etree.fromstring(document(mart, PLACE))
    found = {}
    for element in root.findall("filter"):
        [member] = element.findall("groupfilter")
        assert (element.get("class"), member.get("function"), member.get("level")) == ("categorical", "member", element.get("column"))
        assert member.get(f"{{{USER}}}ui-enumeration") == "inclusive"
        found[element.get("column").strip("[]")] = member.get("member").strip('"')
    assert found == mart.whole
    assert not found or set(found) <= {column.name for column in mart.columns if column.type == "text"}


def test_what_is_told_as_a_roll_up_is_filtered() -> None:
    whole = {mart.name: mart.whole for mart in marts()}
    assert whole["mart_reputation_periods"] == {"platform": "all", "language": "all", "country": "all", "period_type": "week"}
    assert whole["mart_reputation_daily"] == {"platform": "all", "language": "all", "country": "all"}
    assert whole["mart_reply_effect"] == {"platform": "all", "reply": "all", "period_type": "week"}
    assert whole["mart_misdirected"] == {"account_kind": "all", "account": "all", "account_bank_id": "all", "platform": "all", "period_type": "week"}
    assert whole["mart_crisis_signals"] == {"series_id": "all"}
    assert whole["mart_open_cases"] == whole["fct_alerts"] == whole["mart_nlp_quality"] == {}


def test_counts_are_summed_and_rates_stand_alone() -> None:
    mart = next(mart for mart in marts() if mart.name == "mart_customer_care")
    columns = {element.get("name"): element for element in etree.fromstring(document(mart, PLACE)).findall("column")}
    assert columns["[case_count]"].get("aggregation") == "Sum"
    rate = columns["[one response_rate_pct]"]
    assert rate.find("calculation").get("formula") == "IF COUNT([customer_care_id]) = 1 THEN MAX([response_rate_pct]) END"
    assert columns["[response_rate_pct]"].get("hidden") == "true"
    assert "not averaged" in rate.findtext("desc/formatted-text/run")
    assert columns["[period_start]"].get("datatype") == "date"
    assert not [element for element in columns.values() if element.get("aggregation") == "Avg"]


@pytest.mark.parametrize(
    ("name", "kind", "added"),
    [
        ("mention_count", "bigint", True),
        ("mention_count_without_bots", "bigint", True),
        ("response_rate_numerator", "bigint", True),
        ("unique_authors", "bigint", False),
        ("story_count", "bigint", False),
        ("negative_author_count", "bigint", False),
        ("negative_pct", "double precision", False),
        ("mention_count_difference", "bigint", False),
        ("n", "bigint", False),
        ("items_new", "bigint", True),
    ],
)
def test_what_may_be_added_up(name: str, kind: str, added: bool) -> None:
    assert Column(name, kind, "").is_added == added


def test_types_are_tableaus() -> None:
    assert [
        tableau_type(Column("a", kind, ""))
        for kind in ("numeric(10,2)", "timestamp with time zone", "text[]", "jsonb", "uuid", "boolean")
    ] == ["real", "datetime", "string", "string", "string", "boolean"]


def answer(body: str) -> bytes:
    return f'<?xml version="1.0"?><tsResponse xmlns="{NAMESPACE}">{body}</tsResponse>'.encode()


class Tableau(BaseHTTPRequestHandler):
    """The endpoints of the REST API reference that publishing needs."""

    calls: ClassVar[list[tuple[str, str, bytes]]] = []
    token = "right"

    def do_GET(self) -> None:
        self.calls.append(("GET", self.path, b""))
        assert self.headers["X-Tableau-Auth"] == "session"
        assert urlsplit(self.path).path == "/api/3.19/sites/s1/projects"
        self._say(
            200,
            '<pagination pageNumber="1" pageSize="100" totalAvailable="6"/><projects><project id="p1" name="Everybody"/><project id="p2" name="Cards"/>'
            '<project id="p3" name="Retail"/><project id="p4" name="Loans" parentProjectId="p3"/><project id="p5" name="Loans" parentProjectId="p1"/>'
            '<project id="p6" name="Loans"/></projects>',
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.calls.append(("POST", self.path, body))
        place, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if place == "/api/3.19/auth/signin":
            credentials = etree.fromstring(body).find("credentials")
            assert (credentials.get("personalAccessTokenName"), credentials.find("site").get("contentUrl")) == ("ours", "bank")
            if credentials.get("personalAccessTokenSecret") != self.token:
                return self._say(
                    401, '<error code="401001"><summary>Signin Error</summary><detail>Error signing in</detail></error>'
                )
            self._say(200, '<credentials token="session"><site id="s1" contentUrl="bank"/><user id="u1"/></credentials>')
        elif place == "/api/3.19/sites/s1/datasources":
            assert self.headers["Content-Type"].startswith("multipart/mixed; boundary=")
            assert (asked["overwrite"], self.headers["X-Tableau-Auth"]) == (["true"], "session")
            assert b'name="request_payload"' in body
            assert b'name="tableau_datasource"' in body
            name = (
                etree.fromstring(body[body.index(b"<tsRequest") : body.index(b"</tsRequest>") + 12])
                .find("datasource")
                .get("name")
            )
            self._say(
                201,
                f'<datasource id="d1" name="{name}" contentUrl="{name}" type="hyper"><project id="p2" name="Cards"/><owner id="u1"/></datasource>',
            )
        else:
            assert place == "/api/3.19/auth/signout"
            self.send_response(204)
            self.end_headers()

    def _say(self, code: int, body: str) -> None:
        sent = answer(body)
        self.send_response(code)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    pytest.importorskip("tableauserverclient")
    monkeypatch.setenv("NO_PROXY", "*")
    Tableau.calls = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tableau)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_files_are_published_over_what_has_their_name(address: str, tmp_path: Path) -> None:
    for name in ("cards.hyper", "mart_leads.tds"):
        (tmp_path / name).write_bytes(b"what it holds")
    assert publish(Site(address, "bank", "ours", "right"), "Cards", sorted(tmp_path.iterdir())) == ["cards", "mart_leads"]
    sent = [body for _, path, body in Tableau.calls if "/datasources" in path]
    assert len(sent) == 2
    assert all(b"what it holds" in body and b'<project id="p2"' in body for body in sent)
    assert Tableau.calls[-1][1].endswith("/auth/signout")


def test_a_project_is_never_made(address: str, tmp_path: Path) -> None:
    with pytest.raises(RenownError, match="there is no project 'Atms' on that site"):
        publish(Site(address, "bank", "ours", "right"), "Atms", [tmp_path / "x.hyper"])
    assert {path.rpartition("/")[2].partition("?")[0] for method, path, _ in Tableau.calls if method == "POST"} == {
        "signin",
        "signout",
    }


def test_of_projects_called_alike_the_path_says_which(address: str, tmp_path: Path) -> None:
    (tmp_path / "cards.hyper").write_bytes(b"rows")
    with pytest.raises(RenownError, match=r"3 projects are called 'Loans': /Everybody/Loans, /Loans, /Retail/Loans"):
        publish(Site(address, "bank", "ours", "right"), "Loans", [tmp_path / "cards.hyper"])
    assert not [path for _, path, _ in Tableau.calls if "/datasources" in path]
    for name, chosen in (("Retail/Loans", b"p4"), ("/Loans", b"p6"), ("/Cards", b"p2")):
        publish(Site(address, "bank", "ours", "right"), name, [tmp_path / "cards.hyper"])
        assert b'<project id="' + chosen + b'"' in [body for _, path, body in Tableau.calls if "/datasources" in path][-1], name


def test_a_wrong_token_is_told_without_it(address: str) -> None:
    with pytest.raises(RenownError, match="RENOWN_TABLEAU_TOKEN") as caught:
        publish(Site(address, "bank", "ours", "wrong-secret"), "Cards", [])
    assert "wrong-secret" not in str(caught.value)


def test_a_server_that_is_not_there() -> None:
    pytest.importorskip("tableauserverclient")
    with pytest.raises(RenownError, match="does not answer") as caught:
        publish(Site("http://127.0.0.1:1", "", "ours", "right"), "Cards", [])
    assert caught.value.exit_code == 3
