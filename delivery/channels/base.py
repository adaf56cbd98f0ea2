"""What every channel is: something that takes a message for a recipient, and says what it knows of it afterwards.

    Message ──► Channel.send(recipient, message, key) ──► Receipt            taken for sure
                                                     ├──► Refused            not taken, and will not be: somebody must mend it
                                                     ├──► Unreachable        not taken for sure: try again
                                                     └──► Unsure             cut off in between: nobody can say; try again, and mark it

What stands in these errors may be logged and kept: never an address with credentials, never a server's own sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from settings import RenownError


@dataclass(frozen=True)
class Message:
    """What is handed over: files for a store, words with files beside them for a person.

    `text` and `html` say the same; `link` leads to more; `language` is the reader's; `unsubscribe` is an address of ours that stops it by
    one POST. `maybe_duplicate`: an earlier try was cut off, so this may be the second copy, and the message says so.
    """

    title: str
    text: str
    html: str | None = None
    files: tuple[Path, ...] = ()
    link: str | None = None
    language: str | None = None
    unsubscribe: str | None = None
    maybe_duplicate: bool = False

    def marked(self) -> Message:
        """The same, saying that it may have come before."""
        return replace(self, maybe_duplicate=True)


@dataclass(frozen=True)
class Receipt:
    """The channel took it. `reference`: how it is called there (Message-ID, path, key), without credentials."""

    recipient: str
    reference: str


class ChannelError(RenownError):
    """A channel that did not take a message."""


class Refused(ChannelError):
    """It was not taken, and trying again as it is changes nothing."""


class Unreachable(ChannelError):
    """It was not taken for sure; later it may be."""


class Down(Unreachable):
    """Nobody answers at all: whoever comes next is not taken either."""


class Unsure(ChannelError):
    """It was cut off while it was handed over: it may have been taken."""


class Channel(Protocol):
    """One place that deliveries go to."""

    @property
    def name(self) -> str:
        """As the ledger names it: kind and place, never credentials."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom one delivery goes to; each is told apart in the ledger."""

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Hand it over. `key` is the same for each try of the same message. Raises Refused, Unreachable or Unsure."""

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """After a try that was cut off: whether exactly that file is there; None where the channel cannot tell."""
