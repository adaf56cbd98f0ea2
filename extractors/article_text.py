"""The text of a news article out of its HTML page, with the times and names that the page states.

    HTML ──► lines (text between block borders) ──► container that holds what trafilatura found ──► lines of its own kind
         └─► JSON-LD articleBody ───────────────► which of them belong ──► + standfirst ──► Article
trafilatura finds where the article is; it loses short paragraphs and lists and takes notices in. So its answer only points to the
container, and the page's own lines are taken from there. No rule knows a site: links, hidden parts, conventional class words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import trafilatura
from lxml import cssselect, etree

from extractors.article_body import between, choose
from extractors.article_facts import Facts, read_facts
from extractors.article_lines import LEAD, PICTURED, Line, class_words, is_noise, key_of, read_lines
from extractors.markup import decode_text, html_tree
from extractors.text import unique

_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\])\s*$")
_PROVEN = 150  # letters; trafilatura answers with any words at all where it finds no article
_WHOLE = 0.8  # of an article's words, above which a text counts as the whole of it


@dataclass(frozen=True)
class Article:
    """An article. `text`: paragraphs joined by line breaks, None where the page holds none; times UTC; `truncated`: known to be a part."""

    title: str | None
    text: str | None
    published_at: datetime | None
    published_raw: str | None
    edited_at: datetime | None
    author_name: str | None
    language_hint: str | None
    site_name: str | None
    canonical_url: str | None
    links: tuple[str, ...]
    media_count: int
    comments: int | None
    truncated: bool
    is_article: bool


def read_article(
    body: bytes | str,
    url: str | None = None,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
    zone: ZoneInfo | None = None,
) -> Article:
    """The article of an HTML page. Raises RenownError for what is no HTML.

    `zone` reads times that name none (else the country of the address, where it has one zone); a time later than `fetched_at` by more
    than a day is not believed.
    """
    source = body if isinstance(body, str) else decode_text(body, content_type)
    tree = html_tree(source)
    facts = read_facts(tree, url, zone)
    found = trafilatura.extract(source, include_comments=False, include_formatting=False) or ""
    lines, chosen, container = _read(tree, key_of(found), facts)
    chosen = _standfirst(lines, chosen, facts) + chosen
    text = _fullest("\n".join(line.text for line in chosen), facts.body, found)
    truncated = _is_truncated(text, facts, tree)
    if text is None and facts.descriptions:
        text, truncated = max(facts.descriptions, key=len), True
    published = facts.published_at
    if published and fetched_at and (published - fetched_at).total_seconds() > 86400:
        published = None
    return Article(
        title=facts.title,
        text=text,
        published_at=published,
        published_raw=facts.published_raw,
        edited_at=facts.edited_at,
        author_name=facts.author_name,
        language_hint=facts.language,
        site_name=facts.site_name,
        canonical_url=facts.canonical_url,
        links=_links(chosen, facts.canonical_url or url),
        media_count=_media(container),
        comments=facts.comments,
        truncated=truncated,
        is_article=facts.is_article,
    )


def _read(tree: Any, found: str, facts: Facts) -> tuple[list[Line], list[Line], Any]:
    """(all lines, the body's lines, its element): again with hidden parts where the article lies in one (unfolded by a script)."""
    for with_hidden in (False, True):
        lines = read_lines(tree, with_hidden)
        chosen, container = choose(found, lines, facts)
        if sum(len(line.key) for line in chosen) >= len(found) / 2:
            break
    return lines, chosen, container


def _fullest(text: str, stated: str | None, found: str) -> str | None:
    """The text that was read; articleBody or trafilatura's where that is much more."""
    if stated and len(key_of(text)) < _WHOLE * len(key_of(stated)):
        text = stated
    letters = len(key_of(found))
    return (found if letters > _PROVEN and len(key_of(text)) < letters / 2 else text) or None


def _standfirst(lines: list[Line], chosen: list[Line], facts: Facts) -> list[Line]:
    """The summary above the body: the line that the page's description repeats, or one of a conventional class."""
    if not chosen:
        return []
    first = next(place for place, line in enumerate(lines) if line is chosen[0])
    described = [key_of(_CUT.sub("", text)) for text in facts.descriptions]
    body = key_of("".join(line.text for line in chosen))
    for line in lines[max(0, first - 40) : first]:
        key = line.key
        if len(key) < 30 or key in body or line.linked > len(line.text) / 2 or key == key_of(facts.title or ""):
            continue
        repeated = any(_alike(key, other) for other in described if len(other) >= 30)
        if repeated or (LEAD & class_words(line.block) and len(line.text) > 60 and not is_noise(line.block)):
            return [line]
    return []


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer and len(shorter) > 0.5 * len(longer)


def _is_truncated(text: str | None, facts: Facts, tree: Any) -> bool:
    """Whether the page shows a part only: it says so (word count, parts that are not free and not there), or the text breaks off."""
    if text is None or _CUT.search(text):
        return True
    if facts.words and len(text.split()) > 3 and len(text.split()) < 0.6 * facts.words:
        return True
    if facts.is_free is not False and not facts.paywalled:
        return False
    hidden = [_inner_length(tree, selector) for selector in facts.paywalled]
    return any(length < 100 for length in hidden) if hidden else len(text) < 900


def _inner_length(tree: Any, selector: str) -> int:
    """Characters below the first element of a CSS selector, 0 where there is none."""
    try:
        found = cssselect.CSSSelector(selector)(tree)
    except (cssselect.SelectorError, etree.XPathError, ValueError):
        return 100
    return sum(len(" ".join(element.text_content().split())) for element in found)


def _links(lines: Iterable[Line], base: str | None) -> tuple[str, ...]:
    found = []
    for line in lines:
        for link in line.links:
            try:
                address = urljoin(base or "", link.strip())
                if urlsplit(address).scheme in ("http", "https"):
                    found.append(address)
            except ValueError:
                continue
    return unique(found)


def _media(container: Any) -> int:
    """Pictures and films in the body, without those of teasers and the like."""
    if container is None:
        return 0
    shown = [element for tag in ("img", "video") for element in container.iter(tag) if element.get("width") not in ("0", "1")]
    return sum(
        not any(is_noise(above) and not class_words(above) & PICTURED for above in between(element, container))
        for element in shown
    )
