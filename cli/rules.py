"""The rules of `renown check` beyond each file's schema: names, references, times, patterns.

A rule looks at one folder and adds findings; RULES says which files must have loaded before it can look.
The rules for sources and queries stand in cli/source_rules.py.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cli.alert_rules import ALERT_RULES
from cli.findings import Folder
from cli.source_rules import SOURCE_RULES, is_schedule
from delivery.channels.paths import complaint
from settings.errors import ConfigError
from settings.loader import FILES, NO_NUMBERS, REPOSITORY, check_references, placed
from settings.models import Extract
from settings.yaml_files import read_yaml

Rule = Callable[[Folder], None]
HANDLE_PATTERNS = {
    "x": (r"\w{1,15}", "1 to 15 letters, digits or _"),  # help.x.com "X username rules"
    "vk": (r"[\w.]+", "the address behind vk.com/"),
    "telegram": (r"\w{4,32}", "the name behind t.me/"),
}
DOMAIN = re.compile(r"[^\s/:@]+\.[^\s/:@.]+")


def unknown_files(folder: Folder) -> None:
    """A misspelt file name would otherwise stand for defaults without a word."""
    for path in sorted(folder.directory.iterdir()):
        if path.suffix == ".yaml" or (path.suffix == ".yml" and path.stem not in FILES):
            names = ", ".join(f"{stem}.yml" for stem in FILES)
            folder.warning(path.stem, (), f"{path.name} is not read", f"name it one of {names}")


def references(folder: Folder) -> None:
    """Ids of banks and departments that other files use; one complaint a file, as for its schema."""
    defaults = {stem: FILES[stem]() for stem in ("topics", "subscriptions", "incidents", "duties", "targets", "campaigns")}
    for stem in defaults:
        if stem in folder.parts:
            try:
                check_references(folder.directory, {**folder.parts, **defaults, **dict.fromkeys(NO_NUMBERS), stem: folder.parts[stem]})
            except ConfigError as error:
                folder.add_error(error)


def filtered_banks(folder: Folder) -> None:
    """Bank ids in the lists of a subscription's `in` filter (single ones are among the references)."""
    known = {bank.id for bank in folder.parts["banks"].banks}
    for i, entry in enumerate(folder.parts["subscriptions"].subscriptions):
        for place, j, condition in ((place, j, c) for place, part in placed(entry) for j, c in enumerate(part.filters)):
            listed = condition.value if isinstance(condition.value, list) else []
            strangers = {str(value) for value in listed} - known
            if condition.column == "bank_id" and strangers:
                folder.error("subscriptions", ("subscriptions", i, *place, "filters", j, "value"),
                             f"unknown bank id '{min(strangers)}'", f"use one of {', '.join(sorted(known))}")


def handles(folder: Folder) -> None:
    """Official accounts: written as contracts want them, and each the account of one bank only."""
    owners: dict[tuple[str, str], str] = {}
    for i, bank in enumerate(folder.parts["banks"].banks):
        for platform, names in bank.handles.items():
            for j, name in enumerate(names):
                where = ("banks", i, "handles", platform, j)
                _handle_form(folder, where, platform, name)
                owner = owners.setdefault((platform, name.lower()), bank.id)
                if owner != bank.id:
                    folder.error("banks", where, f"handle '{name}' on {platform} belongs to {owner} already",
                                 "an official account has one bank: leave it with that one")


def _handle_form(folder: Folder, where: tuple[Any, ...], platform: str, name: str) -> None:
    pattern, words = HANDLE_PATTERNS.get(platform, (r"[^\s/@]+(@[^\s/@]+)?", "no @ in front, no spaces, no address"))
    if name.startswith("@"):
        folder.error("banks", where, f"handle '{name}' starts with @", f"write it as '{name.lstrip('@')}'")
    elif not re.fullmatch(pattern, name):
        folder.error("banks", where, f"handle '{name}' is no {platform} handle", f"give the bare name: {words}")


