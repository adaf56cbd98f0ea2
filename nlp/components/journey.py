"""journey: where the writer stands with the bank, and the channel where the experience took place.

cues a language (nlp/cues/journey.yml) + intents + topics ──► {"stage", "channel"}; null for news, for official accounts and where nothing says it
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.intent import NEWS_PLATFORMS
from nlp.cues import CueMatcher, cues_of
from nlp.records import Analysis, analysis_of

VERSION = "2"
MAX_CHARACTERS = 5_000
STAGES = ("awareness", "consideration", "onboarding", "use", "support", "leaving")
CHANNELS = ("mobile_app", "internet_bank", "atm", "branch", "call_centre", "chat", "social", "website", "card_payment")
# Intents that say a stage, and what one is worth beside a cue.
BY_INTENT = {"leave": "leaving", "consider": "consideration", "fraud_report": "support", "request": "support"}
INTENT_WORTH = {"leave": 1.5, "consider": 1.0, "fraud_report": 0.5, "request": 0.5}
# The bank's own desks: who waits there asks for help.
DESKS = ("call_centre", "chat", "social")
# Topics that name a channel, worth less than the channel's own words.
BY_TOPIC = {
    "mobile_app": "mobile_app",
    "internet_bank": "internet_bank",
    "atm_network": "atm",
    "branch_service": "branch",
    "call_centre": "call_centre",
}
TOPIC_WORTH = 0.6
_HAN = re.compile("[\u3400-\u9fff]")
_BORDER = re.compile("(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])")
ASKING = {"request", "question", "fraud_report"}
EXPERIENCE = ("complaint", "praise", "question", "wish", "fraud_report", "request")


@Language.factory("renown_journey", default_config={"language": "en"})
def make_journey(nlp: Language, name: str, language: str) -> JourneyComponent:
    """The component with one language's cues; the fallback has those of every language."""
    return JourneyComponent(language)


@cache
def _matchers(language: str) -> tuple[CueMatcher, CueMatcher]:
    cues = cues_of("journey", language)
    return CueMatcher(cues.get("stage", {}), overlap=False), CueMatcher(cues.get("channel", {}), overlap=False)


class JourneyComponent:
    """Sets labels["journey"]: {"stage": one of STAGES or None, "channel": one of CHANNELS or None}; reads intents and topics."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        journey: dict[str, str | None] = {"stage": None, "channel": None}
        if speaks_of_own(analysis):
            read = _spaced(analysis.reading[:MAX_CHARACTERS])
            stages, channels = (
                {(key, hit.cue) for hit in matcher.find(read) for key in hit.keys} for matcher in _matchers(self.language)
            )
            channel = _channel(channels, analysis) or _desk(analysis)
            journey = {"stage": _stage(stages, analysis, channel), "channel": channel}
            analysis.evidence["journey"] = sorted(f"{key}: {cue}" for key, cue in stages | channels)
        analysis.labels["journey"] = journey
        return doc


def _spaced(read: str) -> str:
    """Blanks between Chinese characters and Latin letters, so that 新版app holds the word app."""
    return _BORDER.sub(" ", read) if _HAN.search(read) else read


def speaks_of_own(analysis: Analysis) -> bool:
    """Whether a person may speak here of what happened to them: not news, not a bank's own account, not an advertisement."""
    post = analysis.post
    if post.is_official or post.kind == "article" or post.platform in NEWS_PLATFORMS:
        return False
    intents = [row["intent"] for row in analysis.labels.get("intents", [])]
    return not intents or intents[0] not in ("news", "promotion")


def _stage(cues: set[tuple[str, str]], analysis: Analysis, channel: str | None) -> str | None:
    """leaving wherever it is said as much as choosing; else what most cues say, a choice or an opening before a call for help; else use."""
    said = dict.fromkeys(STAGES, 0.0)
    for key, _ in cues:
        said[key] += 2 if key == "onboarding" else 1
    intents = [row["intent"] for row in analysis.labels.get("intents", [])]
    for intent in intents:
        if stage := BY_INTENT.get(intent):
            said[stage] += INTENT_WORTH[intent]
    if said["leaving"] and said["leaving"] >= said["consideration"]:
        return "leaving"
    early = max(("consideration", "onboarding", "awareness"), key=lambda stage: said[stage])
    if said[early] and said[early] >= min(said["support"], 1.5):
        return early
    if said["support"] or channel in DESKS:
        return "support"
    topics: list[dict[str, Any]] = analysis.labels.get("topics", [])
    if any(row["topic_id"] == "account_opening" for row in topics):
        return "onboarding"
    return "use" if channel or (topics and any(intent in EXPERIENCE for intent in intents)) else None


def _desk(analysis: Analysis) -> str | None:
    """social: who asks a bank's own account for help, and names no other channel, stands at that desk."""
    asks = {row["intent"] for row in analysis.labels.get("intents", [])} & ASKING
    addressed = any(row["status"] in ("official", "other_bank") for row in analysis.labels.get("handles", []))
    return "social" if addressed and asks else None


def _channel(cues: set[tuple[str, str]], analysis: Analysis) -> str | None:
    """The channel with most cues, phrases worth more than words; topics break ties and stand in where no cue speaks."""
    worth = {channel: 0.0 for channel in CHANNELS}
    for key, cue in cues:
        worth[key] += 1.5 if " " in cue or len(cue) >= 10 else 1.0
    for row in analysis.labels.get("topics", []):
        if channel := BY_TOPIC.get(row["topic_id"]):
            worth[channel] += TOPIC_WORTH * row["score"]
    best = max(CHANNELS, key=lambda channel: worth[channel])
    return best if worth[best] >= 0.3 else None
