"""A name that does not resolve: told at once where a person waits, tried a little in a run of its own."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from extractors.base import PlatformError
from extractors.http import HOST_ATTEMPTS, MAX_ATTEMPTS, Http
from extractors.limits import Limiter
from extractors.registry import PLATFORMS
from settings.models import Rate
from tests.cli.calling import Renown, one_clear_line

SOURCES = """\
sources:
  - {id: paper, platform: rss, base_url: "https://paper.invalid/feed", terms: approved}
  - {id: shop, platform: review_site, base_url: "https://shop.invalid/", terms: approved, options: {list: /reviews, json_ld: true}}
"""
LINE = "the name {} does not resolve: correct the address (of a source: base_url in sources.yml), or check this machine's network"


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that were looked up; none resolves, and nobody may wait for one."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *given: Any, **named: Any) -> Any:
        if not str(host).endswith(".invalid"):
            return real(host, *given, **named)
        asked.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)
    return asked


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        (("sources", "test", "paper"), "paper.invalid"),
        (("sources", "test", "shop"), "shop.invalid"),
        (("sources", "add", "--yes", "--approve-terms", "--platform", "rss", "--id", "new", "--base-url", "https://new.invalid/"),
         "new.invalid"),
        (("ingest", "--url", "https://post.invalid/2026/fees", "--no-marts"), "post.invalid"),
    ],
)  # fmt: skip
def test_a_person_is_told_at_once(
    renown: Renown, own_config: Path, warehouse_url: str, nameless: list[str], monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], host: str
) -> None:  # fmt: skip
    monkeypatch.setattr(Http, "_pause", lambda *given: pytest.fail("somebody waits for a name that there is not"))
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    (own_config / "sources.yml").write_text(SOURCES, "utf-8")
    outcome = renown(*arguments)
    assert LINE.format(host) in one_clear_line(outcome)
    assert outcome.code == 2
    assert (own_config / "sources.yml").read_text("utf-8") == SOURCES
    assert nameless


def session(waits: list[float], patient: bool) -> Http:
    x = PLATFORMS["x"]
    return Http(x.CONTRACT, x.error_of, Rate(requests=100, per_seconds=1), "agent/1", sleep=waits.append,
                limiter=Limiter(sleep=lambda seconds: None), factor=1.0, patient=patient)  # fmt: skip


@pytest.mark.parametrize(("number", "patient", "attempts"), [
    (socket.EAI_NONAME, True, HOST_ATTEMPTS), (socket.EAI_NONAME, False, 1), (socket.EAI_AGAIN, False, 1),
    (socket.EAI_AGAIN, True, MAX_ATTEMPTS),
])  # fmt: skip
def test_a_run_tries_a_little(monkeypatch: pytest.MonkeyPatch, number: int, patient: bool, attempts: int) -> None:
    def fail(*given: Any, **named: Any) -> Any:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    waits: list[float] = []
    made = session(waits, patient)
    with pytest.raises(PlatformError) as caught:
        made.get_json("https://x.invalid/a")
    assert (made.requests, len(waits)) == (attempts, attempts - 1)
    assert sum(waits) <= 3 or number == socket.EAI_AGAIN
    assert caught.value.code == ("network" if patient and number == socket.EAI_AGAIN else "host")


def test_a_silent_host_is_tried_twice_where_a_person_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening: the connection is refused
        taken.bind(("127.0.0.1", 0))
        waits: list[float] = []
        made = session(waits, patient=False)
        with pytest.raises(PlatformError, match="does not answer \\(connection failed\\)"):
            made.get_json(f"http://127.0.0.1:{taken.getsockname()[1]}/a")
    assert made.requests == 2
