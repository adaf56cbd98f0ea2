"""An alert's words in the language of whoever is told (departments.yml, duties.yml), from the catalogue that extracts and digests use.

    desk, departments ──► language_of() ──► None or en: delivery.alerts.message ──► else: catalogue, names of banks.yml and topics.yml ──► title, text

Names of desks and departments and the playbook's steps are told by their translations in config/, and stay as they stand where there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal

from delivery import words
from delivery.alerts import oncall, wholeness
from settings import Settings

EVENTS = ("grew", "reopened", "escalated", "resolved")
Row = Mapping[str, Any]


def language_of(settings: Settings, row: Row) -> str | None:
    """The language in which this message is told: of the desk's duty, else of the departments that it concerns where they agree; None: English."""
    departments = {d.id: d.language for d in settings.departments.departments}
    desk = row["desk"]
    theirs = [duty for duty in settings.duties.duties if desk is not None and desk in (duty.owner, duty.after_hours)]
    concerned = [duty for duty in theirs if duty.department in row["departments"]] or theirs
    spoken = [duty.language or departments.get(duty.department) for duty in concerned]
    spoken = spoken or [departments.get(department) for department in row["departments"]]
    return spoken[0] if spoken and len(set(spoken)) == 1 and spoken[0] != "en" else None


def title(settings: Settings, row: Row, language: str) -> str:
    """One line: what happened to it, how grave, what it is."""
    drill = words.sentence("alert_drill", language) if row["kind"] == "drill" else ""
    event = words.sentence(f"alert_{row['event']}", language) if row["event"] in EVENTS else ""
    return f"[{row['severity']}/5] {drill}{event}{what(settings, row, language)}"


def what(settings: Settings, row: Row, language: str) -> str:
    """What is wrong, without what became of it."""
    facts, platform = row["facts"], words.platform(row["platform"], language) if row["platform"] else ""
    departments = {d.id: d.called(language) for d in settings.departments.departments}
    names = words.word("alert_and", language).join(departments.get(d, words.word("alert_no_department", language)) for d in row["departments"])
    number = Numbers(language)
    given: dict[str, Any] = {
        "crisis": lambda: {"bank": _bank(settings, row, language), "severity": row["severity"], "about": _about(settings, row, language)},
        "sla": lambda: {"bank": _bank(settings, row, language), "cases": number(facts["case_count"]), "platform": platform, "department": names,
                        "hours": number(facts["window_hours"])},
        "stale": lambda: {"platform": platform or words.sentence("alert_platforms", language, count=_platforms(settings, facts)),
                          "sources": number(facts["source_count"])},
        "gap": lambda: {"platform": platform, "hours": number(facts["hours"]), "sources": ", ".join(facts["sources"])},
        "gate": lambda: {"layer": facts["layer"], "checks": number(facts["check_count"])},
        "drill": lambda: {"department": names, "severity": row["severity"]},
    }  # fmt: skip
    return words.sentence(f"alert_title_{row['kind']}", language, **given[row["kind"]]())


def head(settings: Settings, row: Row, language: str) -> str:
    """What it is, how grave, since when, and whether it came late or is told again."""
    kind, event = (words.word(f"alert_{part}_{row[part]}", language) for part in ("kind", "event"))
    lines = [what(settings, row, language),
             words.sentence("alert_head", language, severity=row["severity"], kind=kind, event=event, at=_local(settings, row["at"]))]  # fmt: skip
    if row["fire"] > 1:
        lines.append(words.sentence("alert_again", language, fire=row["fire"]))
    if row["facts"].get("came_late"):
        lines.append(words.sentence("alert_late", language, at=_local(settings, row["facts"]["last_alarm_at"])))
    return "\n".join([*lines, wholeness.sentence(row["facts"], language)]).rstrip()


def numbers(row: Row, language: str) -> str:
    """The numbers of its kind, a line each."""
    made = NUMBERS.get(row["kind"])
    lines = made(row["facts"], language, Numbers(language)) if made else []
    return "\n".join([words.word("alert_numbers", language), *(f"  {line}" for line in lines)]) if lines else ""


def apart(command: str, language: str) -> str:
    """The command that takes the number apart."""
    return words.sentence("alert_apart", language, command=command) if command else ""


def take(row: Row, command: str, link: str | None, language: str) -> str:
    """How to take it."""
    return "" if row["event"] == "resolved" else words.sentence("alert_take_or_link" if link else "alert_take", language, command=command)


def steps(found: list[str], language: str) -> str:
    """The playbook's steps."""
    return "\n".join([words.word("alert_steps", language), *(f"  {n}. {step}" for n, step in enumerate(found, 1))]) if found else ""


def who(settings: Settings, row: Row, language: str) -> str:
    """Who was told, who is next, and where the rule stands."""
    later = oncall.steps(settings.oncall, row["departments"], row["severity"], row["owner"])
    nexts = words.word("alert_then", language).join(
        words.sentence("alert_step", language, desk=settings.oncall.called(step.to, language), minutes=step.after_minutes) for step in later)
    lines = [words.sentence("alert_told", language, desk=settings.oncall.called(row["desk"], language))] if row["desk"] else []
    if nexts and row["event"] != "resolved" and row["kind"] != "drill":
        lines.append(words.sentence("alert_next", language, nexts=nexts))
    return "\n".join([*lines, words.sentence("alert_rule", language)])


