"""What a person reads when a delivery comes as a message: the digest's first lines and page, kept for whoever gets it later."""

from __future__ import annotations

from pathlib import Path

from delivery import letters
from delivery.contents import Told
from settings.models import Channel, Subscription
from tests.delivery.digest_facts import document, facts


def told(kind: str, tmp_path: Path) -> tuple[Subscription, Told, Path]:
    sub = Subscription(id="week", department="pr", owner="press.office@velmora.example", schedule="0 7 * * 1", format=kind, language="ru",
                       channel=Channel(kind="email", to=["a@bank.example"]))
    file = tmp_path / f"week.{kind}"
    file.write_text("<p>страница</p>", "utf-8")
    return sub, Told(5707, "hash", "role", 1, document("ru"), facts()), file


def test_a_digest_is_page_and_file_and_first_lines(tmp_path: Path) -> None:
    message = letters.letter(*told("html", tmp_path))
    assert (message.html, message.files) == ("<p>страница</p>", (tmp_path / "week.html",))
    assert message.title == "Velmora: неделя на одной странице · 23 мар. 2026\u202fг. – 29 мар. 2026\u202fг."
    lines = message.text.splitlines()
    assert lines[1].startswith("Кризис, тяжесть 5 из 5")
    assert lines[2].startswith("Упоминания: 5\u00a0707 (неделей раньше: 2\u00a0104)")
    assert lines[-1] == "Чтобы изменить или отключить рассылку, напишите press.office@velmora.example."
    assert letters.letter(*told("pdf", tmp_path)).html is None, "a PDF is a file beside the words"


def test_whoever_gets_it_later_reads_the_same(tmp_path: Path) -> None:
    for kind in ("html", "pdf"):
        sub, what, file = told(kind, tmp_path)
        message = letters.letter(sub, what, file)
        assert letters.kept(file) is None
        letters.keep(message, file)
        assert letters.kept(file) == message
        letters.drop(file)
        assert list(tmp_path.glob(f"week.{kind}*")) == []
        assert letters.kept(file) is None
