"""What a text shows beside its n-grams: words of bank service, acts of speech, emoji and form, as columns that training weighs.

text ──► lexicon (nlp/lexicon.py) + acts (nlp/speech.py) + emoji + form ──► (len(texts), len(NAMES)) columns, each about 0 to 1
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp import speech
from nlp.lexicon import leaning
from nlp.records import Post, analyse
from nlp.text import HANDLE, HASHTAG, URL, unescaped

Floats = npt.NDArray[np.float32]
MAX_CHARACTERS = 4_000
NAMES = (
    *("negative", "positive", "neutral", "only_negative", "only_positive", "both", "neither"),
    *("question", "request", "wish", "consider", "leave", "fraud_report", "news", "promotion", "complaint", "praise"),
    *("emoji_positive", "emoji_negative", "smile", "frown", "exclamation", "question_mark", "elongated", "capitals"),
    *("url", "name", "hashtag", "up_to_30", "up_to_80", "over_250", "dots", "digits", "quote"),
)
# English has an open lexicon of valences (Hutto & Gilbert 2014); training weighs what it says. Other languages have none of its kind.
LEXICON_NAMES = ("positive", "negative", "neutral", "above", "below", "good", "bad", "very_good", "very_bad", "best", "worst", "none")
LEXICON_SCALE = 2.0  # worth more a unit than the other columns, by cross-validation
_ACTS = ("question", "request", "wish", "consider", "leave", "fraud_report", "news", "promotion")
_SMILE = re.compile(r"[:;=8xX][-o'^]?[)\]dDpP3]+(?!\w)|\(?\^[_.]?\^\)?|<3|♥|\){2,}")
_FROWN = re.compile(r"[:;=8][-o'^]?[(\[/\\|cC]+(?!\w)|(?<!\w)[dD][-']?:(?!\w)|\({2,}|</3|>[:_.]<|-_-|t_t|т_т", re.IGNORECASE)
_EMOJI_POSITIVE = frozenset(
    "😀😁😂😃😄😅😆😇😉😊😋😌😍😎😏😗😘😙😚😛😜😝😸😹😺😻😽🙂🙃🙌🙏🤗🤣🥰🥳🤩👍👏👌💪💖💕💗💓💘💙💚💛💜🖤❤♥☺🎉🎊✨🌹🌸💐🌟⭐🔥💯✌🤝👑🌺🌷"
)
_EMOJI_NEGATIVE = frozenset("😒😓😔😕😖😞😟😠😡😢😣😤😥😦😧😨😩😪😫😬😭😰😱😳😵😶😷😾😿🙁☹🙄🤔🤦🤬🤮🤢🤧💔👎🖕💩😐😑😈👿🥺🥲")
_ELONGATED = re.compile(r"(\w)\1{2,}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DOTS = re.compile(r"\.\.\.|…")
_QUOTE = re.compile('["«“]')
_DIGIT = re.compile(r"\d")
CASED = ("en", "ru", "tr")
# A negation marks the words after it, up to a comma or four of them (Das & Chen 2007); Turkish negates by suffix, Chinese n-grams hold it.
_NEGATIONS = {
    "en": r"(?:not|no|never|cannot|cant|dont|doesnt|didnt|isnt|wasnt|wont|without|nothing|nobody|\w+n't)",
    "ru": r"(?:не|нет|ни|без|нельзя)",
    "ar": r"(?:لا|ما|لم|لن|مو|مش|ليس|غير|مب|بدون)",
    "tr": r"(?:yok|degil|hic|ne)",
}
_NEGATION = {language: re.compile(pattern) for language, pattern in _NEGATIONS.items()}
_TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
_CLAUSE_END = frozenset(".,;:!?،؛")
SCOPE = 4


def names(language: str) -> tuple[str, ...]:
    """What the columns of a language are."""
    return (*NAMES, *(f"lexicon_{name}" for name in LEXICON_NAMES)) if language == "en" else NAMES


def columns(texts: Sequence[str], language: str) -> Floats:
    """(len(texts), len(names(language))): what each text shows; texts as given."""
    rows = [_row(text[:MAX_CHARACTERS], language) for text in texts]
    if language == "en":
        rows = [[*row, *_lexicon(text[:MAX_CHARACTERS])] for row, text in zip(rows, texts, strict=True)]
    return np.array(rows, np.float32).reshape(-1, len(names(language)))


@cache
def _valences() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _lexicon(text: str) -> list[float]:
    said = _valences().polarity_scores(HANDLE.sub(" ", URL.sub(" ", unescaped(text))))
    whole = said["compound"]
    steps = [whole > 0.05, whole < -0.05, whole > 0.5, whole < -0.5, whole > 0.8, whole < -0.8, abs(whole) <= 0.05]
    return [LEXICON_SCALE * float(value) for value in (said["pos"], said["neg"], said["neu"], max(whole, 0), max(-whole, 0), *steps)]


def _row(text: str, language: str) -> list[float]:
    text = unescaped(text)
    analysis = analyse(Post(text))
    lean = leaning(analysis.folded.text, language)
    acts = speech.acts(analysis, language)
    bad, good = lean.negative > 0, lean.positive > 0
    words = [_saturate(lean.negative), _saturate(lean.positive), _saturate(lean.neutral)]
    sides = [bad and not good, good and not bad, good and bad, not good and not bad]
    said = [acts[name] for name in _ACTS]
    told = [_saturate(acts["complaint"]), _saturate(acts["praise"])]
    return [*words, *map(float, sides), *said, *told, *_form(text, language)]


def _form(text: str, language: str) -> list[float]:
    bare = URL.sub(" ", text)
    counts = [
        sum(c in _EMOJI_POSITIVE for c in text),
        sum(c in _EMOJI_NEGATIVE for c in text),
        len(_SMILE.findall(text)),
        len(_FROWN.findall(bare)),
        text.count("!") + text.count("！"),
        sum(text.count(c) for c in "?？؟"),
    ]
    words = _WORD.findall(text) if language in CASED else []
    capitals = sum(word.isupper() for word in words) / max(1, len(words))
    n = len(text)
    flags = [bare != text, "@" in text, HASHTAG.search(text), n < 30, n < 80, n > 250]
    marks = [_DOTS.search(text), _DIGIT.search(text), _QUOTE.search(text)]
    shape = [float(bool(flag)) for flag in (*flags, *marks)]
    return [*map(_saturate, counts), float(bool(_ELONGATED.search(text))), capitals, *shape]


def _saturate(amount: float) -> float:
    return float(1.0 - 0.5**amount)


def negated(folded: str, language: str) -> Iterator[str]:
    """"not_word" for each word within reach of a negation; folded text as heads read it."""
    pattern = _NEGATION.get(language)
    if pattern is None:
        return
    left = 0
    for token in _TOKEN.findall(folded):
        if pattern.fullmatch(token):
            left = SCOPE
        elif token in _CLAUSE_END:
            left = 0
        elif left and token[0].isalnum():
            left -= 1
            yield f"not_{token}"
