"""Registers of branches and ATMs: hand-written files of the published shapes, whose they are, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from nlp.places.register import city_id_of, store_place_names
from settings import RenownError, Settings
from settings.models import Partner, Places, Register
from warehouse.connection import connect
from warehouse.registers import Place, parse, read_registers

OVERPASS = {
    "version": 0.6, "generator": "Overpass API", "osm3s": {"timestamp_osm_base": "2026-03-01T00:00:00Z"},
    "elements": [
        {"type": "node", "id": 1, "lat": 52.5, "lon": 13.4, "tags": {
            "amenity": "atm", "operator": "Velmora Bank", "network": "Northway Cash", "fee": "no", "addr:city": "Berlin", "addr:country": "DE"}},
        {"type": "way", "id": 2, "center": {"lat": 52.51, "lon": 13.41}, "nodes": [1, 7], "tags": {
            "amenity": "bank", "name": "Velmora", "brand": "Velmora Bank", "branch": "Mitte", "atm": "yes", "addr:postcode": "10117"}},
        {"type": "node", "id": 3, "lat": 52.52, "lon": 13.42, "tags": {"amenity": "atm", "brand": "Northway Cash", "fee": "yes"}},
        {"type": "way", "id": 4, "nodes": [1, 7], "tags": {"amenity": "atm"}},
        {"type": "node", "id": 5, "lat": 52.5, "lon": 13.4, "tags": {"amenity": "cafe", "name": "Velmora Bank"}},
        {"type": "node", "id": 6, "lat": 52.5, "lon": 13.4},
    ],
}  # fmt: skip
GEOJSON = {
    "type": "FeatureCollection", "generator": "overpass-turbo",
    "features": [
        {"type": "Feature", "id": "node/1", "properties": {"@id": "node/1", "amenity": "atm", "brand": "Velmora Bank"},
         "geometry": {"type": "Point", "coordinates": [13.4, 52.5]}},
        {"type": "Feature", "properties": {"@id": "way/9", "amenity": "bank", "operator": "Other"},
         "geometry": {"type": "Polygon", "coordinates": [[[13.0, 52.0], [13.2, 52.0], [13.2, 52.4], [13.0, 52.0]]]}},
        {"type": "Feature", "properties": {"@id": "way/10", "amenity": "bank"}, "geometry": None},
    ],
}  # fmt: skip
POINT = {"GeographicCoordinates": {"Latitude": "51.54", "Longitude": "-0.01"}}
ATMS = {
    "meta": {"LastUpdated": "2026-03-01T00:00:00Z", "TotalResults": 3},
    "data": [{"Brand": [{"BrandName": "Harbour", "ATM": [
        {"Identification": "A1", "SupportedCurrencies": ["GBP"], "Location": {"Site": {"Name": "STRATFORD"}, "PostalAddress": {
            "StreetName": "The Mall", "TownName": "LONDON", "Country": "GB", "PostCode": "E15 1XX", "GeoLocation": POINT}}},
        {"Identification": "A2", "SupportedCurrencies": ["GBP"], "Location": {"PostalAddress": {"TownName": "LONDON"}}},
        {"SupportedCurrencies": ["GBP"], "Location": {"PostalAddress": {"GeoLocation": POINT}}},
    ]}]}],
}  # fmt: skip
BRANCHES = {"meta": {"TotalResults": 2}, "data": [{"Brand": [{"BrandName": "Harbour", "Branch": [
    {"Identification": "B1", "SequenceNumber": "00", "Name": "Stratford", "Type": "Physical", "CustomerSegment": ["Personal"],
     "PostalAddress": {"TownName": "London", "Country": "GB", "PostCode": "E15 1XX", "GeoLocation": POINT}},
    {"Identification": "B2", "SequenceNumber": "01", "Name": "Van", "Type": "Mobile", "PostalAddress": {"GeoLocation": POINT}},
]}]}]}  # fmt: skip


def written(folder: Path, body: Any, name: str = "register.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(body), "utf-8")
    return path


def test_overpass_nodes_ways_and_machines_inside_a_branch(tmp_path: Path) -> None:
    machine, branch, inside, strange, without_center = parse(written(tmp_path, OVERPASS), "overpass")
    assert machine == Place("osm:node/1", "atm", 52.5, 13.4, "overpass", None, ("Velmora Bank", "Northway Cash"), "Berlin", None, "DE", True)
    assert branch == Place("osm:way/2", "branch", 52.51, 13.41, "overpass", "Mitte", ("Velmora Bank", "Velmora"), None, "10117")
    assert inside is not None
    assert (inside.place_id, inside.kind) == ("osm:way/2/atm", "atm")
    assert strange is not None
    assert strange.is_fee_free is False
    assert without_center is None


def test_geojson_points_and_middles(tmp_path: Path) -> None:
    point, area, nowhere = parse(written(tmp_path, GEOJSON), "geojson")
    assert point is not None
    assert (point.place_id, point.latitude, point.longitude) == ("osm:node/1", 52.5, 13.4)
    assert area is not None
    assert (area.place_id, area.kind, area.latitude, area.longitude) == ("osm:way/9", "branch", 52.2, 13.1)
    assert nowhere is None


def test_open_banking_atms_and_branches(tmp_path: Path) -> None:
    machine, nowhere, nameless = parse(written(tmp_path, ATMS), "open_banking")
    assert machine == Place("open_banking:Harbour/atm/A1", "atm", 51.54, -0.01, "open_banking", "STRATFORD", ("Harbour",), "LONDON", "E15 1XX", "GB")
    assert (nowhere, nameless) == (None, None)
    [branch] = parse(written(tmp_path, BRANCHES), "open_banking")
    assert branch == Place("open_banking:Harbour/branch/B1", "branch", 51.54, -0.01, "open_banking", "Stratford", ("Harbour",), "London", "E15 1XX", "GB")


@pytest.mark.parametrize(("body", "format", "words"), [
    (GEOJSON, "overpass", "is no overpass file"),
    (OVERPASS, "geojson", "is no geojson file"),
    ([1], "open_banking", "is no open_banking file"),
    ({"elements": [], "remark": "runtime error: Query timed out in \"query\" at line 1"}, "overpass", "gave up before the answer was whole"),
])  # fmt: skip
def test_a_file_of_another_format_or_a_cut_answer_is_refused(tmp_path: Path, body: Any, format: str, words: str) -> None:
    with pytest.raises(RenownError, match=words):
        parse(written(tmp_path, body), format)
    with pytest.raises(RenownError, match="no file"):
        parse(tmp_path / "missing.json", format)
    (tmp_path / "page.json").write_text("<html>busy</html>", "utf-8")
    with pytest.raises(RenownError, match="is no JSON"):
        parse(tmp_path / "page.json", format)


def test_registers_are_replaced_as_a_whole_with_whose_and_which_city(warehouse_url: str, settings: Settings, tmp_path: Path) -> None:
    written(tmp_path, OVERPASS, "a.json"), written(tmp_path, ATMS, "b.json")
    partners = [Partner(bank="velmora", operators=["northway  CASH"]), Partner(bank="tarnwick", operators=["Northway Cash"])]
    registers = [Register(file="a.json", format="overpass"), Register(file="b.json", format="open_banking", bank="harbourstone")]
    both = settings.model_copy(update={"config_dir": tmp_path, "places": Places(registers=registers, partners=partners)})
    with connect(warehouse_url) as connection:
        read = read_registers(connection, both, city_id_of())
        assert (read.branches, read.atms, read.own, read.partners, read.left_out) == (1, 4, 4, 2, 3)
        assert _rows(connection) == [
            ("open_banking:Harbour/atm/A1", "harbourstone", [], "geonames:2643743"), ("osm:node/1", "velmora", ["tarnwick"], "geonames:2950159"),
            ("osm:node/3", None, ["tarnwick", "velmora"], None), ("osm:way/2", "velmora", [], None), ("osm:way/2/atm", "velmora", [], None)]
        assert read_registers(connection, both, city_id_of()) == read
        assert len(_rows(connection)) == 5
        assert read_registers(connection, settings.model_copy(update={"places": Places()}), city_id_of()).atms == 0
        assert _rows(connection) == []


def test_the_demo_s_register_places_every_machine_in_a_known_city(warehouse_url: str, settings: Settings) -> None:
    with connect(warehouse_url) as connection:
        read = read_registers(connection, settings, city_id_of())
        assert min(read.branches, read.own, read.partners) > 0
        assert read.left_out == 0
        assert all(city is not None for *_, city in _rows(connection))


def _rows(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute("select place_id, bank_id, partner_of, city_id from core.places order by place_id").fetchall()


def test_places_of_the_gazetteer_have_a_name_to_show(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        count = store_place_names(connection)
        assert count == store_place_names(connection) > 20_000
        row = connection.execute("select kind, name, country from nlp.place_names where place_id = 'geonames:2950159'").fetchone()
    assert row == ("city", "Berlin", "DE")
    find = city_id_of()
    assert find("Berlin", "de") == find("BERLIN", None) == "geonames:2950159"
    assert find("Aksu", None) is None, "in Turkey and in China"
    assert find("Aksu", "TR") is not None
    assert find("No such town", "DE") is None