def names(folder: Folder) -> None:
    """A bank that nobody can name is never found; a name of two banks counts twice."""
    owners: dict[str, str] = {}
    languages = folder.parts["renown"].languages if "renown" in folder.parts else ()
    for i, bank in enumerate(folder.parts["banks"].banks):
        missing = [language for language in languages if not bank.aliases.get(language)]
        if missing:
            folder.warning("banks", ("banks", i, "aliases"), f"{bank.id} has no alias in {', '.join(missing)}",
                           "add its name as people write it there")
        for language, j, alias in ((lang, j, a) for lang, found in bank.aliases.items() for j, a in enumerate(found)):
            where = ("banks", i, "aliases", language, j)
            owner = owners.setdefault(alias.casefold(), bank.id)
            if not alias.strip():
                folder.error("banks", where, f"{bank.id} has an empty alias", "take it out")
            elif owner != bank.id:
                folder.error("banks", where, f"alias '{alias}' names {owner} too",
                             "leave it with one bank, or move it to both banks' `ambiguous`")


def bank_details(folder: Folder) -> None:
    """Ambiguous names need context words; domains are bare; an alias that is ambiguous too would always match."""
    for i, bank in enumerate(folder.parts["banks"].banks):
        if bank.ambiguous and not any(bank.context.values()):
            folder.warning("banks", ("banks", i, "ambiguous"),
                           f"{bank.id}: ambiguous names without `context` never match",
                           "add words that stand near the name when the bank is meant")
        aliases = {alias.casefold() for found in bank.aliases.values() for alias in found}
        for j, name in enumerate(bank.ambiguous):
            if name.casefold() in aliases:
                folder.error("banks", ("banks", i, "ambiguous", j), f"'{name}' is an alias of {bank.id} as well",
                             "keep it in one of the two lists")
        for j, domain in enumerate(bank.domains):
            if not DOMAIN.fullmatch(domain):
                folder.error("banks", ("banks", i, "domains", j), f"'{domain}' is no domain",
                             "write it like bank.example")


def unique_ids(folder: Folder) -> None:
    """Ids that a table's key or a file name is made of."""
    for stem, items in (("departments", "departments"), ("topics", "topics"), ("severity", "rules"),
                        ("subscriptions", "subscriptions"), ("campaigns", "campaigns")):
        values = [item.id for item in getattr(folder.parts[stem], items)] if stem in folder.parts else []
        for i in _repeated(values):
            folder.error(stem, (items, i, "id"), f"id '{values[i]}' appears twice", "give each entry an id of its own")


def topics(folder: Folder) -> None:
    """A topic without cue words is never found by the fast profile."""
    for i, topic in enumerate(folder.parts["topics"].topics):
        if not any(topic.cues.values()):
            folder.warning("topics", ("topics", i), f"topic {topic.id} has no cues",
                           "add words that mark it, by language")


def hours(folder: Folder) -> None:
    """One opening a weekday, opening before closing, holidays as dates."""
    openings = folder.parts["hours"].hours
    for i in _repeated([opening.weekday for opening in openings]):
        folder.error("hours", ("hours", i, "weekday"), f"weekday {openings[i].weekday} appears twice",
                     "one line a weekday")
    for i, opening in enumerate(openings):
        if opening.opens >= opening.closes:
            folder.error("hours", ("hours", i), f"weekday {opening.weekday} closes before it opens",
                         "opens must be earlier")
    for i, day in enumerate(folder.parts["hours"].holidays):
        if not _is_date(day):
            folder.error("hours", ("holidays", i), f"holiday '{day}' is no date", "write it as YYYY-MM-DD")


def replies(folder: Folder) -> None:
    """Reply patterns are regular expressions."""
    for i, pattern in enumerate(folder.parts["replies"].patterns):
        try:
            re.compile(pattern.pattern, re.IGNORECASE)
        except re.error as error:
            folder.error("replies", ("patterns", i, "pattern"), f"pattern does not compile ({error})",
                         "correct the regular expression")


def incidents(folder: Folder) -> None:
    """An incident ends after it starts."""
    for i, incident in enumerate(folder.parts["incidents"].incidents):
        if incident.ends_at.timestamp() <= incident.starts_at.timestamp():
            folder.error("incidents", ("incidents", i, "ends_at"), "the incident ends before it starts",
                         "swap or correct the times")


