"""Which lines of a page are the article: those that stand together with what is sure to be text.

    lines ──anchors (found by trafilatura, stated by articleBody)──► holder elements ──► first … last line ──► without noise
trafilatura knows where an article is; it loses short paragraphs and lists and takes notices in. So its answer only points to the
element, and the page's own lines are taken from there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from extractors.article_facts import Facts
from extractors.article_lines import LISTED, Line, is_noise, key_of

_NOTICE = re.compile(r"©|\bcopyright\b|all rights reserved|\(c\) \d{4}", re.I)
_SHORT = 15  # letters; a shorter line is found in too many places to prove anything
_SENTENCE = re.compile(r"[.!?…。！？؟।։:;*][\"'»”’“)\]]*\s*$")
_SIGNATURE = 48  # letters; a shorter line at either end that ends no sentence is a name, a place, a date
_LEVELS, _MOST = 5, 0.65  # how far up the article's element may lie, and how much of the text it must hold


def choose(found: str, lines: list[Line], facts: Facts) -> tuple[list[Line], Any]:
    """(the body's lines, the element that holds them)."""
    stated, title = key_of(facts.body or ""), key_of(facts.title or "")
    anchors = {id(line) for line in lines if _is_anchor(line, found, stated, title)}
    anchors = anchors or {id(line) for line in lines if len(line.key) > 80 and line.linked < 0.3 * len(line.text)}
    anchors = anchors or {
        id(line) for line in lines if _is_marked(line) and line.key != title and line.linked < 0.3 * len(line.text)
    }
    holders, kin = _grouped(lines, anchors)
    places = [place for place, line in enumerate(lines) if holders[id(line)] in kin and id(line) in anchors]
    if not places:
        return [], None
    first, last = _widened(lines, holders, places)
    first = _opening(lines, first, anchors, title)
    span = [line for line in lines[first : last + 1] if _belongs(line, facts, title)]
    container, tags = _common(kin), {"p", *LISTED, *(lines[place].block.tag for place in places)}
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


def _is_marked(line: Line) -> bool:
    """Whether the page itself calls this place the article's text (for articles of a sentence, which prove nothing by their length)."""
    above = [line.block, *line.block.iterancestors()]
    marked = any("articleBody" in (element.get("itemprop") or "").split() for element in above)
    return marked or (line.block.tag == "p" and any(element.tag == "article" for element in above))


def _holders(lines: list[Line]) -> dict[int, Any]:
    """For each line the element that holds the paragraphs it is one of: lists, quotes and single-line blocks are looked through."""
    held = Counter(line.block for line in lines)
    found = {}
    for line in lines:
        element = line.block
        while element.getparent() is not None and (element.tag in LISTED or (element is line.block and held[element] == 1)):
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
    headline = max(
        (place for place, line in enumerate(lines[:first]) if line.block.tag == "h1" or line.key == title), default=first - 15
    )
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
            inside.update(dict.fromkeys([container, *between(line.block, container)], len(line.key)))
    for line in lines:
        if not any(is_noise(element) and inside[element] < inside[container] / 4 for element in between(line.block, container)):
            yield line


def between(element: Any, container: Any) -> Iterator[Any]:
    while element is not None and element is not container:
        yield element
        element = element.getparent()


def _belongs(line: Line, facts: Facts, title: str) -> bool:
    """Whether a line can be the article's own: no title, byline, notice, and not mostly links."""
    authors = key_of(facts.author_name or "")
    is_title = (
        line.key == title
        or (len(line.key) > 20 and title.startswith(line.key) | title.endswith(line.key))
        or line.block.tag == "h1"
    )
    is_byline = bool(authors) and authors in line.key and len(line.key) < len(authors) + 12
    is_notice = len(line.text) < 200 and _NOTICE.search(line.text)
    is_teaser = (
        line.linked > 0.6 * len(line.text) and len(line.text) < 200 and (line.longest_link > 25 or line.linked >= len(line.text))
    )
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
        return _is_heading(line) or (
            punctuated and (len(line.key) < _SIGNATURE or is_pointer) and not _SENTENCE.search(line.text)
        )

    first = next((place for place, line in enumerate(lines[:4]) if not is_edge(line)), 0)
    last = next((place for place, line in enumerate(lines[:-5:-1]) if not is_edge(line)), 0)
    return lines[first : len(lines) - last]


def _is_heading(line: Line) -> bool:
    return bool(re.fullmatch(r"h[2-6]", line.block.tag))


def _is_list(line: Line) -> bool:
    return line.block.tag in LISTED
