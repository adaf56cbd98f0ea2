"""`renown ingest` on its way to the marts: a gate that stops it calls somebody."""

from __future__ import annotations

import pytest

from cli import through
from settings import RenownError, Settings


@pytest.mark.parametrize("look", ["tells", "fails"])
def test_a_failed_gate_is_looked_at_before_it_stops(look: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> str:
        raise RenownError("gate raw failed", "look at it")

    def watch(*_: object, url: str) -> str:
        if look == "fails":
            raise RuntimeError("secret")
        return "alerts: 1 opened"

    said: list[str] = []
    monkeypatch.setattr(through, "label_pending", lambda *_: 0)
    monkeypatch.setattr(through, "sync", lambda *_: None)
    monkeypatch.setattr(through, "check", failing)
    monkeypatch.setattr("delivery.alerts.watch", watch)
    with pytest.raises(RenownError, match="gate raw failed"):
        through.through_marts(settings, "postgresql://nowhere", said.append)
    assert said[-1] == ("alerts: 1 opened" if look == "tells" else "alerts: the look failed (RuntimeError)")


@pytest.mark.parametrize("look", ["tells", "fails"])
def test_who_is_on_duty_is_told_before_the_gate_of_the_marts_and_after(look: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def watch(*_: object, url: str) -> str:
        looks.append(url)
        if look == "fails" and len(looks) == 1:
            raise RuntimeError("secret")
        return f"look {len(looks)}"

    said: list[str] = []
    monkeypatch.setattr(through, "label_pending", lambda *_: 0)
    monkeypatch.setattr(through, "sync", lambda *_: None)
    monkeypatch.setattr(through, "build", lambda *_: None)
    monkeypatch.setattr(through, "check", lambda _, layer, *__: f"gate {layer}")
    monkeypatch.setattr("delivery.alerts.watch", watch)
    through.through_marts(settings, "postgresql://nowhere", said.append)
    first = "look 1" if look == "tells" else "alerts: the look failed (RuntimeError)"
    assert said[-4:] == ["built the marts", first, "gate marts", "look 2"]
