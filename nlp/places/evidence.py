"""Whether a name found is meant as a place: what stands before and after it, its case ending, its capital.

Candidate + neighbours ──► vetoed (a street, a bank, a person) | accepted with the cue that speaks for it
"""

# ruff: noqa: E501, SIM905  (lists of words and patterns stand in long lines, as in nlp/cues)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.places.curated import ARABIC_MAJOR, PERSON_NAMES, TURKISH_PERSONS
from nlp.places.gazetteer import Candidate, Token

# Words right before a name that say "place"; the strict ones serve for names that are words or people as well.
_BEFORE = {
    "latin": set("in at from to near around outside downtown central visiting via".split()),
    "cyrillic": set("в во из под до около возле по через город города городе г гор".split()),
    "arabic": set("في من الى الي مدينه بمدينه محافظه حي بحي فرع فروع منطقه مطار قرب داخل".split()),
}
_STRICT = {
    "latin": set("in near around outside downtown central".split()),
    "cyrillic": set("в во из под г гор город городе города около возле".split()),
    "arabic": set("في مدينه بمدينه محافظه حي بحي فرع مطار".split()),
}
_AFTER = {
    "latin": re.compile(r"(?:'\w+)?,? (?:branch|airport|high street|city cent|town cent|subesi|subesin|ilcesi|semti|merkez|sehri|sehrin|mahallesi|uk\b|england)"),
    "cyrillic": re.compile(r",? (?:област|аэропорт|вокзал|метро)"),
    "arabic": re.compile(r"(?!)"),
}
# What a name before or after these belongs to: a street, a bank, a newspaper.
_VETO_AFTER = {
    "latin": re.compile(
        r"(?:'\w+)? (?:road|rd|street|st|avenue|ave|lane|square|drive|bank|banking|banka|bankasi|times|post|herald|stock|fc|united|city fc|"
        r"cad|cadde|caddesi|cd|sokak|sokagi|sok|bulvari|blv|yolu|univers|uni|gazetesi|spor)\b"
    ),
    "cyrillic": re.compile(r" (?:банк\b|сити банк|таймс|пост\b)"),
    "arabic": re.compile(r" (?:بنك|تايمز)"),
}
_VETO_BEFORE = {
    "latin": {"bank", "banco", "banque", "street", "fc", "real", "hotel", "team", "university"},
    "cyrillic": {"банк", "банка", "банку", "банке", "банком", "улица", "улице", "улицы", "ул", "проспект", "спартак", "динамо", "локомотив", "отель", "группа"},
    "arabic": {"بنك", "البنك", "مصرف", "لبنك", "ببنك", "وبنك", "شارع", "بشارع", "طريق", "بطريق", "جامعه", "نادي", "صحيفه", "جريده", "مستشفي", "الدكتور", "الشيخ", "السيد", "محمد", "عبد"},
}
_HAN_VETO_AFTER = re.compile(
    "(?:商业|农村|农商|工商|建设|国际)?银行(?![卡柜网业里])|路|街(?!道)|大道|大街|[东西南北中]路|时间|啤酒|拉面|火锅|烤鸭|炒饭|大学|日报|晚报|晨报|证券|信托|人寿|国安|申花|恒大|卫视|电视台|酒店|菜"
)
_HAN_AFTER = re.compile("支行|分行|网点|那边|这边|站|机场|市区|本地")
ARAB = frozenset("SA AE EG QA KW BH OM JO LB IQ MA DZ TN SY PS YE LY SD".split())
_LOCATIVE = re.compile(r"n?[dt][ae](?:ki\w*|yim|yiz)?")
_ABLATIVE_OR_DATIVE = re.compile(r"n?[dt][ae]n|[yn]?[ae]")


@dataclass(frozen=True)
class Context:
    """What the judge sees of a text: folded, its words, and the text itself with the way back to it."""

    folded: str
    tokens: Sequence[Token]
    capitals: Sequence[bool]
    language: str


