"""Cut a text into the tokens that the CRFs tag, and one token into its parts: normal form, shape, stem, affixes.

text ──► tokens() with offsets ──► word_hashes(): one 32-bit hash a part, 0 where a word has no such part
"""

from __future__ import annotations

import re
import zlib
from functools import cache, lru_cache

from nlp.text import URL, fold

Token = tuple[int, int, str]
MAX_TOKENS = 400
_NUMBER = r"\d+(?:[.,:/-]\d+)*"
_WORDS = re.compile(r"[@#]?\w+(?:['’-]\w+)*|[^\w\s]")
_PATTERNS = {
    "en": re.compile(
        rf"[@#]\w+|(?:[^\W\d_]\.){{2,}}|{_NUMBER}|[A-Z]['’]\w+(?:-\w+)*|\w+(?:[-&]\w+)*|['’](?:s|re|m|ll|d|ve|t)\b|[^\w\s]"
    ),
    "zh": re.compile("[\u3400-\u9fff]|[^\\W\\d_\u3400-\u9fff]+|\\d+|_|[^\\w\\s]"),
    "ar": re.compile(r"[@#]?\w+|[^\w\s]"),
}
_APOSTROPHE = re.compile("['’]")
_PROCLITIC = re.compile("^(?:[وف]?(?:بال|كال|لل|ال|فال)|[وف][بلك]?|[بلك])(?=\\w{3})")
_ENCLITIC = re.compile("(?<=\\w{3})(?:هما|ات|ان|ون|ين|يه|ها|هم|نا|ه|ي)$")
_RUSSIAN_ENDING = re.compile(
    "(?<=\\w{3})(?:ами|ями|ого|его|ему|ому|ыми|ими|ом|ем|ой|ей|ам|ям|ах|ях|ым|им|ую|юю|ая|яя|ый|ий|ов|ев|[аеиоуыюяьй])$"
)
_RUN = re.compile(r"(.)\1+")
_DIGIT = re.compile(r"\d")


def tokens(text: str, language: str) -> list[Token]:
    """(start, end, word) in code points, links left out, MAX_TOKENS at most; Chinese is cut into characters."""
    links = [m.span() for m in URL.finditer(text)] if "http" in text or "www" in text else []
    found: list[Token] = []
    for m in _PATTERNS.get(language, _WORDS).finditer(text):
        if not any(start <= m.start() < end for start, end in links):
            found.append((m.start(), m.end(), m.group()))
        if len(found) == MAX_TOKENS:
            break
    return found


def hash_of(value: str) -> int:
    """An odd 32-bit hash: never 0, which stands for "no such part"."""
    return zlib.crc32(value.encode("utf-8", "replace")) | 1


def shape(word: str) -> str:
    """Xxx99 for the first twelve characters: case and digits, other signs as they are."""
    kinds = ("X" if c.isupper() else "x" if c.islower() else "a" if c.isalpha() else "9" if c.isdigit() else c for c in word[:12])
    return "".join(kinds)


def brief(long_shape: str) -> str:
    """A shape with runs of one sign as one: Xx9."""
    return _RUN.sub(r"\1", long_shape)


@cache
def _simplified() -> dict[int, str]:
    from zhconv.zhconv import getdict

    return {ord(old): new for old, new in getdict("zh-cn").items() if len(old) == len(new) == 1}


def simplified(text: str) -> str:
    """Traditional characters as Simplified ones, one for one."""
    return text.translate(_simplified())


def normal(word: str, language: str) -> str:
    """Lower case as the language has it (Turkish i and ı), Arabic letter variants as one, Chinese simplified."""
    if language == "ar":
        return fold(word).text
    if language == "zh":
        return simplified(word)
    if language == "tr":
        word = word.replace("İ", "i").replace("I", "ı")
    return word.lower()


def before_apostrophe(word: str) -> str:
    """İstanbul'da → İstanbul; a word that begins with its apostrophe stays whole."""
    return _APOSTROPHE.split(word, maxsplit=1)[0] or word


def name_key(word: str, language: str) -> str:
    """The form in which name lists hold a word: normal, without a Turkish or English suffix or a Russian ending."""
    word = normal(word, language)
    if language in ("ar", "zh"):
        return word
    word = before_apostrophe(word)
    return _RUSSIAN_ENDING.sub("", word.replace("ё", "е")) if language == "ru" else word


def cluster_key(word: str, language: str) -> str:
    """The form in which clusters hold a word: normal, names of accounts as one, digits as 0."""
    word = normal(word, language)
    word = word if language == "ar" else before_apostrophe(word)
    return "xname" if word[:1] == "@" else _DIGIT.sub("0", word)


@lru_cache(maxsize=100_000)
def word_hashes(word: str, language: str) -> tuple[int, ...]:
    """The parts of one word; nlp/entity_features.py names the columns."""
    return _han_hashes(word) if language == "zh" else _letter_hashes(word, language)


def _han_hashes(word: str) -> tuple[int, ...]:
    char = simplified(word)
    short = brief(shape(word))
    kind = "h" if "\u3400" <= char[0] <= "\u9fff" else "9" if char[0].isdigit() else "x" if char[0].isalpha() else "."
    return hash_of(char.lower()), hash_of(kind + (short if kind == "x" else "")), hash_of(short)


def _letter_hashes(word: str, language: str) -> tuple[int, ...]:
    low, long_shape = normal(word, language), shape(word)
    stem, tail, light = _arabic_stem(low) if language == "ar" else _stem(low)
    stem = stem or low
    prefixes = (hash_of(stem[:n]) if len(stem) >= n else 0 for n in range(1, 6))
    suffixes = (hash_of(low[-n:]) if len(low) >= n else 0 for n in range(1, 6))
    stem_suffixes = (hash_of(stem[-n:]) if len(stem) >= n else 0 for n in range(2, 5))
    forms = (hash_of(low), hash_of(long_shape), hash_of(brief(long_shape)), hash_of(stem))
    return (*forms, *prefixes, *suffixes, hash_of(tail), hash_of(light), *stem_suffixes)


def _stem(low: str) -> tuple[str, str, str]:
    stem = before_apostrophe(low)
    tail = "'" + low[len(stem) + 1 :] if len(stem) < len(low) else ""
    return stem, tail, _DIGIT.sub("0", stem)


def _arabic_stem(low: str) -> tuple[str, str, str]:
    found = _PROCLITIC.match(low)
    clitic = found.group() if found else ""
    stem = low[len(clitic) :]
    return stem, clitic, _ENCLITIC.sub("", stem)
