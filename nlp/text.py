"""Text as the components see it: cleaned, folded, cut into shingles; offsets always lead back to the given text.

given text ──► safe() (same length) ──► fold() ──► matchers ──► Folded.span() ──► slice of the given text
                                  └──► head_text() ──► hashed n-grams
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。、）)\]]+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])[@＠]([\w][\w\-.]{0,49})")
HASHTAG = re.compile(r"#(\w[\w]*)#?")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
# Arabic vowel signs and tatweel, zero-width and direction marks, soft hyphen, variation selectors.
_INVISIBLE = re.compile(
    "[\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u00ad\ufeff\ufe00-\ufe0f]"
)
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
_SPACES = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_RETWEET = re.compile(r"^\s*rt\b[:\s]*", re.IGNORECASE)


@dataclass(frozen=True)
class Folded:
    """A folded text and where each of its characters stood: `offsets` is None while the two line up one to one."""

    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Folded [start, end) as [start, end) of the given text, in code points; end > start."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def safe(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD: same length, encodable, so offsets stay those of the given text."""
    return _UNSAFE.sub("\ufffd", text) if _UNSAFE.search(text) else text


@cache
def _fold_table() -> dict[int, str]:
    """One character to one: case is done apart; Latin accents, full width, Arabic letter variants, Traditional Chinese."""
    table: dict[int, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00), *range(0xFF01, 0xFF5F)):
        plain = unicodedata.normalize("NFKD", chr(code))
        base = "".join(c for c in plain if not unicodedata.combining(c)).lower()
        if len(base) == 1 and base != chr(code):
            table[code] = base
    table |= {ord(a): b for a, b in zip("ıøłđё’‘ʼ`´", "ioldе'''''", strict=True)}
    table |= {ord(a): b for a, b in zip("أإآٱىةؤئگکی", "اااايهوئككي", strict=True)}
    table |= {0x660 + i: str(i) for i in range(10)} | {0x6F0 + i: str(i) for i in range(10)}
    return _traditional() | table


def _traditional() -> dict[int, str]:
    from zhconv.zhconv import getdict

    return {ord(old): new for old, new in getdict("zh-cn").items() if len(old) == len(new) == 1}


def fold(text: str) -> Folded:
    """Lower case without accents and script variants, invisible characters dropped; use on safe() text."""
    folded = text.replace("İ", "i").lower().translate(_fold_table())
    if not _INVISIBLE.search(folded):
        return Folded(folded)
    kept = [(i, c) for i, c in enumerate(folded) if not _INVISIBLE.match(c)]
    return Folded("".join(c for _, c in kept), tuple(i for i, _ in kept))


def fold_words(text: str) -> str:
    """fold() for cue lists and names of config: the string only, blanks squeezed."""
    return _SPACES.sub(" ", fold(safe(text)).text).strip()


def strip_markup(text: str) -> str:
    """The text without URLs, e-mail addresses, @names and the # of hashtags: what a language detector should see."""
    text = URL.sub(" ", text)
    text = EMAIL.sub(" ", text) if "@" in text else text
    text = HANDLE.sub(" ", text) if "@" in text or "＠" in text else text
    return _SPACES.sub(" ", _RETWEET.sub("", text.replace("#", " ").replace("_", " "))).strip()


def unescaped(text: str) -> str:
    """The text with escapes that an export left in it (a backslash, u and four hex digits) as the characters that they stand for."""
    return safe(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)) if "\\u" in text else text


def head_text(text: str) -> str:
    """What the hashed heads read: folded, URLs and names as placeholders, three or more repeats squeezed to two."""
    text = URL.sub(" xurl ", unescaped(text))
    text = HANDLE.sub(" xname ", text) if "@" in text or "＠" in text else text
    text = _RETWEET.sub("", fold(text).text)
    return _SPACES.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()


def story_text(text: str) -> str:
    """What near-duplicates are compared on: folded, without URLs, blanks squeezed."""
    return _SPACES.sub(" ", fold(URL.sub(" ", safe(text))).text).strip()


def shingles(text: str, size: int = 5) -> frozenset[str]:
    """The set of `size`-character shingles of a normalised text (METRICS.md: 5); a shorter text is its own shingle."""
    if len(text) <= size:
        return frozenset((text,)) if text else frozenset()
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """|A∩B| / |A∪B|; 0 for two empty sets."""
    shared = len(one & other)
    union = len(one) + len(other) - shared
    return shared / union if union else 0.0
