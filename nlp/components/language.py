"""language: which of the configured languages a text is in, "und" when unsure.

text without URLs, @names, # ──► script rules ──► romanised Russian / Arabic ──► py3langid restricted ──► platform's hint as prior
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from spacy.language import Language
from spacy.tokens import Doc

from nlp.records import Analysis, analysis_of
from nlp.romanised import to_native
from nlp.text import fold, strip_markup

VERSION = "2"
MAX_CHARACTERS = 1000
SHARPNESS = 4.0
STRANGER_PENALTY = 6.0
NEIGHBOUR_MARGIN = 10.0
NEIGHBOURS = {"ru": ("uk", "bg", "be", "sr", "kk"), "ar": ("fa", "ur")}
# Neighbours that py3langid may answer with instead of forcing a stranger's text into a configured language.
STRANGERS = ("de", "es", "fr", "it", "pt", "nl", "id", "pl", "uk", "bg", "be", "sr", "kk", "az", "fa", "ur", "ja", "ko")
HINTS = {"zh-cn": "zh", "zh-tw": "zh", "zh-hans": "zh", "zh-hant": "zh", "in": "id"}
_LETTERS = re.compile(r"[^\W\d_]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
# Letters that the configured languages do not have: Ukrainian, Belarusian, Kazakh, Serbian; Persian, Urdu; Azerbaijani.
_FOREIGN = {
    "ru": re.compile("[іїєґўәғқңөұүһђћљњџј]", re.IGNORECASE),
    "ar": re.compile("[پچژگکیٹڈڑےں]"),
    "tr": re.compile("[əƏ]"),
}
_TURKISH = re.compile("[ğışİĞŞ]")
_RUSSIAN_LATIN = re.compile(
    r"\b(?:privet|zdrav\w*|spasibo|pozhal\w*|pochemu|kogda|skolko|skol'ko|rabota\w*|ne|chto|eto|etot|kak|gde|bank\w*[aeuy]|kart[aiuye]|kartu|dengi|den'gi"
    r"|denjgi|perevo[dl]\w*|s[ch]*et\w*|otdeleni\w*|bankomat\w*|prilozheni\w*|opyat|snova|nikto|uzhe|tolko|mozhno|nado|moya|moi|menya|vse|ochen|horosho|plokho|uzhas\w*"
    r"|kredit\w*|vklad\w*|zavis\w*|otvech\w*|zhdu|den|chas\w*|sboy|podskazhite|pomogite|nelzya|vashe?\w*|dnya|deneg|ya|na|ot|po|za|segodnya|vchera|kuda|komu|esli|bez|esche|eshche|odin|moj|svoj|pro|sovest\w*|ili|tam|zdes|gde|dlya|posle|teper|pri|do|iz|vopros\w*|u|s|v|k|o|i"
    r"|\w+(?:yj|ij|ogo|ymi|ami|yami|eniye|enie|stvo|tsya|tsja|yut|ajut|ayut|ovat|ovali|nyj|naya|noye|noe|nye|nogo|skij|skaya|shchij|schij|las|los|lis|ali|ili|yli|eli))\b"
)
_ARABIC_LATIN = re.compile(
    r"\b(?:msh|mish|mesh|mafi|mafe|shu|sho|leh|leish|lesh|ezay|ezzay|keef|kif|wallah|walla|yalla|habibi|7abibi|inshallah|insha2allah|mashallah|shukran|el|il|ana|enta|enti|ento|3ala|3an|3and\w*"
    r"|3am|3aiz|3ayez|ayez|bs|bas|kteer|ktir|2awy|awi|awy|da|di|dah|fen|feen|wain|wein|flous|floos|felous|bta3\w*|fe|fi|fih|men|mn|ya|w|lw|law|la2|la2a|7\w+|\w*[a-z][2375][a-z]\w*|3\w+)\b"
)
_ENGLISH = re.compile(
    r"\b(?:the|and|is|are|of|to|my|you|your|with|for|this|that|have|not|was|it|why|how|can|they|been|i)\b"
)
_ARABIZI_DIGIT = re.compile(r"\b\w*[a-z][2375][a-z]+\w*\b|\b[372][a-z]{2,}\b")


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    known = set(identifier.labels)
    identifier.set_languages([name for name in (*languages, *STRANGERS) if name in known])
    return identifier


def detect(text: str, languages: Sequence[str], hint: str | None = None) -> tuple[str, float, str | None]:
    """(language or "und", confidence 0–1, "latin" for romanised Russian or Arabic) of a text made safe."""
    cleaned = strip_markup(text[:MAX_CHARACTERS])
    letters = _LETTERS.findall(cleaned)
    wanted = _normal_hint(hint, languages)
    if len(letters) < 2 and not _HAN.search(cleaned):
        return (wanted, 0.5, None) if wanted else ("und", 0.0, None)
    return _by_script(cleaned, letters, languages) or _by_model(cleaned, len(letters), languages, wanted)


def _normal_hint(hint: str | None, languages: Sequence[str]) -> str | None:
    code = (hint or "").lower().replace("_", "-")
    code = HINTS.get(code, code.split("-")[0])
    return code if code in languages else None


def _by_script(cleaned: str, letters: Sequence[str], languages: Sequence[str]) -> tuple[str, float, str | None] | None:
    total = len(letters)
    joined = "".join(letters)
    if joined.isascii():
        return _romanised(cleaned, languages)
    if len(_KANA_HANGUL.findall(joined)) > 0.2 * total:
        return "und", 0.9, None
    # A Chinese character says as much as two letters: product names in Latin letters do not make a post English.
    if 2 * len(_HAN.findall(joined)) > 0.4 * total and "zh" in languages:
        return "zh", 0.99, None
    for code, pattern in (("ru", _CYRILLIC), ("ar", _ARABIC)):
        count = len(pattern.findall(joined))
        if count > 0.45 * total:
            foreign = len(_FOREIGN[code].findall(joined))
            if foreign > max(1, 0.02 * count) and not (code == "ar" and foreign <= 0.05 * count):
                return "und", 0.8, None
            return (
                (code, 0.97, None)
                if code in languages and not _neighbour(cleaned, code, languages)
                else ("und", 0.9, None)
            )
    return _romanised(cleaned, languages)


def _neighbour(cleaned: str, code: str, languages: Sequence[str]) -> bool:
    """Whether another language of the same script is far likelier: Bulgarian, Ukrainian and Kazakh beside Russian, Persian beside Arabic."""
    ranked = dict(_identifier(tuple(languages)).rank(cleaned.lower()))
    own = ranked.get(code, -np.inf)
    return any(ranked.get(other, -np.inf) - own > NEIGHBOUR_MARGIN for other in NEIGHBOURS[code])


def _romanised(cleaned: str, languages: Sequence[str]) -> tuple[str, float, str | None] | None:
    folded = fold(cleaned).text
    words = len(folded.split())
    if words < 3 or _TURKISH.search(cleaned):
        return None
    english = len(_ENGLISH.findall(folded))
    russian = len(_RUSSIAN_LATIN.findall(folded))
    if "ru" in languages and russian >= 3 and russian >= 0.3 * words and russian > 2 * english:
        return "ru", 0.8, "latin"
    arabic = len(_ARABIC_LATIN.findall(folded))
    digits = len(_ARABIZI_DIGIT.findall(folded))
    if (
        "ar" in languages
        and arabic >= 3
        and digits >= 1
        and arabic + digits >= 0.4 * words
        and arabic + digits > 2 * english
    ):
        return "ar", 0.8, "latin"
    return None


def _by_model(cleaned: str, letters: int, languages: Sequence[str], hint: str | None) -> tuple[str, float, str | None]:
    ranked = [(str(code), float(score)) for code, score in _identifier(tuple(languages)).rank(cleaned.lower())]
    if not ranked:
        return "und", 0.0, None
    adjusted = {
        code: score + (2.5 if code == hint else 0.0) - (0.0 if code in languages else STRANGER_PENALTY)
        for code, score in ranked
    }
    if _TURKISH.search(cleaned) and "tr" in adjusted:
        adjusted["tr"] += 8.0
    best = max(adjusted, key=lambda code: adjusted[code])
    # The square root of the length as temperature keeps confidence comparable between short and long texts (py3langid's own rule).
    values = (np.array(list(adjusted.values())) - adjusted[best]) / np.sqrt(max(len(cleaned.encode()), 1)) * SHARPNESS
    confidence = float(1.0 / np.exp(values).sum())
    if best not in languages or (confidence < 0.5 and hint is None):
        return "und", round(confidence, 4), None
    return best, round(confidence, 4), None


def decide(analysis: Analysis, languages: Sequence[str], forced: str | None = None) -> None:
    """Set language, confidence and the label on an analysis; `forced` skips detection."""
    if forced:
        analysis.language, analysis.confidence = forced, 1.0
    else:
        analysis.language, analysis.confidence, analysis.script = detect(
            analysis.text, languages, analysis.post.language_hint
        )
    if analysis.script == "latin":
        analysis.native = to_native(analysis.text, analysis.language)
    analysis.labels["language"] = {"language": analysis.language, "confidence": analysis.confidence}


@Language.factory("renown_language", default_config={"languages": ["en", "ru", "zh", "ar", "tr"]})
def make_language(nlp: Language, name: str, languages: list[str]) -> LanguageComponent:
    """The component; where the router has decided already it leaves the decision alone."""
    return LanguageComponent(languages)


class LanguageComponent:
    """Sets labels["language"]."""

    def __init__(self, languages: list[str]) -> None:
        self.languages = languages

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        if "language" not in analysis.labels:
            decide(analysis, self.languages)
        return doc


def settings_part(languages: Sequence[str]) -> dict[str, Any]:
    """What of the configuration a change of which makes a new model version."""
    return {"languages": list(languages)}
