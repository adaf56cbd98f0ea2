"""`renown bi`: what is written for whom, and what never leaves."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path

import pytest

from bi.contracts import marts
from tests.cli.calling import Renown, one_clear_line
from warehouse.connection import connect


@pytest.fixture
def placed(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path / "home"))
    for name in ("RENOWN_TABLEAU_TOKEN_NAME", "RENOWN_TABLEAU_TOKEN", "RENOWN_METABASE_KEY", "RENOWN_BI_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return warehouse_url


def extract(folder: Path, newest: str | None) -> Path:
    """An extract of department cards, with its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cards.hyper").write_bytes(b"rows")
    said = {
        "sha256": hashlib.sha256(b"rows").hexdigest(),
        "newest_deletion": newest,
        "made_at": "2026-03-30",
        "rows": {"fct_cases": 1},
    }
    (folder / "cards.manifest.json").write_text(json.dumps(said))
    return folder / "cards.hyper"


def test_a_data_source_for_what_the_login_may_read(renown: Renown, placed: str, tmp_path: Path) -> None:
    for login, classes in (("bi_reader", {"open"}), ("bi_cards", {"open", "rows"})):
        assert renown("bi", "tableau", "--login", login, "--host", "db.bank.example", "--out", str(tmp_path)).code == 0
        assert {path.stem for path in (tmp_path / login).glob("*.tds")} == {
            mart.name for mart in marts() if mart.access in classes
        }
        text = (tmp_path / login / "mart_leads.tds").read_text("utf-8")
        assert f'username="{login}"' in text
        assert 'server="db.bank.example"' in text


def test_check_tells_what_is_stale_by_its_exit_code(renown: Renown, placed: str, tmp_path: Path) -> None:
    extract(tmp_path / "hyper", None)
    assert renown("bi", "hyper", "cards", "--check", "--out", str(tmp_path)).code == 0
    assert renown("bi", "hyper", "cards", "hr", "--check", "--out", str(tmp_path)).code == 1, "hr has none"
    with connect(placed) as connection:
        connection.execute(
            "insert into core.deletions (mention_id, observed_at, basis) values (%s, now(), 'author')", (uuid.uuid4(),)
        )
    outcome = renown("bi", "hyper", "cards", "--check", "--out", str(tmp_path))
    assert outcome.code == 1
    assert "stale" in outcome.out


def test_a_stale_extract_is_not_published(renown: Renown, placed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN_NAME", "ours")
    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN", "hidden-token")
    send = ("bi", "publish", "Cards", str(extract(tmp_path, "2026-03-01T00:00:00+00:00")), "--server", "http://127.0.0.1:1")
    assert "is stale: something was deleted since" in one_clear_line(renown(*send))
    extract(tmp_path, None).write_bytes(b"another's rows")
    assert "is not as it was written" in one_clear_line(renown(*send))
    outcome = renown("bi", "publish", "Cards", str(extract(tmp_path, None)), "--server", "http://127.0.0.1:1")
    assert (outcome.code, "hidden-token" in outcome.err + outcome.out) == (3, False), outcome.err
    assert "does not answer" in outcome.err


def test_where_an_extract_was_published_is_remembered(renown: Renown, placed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bi.tableau import publish as room

    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN_NAME", "ours")
    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN", "hidden-token")
    sent: list[list[str]] = []
    monkeypatch.setattr(room, "publish", lambda _, project, files: sent.append([path.name for path in files]) or [path.stem for path in files])
    (tmp_path / "mart_leads.tds").write_text("<datasource/>")
    file = extract(tmp_path, None)
    outcome = renown("bi", "publish", "Retail/Cards", str(tmp_path / "mart_leads.tds"), str(file), "--server", "http://tableau", "--site", "bank")
    assert outcome.code == 0, outcome.err
    assert sent == [["cards.hyper"], ["mart_leads.tds"]]
    said = (tmp_path / "cards.manifest.json").read_text("utf-8")
    [place] = json.loads(said)["published"]
    assert place == {"server": "http://tableau", "site": "bank", "project": "Retail/Cards", "sha256": hashlib.sha256(b"rows").hexdigest()}
    assert "hidden-token" not in said
    (tmp_path / "cards.tds").write_text("<datasource/>")
    outcome = renown("bi", "publish", "Retail/Cards", str(tmp_path / "cards.tds"), "--server", "http://elsewhere")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "cards.manifest.json").read_text("utf-8") == said, "a data source is no extract, whatever its name"


def test_metabase_needs_a_key_and_the_readers_password(renown: Renown, placed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "set RENOWN_METABASE_KEY" in one_clear_line(renown("bi", "metabase", "--url", "http://127.0.0.1:1"))
    monkeypatch.setenv("RENOWN_METABASE_KEY", "hidden-key")
    assert "the password of bi_reader is not known here" in one_clear_line(
        renown("bi", "metabase", "--url", "http://127.0.0.1:1")
    )
    monkeypatch.setenv("RENOWN_BI_PASSWORD", "theirs")
    outcome = renown("bi", "metabase", "--url", "http://127.0.0.1:1")
    assert outcome.code == 3
    assert "hidden-key" not in outcome.err
