"""Read config/*.yml into Settings; every complaint names the file, the line and the mend.

    file ──► YAML nodes (with line marks) ──► pydantic model ──► Settings
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from settings import alerting, models
from settings.errors import ConfigError, RenownError
from settings.home import home_path
from settings.yaml_files import compose_yaml, read_with_nodes

ModelT = TypeVar("ModelT", bound=BaseModel)
REPOSITORY = Path(__file__).resolve().parent.parent
FILES: dict[str, type[BaseModel]] = {
    "renown": models.General, "banks": models.Banks, "sources": models.Sources, "queries": models.Queries,
    "topics": models.Topics, "departments": models.Departments, "hours": models.Hours, "severity": models.Severity,
    "replies": models.Replies, "press": models.Press, "incidents": models.Incidents,
    "duties": models.Duties, "employees": models.Employees, "targets": models.Targets, "campaigns": models.Campaigns,
    "places": models.Places,
    "subscriptions": models.Subscriptions, "notifications": models.Notifications,
    "alerts": alerting.Alerts, "oncall": alerting.Oncall, "playbook": alerting.Playbook,
}  # file stem → model; a missing file stands for its defaults, banks.yml apart
NO_NUMBERS = ("alerts", "oncall", "playbook")  # whom to call is part of no number: no new version of the configuration, no rebuild

QUERIES = "queries"  # which posts are asked for: a change of these alone is told as such (Settings.without_queries)


def config_directory() -> Path:
    """RENOWN_CONFIG, else config/ of the repository."""
    return Path(os.environ.get("RENOWN_CONFIG") or REPOSITORY / "config").resolve()


def load_settings(config_dir: Path | None = None, home: Path | None = None) -> models.Settings:
    """All of config/, validated, with the clock and the home. Raises ConfigError at the first unusable file."""
    directory = (config_dir or config_directory()).resolve()
    if not directory.is_dir():
        raise ConfigError(directory, None, "no such folder", "run 'renown init' or set RENOWN_CONFIG to a folder with banks.yml")
    digest, rest = hashlib.sha256(), hashlib.sha256()

    def seen(stem: str) -> Callable[[bytes], object]:
        counted = [] if stem in NO_NUMBERS else [digest] if stem == QUERIES else [digest, rest]

        def count(raw: bytes) -> None:
            for one in counted:
                one.update(raw)

        return count

    parts = {stem: load_file(directory / f"{stem}.yml", model, seen(stem)) for stem, model in FILES.items()}
    check_references(directory, parts)
    return models.Settings(
        home=home or home_path(), config_dir=directory, general=parts.pop("renown"),
        config_version=digest.hexdigest()[:12], without_queries=rest.hexdigest()[:12], as_of=clock(), **parts)


def load_file(path: Path, model: type[ModelT], seen: Callable[[bytes], object] = len) -> ModelT:
    """One YAML file as `model`; `seen` is handed its bytes. Raises ConfigError with the line."""
    if not path.exists():
        if model is models.Banks:
            raise ConfigError(path, None, "file is missing", "run 'renown init' to write one")
        return model()
    raw = path.read_bytes()
    seen(raw)
    node, value = _parse(path, raw)
    try:
        return model.model_validate(value if value is not None else {})
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}"
        raise ConfigError(path, line_of(node, first["loc"]), what, "correct the value; 'renown schema' prints what is allowed") from None


def _parse(path: Path, raw: bytes) -> tuple[yaml.Node | None, Any]:
    try:
        text = raw.decode("utf-8")
        return read_with_nodes(text)
    except UnicodeDecodeError as error:
        raise ConfigError(path, None, f"not UTF-8 at byte {error.start}", "save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ConfigError(path, mark.line + 1 if mark else None, f"broken YAML ({problem})", "mend the indentation or quoting there") from None


def line_of(node: yaml.Node | None, location: tuple[Any, ...]) -> int | None:
    for key in location:
        child = _child(node, key)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 if node else None


def _child(node: yaml.Node | None, key: Any) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value  # type: ignore[no-any-return]
    return None


def check_references(directory: Path, parts: dict[str, Any]) -> None:
    departments = {d.id for d in parts["departments"].departments}
    banks = {b.id for b in parts["banks"].banks}
    wanted: list[tuple[str, tuple[str | int, ...], Any, set[Any], str]] = []
    wanted += [("topics", ("topics", i, "department"), t.department, departments, "department")
               for i, t in enumerate(parts["topics"].topics)]
    wanted += [("subscriptions", ("subscriptions", i, "department"), s.department, departments, "department")
               for i, s in enumerate(parts["subscriptions"].subscriptions)]
    wanted += [("incidents", ("incidents", i, "bank"), n.bank, banks, "bank")
               for i, n in enumerate(parts["incidents"].incidents)]
    wanted += [("subscriptions", ("subscriptions", i, *place, "filters", j, "value"), f.value, banks, "bank")
               for i, s in enumerate(parts["subscriptions"].subscriptions) for place, part in placed(s)
               for j, f in enumerate(part.filters) if f.column == "bank_id" and isinstance(f.value, str)]
    wanted += [("subscriptions", ("subscriptions", i, "bank"), s.bank, banks, "bank")
               for i, s in enumerate(parts["subscriptions"].subscriptions) if s.bank]
    wanted += [("duties", ("duties", i, "department"), d.department, departments, "department") for i, d in enumerate(parts["duties"].duties)]
    wanted += [("targets", ("targets", i, "bank"), t.bank, banks, "bank") for i, t in enumerate(parts["targets"].targets)]
    wanted += [("campaigns", ("campaigns", i, "bank"), c.bank, banks, "bank") for i, c in enumerate(parts["campaigns"].campaigns)]
    wanted += [("campaigns", ("campaigns", i, "department"), c.department, departments, "department")
               for i, c in enumerate(parts["campaigns"].campaigns) if c.department]
    wanted += [("campaigns", ("campaigns", i, "topics", j), topic, {t.id for t in parts["topics"].topics}, "topic")
               for i, c in enumerate(parts["campaigns"].campaigns) for j, topic in enumerate(c.topics)]
    wanted += oncall_references(parts)
    wanted += [("places", (part, i, "bank"), p.bank, banks, "bank") for part in ("registers", "partners")
               for i, p in enumerate(getattr(parts["places"], part)) if p.bank]
    for stem, location, value, known, noun in wanted:
        if value not in known:
            path = directory / f"{stem}.yml"
            line = line_of(compose_yaml(path.read_text("utf-8")), location)
            raise ConfigError(path, line, f"unknown {noun} id '{value}'", f"use one of {', '.join(sorted(known)) or '(none defined)'}")


def oncall_references(parts: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...], Any, set[Any], str]]:
    """Names in oncall.yml, alerts.yml and playbook.yml: (file, place, name, those there are, what it names)."""
    oncall, alerts, plays = parts.get("oncall"), parts.get("alerts"), parts.get("playbook")
    wanted: list[tuple[str, tuple[str | int, ...], Any, set[Any], str]] = []
    if oncall is not None:
        people, desks = {p.id for p in oncall.people}, {d.owner for d in oncall.desks}
        groups = people | {r.id for r in oncall.rotations}
        departments = {d.id for d in parts["departments"].departments}
        wanted += [("oncall", ("rotations", i, "people", j), name, people, "person") for i, r in enumerate(oncall.rotations)
                   for j, name in enumerate(r.people)]
        wanted += [("oncall", ("rotations", i, "overrides", j, "person"), o.person, people, "person") for i, r in enumerate(oncall.rotations)
                   for j, o in enumerate(r.overrides)]
        wanted += [("oncall", ("desks", i, "on_call"), d.on_call, groups, "person or rotation") for i, d in enumerate(oncall.desks)]
        wanted += [("oncall", ("escalation", i, "department"), e.department, departments, "department") for i, e in enumerate(oncall.escalation)
                   if e.department]
        wanted += [("oncall", ("escalation", i, "desk"), e.desk, desks, "desk") for i, e in enumerate(oncall.escalation) if e.desk]
        wanted += [("oncall", ("escalation", i, "steps", j, "to"), s.to, desks, "desk") for i, e in enumerate(oncall.escalation)
                   for j, s in enumerate(e.steps)]
        wanted += [("alerts", (kind, "owner"), owner, desks, "desk") for kind in ("sla", "gap", "stale", "gate")
                   if alerts is not None and desks and (owner := getattr(alerts, kind).owner)]
    if plays is not None:
        topics = {t.id for t in parts["topics"].topics}
        wanted += [("playbook", ("plays", i, "topics", j), name, topics, "topic") for i, p in enumerate(plays.plays) for j, name in enumerate(p.topics)]
    return wanted


def placed(subscription: models.Subscription) -> list[tuple[tuple[str | int, ...], models.Extract]]:
    """A subscription's extracts, each with its place inside the entry of subscriptions.yml."""
    return [((), part) if subscription.mart else (("extracts", k), part) for k, part in enumerate(subscription.parts)]


def clock() -> datetime | None:
    value = os.environ.get("RENOWN_AS_OF")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise RenownError(f"RENOWN_AS_OF='{value}' is not an ISO 8601 instant", "write it like 2026-03-30T00:00:00Z", exit_code=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
