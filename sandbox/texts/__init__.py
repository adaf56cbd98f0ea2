"""The texts of the scripted world: what people, banks and papers write, in five languages.

    compose(rng, "en", "complaint", bank="Velmora", topic="cards") ──► Composed(title=None, text="…")
      grammar.py (engine) · <language>/ (wordings) · shapes.py (acts) · finish.py (registers and noise)

Everything is drawn from `rng`, so one seed gives one text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from sandbox.texts.finish import capitals, finish, name
from sandbox.texts.grammar import BANK, OTHER, Draw, Rules, parse
from sandbox.texts.shapes import LONG, SHAPES, SIZES, TONES, body, mood_of, news, register_of

__all__ = ["ACTS", "LANGUAGES", "TONES", "TOPICS", "Composed", "compose"]

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
ACTS = tuple(SHAPES)
TOPICS = (
    "cards", "atm_network", "branch_service", "queues", "mobile_app", "internet_bank", "outage", "fees", "loans",
    "mortgage", "deposits", "transfers", "fraud", "data_leak", "call_centre", "staff", "account_opening", "loyalty",
    "new_product", "reputation", "employer", "liquidity_fear", "insurance", "currency_exchange", "business_banking",
    "charity",
)  # fmt: skip
_TITLED = ("offtopic", "ambiguous_place", "crisis")  # besides the acts that grow, these open a forum topic
_NO_BREAKS = {"zh": ""}


@dataclass(frozen=True)
class Composed:
    """A text, and a title where the kind of item has one (news, a forum's opening post)."""

    title: str | None
    text: str


def compose(
    rng: random.Random,
    language: str,
    act: str,
    *,
    bank: str | None,
    other: str | None = None,
    topic: str | None = None,
    tone: str = "neutral",
    platform: str = "x",
) -> Composed:
    """Compose one text that says `act` about `bank` (and `other`) in `language`.

    `bank` and `other` are surface names in the right script (or a handle, a hashtag); each given one is in the text
    verbatim. `topic` is one of TOPICS or None (general). `tone` shapes opinions and news only.
    Raises ValueError for an unknown language, act, topic or tone, and where an act lacks a name that it needs.
    """
    _check(language, act, topic, tone, bank, other)
    draw = Draw(rng, rules_of(language), topic or "general", _NO_BREAKS.get(language, " "))
    if act == "news":
        title, text = (capitals(part, language) for part in news(draw, tone))
        return Composed(name(title, bank, other), name(_attach(draw, text, act, bank, other), bank, other))
    register = register_of(draw, act)
    text = body(draw, act, register, tone, platform, other is not None)
    text = _attach(draw, text, act, bank, other)
    text = finish(draw, text, language, act, register, tone, platform)
    return Composed(_title(draw, language, act, tone, platform, bank, other), name(text, bank, other))


@cache
def rules_of(language: str) -> Rules:
    """The compiled grammar of a language."""
    return parse(*import_module(f"sandbox.texts.{language}").SOURCES)


def _check(language: str, act: str, topic: str | None, tone: str, bank: str | None, other: str | None) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: one of {', '.join(LANGUAGES)}")
    if act not in SHAPES:
        raise ValueError(f"unknown act {act!r}: one of {', '.join(ACTS)}")
    if topic is not None and topic not in TOPICS:
        raise ValueError(f"unknown topic {topic!r}: one of {', '.join(TOPICS)}, or None")
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}: one of {', '.join(TONES)}")
    given = {"bank": bank, "other": other}
    missing = [need for need in SHAPES[act].needs if not given[need]]
    if missing:
        raise ValueError(f"the act {act!r} needs {' and '.join(missing)}")


def _attach(draw: Draw, text: str, act: str, bank: str | None, other: str | None) -> str:
    """Add the names that were given and that the frame did not use."""
    for given, mark, kind in ((bank, BANK, SHAPES[act].speaker), (other, OTHER, "other")):
        if given and mark not in text:
            draw.memory["text"] = text
            text = draw.first_of(f"attach.{kind}", "attach.customer")
    return text


def _title(draw: Draw, language: str, act: str, tone: str, platform: str, bank: str | None, other: str | None) -> str | None:
    """The title of a forum topic's opening post; None where the platform or the act has none."""
    if SIZES.get(platform) != LONG or not (SHAPES[act].grows or act in _TITLED):
        return None
    mood = mood_of(act, tone)
    if act == "opinion" and tone in ("positive", "negative"):
        title = draw.rule(f"title.{tone}")
    else:
        title = draw.first_of(f"title.{act}", f"title.{mood}", "title.neutral")
    return name(capitals(title, language), bank, other)
