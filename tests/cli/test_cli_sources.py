"""`renown sources`: how each fares, one page on trial, and a new one that leaves the file's comments alone."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import psycopg
import pytest
import responses
import yaml

from cli.config_entries import write_entry as write_into
from extractors.base import COMMON_OPTIONS
from extractors.registry import PLATFORMS
from extractors.source_options import SHARED
from sandbox.servers.telegram import CHANNEL
from settings import load_settings
from settings.models import Sources
from tests.cli.calling import Outcome, Renown, one_clear_line
from tests.extractors.platforms.served import serve
from tests.extractors.worlds import PlotWorld

SOURCES = f"""\
# What we read.   (two words, three blanks, and a tab:\there)

sources:   # all of it
  # the channel of the talkers
  - id: channel
    platform: telegram
    schedule:   "@hourly"   # often enough
    terms: approved
    rate: {{requests: 20,   per_seconds: 60}}
    options: {{channels: [{CHANNEL}], official: false}}
  - id: unread
    platform: telegram
    options: {{channels: [{CHANNEL}]}}
  - {{id: network, platform: bluesky, terms: approved, enabled: false}}
# the end
"""
ADD = ("sources", "add", "--platform", "telegram", "--id", "talk", "--option", f"channels=[{CHANNEL}]", "--option", "official=false")


def _write(path: Path, entry: dict[str, object]) -> None:
    write_into(path, "sources", entry, Sources)


@pytest.fixture
def file(own_config: Path) -> Path:
    """sources.yml of the test's own folder."""
    path = own_config / "sources.yml"
    path.write_text(SOURCES, "utf-8")
    return path


@pytest.fixture
def world(network: responses.RequestsMock) -> PlotWorld:
    """A channel of 23 messages."""
    return serve("telegram", network)


def entries(path: Path) -> list[dict[str, object]]:
    """The sources that the file lists."""
    listed: list[dict[str, object]] = yaml.safe_load(path.read_text("utf-8"))["sources"]
    return listed


# ---- the list ----


def test_each_source_says_whether_it_would_be_read(renown: Renown, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_BLUESKY_PASSWORD", raising=False)
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)
    monkeypatch.setenv("RENOWN_BLUESKY_HANDLE", "bank.example")
    told = json.loads(renown("sources", "--json").out)
    states = {row["source"]: (row["state"], row["credential"]) for row in told["sources"]}
    assert states == {
        "channel": ("on", "not needed"),
        "unread": ("off (terms unreviewed)", "not needed"),
        "network": ("off (enabled: false)", "missing (RENOWN_BLUESKY_PASSWORD)"),
    }
    assert {row["platform"] for row in told["platforms"]} == set(PLATFORMS)


