"""The room table is held by a linter: our tree keeps it, and each room's forbidden import breaks its contract."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings.loader import REPOSITORY

ROOMS = ("settings", "extractors", "warehouse", "nlp", "expectations", "delivery", "bi", "sandbox", "cli", "dags")
ALLOWED: dict[str, set[str]] = {
    "settings": set(),
    "sandbox": set(),
    "warehouse": {"settings"},
    "bi": {"settings"},
    "cli": set(ROOMS) - {"dags"},
    "dags": set(ROOMS),
    **{room: {"settings", "warehouse"} for room in ("extractors", "nlp", "expectations", "delivery")},
}
FORBIDDEN = [
    (room, other)
    for room in ROOMS
    for other in (*ROOMS, "airflow")
    if other not in {room, *ALLOWED[room]} and (room, other) != ("dags", "airflow")
]


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter on a tree."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def everything_wrong(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a tree with one file for each forbidden import."""
    tree = tmp_path_factory.mktemp("rooms")
    shutil.copy(REPOSITORY / ".importlinter", tree)
    for room in ROOMS:
        (tree / room).mkdir()
        (tree / room / "__init__.py").write_text("")
        (tree / room / "target.py").write_text("")
    for room, other in FORBIDDEN:
        statement = "import airflow" if other == "airflow" else f"import {other}.target"
        (tree / room / f"wrong_{other}.py").write_text(f"{statement}\n")
    code, said = lint(tree)
    assert code != 0
    return said


@pytest.mark.parametrize(("room", "other"), FORBIDDEN)
def test_each_forbidden_import_is_caught(everything_wrong: str, room: str, other: str) -> None:
    target = "airflow" if other == "airflow" else f"{other}.target"
    assert re.search(rf"{room}\.wrong_{other} -> {re.escape(target)}\b", everything_wrong)


def test_our_tree_keeps_the_table() -> None:
    code, said = lint(REPOSITORY)
    assert code == 0, said
    assert "0 broken" in said
