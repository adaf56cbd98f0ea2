"""Alerts in the language of whoever is told: the department's, or the duty's own; English where nobody says another."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args

import pytest

from delivery import words
from delivery.alerts import page, sending, translated, wholeness
from delivery.channels import Message
from delivery.channels.email import compose
from settings import Settings
from settings.alerting import Kind
from settings.models import LANGUAGES, PLATFORMS
from tests.delivery.alerts.scenes import NOON, alarm, crisis, fresh, put
from tests.delivery.alerts.test_watch import HOUR, RAISED, look
from tests.delivery.postbox import Postbox, Webhook, text_of
from warehouse.connection import connect

ENGLISH = ("Coverage", "status page", "IT operations", " after ", "mentions in the hour", "Acknowledge", "What to do", "Numbers", "Told:", "Severity", "alarm of severity", "Example posts", "Take it apart")
FACTS: dict[str, dict[str, Any]] = {
    "crisis": {"series_type": "all", "series_id": "all", "negative_share": None, "hour_at": "2026-03-18T12:00:00", "started_at": "2026-03-18T12:00:00",
               "came_late": True, "last_alarm_at": "2026-03-18T15:00:00+00:00",
               **dict.fromkeys(("mention_count", "baseline_mean", "baseline_median", "volume_score", "ratio_to_24h_mean", "negative_count", "sentiment_count",
                                "distinct_authors", "platform_count", "story_count", "bot_likely_count", "episode_mentions", "alarm_hours"), 1234.5),
               "q_value": 2.1e-9, "tail_probability": None},
    "sla": {"case_count": 7, "window_hours": 24, "urgent_count": 1, "negative_count": 2, "gravest_level": 2, "oldest_seconds": 90_000.0,
            "response_rate_pct": 40.0, "response_rate_pct_lower": 20.5, "response_rate_pct_upper": 60.5, "response_rate_n": 12, "target_pct": 80, "since_days": 7},
    "stale": {"sources": {"x": "2026-03-18T12:00:00", "vk": None}, "source_count": 2, "intervals": 3},
    "gap": {"sources": ["x"], "hours": 4, "open_gaps": 1, "lowest_coverage_pct": 61.5, "first_hour": "2026-03-18T12:00:00"},
    "gate": {"layer": "core", "check_count": 2, "checks": ["a on b"], "run_id": "r", "ran_at": "2026-03-18T12:00:00"},
    "drill": {},
}  # fmt: skip


def speaking(settings: Settings, department: str, language: str | None, duty: str | None = None) -> Settings:
    """The settings with a language of that department, and of its duties."""
    # a desk may stand behind duties of several departments: the one that is concerned counts
    departments = [d.model_copy(update={"language": language}) if d.id == department else d for d in settings.departments.departments]
    duties = [d.model_copy(update={"language": duty}) if d.department == department else d for d in settings.duties.duties]
    return settings.model_copy(update={
        "departments": settings.departments.model_copy(update={"departments": departments}),
        "duties": settings.duties.model_copy(update={"duties": duties})})  # fmt: skip


@pytest.fixture
def quiet(url: str, house: Settings) -> str:
    fresh(url, house, NOON + 9 * HOUR)
    return url


def test_a_desk_is_told_in_its_language_and_another_in_its_own(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    alarm(quiet, NOON, 5, 90, series=("all", "all"), department="pr")
    look(speaking(house, "internet_bank", "ru"), quiet)
    mails = {to.partition("@")[0]: mail for to, mail in post.received}
    assert mails["communications"]["Subject"] == "[5/5] Velmora Bank: alarm of severity 5, all mentions, topic outage"
    said = text_of(mails["remote"])
    assert mails["remote"]["Subject"].startswith("[5/5] ")
    assert "тревога, тяжесть 5, все упоминания, тема" in mails["remote"]["Subject"]
    for part in ("Тяжесть 5 из 5, кризис, началось", "Числа", "Разобрать по частям: renown explain", "Принять: renown alerts ack", "или по ссылке ниже",
                 "Примеры публикаций", "Что делать (config/playbook.yml)", "Сообщено: Служба поддержки дистанционных каналов.", "Руководитель коммуникаций через 15 мин, затем Кризисный телефон через 30 мин",
                 "Узнайте у ИТ-эксплуатации состояние", "Полнота: все читаемые источники"):
        assert part in said, part
    assert not [word for word in ENGLISH if word in said]
    assert len(re.findall(r"\(mention [0-9a-f-]{36}\)", said)) == 3, "an erasure finds them in every language"
    [copy] = (house.home / "alerts").iterdir()
    assert "alarm of severity 5" in copy.read_text("utf-8"), "departments that do not agree: the folder's is English"


def test_a_duty_s_language_goes_before_its_department_s(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(speaking(house, "internet_bank", "ru", duty="tr"), quiet)
    assert "şiddetinde alarm" in post.of("remote@bank.example")[0]["Subject"]


def test_a_list_of_several_is_in_the_language_too(url: str, house: Settings) -> None:
    row = {"kind": "gate", "event": "opened", "severity": 4, "fire": 1, "facts": FACTS["gate"] | {"title": "Gate core failed"}, "alert_id": "ab" * 16,
           "recipient": "it_a", "bank_id": None, "platform": None, "topic_id": None, "departments": {"internet_bank": 4}, "desk": "IT operations"}  # fmt: skip
    with connect(url) as connection:
        told = sending._words(connection, speaking(house, "internet_bank", "ru", "ru"), [row, row])
        english = sending._words(connection, house, [row, row])
    assert (told.title, told.language) == ("[4/5] ещё тревог: 2", "ru")
    assert told.text.count("Проверки слоя core не пройдены: 2") == 2
    assert not [word for word in ENGLISH if word in told.text]
    assert (english.title, english.language) == ("[4/5] 2 more alerts", None)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("kind", sorted(FACTS))
def test_each_kind_is_said_whole_in_each_language(kind: str, language: str, house: Settings) -> None:
    row = {"kind": kind, "event": "grew", "severity": 4, "fire": 2, "facts": FACTS[kind], "at": RAISED, "bank_id": "velmora", "platform": "vk",
           "topic_id": "outage", "departments": {"internet_bank": 4}, "desk": "IT operations", "owner": None}  # fmt: skip
    said = "\n".join([translated.title(house, row, language), translated.head(house, row, language), translated.numbers(row, language),
                      translated.take(row, "renown alerts ack 1", None, language), translated.who(house, row, language)])  # fmt: skip
    assert not [word for word in ENGLISH if word in said]
    assert "{" not in said
    assert "None" not in said
    script = {"ru": "[а-я]{4}", "zh": "[\u4e00-\u9fff]{2}", "ar": "[\u0621-\u064a]{3}", "tr": "[şığçöü]"}[language]
    assert all(re.search(script, part) for part in said.split("\n\n"))
    if kind == "crisis":
        number = {"ru": "1\u00a0234,5", "zh": "1,234.5", "ar": "1,234.5", "tr": "1.234,5"}[language]
        assert words.sentence("alert_crisis_negative_few", language, count=number, of=number) in said, "the counts alone, where they are too few for a share"
        assert words.word("alert_not_known", language) in said
        assert number in said


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_what_the_house_ships_is_said_in_each_language(language: str, house: Settings) -> None:
    desks = {duty.owner for duty in house.duties.duties} | {duty.after_hours for duty in house.duties.duties} | {desk.owner for desk in house.oncall.desks}
    assert all(house.oncall.called(desk, language) != desk for desk in desks if desk)
    assert all(department.called(language) != department.name or language in department.names for department in house.departments.departments)
    assert all(language in play.translations for play in house.playbook.plays)
    assert (house.oncall.called("A desk of ours", language), house.oncall.called("Cards desk", "en")) == ("A desk of ours", "Cards desk")
    spoken = house.playbook.steps("gate", None, 3, language)
    assert len(spoken) == len(house.playbook.steps("gate", None, 3)) == 2
    assert "docs/runbooks.md" in spoken[0]
    assert spoken != house.playbook.steps("gate", None, 3)


@pytest.mark.parametrize(("language", "said"), [
    ("ru", "Данные неполные: несколько площадок: данных нет, X: данных нет, ВКонтакте (открытых пробелов: 2); числа могут быть занижены."
           " Проверки слоя core не пройдены: прежде чем полагаться на числа, посмотрите его тревогу."),
    ("zh", "数据不完整：多个平台中断、X中断、VK（未补缺口：2）；数字可能偏低。core层的检查未通过：使用数字之前请先查看该层的警报。"),
])  # fmt: skip
def test_how_whole_the_numbers_are_is_said_in_the_language(language: str, said: str, quiet: str, house: Settings) -> None:
    put(quiet, "mart_freshness", platform="vk", open_gap_count=2)
    for n, (kind, key, platform) in enumerate((("stale", "dark|x", "x"), ("stale", "dark|all", None), ("gate", "gate|core", None))):
        put(quiet, "ops.alerts", alert_id=f"{n}0000000-0000-0000-0000-000000000000", alert_key=key, kind=kind, status="open", severity=3, magnitude=1, title="t",
            facts={}, platform=platform, started_at=NOON, last_at=NOON, opened_at=NOON, fired_at=NOON, fired_severity=3, fired_magnitude=1)
    with connect(quiet) as connection:
        noted = wholeness.facts(connection)
    assert wholeness.sentence(noted, language) == said
    assert noted["coverage"] == ("Coverage is incomplete: several platforms are dark, x is dark, vk (2 open gaps); numbers may be too low. The checks of core do"
                                 " not hold: look at its alert before you rely on a number.")
    assert wholeness.sentence({"coverage": "of an older event"}, language) == "of an older event"
    assert wholeness.sentence({}, language) == ""


def test_a_mail_in_arabic_runs_from_right_to_left(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(speaking(house, "internet_bank", "ar"), quiet)
    [mail] = post.of("remote@bank.example")
    shown = text_of(mail, "html")
    assert '<html lang="ar" dir="rtl">' in shown
    assert not re.search("[\u2066-\u2069]", shown), "some mail programs show them as boxes"
    assert shown.count("<bdi>") == shown.count("</bdi>") > 5
    links = re.findall(r'<a dir="ltr"[^>]* href="([^"]+)">', shown)
    assert [link for link in links if link.startswith("https://renown.bank.example/alerts/")]
    assert "https://x.example/i/1770" in links
    assert "الموضوع" in mail["Subject"]
    assert ", " not in mail["Subject"]


def test_what_people_wrote_stays_what_it_is_on_the_page() -> None:
    shown = page.html("t <b>", '     "<script>x</script> \u2068 & https://a.example/?a=1&b=\'2\'"\n', None, "zh")
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert '<bdi>&quot;&lt;script&gt;x&lt;/script&gt;' in shown
    assert 'href="https://a.example/?a=1&amp;b="' in shown
    assert 'dir="ltr"><head>' in shown


def test_a_second_copy_says_so_on_the_page_too() -> None:
    told = Message("t", "x", page.html("t", "x", None, "ru"), language="ru").marked()
    shown = text_of(compose("a@bank.example", "b@bank.example", told, "k"), "html")
    assert words.sentence("maybe_duplicate", "ru") in shown.partition("<h1")[0]
    plain = text_of(compose("a@bank.example", "b@bank.example", replace(told, maybe_duplicate=False), "k"), "html")
    assert words.sentence("maybe_duplicate", "ru") not in plain


def test_departments_that_do_not_agree_are_told_in_english(house: Settings) -> None:
    spoken, row = speaking(house, "internet_bank", "ru"), {"desk": None, "departments": {"internet_bank": 4, "pr": 4}}
    assert translated.language_of(spoken, row) is None
    assert translated.language_of(spoken, row | {"departments": {"internet_bank": 4}}) == "ru"
    assert translated.language_of(spoken, row | {"departments": {}}) is None


def test_every_kind_event_and_platform_has_its_words() -> None:
    assert set(FACTS) == {*get_args(Kind), "drill"}
    for kind in FACTS:
        assert words.word(f"alert_kind_{kind}", "ru") != words.word(f"alert_kind_{kind}", "en")
    for name, (own, *_) in PLATFORMS.items():
        assert words.platform(name, "en") == words.platform(name, None) == own
    assert (words.platform("weibo", "zh"), words.platform("vk", "ru"), words.platform("mastodon", "ru")) == ("新浪微博", "ВКонтакте", "Mastodon")
