"""What the gold set promises, checked: form, vocabulary, surfaces and check digits of each item; counts and near-repeats of each language.

    nlp/gold/xx.jsonl ──► read() ──► item_problems() + set_problems() ──► one line a problem

`python -m nlp.gold.validate [FOLDER]` prints the counts of each language, or the problems and exits 1. A problem names the item, never its text.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from nlp.gold.digits import digits_agree
from nlp.speech import INTENTS
from nlp.text import jaccard, shingles
from settings import RenownError
from settings.models import PLATFORMS
from settings.yaml_files import read_yaml

Item = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
TOPICS = FOLDER.parent.parent / "config" / "topics.yml"
LANGUAGES = ("en", "ru", "zh", "ar", "tr")


def words(line: str) -> frozenset[str]:
    """A vocabulary from a line of words."""
    return frozenset(line.split())


KEYS = words("id text platform language hard sentiment banks topics intents journey urgency places pii entities")
SENTIMENTS = words("negative neutral positive")
STAGES = words("awareness consideration onboarding use support leaving")
CHANNELS = words("mobile_app internet_bank atm branch call_centre chat social website card_payment")
URGENCIES = words("money_locked card_swallowed fraud_in_progress stranded_abroad")
PLACE_KINDS = words("city district branch atm mall metro")
PII_KINDS = words("card iban phone email passport national_id account address")
ENTITY_LABELS = words("PER ORG LOC PRODUCT MONEY DATE")
HARD = words(
    "negation sarcasm irony contrast comparison mixed_sentiment emoji ambiguous_name no_bank other_bank_blamed slang dialect cantonese "
    "traditional_script diacritics elongation declension transliteration code_mixing typos homophone hashtag near_miss_handle near_miss_name "
    "question_as_complaint hypothetical hearsay quoted_speech implicit numbers long"
)
# lists of marks → (the field that names what is marked, its vocabulary; None: the ids of banks.yml)
MARKS: dict[str, tuple[str, frozenset[str] | None]] = {
    "banks": ("bank_id", None),
    "places": ("kind", PLACE_KINDS),
    "pii": ("kind", PII_KINDS),
    "entities": ("label", ENTITY_LABELS),
}
MOST_ALIKE = 0.6


@dataclass(frozen=True)
class Minima:
    """How many items of a language there must be at least: in all, of each topic and intent, and of each kind that is hard to come by."""

    items: int = 150
    topic: int = 2
    intent: int = 6
    two_banks: int = 25
    places: int = 25
    pii: int = 25
    hard: int = 40


def read(path: Path) -> list[Item]:
    """The items of one file, in its order. Raises RenownError naming the line for what is no JSON object."""
    items = []
    for number, line in enumerate(path.read_text("utf-8").rstrip("\n").split("\n"), 1):
        try:
            item = json.loads(line)
        except ValueError:
            item = None
        if not isinstance(item, dict):
            raise RenownError(f"{path}:{number}: not a JSON object", "write one object a line", exit_code=2)
        items.append(item)
    return items


def span(text: str, mark: Mapping[str, Any]) -> tuple[int, int] | None:
    """[start, end) of a mark in code points: where its `text` occurs for the `nth` time (from 1; the first unless told), else None."""
    surface, start = str(mark.get("text", "")), -1
    for _ in range(int(mark.get("nth", 1))):
        start = text.find(surface, start + 1) if surface else -1
        if start < 0:
            return None
    return start, start + len(surface)


def item_problems(item: Item, language: str) -> Iterator[str]:
    """What is wrong with one item by itself, each as 'id: what'."""
    name = str(item.get("id", "an item without an id"))
    if odd := KEYS ^ item.keys():
        yield f"{name}: keys missing or unknown: {', '.join(sorted(odd))}"
        return
    if item["language"] != language or not name.startswith(f"{language}-"):
        yield f"{name}: language or id does not fit {language}.jsonl"
    for field, unknown in _unknown_words(item):
        yield f"{name}: {field} '{unknown}' is not in the vocabulary"
    for field, (kind, words) in MARKS.items():
        yield from (f"{name}: {problem}" for problem in _mark_problems(item, field, kind, words or bank_ids()))
    for mark in item["pii"]:
        if mark.get("kind") in ("card", "iban", "national_id") and not digits_agree(
            mark["kind"], str(mark.get("text")), language
        ):
            yield f"{name}: check digits of a {mark['kind']} do not agree"


def _unknown_words(item: Item) -> Iterator[tuple[str, str]]:
    journey = item["journey"] or {"stage": None, "channel": None}
    if not isinstance(journey, dict) or journey.keys() != {"stage", "channel"}:
        yield "journey", str(journey)
        return
    single: tuple[tuple[str, Any, Collection[Any]], ...] = (
        ("platform", item["platform"], PLATFORMS.keys()),
        ("sentiment", item["sentiment"], SENTIMENTS),
        ("urgency", item["urgency"], URGENCIES | {None}),
        ("stage", journey["stage"], STAGES | {None}),
        ("channel", journey["channel"], CHANNELS | {None}),
    )
    yield from ((field, str(word)) for field, word, known in single if word not in known)
    several = (("topics", topic_ids()), ("intents", frozenset(INTENTS)), ("hard", HARD))
    for field, known in several:
        yield from ((field, str(word)) for word in item[field] if word not in known)
        times: Counter[str] = Counter(item[field])
        yield from ((field, f"{word} twice") for word in times if times[word] > 1)


def _mark_problems(item: Item, field: str, kind: str, words: frozenset[str]) -> Iterator[str]:
    expected = {"text", kind} | ({"sentiment"} if field == "banks" else set())
    seen = set()
    for number, mark in enumerate(item[field], 1):
        if mark.keys() - {"nth"} != expected:
            yield f"{field} {number} has the keys {', '.join(sorted(mark))}"
            continue
        if mark[kind] not in words:
            yield f"{field} '{mark[kind]}' is not in the vocabulary"
        if field == "banks" and mark["sentiment"] not in SENTIMENTS:
            yield f"{field} {number}: sentiment '{mark['sentiment']}' is not in the vocabulary"
        place = span(item["text"], mark)
        if place is None:
            yield f"{field} {number} does not occur in the text"
        elif (place, mark[kind]) in seen:
            yield f"{field} {number} is marked twice"
        seen.add((place, mark[kind]))


def counts(items: Sequence[Item]) -> dict[str, int]:
    """Items of each kind that has a minimum; `topic:ID` and `intent:NAME` stand beside the names of Minima."""
    found = Counter({"items": len(items)})
    for item in items:
        found.update(f"topic:{topic}" for topic in item["topics"])
        found.update(f"intent:{intent}" for intent in item["intents"])
        found.update(kind for kind in ("places", "pii", "hard") if item[kind])
        found["two_banks"] += _divided(item)
    return dict(found)


def _divided(item: Item) -> bool:
    """Whether two banks of the item are seen differently."""
    pairs = combinations(item["banks"], 2)
    return any(a["bank_id"] != b["bank_id"] and a["sentiment"] != b["sentiment"] for a, b in pairs)


def set_problems(items: Sequence[Item], language: str, minima: Minima | None = None) -> Iterator[str]:
    """What is wrong with a language's items taken together: ids, counts, near-repeats. Takes items without problems of their own."""
    minima, found = minima or Minima(), counts(items)
    for name, times in Counter(item["id"] for item in items).items():
        if times > 1:
            yield f"{name}: the id is used {times} times"
    wanted = {kind: getattr(minima, kind) for kind in ("items", "two_banks", "places", "pii", "hard")}
    wanted |= {f"topic:{topic}": minima.topic for topic in sorted(topic_ids())}
    wanted |= {f"intent:{intent}": minima.intent for intent in INTENTS}
    for kind, least in wanted.items():
        if found.get(kind, 0) < least:
            yield f"{language}: {kind} {found.get(kind, 0)} times, needs {least}"
    cut = [(item["id"], shingles(" ".join(item["text"].casefold().split()))) for item in items]
    for (one, a), (other, b) in combinations(cut, 2):
        if jaccard(a, b) >= MOST_ALIKE:
            yield f"{other}: nearly repeats {one}"


