"""A CSV is opened by programs that split it at commas, semicolons, tabs or bars: in none of them does a text become a formula."""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from delivery.coverage import Coverage
from delivery.document import Document, Table
from delivery.formats import as_csv
from delivery.query import Column
from delivery.window import Window

SEPARATORS = ",;\t|"
WINDOW = Window(date(2026, 3, 23), date(2026, 3, 30), ZoneInfo("Europe/Berlin"))
NASTY = st.text(alphabet="=+-@＝;|,\t\r\n\v\x85\u2028\"' a", max_size=12)


def written(values: list[str], number: int = -5, why: str = "") -> str:
    columns = tuple(Column(name, kind, "") for name, kind in (("author", "text"), ("note", "text"), ("net", "bigint")))
    table = Table("mart_care", columns, [("ann", value, number) for value in values])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        as_csv.write(path, Document("care", "Care", "", WINDOW, Coverage({}), correction_of=why), [table])
        return path.read_bytes().decode("utf-8-sig")


def cells(text: str, separator: str) -> list[str]:
    return [cell for row in csv.reader(text.splitlines(keepends=True), delimiter=separator) for cell in row]


def lines(text: str) -> list[str]:
    """As a spreadsheet finds them: at every break, whether quoted or not."""
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("separator", SEPARATORS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(values=st.lists(NASTY, min_size=1, max_size=3))
@example(values=["nice;=cmd|' /C calc'!A0"])
@example(values=["x\n=cmd|' /C calc'!A0"])
@example(values=['a;"=1+1"', "b| @c", "d\t-e", "\u2028=f", " ＝g"])
def test_no_cell_begins_as_a_formula(separator: str, values: list[str]) -> None:
    text = written(values, why="; ".join(values))
    numbers = {"-5"} if separator == "," else set()
    assert not [cell for cell in cells(text, separator) if cell.lstrip().startswith(tuple("=+-@＝")) and cell not in numbers]
    assert not [line for line in lines(text) if line.lstrip().startswith(tuple("=+-@＝"))]


def test_numbers_stay_numbers_and_words_words() -> None:
    plain = 'fine; "quoted" | a-b, 1+1=2'
    assert list(csv.reader(written([plain, "-9"]).splitlines()))[1:3] == [["ann", plain, "-5"], ["ann", "'-9", "-5"]]


def test_a_text_stays_on_its_line() -> None:
    assert list(csv.reader(written(["one\r\ntwo\tthree"]).splitlines()))[1] == ["ann", "one two three", "-5"]
