"""campaigns: which configured campaigns a post speaks of, by their hashtags and wording, while they run.

hashtags + cues of config/campaigns.yml (this pipeline's language) + banks named ──► [{campaign_id, score}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from spacy.language import Language
from spacy.tokens import Doc

from nlp.cues import CueMatcher
from nlp.records import Analysis, analysis_of
from nlp.text import fold_words

VERSION = "1"
MAX_CHARACTERS = 20_000
TAGGED = 0.95  # a campaign's own hashtag
PHRASE, WORD = 0.6, 0.4  # one cue: several words (four Chinese characters), or one
NAMED, OTHER_NAMED = 0.5, 0.4  # of the doubt that is left: the campaign's bank is named; of the score: only another bank is
THRESHOLD = 0.5
_HASHTAG = re.compile(r"[#＃](\w+)")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Running:
    """One campaign as the component needs it."""

    id: str
    bank: str
    starts: date
    ends: date


@Language.factory("renown_campaigns", default_config={"campaigns": [], "timezone": "UTC", "language": "en"})
def make_campaigns(
    nlp: Language, name: str, campaigns: list[dict[str, Any]], timezone: str, language: str
) -> CampaignsComponent:
    """`campaigns`: entries of config/campaigns.yml as JSON; the fallback ("und") reads the wording of every language."""
    return CampaignsComponent(campaigns, timezone, language)


class CampaignsComponent:
    """Sets labels["campaigns"]: [{campaign_id, score}], best first; a campaign that did not run on the post's day is left out."""

    def __init__(self, campaigns: list[dict[str, Any]], timezone: str, language: str) -> None:
        self.zone = ZoneInfo(timezone)
        self.running = {
            c["id"]: Running(c["id"], c["bank"], date.fromisoformat(c["starts"]), date.fromisoformat(c["ends"]))
            for c in campaigns
        }
        self.tags: dict[str, list[str]] = {}
        for campaign in campaigns:
            for tag in campaign["hashtags"]:
                self.tags.setdefault(fold_words(tag), []).append(campaign["id"])
        self.matcher = CueMatcher({c["id"]: list(_wording(c, language)) for c in campaigns}, overlap=True)

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        found: dict[str, set[str]] = {}
        if self.running:
            for campaign, cue in self._cues(analysis):
                if self._runs(campaign, analysis.post.created_at):
                    found.setdefault(campaign, set()).add(cue)
        scores = {campaign: self._score(campaign, cues, analysis) for campaign, cues in found.items()}
        analysis.labels["campaigns"] = [
            {"campaign_id": campaign, "score": round(score, 4)}
            for campaign, score in sorted(scores.items(), key=lambda row: (-row[1], row[0]))
            if score >= THRESHOLD
        ]
        analysis.evidence["campaigns"] = sorted(f"{campaign}: {cue}" for campaign, cues in found.items() for cue in cues)
        return doc

    def _cues(self, analysis: Analysis) -> Iterable[tuple[str, str]]:
        folded = analysis.folded.text[:MAX_CHARACTERS]
        if "#" in folded or "＃" in folded:
            for match in _HASHTAG.finditer(folded):
                yield from ((campaign, f"#{match.group(1)}") for campaign in self.tags.get(match.group(1), ()))
        for hit in self.matcher.find(analysis.reading[:MAX_CHARACTERS]):
            yield from ((campaign, hit.cue) for campaign in hit.keys)

    def _runs(self, campaign: str, created_at: datetime | None) -> bool:
        """Whether the campaign ran on the day of the post, in the configured time zone; so it counts where the day is not known."""
        if created_at is None:
            return True
        running = self.running[campaign]
        return running.starts <= created_at.astimezone(self.zone).date() <= running.ends

    def _score(self, campaign: str, cues: set[str], analysis: Analysis) -> float:
        missing = 1.0
        for cue in cues:
            missing *= 1.0 - _worth(cue)
        banks = {bank["bank_id"] for bank in analysis.labels.get("banks", [])}
        own = self.running[campaign].bank
        if own in banks or analysis.post.official_of == own:
            missing *= NAMED
        score = 1.0 - missing
        strange = banks and own not in banks and not any(cue.startswith("#") for cue in cues)
        return score * OTHER_NAMED if strange else score


def _worth(cue: str) -> float:
    if cue.startswith("#"):
        return TAGGED
    long = " " in cue or "…" in cue or len(_HAN.findall(cue)) >= 4
    return PHRASE if long else WORD


def _wording(campaign: dict[str, Any], language: str) -> Iterable[str]:
    for code, cues in campaign["wording"].items():
        if code == language or language == "und":
            yield from cues


def settings_part(campaigns: Any) -> list[dict[str, Any]]:
    """What of the configuration a change of which makes a new model version."""
    return [
        campaign.model_dump(mode="json", include={"id", "bank", "starts", "ends", "hashtags", "wording"})
        for campaign in campaigns
    ]
