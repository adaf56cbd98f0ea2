"""The server: stdlib's, on loopback unless told otherwise, bounded on every edge. No token and no name of a person is ever logged.

    request ──► kind ──► signature ──► page or act, with a connection of its own ──► one page without script
"""

from __future__ import annotations

import html
import json
import logging
import socket
import threading
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import psycopg

from delivery import desk, links, words
from delivery.door.kinds import KINDS, Kind, Page
from settings import RenownError, Settings
from warehouse.connection import connect

LOG = logging.getLogger(__name__)
HOST, PORT = "127.0.0.1", 8790
LARGEST = 16_384  # bytes of a POST: 2,000 letters of any script, written as a form
SECONDS = 10  # for a client to say the next word of what it wants
WHOLE = 30.0  # seconds for all that it says: sixteen who say a letter every nine seconds must not hold the door
AT_ONCE = 16  # requests
HEADINGS = {
    "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}
STYLE = "body{font:16px/1.5 sans-serif;max-width:36em;margin:3em auto;padding:0 1em}button{font:inherit;padding:.4em 1em}textarea{width:100%;font:inherit}"


class Server(ThreadingHTTPServer):
    """Answers at most AT_ONCE requests at a time; the next ones wait in the listening queue."""

    daemon_threads = True

    def __init__(self, host: str, port: int, settings: Settings, url: str) -> None:
        self.settings, self.url, self._places = settings, url, threading.BoundedSemaphore(AT_ONCE)
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait for a place, then answer in a thread."""
        self._places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and free the place; nothing is read any more after WHOLE seconds."""
        clock = threading.Timer(WHOLE, _deafen, (request,))
        clock.daemon = True
        clock.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            clock.cancel()
            self._places.release()


def _deafen(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RD)


def serve(settings: Settings, url: str, host: str = HOST, port: int = PORT) -> Server:
    """The server, listening; serve_forever() answers. Raises RenownError where the port is taken or no key is set."""
    links.verify_key()
    try:
        return Server(host, port, settings, url)
    except OSError as error:
        raise RenownError(f"{host}:{port} cannot be listened on ({error.strerror or type(error).__name__})", "give another --port") from None


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "renown", ""
    timeout = SECONDS

    def do_GET(self) -> None:
        """Show what the link is for; nothing changes."""
        self._answer(lambda kind, connection, said: kind.page(self.server.settings, connection, said))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Do what its button says; or take outcomes of cases, which a signature of their own vouches for."""
        if urlsplit(self.path).path == desk.PATH:
            return self._outcomes()
        form = self._form()
        if isinstance(form, int):
            return self._page(form, Page(str(form)))
        return self._answer(lambda kind, connection, said: Page(kind.act(self.server.settings, connection, said, form)))

    def _outcomes(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > desk.LARGEST:
            return self._json(413, {"error": f"more than {desk.LARGEST} bytes: send it in parts"})
        body = self.rfile.read(int(size))
        if len(body) < int(size):
            return self._json(408, {"error": "the body ended early or came too slowly: send it again"})
        try:
            with closing(connect(self.server.url)) as connection:
                return self._json(*desk.receive(connection, self.server.settings, body, self.headers.get(desk.HEADER)))
        except (RenownError, psycopg.Error) as error:
            LOG.error("outcomes: a request failed (%s)", type(error).__name__)
            return self._json(503, {"error": "try again later"})

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**HEADINGS, "Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _form(self) -> dict[str, str] | int:
        """What the form says, or the status of one that cannot be taken: half a wish is none."""
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > LARGEST:
            return 413
        body = self.rfile.read(int(size))
        return dict(parse_qsl(body.decode("utf-8", "replace"))) if len(body) == int(size) else 408

    def _answer(self, made: Any) -> None:
        parts = urlsplit(self.path)
        kind: Kind | None = KINDS.get(parts.path.split("/")[1] if "/" in parts.path else "")
        if kind is None:
            return self._page(404, Page("404"))
        try:
            said = links.verify("".join(parse_qs(parts.query).get("token", [])[:1]), parts.path.split("/")[1])
            with closing(connect(self.server.url)) as connection:
                return self._page(200, made(kind, connection, said))
        except RenownError as error:
            is_theirs = error.exit_code == 2  # else it is ours, and names a host
            return self._page(400 if is_theirs else 503, Page(error.what if is_theirs else "503"))
        except (psycopg.Error, KeyError, ValueError, TypeError) as error:
            LOG.error("links: a request failed (%s)", type(error).__name__)
            return self._page(503, Page("503"))

    def _page(self, status: int, page: Page) -> None:
        body = rendered(page).encode()
        self.send_response(status)
        for name, value in {**HEADINGS, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a request's line holds its token."""


def rendered(page: Page) -> str:
    """The page, everything in it escaped. The forms post to the address that they came from."""
    language = page.language or "en"
    forms = "".join(f'<form method="post">{_field(button.asks)}<p><button name="do" value="{html.escape(button.do)}">'
                    f"{html.escape(button.label)}</button></p></form>" for button in page.buttons)
    said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in page.sentences)
    direction = "rtl" if words.is_right_to_left(language) else "ltr"
    return (f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>Renown</title><style>{STYLE}</style></head><body><h1 dir="auto">{html.escape(page.title)}</h1>{said}{forms}</body></html>')


def _field(name: str | None) -> str:
    return f'<textarea name="{html.escape(name)}" rows="4" maxlength="2000" dir="auto" required></textarea>' if name else ""
