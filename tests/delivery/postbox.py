"""Real servers for the channels' tests: SMTP (aiosmtpd) with STARTTLS, log-in and refusals, and a webhook (http.server)."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "renown", "s3cret-of-the-post"


class Postbox:
    """A mail server's handler: what came for whom; `answers` are given to a recipient, one after another, before it is taken."""

    def __init__(self) -> None:
        self.received: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, list[str]] = {}
        self.after_data: list[str] = []
        self.encrypted: list[bool] = []
        self.raw: list[bytes] = []
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        waiting = self.answers.get(address, [])
        if waiting:
            return waiting.pop(0) if len(waiting) > 1 or not waiting[0].startswith("5") else waiting[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.received += [(recipient, mail) for recipient in envelope.rcpt_tos]
        self.encrypted.append(session.ssl is not None)
        self.raw.append(envelope.content)
        answer = self.after_data.pop(0) if self.after_data else "250 OK"
        if answer == "cut":
            server.transport.abort()
        return answer

    def of(self, recipient: str) -> list[EmailMessage]:
        """What one recipient has."""
        return [mail for whom, mail in self.received if whom == recipient]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The words of a message, with plain ends of lines."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class AnyPort(Controller):
    """On the port that the system gives."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(certificate: Path | None = None) -> Iterator[Postbox]:
    """A mail server on loopback; with a certificate it wants STARTTLS and a log-in."""
    box = Postbox()
    given: dict[str, Any] = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        given = {"tls_context": context, "require_starttls": True, "auth_required": True, "auth_require_tls": True, "authenticator": _knows}
    controller = AnyPort(box, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, **given)
    controller.start()
    who = f"{USER}:{PASSWORD}@" if certificate else ""
    box.url = f"smtp://{who}127.0.0.1:{controller.port}?from=renown@bank.example&timeout=5"
    if certificate:
        box.url += f"&starttls=yes&cafile={certificate}"
    try:
        yield box
    finally:
        controller.stop()


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself, good for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                     + made.public_bytes(serialization.Encoding.PEM))
    return path


class Webhook:
    """What a webhook has received, and how it answers."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.url = ""


@contextmanager
def webhook() -> Iterator[Webhook]:
    """An HTTP server on loopback as an apprise json:// address. Each POST is answered by the next of `statuses`, then by 200."""
    box = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            box.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(box.statuses.pop(0) if box.statuses else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    box.url = f"json://user:s3cret-of-the-hook@127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
