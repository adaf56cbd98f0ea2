"""The last hand on a text: capitals, punctuation, emoji, hashtags, slips of the finger, and other scripts, by register.

    "my card was declined. thanks, {bank}" ──► finish() ──► "My card was declined. Thanks, Velmora 😡 #fail"

Names are placeholders (grammar.BANK, grammar.OTHER) all the while, so that no noise touches them.
"""

from __future__ import annotations

import re

from sandbox.texts.grammar import BANK, OTHER, Draw
from sandbox.texts.scripts import TO_LATIN, TO_TRADITIONAL
from sandbox.texts.shapes import SHAPES, end_sentence, mood_of

_SENTENCE = re.compile(r"(^|[.!?…]\s+)(?!https?:)([a-zçğıöşüа-яё])")
_ORDINAL = re.compile(r"(^|(?<!\d)[.!?…]\s+)(?!https?:)([a-zçğıöşü])")  # in Turkish "5. gün" is no new sentence
_WORD = re.compile(r"[^\W\d_]{6,}")
_LINK_END = re.compile(r"https?://\S+$|#\S+$")
_BEFORE = {mark: re.compile(rf"(?<=\w){mark}") for mark in (BANK, OTHER)}
_AFTER = {mark: re.compile(rf"{mark}(?=\w)") for mark in (BANK, OTHER)}
_UNMARKED = (".", "。")
_HASHTAG_PLATFORMS = ("x", "vk", "weibo", "mastodon", "bluesky")
_EMOJI = {"casual": 0.28, "angry": 0.35, "sarcastic": 0.35, "worried": 0.35, "short": 0.15}
_ALTERED = 0.015  # share of casual texts in another script: rare, as in life


def finish(draw: Draw, text: str, language: str, act: str, register: str, tone: str, platform: str) -> str:
    """Apply the register's habits; official and press texts only get their capitals and full stops."""
    loose = register not in ("formal", "neutral") and SHAPES[act].speaker == "customer"
    if loose:
        text = _slip(draw, text, language)
    lowercase = loose and draw.chance(0.35)
    text = text if lowercase else capitals(text, language)
    text = _ending(draw, text, register, loose)
    if loose:
        mood = mood_of(act, tone)
        mood = register if f"emoji.{register}" in draw.rules else mood
        text = _decorate(draw, text, mood, register, platform)
        text = _other_script(draw, text, language)
    return text


def capitals(text: str, language: str) -> str:
    """Capital letters at the start of sentences (dotted İ in Turkish)."""
    if language == "tr":
        return _ORDINAL.sub(lambda match: match[1] + ("İ" if match[2] == "i" else match[2].upper()), text)
    return _SENTENCE.sub(lambda match: match[1] + match[2].upper(), text)


def _ending(draw: Draw, text: str, register: str, loose: bool) -> str:
    text = text.rstrip()
    if not loose:
        return text if _LINK_END.search(text) else end_sentence(text, draw.joiner)
    if text.endswith(_UNMARKED) and draw.chance(0.6):
        text = text[:-1]
    if register == "angry" and text[-1:] in "!！" and draw.chance(0.5):
        text += text[-1] * (1 + int(draw.random() * 3))
    elif register == "sarcastic" and text[-1:].isalpha() and draw.chance(0.3):
        text += "..."
    return text


def _decorate(draw: Draw, text: str, mood: str, register: str, platform: str) -> str:
    if draw.chance(_EMOJI.get(register, 0.0)) and f"emoji.{mood}" in draw.rules:
        text += draw.joiner + draw.rule(f"emoji.{mood}")
    if platform in _HASHTAG_PLATFORMS and draw.chance(0.12) and f"hashtags.{mood}" in draw.rules:
        text += draw.joiner + draw.rule(f"hashtags.{mood}")
    return text


def _slip(draw: Draw, text: str, language: str) -> str:
    """One slip of the finger in some 6 % of texts: letters swapped, doubled or dropped inside a long word."""
    if language == "zh" or not draw.chance(0.06):
        return text
    words = [match for match in _WORD.finditer(text) if text[match.start() - 1 : match.start()] not in ("#", "@", "/")]
    if not words:
        return text
    word = words[int(draw.random() * len(words))]
    at = word.start() + 2 + int(draw.random() * (len(word[0]) - 4))
    kind = int(draw.random() * 3)
    middle = (text[at + 1] + text[at], text[at] * 2 + text[at + 1], text[at])[kind]
    return text[:at] + middle + text[at + 2 :]


def _other_script(draw: Draw, text: str, language: str) -> str:
    if language == "zh" and draw.chance(0.04):
        return text.translate(TO_TRADITIONAL)
    if language == "ru" and draw.chance(_ALTERED):
        return text.translate(TO_LATIN)
    return text


def name(text: str, bank: str | None, other: str | None) -> str:
    """Put the names in the place of their marks."""
    for mark, given in ((BANK, bank or ""), (OTHER, other or "")):
        if given[:1] in ("@", "#"):  # a handle or a hashtag wants blanks where a letter would touch it
            text = _AFTER[mark].sub(mark + " ", _BEFORE[mark].sub(" " + mark, text))
        text = text.replace(mark, given)
    return text