class Numbers:
    """Numbers as this reader writes them; what is not known says so."""

    def __init__(self, language: str) -> None:
        self.language, self.locale = language, words.locale(language)

    def __call__(self, value: float | None) -> str:
        return self._unknown() if value is None else str(format_decimal(value, "#,##0.#", locale=self.locale, numbering_system="latn"))

    def small(self, value: float | None) -> str:
        """A probability: two digits that count."""
        return self._unknown() if value is None else f"{value:.2g}"

    def _unknown(self) -> str:
        return words.word("alert_not_known", self.language)


def _negative(f: Row, language: str, n: Numbers) -> str:
    """The counts, and their share where they are enough for one (min_n)."""
    counts = {"count": n(f["negative_count"]), "of": n(f["sentiment_count"])}
    if f["negative_share"] is None:
        return words.sentence("alert_crisis_negative_few", language, **counts)
    return words.sentence("alert_crisis_negative", language, share=n(100 * f["negative_share"]), **counts)


def _crisis(f: Row, language: str, n: Numbers) -> list[str]:
    negative = [_negative(f, language, n)] if f.get("sentiment_count") else []
    return [
        words.sentence("alert_crisis_volume", language, mentions=n(f["mention_count"]), hour=_minute(f["hour_at"]), mean=n(f["baseline_mean"]),
                       median=n(f["baseline_median"])),
        words.sentence("alert_crisis_rare", language, q=n.small(f["q_value"]), tail=n.small(f["tail_probability"]), score=n(f["volume_score"]),
                       ratio=n(f["ratio_to_24h_mean"])),
        *negative,
        words.sentence("alert_crisis_spread", language, authors=n(f["distinct_authors"]), platforms=n(f["platform_count"]), stories=n(f["story_count"]),
                       bots=n(f["bot_likely_count"])),
        words.sentence("alert_crisis_episode", language, mentions=n(f["episode_mentions"]), hours=n(f["alarm_hours"]), start=_minute(f["started_at"])),
    ]  # fmt: skip


def _sla(f: Row, language: str, n: Numbers) -> list[str]:
    rate = words.sentence("alert_sla_no_rate", language)
    if f["response_rate_pct"] is not None:
        rate = words.sentence("alert_sla_rate", language, rate=n(f["response_rate_pct"]), low=n(f["response_rate_pct_lower"]),
                              high=n(f["response_rate_pct_upper"]), n=n(f["response_rate_n"]), days=f["since_days"])  # fmt: skip
    target = [] if f["target_pct"] is None else [words.sentence("alert_target", language, target=n(f["target_pct"]))]
    return [words.sentence("alert_sla_cases", language, cases=n(f["case_count"]), hours=n(f["window_hours"]), oldest=n(round(f["oldest_seconds"] / 3600))),
            words.sentence("alert_sla_grave", language, urgent=n(f["urgent_count"]), negative=n(f["negative_count"]), level=f["gravest_level"]),
            rate, *target]  # fmt: skip


def _stale(f: Row, language: str, n: Numbers) -> list[str]:
    never = words.sentence("alert_never", language)
    return [words.sentence("alert_stale_source", language, source=source, at=_minute(at) + " UTC" if at else never) for source, at in f["sources"].items()] + [
        words.sentence("alert_stale_after", language, runs=n(f["intervals"]))]  # fmt: skip


def _gap(f: Row, language: str, n: Numbers) -> list[str]:
    lowest = f["lowest_coverage_pct"]
    return [words.sentence("alert_gap_hours", language, hours=n(f["hours"]), start=_minute(f["first_hour"]), gaps=n(f["open_gaps"])),
            *([] if lowest is None else [words.sentence("alert_gap_lowest", language, share=n(lowest))]),
            words.sentence("alert_gap_sources", language, sources=", ".join(f["sources"]))]  # fmt: skip


def _gate(f: Row, language: str, _: Numbers) -> list[str]:
    checks = [words.sentence("alert_check", language, check=check, target=target) if target else check
              for check, _, target in (each.partition(" on ") for each in f["checks"])]
    return [*checks, words.sentence("alert_gate_run", language, run=f["run_id"], at=_minute(f["ran_at"]))]


NUMBERS = {"crisis": _crisis, "sla": _sla, "stale": _stale, "gap": _gap, "gate": _gate}


def _bank(settings: Settings, row: Row, language: str) -> str:
    bank = settings.banks.by_id(row["bank_id"])
    spoken: Any = language
    return next(iter(bank.aliases.get(spoken, [])), bank.name)


def _about(settings: Settings, row: Row, language: str) -> str:
    kind, series = row["facts"]["series_type"], row["facts"]["series_id"]
    if kind == "all":
        parts = [words.word("alert_all", language)] + ([_series("topic", _topic(settings, row["topic_id"], language), language)] if row["topic_id"] else [])
        return words.word("alert_comma", language).join(parts)
    name = words.platform(series, language) if kind == "platform" else _topic(settings, series, language) if kind == "topic" else series
    return _series(kind, name, language)


def _series(kind: str, name: str, language: str) -> str:
    return words.sentence("alert_series", language, kind=words.word(f"series_{kind}", language), name=name)


def _topic(settings: Settings, topic: str, language: str) -> str:
    spoken: Any = language
    return next((entry.names.get(spoken, entry.name) for entry in settings.topics.topics if entry.id == topic), topic)


def _platforms(settings: Settings, facts: Row) -> int:
    return len({source.platform for source in settings.sources.sources if source.id in facts["sources"]})


def _local(settings: Settings, at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(settings.zone()):%Y-%m-%d %H:%M} ({settings.general.timezone})"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
