"""Every check must catch its mutant (rule 6 of the house): break the code on purpose, run the tests that must notice.

    tests/mutants.yml ──► one text replacement in a copy of the tree ──► pytest of the named tests ──► caught or survived

Run `python -m tests.mutants` for all of them, or with words that select by name. Exits 1 when a mutant survives or does not apply.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".venv", ".venv-bi", ".git", ".renown", "__pycache__", "*.egg-info", ".mypy_cache", ".ruff_cache", ".hypothesis")


@dataclass(frozen=True)
class Mutant:
    """One defect: `old` becomes `new` in `file` (the first occurrence); `tests` must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


def load() -> list[Mutant]:
    """The list of tests/mutants.yml."""
    return [Mutant(**entry) for entry in yaml.safe_load((REPOSITORY / "tests" / "mutants.yml").read_text("utf-8"))]


def caught(mutant: Mutant, tree: Path) -> bool | None:
    """True when the tests fail under the mutant, False when they pass, None when the text to replace is not there."""
    path = tree / mutant.file
    text = path.read_text("utf-8")
    if mutant.old not in text:
        return None
    path.write_text(text.replace(mutant.old, mutant.new, 1), "utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", *mutant.tests.split()]
        result = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=600)
        if result.returncode not in (0, 1, 2):  # 2: the mutant broke the import, which is noticed as well
            print(result.stdout[-1500:])
        return result.returncode in (1, 2)
    finally:
        path.write_text(text, "utf-8")


def main(words: list[str]) -> int:
    """Try the mutants whose names hold one of the words (all without words); returns the exit code."""
    wanted = [mutant for mutant in load() if not words or any(word in mutant.name for word in words)]
    results: dict[str, bool | None] = {}
    with tempfile.TemporaryDirectory(prefix="renown-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(REPOSITORY, tree, ignore=LEFT_OUT, symlinks=True)
        for mutant in wanted:
            started = time.monotonic()
            results[mutant.name] = caught(mutant, tree)
            verdict = {True: "caught", False: "SURVIVED", None: "DOES NOT APPLY"}[results[mutant.name]]
            print(f"{verdict:15} {mutant.name} ({time.monotonic() - started:.0f} s)", flush=True)
    good = sum(result is True for result in results.values())
    print(f"{good} of {len(results)} mutants caught")
    return 0 if good == len(results) and results else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
