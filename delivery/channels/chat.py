"""Chat and webhook: a message in a channel of people, by apprise (slack://, tgram://, mmost://, json://, …).

    Message ──► title, first lines, link, reference ──► apprise target ──► Receipt

A service answers yes or no to apprise, and a no does not say whether it took the message before: that is Unsure. The reference at the
end, the same for each try, lets a reader (or a program behind a webhook) see a second copy.
The address is a secret as a whole: it stands in the environment or in an Airflow connection, never in config.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from delivery import words
from delivery.channels.address import Credentials, from_environment, raw
from delivery.channels.base import Message, Receipt, Refused, Unsure

CONNECTION = "notify_default"
LONGEST = 1_500  # letters of a message: a chat is no place for more
QUIET = logging.CRITICAL + 1


@dataclass(frozen=True)
class Chat:
    """One apprise address under the name that config knows it by. `attach`: files go along where the service takes files."""

    conn_id: str
    address: str = field(repr=False)
    attach: bool = False

    @property
    def name(self) -> str:
        """As the ledger names it."""
        return f"chat:{self.conn_id}"

    @property
    def recipients(self) -> tuple[str, ...]:
        """One: the channel."""
        return (self.conn_id,)

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Send it. Raises Refused (no such service) and Unsure (it said no, or nothing)."""
        import apprise

        told = reference(key)
        with _silent():
            target = apprise.Apprise.instantiate(self.address)
            if target is None:
                raise Refused(f"the address of '{self.conn_id}' is none that apprise knows", "write it as its documentation says")
            limit = _limit(target)
            files = [str(file) for file in message.files] if self.attach and target.attachment_support else None
            taken = target.notify(title=" ".join(message.title.split()), body=body(message, told, limit), attach=files,
                                  body_format=apprise.NotifyFormat.TEXT)
        if not taken:
            raise Unsure(f"'{self.conn_id}' did not take the message", "it is tried again, marked as such")
        return Receipt(recipient, told)

    def room(self) -> int:
        """How many letters a message may have; LONGEST for an address that apprise does not know, which sending tells."""
        import apprise

        with _silent():
            target = apprise.Apprise.instantiate(self.address)
            return _limit(target) if target is not None else LONGEST

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """Nobody can tell."""
        return None


def connect(conn_id: str = CONNECTION, credentials: Credentials = from_environment, *, attach: bool = False) -> Chat:
    """The chat of this name. Raises RenownError where its address is missing."""
    return Chat(conn_id, raw(conn_id, credentials), attach)


def reference(key: str) -> str:
    """A short name of the message, the same for each try."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _limit(target: Any) -> int:
    return min(LONGEST, int(target.body_maxlen))


def fits(message: Message, limit: int) -> bool:
    """Whether all lines are kept, also where it is marked as one that may have come before."""
    return "\n".join(message.text.strip().splitlines()) in body(message.marked(), reference(""), limit)


def body(message: Message, told: str, limit: int) -> str:
    """As many whole lines as fit, then the link and the reference, which always do."""
    notice = [words.sentence("maybe_duplicate", message.language)] if message.maybe_duplicate else []
    end = [*([message.link] if message.link else []), f"[{told}]"]
    room = limit - sum(len(line) + 1 for line in [*notice, *end])
    kept: list[str] = []
    for line in message.text.strip().splitlines():
        if len(line) + 1 > room - 2:
            kept.append("…")
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join([*notice, *kept, *end])


@contextmanager
def _silent() -> Iterator[None]:
    """Without apprise's own log, which may quote an address or a service's answer."""
    log = logging.getLogger("apprise")
    before, log.level = log.level, QUIET
    try:
        yield
    finally:
        log.level = before
