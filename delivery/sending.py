"""From the outbox to each recipient, once: who has it is left alone, who may have it is looked up, everybody else is given it.

    recipients of the ledger ──► sent? leave it · given, and no answer heard? look ──► give ──► answer ──► ledger
                                                       there: note it · surely not: give · nobody can tell: give, marked as maybe the second

Who tries again when: here, a few seconds long, what a hiccup of the net is (four tries, doubling waits); Airflow's task, minutes long, what
a restart of a server is (three more runs); the next tick of the schedule whatever is still open then. A recipient that was refused keeps the
delivery from being called sent, so that somebody hears of it, and the others have theirs. So does one at whom something failed that no channel
foresees: only the error's type is told, since its words may hold an address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from delivery import ledger
from delivery.channels import Channel, ChannelError, Down, Message, Refused, Unreachable, Unsure
from settings import RenownError

TRIES = 4
FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0  # seconds


def send_all(connection: psycopg.Connection, key: ledger.Key, channel: Channel, message: Message, sha256: str,
             personal: Callable[[Message, str], Message] = lambda message, _: message) -> bool:
    """Give the message to every recipient that has it not; returns whether somebody may have got it twice.

    `personal` puts a recipient's own links in.
    Raises RenownError, after all have been tried, that says who has it not and why.
    """
    known, errors, doubled = ledger.recipients(connection, key), list[str](), False
    for recipient in channel.recipients:
        before = known.get(recipient)
        if before and before.status == "sent":
            continue
        try:
            doubled |= _Handover(connection, key, channel, recipient, sha256).finish(personal(message, recipient), before)
        except ChannelError as error:
            errors.append(str(error))
            if isinstance(error, Down):
                break
        except (RenownError, psycopg.Error):
            raise  # a setting that is everybody's, or the ledger itself
        except Exception as error:
            errors.append(f"{recipient}: {type(error).__name__}")
    if errors:
        waiting = f"{len(errors)} of {len(channel.recipients)} recipients have it not: " if len(channel.recipients) > 1 else ""
        raise RenownError(waiting + "; ".join(errors))
    return doubled


class _Handover:
    """One recipient's turn. `doubled`: some try may have arrived, as far as the channel can say."""

    def __init__(self, connection: psycopg.Connection, key: ledger.Key, channel: Channel, recipient: str, sha256: str) -> None:
        self.connection, self.key, self.channel, self.recipient, self.sha256 = connection, key, channel, recipient, sha256
        self.given = sha256  # the file of the newest try
        self.doubled = self.is_open = False

    def finish(self, message: Message, before: ledger.Given | None) -> bool:
        """Find out what a try that was cut off came to, and give it if it did not arrive; returns whether it may be the second."""
        self.doubled = bool(before and before.maybe_duplicate)
        self.is_open = bool(before and before.is_open)
        self.given = before.sha256 if before else self.sha256
        retrying = Retrying(stop=stop_after_attempt(TRIES), wait=wait_exponential_jitter(FIRST_WAIT, LONGEST_WAIT, jitter=FIRST_WAIT / 2),
                            retry=retry_if_exception_type((Unreachable, Unsure)), reraise=True)
        for attempt in retrying:
            with attempt:
                if self.is_open and self._arrived(message):
                    return self.doubled
                self._give(replace(message, maybe_duplicate=self.doubled))
        return self.doubled

    def _arrived(self, message: Message) -> bool:
        """Whether the try before arrived after all; where nobody can tell, the next one is marked."""
        there = self.channel.arrived(self.recipient, message.files[0].name, self.given)
        if there:
            ledger.taken(self.connection, self.key, self.recipient, None)
        self.doubled |= there is None
        return bool(there)

    def _give(self, message: Message) -> None:
        ledger.given(self.connection, self.key, self.recipient, self.sha256, duplicate=message.maybe_duplicate)
        self.given = self.sha256
        try:
            receipt = self.channel.send(self.recipient, message, _text(self.key))
        except ChannelError as error:
            self.is_open |= isinstance(error, Unsure)
            ledger.not_taken(self.connection, self.key, self.recipient, str(error), surely=not self.is_open, for_good=isinstance(error, Refused))
            raise
        except Exception as error:  # nobody knows how far it came: looked up by the next run, or marked
            ledger.not_taken(self.connection, self.key, self.recipient, type(error).__name__, surely=False, for_good=False)
            raise
        ledger.taken(self.connection, self.key, self.recipient, receipt.reference)


def _text(key: ledger.Key) -> str:
    """The same for each try of one issue."""
    return f"{key.subscription}/{key.window.first_day}/{key.window.end_day}/{key.issue}"
