"""A list of alerts in a chat: every alert is said, links give way first, and how to take them always stands there."""

from __future__ import annotations

import re

import pytest

from delivery.alerts import listed
from delivery.channels import Message, chat
from delivery.words import LOCALES

LINK = "https://renown.bank.example/alerts/{}?token=" + "t" * 120


def rows(count: int) -> list[listed.Row]:
    return [(f"[4/5] Velmora Bank: alarm of severity 4, topic outage {n}\n    renown alerts show {n:08}", LINK.format(n)) for n in range(count)]


def told(count: int, language: str | None = None, room: int | None = chat.LONGEST) -> tuple[int, int, int]:
    """How many alerts and links are said, and how many more there are said to be, in what the chat gets."""
    text = listed.text(rows(count), language, room)
    sent = chat.body(Message("", text, language=language).marked(), chat.reference("key"), room) if room else text
    assert "…" not in sent
    assert "renown alerts ack ID" in sent
    more = re.search(r"(\d+)[^\n]*renown alerts list", sent)
    return sent.count("renown alerts show"), sent.count("https://"), int(more[1]) if more else 0


@pytest.mark.parametrize("language", [None, *LOCALES])
def test_every_alert_is_said_and_links_give_way_first(language: str | None) -> None:
    assert told(4, language) == (4, 4, 0)
    assert told(12, language) == (12, 0, 0)
    shown, links, more = told(40, language)
    assert (shown + more, links) == (40, 0)
    assert shown > 10


def test_who_has_room_gets_all_links() -> None:
    assert told(40, room=None) == (40, 40, 0)


def test_a_narrow_channel_gets_the_shortest() -> None:
    assert told(3, room=360)[0] == 1
    assert "and 2 more: renown alerts list" in listed.text(rows(3), None, 20)


def test_the_room_is_the_services_own_where_that_is_less(monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    assert chat.Chat("a", "json://127.0.0.1/hook").room() == chat.LONGEST
    assert chat.Chat("a", "nothing").room() == chat.LONGEST
    monkeypatch.setattr(NotifyJSON, "body_maxlen", 140)
    assert chat.Chat("a", "json://127.0.0.1/hook").room() == 140
