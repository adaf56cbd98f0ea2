"""The Superset of one home: its environment, its import, and how its server is started.

.venv-bi (make bi) ──► load(): tables, login, bundle ──► command(): gunicorn on loopback
                                                   └── $RENOWN_HOME/superset/superset.db, secrets in home.json (0600)
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from settings import RenownError
from settings.home import secret
from settings.loader import REPOSITORY

LOGIN = "admin"
HERE = Path(__file__).parent
THREADS = 8


def interpreter() -> Path:
    """The Python of Superset's environment (RENOWN_BI_VENV, else .venv-bi beside the code). Raises RenownError where there is none."""
    found = Path(os.environ.get("RENOWN_BI_VENV") or REPOSITORY / ".venv-bi") / "bin" / "python"
    if not found.exists():
        raise RenownError("Superset is not installed", "'make bi' makes its environment (.venv-bi, about 700 MB)", exit_code=2)
    return found


def environment(home: Path) -> dict[str, str]:
    """What Superset's processes see on top of ours."""
    return {
        "SUPERSET_CONFIG_PATH": str(HERE / "config.py"),
        "SUPERSET_HOME": str(home / "superset"),
        "SUPERSET_SECRET_KEY": secret(home, "superset_key"),
        "PYTHONPATH": "",
        "PYTHONWARNINGS": "ignore",
        "FLASK_APP": "superset.app:create_app()",
    }


def password(home: Path) -> str:
    """The administrator's password of this home."""
    return secret(home, "superset_admin")


def load(home: Path, files: dict[str, str]) -> None:
    """Bring Superset's own database up to date and import the bundle over what is there. Raises RenownError with Superset's last line."""
    folder, log = home / "superset", home / "logs" / "superset-import.log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log.parent.mkdir(parents=True, exist_ok=True)
    asked = json.dumps({"login": LOGIN, "password": password(home), "files": files})
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [str(interpreter()), str(HERE / "inside.py")],
            input=asked,
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, **environment(home)},
        )
    if done.returncode:
        lines = log.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise RenownError(f"Superset did not take the dashboards ({lines[-1][:200]})", f"see {log}")


def command(port: int) -> list[str]:
    """The server on loopback: one process, since its database is one file."""
    return [
        str(interpreter()),
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--worker-class",
        "gthread",
        "--threads",
        str(THREADS),
        "--timeout",
        "120",
        "superset.app:create_app()",
    ]