def problems(folder: Path = FOLDER, minima: Minima | None = None) -> list[str]:
    """Everything that is wrong with the files of a folder. Raises RenownError for a missing file or a line that is no JSON object."""
    found: list[str] = []
    for language in LANGUAGES:
        path = folder / f"{language}.jsonl"
        if not path.is_file():
            raise RenownError(f"{path} is missing", "the gold set has one file a language", exit_code=2)
        items = read(path)
        own = [problem for item in items for problem in item_problems(item, language)]
        found += own or set_problems(items, language, minima)
    return found


@cache
def topic_ids() -> frozenset[str]:
    """The ids of config/topics.yml as shipped."""
    return frozenset(topic["id"] for topic in read_yaml(TOPICS.read_text("utf-8"))["topics"])


@cache
def bank_ids() -> frozenset[str]:
    """The ids of the banks that the texts speak of (nlp/gold/banks.yml)."""
    return frozenset(bank["id"] for bank in read_yaml((FOLDER / "banks.yml").read_text("utf-8"))["banks"])


def main(arguments: Sequence[str]) -> int:
    """Print the problems (exit code 1) or the counts of each language."""
    folder = Path(arguments[0]) if arguments else FOLDER
    try:
        found = problems(folder)
    except RenownError as error:
        found = [str(error)]
    if found:
        print("\n".join(found))
        return 1
    for language in LANGUAGES:
        shown = counts(read(folder / f"{language}.jsonl"))
        print(language, *(f"{kind}={shown[kind]}" for kind in sorted(shown)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
