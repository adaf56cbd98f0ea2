"""Russian and Arabic written in Latin letters, brought back to their script so that the heads can read them."""

from __future__ import annotations

import re

_RUSSIAN = (
    "shch:щ sch:щ zh:ж kh:х ts:ц ch:ч sh:ш yu:ю ju:ю ya:я ja:я yo:ё jo:ё ye:е iy:ий yy:ый a:а b:б v:в w:в g:г d:д "
    "schet:счет schyot:счёт dengi:деньги denjgi:деньги skolko:сколько tolko:только bolshe:больше nelzya:нельзя raschet:расчет "
    "e:е z:з i:и j:й y:ы k:к l:л m:м n:н o:о p:п r:р s:с t:т u:у f:ф h:х c:ц x:кс q:к ':ь "
)
_ARABIC = (
    "sh:ش ch:ش kh:خ gh:غ th:ث dh:ذ aa:ا ee:ي oo:و ou:و 2:ء 3:ع 5:خ 6:ط 7:ح 8:ق 9:ص a:ا b:ب t:ت j:ج g:ج d:د r:ر z:ز "
    "s:س f:ف q:ق k:ك l:ل m:م n:ن h:ه w:و o:و u:و y:ي i:ي e: v:ف p:ب "
)
_TABLES = {code: dict(pair.split(":") for pair in pairs.split()) for code, pairs in (("ru", _RUSSIAN), ("ar", _ARABIC))}
_PATTERNS = {
    code: re.compile("|".join(re.escape(k) for k in sorted(table, key=len, reverse=True)), re.IGNORECASE)
    for code, table in _TABLES.items()
}


def to_native(text: str, language: str) -> str:
    """A romanised text in its own script, roughly; other languages come back as given."""
    if language not in _TABLES:
        return text
    table = _TABLES[language]
    return _PATTERNS[language].sub(lambda m: table[m.group().lower()], text)
