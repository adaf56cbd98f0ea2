"""The clock that can be pinned, the home's file, and the errors that people read."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from settings import ConfigError, RenownError, load_settings
from settings.home import home_path, read_home, secret, update_home
from settings.loader import REPOSITORY

CONFIG = REPOSITORY / "config"


@pytest.mark.parametrize(("value", "moment"), [
    ("2026-03-30T00:00:00Z", datetime(2026, 3, 30, tzinfo=UTC)),
    ("2026-03-30T03:00:00+03:00", datetime(2026, 3, 30, tzinfo=UTC)),
    ("2026-03-30T12:30:00", datetime(2026, 3, 30, 12, 30, tzinfo=UTC)),
])
def test_the_clock_is_pinned(monkeypatch: pytest.MonkeyPatch, value: str, moment: datetime) -> None:
    monkeypatch.setenv("RENOWN_AS_OF", value)
    now = load_settings(CONFIG).now()
    assert now == moment
    assert now.utcoffset() is not None


def test_without_a_pin_the_wall_clock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_AS_OF", raising=False)
    settings = load_settings(CONFIG)
    before = datetime.now(UTC)
    now = settings.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_pin_that_is_no_instant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_AS_OF", "yesterday")
    with pytest.raises(RenownError, match=r"RENOWN_AS_OF='yesterday'.*2026-03-30T00:00:00Z"):
        load_settings(CONFIG)


def test_the_home_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path / "a"))
    assert home_path() == tmp_path / "a"
    assert not home_path().exists()
    assert load_settings(CONFIG).home == tmp_path / "a"
    assert load_settings(CONFIG, home=tmp_path / "b").home == tmp_path / "b"
    monkeypatch.delenv("RENOWN_HOME")
    monkeypatch.chdir(tmp_path)
    assert home_path() == tmp_path / ".renown"


def test_home_json_merges_and_is_private(tmp_path: Path) -> None:
    previous = os.umask(0)  # the widest umask must not widen the file
    try:
        home = tmp_path / "deep" / "home"
        assert read_home(home) == {}
        update_home(home, port=1, name="a")
        whole = update_home(home, port=2)
    finally:
        os.umask(previous)
    assert whole == {"port": 2, "name": "a"} == read_home(home)
    assert stat.S_IMODE((home / "home.json").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["home.json"]


def test_home_json_is_whole_when_the_writer_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update_home(tmp_path, port=1)

    def killed(self: Path, *arguments: object, **options: object) -> int:
        with open(self, "w") as half:
            half.write('{"port":')
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        update_home(tmp_path, port=2)
    assert json.loads((tmp_path / "home.json").read_text("utf-8")) == {"port": 1}
    monkeypatch.undo()
    assert update_home(tmp_path, port=3) == {"port": 3}


def test_secrets_stay_and_differ(tmp_path: Path) -> None:
    first = secret(tmp_path / "a", "postgres")
    assert len(first) == 32
    assert secret(tmp_path / "a", "postgres") == first
    assert secret(tmp_path / "a", "airflow") != first
    assert secret(tmp_path / "b", "postgres") != first
    assert secret(tmp_path / "a", "postgres") == first  # a second secret does not replace the first


def test_errors_are_one_line_with_the_mend() -> None:
    assert str(RenownError("what", "mend")) == "what: mend"
    assert str(RenownError("what")) == "what"
    assert (RenownError("a").exit_code, RenownError("a", exit_code=3).exit_code) == (1, 3)
    error = ConfigError(Path("banks.yml"), 4, "what", "mend")
    assert (str(error), error.line, error.path, error.exit_code) == ("banks.yml:4: what: mend", 4, Path("banks.yml"), 2)
    assert str(ConfigError("banks.yml", None, "what", "mend")) == "banks.yml: what: mend"
    assert RenownError("a").exit_code == 1  # an instance's code is its own
