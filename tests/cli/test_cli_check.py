"""`renown check`: one finding for each broken rule, with file and line; several files at once; exit code 2."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.check import findings
from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line

BANKS = """\
home: alpha
banks:
  - id: alpha
    name: Alpha Bank
    aliases:
      en: [Alpha Bank, Alpha]
    handles:
      x: [AlphaBank]
    domains: [alpha.example]
  - id: beta
    name: Beta Bank
    aliases:
      en: [Beta Bank]
    handles:
      x: [BetaBank]
"""
FILES = {
    "renown": "languages: [en]\n",
    "banks": BANKS,
    "departments": "departments:\n  - {id: pr, name: Public relations}\n",
    "sources": "sources:\n  - id: x\n    platform: x\n    schedule: \"*/10 * * * *\"\n    terms: approved\n",
    "topics": "topics:\n  - {id: cards, name: Cards, department: pr, cues: {en: [card]}}\n",
    "queries": "queries:\n  mine: Alpha AND (card OR loan)\n",
    "subscriptions": "subscriptions:\n  - id: weekly\n    department: pr\n    owner: me\n"
                     "    mart: mart_reputation_daily\n    schedule: \"0 7 * * 1\"\n"
                     "    channel: {kind: folder, path: out}\n",
}
SECOND = ("  - id: weekly\n    department: pr\n    owner: me\n    mart: mart_reputation_daily\n"
          "    schedule: \"@daily\"\n    channel: {kind: folder, path: out}\n")
SITE = "    platform: review_site\n    base_url: https://reviews.example\n    options:\n"
REVIEWS = "      list: /all?page={page}\n      item: .review\n      id: {attribute: id}\n      fields:\n"
FILTER = "out}\n    filters:\n      - "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config without any finding."""
    monkeypatch.setenv("RENOWN_X_TOKEN", "set")
    directory = tmp_path / "config"
    directory.mkdir()
    for stem, text in FILES.items():
        (directory / f"{stem}.yml").write_text(text, "utf-8")
    return directory


def found(folder: Path) -> list[tuple[str, str, int | None]]:
    """Level, file and line of each finding."""
    return [(f.level, f.path.name, f.line) for f in findings(folder)]


def test_a_sound_folder_has_no_finding(folder: Path, renown: Renown) -> None:
    assert [finding.what for finding in findings(folder)] == []
    outcome = renown("check", str(folder))
    assert outcome.code == 0
    assert "0 errors, 0 warnings" in outcome.err


def test_the_committed_configuration_has_no_error() -> None:
    assert [finding.what for finding in findings(REPOSITORY / "config") if finding.level == "error"] == []


