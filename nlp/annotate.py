"""`renown enrich FILE`: annotations of any texts as dicts, one an input line, in ARCHITECTURE.md's shape.

A line may tell more of what `renown parse` prints: `author_handle` or `author_id` (an official account's reply has a role, anybody else's has a
closing), `kind`, `parent_id` and `in_reply_to_author_id`. Where no author is told, both are read from the words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from nlp.alike import Alike
from nlp.authors import official_accounts
from nlp.manifest import model_versions
from nlp.manifest import tasks as all_tasks
from nlp.pipelines import Annotator, components_for
from nlp.records import Analysis, Post
from settings import RenownError, Settings

CHUNK = 256
Parsed = tuple[int, Any, Post | str]  # line number, the line's id, what it holds or why it cannot be used
PROFILES = ("fast", "accurate")


def annotate(
    lines: Iterable[str],
    settings: Settings,
    *,
    profile: str = "fast",
    language: str | None = None,
    tasks: Sequence[str] | None = None,
    explain: bool = False,
) -> Iterator[dict[str, Any]]:
    """One dict a non-blank line {"id", "text", "platform"?}; a line that cannot be used gives {"id", "error"}.

    Raises RenownError at once for an unknown profile, language or task, and where this machine cannot run the accurate profile.
    """
    settings = of_profile(settings, profile)
    components_for(tasks)
    annotator = Annotator(settings, tasks=tasks, language=language)
    wanted = list(tasks) if tasks else all_tasks()
    versions = {task: version for task, version in model_versions(settings).items() if task in wanted}
    parsed = _parsed(lines, official_accounts(settings))
    return _annotate(parsed, annotator, wanted, versions, explain, None if tasks else Alike())


def of_profile(settings: Settings, profile: str) -> Settings:
    """The settings with this profile. Raises RenownError where it is unknown, or this machine cannot run it."""
    if profile not in PROFILES:
        raise RenownError(f"profile '{profile}' is not known", f"use --profile {' or '.join(PROFILES)}", exit_code=2)
    if profile == "accurate":
        from nlp.embeddings import require

        require()
    return settings.model_copy(update={"general": settings.general.model_copy(update={"nlp_profile": profile})})


def _parsed(lines: Iterable[str], officials: Mapping[tuple[str, str], str]) -> Iterator[Parsed]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, *_parse(number, line, officials)


def _annotate(
    parsed_lines: Iterator[Parsed],
    annotator: Annotator,
    wanted: Sequence[str],
    versions: dict[str, str],
    explain: bool,
    alike: Alike | None,
) -> Iterator[dict[str, Any]]:
    while chunk := list(islice(parsed_lines, CHUNK)):
        analyses = iter(annotator.annotate([post for _, _, post in chunk if isinstance(post, Post)]))
        for number, item_id, post in chunk:
            result = next(analyses) if isinstance(post, Post) else None
            if isinstance(result, Analysis):
                others = alike.mark(item_id, result.text) if alike else {}
                yield annotation(item_id, result, wanted, versions, explain) | others
            else:
                error = post if isinstance(post, str) else reason(result)
                yield {"id": item_id, "error": f"line {number}: {error}"}


def _parse(number: int, line: str, officials: Mapping[tuple[str, str], str]) -> tuple[Any, Post | str]:
    try:
        item = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return None, 'not JSON; write one object {"id", "text"} a line'
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return (
            item.get("id") if isinstance(item, dict) else None
        ), 'no string "text"; write one object {"id", "text"} a line'
    return item.get("id", number), _post(item, officials)


def _post(item: Mapping[str, Any], officials: Mapping[tuple[str, str], str]) -> Post:
    platform, kind, *author = (_string(item.get(key)) for key in ("platform", "kind", "author_handle", "author_id"))
    told = [name for name in author if name]
    bank = next((bank for name in told if (bank := officials.get((platform or "", name.lower())))), None)
    return Post(
        text=item["text"],
        platform=platform,
        kind=kind or "post",
        official_of=bank,
        is_official=bank is not None if told else None,
        is_reply=any(_string(item.get(key)) for key in ("parent_id", "in_reply_to_author_id")),
    )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def reason(error: Any) -> str:
    """Why a text was refused, without a word of it: our own ValueErrors name only limits, others only their type."""
    return (
        str(error)
        if isinstance(error, ValueError) and str(error).startswith("text longer")
        else f"pipeline failed ({type(error).__name__})"
    )


def annotation(
    item_id: Any, analysis: Analysis, wanted: Sequence[str], versions: dict[str, str], explain: bool = False
) -> dict[str, Any]:
    """The shape "An annotation": every key is there, null or empty where its task did not run or is not offered yet."""
    labels = {task: label for task, label in analysis.labels.items() if task in wanted}
    shape: dict[str, Any] = {
        "id": item_id,
        "model_versions": versions,
        "language": analysis.language,
        "language_confidence": analysis.confidence,
        "sentiment": labels.get("sentiment"),
        "entities": labels.get("entities", []),
        "banks": labels.get("banks", []),
        "handles": labels.get("handles", []),
        "topics": labels.get("topics", []),
        "intents": labels.get("intents", []),
        "banking_intent": labels.get("banking_intent"),
        "journey": labels.get("journey"),
        "urgency": labels.get("urgency"),
        "reply": labels.get("reply"),
        "moments": labels.get("moments", []),
        "official_kind": (labels.get("official_kind") or {}).get("kind"),
        "places": labels.get("places", []),
        "campaigns": labels.get("campaigns", []),
        "pii": labels.get("pii", []),
        "masked_text": labels.get("masked_text"),
        "bot": None,
        "duplicate_of": None,
    }
    return shape | {"explain": analysis.evidence} if explain else shape
