"""A failed task reaches a person: told once, over a real HTTP target, also when the warehouse or the target is down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from delivery import notify_failure
from delivery.notify import clean
from settings import Settings
from warehouse.connection import connect

DOWN = "postgresql://nobody:secret@127.0.0.1:9/none"


class Inbox:
    """What a webhook has received, and how it answers."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if box.status == 200:
                box.received.append(json.loads(body))
            self.send_response(box.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    box.url = f"json://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("RENOWN_NOTIFY_URL", box.url)
    yield box
    server.shutdown()
    server.server_close()


def fail(settings: Settings, url: str | None, error: str = "marts: 3 mentions are missing", **given: Any) -> None:
    failure = {
        "dag_id": "marts",
        "task_id": "gate",
        "run_id": "manual__2026-03-30T00:00:00+00:00",
        "try_number": 3,
    } | given
    notify_failure(settings, url=url, error=error, **failure)


def notes(settings: Settings) -> list[Path]:
    return sorted((settings.home / "notifications").glob("*"))


def ledger(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute("select channel, status from ops.notifications order by notification_id").fetchall()


def test_a_failure_is_told_once_to_each_target(warehouse_url: str, settings: Settings, inbox: Inbox) -> None:
    for _ in range(3):
        fail(settings, warehouse_url)
    [message] = inbox.received
    assert message["title"] == "Renown: marts.gate failed"
    assert "3 mentions are missing" in message["message"]
    assert "run manual__2026-03-30T00:00:00+00:00, try 3" in message["message"]
    [note] = notes(settings)
    assert "3 mentions are missing" in note.read_text("utf-8")
    assert ledger(warehouse_url) == [("env:RENOWN_NOTIFY_URL", "sent"), ("folder", "sent")]
    fail(settings, warehouse_url, try_number=4)
    assert len(inbox.received) == 2, "another try is another failure"


def test_a_target_that_is_down_is_recorded_and_told_later(warehouse_url: str, settings: Settings, inbox: Inbox) -> None:
    inbox.status = 503
    fail(settings, warehouse_url)
    assert ledger(warehouse_url) == [("env:RENOWN_NOTIFY_URL", "failed"), ("folder", "sent")]
    assert len(notes(settings)) == 1, "one channel that is down keeps nothing from the others"
    inbox.status = 200
    fail(settings, warehouse_url)
    assert len(inbox.received) == 1
    assert ledger(warehouse_url) == [("env:RENOWN_NOTIFY_URL", "sent"), ("folder", "sent")]


@pytest.mark.parametrize("url", [None, DOWN])
def test_without_a_warehouse_the_message_still_goes_out_once(url: str | None, settings: Settings, inbox: Inbox) -> None:
    fail(settings, url, error="warehouse does not answer")
    fail(settings, url, error="warehouse does not answer")
    assert (len(inbox.received), len(notes(settings))) == (1, 1)


@pytest.mark.parametrize("address", ["nonsense", "json://127.0.0.1:9/", "mailto://"])
def test_a_broken_address_never_raises(
    address: str, warehouse_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_NOTIFY_URL", address)
    fail(settings, warehouse_url)
    assert ledger(warehouse_url) == [("env:RENOWN_NOTIFY_URL", "failed"), ("folder", "sent")]


def test_a_folder_that_cannot_be_written_never_raises(warehouse_url: str, settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "notifications").write_text("a file where the folder should be")
    fail(settings, warehouse_url)
    assert ledger(warehouse_url) == [("folder", "failed")]


def test_no_target_configured_still_leaves_a_note(
    warehouse_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RENOWN_NOTIFY_URL", raising=False)
    fail(settings, warehouse_url)
    assert (len(notes(settings)), ledger(warehouse_url)) == (1, [("folder", "sent")])


def test_ids_cannot_climb_out_of_the_folder(warehouse_url: str, settings: Settings) -> None:
    fail(settings, warehouse_url, dag_id="../../etc", run_id="/etc/x")
    [note] = notes(settings)
    assert note.parent == settings.home / "notifications"
    assert "/" not in note.name


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        ("postgresql://renown:hunter2@db:5432/x refused", "postgresql://***@db:5432/x refused"),
        ("password=hunter2 is wrong", "password=*** is wrong"),
        ("Authorization: hunter2", "Authorization: ***"),
        ("bell \x07 and escape \x1b[31m", "bell  and escape [31m"),
        ("", "no reason given"),
    ],
)
def test_messages_carry_no_secret_and_no_control_character(error: str, kept: str) -> None:
    assert clean(error) == kept


def test_messages_are_bounded() -> None:
    assert len(clean("x" * 10_000)) < 700
