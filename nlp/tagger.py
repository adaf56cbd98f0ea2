"""Taggers behind the entities component: Natasha's slovnet for Russian, CRFs over hashed features for Chinese, Arabic, Turkish."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from nlp.heads import MODELS
from nlp.text import URL
from settings import RenownError

Span = tuple[int, int, str]
Tagger = Callable[[Sequence[str]], list[list[Span]]]
Token = tuple[int, int, str]
HASHES = 2**18  # features are hashes: no word of the training data stands in the weights
MAX_TOKENS = 400
_WORD = re.compile(r"[@#]?\w+(?:['’]\w+)?|[^\w\s]")
_HAN_TOKEN = re.compile("[\u3400-\u9fff]|[^\\W\u3400-\u9fff]+|[^\\w\\s]")
_ARABIC_CLITIC = re.compile("^[وف]?(?:بال|كال|لل|ال|[بلك])")


def natasha_tagger() -> Tagger:
    """Russian persons, organisations, places by slovnet (news model that ships in the wheel); nothing is fetched."""
    from natasha import NewsEmbedding, NewsNERTagger

    model = NewsNERTagger(NewsEmbedding())

    def tag(texts: Sequence[str]) -> list[list[Span]]:
        # A model batch is padded to its longest text: sort by length so that padding is little.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: list[list[Span]] = [[] for _ in texts]
        filled = [i for i in order if texts[i].strip()]
        for i, markup in zip(filled, model.map([texts[i] for i in filled]), strict=True):
            found[i] = [
                (span.start, span.stop, span.type) for span in markup.spans if span.type in ("PER", "ORG", "LOC")
            ]
        return found

    return tag


def crf_path(language: str, models: Path = MODELS) -> Path:
    """Where a language's CRF lies."""
    return models / f"entities_{language}.crfsuite"


@cache
def crf_tagger(language: str, models: Path = MODELS) -> Tagger:
    """A CRF by its language. Raises RenownError where the weights are missing."""
    import pycrfsuite

    path = crf_path(language, models)
    if not path.exists():
        raise RenownError(
            f"weights {path} are missing",
            "run 'python -m nlp.train --shared DIR --only entities' or set backend: rules",
        )
    model = pycrfsuite.Tagger()
    model.open(str(path))

    def tag(texts: Sequence[str]) -> list[list[Span]]:
        return [
            list(_spans(tokens, model.tag(features([t[2] for t in tokens], language))))
            for tokens in map(_ready(language), texts)
        ]

    return tag


def _ready(language: str) -> Callable[[str], list[Token]]:
    pattern = _HAN_TOKEN if language == "zh" else _WORD

    def tokens(text: str) -> list[Token]:
        links = [m.span() for m in URL.finditer(text)]
        found = ((m.start(), m.end(), m.group()) for m in pattern.finditer(text))
        kept = (t for t in found if not any(s <= t[0] < e for s, e in links))
        return [token for token, _ in zip(kept, range(MAX_TOKENS), strict=False)]

    return tokens


def _spans(tokens: Sequence[Token], tags: Sequence[str]) -> Iterator[Span]:
    start, end, label = 0, 0, ""
    for token, tag in zip(tokens, tags, strict=True):
        if tag[:2] == "I-" and tag[2:] == label:
            end = token[1]
            continue
        if label:
            yield start, end, label
        start, end, label = (token[0], token[1], tag[2:]) if tag != "O" else (0, 0, "")
    if label:
        yield start, end, label


def features(words: Sequence[str], language: str) -> list[list[str]]:
    """Hashed features of each token: itself, its neighbours within two, affixes and shape."""
    own = [_own(word, language) for word in words]
    rows = []
    for i in range(len(words)):
        row = [*own[i]]
        for offset in (-2, -1, 1, 2):
            j = i + offset
            near = own[j] if 0 <= j < len(words) else ("<edge>",)
            row += [f"{offset}{value}" for value in near[: 1 if abs(offset) == 2 else 3]]
        if language == "zh":
            row += [
                f"b{words[i - 1] if i else ''}{words[i]}",
                f"f{words[i]}{words[i + 1] if i + 1 < len(words) else ''}",
            ]
            row += [f"B{''.join(words[max(i - 2, 0) : i])}", f"F{''.join(words[i + 1 : i + 3])}"]
        rows.append([_hashed(value) for value in row])
    return rows


@lru_cache(maxsize=50_000)
def _own(word: str, language: str) -> tuple[str, ...]:
    lower = word.lower()
    shape = "".join("X" if c.isupper() else "x" if c.isalpha() else "9" if c.isdigit() else "." for c in word[:6])
    if language == "zh":
        return f"w{lower}", f"s{shape}"
    stem = _ARABIC_CLITIC.sub("", lower) if language == "ar" else re.split("['’]", lower)[0]
    affixes = tuple(f"{side}{part}" for n in (2, 3, 4) for side, part in (("<", stem[:n]), (">", lower[-n:])))
    marked = "'" in word or "\u2019" in word
    return f"w{lower}", f"s{shape}", f"t{stem}", *affixes, f"a{marked}", f"u{word[:1].isupper()}"


@lru_cache(maxsize=200_000)
def _hashed(value: str) -> str:
    return format(zlib.crc32(value.encode("utf-8", "replace")) % HASHES, "x")
