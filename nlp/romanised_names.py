"""Bank names of a Cyrillic or Arabic script as people write them in Latin letters: a regular expression a name.

Сбербанк ──► s b e r b a n k + Russian endings ──► "v sberbanke";  الراجحي ──► el/al + r j|g 7|h i ──► "el rag7y"

Used only on texts that the language component found to be romanised: in English or Turkish the same letters are other words.
"""

from __future__ import annotations

import re

RUSSIAN, ARABIC = "ru", "ar"
LEAST_LETTERS = 4  # a shorter name in Latin letters is too many other words; config/banks.yml can name it itself
_VOWELS = "аеёиоуыэюяьй"
_CYRILLIC = {
    **dict(zip("абгдзлмнопрт", "abgdzlmnoprt", strict=True)),
    "в": "[vw]", "е": "(?:[yj]?e|ie)", "ё": "(?:[yji]?[oe])", "ж": "(?:zh|j)", "и": "(?:i|ee)", "й": "[yji]?", "к": "(?:c?k|c|q)", "с": "[sc]",
    "у": "(?:u|oo|ou)", "ф": "(?:f|ph)", "х": "(?:kh|h|x)", "ц": "(?:ts|tz|c|z)", "ч": "(?:t?ch|4)", "ш": "(?:sh|6)", "щ": "(?:sh?ch|sh)", "ъ": "",
    "ы": "(?:ui|[yi])", "ь": "['jyi]?", "э": "e", "ю": "(?:[yji]?u)", "я": "(?:[yji]?a)",
}  # fmt: skip
_RUSSIAN_END = (
    "(?:[yji]?ami|[oe]go|[oe]mu|[yi]mi|[oe][yji]u?|[oe]m|[yji]?am|[yji]?ak?h|[oe]v|[yi](?:e|em|e?[yji]|i|[yj]?[au])|[yji]?a|[yji]?u|e|[yi]|o)?"
)
_BETWEEN = "[aeiou]{0,2}"  # short vowels are not written in Arabic and written in many ways in Latin letters
_ARABIC = {
    **dict(zip("لمندزه", "lmndzh", strict=True)), "ب": "[bp]", "ت": "t", "ث": "(?:th|s|t)", "ج": "(?:dj|j|g)", "ح": "[7h]", "خ": "(?:kh|5|7)",
    "ذ": "(?:dh|th|z)",
    "ر": "r", "س": "[sc]", "ش": "(?:sh|ch|4)", "ص": "[s9]", "ض": "[d9]", "ط": "[t6]", "ظ": "(?:z|6|dh)", "ع": "[3a]?", "غ": "(?:gh|3|5|g)", "ف": "[fv]",
    "ق": "(?:q|2|k|g|8)", "ك": "(?:k|c|q)", "ا": "(?:aa?|e|2)?", "و": "(?:ou|oo|o|u|w)?", "ي": "(?:ee|ei|ai|ie|[iye])?", "ه": "(?:h|a|e)?", "ء": "2?",
    "ئ": "[2iye]?", "ؤ": "[2ou]?", " ": " ",
}  # fmt: skip
_FIRM = frozenset("بتثجحخدذرزسشصضطظغفقكلمن")  # consonants that are written in Latin letters too, however vowels go
LEAST_FIRM = 4  # the article's l among them: fewer fit any short word
_CLITIC = "(?:[wfblk][aeiou]?)?(?:[eai]l[\\s-]?|l)?"
_DOUBLED = re.compile(r"(.)\1")
_ARTICLE = re.compile("^ال")
_IS_CYRILLIC, _IS_ARABIC = re.compile("^[а-яё\\s-]+$"), re.compile("^[\u0621-\u064a\\s]+$")


def pattern(name: str, language: str) -> str | None:
    """The expression for a folded name in folded texts of RUSSIAN or ARABIC in Latin letters; None for a name of another script, or too short."""
    words = name.replace("-", " ").split(" ")
    if len(name.replace(" ", "")) < LEAST_LETTERS:
        return None
    if language == RUSSIAN and _IS_CYRILLIC.match(name):
        return r"(?<!\w)" + r"[\s\-]+".join(_russian(word) for word in words) + r"(?!\w)"
    if language == ARABIC and _IS_ARABIC.match(name) and sum(letter in _FIRM for letter in name) >= LEAST_FIRM:
        return r"(?<!\w)" + r"[\s\-]+".join(_CLITIC + _arabic(word) for word in words) + r"(?!\w)"
    return None


def _russian(word: str) -> str:
    stem = word.rstrip(_VOWELS) if len(word) >= 5 else word
    stem = stem if len(stem) >= 3 else word
    return "".join(_CYRILLIC[letter] + ("" if letter in _VOWELS or letter == "ъ" else "{1,2}") for letter in _DOUBLED.sub(r"\1", stem)) + _RUSSIAN_END


def _arabic(word: str) -> str:
    letters = [_ARABIC.get(letter, "") for letter in _DOUBLED.sub(r"\1", _ARTICLE.sub("", word))]
    return _BETWEEN.join(f"(?:{letter})" for letter in letters if letter) + "[aeiouhy]?"
