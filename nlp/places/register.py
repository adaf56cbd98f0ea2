"""The gazetteer as a table of names: to show the places that labels carry ids of, and to find the city that a register of branches names.

names.tsv.gz ──► nlp.place_names (a readable name an id) · city_ids() (folded name, country → id)
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from functools import cache

import psycopg

from nlp.places.table import FILE
from nlp.text import fold_words
from warehouse.bulk import copy_rows

SCRIPTS = ("latin", "tr", "cyrillic", "arabic", "han")  # the first that has a name is shown


def store_place_names(connection: psycopg.Connection) -> int:
    """Replace nlp.place_names by the gazetteer's names; nothing where as many stand there. Returns how many stand there then."""
    names = shown_names()
    row = connection.execute("select count(*) from nlp.place_names").fetchone()
    if row is None or row[0] != len(names):
        with connection.transaction():
            connection.execute("delete from nlp.place_names")
            copy_rows(connection, "nlp.place_names", ("place_id", "kind", "name", "country"), ((key, *names[key]) for key in sorted(names)))
    return len(names)


def shown_names() -> dict[str, tuple[str, str, str]]:
    """place_id → (kind, name, country)."""
    found: dict[str, tuple[int, str, str, str]] = {}
    for script, name, kind, place_id, country in _lines():
        rank = SCRIPTS.index(script)
        if place_id not in found or rank < found[place_id][0]:
            found[place_id] = (rank, kind, name.title(), country)
    return {place_id: entry[1:] for place_id, entry in found.items()}


def city_id_of() -> Callable[[str, str | None], str | None]:
    """(city as a register writes it, ISO country or None) → place_id, or None where the gazetteer does not know it or knows several."""
    by_country, anywhere = _cities()

    def find(city: str, country: str | None) -> str | None:
        name = fold_words(city)
        known = by_country.get((name, country.upper()), frozenset()) if country else anywhere.get(name, frozenset())
        return next(iter(known)) if len(known) == 1 else None

    return find


@cache
def _cities() -> tuple[dict[tuple[str, str], frozenset[str]], dict[str, frozenset[str]]]:
    by_country: dict[tuple[str, str], frozenset[str]] = {}
    anywhere: dict[str, frozenset[str]] = {}
    for _, name, kind, place_id, country in _lines():
        if kind == "city":
            by_country[name, country] = by_country.get((name, country), frozenset()) | {place_id}
            anywhere[name] = anywhere.get(name, frozenset()) | {place_id}
    return by_country, anywhere


def _lines() -> Iterator[tuple[str, str, str, str, str]]:
    """(script, folded name, kind, place_id, country) of every name with an id."""
    for line in gzip.decompress(FILE.read_bytes()).decode().splitlines():
        script, name, _, kind, place_id, country = line.split("\t")
        if place_id:
            yield script, name, kind, f"geonames:{place_id}", country
