"""One way to call the command: as `renown …` is called, in this process, with what it printed and its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from settings.loader import REPOSITORY
from tests.cli.calling import Outcome, Renown


@pytest.fixture
def renown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Renown:
    """`renown(*arguments)`, in a home of its own, with the committed configuration."""
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RENOWN_CONFIG", str(REPOSITORY / "config"))
    monkeypatch.delenv("RENOWN_WAREHOUSE_URL", raising=False)
    monkeypatch.delenv("RENOWN_AS_OF", raising=False)

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main(list(arguments))
        printed = capsys.readouterr()
        code = stopped.value.code
        return Outcome(code if isinstance(code, int) else 1, printed.out, printed.err)

    return call
