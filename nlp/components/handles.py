"""handles: which accounts a text addresses: the home bank's, another bank's, one that only looks like a bank's, or somebody else's.

A look-alike is a handle with confusable characters (Unicode TR39 skeletons), or within edit distance 1 of a name of 5–8 characters, 2 of a
longer one, and not a registered handle (METRICS.md, misdirected_pct).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import Levenshtein
from spacy.language import Language
from spacy.tokens import Doc

from nlp.records import Post, analysis_of
from nlp.text import EMAIL, HANDLE, URL, fold
from settings.models import Bank

VERSION = "2"
MAX_HANDLES = 100
# Cyrillic, Greek and digit look-alikes of Latin letters, beside Unicode's compatibility forms.
_LOOKS = {
    **dict(zip("аеорсухіѕјкмтвнһԁԛԝ", "aeopcyxisjkmtbhhdqw", strict=True)),
    **dict(zip("αβεικνορτυχ", "abeiknoptux", strict=True)),
    "0": "o",
    "1": "l",
    "3": "e",
    "4": "a",
    "5": "s",
    "8": "b",
    "$": "s",
    "|": "l",
    "i": "l",
    "ı": "l",
    "ɡ": "g",
    "ⅼ": "l",
}


@lru_cache(maxsize=20_000)
def skeleton(handle: str) -> str:
    """What a handle looks like: compatibility forms and Traditional characters resolved, accents and separators dropped, confusables made one."""
    plain = fold(unicodedata.normalize("NFKD", handle)).text
    letters = (_LOOKS.get(c, c) for c in plain if not unicodedata.combining(c) and c not in "_-. ·")
    return "".join(letters).replace("rn", "m").replace("vv", "w")


@Language.factory("renown_handles", default_config={"banks": [], "home": ""})
def make_handles(nlp: Language, name: str, banks: list[dict[str, Any]], home: str) -> HandlesComponent:
    """`banks`: entries of config/banks.yml; `home`: the id of ours."""
    return HandlesComponent([Bank.model_validate(bank) for bank in banks], home)


class HandlesComponent:
    """Sets labels["handles"]: [{handle, status, looks_like}]; looks_like names the bank for every status but unknown."""

    def __init__(self, banks: list[Bank], home: str) -> None:
        self.home = home
        self.registered: dict[str | None, dict[str, str]] = {None: {}}
        for bank in banks:
            for platform, handles in bank.handles.items():
                for handle in handles:
                    self.registered.setdefault(platform, {})[handle.lower()] = bank.id
                    self.registered[None].setdefault(handle.lower(), bank.id)

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        label = []
        for handle in addressed(analysis.post, analysis.text):
            status, bank_id = self.status(handle, analysis.post.platform)
            label.append({"handle": handle, "status": status, "looks_like": bank_id})
        analysis.labels["handles"] = label
        return doc

    def status(self, handle: str, platform: str | None) -> tuple[str, str | None]:
        """(official | other_bank | look_alike | unknown, bank id or None) of a handle on a platform (None: any)."""
        known = self.registered.get(platform) or self.registered[None]
        if bank_id := known.get(handle.lower()):
            return ("official" if bank_id == self.home else "other_bank"), bank_id
        shape = skeleton(handle)
        for registered, bank_id in known.items():
            if _resembles(shape, skeleton(registered)):
                return "look_alike", bank_id
        return "unknown", None


def _resembles(shape: str, registered: str) -> bool:
    if shape == registered:
        return True
    # A Chinese character is worth two letters or more: four of them are a name of eight.
    length = len(registered) * (2 if registered[:1] > "\u2e80" else 1)
    allowed = 0 if length < 5 else 1 if length <= 8 or registered[:1] > "\u2e80" else 2
    return bool(allowed) and Levenshtein.distance(shape, registered, score_cutoff=allowed) <= allowed


def addressed(post: Post, text: str) -> list[str]:
    """The platform's own list where there is one, else the @names of the text; each once, without @, in order."""
    if post.handles is not None:
        found: list[str] = list(post.handles)
    elif "@" in text or "＠" in text:
        bare = EMAIL.sub(" ", URL.sub(" ", text))
        found = [m.group(1).rstrip(".-") for m in HANDLE.finditer(bare)]
    else:
        return []
    return list({handle.lower(): handle for handle in reversed(found)}.values())[::-1][:MAX_HANDLES]
