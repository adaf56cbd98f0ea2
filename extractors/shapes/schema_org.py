"""schema.org reviews out of a page: JSON-LD scripts and microdata, as one shape (the JSON-LD one).

    <script type="application/ld+json"> ─┐
    itemscope / itemtype / itemprop      ─┴─► objects ──► reviews() ──► envelope {"item": Review, "about": the thing reviewed}
Sources: schema.org/Review, /Rating, /Comment; the HTML standard on microdata (values of properties by element).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from extractors.values import identifier, mapping, objects, text_or_none

_REVIEWS = {"Review", "UserReview", "CriticReview", "EmployerReview", "EditorialReview"}
_SCRIPT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)?(.*?)(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)?\s*;?\s*$", re.S
)
_SOURCES = {"a": "href", "area": "href", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data",
            "time": "datetime", "data": "value", "meter": "value"}  # fmt: skip
_OWN_ID = ("itemid", "data-review-id", "data-id", "data-comment-id", "id")
_DEEPEST = 40


def json_ld(tree: Any) -> list[Any]:
    """The values of a page's JSON-LD scripts; one that is broken is left out."""
    found = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            text = _SCRIPT.sub(r"\1", script.text_content())
            try:
                found.append(json.loads(text, strict=False))
            except (ValueError, RecursionError):
                continue
    return found


def microdata(tree: Any) -> list[Any]:
    """The top items of a page's microdata as JSON-LD objects."""
    scopes = [node for node in tree.iter() if isinstance(node.tag, str) and node.get("itemscope") is not None]
    return [_thing(node, 0) for node in scopes if not _is_inside(node)]


def _is_inside(node: Any) -> bool:
    return any(above.get("itemscope") is not None for above in node.iterancestors())


def _thing(node: Any, depth: int) -> dict[str, Any]:
    kinds = [kind.rstrip("/").rsplit("/", 1)[-1] for kind in (node.get("itemtype") or "").split()]
    made: dict[str, Any] = {"@type": kinds[0] if len(kinds) == 1 else kinds}
    own = next((value for name in _OWN_ID if (value := node.get(name))), None)
    if own:
        made["@id"] = own
    if depth < _DEEPEST:
        _properties(node, made, depth)
    return made


def _properties(node: Any, made: dict[str, Any], depth: int) -> None:
    waiting = list(reversed(list(node)))
    while waiting:
        child = waiting.pop()
        if not isinstance(child.tag, str):
            continue
        inner = child.get("itemscope") is not None
        for name in (child.get("itemprop") or "").split():
            value = _thing(child, depth + 1) if inner else _value(child)
            made[name] = [*_listed(made[name]), value] if name in made else value
        if inner and child.get("itemprop") is None:  # a thing of its own inside: kept, or its reviews would be lost
            made["@inner"] = [*_listed(made.get("@inner")), _thing(child, depth + 1)]
        if not inner:
            waiting.extend(reversed(list(child)))


def _value(node: Any) -> str:
    given = node.get("content")
    if given is None and node.tag in _SOURCES:
        given = node.get(_SOURCES[node.tag])
    return str(given if given is not None else _text(node)).strip()


def _text(node: Any) -> str:
    """The text of an element, <br> and block ends as line breaks."""
    parts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str) and child.tag not in ("script", "style"):
            parts += ["\n" if child.tag in ("br", "p", "div", "li") else "", _text(child)]
        parts.append(child.tail or "")
    return "".join(parts)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def kinds_of(value: Any) -> set[str]:
    """The @type names of an object, without their address."""
    return {str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in _listed(mapping(value).get("@type"))}


def reviews(values: list[Any], url: str | None) -> Iterator[dict[str, Any]]:
    """Envelopes {item, about, url, id, reply?} of every review in these values, each once, with the comments beneath it."""
    known = dict(_named(values, 0))
    found = [({**review, **_referred(review, known)}, about) for review, about in _found(values, None, 0)]
    found = [(review, _about(review.get("itemReviewed")) or about) for review, about in found]
    candidates = [_candidate(review) for review, _ in found]
    often = Counter(candidates)
    seen: set[str] = set()
    for (review, about), candidate in zip(found, candidates, strict=True):
        own = candidate if candidate and often[candidate] == 1 else None
        named = own or _derived(review)
        signature = json.dumps([named, review], sort_keys=True, default=str) if own else named
        if signature in seen and named:
            continue
        seen.add(signature)
        shared = {"about": about, "page": url}
        yield {"item": review, "id": named, **{name: value for name, value in shared.items() if value}}
        for comment in objects(_listed(review.get("comment"))):
            answer = {"item": comment, "id": _short(_candidate(comment)) or _derived(comment), "review": named, **shared}
            yield {name: value for name, value in answer.items() if value}


