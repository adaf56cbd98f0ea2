"""What a writer does with a text (asks, wishes, leaves, sells …), by cues and form; sentiment and intent both read it.

reading (folded, in its own script) ──► cues of nlp/cues/intents.yml + question marks + author's side ──► strengths 0–1
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from nlp.cues import CueMatcher, cues_of
from nlp.lexicon import Leaning, leaning
from nlp.records import Analysis

INTENTS = (
    "complaint",
    "question",
    "request",
    "wish",
    "praise",
    "consider",
    "leave",
    "fraud_report",
    "news",
    "promotion",
)
MAX_CHARACTERS = 5_000
# Heads are trained on balanced classes; people who write to a bank's account complain more than they praise.
DOMAIN = (0.8, -0.1, -0.3)
PRESS = (0.4, 0.0, 0.0)
# The head weighs the acts' cues itself (nlp/features.py); this share of the hand-set logits is added on top.
WORDS = {"tr": 1.25}  # by language: Turkish cues are the ones that the public sets hold least of; chosen on sandbox texts
WORDS_ELSEWHERE = 0.25
CLOSING_PRIOR = {"still_angry": (2.5, 0.0, 0.0), "confirms": (0.0, 0.0, 2.5), "thanks": (0.0, 0.0, 2.0)}
# A question put to a bank's account is a case and neutral; one thrown into the air is often a reproach.
CALM_TO_BANK, CALM = 3.0, 1.2
CLOSING_LENGTH = 300  # a closing is short; a long text is a new story
_QUESTION = re.compile(r"[?？؟]")
_LINK_OR_MONEY = re.compile(r"https?://|xurl|[$€£₽₺¥%]|\d{2,}")
# What one cue is worth: the rarer the wording elsewhere, the more.
WORTH = {
    "question": 0.35,
    "request": 0.55,
    "wish": 0.6,
    "consider": 0.7,
    "leave": 0.7,
    "fraud_report": 0.6,
    "news": 0.35,
    "promotion": 0.5,
}


@cache
def _matcher(language: str) -> CueMatcher:
    return CueMatcher(cues_of("intents", language))


@lru_cache(maxsize=4096)
def _found(folded: str, language: str) -> frozenset[tuple[tuple[str, ...], str]]:
    """Distinct (keys, cue) in a folded text; the intent component and the sentiment head ask for the same text."""
    return frozenset((hit.keys, hit.cue) for hit in _matcher(language).find(folded))


def acts(analysis: Analysis, language: str) -> dict[str, float]:
    """Strength (0–1) of each intent by wording and form alone, complaint and praise as counts of their cues."""
    if "acts" in analysis.evidence:
        known: dict[str, float] = analysis.evidence["acts"]
        return known
    found = _found(analysis.reading[:MAX_CHARACTERS], language)
    analysis.evidence["intents"] = sorted(f"{key}: {cue}" for keys, cue in found for key in keys)
    cues = Counter(key for keys, _ in found for key in keys)
    strengths = {intent: 1.0 - (1.0 - worth) ** cues[intent] for intent, worth in WORTH.items()}
    asked = len(_QUESTION.findall(analysis.text[:MAX_CHARACTERS]))
    strengths["question"] = 1.0 - (1.0 - strengths["question"]) * (0.4 if asked else 1.0)
    if cues["promotion"] and _LINK_OR_MONEY.search(analysis.text):
        strengths["promotion"] = 1.0 - (1.0 - strengths["promotion"]) * 0.7
    strengths |= {"complaint": float(cues["complaint"]), "praise": float(cues["praise"])}
    analysis.evidence["acts"] = strengths
    return strengths


def prior(analysis: Analysis, strengths: dict[str, float], lean: Leaning, language: str) -> tuple[list[float], bool]:
    """Logits for (negative, neutral, positive) that the act adds, and whether they rest on who writes to whom and not on the words alone.

    Who asks or wishes is neutral unless the words say otherwise.
    """
    post = analysis.post
    if post.is_official:
        return [0.0, 7.0, 0.0] if post.is_reply else [0.0, 0.0, 5.0], True
    calm = max(strengths["question"], strengths["request"], strengths["wish"], strengths["consider"])
    decided = max(strengths["leave"], strengths["fraud_report"], strengths["promotion"])
    calm *= 0.5 ** max(0.0, lean.negative - 1.0) * (1.0 - 0.8 * decided)
    closing = CLOSING_PRIOR.get(closing_of(analysis, language), (0.0, 0.0, 0.0))
    reported = 1.0 if post.kind == "article" else strengths["news"]
    advised = 1.5 if post.is_reply and not any(closing) and lean.negative == lean.positive == 0 else 0.0
    addressed = bool(post.handles) or post.is_reply
    base = PRESS if post.kind == "article" else DOMAIN if addressed else (0.0, 0.0, 0.0)
    share = WORDS.get(language, WORDS_ELSEWHERE)
    said = (
        share * (2.4 * strengths["leave"] + 2.6 * strengths["fraud_report"] * (1.0 - strengths["question"])),
        (CALM_TO_BANK if addressed else share * CALM) * calm + (reported if post.kind == "article" else share * reported) + advised,
        share * 2.4 * strengths["promotion"],
    )
    return [sum(parts) for parts in zip(said, closing, base, strict=True)], addressed or post.kind == "article"


@cache
def _reply_matcher(language: str) -> CueMatcher:
    return CueMatcher(cues_of("replies", language))


def reply_cues(analysis: Analysis, language: str) -> Counter[str]:
    """How many distinct cues of nlp/cues/replies.yml speak for each role and closing."""
    if "reply" not in analysis.evidence:
        analysis.evidence["reply"] = sorted(f"{key}: {cue}" for key, cue in _reply_hits(analysis.reading[:MAX_CHARACTERS], language))
    return Counter(entry.split(": ")[0] for entry in analysis.evidence["reply"])


def reply_cues_of(folded: str, language: str) -> Counter[str]:
    """The same of a part of a text, folded."""
    return Counter(key for key, _ in _reply_hits(folded, language))


def _reply_hits(folded: str, language: str) -> set[tuple[str, str]]:
    return {(key, hit.cue) for hit in _reply_matcher(language).find(folded) for key in hit.keys}


def closing_of(analysis: Analysis, language: str) -> str:
    """thanks | confirms | still_angry | none: how a customer ends a conversation; only in a reply, or where the author is not known."""
    post = analysis.post
    if post.is_official or not (post.is_reply or post.is_official is None) or len(analysis.text) > CLOSING_LENGTH:
        return "none"
    cues = reply_cues(analysis, language)
    lean = leaning(analysis.reading[:MAX_CHARACTERS], language)
    if cues["still_angry"] and lean.negative + cues["still_angry"] > lean.positive:
        return "still_angry"
    if cues["confirms"] and lean.negative <= lean.positive + 1:
        return "confirms"
    return "thanks" if cues["thanks"] and lean.negative <= lean.positive else "none"
