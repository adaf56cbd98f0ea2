"""What a signed link may be for: what its page says, and what its button does. One entry of KINDS a kind.

    token's words ──► page(said) ──► title, sentences, buttons        button ──► act(said, form) ──► a sentence
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from delivery import alerts, ledger, requests, words
from delivery.window import Window
from settings import RenownError, Settings

Said = dict[str, Any]
Form = dict[str, str]


@dataclass(frozen=True)
class Button:
    """A form with one button. `do` tells act() which; `asks` gives it a field of text under that name."""

    do: str
    label: str
    asks: str | None = None


@dataclass(frozen=True)
class Page:
    """What a link's holder sees."""

    title: str
    sentences: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    language: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of link. act() gets the form of the POST and returns what it did, in the reader's words."""

    page: Callable[[Settings, psycopg.Connection, Said], Page]
    act: Callable[[Settings, psycopg.Connection, Said, Form], str]


def _language(settings: Settings, subscription: str) -> str | None:
    return next((sub.language for sub in settings.subscriptions.subscriptions if sub.id == subscription), None)


def _subscription_page(settings: Settings, connection: psycopg.Connection, said: Said) -> Page:
    language = _language(settings, said["subscription"])
    stop = requests.stopped(connection, said["subscription"])
    is_stopped = bool(stop & {"", said.get("recipient", "")})
    about = words.sentence("door_for", language, recipient=said["recipient"]) if said.get("recipient") else ""
    buttons = [] if is_stopped else [Button("stop", words.word("door_stop", language))]
    return Page(said["subscription"], tuple(filter(None, [about, words.word("door_stopped", language) if is_stopped else ""])),
                (*buttons, Button("change", words.word("door_change", language), "said")), language)


def _change(settings: Settings, connection: psycopg.Connection, said: Said, form: Form) -> str:
    language = _language(settings, said["subscription"])
    if form.get("do") == "stop" or form.get("List-Unsubscribe") == "One-Click":  # RFC 8058, 3.1
        if not requests.ask(connection, said["subscription"], said.get("recipient", ""), "stop"):
            raise RenownError("the stop was not noted")
        return words.word("door_stopped", language)
    if form.get("do") == "change" and form.get("said", "").strip():
        is_noted = requests.ask(connection, said["subscription"], said.get("recipient", ""), "change", form["said"].strip())
        return words.word("door_noted" if is_noted else "door_full", language)
    raise RenownError("nothing was asked for", "press one of the buttons", 2)


def _received_page(settings: Settings, connection: psycopg.Connection, said: Said) -> Page:
    language = _language(settings, said["subscription"])
    return Page(f"{said['subscription']}: {words.days(_window(settings, said), language)}", (), (Button("received", words.word("door_received", language)),),
                language)


def _received(settings: Settings, connection: psycopg.Connection, said: Said, form: Form) -> str:
    if not ledger.confirmed(connection, ledger.Key(said["subscription"], _window(settings, said), said["issue"]), said["recipient"]):
        raise RenownError("there is no such delivery", "take the link as it stands in the message", 2)
    return words.word("door_noted", _language(settings, said["subscription"]))


def _window(settings: Settings, said: Said) -> Window:
    """The window of a token, in the subscription's zone."""
    sub = next((sub for sub in settings.subscriptions.subscriptions if sub.id == said["subscription"]), None)
    return Window.between(datetime.fromisoformat(said["from"]), datetime.fromisoformat(said["to"]), settings, sub)


def _alert_page(settings: Settings, connection: psycopg.Connection, said: Said) -> Page:
    _, title, status, fire, taken, by, _ = alerts.find(connection, said["alert"])
    if (taken or 0) >= fire:
        return Page(title, (f"{by} has acknowledged it.",))
    state = ("It is over.",) if status == "resolved" else ("It has grown since this message: the newest one asks again.",) if said["fire"] < fire else ()
    return Page(title, state, (Button("ack", "I take it"),) if said["fire"] == fire else ())


def _take_alert(settings: Settings, connection: psycopg.Connection, said: Said, form: Form) -> str:
    if form.get("do") != "ack":
        raise RenownError("nothing was asked for", "press the button", 2)
    return alerts.by_link(connection, settings, said).note


KINDS: dict[str, Kind] = {"subscriptions": Kind(_subscription_page, _change), "received": Kind(_received_page, _received),
                          "alerts": Kind(_alert_page, _take_alert)}
