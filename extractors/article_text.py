"""The text of a news article out of its HTML page, with the times and names that the page states.

    HTML ──► lines (text between block borders) ──► container that holds what trafilatura found ──► lines of its own kind
         └─► JSON-LD articleBody ───────────────► which of them belong ──► + standfirst ──► Article
trafilatura finds where the article is; it loses short paragraphs and lists and takes notices in. So its answer only points to the
container, and the page's own lines are taken from there. No rule knows a site: links, hidden parts, conventional class words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import emoji
import trafilatura
from lxml import cssselect, etree

from extractors.article_facts import Facts, read_facts
from extractors.markup import decode_text, html_tree
from extractors.text import unique

_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video"]
)
_MUTE = frozenset("script style noscript template svg iframe head button select option input textarea object embed canvas map".split())
_SILENT = _MUTE | frozenset("nav aside footer dialog figcaption audio video menu".split())
_NOISE = frozenset(
    ["ad", "ads", "advert", "adverts", "advertisement", "advertising", "promo", "promotion", "promoted", "sponsor", "sponsored", "related", "recommend", "recommended", "recommendation", "recommendations", "teaser", "teasers", "newsletter", "share", "sharing", "sharebar", "social", "caption", "captions", "gallery", "slideshow", "comment", "comments", "disqus", "tag", "tags", "breadcrumb", "breadcrumbs", "byline", "paywall", "subscribe", "subscription", "cookie", "cookies", "consent", "banner", "popup", "modal", "overlay", "tooltip", "outbrain", "taboola", "sidebar", "widget", "copyright", "pagination", "toolbar", "readmore", "screenreader"]
)
_NOISE_PAIRS = re.compile(r"(?:read|see|more|also)[-_ ]?(?:more|also|next|on|from)|sr-only|visually-hidden|most-(?:read|popular)|wp-caption")
_LEAD = frozenset(["standfirst", "deck", "dek", "lead", "lede", "subtitle", "subhead", "subheadline", "summary", "intro", "excerpt", "chapo", "sapo", "sommario", "description"])
_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+(?![a-z])")
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\])\s*$")
_NOTICE = re.compile(r"©|\bcopyright\b|all rights reserved|\(c\) \d{4}", re.I)
_SHORT = 15  # letters; a shorter line is found in too many places to prove anything
_LOOKED_THROUGH = frozenset("li ul ol dl dd dt blockquote pre table tbody thead tfoot tr td th".split())
_SENTENCE = re.compile(r"[.!?…。！？؟।։:;*][\"'»”’“)\]]*\s*$")
_SIGNATURE = 48  # letters; a shorter line at either end that ends no sentence is a name, a place, a date
_LEVELS, _MOST = 5, 0.65  # how far up the article's element may lie, and how much of the text it must hold
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
    truncated: bool
    is_article: bool


@dataclass
class Line:
    """Text between two block borders: `block` is the innermost block element, `linked` how many of its characters are links."""

    block: Any
    text: str = ""
    linked: int = 0
    links: list[str] = field(default_factory=list)
    longest_link: int = 0
    key: str = ""  # letters and digits of the text, for comparing


def read_article(
    body: bytes | str, url: str | None = None, fetched_at: datetime | None = None, content_type: str | None = None, zone: ZoneInfo | None = None
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
        truncated=truncated,
        is_article=facts.is_article,
    )


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


def _read(tree: Any, found: str, facts: Facts) -> tuple[list[Line], list[Line], Any]:
    """(all lines, the body's lines, its element): again with hidden parts where the article lies in one (unfolded by a script)."""
    for with_hidden in (False, True):
        lines = read_lines(tree, with_hidden)
        chosen, container = _chosen(found, lines, facts)
        if sum(len(line.key) for line in chosen) >= len(found) / 2:
            break
    return lines, chosen, container


def _fullest(text: str, stated: str | None, found: str) -> str | None:
    """The text that was read; articleBody or trafilatura's where that is much more."""
    if stated and len(key_of(text)) < _WHOLE * len(key_of(stated)):
        text = stated
    return (found if len(key_of(text)) < len(key_of(found)) / 2 else text) or None


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


def _words(element: Any) -> set[str]:
    """The words of an element's class and id in lower case."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return {word.lower() for word in _WORDS.findall(names)}


def _is_noise(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return bool(_words(element) & _NOISE or _NOISE_PAIRS.search(names))


def _chosen(found: str, lines: list[Line], facts: Facts) -> tuple[list[Line], Any]:
    """(the body's lines, the element that holds them)."""
    stated, title = key_of(facts.body or ""), key_of(facts.title or "")
    anchors = {id(line) for line in lines if _is_anchor(line, found, stated, title)}
    anchors = anchors or {id(line) for line in lines if len(line.key) > 80 and line.linked < 0.3 * len(line.text)}
    holders, kin = _grouped(lines, anchors)
    places = [place for place, line in enumerate(lines) if holders[id(line)] in kin and id(line) in anchors]
    if not places:
        return [], None
    first, last = _widened(lines, holders, places)
    first = _opening(lines, first, anchors, title)
    span = [line for line in lines[first : last + 1] if _belongs(line, facts, title)]
    container, tags = _common(kin), {"p", *_LOOKED_THROUGH, *(lines[place].block.tag for place in places)}
    kept = [
        line
        for line in _without_noise(span, anchors, container)
        if id(line) in anchors or _is_heading(line) or (holders[id(line)] in kin and line.block.tag in tags)
    ]
    return _trimmed(_up_to_stated_end(kept, stated), stated, anchors), container


def _is_anchor(line: Line, found: str, stated: str, title: str) -> bool:
    """Whether a line is sure to be text: trafilatura took it, or articleBody has it."""
    if len(line.key) <= _SHORT or line.key == title:
        return False
    return line.key in stated or (line.key in found and (not stated or len(line.key) > 60))


def _holders(lines: list[Line]) -> dict[int, Any]:
    """For each line the element that holds the paragraphs it is one of: lists, quotes and single-line blocks are looked through."""
    held = Counter(line.block for line in lines)
    found = {}
    for line in lines:
        element = line.block
        while element.getparent() is not None and (element.tag in _LOOKED_THROUGH or (element is line.block and held[element] == 1)):
            element = element.getparent()
        found[id(line)] = element
    return found


def _grouped(lines: list[Line], anchors: set[int]) -> tuple[dict[int, Any], set[Any]]:
    """(each line's holder, the holders of the article): one level higher as long as the text lies scattered, a wrapper a paragraph."""
    holders = _holders(lines)
    total = sum(len(line.key) for line in lines if id(line) in anchors)
    for _ in range(_LEVELS):
        kin = _kin(lines, anchors, holders)
        if sum(len(line.key) for line in lines if id(line) in anchors and holders[id(line)] in kin) >= _MOST * total:
            break
        holders = {place: holder if holder.getparent() is None else holder.getparent() for place, holder in holders.items()}
    return holders, kin


def _kin(lines: list[Line], anchors: set[int], holders: dict[int, Any]) -> set[Any]:
    """The holders of most of the text, and their likes (same tag and class), where a page cuts its article into several parts."""
    weights: Counter[Any] = Counter()
    for line in lines:
        if id(line) in anchors:
            weights[holders[id(line)]] += len(line.key)
    if not weights:
        return set()
    total, (main, _) = sum(weights.values()), weights.most_common(1)[0]
    large = {main, *(holder for holder, weight in weights.items() if weight >= total / 5)}
    looks = {_look(holder) for holder in large if holder.get("class")}
    return {holder for holder in weights if holder in large or _look(holder) in looks}


def _look(element: Any) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def _widened(lines: list[Line], holders: dict[int, Any], places: list[int]) -> tuple[int, int]:
    """First and last place of the body: also the short paragraphs before and after that trafilatura passed over."""
    first, last = places[0], places[-1]
    while first > 0 and holders[id(lines[first - 1])] is holders[id(lines[first])]:
        first -= 1
    while last + 1 < len(lines) and holders[id(lines[last + 1])] is holders[id(lines[last])]:
        last += 1
    return first, last


def _opening(lines: list[Line], first: int, anchors: set[int], title: str) -> int:
    """The place of the first whole paragraph between headline and body: some pages set it apart."""
    headline = max((place for place, line in enumerate(lines[:first]) if line.block.tag == "h1" or line.key == title), default=first - 15)
    for place in range(max(0, headline + 1), first):
        line = lines[place]
        if id(line) in anchors and len(line.key) > 80 and _SENTENCE.search(line.text) and line.linked < len(line.text) / 2:
            return place
    return first


def _common(elements: set[Any]) -> Any:
    """The lowest element that holds all of these."""
    above = [[element, *element.iterancestors()] for element in elements]
    return next(element for element in above[0] if all(element in chain for chain in above))


def _without_noise(lines: list[Line], anchors: set[int], container: Any) -> Iterator[Line]:
    """Lines outside of teasers, captions, share bars and the like; a part that holds a quarter of the text is no such thing."""
    inside: Counter[Any] = Counter()
    for line in lines:
        if id(line) in anchors:
            inside.update(dict.fromkeys([container, *_between(line.block, container)], len(line.key)))
    for line in lines:
        if not any(_is_noise(element) and inside[element] < inside[container] / 4 for element in _between(line.block, container)):
            yield line


def _between(element: Any, container: Any) -> Iterator[Any]:
    while element is not None and element is not container:
        yield element
        element = element.getparent()


def _belongs(line: Line, facts: Facts, title: str) -> bool:
    """Whether a line can be the article's own: no title, byline, notice, and not mostly links."""
    authors = key_of(facts.author_name or "")
    is_title = line.key == title or (len(line.key) > 20 and title.startswith(line.key) | title.endswith(line.key)) or line.block.tag == "h1"
    is_byline = bool(authors) and authors in line.key and len(line.key) < len(authors) + 12
    is_notice = len(line.text) < 200 and _NOTICE.search(line.text)
    is_teaser = line.linked > 0.6 * len(line.text) and len(line.text) < 200 and (line.longest_link > 25 or line.linked >= len(line.text))
    return not (is_title or is_byline or is_notice or is_teaser)


def _up_to_stated_end(lines: list[Line], stated: str) -> list[Line]:
    """Nothing below the line that articleBody ends with."""
    ends = [place for place, line in enumerate(lines) if len(line.key) > _SHORT and stated.endswith(line.key)]
    return lines[: ends[-1] + 1] if ends else lines


def _trimmed(lines: list[Line], stated: str, anchors: set[int]) -> list[Line]:
    """Without signatures, dates and headings at either end: short lines that end no sentence, where the article's sentences do end."""
    long = [line for line in lines if len(line.key) > 60]
    if not long:
        return lines
    punctuated = sum(bool(_SENTENCE.search(line.text)) for line in long) > len(long) / 2

    def is_edge(line: Line) -> bool:
        if _is_list(line) or (stated and len(line.key) > _SHORT and line.key in stated):
            return False
        is_pointer = bool(line.links) and id(line) not in anchors
        return _is_heading(line) or (punctuated and (len(line.key) < _SIGNATURE or is_pointer) and not _SENTENCE.search(line.text))

    first = next((place for place, line in enumerate(lines[:4]) if not is_edge(line)), 0)
    last = next((place for place, line in enumerate(lines[:-5:-1]) if not is_edge(line)), 0)
    return lines[first : len(lines) - last]


def _is_heading(line: Line) -> bool:
    return bool(re.fullmatch(r"h[2-6]", line.block.tag))


def _is_list(line: Line) -> bool:
    return line.block.tag in _LOOKED_THROUGH


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
        if repeated or (_LEAD & _words(line.block) and len(line.text) > 60 and not _is_noise(line.block)):
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
    return sum(not any(_words(above) & (_NOISE - {"caption", "gallery", "captions"}) for above in _between(element, container)) for element in shown)
