"""Registers of branches and ATMs: OpenStreetMap (Overpass JSON, GeoJSON) and UK Open Banking files, into core.places.

    files of config/places.yml ──► parse() ──► Place ──► whose, partner of whom, which city ──► core.places (replaced as a whole)

Formats, from their published descriptions (none of the files was recorded here):
- Overpass JSON: `elements` of type node (lat, lon), way and relation (`center` where the query ends with `out center`), each with `tags`;
  `remark` tells that the server gave up (wiki.openstreetmap.org/wiki/OSM_JSON; dev.overpass-api.de/output_formats.html).
- GeoJSON of Overpass turbo (wiki: Overpass turbo/GeoJSON): features with `id` or property `@id` such as "node/1", tags as properties,
  geometry of any type.
- Tags (wiki: Map features): amenity=bank (atm=yes: machines inside) and amenity=atm; brand, operator, network, branch, fee, addr:city,
  addr:postcode, addr:country.
- Open Data API, ATM Locator and Branch Locator 2.0 to 2.4: `data[].Brand[].ATM[]` with Location.PostalAddress, or `.Branch[]` with PostalAddress;
  coordinates are strings under GeoLocation.GeographicCoordinates (openbankinguk.github.io/opendata-api-docs-pub).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from settings import RenownError, Settings
from warehouse.bulk import copy_rows

COLUMNS = ("place_id", "kind", "bank_id", "partner_of", "name", "operators", "city", "city_id", "postcode", "country", "latitude", "longitude",
           "is_fee_free", "source")  # fmt: skip
CityId = Callable[[str, str | None], str | None]
Item = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A branch or an ATM of a register; degrees are WGS 84, `operators` every name that says who runs it."""

    place_id: str
    kind: str
    latitude: float
    longitude: float
    source: str
    name: str | None = None
    operators: tuple[str, ...] = ()
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    is_fee_free: bool | None = None
    bank_id: str | None = None


@dataclass(frozen=True)
class Read:
    """What one run read: places by kind, and entries that have no id or no coordinates."""

    branches: int
    atms: int
    own: int
    partners: int
    left_out: int


def read_registers(connection: psycopg.Connection, settings: Settings, city_id: CityId) -> Read:
    """Replace core.places by what config/places.yml names, in one transaction. Raises RenownError with the file that cannot be read."""
    places: dict[str, Place] = {}
    left_out = 0
    for register in settings.places.registers:
        found = parse(settings.config_dir / register.file, register.format)
        left_out += sum(place is None for place in found)
        places |= {p.place_id: replace(p, bank_id=register.bank) for p in found if p is not None}
    whose, partners = _owners(settings), _partners(settings)
    rows = [_row(place, whose, partners, city_id) for _, place in sorted(places.items())]
    with connection.transaction():
        connection.execute("delete from core.places")
        copy_rows(connection, "core.places", COLUMNS, rows)
    kinds = [row[1] for row in rows]
    return Read(kinds.count("branch"), kinds.count("atm"), sum(row[2] is not None for row in rows), sum(bool(row[3]) for row in rows), left_out)


def parse(path: Path, format: str) -> list[Place | None]:
    """The file's branches and ATMs, None for an entry without id or coordinates. Raises RenownError where the file is not of that format."""
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RenownError(f"config/places.yml: no file {path}", "correct the name, which is relative to the configuration's folder") from None
    except ValueError as error:
        raise RenownError(f"{path} is no JSON: {error}", "ask for JSON ([out:json] at Overpass)") from None
    try:
        return list(PARSERS[format](body))
    except (KeyError, TypeError, AttributeError):
        raise RenownError(f"{path} is no {format} file", "correct `format` in config/places.yml, or fetch the file again") from None


def _overpass(body: Item) -> Iterator[Place | None]:
    if "remark" in body and "error" in body["remark"]:
        raise RenownError("the Overpass server gave up before the answer was whole", "ask for a smaller area or a longer [timeout:]")
    for element in body["elements"]:
        point = element.get("center", element)
        yield from _tagged(element.get("tags") or {}, f"{element['type']}/{element['id']}", (point.get("lat"), point.get("lon")), "overpass")


def _geojson(body: Item) -> Iterator[Place | None]:
    for feature in body["features"]:
        tags = feature["properties"]
        tags = tags["tags"] if isinstance(tags.get("tags"), dict) else tags
        yield from _tagged(tags, feature.get("id") or feature["properties"].get("@id"), _middle(feature["geometry"]), "geojson")


