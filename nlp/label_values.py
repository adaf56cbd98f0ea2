"""What a label says, apart from offsets and scores: its parts for comparison, and the words that people write into a sheet's cell.

cell "velmora=negative; tarnwick=neutral" ──► label (docs/contracts.md) ──► parts {"velmora": "negative", "tarnwick": "neutral"}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nlp.speech import INTENTS
from settings import Settings

SENTIMENTS = ("negative", "neutral", "positive")
URGENCIES = ("money_locked", "card_swallowed", "fraud_in_progress", "stranded_abroad")
SHEET_TASKS = ("sentiment", "banks", "topics", "intents", "urgency")
NONE = "none"
Parts = dict[str, str]
_SEPARATOR = re.compile(r"[;,；，、\n]")
_LISTED = {"topics": "topic_id", "intents": "intent"}


def vocabulary(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Task → the words that a sheet's cell may hold, "none" apart."""
    return {
        "sentiment": SENTIMENTS,
        "banks": tuple(bank.id for bank in settings.banks.banks),
        "topics": tuple(topic.id for topic in settings.topics.topics),
        "intents": tuple(INTENTS),
        "urgency": URGENCIES,
    }


def explain(task: str, words: tuple[str, ...]) -> str:
    """One line for the person who labels: what the task's cell may hold."""
    listed = " | ".join(words)
    if task == "banks":
        return f"bank=sentiment, several parted by ';', or {NONE}; banks: {listed}; sentiments: {' | '.join(SENTIMENTS)}"
    if task in _LISTED:
        return f"one or several parted by ';', or {NONE}: {listed}"
    return f"one of: {listed}" + (f" | {NONE}" if task == "urgency" else "")


def from_cell(task: str, cell: str, words: Mapping[str, tuple[str, ...]], text_sentiment: str | None = None) -> Any:
    """The label of a filled cell. A bank without "=sentiment" takes that of the row's sentiment cell.

    Raises ValueError with the unknown word (never a text).
    """
    given = [word.strip().lower() for word in _SEPARATOR.split(cell) if word.strip()]
    said = [] if given == [NONE] else given
    if task == "banks":
        return [_bank(word, words["banks"], text_sentiment) for word in dict.fromkeys(said)]
    if unknown := [word for word in said if word not in words[task]]:
        raise ValueError(f"{task} has no '{_short(unknown[0])}'")
    if task in _LISTED:
        return [{_LISTED[task]: word, "score": 1.0} for word in dict.fromkeys(said)]
    if len(said) > 1 or (task == "sentiment" and not said):
        raise ValueError(f"{task} takes one word")
    if task == "sentiment":
        return {"label": said[0]}
    return said[0] if said else None


def _bank(word: str, banks: tuple[str, ...], text_sentiment: str | None) -> dict[str, Any]:
    bank_id, _, sentiment = (part.strip() for part in word.partition("="))
    if bank_id not in banks:
        raise ValueError(f"banks has no '{_short(bank_id)}'")
    chosen = sentiment or (text_sentiment or "").strip().lower()
    if chosen not in SENTIMENTS:
        raise ValueError(f"banks needs a sentiment, such as {bank_id}=neutral")
    return {"bank_id": bank_id, "sentiment": {"label": chosen}}


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:40] + "…"


def parts(task: str, label: Any) -> Parts:
    """What the label says as key → value, comparable between models and people; never words of a text.

    A task with one answer has the single key ""; an answer of nothing ("none", no bank, no topic) is {}.
    """
    read = _READERS.get(task)
    return read(label) if read else {"": "some" if label else NONE}


def _one(field: str) -> Callable[[Any], Parts]:
    def read(label: Any) -> Parts:
        value = label.get(field) if isinstance(label, dict) else label
        return {} if value is None else {"": str(value)}

    return read


def _each(key: str, value: Callable[[dict[str, Any]], Any]) -> Callable[[Any], Parts]:
    def read(label: Any) -> Parts:
        items = [item for item in label if isinstance(item, dict)] if isinstance(label, list) else []
        return {str(item.get(key)): str(value(item)) for item in items}

    return read


def _spans(field: str) -> Callable[[Any], Parts]:
    def read(label: Any) -> Parts:
        items = [item for item in label if isinstance(item, dict)] if isinstance(label, list) else []
        return {f"{item.get('start')}-{item.get('end')}": str(item.get(field)) for item in items}

    return read


def _fields(label: Any) -> Parts:
    items = label.items() if isinstance(label, dict) else ()
    return {str(key): f"{key} {value}" for key, value in items if value not in (None, NONE)}


_READERS: dict[str, Callable[[Any], Parts]] = {
    "sentiment": _one("label"),
    "language": _one("language"),
    "urgency": _one("urgency"),
    "moments": _each("moment", lambda item: item.get("moment")),
    "official_kind": _one("kind"),
    "banks": _each("bank_id", lambda item: (item.get("sentiment") or {}).get("label")),
    "topics": _each("topic_id", lambda item: item.get("topic_id")),
    "intents": _each("intent", lambda item: item.get("intent")),
    "campaigns": _each("campaign_id", lambda item: item.get("campaign_id")),
    "handles": _each("handle", lambda item: item.get("status")),
    "entities": _spans("label"),
    "places": _spans("kind"),
    "pii": _spans("kind"),
    "journey": _fields,
    "reply": _fields,
    "bot": lambda label: {"": "likely"} if isinstance(label, dict) and label.get("likely") else {},
}


def said(task: str, label: Any) -> str:
    """The answer in one line, sorted: "negative", "cards; outage", "velmora=negative", "none"."""
    found = parts(task, label)
    if task == "banks":
        return "; ".join(f"{bank}={value}" for bank, value in sorted(found.items())) or NONE
    return "; ".join(sorted(found.values())) or NONE
