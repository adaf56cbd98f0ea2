"""`renown init`: whatever one answers, its folder passes `renown check`; nothing is overwritten unasked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import settings as rooms
from cli import init as init_module
from cli.check import findings
from cli.init_files import bank_id
from settings import RenownError, load_settings
from settings.loader import FILES
from tests.cli.calling import Renown, one_clear_line

FULL = (
    "init",
    "--yes",
    "--bank",
    "Alpha Bank",
    "--country",
    "DE",
    "--competitor",
    "Beta",
    "--competitor",
    "gamma=Гамма",
    "--language",
    "en",
    "--language",
    "ru",
    "--source",
    "x",
    "--source",
    "discourse=https://forum.example/",
    "--source",
    "vk",
    "--handle",
    "x=@AlphaBank",
    "--timezone",
    "Europe/Berlin",
)


def errors(folder: Path) -> list[str]:
    """What check would fail on."""
    return [finding.what for finding in findings(folder) if finding.level == "error"]


def test_options_become_a_config_that_check_accepts(renown: Renown, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    outcome = renown(*FULL, "--directory", str(folder))
    assert outcome.code == 0
    assert "Alpha Bank and 2 competitors, 3 sources" in outcome.err
    assert {path.name for path in folder.iterdir()} == {f"{stem}.yml" for stem in FILES}
    assert errors(folder) == []
    assert renown("check", str(folder)).code == 0
    loaded = load_settings(folder)
    assert loaded.banks.home == "alpha"
    alpha, beta, gamma = loaded.banks.banks
    assert (alpha.name, alpha.country, alpha.competitor, alpha.handles) == (
        "Alpha Bank",
        "DE",
        False,
        {"x": ["AlphaBank"]},
    )
    assert (beta.id, beta.competitor, beta.aliases) == ("beta", True, {"en": ["Beta"], "ru": []})
    assert (gamma.id, gamma.name, gamma.aliases) == ("gamma", "Гамма", {"en": [], "ru": ["Гамма"]})
    assert loaded.general.languages == ["en", "ru"]
    assert loaded.general.timezone == "Europe/Berlin"
    assert [(s.id, s.platform, s.terms) for s in loaded.sources.sources] == [
        ("x", "x", "unreviewed"),
        ("discourse", "discourse", "unreviewed"),
        ("vk", "vk", "unreviewed"),
    ]
    assert (loaded.source("discourse").base_url, loaded.source("discourse").site) == (
        "https://forum.example/",
        "forum.example",
    )
    assert loaded.topics.topics
    assert loaded.severity.rules
    subscriptions = loaded.subscriptions.subscriptions
    assert subscriptions
    assert {f.value for s in subscriptions for f in s.filters if f.column == "bank_id"} == {"alpha"}


def test_nothing_of_the_fictitious_banks_comes_along(renown: Renown, tmp_path: Path) -> None:
    renown(*FULL, "--directory", str(tmp_path / "mine"))
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "mine").iterdir()).lower()
    for name in ("velmora", "tarnwick", "calderis", "nimbra", "harbourstone", ".example/feed"):
        assert name not in written


def test_the_least_that_can_be_said_is_enough(renown: Renown, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert renown("init", "--yes", "--bank", "Ясный Банк", "--directory", str(folder)).code == 0
    assert errors(folder) == []
    loaded = load_settings(folder)
    assert loaded.banks.home == "home"  # no ASCII letter to make an id of
    assert loaded.banks.banks[0].aliases["ru"] == ["Ясный Банк"]
    assert loaded.general.timezone == "UTC"


def test_questions_are_asked_for_what_is_missing(
    renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        "Alpha Bank",
        "de",
        "Beta, Gamma",
        "en, xx",
        "en, tr",
        "x, discourse",
        "x, discourse=https://forum.example",
        "Europe/Nowhere",
        "Europe/Istanbul",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    outcome = renown("init", "--directory", str(tmp_path / "mine"))
    assert outcome.code == 0, outcome.err
    assert "unknown language 'xx'" in outcome.err
    assert "discourse needs an address" in outcome.err
    assert "unknown time zone 'Europe/Nowhere'" in outcome.err
    loaded = load_settings(tmp_path / "mine")
    assert [bank.id for bank in loaded.banks.banks] == ["alpha", "beta", "gamma"]
    assert loaded.general.timezone == "Europe/Istanbul"
    assert [source.id for source in loaded.sources.sources] == ["x", "discourse"]


def test_an_end_of_input_writes_nothing(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Alpha\n"))
    outcome = renown("init", "--directory", str(tmp_path / "mine"))
    assert outcome.code == 130
    assert not (tmp_path / "mine").exists()


def test_files_that_exist_stay_unless_forced(renown: Renown, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "banks.yml").write_text("mine\n", "utf-8")
    outcome = renown(*FULL, "--directory", str(folder))
    assert "holds banks.yml already" in one_clear_line(outcome)
    assert outcome.code == 2
    assert [path.name for path in folder.iterdir()] == ["banks.yml"]
    assert (folder / "banks.yml").read_text("utf-8") == "mine\n"
    assert renown(*FULL, "--directory", str(folder), "--force").code == 0
    assert errors(folder) == []


def test_the_folder_comes_from_the_environment(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path / "named"))
    assert renown(*FULL).code == 0
    assert (tmp_path / "named" / "banks.yml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no bank named: give --bank NAME"),
        (("--bank", "A", "--language", "xx"), "unknown language 'xx': use one of en, ru"),
        (("--bank", "A", "--source", "orkut"), "unknown platform 'orkut'"),
        (("--bank", "A", "--source", "discourse"), "discourse needs an address"),
        (("--bank", "A", "--timezone", "Mars/Olympus"), "unknown time zone 'Mars/Olympus'"),
        (("--bank", "A", "--handle", "AlphaBank"), "write it as PLATFORM=NAME"),
        (("--bank", "A", "--handle", "orkut=A"), "unknown platform 'orkut'"),
        (("--bank", "1=A"), "banks.yml"),
        (("--bank", "A", "--competitor", "A"), "appear twice: a"),
    ],
)
def test_a_wrong_answer_is_one_line_and_writes_nothing(
    renown: Renown, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    outcome = renown("init", "--yes", *arguments, "--directory", str(tmp_path / "mine"))
    assert words in one_clear_line(outcome)
    assert outcome.code == 2
    assert not (tmp_path / "mine").exists()
    assert list(tmp_path.glob(".renown-init-*")) == []


def test_files_that_would_not_load_are_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise RenownError("no")

    monkeypatch.setattr(rooms, "load_settings", refuse)
    with pytest.raises(RenownError):
        init_module.write_config(tmp_path / "mine", {"banks.yml": ""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Alpha Bank", "alpha"),
        ("Bank of Alpha", "bank_of_alpha"),
        ("Türkiye İş Bankası", "turkiye_is_bankasi"),
        ("1st Alpha", "fallback"),
        ("招商银行", "fallback"),
        ("Société Générale", "societe_generale"),
    ],
)
def test_ids_are_made_of_names(name: str, identifier: str) -> None:
    assert bank_id(name, "fallback") == identifier
