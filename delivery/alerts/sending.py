"""From waiting messages to people: claimed before they are sent, settled after, so that a kill leaves one message, or one and a marked second.

    waiting (gravest first) ──► a person's first few, each ──► claim ──► channel ──► sent | failed (tried again) | given up
                            └─► the rest ──► one list ──────►
A folder replaces its own file; a mailbox or a chat cannot tell, so what was claimed and not settled, or cut off, says that it may have come before.
E-mail goes last: a mail server that does not answer costs one wait a run, and delays nobody's chat.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from delivery import words
from delivery.alerts import ledger, listed, message, page
from delivery.alerts.acknowledge import link
from delivery.alerts.translated import language_of
from delivery.channels import ChannelError, Down, Message, Unsure, chat, email
from delivery.channels.address import Credentials, from_environment
from settings import RenownError, Settings

Row = dict[str, Any]
Send = Callable[[Settings, Credentials, Row, Message], None]


def send_waiting(connection: psycopg.Connection, settings: Settings, credentials: Credentials = from_environment, *, patient: bool = True) -> dict[str, int]:
    """Send what waits; returns how many messages ended how. Never raises for a channel: the others go on.

    `patient`: what failed a moment ago is left until its time; somebody who looks by hand does not wait.
    """
    counts = {"sent": 0, "failed": 0}
    rows = ledger.waiting(connection, patient=patient)
    connection.commit()
    down: dict[str, Down] = {}
    for group in sorted(grouped(rows, settings.alerts.messages_at_once), key=lambda group: ORDER.index(group[0]["channel"])):
        if group := _still_wanted(connection, group):
            counts[_send(connection, settings, credentials, group, down)] += 1
    return counts


def grouped(rows: list[Row], at_once: int) -> list[list[Row]]:
    """Each person's first messages by themselves, the rest as one list; a folder holds each by itself."""
    groups: list[list[Row]] = []
    told: dict[tuple[str, str], list[list[Row]]] = {}
    for row in rows:
        mine = told.setdefault((row["recipient"], row["channel"]), [])
        if row["channel"] == "folder" or len(mine) <= at_once:
            mine.append([row])
            groups.append(mine[-1])
        else:
            mine[-1].append(row)
    return groups


def _still_wanted(connection: psycopg.Connection, group: list[Row]) -> list[Row]:
    """Without what was overtaken while its channel was down: over, acknowledged, or told anew."""
    late = [row for row in group if row["attempts"] and row["status"] == "failed" and _overtaken(row)]
    if late:
        ledger.give_up(connection, [row["message_id"] for row in late], "overtaken")
    return [row for row in group if row not in late]


def _overtaken(row: Row) -> bool:
    if row["fire"] < row["newest_fire"] or row["event"] == "resolved":
        return bool(row["fire"] < row["newest_fire"])
    is_over = row["alert_status"] == "resolved" and not row["facts"].get("came_late")
    return is_over or (row["acknowledged_fire"] or 0) >= row["fire"]


def _send(connection: psycopg.Connection, settings: Settings, credentials: Credentials, group: list[Row], down: dict[str, Down]) -> str:
    """`down`: what did not answer in this run, by channel; e-mail has one server for everybody, who is not waited for again."""
    ids, first = [row["message_id"] for row in group], group[0]
    duplicate = ledger.claim(connection, ids)
    try:
        if first["channel"] in down:
            raise down[first["channel"]]
        words = _words(connection, settings, group, _room(settings, credentials, first))
        connection.commit()  # no lock is held while a channel answers
        SENDERS[first["channel"]](settings, credentials, {**first, "message_id": _key(ids)}, words.marked() if duplicate else words)
    except Exception as error:  # whatever it is, the others who wait behind it are told
        connection.rollback()
        if isinstance(error, Down) and first["channel"] == "email":
            down["email"] = error
        longest = timedelta(minutes=settings.alerts.tries_for_minutes)
        ledger.fail(connection, ids, _told(error, settings, first), longest, unsure=isinstance(error, Unsure))
        return "failed"
    ledger.settle(connection, ids)
    return "sent"


