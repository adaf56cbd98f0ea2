"""Which of two banks wins where a text compares them: wordings a language with the banks' names as marks.

    text with two banks ──► names become ⟦A⟧ ⟦B⟧ ──► patterns (up, down) ──► logits added to each bank's own stretch
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from nlp.text import Folded

PUSH = 3.0      # logits for the bank that a comparison praises or blames
CONTRAST = 1.2  # what the other bank's leaning is worth, turned round
MAX_CHARACTERS = 4_000

# U: the bank that comes out ahead, D: the one behind. `~` stands for up to 60 characters of the same sentence.
PATTERNS: dict[str, list[str]] = {
    "en": ["U ~(?:ahead of|better than|superior to|beats?|outclass\\w*|faster than|kinder than|cheaper than|over) D", "(?:from|left|leaving|ditched|quit|switched|dropped) D (?:to|for|and joined) U",
           "(?:after|unlike|compared (?:to|with)|instead of|not) D[, ]+U", "U[, ]~(?:unlike|not) D", "why (?:does|is|can) U ~(?:and|but|while) D ~(?:doesn't|isn't|can't|cannot|not)",
           "D ~(?:worse than|behind|slower than|loses to|could learn from) U", "D ~still ~(?:sleep|live|stuck)", "while D still", "that was D", "that's U,? while D", "D to U, no regrets"],
    "ru": ["U ~(?:лучше|выше|впереди|удобнее|быстрее|обгоня|надежнее|сильнее),? (?:чем )?D", "(?:из|от|после|вместо) D ~(?:в|к|на)? ?U", "U ~(?:может|умеет), а D нет", "после D,? U", "почему U ~,? а D",
           "D ~(?:хуже|отстает|медленнее|позади),? (?:чем |от )?U", "а D (?:все )?еще ~(?:живет|спит)", "это D(?! лучше)", "в отличие от D,? U"],
    "zh": ["U~(?:比|甩|胜过|强过|好过|领先|秒杀)D(?!~(?:差|慢|烂))", "从D~(?:换到|转到|搬到|来到)U", "用过D再用U", "为什么U~行,?，?D~不行", "U~行，D不行", "D~(?:不如|比不上|输给|落后)U", "D(?:还|仍)~(?:活在|停在)", "(?:离开|告别)D~U", "弃D~U"],
    "ar": ["U ~(?:افضل|احسن|اسرع|اقوي|متقدم|يتفوق|اريح) ~(?:من|علي) D", "(?:من|تركت|بعد|بدل) D ~(?:الي|لـ?|ل)? ?U", "ليش U ~و ?D لا", "لماذا U ~و ?D لا", "D ~(?:اسوا|ابطا|متاخر) ~(?:من|عن) U", "بعد D[,،]? U", "بعكس D", "D (?:لسه|ما زال|مازال|لا يزال|عايش)"],
    "tr": ["U ~D'?\\w{0,4} ~(?:kat kat |daha |cok )?(?:iyi|ileride|onde|hizli|ustun)", "D ~(?:yerine|sonrasi|birakip|degil)[, ]+~U", "D'?\\w{0,4} ~U'?\\w{0,4} ~gec", "U ~yap\\w+ da D ~niye", "D ise (?:hala|hâlâ|halen)",
           "D ~(?:daha kotu|geride)", "U onde", "U ile D arasinda daglar"],
}


@cache
def _compiled(language: str) -> list[re.Pattern[str]]:
    """Patterns with the groups `up` and `down`, or one of them."""
    ready = []
    for wording in PATTERNS.get(language, []):
        text = wording.replace("~", "[^.!?\u3002\uff01\uff1f\n]{0,60}?")
        text = re.sub(r"(?<![\\\w])U|(?<=[^\x00-\x7f])U", r"⟦(?P<up>\\d+)⟧\\w{0,6}'?\\w{0,4}", text, count=1)
        text = re.sub(r"(?<![\\\w])D|(?<=[^\x00-\x7f])D", r"⟦(?P<down>\\d+)⟧\\w{0,6}'?\\w{0,4}", text, count=1)
        ready.append(re.compile(text))
    return ready


def pushes(folded: Folded, mentions: Sequence[dict[str, Any]], language: str) -> dict[str, float]:
    """Bank id → +1 ahead, −1 behind, for texts with exactly two banks and a comparing wording; else {}."""
    ids = list(dict.fromkeys(m["bank_id"] for m in mentions))
    if len(ids) != 2:
        return {}
    marked = _marked(folded, mentions, ids)
    for pattern in _compiled(language):
        if match := pattern.search(marked):
            groups = match.groupdict()
            if groups.get("up") == groups.get("down"):
                continue
            up = int(groups["up"]) if groups.get("up") else 1 - int(groups["down"])
            return {ids[up]: 1.0, ids[1 - up]: -1.0}
    return {}


def _marked(folded: Folded, mentions: Sequence[dict[str, Any]], ids: Sequence[str]) -> str:
    """The folded text with each mention of a bank as ⟦0⟧ or ⟦1⟧; mentions come with offsets of the given text."""
    text = folded.text[:MAX_CHARACTERS]
    back = {given: i for i, given in enumerate(folded.offsets)} if folded.offsets else None
    pieces, place = [], 0
    for mention in sorted(mentions, key=lambda m: int(m["start"])):
        start = mention["start"] if back is None else back.get(mention["start"], 0)
        end = mention["end"] if back is None else back.get(mention["end"] - 1, 0) + 1
        if place <= start < end <= len(text):
            pieces += [text[place:start], f"⟦{ids.index(mention['bank_id'])}⟧"]
            place = end
    return "".join([*pieces, text[place:]])

