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
from nlp.text import fold, fold_words, safe

VERSION = "2"
MAX_CHARACTERS = 4_000
_SENTENCE = re.compile(r"(?<=[.!?。！？؟\n])\s*")
_HAN = re.compile("[\u3400-\u9fff]")
_ENOUGH, _ENOUGH_HAN = 40, 14  # characters of an answer that stands without the offer behind it
_QUOTED = re.compile("[\"“„«「『][^\"“”„«»「」『』]*[\"”»」』]")
_QUESTION = re.compile(r"[?？؟]")
_ASKS_AT_THE_END = re.compile(r"[?？؟][\W_]*$")


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

    def _configured(self, text: str) -> str | None:
        folded = fold(safe(text)).text
        roles = {role for role, pattern in self.patterns if pattern.search(text)}
        roles |= {role for role, pattern in self.folded_patterns if pattern.search(folded)}
        return "automatic" if "automatic" in roles else "divert" if "divert" in roles else None

    def _role(self, analysis: Analysis, cues: Counter[str]) -> str:
        """none for customers and for the bank's own top-level posts; of an unknown author only where the wording is a desk's."""
        post = analysis.post
        if post.is_official is False or (post.is_official and not post.is_reply):
            return "none"
        desk = 9 if post.is_official else _desk_wordings(analysis.evidence["reply"])
        if not desk:
            return "none"
        text = analysis.text[:MAX_CHARACTERS]
        if kept := self._without_offer(text):
            text, cues = kept, speech.reply_cues_of(fold(safe(kept)).text, self.language)
        if configured := self._configured(text):
            return configured
        if cues["automatic"]:
            return "automatic"
        if cues["divert"]:
            return "divert"
        if _asks(text, cues, bool(post.is_official)):
            return "ask"
        return "answer" if desk > 1 else "none"

    def _without_offer(self, text: str) -> str:
        """The reply without sentences that offer another channel should the answer not do, where an answer is left; else ""."""
        sentences = [sentence for sentence in _SENTENCE.split(text) if sentence]
        kept = [sentence for sentence in sentences if not self._offers(sentence)]
        left = "\n".join(kept)
        enough = _ENOUGH_HAN if _HAN.search(left) else _ENOUGH
        return left if len(kept) < len(sentences) and len(left) >= enough else ""

    def _offers(self, sentence: str) -> bool:
        cues = speech.reply_cues_of(fold(safe(sentence)).text, self.language)
        return bool(cues["offer"] and (cues["divert"] or self._configured(sentence)))

    def _kind(self, analysis: Analysis, cues: Counter[str], role: str) -> str:
        if analysis.post.is_reply or role in ("automatic", "divert", "ask"):
            return "help"
        if cues["notice"] + cues["help"] > max(1, cues["pr"]) and cues["notice"]:  # one word of fraud or outage may stand in an advertisement
            return "help"
        if cues["other"] and not cues["pr"]:
            return "other"
        return "pr" if cues["pr"] or not cues["help"] else "help"


def _desk_wordings(found: list[str]) -> int:
    """How many wordings of a desk a text holds that a customer who closes would not use as well ("solved"); an automatic one counts double."""
    said: dict[str, set[str]] = {}
    for entry in found:
        key, _, cue = entry.partition(": ")
        said.setdefault(key, set()).add(cue)
    customers = said.get("thanks", set()) | said.get("confirms", set()) | said.get("still_angry", set())
    return len(said.get("help", set()) - customers) + 2 * len(said.get("automatic", set()) - customers)


def _asks(text: str, cues: Counter[str], official: bool) -> bool:
    """A request for details: a wording of one, or an official reply that is little else than a question; a quoted question is the customer's."""
    said = _QUOTED.sub(" ", text)
    if cues["ask"] and (cues["ask"] >= cues["help"] or _QUESTION.search(said)):
        return True
    if not official or cues["help"] > 1 or not _QUESTION.search(said):
        return False
    return not cues["help"] or bool(_ASKS_AT_THE_END.search(said))


def settings_part(patterns: Any) -> list[dict[str, Any]]:
    """What of the configuration a change of which makes a new model version."""
    return [pattern.model_dump(mode="json") for pattern in patterns]
