"""A mart as a Tableau data source (.tds): a live PostgreSQL connection under a role's login, without a password.

    Mart ──► document() ──► <datasource> with connection, columns with captions and descriptions, default aggregation

Shape: Tableau's own samples (github.com/tableau/document-api-python, test/assets/*.tds) and its published schema of the workbook, whose
<datasource> is the same element (github.com/tableau/tableau-document-schemas). Tableau asks for the password when it connects.

Counts are summed. A rate is never averaged: its column is hidden, and a calculation stands for it that is empty where several rows meet.
Roll-ups are filtered: every roll-up column to 'all', periods to weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from bi.contracts import Column, Mart, heading

VERSION = "18.1"  # the file format since Tableau 2018.1
USER = "http://www.tableausoftware.com/xml/user"
TYPES = {
    "bigint": "integer",
    "integer": "integer",
    "smallint": "integer",
    "double precision": "real",
    "real": "real",
    "boolean": "boolean",
    "date": "date",
    "timestamp with time zone": "datetime",
    "timestamp without time zone": "datetime",
}


@dataclass(frozen=True)
class Place:
    """Where the warehouse is, and as whom it is read."""

    host: str
    port: int
    database: str
    login: str


def document(mart: Mart, place: Place) -> bytes:
    """The .tds file."""
    root = etree.Element(
        "datasource",
        {"formatted-name": mart.name, "inline": "true", "source-platform": "linux", "version": VERSION},
        nsmap={"user": USER},
    )
    connection = etree.SubElement(root, "connection", {"class": "federated"})
    named = etree.SubElement(
        etree.SubElement(connection, "named-connections"),
        "named-connection",
        {"caption": place.host, "name": f"postgres.{mart.name}"},
    )
    etree.SubElement(
        named,
        "connection",
        {
            "authentication": "username-password",
            "class": "postgres",
            "dbname": place.database,
            "one-time-sql": "",
            "port": str(place.port),
            "server": place.host,
            "username": place.login,
        },
    )
    etree.SubElement(
        connection,
        "relation",
        {"connection": f"postgres.{mart.name}", "name": mart.name, "table": f"[marts].[{mart.name}]", "type": "table"},
    )
    _records(connection, mart)
    etree.SubElement(root, "aliases", {"enabled": "yes"})
    for column in mart.columns:
        caption = _caption(mart, column)
        _column(root, column, caption)
        if is_rate(column):
            _rate(root, mart, column, caption)
    for name, value in mart.whole.items():
        _filter(root, name, value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def tableau_type(column: Column) -> str:
    """Tableau's name of a PostgreSQL type: arrays, JSON and uuids are read as text."""
    return "real" if column.type.startswith("numeric") else TYPES.get(column.type, "string")


def is_rate(column: Column) -> bool:
    """A number that may not be added up."""
    return column.is_number and not column.is_added and not column.is_label


def _records(connection: Any, mart: Mart) -> None:
    records = etree.SubElement(connection, "metadata-records")
    for number, column in enumerate(mart.columns, start=1):
        record = etree.SubElement(records, "metadata-record", {"class": "column"})
        for name, value in (
            ("remote-name", column.name),
            ("local-name", f"[{column.name}]"),
            ("parent-name", f"[{mart.name}]"),
            ("remote-alias", column.name),
            ("ordinal", str(number)),
            ("local-type", tableau_type(column)),
            ("aggregation", _aggregation(column)),
            ("contains-null", "true"),
        ):
            etree.SubElement(record, name).text = value


def _caption(mart: Mart, column: Column) -> str:
    """The column's heading; with its "id" where another one is headed alike."""
    alike = [other for other in mart.columns if heading(other.name) == heading(column.name)]
    return heading(column.name) if len(alike) == 1 or not column.name.endswith("_id") else f"{heading(column.name)} id"


def _column(root: Any, column: Column, caption: str) -> None:
    kind = tableau_type(column)
    attributes = {"caption": caption, "datatype": kind, "name": f"[{column.name}]"}
    if column.is_added:
        attributes |= {"aggregation": "Sum", "role": "measure", "type": "quantitative"}
    elif is_rate(column):
        attributes |= {
            "aggregation": "Max",
            "caption": f"{caption} (row)",
            "hidden": "true",
            "role": "measure",
            "type": "quantitative",
        }
    else:
        attributes |= {"role": "dimension", "type": "ordinal" if kind in ("date", "datetime", "integer") else "nominal"}
    _describe(etree.SubElement(root, "column", attributes), column.description)


def _rate(root: Any, mart: Mart, column: Column, caption: str) -> None:
    shown = etree.SubElement(
        root,
        "column",
        {
            "caption": caption,
            "datatype": tableau_type(column),
            "name": f"[one {column.name}]",
            "role": "measure",
            "type": "quantitative",
        },
    )
    etree.SubElement(
        shown, "calculation", {"class": "tableau", "formula": f"IF COUNT([{mart.key}]) = 1 THEN MAX([{column.name}]) END"}
    )
    _describe(shown, f"{column.description} Empty where several rows meet: a rate is not averaged.".strip())


def _filter(root: Any, column: str, value: str) -> None:
    """A filter of the data source on one value, so that opening it adds no roll-up to its parts; whoever wants the parts changes it there."""
    chosen = etree.SubElement(root, "filter", {"class": "categorical", "column": f"[{column}]"})
    marks = {"ui-domain": "database", "ui-enumeration": "inclusive", "ui-marker": "enumerate"}
    etree.SubElement(
        chosen,
        "groupfilter",
        {"function": "member", "level": f"[{column}]", "member": f'"{value}"', **{f"{{{USER}}}{name}": mark for name, mark in marks.items()}},
    )


def _describe(element: Any, text: str) -> None:
    if text:
        etree.SubElement(etree.SubElement(etree.SubElement(element, "desc"), "formatted-text"), "run").text = text


def _aggregation(column: Column) -> str:
    kind = tableau_type(column)
    return "Sum" if column.is_number else "Year" if kind in ("date", "datetime") else "Count"
