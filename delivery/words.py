"""The words of a delivery in the reader's language, all from one catalogue: delivery/catalogue.yml.

    column or key + language ──► catalogue ──► words; what has no translation keeps its name, or stays English
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date

from delivery.coverage import Coverage
from delivery.window import Window
from settings.models import PLATFORMS
from settings.yaml_files import read_yaml

CATALOGUE = Path(__file__).parent / "catalogue.yml"
LOCALES = {"en": "en_GB", "ru": "ru_RU", "zh": "zh_Hans_CN", "ar": "ar", "tr": "tr_TR"}


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """columns, words, platforms and sentences: key → language → text."""
    found: dict[str, dict[str, dict[str, str]]] = read_yaml(CATALOGUE.read_text("utf-8"))
    return found


def heading(column: str, language: str | None) -> str:
    """A column's heading; its name where no language is asked for or no translation is there."""
    return catalogue()["columns"].get(column, {}).get(language or "", column)


def word(key: str, language: str | None) -> str:
    """A fixed word. Raises KeyError for one that the catalogue does not hold."""
    return _said("words", key, language)


def sentence(key: str, language: str | None, **values: Any) -> str:
    """A sentence with its places filled. Raises KeyError for one that the catalogue does not hold."""
    return _said("sentences", key, language).format(**values)


def platform(name: str, language: str | None) -> str:
    """A platform as the reader calls it; by its own name where the catalogue has none."""
    called = catalogue()["platforms"].get(name, {}).get(language or "en")
    return called or (PLATFORMS[name][0] if name in PLATFORMS else name)


def _said(part: str, key: str, language: str | None) -> str:
    entry = catalogue()[part][key]
    return entry.get(language or "en", entry["en"])


def locale(language: str | None) -> Locale:
    """The reader's locale, for numbers and dates."""
    return Locale.parse(LOCALES[language or "en"])


def is_right_to_left(language: str | None) -> bool:
    """Whether the language is written from right to left."""
    return locale(language).text_direction == "rtl"


def days(window: Window, language: str | None) -> str:
    """The window's first and last day as the reader writes days; ISO where no language is asked for."""
    if language is None:
        return str(window)
    return sentence("days", language, first=day(window.first_day, language), last=day(window.last_day, language), zone=window.zone.key)


def day(value: date, language: str | None) -> str:
    """A day as the reader writes it."""
    return value.isoformat() if language is None else str(format_date(value, "medium", locale(language)))


def coverage_sentence(coverage: Coverage, window: Window, rows: int, language: str | None) -> str:
    """What a reader must know of an empty extract, or of an incomplete one."""
    said = [sentence(key, language, days=days(window, language), mentions=coverage.mentions) for key in _coverage_keys(coverage, rows)]
    if coverage.uncounted:
        said.append(sentence("uncounted", language, count=coverage.uncounted))
    return " ".join(said)


def _coverage_keys(coverage: Coverage, rows: int) -> list[str]:
    """What the sources allow to say; nothing where only the marts are behind."""
    if coverage.verdict == "none":
        return ["no_data" if rows == 0 else "no_batch"]
    flaws = ["incomplete"] if coverage.is_flawed else []
    if rows == 0:
        return ["nothing", *flaws]
    return flaws or ([] if coverage.uncounted else ["complete"])