def cue_of(found: Candidate, context: Context) -> str | None:
    """The cue that speaks for a place ("" where the name suffices), None where it is not one."""
    script = _script(found, context)
    before, adjacent = _word_before(found, context)
    if (adjacent and before in _VETO_BEFORE[script]) or _VETO_AFTER[script].match(context.folded, found.end):
        return None
    if adjacent and before == "of" and found.at >= 2 and context.tokens[found.at - 2][0] in ("bank", "university", "royal"):
        return None
    capital = script == "arabic" or context.capitals[found.at]
    strength = found.entry.strength
    if strength == "W":
        return _strict_cue(found, context, script, before if adjacent else "") if capital else None
    cue = before if adjacent and before in _BEFORE[script] else found.affix if script == "latin" or script == "arabic" else ""
    if strength == "S" or capital or cue or _AFTER[script].match(context.folded, found.end):
        return cue
    return None


def han_cue(found: Candidate, folded: str) -> str | None:
    """As cue_of, for Chinese names: a doubtful one needs an office or the like right after it."""
    if found.entry.strength == "W":
        match = _HAN_AFTER.match(folded, found.end)
        return match.group() if match else None
    ends = folded[found.end - 1]
    if ends not in "市区县" and _HAN_VETO_AFTER.match(folded, found.end):
        return None
    return ends if ends in "市区县" else ""


def _script(found: Candidate, context: Context) -> str:
    first = context.folded[found.start]
    return "latin" if first < "\u0400" else "cyrillic" if first < "\u0600" else "arabic"


def _word_before(found: Candidate, context: Context) -> tuple[str, bool]:
    """The word before, and whether only a blank (or a full stop of an abbreviation) parts them."""
    if found.at <= 0:
        return "", False
    word, _, end = context.tokens[found.at - 1]
    between = context.folded[end : context.tokens[found.at][1]]
    return word, between in (" ", "  ", " «", ' "') or (word in ("г", "гор", "ул", "st") and between in (". ", "."))


def _strict_cue(found: Candidate, context: Context, script: str, before: str) -> str | None:
    name = context.folded[found.start : found.end]
    if script == "arabic":
        return _strict_arabic(found, before, name)
    if script == "latin" and found.affix and context.language in ("tr", "und"):
        return _strict_turkish(found, context, before, name)
    if script == "cyrillic" and found.entry.country not in ("RU", "BY", "KZ", "UA") and not before.startswith(("г", "город")):
        return None
    if before in _STRICT[script] and not (context.language == "tr" and script == "latin"):
        return before
    named_after = _AFTER[script].match(context.folded, found.end)
    if named_after and found.at > 0 and not (name in PERSON_NAMES and context.capitals[found.at - 1]):
        return named_after.group().strip(", ")
    return None


def _strict_turkish(found: Candidate, context: Context, before: str, name: str) -> str | None:
    if found.at > 0 and before and context.capitals[found.at - 1] and context.folded[context.tokens[found.at - 1][1] - 1 : context.tokens[found.at - 1][1]] not in ("", "\n"):
        return None  # a given name before it
    if _LOCATIVE.fullmatch(found.affix) and (not found.attached or len(name) >= 4):
        return found.affix
    if found.attached or name in TURKISH_PERSONS:
        return None
    return found.affix if _ABLATIVE_OR_DATIVE.fullmatch(found.affix) else None


def _strict_arabic(found: Candidate, before: str, name: str) -> str | None:
    if len(name) < 3:
        return None
    arab = found.entry.country in ARAB
    if before in (_STRICT["arabic"] if arab else ("مدينه", "بمدينه", "مطار")):
        return before
    if name in ARABIC_MAJOR and (before in _BEFORE["arabic"] or found.affix[-1:] in ("ب", "ل")):
        return before if before in _BEFORE["arabic"] else found.affix
    return found.affix if found.affix.endswith("ب") and arab and len(name) >= 4 else None
