"""The words of an alert: numbers with their baselines, example posts, what to do, how to take it apart, how to acknowledge, how to change the rule.

    event (numbers as they were then) + examples + playbook ──► title, text ──► delivery.channels.Message

Words of posts come masked and only where every department that it concerns is granted personal data, and only to a desk whose duty is one of
these departments': never to who is next, into the folder or into a shell. No author's name stands anywhere.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from delivery import words
from delivery.alerts import oncall, translated
from settings import Settings

SHOWN_LETTERS = 240
POSTS = """
select m.mention_id::text, m.platform, m.native_id, m.url, t.masked_text
from unnest(%s::uuid[]) with ordinality as wanted (mention_id, place) join core.current_mentions m using (mention_id)
left join lateral (
    select masked_text from nlp.masked_texts t where t.mention_id = m.mention_id and t.mention_version = m.version
      and t.model_version = (select models ->> 'masked_text' from nlp.manifests where is_active)
) as t on true
order by wanted.place
"""
EVENTS = {"opened": "", "grew": "GREW: ", "reopened": "AGAIN: ", "escalated": "NOT ACKNOWLEDGED: ", "resolved": "OVER: "}
WHAT_TO_CHANGE = {
    "crisis": "config/severity.yml (how grave an hour is), incidents.yml (known ones), alerts.yml `crisis`",
    "sla": "config/renown.yml `response_window_hours`, targets.yml `response_rate`, alerts.yml `sla`",
    "gap": "config/alerts.yml `gap`, sources.yml (the source)",
    "stale": "config/alerts.yml `stale`, sources.yml (the schedule)",
    "gate": "config/alerts.yml `gate`; the checks stand in expectations/",
    "drill": "nothing: somebody asked for it by 'renown alerts test'",
}


def title(row: Mapping[str, Any], settings: Settings | None = None, language: str | None = None) -> str:
    """One line: what happened to it, how grave, what it is."""
    if settings and language:
        return translated.title(settings, row, language)
    drill = "DRILL, nothing happened: " if row["kind"] == "drill" else ""
    return f"[{row['severity']}/5] {drill}{EVENTS[row['event']]}{row['facts']['title']}"


def text(connection: psycopg.Connection, settings: Settings, row: Mapping[str, Any], link: str | None, language: str | None = None) -> str:
    """The whole message. `row`: of ledger.waiting; `language`: of translated.language_of."""
    if language:
        return _translated(connection, settings, row, link, language)
    parts = [_head(settings, row), _numbers(row), _apart(row), _answer(row, link), _steps(settings, row), _posts(connection, settings, row),
             _who(settings, row)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _translated(connection: psycopg.Connection, settings: Settings, row: Mapping[str, Any], link: str | None, language: str) -> str:
    """The same parts in the same order, in the reader's language."""
    plays = [] if row["event"] == "resolved" else settings.playbook.steps(row["kind"], row["topic_id"], row["severity"], language)
    parts = [translated.head(settings, row, language), translated.numbers(row, language), translated.apart(explain(row), language),
             translated.take(row, f"renown alerts ack {short(row['alert_id'])}", link, language), translated.steps(plays, language),
             _posts(connection, settings, row, language), translated.who(settings, row, language)]
    return "\n\n".join(part for part in parts if part) + "\n"


def line(row: Mapping[str, Any], settings: Settings | None = None, language: str | None = None) -> str:
    """An alert in a list: what it is, and how to look at it."""
    return f"{title(row, settings, language)}\n    renown alerts show {short(row['alert_id'])}"


def short(alert_id: str) -> str:
    """As much of an id as a person types."""
    return alert_id[:8]


def _head(settings: Settings, row: Mapping[str, Any]) -> str:
    at, again = _local(settings, row["at"]), f", told for the {row['fire']}. time" if row["fire"] > 1 else ""
    late = f"It ended at {_local(settings, row['facts']['last_alarm_at'])}: its data came late.\n" if row["facts"].get("came_late") else ""
    what = f"{row['facts']['title']}\nSeverity {row['severity']} of 5, {row['kind']}, {row['event']} {at}{again}.\n"
    return f"{what}{late}{row['facts'].get('coverage', '')}".rstrip()


def _numbers(row: Mapping[str, Any]) -> str:
    lines = NUMBERS.get(row["kind"], lambda facts: [])(row["facts"])
    return "\n".join(["Numbers", *(f"  {entry}" for entry in lines)]) if lines else ""


def _crisis(f: Mapping[str, Any]) -> list[str]:
    share = "" if f["negative_share"] is None else f"{_n(100 * f['negative_share'])} % "  # of fewer than min_n only the counts are told
    of = f"{_n(f['negative_count'])} of {_n(f['sentiment_count'])} with a sentiment"
    negative = [f"negative: {share}({of})" if share else f"negative: {of}"] if f.get("sentiment_count") else []
    return [
        f"{f['mention_count']} mentions in the hour from {_minute(f['hour_at'])} UTC ({f['series_type']} {f['series_id']});"
        f" baseline {_n(f['baseline_mean'])} an hour, median {_n(f['baseline_median'])}, of {_n(f['baseline_points'])} hours",
        f"q value {_p(f['q_value'])} (tail probability {_p(f['tail_probability'])}, robust z {_n(f['robust_z'])}), volume score {_n(f['volume_score'])},"
        f" {_n(f['ratio_to_24h_mean'])} times the last day's mean",
        *negative,
        f"{f['distinct_authors']} authors, {f['platform_count']} platforms, {_n(f['story_count'])} stories, {_n(f['bot_likely_count'])} by likely bots",
        f"the episode: {f['episode_mentions']} mentions in {f['alarm_hours']} hours with an alarm, since {_minute(f['started_at'])} UTC"]