ERRORS = {
    # case: (file, old text, new text, line, words)
    "handle with @": ("banks", "x: [AlphaBank]", 'x: ["@AlphaBank"]', 8, "starts with @"),
    "handle as address": ("banks", "x: [AlphaBank]", "x: [https://x.com/AlphaBank]", 8, "is no x handle"),
    "handle too long": ("banks", "x: [AlphaBank]", "x: [AlphaBankOfTheNorth]", 8, "1 to 15 letters"),
    "handle with space": ("banks", "x: [AlphaBank]", "weibo: [Alpha Bank]", 8, "is no weibo handle"),
    "handle of two banks": ("banks", "x: [BetaBank]", "x: [alphabank]", 15, "belongs to alpha already"),
    "alias of two banks": ("banks", "en: [Beta Bank]", "en: [alpha]", 13, "names alpha too"),
    "empty alias": ("banks", "en: [Beta Bank]", 'en: [Beta Bank, " "]', 13, "empty alias"),
    "domain": ("banks", "domains: [alpha.example]", "domains: [https://alpha.example/]", 9, "is no domain"),
    "ambiguous alias": ("banks", "    domains:", "    ambiguous: [ALPHA]\n    context: {en: [bank]}\n    domains:",
                        9, "in one of the two"),
    "department twice": ("departments", "relations}\n", "relations}\n  - {id: pr, name: Press}\n", 3,
                         "'pr' appears twice"),
    "topic twice": ("topics", "cues: {en: [card]}}\n",
                    "cues: {en: [card]}}\n  - {id: cards, name: C, department: pr, cues: {en: [c]}}\n",
                    3, "'cards' appears twice"),
    "subscription twice": ("subscriptions", "out}\n", "out}\n" + SECOND, 8, "'weekly' appears twice"),
    "severity twice": ("severity", "", "rules:\n  - {id: a, severity: 1}\n  - {id: a, severity: 2}\n", 3,
                       "'a' appears twice"),
    "subscription's cron": ("subscriptions", "0 7 * * 1", "0 25 * * 1", 6, "is no cron expression"),
    "cron of six fields": ("subscriptions", "0 7 * * 1", "0 0 7 * * 1", 6, "is no cron expression"),
    "mart": ("subscriptions", "mart_reputation_daily", "mart_nowhere", 5, "there is no mart 'mart_nowhere'"),
    "filter": ("subscriptions", "out}\n", FILTER + "{column: platform, op: in, value: x}\n", 9, "do not fit"),
    "filter list": ("subscriptions", "out}\n", FILTER + "{column: platform, value: [x]}\n", 9, "do not fit"),
    "filter's banks": ("subscriptions", "out}\n", FILTER + "{column: bank_id, op: in, value: [alpha, gamma]}\n",
                       9, "unknown bank id 'gamma'"),
    "source's cron": ("sources", '"*/10 * * * *"', '"61 * * * *"', 4, "is no cron expression"),
    "address": ("sources", "    terms", "    base_url: forum.example\n    terms", 5, "is no address"),
    "page size": ("sources", "    terms", "    page_size: 100000\n    terms", 5, "out of the platform's range"),
    "no extractor": ("sources", "platform: x", "platform: renren", 3, "comes in as files"),
    "no address": ("sources", "    platform: x", "    platform: discourse", 2, "names no address"),
    "source's query": ("sources", "    terms", '    query: "Alpha AND ("\n    terms', 5, "query: "),
    "named query": ("queries", "Alpha AND (card OR loan)", "Alpha AND (card OR", 2, "query: "),
    "query in a circle": ("queries", "Alpha AND (card OR loan)", '"@mine OR Alpha"', 2, "refer to each other"),
    "built-in name": ("queries", "mine:", "banks:", 2, "@banks is built in"),
    "hours": ("hours", "", 'hours:\n  - {weekday: 1, opens: "20:00", closes: "08:00"}\n', 2, "closes before it opens"),
    "weekday twice": ("hours", "", 'hours:\n  - {weekday: 1, opens: "08:00", closes: "09:00"}\n'
                                   '  - {weekday: 1, opens: "10:00", closes: "11:00"}\n', 3, "weekday 1 appears twice"),
    "holiday": ("hours", "", "holidays:\n  - 2026-01-01\n  - soon\n", 3, "holiday 'soon' is no date"),
    "reply pattern": ("replies", "", 'patterns:\n  - {language: en, role: divert, pattern: "("}\n', 2,
                      "does not compile"),
    "incident": ("incidents", "", "incidents:\n  - bank: alpha\n    starts_at: 2026-01-02T00:00:00Z\n"
                                  "    ends_at: 2026-01-01T00:00:00Z\n", 4, "ends before it starts"),
    "unknown bank": ("incidents", "", "incidents:\n  - bank: gamma\n    starts_at: 2026-01-01T00:00:00Z\n"
                                      "    ends_at: 2026-01-02T00:00:00Z\n", 2, "unknown bank id 'gamma'"),
    "unknown department": ("topics", "department: pr", "department: sales", 2, "unknown department id 'sales'"),
    "time zone": ("renown", "languages: [en]", "timezone: Mars/Olympus", 1, "unknown time zone"),
    "platform": ("sources", "platform: x", "platform: orkut", 3, "unknown platform 'orkut'"),
    "review site without a list": ("sources", "    platform: x", SITE + "      item: .review\n", 6, "x: options.list: Field required"),
    "review site's selector": ("sources", "    platform: x", SITE + REVIEWS + '        text: {select: "p["}\n', 10,
                               "x: options.fields.text.select: 'p[' is no CSS selector"),
    "review site's misspelling": ("sources", "    platform: x", SITE + REVIEWS + "        text: {select: p}\n      itme: .review\n", 11,
                                  "x: options.itme: there is no such option: leave it out, or see how the key is spelled"),
    "review site's field": ("sources", "    platform: x", SITE + REVIEWS + "        text: {select: p, type: datum}\n", 10,
                            "x: options.fields.text.type: Input should be"),
    "review site without an id": ("sources", "    platform: x", SITE + "      list: /all\n      item: .review\n", 6,
                                  "x: options: id is missing: give its CSS selector"),
    "broken YAML": ("topics", "topics:", "topics: [", 2, "broken YAML"),
}
WARNINGS = {
    "no alias in a language": ("renown", "languages: [en]", "languages: [en, ru]", "banks.yml", 6, "no alias in ru"),
    "ambiguous without context": ("banks", "    domains:", "    ambiguous: [Al]\n    domains:", "banks.yml", 9,
                                  "never match"),
    "topic without cues": ("topics", "cues: {en: [card]}", "cues: {}", "topics.yml", 2, "has no cues"),
    "terms": ("sources", "    terms: approved\n", "", "sources.yml", 2, "its terms are not approved"),
    "unknown option": ("sources", "    terms", "    options: {serach: all}\n    terms", "sources.yml", 5, "x has no option 'serach'"),
    "unknown query": ("sources", "    terms", '    query: "@nothing"\n    terms', "sources.yml", 5,
                      "is no query of queries.yml"),
    "nobody hears": ("notifications", "", "on_failure_env: [RENOWN_NOBODY]\non_failure_folder: null\n",
                     "notifications.yml", 1, "would reach nobody"),
}


