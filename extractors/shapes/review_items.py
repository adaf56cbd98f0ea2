"""The items of a list page by the selectors of a source's options, and the strings found there as numbers, stars and instants.

    page ──item──► element ──fields──► strings ──► envelope {"item": strings, "as": how to read them} ──► values()
The strings are what is stored: they change when the review does, while the mark-up around them changes at every reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import dateparser
from lxml import html
from lxml.cssselect import CSSSelector

from extractors.shapes.review_options import SiteField, SiteOptions
from extractors.shapes.schema_org import figure
from extractors.text import read_html
from extractors.times import from_iso, from_rfc822, plausible
from extractors.values import count, mapping

_ADDRESSES = ("url",)


def select(node: Any, css: str) -> list[Any]:
    """The elements that a CSS selector finds below a node; the node itself for ""."""
    return list(CSSSelector(css, translator="html")(node)) if css else [node]


def envelopes(tree: Any, options: SiteOptions, url: str | None, company: str | None) -> Iterator[dict[str, Any]]:
    """{item, id, as, …} of every item of a page, each followed by the company's answer to it."""
    readings = _readings(options.fields)
    shared = {"page": url, "company": company, "kind": options.kind}
    for node in select(tree, options.item or ""):
        own = found(node, options.id, url) if options.id else None
        item = strings(node, options.fields, url)
        yield _kept({"item": item, "id": own, "as": readings, **shared})
        if options.reply:
            yield from _replies(node, options, own, url, shared)


def _replies(
    node: Any, options: SiteOptions, own: str | None, url: str | None, shared: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    reply = options.reply
    if reply is None:
        return
    for place, answer in enumerate(select(node, reply.item), 1):
        suffix = ":reply" if place == 1 else f":reply{place}"
        named = found(answer, reply.id, url) if reply.id else f"{own}{suffix}" if own else None
        text = strings(answer, reply.fields or {"text": SiteField()}, url)
        yield _kept({"item": text, "id": named, "as": _readings(reply.fields), "review": own, "reply": True, **shared})


def _kept(envelope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in envelope.items() if value not in (None, {})}


def _readings(fields: Mapping[str, SiteField]) -> dict[str, Any]:
    return {name: told for name, field in fields.items() if (told := field.reading())}


def strings(node: Any, fields: Mapping[str, SiteField], url: str | None) -> dict[str, str]:
    """The string of each field that is there."""
    told = {name: found(node, field, url if name in _ADDRESSES else None) for name, field in fields.items()}
    return {name: value for name, value in told.items() if value is not None}


def found(node: Any, field: SiteField | None, url: str | None) -> str | None:
    """The string of one field: an attribute or the text of the first element, cut out by the regex; None where it is not there."""
    if field is None:
        return None
    nodes = select(node, field.select)
    if field.count:
        return str(len(nodes))
    if not nodes:
        return None
    text = nodes[0].get(field.attribute) if field.attribute else inner(nodes[0], field)
    if text is not None and field.regex:
        match = re.search(field.regex, text, re.S)
        text = (match[1] if match.groups() else match[0]) if match else None
    if text is None:
        return None
    return urljoin(url, text.strip()) if url and field.attribute in ("href", "src") else text.strip()


def inner(node: Any, field: SiteField) -> str:
    """The mark-up inside an element where the field is a text, so that line breaks and emoji stay; its bare text for other types."""
    if field.type not in ("text", "html") or field.regex:
        return " ".join(node.text_content().split())
    parts = [html.tostring(child, encoding="unicode") for child in node]
    return (node.text or "").replace("&", "&amp;").replace("<", "&lt;") + "".join(parts)


def values(envelope: Mapping[str, Any], fetched_at: datetime | None) -> dict[str, Any]:
    """The item's fields as plain values: texts, a rating out of 5, instants, counts."""
    told: dict[str, Any] = {}
    for name, text in mapping(envelope.get("item")).items():
        if isinstance(text, str):
            told[name] = _value(name, text, mapping(mapping(envelope.get("as")).get(name)), fetched_at)
    return told


def _value(name: str, text: str, how: dict[str, Any], fetched_at: datetime | None) -> Any:
    kind = how.get("type")
    if kind == "date" or name in ("created_at", "edited_at"):
        return instant(text, how, fetched_at)
    if kind == "stars" or name == "rating":
        return stars(text, how.get("out_of", 5))
    if kind == "number" or name in ("likes", "comments", "views", "shares"):
        return count(re.sub(r"[\s\u00a0\u202f]", "", text)) if name != "number" else figure(text)
    return text if name == "url" else read_html(text)[0]


def stars(text: str, out_of: Any) -> float | None:
    """A rating out of 5; None where the text holds no number up to `out_of`."""
    value, best = figure(text), figure(out_of) or 5.0
    return round(value * 5 / best, 4) if value is not None and 0 <= value <= best else None


def instant(text: str, how: Mapping[str, Any], fetched_at: datetime | None) -> datetime | None:
    """The instant of a date as the site writes it; relative and year-less ones are resolved against `fetched_at`, or are None."""
    zone = _zone(how.get("zone"))
    if form := how.get("format"):
        try:
            return _aware(datetime.strptime(text, str(form)), zone)
        except ValueError:
            pass  # month names of another language, or a relative date
    exact = from_iso(text, zone) or from_rfc822(text)
    return exact or _spoken(text, how.get("language"), zone, fetched_at)


def _spoken(text: str, languages: Any, zone: ZoneInfo, fetched_at: datetime | None) -> datetime | None:
    settings: dict[str, Any] = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    if fetched_at:
        settings = {"RELATIVE_BASE": fetched_at.astimezone(zone).replace(tzinfo=None), "PREFER_DATES_FROM": "past"}
        settings["REQUIRE_PARTS"] = ["day", "month"]
    named = [str(code) for code in languages] if isinstance(languages, list) else None
    try:
        moment = dateparser.parse(text[:100], languages=named or None, settings=settings)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return _aware(moment, zone) if moment else None


def _aware(moment: datetime, zone: ZoneInfo) -> datetime | None:
    return plausible(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name or "UTC"))
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
