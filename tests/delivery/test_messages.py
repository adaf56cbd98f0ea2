"""Messages to people over real servers: what is in them, who is refused, what a broken line leaves open, and no secret anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from email.headerregistry import UniqueAddressHeader
from pathlib import Path

import pytest

from delivery.channels import Message, Refused, Unreachable, Unsure, chat, email
from delivery.channels.address import from_environment, variable
from settings import RenownError
from tests.delivery.postbox import PASSWORD, Postbox, Webhook, certificate, smtp_server, text_of, webhook

TITLES = {
    "en": "The week at a glance: Velmora",
    "ru": "Неделя на одной странице: Велмора, 23 марта – 29 марта 2026 г., отдел по работе с обращениями",
    "zh": "一周概览：维尔莫拉银行，2026年3月23日至29日",
    "ar": "الأسبوع في لمحة: فيلمورا، من ٢٣ إلى ٢٩ مارس",
    "tr": "Haftaya bakış: Velmora, İstanbul şubesi",
}
ANNA, BORIS = "anna@bank.example", "boris@bank.example"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with smtp_server() as box:
        monkeypatch.setenv("RENOWN_SMTP_URL", box.url)
        yield box


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with webhook() as box:
        monkeypatch.setenv("RENOWN_NOTIFY_URL", box.url)
        yield box


@pytest.mark.parametrize("language", TITLES)
def test_headings_arrive_whole_in_every_language(language: str, post: Postbox) -> None:
    email.connect().send(ANNA, Message(TITLES[language], TITLES[language], language=language), "k")
    [mail] = post.of(ANNA)
    assert (mail["Subject"], mail["Content-Language"]) == (TITLES[language], language)
    assert text_of(mail).strip() == TITLES[language]
    headings = post.raw[0].split(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 and line.isascii() for line in headings), "RFC 2047: any server takes them"


def test_a_message_holds_text_page_and_files(post: Postbox, tmp_path: Path) -> None:
    (tmp_path / "неделя.xlsx").write_bytes(b"PK-like")
    email.connect().send(ANNA, Message("t", "words", html="<p dir=rtl>صفحة</p>", files=(tmp_path / "неделя.xlsx",), link="https://x.example/1",
                                       unsubscribe="https://x.example/stop"), "k")
    [mail] = post.of(ANNA)
    assert (text_of(mail), text_of(mail, "html")) == ("words\n\nhttps://x.example/1\n", "<p dir=rtl>صفحة</p>\n")
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("неделя.xlsx", b"PK-like")
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == ("<https://x.example/stop>", "List-Unsubscribe=One-Click")
    assert (mail["From"], mail["To"], mail["Auto-Submitted"]) == ("Renown <renown@bank.example>", ANNA, "auto-generated")


def test_what_no_mail_server_takes_is_not_sent_at_all(post: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "LARGEST", 4)
    (tmp_path / "a.csv").write_bytes(b"12345")
    with pytest.raises(Refused, match="too much for e-mail: send it by s3 or sftp"):
        email.connect().send(ANNA, Message("t", "x", files=(tmp_path / "a.csv",)), "k")
    assert post.received == []


def test_each_try_has_the_id_of_the_first_and_says_that_it_may_be_the_second(post: Postbox) -> None:
    mails, message = email.connect(), Message("t", "words", language="tr")
    first = mails.send(ANNA, message, "care/1")
    again = mails.send(ANNA, message.marked(), "care/1")
    assert first.reference == again.reference
    assert len({mails.send(to, message, key).reference for to, key in [(ANNA, "care/1"), (BORIS, "care/1"), (ANNA, "care/2")]}) == 3
    one, two = post.of(ANNA)[:2]
    assert one["Message-ID"] == two["Message-ID"] == first.reference
    assert (one["X-Renown-Maybe-Duplicate"], two["X-Renown-Maybe-Duplicate"]) == (None, "yes")
    assert text_of(two).startswith("Bu size daha önce ulaşmış olabilir")
    assert text_of(one) == "words\n"


def test_refused_for_good_and_for_now_are_told_apart(post: Postbox) -> None:
    post.answers = {ANNA: ["550 5.1.1 no such user, secret-sentence"], BORIS: ["451 4.7.1 greylisted"]}
    mails = email.connect()
    with pytest.raises(Refused, match=rf"{ANNA} was not taken \(SMTP 550\)") as caught:
        mails.send(ANNA, Message("t", "x"), "k")
    assert "secret-sentence" not in str(caught.value)
    with pytest.raises(Unreachable, match=r"for now \(SMTP 451\)"):
        mails.send(BORIS, Message("t", "x"), "k")
    mails.send(BORIS, Message("t", "x"), "k")
    assert [whom for whom, _ in post.received] == [BORIS]


@pytest.mark.parametrize(("old", "new", "to"), [
    ("", "", "anna@" + "ü" * 80 + ".example"), ("from=renown@bank.example", "from=Renown%20%3Cx%40y%3E", ANNA), ("", "&timeout=abc", ANNA)])
def test_what_cannot_be_written_is_refused_and_told_without_its_value(
    old: str, new: str, to: str, post: Postbox, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RENOWN_SMTP_URL", post.url.replace(old, new) if old else post.url + new)
    with pytest.raises(Refused, match=r"can be made or sent \(\w+\): correct the mail server's address") as caught:
        email.connect().send(to, Message("t", "x"), "k")
    assert not [value for value in ("Renown <", "abc") if value in str(caught.value)]
    assert post.received == []


def test_a_password_in_other_letters_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_server(certificate(tmp_path / "own.pem")) as box:
        monkeypatch.setenv("RENOWN_SMTP_URL", box.url.replace(PASSWORD, "%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C"))
        with pytest.raises(Refused, match="UnicodeEncodeError"):
            email.connect().send(ANNA, Message("t", "x"), "k")


def test_a_line_that_breaks_after_the_data_leaves_open_whether_it_was_taken(post: Postbox) -> None:
    post.after_data = ["cut"]
    with pytest.raises(Unsure):
        email.connect().send(ANNA, Message("t", "x"), "k")
    assert len(post.of(ANNA)) == 1, "this server had it"


def test_starttls_and_log_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_server(certificate(tmp_path / "own.pem")) as box:
        monkeypatch.setenv("RENOWN_SMTP_URL", box.url)
        assert PASSWORD not in repr(email.connect())
        email.connect().send(ANNA, Message("t", "x"), "k")
        assert box.encrypted == [True]
        refused = {"password": box.url.replace(PASSWORD, "wrong"), "certificate": box.url.partition("&cafile")[0],
                   "STARTTLS": box.url.replace("starttls=yes", "starttls=no")}
        for what, url in refused.items():
            monkeypatch.setenv("RENOWN_SMTP_URL", url)
            with pytest.raises(Refused) as caught:
                email.connect().send(ANNA, Message("t", "x"), "k")
            assert what in str(caught.value)
            assert PASSWORD not in str(caught.value)
        assert len(box.received) == 1


def test_another_machine_is_asked_for_starttls(post: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.channels.address.Address.is_loopback", False)
    with pytest.raises(Refused, match="offers no STARTTLS"):
        email.connect().send(ANNA, Message("t", "x"), "k")
    assert post.received == []


def test_addresses_in_other_letters(post: Postbox) -> None:
    email.connect().send("anna@банк.example", Message("t", "x"), "k")
    email.connect().send("анна@bank.example", Message("t", "x"), "k")
    assert [whom for whom, _ in post.received] == ["anna@xn--80ab2al.example", "анна@bank.example"]
    assert isinstance(post.received[0][1]["To"], UniqueAddressHeader)


def test_a_heading_cannot_bring_headings_of_its_own(post: Postbox) -> None:
    email.connect().send(ANNA, Message("t\r\nBcc: thief@example.org\r\n\r\nbody", "x"), "k")
    [mail] = post.of(ANNA)
    assert (mail["Subject"], mail["Bcc"]) == ("t Bcc: thief@example.org body", None)


@pytest.mark.parametrize(("url", "what"), [
    (None, "set RENOWN_SMTP_URL, or the Airflow connection 'smtp_default'"),
    ("smtp://127.0.0.1:1", r"add \?from="),
    ("http://u:topsecret@127.0.0.1:1", "cannot be read"),
    ("smtp://u:topsecret@127.0.0.1:port", "cannot be read"),
    ("smtp://u@x.example:topsecret@127.0.0.1:1?from=a@b.example", "does not answer"),
])
def test_an_address_that_leads_nowhere_says_the_mend_and_no_secret(url: str | None, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_SMTP_URL", raising=False)
    if url:
        monkeypatch.setenv("RENOWN_SMTP_URL", url)
    with pytest.raises(RenownError, match=what) as caught:
        email.connect().send(ANNA, Message("t", "x"), "k")
    assert "topsecret" not in str(caught.value)


def test_names_of_addresses() -> None:
    assert [variable(name) for name in ("smtp_default", "press_sftp", "acme-s3.eu")] == [
        "RENOWN_SMTP_URL", "RENOWN_PRESS_SFTP_URL", "RENOWN_ACME_S3_EU_URL"]
    assert from_environment("nothing_there") is None


def test_a_chat_gets_the_first_lines_the_link_and_a_reference(hook: Webhook, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n")
    lines = "\n".join(f"line {n} " + "x" * 40 for n in range(100))
    message = Message("The week", lines, files=(tmp_path / "a.csv",), link="https://x.example/1", language="en")
    told = chat.connect().send("notify_default", message, "care/1")
    [received] = hook.received
    said = received["message"].splitlines()
    assert received["title"] == "The week"
    assert said[0].startswith("line 0 ")
    assert said[-3:] == ["…", "https://x.example/1", f"[{told.reference}]"]
    assert len(received["message"]) <= 1_500
    assert received["attachments"] == []
    chat.connect(attach=True).send("notify_default", message, "care/1")
    assert [file["filename"] for file in hook.received[1]["attachments"]] == ["a.csv"]
    assert hook.received[1]["message"].splitlines()[-1] == f"[{told.reference}]"


def test_a_chat_that_says_no_is_unsure_and_no_secret_is_told(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    hook.statuses = [500]
    with pytest.raises(Unsure, match="'notify_default' did not take the message") as caught:
        chat.connect().send("notify_default", Message("t", "x"), "k")
    assert "s3cret" not in str(caught.value) + caplog.text + repr(chat.connect())
    chat.connect().send("notify_default", Message("t", "x").marked(), "k")
    assert hook.received[1]["message"].startswith("This may have reached you before")
    with pytest.raises(Refused, match="none that apprise knows"):
        chat.Chat("odd", "nothing://s3cret").send("odd", Message("t", "x"), "k")
    assert "s3cret" not in caplog.text
