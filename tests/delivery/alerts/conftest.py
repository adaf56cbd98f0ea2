"""A warehouse with empty marts, a real mail server and a real webhook, and everybody's address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settings import Settings
from tests.delivery.alerts import scenes
from tests.delivery.postbox import Postbox, Webhook, smtp_server, webhook

KEY = "a-key-of-sixteen-letters-and-more"


@pytest.fixture
def url(warehouse_url: str) -> Iterator[str]:
    scenes.build(warehouse_url)
    yield warehouse_url
    scenes.line(warehouse_url).close()


@pytest.fixture
def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The demo's settings with links, at no pinned clock."""
    monkeypatch.setenv("RENOWN_LINK_KEY", KEY)
    listed = settings.subscriptions.model_copy(update={"link_base_url": "https://renown.bank.example"})
    return settings.model_copy(update={"subscriptions": listed})


@pytest.fixture
def post(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, and each person's address: <id>@bank.example."""
    with smtp_server() as box:
        monkeypatch.setenv("RENOWN_SMTP_URL", box.url)
        for person in settings.oncall.people:
            if person.email:
                monkeypatch.setenv(person.email.partition(":")[2], f"{person.id}@bank.example")
        yield box


@pytest.fixture
def hook(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """A webhook that stands for everybody's chat."""
    with webhook() as box:
        for person in settings.oncall.people:
            if person.chat:
                monkeypatch.setenv(person.chat.partition(":")[2], box.url)
        yield box