def test_no_credential_is_missing_while_the_sandbox_stands_in(renown: Renown, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_BLUESKY_PASSWORD", raising=False)
    monkeypatch.setenv("RENOWN_BLUESKY_HANDLE", "bank.example")
    monkeypatch.setenv("RENOWN_SANDBOX_URL", "http://127.0.0.1:9")
    told = {row["source"]: row["credential"] for row in json.loads(renown("sources", "--json").out)["sources"]}
    assert told == {"channel": "not needed", "unread": "not needed", "network": "not needed: the sandbox stands in"}
    monkeypatch.setenv("RENOWN_BLUESKY_PASSWORD", "secret")
    told = {row["source"]: row["credential"] for row in json.loads(renown("sources", "--json").out)["sources"]}
    assert told["network"] == "set"


def test_how_a_source_fares_is_told_where_a_warehouse_is_up(
    renown: Renown, file: Path, world: PlotWorld, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    assert {row["last_status"] for row in json.loads(renown("sources", "--json").out)["sources"]} == {"never run"}
    done = renown("backfill", "channel", "--from", "2026-03-01", "--no-marts", "--json")
    rows = {row["source"]: row for row in json.loads(renown("sources", "--json").out)["sources"]}
    assert (rows["channel"]["last_status"], rows["unread"]["last_status"]) == ("success", "never run")
    assert (rows["unread"]["last_success"], rows["unread"]["lag_hours"]) == (None, None)
    assert rows["network"]["budget_left"].split()[0] == rows["network"]["budget_left"].split()[2]  # nothing was spent
    assert rows["channel"]["lag_hours"] == 29 * 24 - 23  # the newest message is 23 hours younger than 2026-03-01
    left = 20 - json.loads(done.out)["requests"]
    assert rows["channel"]["budget_left"] == f"{max(0, left)} of 20 in 60 s"
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update raw.batches set status = 'failed'")
    rows = {row["source"]: row for row in json.loads(renown("sources", "--json").out)["sources"]}
    assert (rows["channel"]["last_status"], rows["channel"]["last_success"]) == ("failed", None)


# ---- one page on trial ----


def test_a_trial_shows_what_would_be_stored_and_stores_nothing(renown: Renown, file: Path, world: PlotWorld) -> None:
    outcome = renown("sources", "test", "channel")
    assert outcome.code == 0, outcome.err
    assert "Velmora 23" in outcome.out
    assert "5 would be stored, 0 set aside by the query, 0 rejected, 1 requests to https://platform.test/telegram" in outcome.out
    lines = [json.loads(line) for line in renown("sources", "test", "channel", "--json").out.splitlines()]
    assert [line["native_id"] for line in lines] == [f"{CHANNEL}/{number}" for number in range(19, 24)]


def test_what_the_query_sets_aside_and_what_is_rejected_is_counted(
    renown: Renown, file: Path, world: PlotWorld, network: responses.RequestsMock
) -> None:
    file.write_text(SOURCES.replace("terms: approved\n", "terms: approved\n    query: Velmora 22\n", 1).replace(
        "official: false}", "official: false, apply_query: true}", 1), "utf-8")  # fmt: skip
    assert "1 would be stored, 4 set aside by the query" in renown("sources", "test", "channel").out


@pytest.mark.parametrize(
    ("source", "words", "code"),
    [("nowhere", "unknown source 'nowhere': use one of channel, unread, network", 2), ("unread", "not recorded as approved", 2)],
)
def test_what_may_not_be_tried_is_one_line_and_asks_nobody(
    renown: Renown, file: Path, world: PlotWorld, network: responses.RequestsMock, source: str, words: str, code: int
) -> None:
    outcome = renown("sources", "test", source)
    assert words in one_clear_line(outcome)
    assert outcome.code == code
    assert len(network.calls) == 0


def test_a_refusal_of_the_platform_is_one_line_with_the_mend(renown: Renown, file: Path, world: PlotWorld) -> None:
    world.plan = dict.fromkeys(range(1, 9), world.error("403"))
    assert "telegram: error 403 (forbidden): lower the source's rate" in one_clear_line(renown("sources", "test", "channel"))


def test_a_missing_credential_is_named(renown: Renown, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_BLUESKY_PASSWORD", raising=False)
    monkeypatch.delenv("RENOWN_BLUESKY_HANDLE", raising=False)
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)
    line = one_clear_line(renown("sources", "test", "network"))
    assert line.endswith("set RENOWN_BLUESKY_PASSWORD, RENOWN_BLUESKY_HANDLE")


# ---- a new one ----


def added(renown: Renown, *arguments: str) -> Outcome:
    """`renown sources add --yes` with these arguments; it may not ask anything."""
    outcome = renown(*ADD, "--yes", *arguments)
    assert outcome.code == 0, outcome.err
    return outcome


def test_yes_asks_nothing_and_keeps_what_stands_there_byte_for_byte(
    renown: Renown, file: Path, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    outcome = added(renown)
    assert "its terms are not approved: nothing was fetched" in outcome.err
    assert len(network.calls) == 0
    assert file.read_bytes().startswith(SOURCES.encode())
    assert entries(file)[-1] == {
        "id": "talk", "platform": "telegram", "schedule": "@hourly", "rate": {"requests": 20, "per_seconds": 60},
        "options": {"channels": [CHANNEL], "official": False}, "terms": "unreviewed",
    }  # fmt: skip
    assert [source.id for source in load_settings().sources.sources] == ["channel", "unread", "network", "talk"]
    assert "unread" in renown("check").out + renown("check").err  # the file is one that check can read


def test_approved_terms_fetch_one_page_and_show_it_first(renown: Renown, file: Path, world: PlotWorld) -> None:
    outcome = added(renown, "--approve-terms", "--query", "Velmora", "--schedule", "*/10 * * * *")
    assert "5 would be stored" in outcome.out
    assert world.requests == 1
    known = entries(file)[-1]
    assert (known["terms"], known["query"], known["schedule"]) == ("approved", "Velmora", "*/10 * * * *")


def test_it_asks_for_what_is_not_given(renown: Renown, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["discourse", "https://forum.bank.example", "talk_forum", "@daily", "n"]  # terms: no
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(said) + "\n"))
    outcome = renown("sources", "add")
    assert outcome.code == 0, outcome.err
    assert entries(file)[-1] == {
        "id": "talk_forum", "platform": "discourse", "base_url": "https://forum.bank.example", "site": "forum.bank.example",
        "schedule": "@daily", "rate": {"requests": 60, "per_seconds": 60}, "terms": "unreviewed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--platform", "orkut", "--yes"), "unknown platform 'orkut'"),
        ((*ADD[2:], "--yes", "--option", "chanels=[a]"), "option 'chanels' is unknown for telegram: use NAME=VALUE with one of channels, search"),
        ((*ADD[2:], "--yes", "--option", "search"), "option 'search' is unknown"),
        ((*ADD[2:], "--yes", "--option", "channels=[a"), "option channels: '[a' is no YAML"),
        ((*ADD[2:4], "--id", "channel", "--yes"), "a source 'channel' is there already: give another --id"),
        ((*ADD[2:4], "--id", "Our Channel", "--yes"), "'Our Channel' is no name for a source: use small letters"),
        (("--platform", "review_site", "--yes", "--base-url", "https://reviews.example"), "options.list: Field required: give it with --option"),
        ((*ADD[2:], "--yes", "--schedule", "now and then"), "'now and then' is no schedule"),
        ((*ADD[2:], "--yes", "--query", "(card"), "a '(' is not closed"),
        (("--platform", "discourse", "--yes"), "Address (base_url) is not given"),
        (("--platform", "discourse", "--yes", "--base-url", "forum.example"), "'forum.example' is no address"),
        (("--yes",), "is not given"),
        ((*ADD[2:6], "--yes"), "options: talk names nothing to read (channels is missing): add options: {channels: [centralbank_russia]}, or pages.telegram or handles.telegram in banks.yml"),
        ((*ADD[2:6], "--yes", "--option", "channels=[no/such name]"), "options.channels: 'no/such name' is no name that the platform has: write it like channels: [centralbank_russia"),
        ((*ADD[2:6], "--yes", "--option", "channels=[t.me/+AbCdEf]"), "'t.me/+AbCdEf' is no name that the platform has"),
        ((*ADD[2:6], "--yes", "--option", "channels={a: b}"), "is no name: write it like channels: [centralbank_russia"),
        ((*ADD[2:6], "--yes", "--option", "channels=true"), "options.channels: true is no value for it"),
        ((*ADD[2:], "--yes", "--option", "search=maybe"), "options.search: 'maybe' is neither true nor false: write it like search: true"),
        ((*ADD[2:], "--yes", "--option", "revisit_limit=many"), "options.revisit_limit: 'many' is no number from 0 up"),
        (("--platform", "discourse", "--yes", "--base-url", "https://"), "base_url: 'https://' is no address: write it like https://forum.example"),
        (("--platform", "rss", "--yes", "--base-url", "https://news.example:port/"), "is no address"),
        (("--platform", "rss", "--yes", "--base-url", "https://news.example/", "--option", "timezone=Mars/Base"), "'Mars/Base' is no time zone"),
        (("--platform", "news", "--yes", "--base-url", "https://news.example/", "--option", "include=['(']"), "'(' is no regular expression"),
        (("--platform", "google_play", "--yes", "--option", "apps=[a.b]", "--option", "publisher_url=x"), "options.publisher_url: 'x' is no address"),
        (("--platform", "weibo", "--yes", "--option", "transport=mobile"), "weibo names nothing to read (base_url is missing): add base_url: https://m.weibo.cn"),
        (("--platform", "x", "--yes", "--option", "timeline_caps={tweets: all}"), "does not name numbers"),
    ],
)
def test_what_cannot_be_a_source_is_one_line_and_leaves_the_file(
    renown: Renown, file: Path, network: responses.RequestsMock, arguments: tuple[str, ...], words: str
) -> None:
    outcome = renown("sources", "add", *arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2
    assert file.read_text("utf-8") == SOURCES
    assert len(network.calls) == 0


NEEDED = {  # what a source must name: nothing of it, a wrong one, a right one
    "app_store": ("apps", "Velmora Bank", "id123456789"),
    "facebook": ("pages", "https://facebook.com/velmora", "velmora"),
    "google_play": ("apps", "Velmora", "com.velmora.bank"),
    "livejournal": ("journals", "our news", "news"),
    "odnoklassniki": ("groups", "Velmora", "53245288202451"),
    "telegram": ("channels", "our channel", "velmora"),
    "youtube": ("videos", "short", "dQw4w9WgXcQ"),
}


@pytest.mark.parametrize("platform", sorted(NEEDED))
def test_each_platform_says_what_its_source_must_name(renown: Renown, file: Path, platform: str) -> None:
    option, wrong, right = NEEDED[platform]
    ask = ("sources", "add", "--yes", "--platform", platform, "--id", "new")
    line = one_clear_line(renown(*ask))
    assert f"new names nothing to read ({option}" in line or f" or {option}" in line
    assert f"pages.{platform}" in line
    assert f"options.{option}: '{wrong}' is no name" in one_clear_line(renown(*ask, "--option", f"{option}=[{wrong}]"))
    assert file.read_text("utf-8") == SOURCES
    outcome = renown(*ask, "--option", f"{option}=[{right}]")
    assert outcome.code == 0, outcome.err


def test_whoever_needs_an_account_or_an_address_has_it_asked() -> None:
    needing = {name for name, module in PLATFORMS.items() if module.CONTRACT.needs}
    assert needing == {*NEEDED, "weibo", "reddit"}
    assert {name for name, module in PLATFORMS.items() if module.CONTRACT.base_url is None} == {
        "discourse", "forum_html", "mastodon", "news", "nodebb", "review_site", "rss", "wordpress"}  # fmt: skip


def test_an_option_is_never_without_a_form() -> None:
    for name, module in PLATFORMS.items():
        contract = module.CONTRACT
        known = {**SHARED, **contract.forms}
        assert not set(contract.forms) - set(contract.options), name
        if name != "review_site":  # which has a schema of its own
            assert {option for option in (*contract.options, *COMMON_OPTIONS) if option not in known} == set(), name
        for form in known.values():
            assert form.wrong(yaml.safe_load(form.example)) is None, (name, form)


def test_the_banks_own_accounts_are_enough_and_may_be_left_out(renown: Renown, file: Path) -> None:
    banks = file.with_name("banks.yml")
    told = yaml.safe_load(banks.read_text("utf-8"))
    told["banks"][0]["pages"]["telegram"] = ["velmora"]
    banks.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    assert renown("sources", "add", "--yes", "--platform", "telegram", "--id", "own").code == 0
    outcome = renown("sources", "add", "--yes", "--platform", "telegram", "--id", "none", "--option", "official=false")
    assert "none names nothing to read" in one_clear_line(outcome)


def test_a_wrong_answer_is_asked_again(renown: Renown, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["telegram", "talk", "@daily", "[no way]", f"[{CHANNEL}]", "", "", "", "false", "n"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(said) + "\n"))
    outcome = renown("sources", "add")
    assert outcome.code == 0, outcome.err
    assert "'no way' is no name that the platform has: write it like channels: [centralbank_russia" in outcome.err
    assert entries(file)[-1]["options"] == {"channels": [CHANNEL], "official": False}


def test_a_source_that_reads_nothing_is_no_success(renown: Renown, file: Path, network: responses.RequestsMock) -> None:
    file.write_text(SOURCES.replace(f"channels: [{CHANNEL}], official: false", "official: false", 1), "utf-8")
    for command in (("sources", "test", "channel"), ("backfill", "channel", "--from", "2026-03-01", "--no-marts")):
        outcome = renown(*command)
        assert "source channel: options: channel names nothing to read (channels is missing)" in one_clear_line(outcome)
        assert outcome.code == 2
    assert "channel names nothing to read" in renown("check").out
    assert len(network.calls) == 0


def test_a_page_that_cannot_be_read_leaves_the_file(renown: Renown, file: Path, world: PlotWorld) -> None:
    world.plan = {number: (200, {}, b"<html><title>a captcha</title></html>") for number in range(1, 9)}
    assert "not a whole page of t.me" in one_clear_line(renown(*ADD, "--yes", "--approve-terms"))
    assert file.read_text("utf-8") == SOURCES
    assert sorted(path.name for path in file.parent.iterdir()) == ["banks.yml", "renown.yml", "sources.yml"]


@pytest.mark.parametrize("said", ["", "n\n"])
def test_stopped_or_refused_leaves_the_file(
    renown: Renown, file: Path, world: PlotWorld, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    answers = "telegram\ntalk\n@hourly\n" if not said else f"@hourly\n\n\n\ny\n{said}"
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    outcome = renown("sources", "add") if not said else renown(*ADD)
    assert (outcome.code, outcome.err.strip().splitlines()[-1]) == (130, "renown: stopped")
    assert file.read_text("utf-8") == SOURCES


@pytest.mark.parametrize(
    "old",
    [
        "sources:\n- id: a\n  platform: vk\n  query: 'x y'   # why\n",
        "# only this\nsources:\n\n    # far in\n    - id: a\n      platform: vk\n      query: >-\n        one\n        two",
        "sources:\r\n  - id: a\r\n    platform: vk\r\n",
        "",
    ],
)
def test_every_way_of_indenting_is_kept(tmp_path: Path, old: str) -> None:
    path = tmp_path / "sources.yml"
    path.write_bytes(old.encode())
    path.chmod(0o640)
    known = entries(path) if old else []
    entry = {"id": "b", "platform": "vk", "rate": {"requests": 3, "per_seconds": 1}, "query": 'банк OR "a: b"'}
    _write(path, entry)
    assert path.read_bytes().startswith(old.encode())
    assert entries(path) == [*known, entry]
    assert ("\r\n" in old) == (b"\r\n" in path.read_bytes())
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("old", ["# ours\nsources: []   # none yet\n", "# ours\nsources: [{id: a, platform: vk}]\n", "# ours\nsources:\n"])
def test_a_list_in_brackets_keeps_its_comments(tmp_path: Path, old: str) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(old, "utf-8")
    _write(path, {"id": "b", "platform": "vk", "rate": {"requests": 3, "per_seconds": 1}})
    assert path.read_text("utf-8").startswith("# ours\nsources:")
    assert entries(path)[-1]["id"] == "b"


def test_a_file_that_is_missing_is_made(tmp_path: Path) -> None:
    _write(tmp_path / "sources.yml", {"id": "b", "platform": "vk", "rate": {"requests": 3, "per_seconds": 1}})
    assert [entry["id"] for entry in entries(tmp_path / "sources.yml")] == ["b"]
