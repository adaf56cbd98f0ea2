"""Each format opened by its own reader: types, headings, definitions, coverage, how to change or stop it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from delivery import deliver
from delivery.links import verify
from delivery.words import LOCALES, catalogue
from settings import RenownError, Settings, load_settings
from settings.loader import REPOSITORY
from settings.models import LANGUAGES, Extract
from tests.delivery.test_deliver import cells, configure, execute, mart_url  # noqa: F401

Configure = Callable[..., Settings]
CHANGE = "To change or stop this delivery, ask someone@bank.example."


def changed(settings: Settings, **given: Any) -> Settings:
    """The settings with their one subscription changed."""
    [sub] = settings.subscriptions.subscriptions
    subs = settings.subscriptions.model_copy(update={"subscriptions": [sub.model_copy(update=given)]})
    return settings.model_copy(update={"subscriptions": subs})


def test_json_keeps_names_types_and_exact_numbers(mart_url: str, configure: Configure) -> None:  # noqa: F811
    execute(mart_url, "update marts.mart_care set share = 12345678901234567890.5 where platform = 'vk'")
    result = deliver(changed(configure(), format="json", language="ru"), "care", url=mart_url)
    said = json.loads(result.file.read_text("utf-8"))
    assert (said["subscription"], said["row_count"], said["days"]["first"]) == ("care", 2, "2026-03-23")
    [extract] = said["extracts"]
    rows = {row["platform"]: row for row in extract["rows"]}
    assert rows["x"]["note"] == '=HYPERLINK("http://evil")', "no spreadsheet: nothing to defuse"
    assert (rows["x"]["case_count"], rows["x"]["share"], rows["x"]["topics"], rows["x"]["is_open"]) == (12, 0.25, ["a", "b"], True)
    assert (rows["vk"]["share"], rows["vk"]["response_rate_pct"]) == ("12345678901234567890.5", None)
    headings = {column["name"]: column["heading"] for column in extract["columns"]}
    assert (headings["case_count"], headings["share"]) == ("Обращения", "share"), "untranslated ones keep their names"
    assert said["coverage"]["verdict"] == "complete"
    assert said["footer"][-1].endswith("напишите someone@bank.example.")


def test_parquet_is_typed_and_knows_its_days(mart_url: str, configure: Configure) -> None:  # noqa: F811
    result = deliver(changed(configure(), format="parquet"), "care", url=mart_url)
    table = pq.read_table(result.file)
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["case_count"], types["period_start"], types["last_at"], types["is_open"], types["topics"]) == (
        "int64", "date32[day]", "timestamp[us, tz=UTC]", "bool", "list<element: string>")
    assert table.schema.field("case_count").metadata[b"meaning"] == b"Cases opened in the period."
    assert sorted(table.column("case_count").to_pylist()) == [3, 12]
    assert table.column("response_rate_pct").null_count == 1
    said = json.loads(pq.read_metadata(result.file).metadata[b"renown"])
    assert (said["days"], said["footer"][-1]) == ("2026-03-23 to 2026-03-29 (Europe/Berlin)", CHANGE)


def test_an_empty_parquet_keeps_its_columns(mart_url: str, configure: Configure) -> None:  # noqa: F811
    filters = '[{column: platform, value: weibo}]'
    result = deliver(changed(configure(filters=filters), format="parquet"), "care", url=mart_url)
    assert (pq.read_table(result.file).num_rows, len(pq.read_table(result.file).schema)) == (0, 10)


def test_several_marts_have_a_sheet_each(mart_url: str, configure: Configure) -> None:  # noqa: F811
    execute(mart_url, "create table marts.mart_more as select 7 as n; select ops.class_mart('mart_more', 'open')")
    settings = configure()
    parts = [*settings.subscriptions.subscriptions[0].parts, Extract(mart="mart_more")]
    result = deliver(changed(settings, mart=None, extracts=parts), "care", url=mart_url)
    book = openpyxl.load_workbook(result.file)
    assert book.sheetnames == ["mart_care", "mart_more", "Definitions", "Coverage"]
    assert [row[0].value for row in book["mart_more"].iter_rows()] == ["n", 7]
    assert result.row_count == 3
    assert {row[3] for row in cells(result.file, "Definitions")[1:]} == {"marts.mart_care", "marts.mart_more"}


def test_an_arabic_sheet_is_read_from_the_right(mart_url: str, configure: Configure) -> None:  # noqa: F811
    result = deliver(changed(configure(), language="ar"), "care", url=mart_url)
    book = openpyxl.load_workbook(result.file)
    assert book.sheetnames == ["البيانات", "التعريفات", "التغطية"]
    assert all(page.sheet_view.rightToLeft for page in book)
    assert [cell.value for cell in next(book["البيانات"].iter_rows())][:4] == ["البنك", "المنصة", "الأسبوع من", "الحالات"]


def test_a_signed_link_in_the_footer_and_nobody_else_s(
    mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = configure(format="csv")
    settings = settings.model_copy(update={
        "subscriptions": settings.subscriptions.model_copy(update={"link_base_url": "https://desk.bank.example/"})})
    monkeypatch.delenv("RENOWN_LINK_KEY", raising=False)
    with pytest.raises(RenownError, match="RENOWN_LINK_KEY is missing"):
        deliver(settings, "care", url=mart_url)
    monkeypatch.setenv("RENOWN_LINK_KEY", "0123456789abcdef")
    text = deliver(settings, "care", url=mart_url).file.read_text("utf-8-sig")
    link = text.rpartition("https://desk.bank.example/subscriptions/care?token=")[2].strip()
    assert "0123456789abcdef" not in text
    assert verify(link) == {"subscription": "care", "until": "2026-03-30"}
    for stranger in (link[:-2] + "xx", "no token", ""):
        with pytest.raises(RenownError, match="not ours"):
            verify(stranger)


def test_hyper_opens_in_the_hyper_api_or_says_what_is_missing(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = changed(configure(), format="hyper")
    if importlib.util.find_spec("tableauhyperapi") is None:
        with pytest.raises(RenownError, match="needs the Tableau Hyper API, which is not installed"):
            deliver(settings, "care", url=mart_url)
        return
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    file = deliver(settings, "care", url=mart_url).file
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""}) as process, \
            Connection(process.endpoint, str(file)) as connection:
        assert connection.execute_list_query('select platform, case_count from "Extract"."mart_care" order by 2') == [["vk", 3], ["x", 12]]
        assert connection.execute_scalar_query('select count(*) from "Extract"."Delivery"') >= 5


def test_every_entry_of_the_catalogue_is_in_every_language() -> None:
    assert set(LOCALES) == set(LANGUAGES)
    lacking = [(part, key) for part, entries in catalogue().items() for key, said in entries.items() if set(said) != set(LANGUAGES)]
    assert lacking == []


def test_the_columns_of_shipped_subscriptions_are_translated() -> None:
    shipped = load_settings(REPOSITORY / "config").subscriptions.subscriptions
    used = {column for sub in shipped for part in sub.parts for column in part.columns}
    assert used - set(catalogue()["columns"]) == set()
