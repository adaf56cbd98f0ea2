"""What `renown init` writes: a bank's answers as the text of every file of config/.

    Answers ──► config_files() ──► {"banks.yml": text, …}

What does not depend on the bank (topics and their cue words, severity, reply patterns, hours, departments) is copied
from the configuration that ships with Renown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

from settings.loader import FILES, REPOSITORY
from settings.yaml_files import read_yaml

SCRIPTS = (("CYRILLIC", "ru"), ("CJK", "zh"), ("ARABIC", "ar"))
LATIN = ("en", "tr")
NEUTRAL = ("topics", "severity", "replies", "hours", "departments", "alerts", "playbook")  # as shipped: the same for every bank


@dataclass(frozen=True)
class BankAnswer:
    """One bank as a person named it; `handles` is platform → account names."""

    id: str
    name: str
    country: str | None = None
    handles: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """Everything that init asks for. `sources`: (platform, base address or None)."""

    bank: BankAnswer
    competitors: list[BankAnswer]
    languages: list[str]
    sources: list[tuple[str, str | None]]
    timezone: str


def bank_id(name: str, fallback: str) -> str:
    """An identifier for a bank: its name in ASCII, lower case, underscores; `fallback` where nothing of it is ASCII."""
    folded = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", folded).strip("_").removesuffix("_bank")
    return slug if re.fullmatch(r"[a-z][a-z0-9_]*", slug) else fallback


def config_files(answers: Answers) -> dict[str, str]:
    """File name → content, one for every file that the loader knows."""
    written = {
        "renown": _general(answers), "banks": _banks(answers), "sources": _sources(answers),
        "subscriptions": _subscriptions(answers), **{stem: EMPTY[stem] for stem in EMPTY},
        **{stem: _shipped(stem) for stem in NEUTRAL},
    }
    return {f"{stem}.yml": written.get(stem) or f"# {(FILES[stem].__doc__ or '').splitlines()[0]}\n{{}}\n"
            for stem in FILES}


EMPTY = {
    "queries": "# Named boolean expressions for sources.yml (`query: \"@name\"`); `@banks` is built in.\n"
               "# Operators: AND, OR, NOT, parentheses, \"phrases\".\nqueries: {}\n",
    "press": "# Accounts of journalists and media, by platform: their posts are not customers' cases.\naccounts: {}\n",
    "incidents": "# Known incidents are left out of the baselines of early warning.\nincidents: []\n",
    "duties": "# Who is told of an alarm, by day and after hours; roles and desks, not people's names. `default` takes what no topic's department does.\n"
              "#   default: department; {department, min_severity, owner, after_hours}\n"
              "duties: []\n",
    "oncall": "# Whom an alert reaches: each desk of duties.yml has a person or a rotation, each person an address in the environment.\n"
              "#   people: {id, name, email: env:VARIABLE, chat: env:VARIABLE}; rotations: {id, people: [..], starts, days, hands_over, overrides}\n"
              "#   desks: {owner, on_call}; escalation: {min_severity, department, steps: [{after_minutes, to}]}\n"
              "folder: alerts\npeople: []\n",
    "employees": "# Accounts that employees registered themselves; taken out when they withdraw: {platform, account, registered: 2026-01-15}\n"
                 "accounts: []\n",
    "targets": "# What you mean to reach, by metric of mart_scorecard: {metric, bank, target, wanted: at_least or at_most, period}\n"
               "# `period` is day, week or month: a count needs it.\n"
               "targets: []\n",
    "campaigns": "# Campaigns, yours and competitors', found in posts by hashtag and wording while they run:\n"
                 "#   {id, name, bank, starts, ends, hashtags: [..], wording: {xx: [..]}, audience, department,\n"
                 "#    kind: campaign or release, topics: [..] that it concerns}\n"
                 "campaigns: []\n",
    "places": "# Branches and ATMs, yours and fee-free partners': files of OpenStreetMap or UK Open Banking.\n"
              "#   registers: {file, format: overpass, geojson or open_banking, bank}; partners: {bank, operators: [..]}\n"
              "registers: []\npartners: []\n",
    "notifications": "# Who hears of a failed task: apprise addresses, read from these environment\n"
                     "# variables; a note is also written to this folder under RENOWN_HOME.\n"
                     "on_failure_env: [RENOWN_NOTIFY_URL]\n"
                     "on_failure_folder: notifications\n",
}


def _general(answers: Answers) -> str:
    values = {"timezone": answers.timezone, "languages": answers.languages, "min_n": 30, "response_window_hours": 24,
              "deletion_grace_days": 7, "nlp_profile": "fast"}
    return "# What applies to every number: days, weeks and months are cut in this time zone.\n" + _dump(values)


def _banks(answers: Answers) -> str:
    banks = [_bank(answers.bank, answers.languages, competitor=False)]
    banks += [_bank(bank, answers.languages, competitor=True) for bank in answers.competitors]
    head = ("# Who we are, who we compete with, and every name that people use for each bank. Add the names as people\n"
            "# write them, in every script and inflected form, the official handles (no @), pages and domains.\n")
    return head + _dump({"home": answers.bank.id, "banks": banks})


def _bank(bank: BankAnswer, languages: list[str], *, competitor: bool) -> dict[str, Any]:
    aliases: dict[str, list[str]] = {language: [] for language in languages}
    for language in _written_in(bank.name, languages):
        aliases.setdefault(language, []).append(bank.name)
    optional: dict[str, Any] = {"country": bank.country} if bank.country else {}
    if competitor:
        optional["competitor"] = True
    return {"id": bank.id, "name": bank.name, **optional, "aliases": aliases, "handles": bank.handles}


def _written_in(name: str, languages: list[str]) -> list[str]:
    """The languages whose script the name is written in (a Latin name: English and Turkish, where they are read)."""
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    for script, language in SCRIPTS:
        if script in scripts:
            return [language]
    return [language for language in LATIN if language in languages] or ["en"]


def _sources(answers: Answers) -> str:
    head = ("# What is read, how often, how gently. A source stays off until a person has read the platform's terms,\n"
            "# approved the use and written `terms: approved` here.\n")
    used: dict[str, int] = {}
    entries = []
    for platform, address in answers.sources:
        used[platform] = used.get(platform, 0) + 1
        identifier = platform if used[platform] == 1 else f"{platform}_{used[platform]}"
        entries.append(_source(identifier, platform, address))
    return head + _dump({"sources": entries})


def _source(identifier: str, platform: str, address: str | None) -> dict[str, Any]:
    from urllib.parse import urlsplit

    shipped = next((s for s in _shipped_list("sources") if s["platform"] == platform), {})
    entry: dict[str, Any] = {"id": identifier, "platform": platform, "schedule": shipped.get("schedule", "@hourly"),
                             "terms": "unreviewed"}
    if address:
        entry |= {"base_url": address, "site": urlsplit(address).hostname or ""}
    keep = ("query", "overlap_minutes", "page_size", "rate", "options")
    return entry | {key: shipped[key] for key in keep if key in shipped}


def _subscriptions(answers: Answers) -> str:
    """The shipped subscriptions, turned to this bank; departments own them until somebody is named."""
    entries = []
    for entry in _shipped_list("subscriptions"):
        parts = [_of_bank(part, answers.bank.id) for part in entry.get("extracts", [])]
        entries.append({**_of_bank(entry, answers.bank.id), "owner": entry["department"], **({"extracts": parts} if parts else {})})
    return ("# Which rows of which mart go to which department, when and how. Folders are relative to RENOWN_HOME.\n"
            + _dump({"subscriptions": entries}))


def _of_bank(part: dict[str, Any], bank: str) -> dict[str, Any]:
    """An extract whose filters ask for this bank where they asked for one."""
    filters = [{**f, "value": bank} if f["column"] == "bank_id" else f for f in part.get("filters", [])]
    return {**part, "filters": filters} if filters else part


def _shipped(stem: str) -> str:
    path = REPOSITORY / "config" / f"{stem}.yml"
    return path.read_text("utf-8") if path.exists() else ""


def _shipped_list(stem: str) -> list[dict[str, Any]]:
    return list((read_yaml(_shipped(stem)) or {}).get(stem, []))


def _dump(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
