"""Every channel, over real servers: what arrives, how it appears, who is refused, what a dead server delays, and no secret anywhere.

Killed at any line and run again, each recipient has it once; where the channel cannot tell, once more, and message and ledger say so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from delivery import DeliveryResult, deliver, ledger, letters, sending
from delivery.channels import Message, Receipt, Refused, Unreachable, Unsure, channel_of, chat, email, sftp
from delivery.channels.folder import digest
from delivery.window import window_of
from settings import RenownError, Settings
from settings.models import Channel
from tests.delivery.postbox import Postbox, Webhook, smtp_server, text_of, webhook
from tests.delivery.stores import BUCKET, PASSWORD, Sftp, client, s3_server, sftp_server
from tests.delivery.test_deliver import Killed, configure, execute, mart_url  # noqa: F401
from warehouse.connection import connect

Configure = Callable[..., Settings]
ANNA, BORIS = "anna@bank.example", "boris@bank.example"
KINDS: dict[str, dict[str, Any]] = {
    "folder": {"path": "out"}, "s3": {"path": f"{BUCKET}/{{department}}"}, "sftp": {"path": "in/{department}"},
    "email": {"to": [ANNA, BORIS]}, "chat": {}}
NAME = "care_2026-03-23_2026-03-29.csv"


class World:
    """All the servers that deliveries of a test may go to."""

    def __init__(self, post: Postbox, hook: Webhook, bucket: str, files: Sftp) -> None:
        self.post, self.hook, self.files, self.bucket = post, hook, files, parse_qs(urlsplit(bucket).query)["endpoint"][0]
        self.addresses = {"smtp_default": post.url, "notify_default": hook.url, "aws_default": bucket, "sftp_default": files.url}

    def objects(self) -> list[str]:
        return [item["Key"] for item in client(self.bucket).list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Sftp]]:
    with s3_server() as bucket, sftp_server(tmp_path_factory.mktemp("sftp")) as files:
        yield bucket, files


@pytest.fixture
def world(stores: tuple[str, Sftp], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(sending, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(sending, "LONGEST_WAIT", 0.0)
    with ExitStack() as stack:
        found = World(stack.enter_context(smtp_server()), stack.enter_context(webhook()), *stores)
        for key in found.objects():
            client(found.bucket).delete_object(Bucket=BUCKET, Key=key)
        for path in sorted(found.files.root.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        found.files.steps.clear()
        yield found


def to(settings: Settings, kind: str, **given: Any) -> Settings:
    """The same, delivered by another channel."""
    channel = Channel(**{"kind": kind, **KINDS[kind], **given})
    subs = [sub.model_copy(update={"channel": channel, "format": "csv"}) for sub in settings.subscriptions.subscriptions]
    return settings.model_copy(update={"subscriptions": settings.subscriptions.model_copy(update={"subscriptions": subs})})


def sent(world: World, settings: Settings, url: str, **given: Any) -> DeliveryResult:
    return deliver(settings, "care", url=url, credentials=world.addresses.get, **given)


def ledger_of(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute("select recipient, status, maybe_duplicate, attempts from ops.delivery_recipients order by 1").fetchall()


def status(url: str) -> list[str]:
    with connect(url) as connection:
        return [row[0] for row in connection.execute("select status from ops.deliveries order by window_start").fetchall()]


def test_a_file_reaches_every_store_whole_and_once(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    for kind in ("s3", "sftp"):
        execute(mart_url, "delete from ops.deliveries")
        settings = to(configure(), kind)
        result = sent(world, settings, mart_url)
        assert (result.status, result.row_count) == ("sent", 2)
        assert sent(world, settings, mart_url).status == "already_sent"
        assert ledger_of(mart_url)[0][1:] == ("sent", False, 1)
        assert not list((settings.home / "outbox").iterdir()), "the outbox is empty once everybody has it"
    [key] = world.objects()
    assert key == f"service_quality/{NAME}"
    stored = client(world.bucket).get_object(Bucket=BUCKET, Key=key)
    there = world.files.root / "in/service_quality" / NAME
    assert stored["Body"].read() == there.read_bytes()
    assert stored["Metadata"] == {"renown-sha256": digest(there)}
    assert there.read_bytes().startswith("\ufeffbank_id,platform".encode())
    assert [step for step in world.files.steps if "rename" in step] == [
        f"rename in/service_quality/.{NAME}.part in/service_quality/{NAME}"], "it appears under its name by one rename"
    assert not [step for step in world.files.steps if step == f"open in/service_quality/{NAME}"]


def test_people_get_words_and_the_file(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    sent(world, to(configure(), "email"), mart_url)
    assert [whom for whom, _ in world.post.received] == [ANNA, BORIS]
    mail = world.post.of(ANNA)[0]
    assert mail["Subject"] == "care (Service quality) · 2026-03-23 – 2026-03-29"
    assert "rows: 2" in text_of(mail)
    assert "To change or stop this delivery, ask someone@bank.example." in text_of(mail)
    [file] = mail.iter_attachments()
    assert file.get_filename() == NAME
    execute(mart_url, "delete from ops.deliveries")
    sent(world, to(configure(), "chat"), mart_url)
    [message] = world.hook.received
    assert "rows: 2" in message["message"]
    assert message["attachments"] == []


def test_one_refused_recipient_neither_blocks_nor_doubles_the_others(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = to(configure(), "email")
    world.post.answers = {ANNA: ["550 no such user"]}
    for _ in range(2):
        with pytest.raises(RenownError, match=rf"1 of 2 recipients have it not: {ANNA} was not taken \(SMTP 550\)"):
            sent(world, settings, mart_url)
    assert ledger_of(mart_url) == [(ANNA, "refused", False, 2), (BORIS, "sent", False, 1)]
    assert (status(mart_url), len(world.post.of(BORIS))) == (["failed"], 1)
    execute(mart_url, "update marts.mart_care set case_count = 13 where case_count = 12")
    world.post.answers = {}
    sent(world, settings, mart_url)
    assert (len(world.post.of(ANNA)), len(world.post.of(BORIS)), status(mart_url)) == (1, 1, ["sent"])
    anna, boris = (next(iter(world.post.of(who)[0].iter_attachments())).get_content() for who in (ANNA, BORIS))
    assert anna == boris, "everybody gets the same file"


def test_what_no_channel_foresees_stops_one_recipient_alone(
    world: World, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings, send = to(configure(), "email"), email.Email.send

    def breaks(self: email.Email, recipient: str, *given: Any) -> Any:
        if recipient == ANNA:
            raise KeyError(PASSWORD)
        return send(self, recipient, *given)

    with monkeypatch.context() as patch:
        patch.setattr(email.Email, "send", breaks)
        with pytest.raises(RenownError, match=rf"1 of 2 recipients have it not: {ANNA}: KeyError$"):
            sent(world, settings, mart_url)
    assert (ledger_of(mart_url), status(mart_url)) == ([(ANNA, "failed", False, 1), (BORIS, "sent", False, 1)], ["failed"])
    sent(world, settings, mart_url)
    assert ledger_of(mart_url) == [(ANNA, "sent", True, 2), (BORIS, "sent", False, 1)], "nobody knows how far the first try came"


def test_what_breaks_before_anything_is_sent_is_noted_without_its_words(
    world: World, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    def breaks(*_: Any) -> None:
        raise ValueError(PASSWORD)

    with monkeypatch.context() as patch:
        patch.setattr(letters, "letter", breaks)
        with pytest.raises(ValueError, match=PASSWORD):
            sent(world, to(configure(), "email"), mart_url)
    with connect(mart_url) as connection:
        assert connection.execute("select status, error from ops.deliveries").fetchall() == [("failed", "ValueError")]


def test_after_another_try_it_is_the_new_file_that_is_looked_for(mart_url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    class Store:
        """Takes each file and says that it is not sure."""

        name, recipients = "store", ("shelf",)
        held: str | None = None
        count = 0

        def send(self, recipient: str, message: Message, key: str) -> Receipt:
            self.held, self.count = digest(message.files[0]), self.count + 1
            raise Unsure("cut off")

        def arrived(self, recipient: str, file_name: str, sha256: str) -> bool:
            return self.held == sha256

    settings = configure()
    [sub] = settings.subscriptions.subscriptions
    (tmp_path / "new.csv").write_text("2")
    key, new, store = ledger.Key("care", window_of(settings, sub)), str(digest(tmp_path / "new.csv")), Store()
    with connect(mart_url) as connection:
        ledger.rendered(connection, key, ledger.Rendered("new.csv", new, "", 1))
        ledger.given(connection, key, "shelf", "of the file before", duplicate=False)
        assert not sending.send_all(connection, key, store, Message("t", "x", files=(tmp_path / "new.csv",)), new)
    assert (store.count, ledger_of(mart_url)) == (1, [("shelf", "sent", False, 2)])


def test_a_recipient_that_was_taken_out_of_config_holds_nothing_up(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    world.post.answers = {ANNA: ["550 no such user"]}
    with pytest.raises(RenownError):
        sent(world, to(configure(), "email"), mart_url)
    assert sent(world, to(configure(), "email", to=[BORIS]), mart_url).status == "sent"
    assert (len(world.post.of(BORIS)), status(mart_url)) == (1, ["sent"])


def test_a_hiccup_is_tried_again_at_once(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    world.post.answers = {ANNA: ["451 busy", "451 busy"]}
    sent(world, to(configure(), "email"), mart_url)
    assert ledger_of(mart_url) == [(ANNA, "sent", False, 3), (BORIS, "sent", False, 1)], "not taken for sure is no duplicate"
    assert world.post.of(ANNA)[0]["X-Renown-Maybe-Duplicate"] is None


def test_waits_double_and_end() -> None:
    assert (sending.TRIES, sending.FIRST_WAIT, sending.LONGEST_WAIT) == (4, 1.0, 10.0)


@pytest.mark.parametrize("kind", ["email", "chat"])
def test_where_nobody_can_tell_the_second_copy_says_so(kind: str, world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    world.post.after_data, world.hook.statuses = ["cut"], [500]
    result = sent(world, to(configure(), kind), mart_url)
    assert "may have arrived before" in result.note
    assert [(row[2], row[3]) for row in ledger_of(mart_url)] == ([(True, 2), (False, 1)] if kind == "email" else [(True, 2)])
    if kind == "email":
        one, two = world.post.of(ANNA)
        assert one["Message-ID"] == two["Message-ID"]
        assert (one["X-Renown-Maybe-Duplicate"], two["X-Renown-Maybe-Duplicate"]) == (None, "yes")
    else:
        one, two = (message["message"].splitlines() for message in world.hook.received)
        assert (two[0], one[-1]) == ("This may have reached you before: the last try was cut off.", two[-1])
    with connect(mart_url) as connection:
        assert connection.execute("select maybe_duplicate from ops.deliveries").fetchall() == [(True,)]


def test_a_dead_channel_delays_its_own_deliveries_alone(world: World, mart_url: str, configure: Configure) -> None:  # noqa: F811
    dead = {"smtp_default": "smtp://127.0.0.1:9?from=r@bank.example", "notify_default": "json://127.0.0.1:9/x",
            "aws_default": "s3://k:s3cret@?region=us-east-1&endpoint=http%3A%2F%2F127.0.0.1%3A9", "sftp_default": "sftp://u:s3cret@127.0.0.1:9"}
    for kind in dead:
        name = {"smtp_default": "email", "notify_default": "chat", "aws_default": "s3", "sftp_default": "sftp"}[kind]
        execute(mart_url, "delete from ops.deliveries")
        base = configure()
        [sub] = base.subscriptions.subscriptions
        subs = [sub.model_copy(update={"id": f"by_{each}", "format": "csv", "channel": Channel(**{"kind": each, **KINDS[each]})}) for each in KINDS]
        settings = base.model_copy(update={"subscriptions": base.subscriptions.model_copy(update={"subscriptions": subs})})
        known = world.addresses | {kind: dead[kind]}
        for one in subs:
            if one.channel.kind == name:
                with pytest.raises(RenownError) as caught:
                    deliver(settings, one.id, url=mart_url, credentials=known.get)
                assert "s3cret" not in str(caught.value)
            else:
                deliver(settings, one.id, url=mart_url, credentials=known.get)
        with connect(mart_url) as connection:
            rows = dict(connection.execute("select subscription_id, status from ops.deliveries").fetchall())
        assert rows == {f"by_{each}": "failed" if each == name else "sent" for each in KINDS}
        assert deliver(settings, f"by_{name}", url=mart_url, credentials=world.addresses.get).status == "sent"


def test_no_secret_in_ledger_files_or_errors(world: World, mart_url: str, configure: Configure, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    caplog.set_level("DEBUG", "delivery")
    told = [str(sent(world, to(configure(), kind), mart_url, window_end=datetime(2026, 3, 2 + 7 * n, tzinfo=UTC))) for n, kind in enumerate(KINDS)]
    bad = {name: url.replace(PASSWORD, "wr0ng") for name, url in world.addresses.items()}
    with pytest.raises(RenownError, match="does not take the log-in") as caught:
        deliver(to(configure(), "sftp"), "care", url=mart_url, credentials=bad.get, window_end=datetime(2026, 2, 2, tzinfo=UTC))
    with connect(mart_url) as connection:
        kept = [str(connection.execute(f"select * from ops.{table}".encode()).fetchall()) for table in ("deliveries", "delivery_recipients")]
    everything = "\n".join([*told, *kept, str(caught.value), caplog.text])
    assert not [secret for secret in ("s3cret", "wr0ng") if secret in everything]


@pytest.mark.parametrize(("kind", "given", "what"), [
    ("s3", {"path": "nobodys-bucket/x"}, "takes nothing from us"),
    ("sftp", {"conn_id": "stranger"}, "shows a key that is not the known one"),
    ("sftp", {"conn_id": "unknown"}, "shows a key that is not the known one"),
    ("sftp", {"conn_id": "nowhere"}, "set RENOWN_NOWHERE_URL, or the Airflow connection 'nowhere'"),
])
def test_what_nobody_should_trust_or_guess_is_refused(
    kind: str, given: dict[str, str], what: str, world: World, mart_url: str, configure: Configure,  # noqa: F811
) -> None:
    other = "ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIJqwUwsSjI2lXlPNBuzLYkq5J0JKjBFlcZmd5Fv8PZaL"
    plain = world.files.url.partition("?")[0]
    world.addresses |= {"stranger": f"{plain}?host_key={other}", "unknown": plain}
    with pytest.raises(RenownError, match=what):
        sent(world, to(configure(), kind, **given), mart_url)
    assert status(mart_url) == ["failed"]


def test_a_store_says_what_it_holds(world: World, mart_url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "a.csv").write_text("1")
    told = digest(tmp_path / "a.csv") or ""
    for kind in ("folder", "s3", "sftp"):
        settings = to(configure(), kind)
        [sub] = settings.subscriptions.subscriptions
        channel = channel_of(settings, sub, window_of(settings, sub), world.addresses.get)
        assert channel.arrived("", "a.csv", told) is None, "it may have been fetched"
        channel.send("", Message("t", "x", files=(tmp_path / "a.csv",)), "k")
        assert channel.arrived("", "a.csv", told) is True
        assert channel.arrived("", "a.csv", "another") is None
        if kind == "sftp":
            (world.files.root / "in/service_quality/.b.csv.part").write_text("half")
            assert channel.arrived("", "b.csv", told) is False, "half a copy shows that it never arrived"


def test_an_upload_that_breaks_off_is_seen(world: World, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: F811
    settings = to(configure(), "sftp")
    [sub] = settings.subscriptions.subscriptions
    channel = channel_of(settings, sub, window_of(settings, sub), world.addresses.get)
    (tmp_path / "a.csv").write_text("1")
    (world.files.root / "in").write_text("a file where the directory should be")
    with pytest.raises(Unreachable):
        channel.send("", Message("t", "x", files=(tmp_path / "a.csv",)), "k")
    (world.files.root / "in").unlink()
    monkeypatch.setattr(sftp, "_upload", lambda *_: (_ for _ in ()).throw(PermissionError()))
    with pytest.raises(Refused, match="lets us not write there"):
        channel.send("", Message("t", "x", files=(tmp_path / "a.csv",)), "k")


@pytest.mark.parametrize("kind", ["email", "chat"])
def test_killed_right_after_it_was_taken_the_next_says_so(
    kind: str, world: World, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = to(configure(), kind)
    owner: Any = {"email": email.Email, "chat": chat.Chat}[kind]
    original = owner.send

    def dies(*given: Any) -> None:
        original(*given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, "send", dies)
        with pytest.raises(Killed):
            sent(world, settings, mart_url)
    sent(world, settings, mart_url)
    assert [row[2] for row in ledger_of(mart_url)] == ([True, False] if kind == "email" else [True])
    if kind == "email":
        assert [mail["X-Renown-Maybe-Duplicate"] for mail in world.post.of(ANNA)] == [None, "yes"]
        assert len(world.post.of(BORIS)) == 1
    else:
        assert [message["message"].startswith("This may have") for message in world.hook.received] == [False, True]


def test_a_run_that_died_at_the_very_end_leaves_nothing_behind(
    world: World, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = to(configure(), "folder")

    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(letters, "drop", dies)
        with pytest.raises(Killed):
            sent(world, settings, mart_url)
    assert len(list((settings.home / "outbox").iterdir())) == 2
    assert sent(world, settings, mart_url).status == "already_sent"
    assert not list((settings.home / "outbox").iterdir())


WATCHED = ("deliver.py", "sending.py", "letters.py", "ledger.py", "folder.py", "s3.py", "sftp.py", "email.py", "chat.py")


def lines(run: Callable[[], object], kill_at: int | None = None) -> int:
    """Run it, counting its lines from the rendered file on; dies before the line with the number `kill_at`."""
    count, begun = 0, False

    def step(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count, begun
        path = frame.f_code.co_filename
        if "/delivery/" not in path or not path.endswith(WATCHED):
            return None
        begun = begun or frame.f_code.co_name == "letter"
        if event == "line" and begun:
            count += 1
            if count == kill_at:
                raise Killed
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stride", [11, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_killed_at_any_line_each_recipient_has_it_once_or_marked(
    kind: str, stride: int, world: World, mart_url: str, configure: Configure,  # noqa: F811
) -> None:
    settings = to(configure(), kind)
    ends = (datetime(2026, 3, 30, tzinfo=UTC) - timedelta(days=n) for n in range(100_000))
    _, total = (lines(partial(sent, world, settings, mart_url, window_end=next(ends))) for _ in range(2))  # the first makes directories
    assert total > 60
    for line in range(1, total + 1, stride):
        execute(mart_url, "delete from ops.deliveries")
        world.post.received.clear()
        world.hook.received.clear()
        end = next(ends)
        with pytest.raises(Killed):
            lines(partial(sent, world, settings, mart_url, window_end=end), line)
        result = sent(world, settings, mart_url, window_end=end)
        assert status(mart_url) == ["sent"], line
        rows = ledger_of(mart_url)
        assert [row[0] for row in rows] == (sorted(KINDS["email"]["to"]) if kind == "email" else [rows[0][0]]), line
        assert {row[1] for row in rows} == {"sent"}, line
        sent(world, settings, mart_url, window_end=end)
        assert not list((settings.home / "outbox").iterdir()), line
        _arrived_once(kind, world, settings, rows, result.file.name, line)


def _arrived_once(kind: str, world: World, settings: Settings, rows: list[tuple[Any, ...]], name: str, line: int) -> None:
    if kind == "email":
        for recipient, _, doubled, _ in rows:
            marks = [mail["X-Renown-Maybe-Duplicate"] for mail in world.post.of(recipient)]
            assert marks in ([None], ["yes"], [None, "yes"]), line
            assert doubled == ("yes" in marks), line
            assert len({mail["Message-ID"] for mail in world.post.of(recipient)}) == 1, line
    elif kind == "chat":
        marks = [message["message"].startswith("This may have reached you before") for message in world.hook.received]
        assert marks in ([False], [True], [False, True]), line
        assert rows[0][2] == (True in marks), line
    else:
        there = {"folder": lambda: [path.name for path in (settings.home / "out").iterdir()],
                 "sftp": lambda: [path.name for path in (world.files.root / "in/service_quality").iterdir()],
                 "s3": lambda: [key.rpartition("/")[2] for key in world.objects()]}[kind]()
        assert there.count(name) == 1, line
        assert not [other for other in there if other.startswith(".")], line
