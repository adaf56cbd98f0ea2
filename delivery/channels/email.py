"""E-mail: one message a recipient, so that a refused one neither blocks nor doubles the others.

    Message ──► MIME (text, HTML, files; headings by RFC 2047) ──► STARTTLS or TLS, log-in ──► RCPT ──► DATA ──► Receipt

The Message-ID follows from the key and the recipient: a second copy has the id of the first, and mail programs show it once. SMTP itself
cannot say whether a message was taken when the line breaks after its last byte: that is Unsure (RFC 5321, 4.5.3.2.6).
Address: smtp://user:password@host:587?from=renown@bank.example (STARTTLS is asked for, unless it says starttls=no or the host is
this machine), or smtps://…:465. `cafile` names a certificate authority of your own, `timeout` is in seconds.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, localtime
from html import escape

from delivery import words
from delivery.channels.address import Address, Credentials, address, from_environment
from delivery.channels.base import Down, Message, Receipt, Refused, Unreachable, Unsure
from settings import RenownError

CONNECTION = "smtp_default"
LARGEST = 20_000_000  # bytes of files; what is larger, most mail servers refuse after it has been sent
TIMEOUT = 30.0  # seconds, for each answer of the server


class _OneLine(UnstructuredHeader, BaseHeader):
    """A heading that goes out as it is: a link longer than a line would become RFC 2047's encoded words, which no mail program takes for a link."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """One line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    headings = HeaderRegistry()
    headings.map_to_type("list-unsubscribe", _OneLine)
    return SMTP.clone(header_factory=headings)


POLICY = _policy()


@dataclass(frozen=True)
class Email:
    """A mail server and who gets a delivery. `sender` is the address in From."""

    server: Address
    sender: str
    recipients: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the ledger names it."""
        return "email"

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Send to one recipient. Raises Refused (5xx), Unreachable (4xx, no line) or Unsure (the line broke after the data began)."""
        size = sum(file.stat().st_size for file in message.files)
        if size > LARGEST:
            raise Refused(f"{size // 1_000_000} MB are too much for e-mail", "send it by s3 or sftp, or make the extract narrower")
        try:
            mail = compose(self.sender, recipient, message, key)
            with _session(self.server) as smtp:
                _hand_over(smtp, self.sender, recipient, mail)
        except (ValueError, MessageError) as error:  # a password, a timeout, a sender or a domain that cannot be written: before any data
            raise Refused(f"no message to {recipient} can be made or sent ({type(error).__name__})",
                          "correct the mail server's address (password, from, timeout) or the recipient's") from None
        return Receipt(recipient, str(mail["Message-ID"]))

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """Nobody can tell: a mailbox is not ours to look into."""
        return None


def connect(recipients: tuple[str, ...] = (), conn_id: str = CONNECTION, credentials: Credentials = from_environment) -> Email:
    """The mail server of this name. Raises RenownError where its address, or who sends, is missing."""
    server = address(conn_id, credentials, ("smtp", "smtps"))
    sender = server.options.get("from") or (server.user if "@" in server.user else "")
    if not sender:
        raise RenownError(f"nobody is named as the sender of '{conn_id}'", "add ?from=renown@bank.example to its address")
    return Email(server, sender, recipients)


def message_id(key: str, recipient: str, sender: str) -> str:
    """The same for each try of the same message to the same recipient."""
    told = hashlib.sha256(f"{key}\n{recipient.casefold()}".encode()).hexdigest()
    return f"<{told[:40]}@{_ascii_domain(sender.rpartition('@')[2])}>"


def compose(sender: str, recipient: str, message: Message, key: str) -> EmailMessage:
    """The message as it goes over the line: text, the same as HTML where there is any, files beside them."""
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = " ".join(message.title.split())
    mail["From"] = Mailbox("Renown", addr_spec=_ascii(sender))
    mail["To"] = _ascii(recipient)
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = message_id(key, recipient, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if message.unsubscribe:  # RFC 8058: one click in the mail program stops it
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.maybe_duplicate:
        mail["X-Renown-Maybe-Duplicate"] = "yes"
    mail.set_content(plain_text(message))
    if message.html:
        mail.add_alternative(_noticed(message), subtype="html")
    for file in message.files:
        main, _, sub = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    if message.language:  # last: what begins with Content- moves into the parts
        mail["Content-Language"] = message.language
    return mail


def plain_text(message: Message) -> str:
    """The words, the link below them, and first of all that it may be a second copy."""
    notice = [words.sentence("maybe_duplicate", message.language)] if message.maybe_duplicate else []
    return "\n\n".join([*notice, message.text.strip(), *([message.link] if message.link else [])]) + "\n"


def _noticed(message: Message) -> str:
    """The page, with the same first word where it may be a second copy."""
    html = message.html or ""
    if not message.maybe_duplicate:
        return html
    notice = f'<p dir="auto">{escape(words.sentence("maybe_duplicate", message.language))}</p>'
    return re.sub(r"<body[^>]*>", lambda found: found[0] + notice, html, count=1)


@contextmanager
def _session(server: Address) -> Iterator[smtplib.SMTP]:
    """A line to the server, under TLS and logged in. Raises Down and Refused."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _dialled(server)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        raise Refused(f"mail server {server.shown} does not take the log-in ({error.smtp_code})", "correct user and password of its address") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused(f"mail server {server.shown} offers no STARTTLS or no log-in",
                      "use smtps://, or say starttls=no where the line is safe") from None
    except ssl.SSLError:
        raise Refused(f"mail server {server.shown} shows a certificate that is not trusted", "name its authority as ?cafile=") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Down(f"mail server {server.shown} does not answer ({type(error).__name__})", "it is tried again") from None
    try:
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _dialled(server: Address) -> smtplib.SMTP:
    timeout = float(server.options.get("timeout", TIMEOUT))
    context = ssl.create_default_context(cafile=server.options.get("cafile"))
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(server.host, server.port or 465, timeout=timeout, context=context)
    smtp = smtplib.SMTP(server.host, server.port or 587, timeout=timeout)
    if server.options.get("starttls", "no" if server.is_loopback else "yes") != "no":
        smtp.starttls(context=context)
    return smtp


def _hand_over(smtp: smtplib.SMTP, sender: str, recipient: str, mail: EmailMessage) -> None:
    try:
        smtp.send_message(mail, _ascii(sender), [_ascii(recipient)])
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _answered(code, f"{recipient} was not taken") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _answered(error.smtp_code, f"the message to {recipient} was not taken") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused(f"the mail server takes no address like {recipient}", "give one in ASCII letters") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(f"the line broke while {recipient} was written to ({type(error).__name__})", "it is tried again, marked as such") from None


def _answered(code: int, what: str) -> Refused | Unreachable:
    if code >= 500:
        return Refused(f"{what} (SMTP {code})", "correct the address or ask who runs the mail server")
    return Unreachable(f"{what} for now (SMTP {code})", "it is tried again")


def _ascii(mailbox: str) -> str:
    """The address with its domain as DNS writes it; a local part in other letters stays, and wants a server with SMTPUTF8."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode()
