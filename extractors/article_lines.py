"""A page as lines: the text between block borders in order, with where it stands and how much of it is links.

    tree ──► Line {block, text, linked, links, key} …      without scripts, navigation, asides, captions, hidden parts
Shared by what reads articles (extractors.article_body); what a class name says is judged by conventional words only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import emoji


def _all_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _all_of(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section select summary table tbody td "
    "tfoot th thead tr ul video"
)
_MUTE = _all_of("script style noscript template svg iframe head button select option input textarea object embed canvas map")
_SILENT = _MUTE | _all_of("nav aside footer dialog figcaption audio video menu")
_NOISE = _all_of(
    "ad ads advert adverts advertisement advertising promo promotion promoted sponsor sponsored related recommend "
    "recommended recommendation recommendations teaser teasers newsletter share sharing sharebar social caption captions "
    "gallery slideshow comment comments disqus tag tags breadcrumb breadcrumbs byline paywall subscribe subscription cookie "
    "cookies consent banner popup modal overlay tooltip outbrain taboola sidebar widget copyright pagination toolbar "
    "readmore screenreader"
)
_NOISE_PAIRS = re.compile(
    r"(?:read|see|more|also)[-_ ]?(?:more|also|next|on|from)|sr-only|visually-hidden|most-(?:read|popular)|wp-caption"
)
PICTURED = _all_of("caption captions gallery")  # words of parts that are no text, but whose pictures are the article's
LEAD = _all_of("standfirst deck dek lead lede subtitle subhead subheadline summary intro excerpt chapo sapo sommario description")
LISTED = _all_of("li ul ol dl dd dt blockquote pre table tbody thead tfoot tr td th")
_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+(?![a-z])")
_DROPPED = re.compile(r"<style\b.*?</style\s*>|<svg\b.*?</svg\s*>|<!--[^<>\[\]]*-->", re.S | re.I)
_SCRIPT = re.compile(r"<script\b([^>]*)>.*?</script\s*>", re.S | re.I)


@dataclass
class Line:
    """Text between two block borders: `block` is the innermost block element, `linked` how many of its characters are links."""

    block: Any
    text: str = ""
    linked: int = 0
    links: list[str] = field(default_factory=list)
    longest_link: int = 0
    key: str = ""  # letters and digits of the text, for comparing


def slim(text: str) -> str:
    """A page without its programs and drawings; JSON-LD stays."""
    kept = _SCRIPT.sub(lambda found: found[0] if "ld+json" in found[1].lower() else "", text)
    return _DROPPED.sub("", kept)


def key_of(text: str) -> str:
    """The letters and digits of a text in one form, so that typography does not count."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).lower() if character.isalnum())


def read_lines(tree: Any, with_hidden: bool = False) -> list[Line]:
    """The visible lines of the page in order, without scripts, navigation, asides, captions and hidden parts (or with the last three)."""
    lines: list[Line] = []
    body = next(tree.iter("body"), tree)
    is_silent = _is_mute if with_hidden else _is_silent
    _close(_walk(body, Line(body), lines, None, is_silent), lines)
    return lines


def _walk(element: Any, line: Line, lines: list[Line], link: str | None, is_silent: Callable[[Any], bool]) -> Line:
    """Collect the lines below an element; returns the line that its last text belongs to."""
    _add(line, element.text, link)
    for child in element:
        if isinstance(child.tag, str) and not is_silent(child):
            if child.tag in _BLOCKS:
                _close(line, lines)
                _close(_walk(child, Line(child), lines, link, is_silent), lines)
                line = Line(element if child.tag != "br" else line.block)
            else:
                _add(line, _emoji(child), link)
                line = _walk(child, line, lines, child.get("href") or link if child.tag == "a" else link, is_silent)
        elif isinstance(child.tag, str) and child.tag in _BLOCKS:
            _close(line, lines)
            line = Line(line.block)
        _add(line, child.tail, link)
    return line


def _add(line: Line, text: str | None, link: str | None) -> None:
    if not text:
        return
    line.text += text
    if link and text.strip():
        length = len(" ".join(text.split()))
        line.linked += length
        line.longest_link = max(line.longest_link, length)
        line.links.append(link)


def _close(line: Line, lines: list[Line]) -> None:
    line.text = " ".join(line.text.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "").split())
    line.key = key_of(line.text)
    if line.key:
        lines.append(line)


def _emoji(element: Any) -> str | None:
    alt = element.get("alt") or "" if element.tag == "img" else ""
    return alt if emoji.is_emoji(alt) else None


def _is_mute(element: Any) -> bool:
    return element.tag in _MUTE


def _is_silent(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true" or "display:none" in style
    return element.tag in _SILENT or hidden or element.get("role") in ("navigation", "complementary", "dialog", "search")


def class_words(element: Any) -> set[str]:
    """The words of an element's class and id in lower case."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return {word.lower() for word in _WORDS.findall(names)}


def is_noise(element: Any, words: frozenset[str] = _NOISE) -> bool:
    """Whether an element's class or id calls it a teaser, an advertisement, a share bar, a caption and the like."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return bool(class_words(element) & words or _NOISE_PAIRS.search(names))
