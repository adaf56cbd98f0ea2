"""What the marts need of config/*.yml, copied into schema config as one transaction.

    Settings ──► rows of each config.* table ──► delete + COPY, together, so that a reader never sees half of it
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from itertools import product
from typing import Any

import psycopg

from settings import Settings
from settings.models import PLATFORMS
from warehouse.bulk import copy_rows, identifier

Rows = Iterable[tuple[Any, ...]]


def sync_config(connection: psycopg.Connection, settings: Settings) -> None:
    """Replace every config.* table's rows by what `settings` says, in one transaction."""
    with connection.transaction():
        for table, (columns, rows) in TABLES.items():
            connection.execute(psycopg.sql.SQL("delete from {}").format(identifier(table)))
            copy_rows(connection, table, columns, sorted(set(rows(settings)), key=repr))
    connection.commit()


def _settings(settings: Settings) -> Rows:
    values = settings.general.model_dump(mode="json") | {"config_version": settings.config_version, "without_queries": settings.without_queries,
                                                         "home_bank": settings.banks.home}
    return [(key, json.dumps(value)) for key, value in values.items()]


def _banks(settings: Settings) -> Rows:
    return [(bank.id, bank.name, bank.country, bank.id == settings.banks.home, bank.competitor)
            for bank in settings.banks.banks]


def _accounts(settings: Settings) -> Rows:
    for bank in settings.banks.banks:
        for kind, accounts in (("handle", bank.handles), ("page", bank.pages)):
            for platform, names in accounts.items():
                for name in names:
                    yield bank.id, platform, name.lower(), kind


def _press(settings: Settings) -> Rows:
    return [(platform, name.lower()) for platform, names in settings.press.accounts.items() for name in names]


def _rules(settings: Settings) -> Rows:
    return [(rule.severity, rule.id, rule.model_dump_json(exclude={"id", "severity"})) for rule in settings.severity.rules]


def _campaigns(settings: Settings) -> Rows:
    return [(c.id, c.name, c.kind, c.bank, c.starts, c.ends, c.department, c.audience) for c in settings.campaigns.campaigns]


def _plays(settings: Settings) -> Rows:
    """Plays for open cases, a row for each topic and urgency that one names (None: any), their steps numbered, a line each."""
    any_of: list[str | None] = [None]
    for place, play in enumerate(settings.playbook.plays):
        if "case" in play.kinds:
            told = json.dumps({language: numbered(steps) for language, steps in play.translations.items()}, ensure_ascii=False, sort_keys=True)
            for topic, urgency in product(play.topics or any_of, play.urgencies or any_of):
                yield play.id, place, topic, urgency, play.max_triage_level, numbered(play.steps), told


def numbered(steps: list[str]) -> str:
    """Steps as one text."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


TABLES: dict[str, tuple[tuple[str, ...], Callable[[Settings], Rows]]] = {
    "config.settings": (("key", "value"), _settings),
    "config.banks": (("bank_id", "name", "country", "is_home", "is_competitor"), _banks),
    "config.bank_accounts": (("bank_id", "platform", "account", "account_kind"), _accounts),
    "config.platforms": (("platform", "name", "family", "reposts"), lambda s: [(p, *said) for p, said in PLATFORMS.items()]),
    "config.sources": (("source_id", "platform", "is_read"),
                       lambda s: [(o.id, o.platform, o.enabled and o.terms == "approved") for o in s.sources.sources]),
    "config.topics": (("topic_id", "name", "department_id", "is_regulated"),
                      lambda s: [(t.id, t.name, t.department, t.regulated) for t in s.topics.topics]),
    "config.departments": (("department_id", "name", "language"), lambda s: [(d.id, d.name, d.language) for d in s.departments.departments]),
    "config.business_hours": (("iso_weekday", "opens", "closes"),
                              lambda s: [(h.weekday, h.opens, h.closes) for h in s.hours.hours]),
    "config.holidays": (("day",), lambda s: [(day if isinstance(day, date) else date.fromisoformat(str(day)),)
                                             for day in s.hours.holidays]),
    "config.press_accounts": (("platform", "account"), _press),
    "config.severity_rules": (("severity", "rule_id", "rule"), _rules),
    "config.known_incidents": (("bank_id", "starts_at", "ends_at", "note"),
                               lambda s: [(i.bank, i.starts_at, i.ends_at, i.note) for i in s.incidents.incidents]),
    "config.duties": (("department_id", "min_severity", "owner", "after_hours", "is_default"),
                      lambda s: [(d.department, d.min_severity, d.owner, d.after_hours or d.owner, d.department == s.duties.default)
                                 for d in s.duties.duties]),
    "config.employee_accounts": (("platform", "account", "registered_on"),
                                 lambda s: [(a.platform, a.account.lower(), a.registered) for a in s.employees.accounts]),
    "config.targets": (("metric", "bank_id", "target", "wanted", "period_type"),
                       lambda s: [(t.metric, t.bank, t.target, t.wanted, t.period or "all") for t in s.targets.targets]),
    "config.campaigns": (("campaign_id", "name", "kind", "bank_id", "starts", "ends", "department_id", "audience"), _campaigns),
    "config.campaign_topics": (("campaign_id", "topic_id"), lambda s: [(c.id, t) for c in s.campaigns.campaigns for t in c.topics]),
    "config.plays": (("play_id", "place", "topic_id", "urgency", "max_triage_level", "advice", "translations"), _plays),
    "config.reply_patterns": (("language", "pattern", "role"),
                              lambda s: [(p.language, p.pattern, p.role) for p in s.replies.patterns]),
}  # table → columns, rows
