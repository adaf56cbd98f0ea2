"""What a person reads when a delivery comes as a message: the heading, the first lines, the page; kept beside the file until all have it.

    Told ──► Message ──► outbox/<file>.letter ──► the same words for whoever gets it later
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from delivery import digest, links, words
from delivery.channels import Message
from delivery.contents import Told
from delivery.document import Document
from delivery.window import Window
from settings import Settings
from settings.models import Subscription


def letter(sub: Subscription, told: Told, file: Path) -> Message:
    """The message of one delivery: the digest's first lines or the number of rows, then what every file says at its end."""
    document, language = told.document, sub.language
    if told.facts:
        title = words.sentence("about", language, bank=told.facts.bank, what=document.word("digest"))
        lines = digest.summary(told.facts, language)
    else:
        title, lines = f"{document.title} ({document.department})", [f"{document.word('rows')}: {told.rows}"]
    text = [words.days(document.window, language), *lines, "", *document.footer(told.rows)]
    page = file.read_text("utf-8") if sub.format == "html" else None
    return Message(f"{title} · {_days(document, document.window)}", "\n".join(text), page, (file,), language=language)


def keep(message: Message, file: Path) -> None:
    """Put the words beside the file in the outbox."""
    _beside(file).write_text(json.dumps({"title": message.title, "text": message.text, "language": message.language}, ensure_ascii=False), "utf-8")


def kept(file: Path) -> Message | None:
    """The words that lie beside the file, None where they do not (any more)."""
    if not file.is_file() or not _beside(file).is_file():
        return None
    said = json.loads(_beside(file).read_text("utf-8"))
    return Message(said["title"], said["text"], file.read_text("utf-8") if file.suffix == ".html" else None, (file,), language=said["language"])


def personal(settings: Settings, sub: Subscription, window: Window, issue: int, message: Message, recipient: str) -> Message:
    """The message with this recipient's own links: "I have it", and in an e-mail's headings one that stops it."""
    if sub.channel.kind not in ("email", "chat"):
        return message
    stop = links.stop_link(settings, sub, window, recipient) if sub.channel.kind == "email" else None
    return replace(message, link=links.received_link(settings, sub, window, issue, recipient), unsubscribe=stop)


def drop(file: Path) -> None:
    """Take file and words out of the outbox."""
    file.unlink(missing_ok=True)
    _beside(file).unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.letter")


def _days(document: Document, window: Window) -> str:
    return f"{words.day(window.first_day, document.language)} – {words.day(window.last_day, document.language)}"
