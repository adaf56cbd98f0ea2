"""`renown places`: read the registers of branches and ATMs that config/places.yml names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

    from settings import Settings


def places() -> None:
    """Read the files of config/places.yml (OpenStreetMap, UK Open Banking) into the warehouse; the marts show them after their next build."""
    from cli.output import note
    from cli.warehouse import open_warehouse
    from settings import load_settings
    from warehouse.connection import connect

    settings = load_settings()
    with open_warehouse(settings.home) as url, connect(url) as connection:
        note(read_places(connection, settings))


def read_places(connection: psycopg.Connection, settings: Settings) -> str:
    """Replace core.places and nlp.place_names; returns what was read in a line. Raises RenownError with the file that cannot be read."""
    from nlp.places.register import city_id_of, store_place_names
    from warehouse.registers import read_registers

    store_place_names(connection)
    read = read_registers(connection, settings, city_id_of())
    connection.commit()
    return (f"places: {read.branches} branches and {read.atms} ATMs, {read.own} of watched banks, {read.partners} of partners; "
            f"{read.left_out} entries without id or coordinates left out")