def change(folder: Path, stem: str, old: str, new: str) -> None:
    """Write the file with its one change; the change must apply."""
    path = folder / f"{stem}.yml"
    text = path.read_text("utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else new, "utf-8")


@pytest.mark.parametrize("case", ERRORS)
def test_each_error_is_found_with_its_line(folder: Path, renown: Renown, case: str) -> None:
    stem, old, new, line, words = ERRORS[case]
    change(folder, stem, old, new)
    errors = [finding for finding in findings(folder) if finding.level == "error"]
    assert [(e.path.name, e.line) for e in errors] == [(f"{stem}.yml", line)], [e.what for e in errors]
    assert words in f"{errors[0].what}: {errors[0].mend}"
    assert renown("check", str(folder)).code == 2


@pytest.mark.parametrize("case", WARNINGS)
def test_each_warning_is_found_and_does_not_fail(folder: Path, renown: Renown, case: str) -> None:
    stem, old, new, file, line, words = WARNINGS[case]
    change(folder, stem, old, new)
    assert ("warning", file, line) in found(folder)
    assert any(words in finding.what for finding in findings(folder))
    assert renown("check", str(folder)).code == 0
    assert renown("check", str(folder), "--strict").code == 2


def test_a_sound_review_site_may_have_the_options_of_any_source(folder: Path) -> None:
    change(folder, "sources", "    platform: x", SITE + "      revisit_limit: 5\n" + REVIEWS + "        text: {select: p}\n")
    assert [finding.what for finding in findings(folder)] == []


def test_a_misspelt_file_is_noticed(folder: Path) -> None:
    (folder / "bank.yml").write_text("x: 1\n", "utf-8")
    (folder / "topics.yaml").write_text("topics: []\n", "utf-8")
    assert found(folder) == [("warning", "bank.yml", None), ("warning", "topics.yml", None)]


def test_a_missing_credential_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_X_TOKEN")
    assert found(folder) == [("warning", "sources.yml", 2)]
    monkeypatch.setenv("RENOWN_SANDBOX_URL", "http://127.0.0.1:1")
    assert found(folder) == []


def test_several_broken_files_are_told_at_once(folder: Path, renown: Renown) -> None:
    change(folder, "topics", "department: pr", "department: sales")
    change(folder, "sources", "platform: x", "platform: orkut")
    change(folder, "renown", "languages: [en]", "languages: [xx]")
    change(folder, "subscriptions", "department: pr", "department: sales")
    outcome = renown("check", str(folder), "--json")
    told = {(Path(entry["file"]).name, entry["line"]) for entry in json.loads(outcome.out) if entry["level"] == "error"}
    assert told == {("topics.yml", 2), ("sources.yml", 3), ("renown.yml", 1), ("subscriptions.yml", 3)}
    assert outcome.code == 2


def test_errors_stand_before_warnings(folder: Path) -> None:
    change(folder, "sources", "    terms: approved\n", "")
    change(folder, "topics", "department: pr", "department: sales")
    assert [level for level, _, _ in found(folder)] == ["error", "warning"]


def test_broken_banks_do_not_hide_the_rest(folder: Path) -> None:
    change(folder, "banks", "home: alpha", "home: gamma")
    change(folder, "sources", '"*/10 * * * *"', "never")
    assert [(f.path.name, f.line) for f in findings(folder)] == [("banks.yml", 1), ("sources.yml", 4)]


def test_a_missing_folder_is_one_line(renown: Renown, tmp_path: Path) -> None:
    outcome = renown("check", str(tmp_path / "nowhere"))
    assert "no such folder" in one_clear_line(outcome)
    assert outcome.code == 2


def test_the_folder_comes_from_the_environment(folder: Path, renown: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_CONFIG", str(folder))
    shutil.rmtree(folder / "nothing", ignore_errors=True)
    assert str(folder) in renown("check").err
