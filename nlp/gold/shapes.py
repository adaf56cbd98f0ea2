"""The form of the further gold items, checked: keys, vocabulary, ids, near-repeats. `python -m nlp.gold.shapes` prints one line a problem, exits 1.

nlp/gold/{exchanges,situations,handles,pairs,authors}.jsonl ──► SHAPES ──► problems, each naming the item, never its text
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from nlp.gold import validate
from nlp.gold.validate import CHANNELS, FOLDER, HARD, LANGUAGES, MOST_ALIKE, STAGES, URGENCIES, read
from nlp.text import jaccard, shingles
from settings.models import PLATFORMS

Item = Mapping[str, Any]
ROLES = frozenset(("answer", "ask", "divert", "automatic", "none"))
CLOSINGS = frozenset(("thanks", "confirms", "still_angry", "none"))
KINDS = frozenset(("help", "pr", "other", None))
MOMENTS = frozenset(("listened", "changed", "stood_by", "let_down"))
STATUSES = frozenset(("official", "other_bank", "look_alike", "unknown"))
FURTHER_HARD = HARD | validate.words(
    "answer_and_offer quoted_question ask_and_divert notice thanks_without_solution thanks_in_advance details peer_answer question unknown_author "
    "lexical_trap past advice news case short swapped_letters confusable digit cyrillic greek separator doubled_letter dropped_letter link_added spaces "
    "agency_prefix hidden_characters numbers_differ same_template paraphrase same_start quoted two_languages one_word yo full_width letter_variants "
    "few_items hijacked no_account_data varied_wording astroturf no_links petition burst young repeated_plea syndication links thanks giveaway "
    "follows_many retold"
)
BOOL = frozenset((True, False))
ANY: frozenset[Any] = frozenset()  # no vocabulary
# file → key → what its value, or each of a list's, may be
SHAPES: dict[str, dict[str, Collection[Any]]] = {
    "exchanges": {"id": ANY, "language": LANGUAGES, "text": ANY, "author": ("official", "customer", "unknown"), "hard": FURTHER_HARD, "role": ROLES,
                  "official_kind": KINDS, "closing": CLOSINGS, "moments": MOMENTS, "is_reply": BOOL, "measures": BOOL},
    "situations": {"id": ANY, "language": LANGUAGES, "text": ANY, "hard": FURTHER_HARD, "urgency": {*URGENCIES, None}, "journey": ANY, "considers": BOOL,
                   "measures": BOOL},
    "handles": {"id": ANY, "platform": PLATFORMS, "handle": ANY, "status": STATUSES, "looks_like": ANY, "hard": FURTHER_HARD},
    "pairs": {"id": ANY, "language": LANGUAGES, "same": BOOL, "hard": FURTHER_HARD, "one": ANY, "other": ANY},
    "authors": {"id": ANY, "language": LANGUAGES, "platform": PLATFORMS, "handle": ANY, "age_days": ANY, "followers": ANY, "following": ANY, "likely": BOOL,
                "hard": FURTHER_HARD, "items": ANY},
}  # fmt: skip


def item_problems(item: Item, shape: Mapping[str, Collection[Any]]) -> Iterator[str]:
    """What is wrong with one item by itself, each as 'id: what'."""
    name = str(item.get("id", "an item without an id"))
    if odd := shape.keys() ^ item.keys():
        yield f"{name}: keys missing or unknown: {', '.join(sorted(odd))}"
        return
    for key, words in shape.items():
        values = item[key] if isinstance(item[key], list) and words else [item[key]]
        yield from (f"{name}: {key} '{value}' is not in the vocabulary" for value in values if words and value not in words)
    journey = item.get("journey", {"stage": None, "channel": None})
    if journey["stage"] not in (*STAGES, None) or journey["channel"] not in (*CHANNELS, None):
        yield f"{name}: journey is not in the vocabulary"
    if item.get("looks_like") not in (*validate.bank_ids(), None):
        yield f"{name}: looks like no bank of banks.yml"
    if item.get("author") == "official" and (item["closing"] != "none" or item["moments"]):
        yield f"{name}: a bank closes nothing and has no moments"
    if item.get("author") not in (None, "official") and (item["role"] != "none" or item["official_kind"]):
        yield f"{name}: only an official account has a role"


def set_problems(name: str, listed: Sequence[Item]) -> Iterator[str]:
    """Ids used twice, and texts that nearly repeat another."""
    yield from (f"{one}: the id is used {times} times" for one, times in Counter(item["id"] for item in listed).items() if times > 1)
    texts = [(item["id"], shingles(" ".join(item["text"].casefold().split()))) for item in listed if "text" in item]
    for (one, a), (other, b) in combinations(texts, 2):
        if jaccard(a, b) >= MOST_ALIKE:
            yield f"{other}: nearly repeats {one}"


def problems(folder: Path = FOLDER) -> list[str]:
    """Everything that is wrong with the five files. Raises RenownError for a line that is no JSON object."""
    found: list[str] = []
    for name, shape in SHAPES.items():
        listed = read(folder / f"{name}.jsonl")
        own = [problem for item in listed for problem in item_problems(item, shape)]
        found += own or set_problems(name, listed)
    return found


if __name__ == "__main__":
    print(*problems(), sep="\n")
    sys.exit(bool(problems()))