def _sla(f: Mapping[str, Any]) -> list[str]:
    rate = "no rate yet"
    if f["response_rate_pct"] is not None:
        between = f"{f['response_rate_pct_lower']:.0f} to {f['response_rate_pct_upper']:.0f}, n {f['response_rate_n']}"
        rate = f"response rate {f['response_rate_pct']:.0f} % ({between}) in {f['since_days']} days"
    target = f", target {f['target_pct']:.0f} %" if f["target_pct"] is not None else ""
    return [f"{f['case_count']} cases wait longer than {f['window_hours']} h, the oldest {f['oldest_seconds'] / 3600:.0f} h",
            f"{f['urgent_count']} of them urgent, {f['negative_count']} negative; triage level of the gravest: {f['gravest_level']}", f"{rate}{target}"]


def _stale(f: Mapping[str, Any]) -> list[str]:
    return [f"{source}: last success {_minute(at) + ' UTC' if at else 'never'}" for source, at in f["sources"].items()] + [
        f"told after {f['intervals']} runs of the schedule without one; response times and volumes of the platform are not judged meanwhile"]


def _gap(f: Mapping[str, Any]) -> list[str]:
    coverage = f", lowest coverage {f['lowest_coverage_pct']:.0f} %" if f["lowest_coverage_pct"] is not None else ""
    return [f"{f['hours']} hours with a gap since {_minute(f['first_hour'])} UTC, {f['open_gaps']} open{coverage}", f"sources: {', '.join(f['sources'])}"]


def _gate(f: Mapping[str, Any]) -> list[str]:
    return [*f["checks"], f"run {f['run_id']} at {_minute(f['ran_at'])} UTC; the marts' last good state stays"]


NUMBERS = {"crisis": _crisis, "sla": _sla, "stale": _stale, "gap": _gap, "gate": _gate}


def _posts(connection: psycopg.Connection, settings: Settings, row: Mapping[str, Any], language: str | None = None) -> str:
    rules = settings.alerts.examples
    found = connection.execute(POSTS, (row["example_ids"][: rules.count],)).fetchall()
    with_text = rules.texts == "masked" and _granted(settings, row)
    lines = []
    for number, (mention_id, platform, native_id, url, masked) in enumerate(found, 1):
        told = words.sentence("alert_post", language, number=number, platform=platform, native_id=native_id, mention=mention_id)
        lines.append(f"  {told}" + (f" {url}" if url and rules.links else ""))
        if with_text and masked:
            said = " ".join(masked.split())
            lines.append(f"     \"{said[:SHOWN_LETTERS]}{' …' if len(said) > SHOWN_LETTERS else ''}\"")
    return "\n".join([words.word("alert_posts", language), *lines]) if lines else ""


def _granted(settings: Settings, row: Mapping[str, Any]) -> bool:
    """Whether who is told may read what people wrote: a desk on duty for a department that it concerns, where each of these is granted it."""
    departments, desk = row["departments"], row["desk"]
    allowed = {department.id for department in settings.departments.departments if department.personal_data}
    theirs = {name for duty in settings.duties.duties if duty.department in departments for name in (duty.owner, duty.after_hours)}
    is_own = row["event"] in ("opened", "grew", "reopened") and row.get("channel") in ("email", "chat") and desk is not None and desk in theirs
    return is_own and bool(departments) and set(departments) <= allowed


def _steps(settings: Settings, row: Mapping[str, Any]) -> str:
    steps = settings.playbook.steps(row["kind"], row["topic_id"], row["severity"])
    if not steps or row["event"] == "resolved":
        return ""
    return "\n".join(["What to do (config/playbook.yml)", *(f"  {n}. {step}" for n, step in enumerate(steps, 1))])


def _apart(row: Mapping[str, Any]) -> str:
    command = explain(row)
    return f"Take it apart: {command}" if command else ""


def explain(row: Mapping[str, Any]) -> str:
    """The command that shows what is behind the number."""
    facts, bank = row["facts"], row["bank_id"]
    if row["kind"] == "crisis":
        hour = datetime.fromisoformat(facts["hour_at"]).strftime("%Y-%m-%dT%H")
        return (f"renown explain mart_crisis_signals.mention_count --bank {bank} --date {hour} --cell series_type={facts['series_type']}"
                f" --cell {shlex.quote('series_id=' + facts['series_id'])}")
    if row["kind"] == "sla":
        return f"renown explain mart_customer_care.response_rate_pct --bank {bank} --date {facts['oldest_at'][:10]} --platform {row['platform']}"
    if row["kind"] in ("stale", "gap"):
        return "renown sources"
    return "renown status" if row["kind"] == "gate" else ""


def _answer(row: Mapping[str, Any], link: str | None) -> str:
    if row["event"] == "resolved":
        return ""
    by_link = " or by the link below" if link else ""
    return f"Acknowledge: renown alerts ack {short(row['alert_id'])}{by_link}"


def _who(settings: Settings, row: Mapping[str, Any]) -> str:
    nexts = [f"{step.to} after {step.after_minutes} min" for step in oncall.steps(settings.oncall, row["departments"], row["severity"], row["owner"])]
    going_on = row["event"] != "resolved" and row["kind"] != "drill"
    after = f"Nobody acknowledges it: {', then '.join(nexts)}.\n" if nexts and going_on else ""
    desk = f"Told: {row['desk']}.\n" if row["desk"] else ""
    return (f"{desk}{after}To change the rule: {WHAT_TO_CHANGE[row['kind']]}; whom it reaches: duties.yml, oncall.yml; what to do: playbook.yml."
            " 'renown check' looks at them.")


def _local(settings: Settings, at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(settings.zone()):%Y-%m-%d %H:%M} ({settings.general.timezone})"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _n(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.1f}".removesuffix(".0")


def _p(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2g}"