def _middle(geometry: Item | None) -> tuple[float | None, float | None]:
    """(latitude, longitude) of the middle of a geometry's bounds."""
    points = list(_points((geometry or {}).get("coordinates") or []))
    if not points:
        return None, None
    longitudes, latitudes = zip(*points, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for part in coordinates:
            yield from _points(part)


def _tagged(tags: dict[str, str], osm_id: str | None, point: tuple[Any, Any], source: str) -> Iterator[Place | None]:
    """The places that one OpenStreetMap object stands for: none, one, or a branch and its machines."""
    amenity = tags.get("amenity")
    kinds = {"bank": ["branch", "atm"] if tags.get("atm") == "yes" else ["branch"], "atm": ["atm"]}.get(amenity or "", [])
    operators = tuple(dict.fromkeys(tags[key] for key in ("brand", "operator", "network", "name") if tags.get(key)))
    for kind in kinds:
        suffix = "/atm" if (amenity, kind) == ("bank", "atm") else ""
        yield _place(f"osm:{osm_id}{suffix}" if osm_id else None, kind, point, source, {
            "name": tags.get("branch"), "operators": operators, "city": tags.get("addr:city"), "postcode": tags.get("addr:postcode"),
            "country": tags.get("addr:country"), "is_fee_free": {"no": True, "yes": False}.get(tags.get("fee", "")),
        })  # fmt: skip


def _open_banking(body: Item) -> Iterator[Place | None]:
    for brand in (brand for part in body["data"] for brand in part["Brand"]):
        name = brand["BrandName"]
        for machine in brand.get("ATM") or []:
            location = machine.get("Location") or {}
            yield _addressed("atm", name, machine.get("Identification"), location.get("PostalAddress"), (location.get("Site") or {}).get("Name"))
        for branch in brand.get("Branch") or []:
            if branch.get("Type") != "Mobile":  # a van has no place of its own
                yield _addressed("branch", name, branch.get("Identification"), branch.get("PostalAddress"), branch.get("Name"))


def _addressed(kind: str, brand: str, identification: str | None, address: Item | None, name: str | None) -> Place | None:
    address = address or {}
    point = (address.get("GeoLocation") or {}).get("GeographicCoordinates") or {}
    key = f"open_banking:{brand}/{kind}/{identification}" if identification else None
    return _place(key, kind, (point.get("Latitude"), point.get("Longitude")), "open_banking", {
        "name": name, "operators": (brand,), "city": address.get("TownName"), "postcode": address.get("PostCode"),
        "country": address.get("Country"),
    })  # fmt: skip


def _place(place_id: str | None, kind: str, point: tuple[Any, Any], source: str, more: Item) -> Place | None:
    try:
        latitude, longitude = map(float, point)
    except (TypeError, ValueError):
        return None
    fits = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return Place(place_id, kind, latitude, longitude, source, **more) if place_id and fits else None


def _owners(settings: Settings) -> dict[str, str]:
    """Folded name or alias → bank, of every watched bank."""
    return {_folded(name): bank.id for bank in settings.banks.banks
            for name in [bank.name, *(alias for aliases in bank.aliases.values() for alias in aliases)]}


def _partners(settings: Settings) -> dict[str, set[str]]:
    """Folded operator → banks whose partner it is."""
    found: dict[str, set[str]] = {}
    for partner in settings.places.partners:
        for operator in partner.operators:
            found.setdefault(_folded(operator), set()).add(partner.bank)
    return found


def _row(place: Place, whose: dict[str, str], partners: dict[str, set[str]], city_id: CityId) -> tuple[Any, ...]:
    named = [_folded(name) for name in place.operators]
    bank = place.bank_id or next((whose[name] for name in named if name in whose), None)
    partner_of = sorted({b for name in named for b in partners.get(name, set())} - {bank})
    city = city_id(place.city, place.country) if place.city else None
    return (place.place_id, place.kind, bank, partner_of, place.name, list(place.operators), place.city, city, place.postcode, place.country,
            place.latitude, place.longitude, place.is_fee_free, place.source)  # fmt: skip


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


PARSERS: dict[str, Callable[[Item], Iterable[Place | None]]] = {"overpass": _overpass, "geojson": _geojson, "open_banking": _open_banking}
