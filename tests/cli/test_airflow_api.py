"""The client of Airflow's API, where its server breaks off an answer, as a busy one does."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
import requests

from cli.services.airflow import Api
from settings.home import update_home


class Busy(BaseHTTPRequestHandler):
    """Hangs up on the first call, and answers the next."""

    asked: ClassVar[list[str]] = []

    def _turn(self) -> None:
        self.asked.append(self.command)
        if len(self.asked) == 1:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = _turn

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    Busy.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Busy)
    Thread(target=server.serve_forever, daemon=True).start()
    update_home(tmp_path, airflow_url=f"http://127.0.0.1:{server.server_port}")
    yield Api(tmp_path)
    server.shutdown()
    server.server_close()


def test_a_question_is_asked_again(api: Api) -> None:
    assert api.health() == {}
    assert Busy.asked == ["GET", "GET"]


def test_what_starts_something_is_asked_once(api: Api) -> None:
    with pytest.raises(requests.ConnectionError):
        api.trigger("marts", "twice would be two runs")
    assert Busy.asked == ["POST"]
