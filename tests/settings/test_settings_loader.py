"""The loader: every rule of config/ has a file that breaks it, and the complaint names the line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from settings import ConfigError, load_settings
from settings.loader import FILES, REPOSITORY, config_directory, load_file
from settings.models import General, Queries

BANKS = """\
home: alpha
banks:
  - id: alpha
    name: Alpha Bank
  - id: beta
    name: Beta Bank
    competitor: true
"""
DEPARTMENTS = "departments:\n  - {id: pr, name: Public relations}\n"
SUBSCRIPTION = """\
subscriptions:
  - id: weekly
    department: pr
    owner: someone
    mart: mart_reputation_daily
    schedule: "0 7 * * 1"
    channel: {kind: folder, path: outbox}
    filters:
      - {column: platform, value: x}
      - {column: bank_id, value: alpha}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The smallest config that loads, with a department and a subscription."""
    directory = tmp_path / "config"
    directory.mkdir()
    for name, text in {"banks": BANKS, "departments": DEPARTMENTS, "subscriptions": SUBSCRIPTION}.items():
        (directory / f"{name}.yml").write_text(text, "utf-8")
    return directory


def complaint(folder: Path) -> tuple[str, int | None, str]:
    """File name, line and message of the complaint that loading ends with."""
    with pytest.raises(ConfigError) as caught:
        load_settings(folder)
    return caught.value.path.name, caught.value.line, str(caught.value)


def test_the_smallest_folder_loads(folder: Path) -> None:
    settings = load_settings(folder)
    assert settings.banks.by_id("beta").competitor
    assert settings.general == General()
    assert settings.subscriptions.subscriptions[0].filters[1].value == "alpha"


def test_the_committed_configuration_loads_and_is_whole() -> None:
    settings = load_settings(REPOSITORY / "config")
    assert settings.banks.home == "velmora"
    competitors = [bank.id for bank in settings.banks.banks if bank.competitor]
    assert competitors == ["tarnwick", "calderis", "nimbra", "harbourstone"]
    assert {source.platform for source in settings.sources.sources} >= {"x", "vk", "weibo", "discourse", "rss"}


BROKEN = {
    # file: (text, line, words of the message)
    "indentation": ("banks", "home: alpha\nbanks:\n  - id: alpha\n name: x\n", 4, "broken YAML"),
    "quote": ("queries", 'queries:\n  mine: "open\n', 3, "broken YAML"),
    "unknown key": ("renown", "timezone: UTC\ntimezoen: UTC\n", 2, "Extra inputs are not permitted"),
    "unknown key deep": ("banks", BANKS + "    tickrs: [X]\n", 8, "Extra inputs"),
    "missing name": ("banks", "home: alpha\nbanks:\n  - id: alpha\n", 3, "Field required"),
    "no banks": ("banks", "home: alpha\nbanks: []\n", 2, "at least 1"),
    "home unknown": ("banks", BANKS.replace("home: alpha", "home: gamma"), 1, "unknown bank id 'gamma'"),
    "bank twice": ("banks", BANKS.replace("id: beta", "id: alpha"), 1, "appear twice: alpha"),
    "bank id form": ("banks", BANKS.replace("id: beta", "id: Beta Bank"), 5, "pattern"),
    "time zone": ("renown", "min_n: 30\ntimezone: Mars/Olympus\n", 2, "unknown time zone 'Mars/Olympus'"),
    "language": ("renown", "languages:\n  - en\n  - xx\n", 3, "'en', 'ru', 'zh', 'ar' or 'tr'"),
    "min_n": ("renown", "min_n: 0\n", 1, "greater than or equal to 1"),
    "grace": ("renown", "deletion_grace_days: -1\n", 1, "greater than or equal to 0"),
    "target of a count": ("targets", "targets:\n  - {metric: lead_count, bank: alpha, target: 5}\n", 2, "a target of lead_count is one of a day, a week or a month"),
    "target twice": ("targets", "targets:\n  - {metric: negative, bank: alpha, target: 5}\n  - {metric: negative, bank: alpha, target: 6, period: week}\n", 1,
                     "targets appear twice: negative of alpha"),
    "response window": ("renown", "response_window_hours: 0\n", 1, "equal to 1"),
    "batch size": ("renown", "nlp_batch_size: 0\n", 1, "equal to 1"),
    "overlap": ("sources", "sources:\n  - {id: a, platform: x, overlap_minutes: -1}\n", 2, "equal to 0"),
    "pool": ("sources", "sources:\n  - {id: a, platform: x, pool_slots: 0}\n", 2, "equal to 1"),
    "weekday zero": ("hours", 'hours:\n  - {weekday: 0, opens: "08:00", closes: "20:00"}\n', 2, "equal to 1"),
    "severity zero": ("severity", "rules:\n  - {id: a, severity: 0}\n", 2, "equal to 1"),
    "profile": ("renown", "nlp_profile: best\n", 1, "'fast' or 'accurate'"),
    "platform": ("sources", "sources:\n  - id: a\n    platform: orkut\n", 3, "unknown platform 'orkut'"),
    "platform of a handle": ("banks", BANKS + "    handles:\n      x: [B]\n      orkut: [B]\n", 10,
                             "unknown platform 'orkut'"),
    "source twice": ("sources", "sources:\n  - {id: a, platform: x}\n  - {id: a, platform: vk}\n", 1, "twice: a"),
    "terms": ("sources", "sources:\n  - {id: a, platform: x, terms: maybe}\n", 2, "'approved' or 'unreviewed'"),
    "rate": ("sources", "sources:\n  - id: a\n    platform: x\n    rate:\n      requests: 0\n      per_seconds: 1\n",
             5, "equal to 1"),
    "rate seconds": ("sources", "sources:\n  - {id: a, platform: x, rate: {requests: 1, per_seconds: 0}}\n", 2,
                     "greater than 0"),
    "weekday": ("hours", 'hours:\n  - {weekday: 8, opens: "08:00", closes: "20:00"}\n', 2, "less than or equal to 7"),
    "clock": ("hours", 'hours:\n  - weekday: 1\n    opens: "25:00"\n    closes: "20:00"\n', 3, "hours.0.opens"),
    "severity": ("severity", "rules:\n  - {id: a, severity: 6}\n", 2, "less than or equal to 5"),
    "role": ("replies", "patterns:\n  - {language: en, role: answer, pattern: x}\n", 2, "'automatic' or 'divert'"),
    "format": ("subscriptions", SUBSCRIPTION + "    format: docx\n", 11, "'xlsx', 'csv'"),
    "channel": ("subscriptions", SUBSCRIPTION.replace("kind: folder", "kind: pigeon"), 7, "'folder'"),
    "operator": ("subscriptions", SUBSCRIPTION.replace("value: x", 'value: x, op: "; drop"'), 9, "Input should be"),
    "column": ("subscriptions", SUBSCRIPTION.replace("column: platform", 'column: "a; drop"'), 9, "pattern"),
    "window": ("subscriptions", SUBSCRIPTION + "    window_days: 0\n", 11, "equal to 1"),
    "list for a mapping": ("queries", "- one\n- two\n", 1, "valid dictionary"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_named_with_its_line(folder: Path, case: str) -> None:
    stem, text, line, words = BROKEN[case]
    (folder / f"{stem}.yml").write_text(text, "utf-8")
    name, found, message = complaint(folder)
    assert (name, found) == (f"{stem}.yml", line)
    assert words in message
    assert message.startswith(f"{folder}/{stem}.yml:{line}: ")
    assert "\n" not in message


REFERENCES = {
    "topic's department": ("topics", "topics:\n  - {id: a, name: A, department: pr}\n"
                                     "  - {id: b, name: B, department: sales}\n", 3,
                           "unknown department id 'sales': use one of pr"),
    "subscription's department": ("subscriptions", SUBSCRIPTION.replace("department: pr", "department: sales"),
                                  3, "unknown department id 'sales'"),
    "subscription's bank": ("subscriptions", SUBSCRIPTION.replace("value: alpha", "value: gamma"), 10,
                            "unknown bank id 'gamma': use one of alpha, beta"),
    "campaign's topic": ("campaigns", "campaigns:\n  - {id: c, name: C, bank: alpha, starts: 2026-01-01, ends: 2026-01-02,\n"
                                      "     topics: [shoes]}\n", 3, "unknown topic id 'shoes'"),
    "incident's bank": ("incidents", "incidents:\n  - bank: gamma\n    starts_at: 2026-01-01T00:00:00Z\n"
                                     "    ends_at: 2026-01-02T00:00:00Z\n", 2, "unknown bank id 'gamma'"),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_an_unknown_id_is_named_with_its_line(folder: Path, case: str) -> None:
    stem, text, line, words = REFERENCES[case]
    (folder / f"{stem}.yml").write_text(text, "utf-8")
    name, found, message = complaint(folder)
    assert (name, found) == (f"{stem}.yml", line)
    assert words in message


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "press.yml").write_bytes("accounts: {x: [Zürich]}\n".encode("latin-1"))
    name, line, message = complaint(folder)
    assert (name, line) == ("press.yml", None)
    assert "not UTF-8 at byte" in message


def test_only_banks_must_exist(folder: Path) -> None:
    for path in folder.glob("*.yml"):
        if path.name != "banks.yml":
            path.unlink()
    assert load_settings(folder).departments.departments == []
    (folder / "banks.yml").unlink()
    name, line, message = complaint(folder)
    assert (name, line) == ("banks.yml", None)
    assert "renown init" in message


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such folder.*RENOWN_CONFIG"):
        load_settings(tmp_path / "nowhere")


def test_an_empty_file_stands_for_defaults(folder: Path) -> None:
    (folder / "queries.yml").write_text("# nothing yet\n", "utf-8")
    assert load_file(folder / "queries.yml", Queries) == Queries()


def test_the_folder_comes_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_CONFIG", str(folder))
    assert config_directory() == folder
    assert load_settings().banks.home == "alpha"
    monkeypatch.delenv("RENOWN_CONFIG")
    assert config_directory() == REPOSITORY / "config"


def test_the_version_follows_the_content(folder: Path, tmp_path: Path) -> None:
    first = load_settings(folder).config_version
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert load_settings(copy).config_version == first
    (copy / "renown.yml").write_text("min_n: 31\n", "utf-8")
    assert load_settings(copy).config_version != first


def test_queries_alone_leave_the_rest_of_the_version(folder: Path) -> None:
    def versions() -> tuple[str, str]:
        settings = load_settings(folder)
        return settings.config_version, settings.without_queries

    def touched(stem: str) -> tuple[str, str]:
        path = folder / f"{stem}.yml"
        path.write_text((path.read_text("utf-8") if path.exists() else "") + "\n# another\n", "utf-8")
        return versions()

    (first, rest), (second, same) = versions(), touched("queries")
    assert (first != second, rest) == (True, same)
    assert touched("hours")[1] != rest


def test_every_file_refuses_unknown_keys(folder: Path) -> None:
    for stem in FILES:
        path = folder / f"{stem}.yml"
        kept = path.read_text("utf-8") if path.exists() else ""
        path.write_text(kept + "surprise: 1\n", "utf-8")
        with pytest.raises(ConfigError, match=rf"{stem}\.yml:\d+: surprise"):
            load_settings(folder)
        path.write_text(kept, "utf-8")


def test_settings_are_immutable(folder: Path) -> None:
    settings = load_settings(folder)
    with pytest.raises(ValueError, match="frozen"):
        settings.general.min_n = 1  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        settings.banks = settings.banks.model_copy()  # type: ignore[misc]


def test_zone_and_source_are_looked_up(folder: Path) -> None:
    (folder / "renown.yml").write_text("timezone: Asia/Tokyo\n", "utf-8")
    (folder / "sources.yml").write_text("sources:\n  - {id: a, platform: x}\n  - {id: b, platform: vk}\n", "utf-8")
    settings = load_settings(folder)
    assert settings.zone() == ZoneInfo("Asia/Tokyo")
    assert settings.source("b").platform == "vk"
    assert settings.source("b").terms == "unreviewed"  # off until a person approved them
    with pytest.raises(KeyError):
        settings.source("c")
    with pytest.raises(KeyError):
        settings.banks.by_id("gamma")