def _named(value: Any, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(@id, object) of everything that is told more of than its @id."""
    if depth <= _DEEPEST and isinstance(value, dict | list):
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and len(value) > 1:
            yield value["@id"], value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _named(part, depth + 1)


def _referred(review: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What a review names by @id alone, and the page tells elsewhere (an @graph)."""
    named = {name: mapping(next(iter(_listed(review.get(name))), None)) for name in ("itemReviewed", "author", "reviewRating")}
    return {name: known[thing["@id"]] for name, thing in named.items() if len(thing) == 1 and thing.get("@id") in known}


def _found(value: Any, about: dict[str, Any] | None, depth: int) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Every Review with the thing that it is about: its itemReviewed, or the nearest object around it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _found(part, about, depth + 1)
    elif isinstance(value, dict):
        if kinds_of(value) & _REVIEWS and len(value) > 1:
            yield value, _about(value.get("itemReviewed")) or about
        inside = _about(value) if text_or_none(value.get("name")) and not kinds_of(value) & _REVIEWS else about
        for name, part in value.items():
            if name not in ("comment", "itemReviewed") or not kinds_of(value) & _REVIEWS:
                yield from _found(part, inside, depth + 1)


def _about(value: Any) -> dict[str, Any] | None:
    thing = mapping(next(iter(_listed(value)), None))
    kept = {name: thing[name] for name in ("@type", "@id", "name", "url") if isinstance(thing.get(name), str | list)}
    return kept if text_or_none(thing.get("name")) else None


def _candidate(review: dict[str, Any]) -> str | None:
    """What may be the review's own id: @id, identifier, or its address."""
    named = mapping(review.get("identifier")).get("value", review.get("identifier"))
    return next((found for value in (named, review.get("@id"), review.get("url")) if (found := _short(identifier(value)))), None)


def _short(address: str | None) -> str | None:
    """The last part of an address, where that looks like an id; an id that is no address as it is."""
    if not address or not ("/" in address or address.startswith("#")):
        return address
    parts = urlsplit(address)
    last = next((part for part in reversed([*parts.path.split("/"), *parts.fragment.split("/")]) if part), "")
    return last if re.search(r"\d", last) else address


def _derived(review: dict[str, Any]) -> str:
    """An id of who wrote when (or what, where that is missing): it stays the same when a review is edited."""
    who, when = person(review.get("author")).get("name"), review.get("datePublished") or review.get("dateCreated")
    what = None if who and when else body(review)
    known = [str(part).strip() for part in (who, when, what) if part]
    return "h" + hashlib.sha256("\n".join(known).encode("utf-8", "surrogatepass")).hexdigest()[:20] if known else ""


def person(value: Any) -> dict[str, Any]:
    """{name, id, url, is_company} of an author given as a string, an object, or a list of them."""
    first = next(iter(_listed(value)), None)
    if isinstance(first, str):
        return {"name": text_or_none(first)}
    author = mapping(first)
    address = text_or_none(author.get("url")) or text_or_none(author.get("@id"))
    return {
        "name": _plain(author.get("name")) or text_or_none(author.get("alternateName")),
        "id": identifier(author.get("identifier")) or (_short(address) if address and re.search(r"\d", address) else None),
        "url": address,
        "is_company": bool(kinds_of(author) & {"Organization", "Corporation", "BankOrCreditUnion", "FinancialService"}),
    }


def body(review: dict[str, Any]) -> str | None:
    """The words of a review: reviewBody, else text, else description."""
    return next((found for name in ("reviewBody", "text", "description") if (found := _plain(review.get(name)))), None)


def rating(review: dict[str, Any]) -> float | None:
    """The rating out of 5, whatever its best one is; None where it states none."""
    given = next(iter(_listed(review.get("reviewRating") or review.get("rating"))), None)
    told = mapping(given)
    value, best = figure(told.get("ratingValue", given)), figure(told.get("bestRating")) or 5.0
    if value is None or best <= 0 or not 0 <= value <= best:
        return None
    return round(value * 5 / best, 4)


def figure(value: Any) -> float | None:
    """The first number of a value: 4, "4,5", "4 of 5"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e15 else None
    found = re.search(r"-?\d{1,12}(?:[.,]\d{1,6})?", value) if isinstance(value, str) else None
    return float(found[0].replace(",", ".")) if found else None


def _plain(value: Any) -> str | None:
    first = next((part for part in _listed(value) if isinstance(part, str | dict)), None)
    return text_or_none(first.get("@value") if isinstance(first, dict) else first)


def title(review: dict[str, Any]) -> str | None:
    """The headline of a review."""
    return _plain(review.get("name")) or _plain(review.get("headline"))


def address(value: Any, page: str | None) -> str | None:
    """An http(s) address, made whole by the page's."""
    whole = urljoin(page or "", value) if isinstance(value, str) and value else ""
    return whole if whole.startswith(("http://", "https://")) else None
