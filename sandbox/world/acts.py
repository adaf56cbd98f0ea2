"""What each act of speech means: its sentiment, intents, and its part in a customer's case."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Labels that an item has because of what it does."""

    sentiment: str = "neutral"
    intents: tuple[str, ...] = ()
    role: str = "none"
    closing: str = "none"
    official_kind: str | None = None


ACTS: dict[str, Act] = {
    "complaint": Act("negative", ("complaint",)),
    "crisis": Act("negative", ("complaint",)),
    "question": Act("neutral", ("question",)),
    "request": Act("neutral", ("request",)),
    "wish": Act("neutral", ("wish",)),
    "praise": Act("positive", ("praise",)),
    "consider": Act("neutral", ("consider",)),
    "leave": Act("negative", ("leave",)),
    "fraud_report": Act("negative", ("fraud_report",)),
    "opinion": Act("neutral"),
    "comparison": Act("neutral"),
    "offtopic": Act(),
    "ambiguous_place": Act(),
    "thanks": Act("positive", closing="thanks"),
    "confirms": Act("positive", closing="confirms"),
    "still_angry": Act("negative", closing="still_angry"),
    "answer": Act(role="answer", official_kind="help"),
    "ask": Act(role="ask", official_kind="help"),
    "divert": Act(role="divert", official_kind="help"),
    "automatic": Act(role="automatic", official_kind="help"),
    "peer_answer": Act(),
    "official_pr": Act("positive", ("promotion",), official_kind="pr"),
    "news": Act("neutral", ("news",)),
    "promotion": Act("positive", ("promotion",)),
    "bot_spam": Act("neutral", ("promotion",)),
}

TOPICS: tuple[tuple[str, int], ...] = (
    ("cards", 12), ("atm_network", 7), ("branch_service", 7), ("queues", 5), ("mobile_app", 13), ("internet_bank", 6),
    ("outage", 3), ("fees", 8), ("loans", 6), ("mortgage", 4), ("deposits", 5), ("transfers", 8), ("fraud", 3),
    ("data_leak", 1), ("call_centre", 7), ("staff", 4), ("account_opening", 4), ("loyalty", 4), ("new_product", 2),
    ("reputation", 2), ("employer", 2), ("liquidity_fear", 1), ("insurance", 3), ("currency_exchange", 4),
    ("business_banking", 3), ("charity", 1),
)  # fmt: skip
_TOPIC_IDS = [topic for topic, _ in TOPICS]
_TOPIC_WEIGHTS = [weight for _, weight in TOPICS]

INBOUND_ACTS: tuple[tuple[str, int], ...] = (
    ("complaint", 44), ("question", 20), ("request", 15), ("fraud_report", 5), ("wish", 5), ("praise", 7), ("leave", 4),
)  # fmt: skip
CHATTER_ACTS: tuple[tuple[str, int], ...] = (
    ("complaint", 24), ("praise", 20), ("opinion", 20), ("consider", 11), ("comparison", 10), ("leave", 6),
    ("wish", 6), ("question", 3),
)  # fmt: skip


def draw_topic(rng: random.Random) -> str:
    """A topic, by how often people speak of it."""
    return rng.choices(_TOPIC_IDS, _TOPIC_WEIGHTS)[0]


def draw_act(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    """One act of a weighted list."""
    return rng.choices([act for act, _ in weighted], [weight for _, weight in weighted])[0]
