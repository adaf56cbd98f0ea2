"""The digest's page: five languages, escaped, self-contained, right to left where it is; and its PDF."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from delivery.coverage import Coverage
from delivery.digest import charts, gather, html, named, summary
from delivery.digest.facts import Care, Facts, Net, Post, Share, Topic
from delivery.digest.page import pdf, safe_link
from delivery.window import Window
from settings import RenownError, Settings
from settings.models import LANGUAGES
from tests.delivery.digest_facts import MONDAY, WINDOW, document, facts


class Page(HTMLParser):
    """Tags, what they refer to, and the words between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self._skipped = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href")]
        self._skipped = tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        self.words += "" if self._skipped else f" {data}"


SAID = {
    "en": ("the week at a glance", "5,707", "63.4%", "23 Mar 2026", "Mon"),
    "ru": ("неделя на одной странице", "5\u00a0707", "63,4\u00a0%", "23 мар. 2026", "пн"),
    "zh": ("一周概览", "5,707", "63.4%", "2026年3月23日", "周一"),
    "ar": ("الأسبوع في لمحة", "5,707", "63.4", "2026", "الاثنين"),
    "tr": ("haftaya bakış", "5.707", "%63,4", "23 Mar 2026", "Pzt"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_numbers_and_days_are_the_reader_s(language: str) -> None:
    page = html(facts(), document(language))
    words = Page(page).words
    assert [said for said in SAID[language] if said not in words] == []
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page


def test_it_asks_nobody_for_anything_and_runs_nothing() -> None:
    page = Page(html(facts(), document()))
    assert not {"script", "iframe", "link", "object", "embed"} & set(page.tags)
    assert [link for link in page.links if not link.startswith(("#", "https://x.example/", "https://news.example/"))] == []


def test_what_people_wrote_is_escaped_and_runs_nowhere() -> None:
    evil = '"><script>alert(1)</script>'
    posts = (Post(evil, MONDAY, "negative", 1, False, f"https://x.example/{evil}"), Post("X", MONDAY, None, 1, False, "javascript:alert(1)"))
    page = html(facts(bank=evil, posts=posts, topics=()), document())
    assert "<script" not in page
    assert "javascript:" not in page
    assert not safe_link("javascript:alert(1)")
    assert not safe_link(None)


def test_a_minus_keeps_its_side_in_a_line_from_the_right() -> None:
    page = html(facts(), document("ar"))
    assert re.search(r'<bdi dir="ltr">[\u200e]?-31\.4</bdi>', page)
    assert re.search("\u2066[\u200e]?-37\\.2\u2069", page)


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    silent = facts(net=Net(), care=Care(), before=None, shares=(), topics=(), posts=(), crises=())
    words = " ".join(Page(html(silent, document())).words.split())
    assert "Net sentiment –" in words
    assert "Answered in time –" in words
    assert "no week before to compare with" in words
    assert "Share of voice" not in words


def test_what_is_incomplete_stands_first_and_names_its_sources() -> None:
    words = Page(html(facts(), document())).words
    assert words.index("Incomplete") < words.index("5,707")
    assert "vk" in words
    assert "weibo" not in words, "a source without a flaw is not listed"
    whole = Page(html(facts(), document(sources={"x": {"succeeded": 1, "unfinished": 0, "gaps": 0, "returned": 1, "rejected": 0, "mentions": 1}}))).words
    assert "Incomplete" not in whole
    assert "Complete" in whole


def test_a_silent_week_says_whether_nothing_happened_or_no_data_came() -> None:
    nothing = facts(days=(), shares=(), topics=(), posts=(), crises=())
    calm = {"x": {"succeeded": 1, "unfinished": 0, "gaps": 0, "returned": 0, "rejected": 0, "mentions": 0}}
    assert "Nothing happened" in html(nothing, document(sources=calm))
    assert "No data came" in html(nothing, replace(document(), coverage=Coverage({})))


def test_every_fact_counts_in_its_hash() -> None:
    assert facts().digest == facts().digest
    assert facts().digest != facts(before=2105).digest
    assert isinstance(facts(), Facts)


def test_only_an_iso_week_is_told() -> None:
    with pytest.raises(RenownError, match="covers an ISO week"):
        gather(None, "velmora", Window(WINDOW.first_day, MONDAY.replace(day=29), WINDOW.zone))  # type: ignore[arg-type]


def test_a_pdf_of_the_page_is_made_without_a_browser() -> None:
    made = pdf(html(facts(), document("ar"), "png"), "ar")
    assert made.startswith(b"%PDF-")
    assert len(made) > 20_000


def test_a_pdf_without_letters_for_its_language_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        stdout = "\n"

    monkeypatch.setattr("delivery.digest.page.shutil.which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr("delivery.digest.page.subprocess.run", lambda *_, **__: Nothing)
    with pytest.raises(RenownError, match="apt-get install fonts-noto-cjk"):
        pdf("<p>中</p>", "zh")


SPOKEN = {"ru": ("Велмора Банк", "Мобильное приложение", "; "), "zh": ("维摩拉银行", "手机应用", "；"), "ar": ("بنك فيلمورا", "تطبيق الهاتف", "؛ "),
          "tr": ("Velmora Bankası", "Mobil uygulama", "; ")}


@pytest.mark.parametrize("language", SPOKEN)
def test_banks_and_topics_are_called_as_the_reader_calls_them(language: str, settings: Settings) -> None:
    bank, topic, separator = SPOKEN[language]
    week = facts(bank="Velmora Bank", shares=(Share("Velmora Bank", True, 46.2, 45.1, 47.3), Share("Nobody's bank", False, 33.0)))
    said = Page(html(named(week, settings, language), document(language))).words
    assert bank in said
    assert topic in said
    assert "Nobody's bank" in said, "what has no name in that language keeps its own"
    assert "Mobile app" not in said
    press = {"ru": "Новостные сайты", "zh": "新闻网站", "ar": "مواقع الأخبار", "tr": "Haber siteleri"}[language]
    assert press in said
    assert "News sites" not in said
    assert separator in said
    assert named(week, settings, None) == week


def test_every_topic_has_a_name_for_every_reader(settings: Settings) -> None:
    assert {topic.id: sorted(set(LANGUAGES) - {"en"} - set(topic.names)) for topic in settings.topics.topics if len(topic.names) < 4} == {}


def test_shares_stand_apart_from_the_line_around_them() -> None:
    line = re.findall(r'<p class="small">(<bdi class="share">.*?)</p>', html(facts(), document("ar")))[0]
    shares = re.findall(r'<bdi class="share"><bdi>(.*?)</bdi> <bdi dir="ltr">(.*?)</bdi>( \(.*?\))?</bdi>', line)
    assert [bank for bank, *_ in shares] == ["Velmora", "Tarnwick", "Оркестр банк"]
    assert all("%" in pct for _, pct, _ in shares)


def test_the_first_lines_of_a_message_tell_what_the_page_tells() -> None:
    page = Page(html(facts(), document("ru"))).words
    lines = summary(facts(), "ru")
    assert lines[0].startswith("Кризис, тяжесть 5 из 5")
    for number in ("5\u00a0707", "-31,4", "63,4\u00a0%"):
        assert any(number in line for line in lines)
        assert number in page
    assert summary(facts(crises=(), before=None, care=Care(), net=Net()), "en")[0] == "Mentions: 5,707"


def test_names_in_square_letters_have_room_on_a_machine_without_them() -> None:
    drawn = charts.topics(facts(topics=(Topic("借记卡和信用卡", 820),)), "zh").to_dict()
    assert drawn["layer"][0]["encoding"]["y"]["axis"]["minExtent"] == 70
    assert charts.topics(facts(), "en").to_dict()["layer"][0]["encoding"]["y"]["axis"]["minExtent"] == 0