def _key(ids: list[str]) -> str:
    """What the Message-ID follows from: of a list all that stand in it, for the next try may hold others."""
    return ids[0] if len(ids) == 1 else hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def _room(settings: Settings, credentials: Credentials, row: Row) -> int | None:
    """How many letters a message may have, None: as many as it needs."""
    return chat.Chat(*_address(settings, credentials, row)).room() if row["channel"] == "chat" else None


def _words(connection: psycopg.Connection, settings: Settings, group: list[Row], room: int | None = None) -> Message:
    first = group[0]
    language = language_of(settings, first)
    if len(group) > 1:
        rows = [(message.line(row, settings, language_of(settings, row)), _link(settings, row)) for row in group]
        title = f"[{first['severity']}/5] {words.sentence('alert_more', language, count=len(group))}"
        return _message(title, listed.text(rows, language, room), None, language)
    to = _link(settings, first)
    return _message(message.title(first, settings, language), message.text(connection, settings, first, to, language), to, language)


def _message(title: str, text: str, to: str | None, language: str | None) -> Message:
    """With a page beside the text where the reader's language is known."""
    return Message(title, text, page.html(title, text, to, language) if language else None, link=to, language=language)


def _link(settings: Settings, row: Row) -> str | None:
    """Where its reader takes it; what is over asks for nothing."""
    return link(settings, row["alert_id"], row["fire"], row["recipient"]) if row["event"] != "resolved" else None


def _told(error: Exception, settings: Settings, row: Row) -> str:
    """Why it was not taken, without the person's address."""
    said = error.what if isinstance(error, RenownError) else type(error).__name__
    reference = _reference(settings, row)
    value = os.environ.get(reference.partition(":")[2]) if reference and reference.startswith("env:") else None
    return said.replace(value, row["recipient"]) if value else said


def _reference(settings: Settings, row: Row) -> str | None:
    person = next((p for p in settings.oncall.people if p.id == row["recipient"]), None)
    return getattr(person, row["channel"], None)


def _address(settings: Settings, credentials: Credentials, row: Row) -> tuple[str, str]:
    """(name, address) of the person's channel. Raises RenownError that names the reference."""
    reference = _reference(settings, row)
    kind, _, name = (reference or "").partition(":")
    found = os.environ.get(name) if kind == "env" else credentials(name) if name else None
    if not found:
        raise RenownError(f"{row['recipient']} has no {row['channel']} address ({reference or 'none in oncall.yml'})", "set it")
    return name, found


def _mail(settings: Settings, credentials: Credentials, row: Row, words: Message) -> None:
    to = _address(settings, credentials, row)[1].removeprefix("mailto:").removeprefix("//")
    try:
        email.connect(credentials=credentials).send(to, words, row["message_id"])
    except ChannelError as error:
        raise type(error)(error.what.replace(to, row["recipient"]), error.mend) from None


def _chat(settings: Settings, credentials: Credentials, row: Row, words: Message) -> None:
    name, to = _address(settings, credentials, row)
    chat.Chat(name, to).send(row["recipient"], words, row["message_id"])


def _file(settings: Settings, credentials: Credentials, row: Row, words: Message) -> None:
    """A file under RENOWN_HOME that appears whole; the same again replaces it."""
    path = path_of(settings, row)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.part")
    half.write_text(f"{words.title}\n\n{words.text}" + (f"\n{words.link}\n" if words.link else ""), "utf-8")
    half.replace(path)


def path_of(settings: Settings, row: Row) -> Path:
    """alerts/2026-03-18T1400_crisis_1a2b3c4d_opened_1.txt"""
    step = f"{row['fire']}" + (f"_{row['step']}" if row["step"] else "")
    name = f"{row['at']:%Y-%m-%dT%H%M}_{row['kind']}_{message.short(row['alert_id'])}_{row['event']}_{step}.txt"
    return settings.home / (settings.oncall.folder or "alerts") / name


SENDERS: dict[str, Send] = {"email": _mail, "chat": _chat, "folder": _file}
ORDER = ("folder", "chat", "email")
