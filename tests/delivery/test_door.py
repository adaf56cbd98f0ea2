"""The door behind signed links, over real HTTP: GET changes nothing, POST acts, and only for what its token was signed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from delivery import deliver, door, links, restated
from delivery import requests as asked
from delivery.door import server as door_server
from delivery.window import Window, window_of
from settings import RenownError, Settings
from settings.models import Subscription
from tests.delivery.postbox import Postbox, smtp_server, text_of
from tests.delivery.test_channels import ANNA, BORIS, to
from tests.delivery.test_deliver import configure, entries, execute, files, mart_url  # noqa: F401
from warehouse.connection import connect

Configure = Callable[..., Settings]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def settings(mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Settings:  # noqa: F811
    """With a base address and a key, so that deliveries hold links."""
    monkeypatch.setenv("RENOWN_LINK_KEY", "sixteen letters!")
    made = configure()
    return made.model_copy(update={"subscriptions": made.subscriptions.model_copy(update={"link_base_url": "https://links.bank.example"})})


@pytest.fixture
def port(settings: Settings, mart_url: str) -> Iterator[int]:  # noqa: F811
    with door.serve(settings, mart_url, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def post() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


def call(port: int, method: str, link: str | None, form: dict[str, str] | None = None, **headings: str) -> tuple[int, str, dict[str, str]]:
    parts = urlsplit(str(link))
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, f"{parts.path}?{parts.query}", urlencode(form or {}) if method == "POST" else None, headings)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), dict(answer.getheaders())


def told(settings: Settings) -> tuple[Subscription, Window]:
    [sub] = settings.subscriptions.subscriptions
    return sub, window_of(settings, sub)


def waiting(url: str) -> list[tuple[str, str, str]]:
    with connect(url) as connection:
        return [(row["recipient"], row["kind"], row["said"]) for row in asked.waiting(connection)]


def test_looking_changes_nothing_and_the_button_stops(settings: Settings, port: int, mart_url: str) -> None:  # noqa: F811
    link = links.change_link(settings, *told(settings))
    for method in ("GET", "HEAD"):
        status, page, headings = call(port, method, link)
        assert status == 200
        assert waiting(mart_url) == [], "mail scanners follow links"
        assert ("Stop this delivery" in page) == (method == "GET")
        assert (headings["Cache-Control"], headings["Referrer-Policy"], headings["X-Frame-Options"]) == ("no-store", "no-referrer", "DENY")
        assert headings["Content-Security-Policy"].startswith("default-src 'none'")
    assert deliver(settings, "care", url=mart_url).status == "sent"
    for _ in range(2):
        status, page, _ = call(port, "POST", link, {"do": "stop"})
        assert (status, "This delivery is stopped." in page) == (200, True)
    assert waiting(mart_url) == [("", "stop", "")], "pressed twice, noted once"
    later = told(settings)[1].end + timedelta(days=7)
    assert deliver(settings, "care", url=mart_url, window_end=later).status == "stopped"
    assert restated(settings, "care", url=mart_url) == []
    assert len(files(settings)) == len(entries(mart_url)) == 1
    assert "Stop this delivery" not in call(port, "GET", link)[1]
    with connect(mart_url) as connection:
        [request] = asked.waiting(connection)
        assert asked.settle(connection, request["request"])
        assert not asked.settle(connection, request["request"])
    assert deliver(settings, "care", url=mart_url, window_end=later).status == "sent"


def test_one_click_in_the_mail_program_stops_it_for_that_recipient(settings: Settings, port: int, mart_url: str, post: Postbox) -> None:  # noqa: F811
    by_mail = to(settings, "email")
    deliver(by_mail, "care", url=mart_url, credentials={"smtp_default": post.url}.get)
    mail = post.of(ANNA)[0]
    window = window_of(by_mail, by_mail.subscriptions.subscriptions[0])
    link = str(links.stop_link(by_mail, by_mail.subscriptions.subscriptions[0], window, ANNA))
    assert len(link) > 78, "longer than a line of a heading"
    assert b"\r\nList-Unsubscribe: <" + link.encode() + b">\r\n" in post.raw[0], "RFC 8058: as it is, never in encoded words"
    status, _, _ = call(port, "POST", mail["List-Unsubscribe"].strip("<>"), ONE_CLICK)
    assert (status, waiting(mart_url)) == (200, [(ANNA, "stop", "")])
    deliver(by_mail, "care", url=mart_url, credentials={"smtp_default": post.url}.get, window_end=datetime(2026, 3, 23, 12))
    assert (len(post.of(ANNA)), len(post.of(BORIS))) == (1, 2)


def test_i_have_it_is_noted_for_whom_it_was_sent_to(settings: Settings, port: int, mart_url: str, post: Postbox) -> None:  # noqa: F811
    deliver(to(settings, "email"), "care", url=mart_url, credentials={"smtp_default": post.url}.get)
    link = next(line for line in text_of(post.of(BORIS)[0]).splitlines() if line.startswith("https://links.bank.example/received/"))
    assert "I have it" in call(port, "GET", link)[1]
    confirmed = "select recipient, confirmed_at from ops.delivery_recipients where confirmed_at is not null"
    with connect(mart_url) as connection:
        assert connection.execute(confirmed).fetchall() == []
        assert call(port, "POST", link, {"do": "received"})[0] == 200
        first = connection.execute(confirmed.encode()).fetchall()
        connection.rollback()
        assert [row[0] for row in first] == [BORIS]
        call(port, "POST", link, {"do": "received"})
        assert connection.execute(confirmed.encode()).fetchall() == first, "the first time counts"
    execute(mart_url, "delete from ops.deliveries")
    assert call(port, "POST", link, {"do": "received"})[0] == 400


def test_a_wish_to_change_waits_and_its_words_are_only_shown(settings: Settings, port: int, mart_url: str, caplog: pytest.LogCaptureFixture,  # noqa: F811
                                                             capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level("DEBUG")
    link = links.change_link(settings, *told(settings))
    wish = "please add <b>cards</b> — Карты"
    assert call(port, "POST", link, {"do": "change", "said": wish})[0] == 200
    assert waiting(mart_url) == [("", "change", wish)]
    assert call(port, "POST", link, {"do": "change", "said": "  "})[0] == 400
    for number in range(asked.MOST_OPEN + 5):
        call(port, "POST", link, {"do": "change", "said": str(number)})
    assert len(waiting(mart_url)) == asked.MOST_OPEN, "whoever holds a link cannot fill the table"
    assert "this one was not noted" in call(port, "POST", link, {"do": "change", "said": "one more"})[1]
    assert "Noted" in call(port, "POST", link, {"do": "change", "said": wish})[1], "the same one again is noted already"
    everything = caplog.text + "".join(capfd.readouterr())
    assert "cards" not in everything
    assert str(link).rpartition("token=")[2] not in everything
    assert deliver(settings, "care", url=mart_url).status == "sent", "a wish stops nothing"


def test_a_token_opens_what_it_was_signed_for_and_nothing_else(settings: Settings, port: int, mart_url: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    sub, window = told(settings)
    change, received = links.change_link(settings, sub, window), links.received_link(settings, sub, window, 1, ANNA)
    token = str(change).rpartition("token=")[2]
    wrong = [str(change)[:-3] + "abc", str(change).rpartition("?")[0], f"https://x/received/care?token={token}",
             str(received).replace("/received/", "/subscriptions/"), f"https://x/nothing/care?token={token}", "https://x/", "https://x"]
    assert [call(port, "POST", link, {"do": "stop"})[0] for link in wrong] == [400, 400, 400, 400, 404, 404, 404]
    assert call(port, "POST", change, {"do": "delete everything"})[0] == 400
    assert call(port, "POST", change, {"said": "x" * 20_000, "do": "change"})[0] == 413
    assert call(port, "PUT", change)[0] == 501
    assert waiting(mart_url) == []
    monkeypatch.setenv("RENOWN_LINK_KEY", "another key of ours")
    assert call(port, "POST", change, {"do": "stop"})[0] == 400, "a new key ends all links"


def test_wishes_that_wait_keep_nobody_from_stopping(settings: Settings, port: int, mart_url: str) -> None:  # noqa: F811
    with connect(mart_url) as connection:
        for number in range(asked.MOST_OPEN):
            assert asked.ask(connection, "care", "", "change", str(number))
    assert "This delivery is stopped." in call(port, "POST", links.change_link(settings, *told(settings)), {"do": "stop"})[1]
    assert ("", "stop", "") in waiting(mart_url)
    assert deliver(settings, "care", url=mart_url).status == "stopped"


@pytest.mark.parametrize("language", ["ar", "ru"])
def test_pages_speak_the_reader_s_language_and_escape(language: str, settings: Settings) -> None:
    page = door.Page("<script>", ("a & b",), (door.Button("stop", "<i>", "said"),), language)
    said = door_server.rendered(page)
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in said
    assert "&lt;script&gt;" in said
    assert "&lt;i&gt;" in said
    assert "a &amp; b" in said
    assert 'name="said"' in said


def test_a_taken_port_and_a_missing_key_say_the_mend(settings: Settings, port: int, mart_url: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with pytest.raises(RenownError, match="give another --port"):
        door.serve(settings, mart_url, port=port)
    monkeypatch.delenv("RENOWN_LINK_KEY")
    with pytest.raises(RenownError, match="RENOWN_LINK_KEY is missing"):
        door.serve(settings, mart_url, port=0)


def test_a_warehouse_that_is_down_is_not_told_to_strangers(settings: Settings) -> None:
    with door.serve(settings, "postgresql://renown:s3cret@127.0.0.1:9/none", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        status, page, _ = call(server.server_port, "GET", links.change_link(settings, *told(settings)))
        server.shutdown()
    assert status == 503
    assert not [word for word in ("127.0.0.1", "s3cret", "warehouse") if word in page]


def test_who_talks_slowly_does_not_hold_the_door(settings: Settings, port: int, mart_url: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(door_server, "WHOLE", 0.3)
    parts = urlsplit(str(links.change_link(settings, *told(settings))))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(f"POST {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ndo=stop&x=".encode())
        assert b" 408 " in line.recv(1_000).splitlines()[0]
    assert waiting(mart_url) == [], "half of what somebody asks is not done"


def test_only_so_many_are_answered_at_once(settings: Settings, port: int, mart_url: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    inside, most, seen = threading.Semaphore(0), [0], threading.Lock()
    let_go = threading.Event()

    def slow(*_: Any) -> door.Page:
        with seen:
            most[0] += 1
        inside.release()
        let_go.wait(10)
        return door.Page("done")

    monkeypatch.setitem(door.KINDS, "subscriptions", door.Kind(slow, door.KINDS["subscriptions"].act))
    link = links.change_link(settings, *told(settings))
    callers = [threading.Thread(target=call, args=(port, "GET", link)) for _ in range(door_server.AT_ONCE + 4)]
    for caller in callers:
        caller.start()
    for _ in range(door_server.AT_ONCE):
        assert inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.3)
    assert most[0] == door_server.AT_ONCE
    let_go.set()
    for caller in callers:
        caller.join(10)
