"""Character tables for texts in a script other than the usual one: Russian in Latin letters, Traditional Chinese."""

from __future__ import annotations

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "a b v g d e zh z i j k l m n o p r s t u f h c ch sh sch  y  e yu ya".split(" ")

TO_LATIN = str.maketrans(
    {**dict(zip(_CYRILLIC, _LATIN, strict=True)), "ё": "e"}
    | {letter.upper(): latin.capitalize() for letter, latin in zip(_CYRILLIC, _LATIN, strict=True)}
    | {"Ё": "E"}
)

TO_TRADITIONAL: dict[int, str] = {}
