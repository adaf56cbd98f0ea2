"""Careful reading of decoded JSON: a missing, null or oddly typed field is None, never a crash and never a made-up 0."""

from __future__ import annotations

import math
import re
from typing import Any

_CHINESE_NUMBER = re.compile(r"^([\d.,]+)\s*([万亿kKmM]?)\+?$")
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000, "k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000}


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is an object, else {}."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of an array; anything else is left out."""
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


def text_or_none(value: Any) -> str | None:
    """A non-empty string, else None."""
    return value if isinstance(value, str) and value.strip() else None


def identifier(value: Any) -> str | None:
    """An id as a string; None for null, '', 0 and what cannot be one (booleans, fractions, objects)."""
    if isinstance(value, str):
        stripped = value.strip()
        return stripped if stripped and stripped != "0" else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value) if value else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 and value:
        return str(int(value))
    return None


def count(value: Any) -> int | None:
    """A count: int, digits, or a shortened one ("1.2万", "100万+", "3k"); None for anything else.

    A negative number is kept: nonsense that a platform states is for the quality gate to hold back, not for us to hide.
    """
    number: float | int | None = None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        number = value
    elif isinstance(value, float) and math.isfinite(value):
        number = int(value)
    elif isinstance(value, str) and (found := _CHINESE_NUMBER.match(value.strip())):
        try:
            number = round(float(found[1].replace(",", "")) * _UNITS[found[2]]) if found[2] else int(found[1].replace(",", ""))
        except ValueError:
            number = None
    return int(number) if number is not None and -2**63 <= number < 2**63 else None


def number(value: Any) -> float | None:
    """A finite float of a number or numeric string, else None."""
    try:
        result = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def coordinates(latitude: Any, longitude: Any) -> tuple[float | None, float | None]:
    """(latitude, longitude) in degrees if both are on the globe, else (None, None)."""
    lat, lon = number(latitude), number(longitude)
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None, None
    return lat, lon


def flag(value: Any) -> bool | None:
    """A boolean of true/false/1/0, else None."""
    if isinstance(value, bool):
        return value
    return (
        {1: True, 0: False, "1": True, "0": False, "true": True, "false": False}.get(value)
        if isinstance(value, int | str)
        else None
    )
