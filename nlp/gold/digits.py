"""Check digits of invented numbers: cards, IBANs and the national ids of the gold set's languages, told apart from what finds them.

surface ──► letters and digits in their plain form (any script's) ──► the rule of its kind ──► do they agree?
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# weights: GB 11643 (China), the tax service's two control digits (Russia)
_CHINESE = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
_TAX_11, _TAX_12 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def digits_agree(kind: str, surface: str, language: str) -> bool:
    """Whether the check digits of a card (Luhn), an IBAN (ISO 13616) or a Turkish, Russian or Chinese national id hold; other ids pass."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", surface).upper() if c.isalnum())
    plain = "".join(str(unicodedata.digit(c, c)) for c in plain)
    if kind == "iban":
        return plain.isascii() and len(plain) > 14 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
    digits = [int(c) for c in plain if c.isdigit()]
    if kind == "card":
        return 12 <= len(digits) <= 19 and _luhn(digits) % 10 == 0
    rule = {("tr", 11): _turkish_id, ("ru", 11): _russian_insurance, ("ru", 12): _russian_tax}.get((language, len(plain)))
    if language == "zh" and len(plain) == 18:
        return sum(w * (10 if c == "X" else int(c)) for w, c in zip(_CHINESE, plain, strict=True)) % 11 == 1
    return rule is None or (len(digits) == len(plain) and rule(digits))


def _luhn(digits: Sequence[int]) -> int:
    doubled = [d * 2 - 9 * (d > 4) for d in digits[-2::-2]]
    return sum(doubled) + sum(digits[-1::-2])


def _turkish_id(digits: Sequence[int]) -> bool:
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[0] > 0 and digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def _russian_insurance(digits: Sequence[int]) -> bool:
    check = sum((9 - i) * d for i, d in enumerate(digits[:9])) % 101 % 100
    return digits[9] * 10 + digits[10] == check


def _russian_tax(digits: Sequence[int]) -> bool:
    eleventh = sum(w * d for w, d in zip(_TAX_11, digits, strict=False)) % 11 % 10
    twelfth = sum(w * d for w, d in zip(_TAX_12, digits, strict=False)) % 11 % 10
    return digits[10:] == [eleventh, twelfth]
