"""What jieba's dictionary says of each character: where it stands in its word, the word's part of speech, the words beside it.

text ──► simplified ──► jieba without its HMM (dictionary and frequencies alone) ──► one row of hashes a character
"""

from __future__ import annotations

import logging
from functools import cache
from typing import NamedTuple

from nlp.entity_features_words import hash_of, simplified

_UNKNOWN, _BEFORE, _AFTER = "x", "^", "$"


class Character(NamedTuple):
    """Hashes of one character's surroundings; the field order is the column order of nlp/entity_features.py."""

    position: int  # B M E S within its word
    part: int
    word: int
    word_before: int
    word_after: int
    part_before: int
    part_after: int
    position_part: int
    last: int
    next_first: int


def characters(text: str) -> list[Character]:
    """One row a code point of the text."""
    import jieba

    parts = _parts_of_speech()
    words = list(jieba.cut(simplified(text), HMM=False))
    edged = [_BEFORE, *words, _AFTER]
    tags = [_BEFORE, *(parts.get(word, _UNKNOWN) for word in words), _AFTER]
    rows: list[Character] = []
    for i, word in enumerate(words, 1):
        part, own, left, right, part_left, part_right = map(hash_of, (tags[i], word, edged[i - 1], edged[i + 1], tags[i - 1], tags[i + 1]))
        ends = hash_of(word[-1]), hash_of(edged[i + 1][0])
        for j in range(len(word)):
            position = "S" if len(word) == 1 else "B" if j == 0 else "E" if j == len(word) - 1 else "M"
            said = hash_of(position), part, own, left, right, part_left, part_right, hash_of(position + tags[i])
            rows.append(Character(*said, *ends))
    return rows


@cache
def _parts_of_speech() -> dict[str, str]:
    import jieba
    from jieba import posseg

    jieba.setLogLevel(logging.ERROR)
    posseg.dt.initialize()
    table: dict[str, str] = posseg.dt.word_tag_tab
    return table
