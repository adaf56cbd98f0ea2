"""Numbers, percents, days and instants as the digest's reader writes them (CLDR, by babel); page and message share them.

    language ──► locale ──► number(), percent(), interval(), duration(), moment() ──► page.html, the message's first lines
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from babel.dates import format_time
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from delivery import words
from delivery.digest.facts import Facts
from settings import Settings
from settings.models import PLATFORMS

NOTHING = "–"


def summary(facts: Facts, language: str | None) -> list[str]:
    """The first lines of a message: crises, mentions, net sentiment, answers."""
    says: dict[str, Any] = reader(language or "en", facts)
    care, net, number = facts.care, facts.net, says["number"]
    lines = [words.sentence("crisis", language, severity=number(crisis.severity), start=says["moment"](crisis.started_at),
                            end=says["moment"](crisis.ended_at), mentions=number(crisis.mentions)) for crisis in facts.crises]
    before = f" ({words.sentence('before', language, value=number(facts.before))})" if facts.before is not None else ""
    lines.append(f"{words.word('mentions_title', language)}: {number(facts.mentions)}{before}")
    for key, value, lower, upper in (("net_sentiment", says["decimal"](net.value), net.lower, net.upper),
                                     ("response_rate", says["percent"](care.rate), care.lower, care.upper)):
        between = says["interval"](lower, upper)
        lines.append(f"{words.word(key, language)}: {isolated(value)}{f' ({between})' if between else ''}")
    return lines


def reader(language: str, facts: Facts) -> dict[str, Any]:
    """The functions that write numbers, days and instants for this reader."""
    locale = words.locale(language)

    def number(value: float | None) -> str:
        return NOTHING if value is None else str(format_decimal(value, locale=locale, numbering_system="latn"))

    def decimal(value: float | None) -> str:
        return NOTHING if value is None else str(format_decimal(value, "#,##0.0", locale=locale, numbering_system="latn"))

    def percent(value: float | None) -> str:
        return NOTHING if value is None else str(format_percent(value / 100, locale=locale, decimal_quantization=True,
                                                                format=_percent_pattern(locale), numbering_system="latn"))

    def interval(lower: float | None, upper: float | None) -> str:
        return "" if lower is None or upper is None else words.sentence("interval", language, lower=isolated(decimal(lower)),
                                                                        upper=isolated(decimal(upper)))

    def signed(value: int | None) -> str:
        return NOTHING if value is None else ("+" if value > 0 else "") + number(value)

    def duration(seconds: float | None) -> str:
        if seconds is None:
            return NOTHING
        unit, size = ("duration-hour", 3600) if seconds >= 3600 else ("duration-minute", 60)
        return str(format_unit(round(seconds / size, 1), unit, "short", locale=locale, numbering_system="latn"))

    def moment(instant: Any) -> str:
        local = instant.astimezone(facts.window.zone)
        return f"{words.day(local.date(), language)} {format_time(local, 'short', locale=locale)}"

    return {"number": number, "decimal": decimal, "percent": percent, "interval": interval, "signed": signed, "duration": duration,
            "moment": moment, "day": lambda value: words.day(value, language)}


def named(facts: Facts, settings: Settings, language: str | None) -> Facts:
    """The same facts with banks, topics and platforms as this reader calls them (banks.yml, topics.yml, catalogue.yml); what has no such name keeps
    its own."""
    spoken: Any = language or "en"
    banks = {bank.name: next(iter(bank.aliases.get(spoken, [])), bank.name) for bank in settings.banks.banks} if language else {}
    topics = {topic.name: topic.names.get(spoken, topic.name) for topic in settings.topics.topics}
    platforms = {name: words.platform(key, language) for key, (name, *_) in PLATFORMS.items()} if language else {}
    return replace(facts, bank=banks.get(facts.bank, facts.bank),
                   shares=tuple(replace(share, bank=banks.get(share.bank, share.bank)) for share in facts.shares),
                   topics=tuple(replace(topic, name=topics.get(topic.name, topic.name)) for topic in facts.topics),
                   posts=tuple(replace(post, platform=platforms.get(post.platform, post.platform)) for post in facts.posts))


def isolated(text: str) -> str:
    """The text between marks that keep a minus sign on its side in a line from right to left (Unicode, left-to-right isolate)."""
    return f"\u2066{text}\u2069"


def _percent_pattern(locale: Any) -> str:
    return str(locale.percent_formats[None].pattern).replace("#,##0", "#,##0.0")