def campaigns(folder: Folder) -> None:
    """A campaign (a release need not be spoken of) needs a hashtag or a wording to be found; a hashtag is a bare word, and one campaign's at a time."""
    entries = folder.parts["campaigns"].campaigns
    for i, campaign in enumerate(entries):
        if campaign.kind == "campaign" and not campaign.hashtags and not any(campaign.wording.values()):
            folder.warning("campaigns", ("campaigns", i), f"campaign {campaign.id} has neither hashtags nor wording",
                           "add what people write when they speak of it")
        for j, tag in enumerate(campaign.hashtags):
            where = ("campaigns", i, "hashtags", j)
            if not re.fullmatch(r"\w+", tag):
                folder.error("campaigns", where, f"hashtag '{tag}' is no bare word", "no # in front, no blanks or hyphens")
            for other in entries[:i]:
                shared = tag.casefold() in {known.casefold() for known in other.hashtags}
                if shared and other.starts <= campaign.ends and campaign.starts <= other.ends:
                    folder.warning("campaigns", where, f"hashtag '{tag}' is {other.id}'s at the same time",
                                   "posts with it are counted for both campaigns")


def subscriptions(folder: Folder) -> None:
    """Schedules that cron understands, marts and columns that exist, lists where `in` wants one, personal data where it is granted."""
    for i, entry in enumerate(folder.parts["subscriptions"].subscriptions):
        where = ("subscriptions", i)
        if not is_schedule(entry.schedule):
            folder.error("subscriptions", (*where, "schedule"), f"'{entry.schedule}' is no cron expression",
                         "five fields such as '0 7 * * 1', or @daily")
        wrong = complaint(entry.channel.path) if entry.channel.kind in ("folder", "s3", "sftp") else None
        if wrong:
            folder.error("subscriptions", (*where, "channel", "path"), *wrong)
        for place, part in placed(entry):
            _extract(folder, (*where, *place), part)
        departments = folder.parts["departments"].departments if "departments" in folder.parts else []
        if entry.personal_data == "pii" and not any(d.id == entry.department and d.personal_data for d in departments):
            folder.error("subscriptions", (*where, "personal_data"), f"{entry.department} is not granted personal data",
                         "leave it masked, or say personal_data: true in departments.yml")


def _extract(folder: Folder, where: tuple[Any, ...], part: Extract) -> None:
    """One mart's columns and filters, against what the project's models declare."""
    marts = {path.stem: path for path in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.sql")}
    if marts and part.mart not in marts:
        folder.error("subscriptions", (*where, "mart"), f"there is no mart '{part.mart}'", f"use one of {', '.join(sorted(marts))}")
        return
    known = _columns(marts[part.mart].with_suffix(".yml"), part.mart) if marts else []
    named: list[tuple[tuple[Any, ...], str]] = [(("columns", j), name) for j, name in enumerate(part.columns)]
    named += [(("filters", j, "column"), condition.column) for j, condition in enumerate(part.filters)]
    named += [(("window_column",), part.window_column)] if part.window_column else []
    for place, name in named:
        if known and name not in known:
            folder.error("subscriptions", (*where, *place), f"{part.mart} has no column '{name}'", f"use one of {', '.join(known)}")
    for j, condition in enumerate(part.filters):
        if (condition.op == "in") != isinstance(condition.value, list):
            folder.error("subscriptions", (*where, "filters", j), f"`{condition.op}` and its value do not fit",
                         "`in` takes a list, the others one value")


@cache
def _columns(path: Path, mart: str) -> list[str]:
    """The columns that a mart's .yml declares."""
    declared = (read_yaml(path.read_text("utf-8")) or {}) if path.exists() else {}
    return [str(column["name"]) for model in declared.get("models", []) if model["name"] == mart for column in model.get("columns", [])]


def notifications(folder: Folder) -> None:
    """A failure must reach somebody."""
    entry = folder.parts["notifications"]
    if not entry.on_failure_folder and not any(os.environ.get(name) for name in entry.on_failure_env):
        folder.warning("notifications", ("on_failure_env",), "a failed task would reach nobody",
                       "set one of the environment variables named there, or on_failure_folder")


def _repeated(values: Iterable[Any]) -> list[int]:
    """The positions of values that stood before."""
    seen: Counter[Any] = Counter()
    positions = []
    for i, value in enumerate(values):
        if seen[value]:
            positions.append(i)
        seen[value] += 1
    return positions


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, date) or bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


RULES: list[tuple[tuple[str, ...], Rule]] = list(itertools.chain(
    [((), unknown_files), (("banks", "departments"), references),
     (("banks", "subscriptions"), filtered_banks), (("banks",), handles), (("banks",), names),
     (("banks",), bank_details), ((), unique_ids), (("topics",), topics), (("hours",), hours), (("replies",), replies),
     (("incidents",), incidents), (("campaigns",), campaigns), (("subscriptions",), subscriptions), (("notifications",), notifications)],
    SOURCE_RULES, ALERT_RULES))
