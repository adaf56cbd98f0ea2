"""replies: the role of an official reply, how a customer closes, and what kind of official item it is.

official item ──► patterns of config/replies.yml, then cues ──► automatic | divert | ask | answer
customer's reply ──► cues ──► thanks | confirms | still_angry
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp import speech
from nlp.records import Analysis, analysis_of
from nlp.text import fold_words

VERSION = "1"
MAX_CHARACTERS = 4_000


@Language.factory("renown_replies", default_config={"language": "en", "patterns": []})
def make_replies(nlp: Language, name: str, language: str, patterns: list[dict[str, str]]) -> RepliesComponent:
    """`patterns`: entries of config/replies.yml in this pipeline's language."""
    return RepliesComponent(language, patterns)


class RepliesComponent:
    """Sets labels["reply"] and labels["official_kind"]."""

    def __init__(self, language: str, patterns: list[dict[str, str]]) -> None:
        self.patterns = [(p["role"], re.compile(p["pattern"], re.IGNORECASE)) for p in patterns]
        self.folded_patterns = [
            (p["role"], re.compile(fold_words(p["pattern"])))
            for p in patterns
            if re.fullmatch(r"[\w\s\-,.!']+", p["pattern"])
        ]
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        cues = speech.reply_cues(analysis, self.language)
        official = analysis.post.is_official
        role = self._role(analysis, cues)
        analysis.labels["reply"] = {
            "role": role,
            "closing": "none" if official or role != "none" else speech.closing_of(analysis, self.language),
        }
        analysis.labels["official_kind"] = {"kind": self._kind(analysis, cues, role) if official else None}
        return doc

    def _configured(self, analysis: Analysis) -> str | None:
        text, folded = analysis.text[:MAX_CHARACTERS], analysis.folded.text[:MAX_CHARACTERS]
        roles = {role for role, pattern in self.patterns if pattern.search(text)}
        roles |= {role for role, pattern in self.folded_patterns if pattern.search(folded)}
        return "automatic" if "automatic" in roles else "divert" if "divert" in roles else None

    def _role(self, analysis: Analysis, cues: Counter[str]) -> str:
        """none for customers and for the bank's own top-level posts; of an unknown author only where the wording is a desk's."""
        post = analysis.post
        if post.is_official is False or (post.is_official and not post.is_reply):
            return "none"
        if post.is_official is None and cues["help"] + cues["automatic"] == 0:
            return "none"
        if configured := self._configured(analysis):
            return configured
        if cues["automatic"]:
            return "automatic"
        if cues["divert"]:
            return "divert"
        if cues["ask"] and (
            cues["ask"] >= cues["help"] or "?" in analysis.text or "？" in analysis.text or "؟" in analysis.text
        ):
            return "ask"
        return "answer" if post.is_official or cues["help"] else "none"

    def _kind(self, analysis: Analysis, cues: Counter[str], role: str) -> str:
        if analysis.post.is_reply or role in ("automatic", "divert", "ask"):
            return "help"
        if cues["pr"] or not cues["help"]:
            return "pr"
        return "help"


def settings_part(patterns: Any) -> list[dict[str, Any]]:
    """What of the configuration a change of which makes a new model version."""
    return [pattern.model_dump(mode="json") for pattern in patterns]
