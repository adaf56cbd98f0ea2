"""Pieces of a forum's post that several readers need: its id, number, author, quotes, and the raw date of an element.

element ──Engine's selectors──► "101", 12, ("Ann", "7"), [quotes], "Пн апр 13, 2015 3:06 pm"
"""

from __future__ import annotations

import re
from typing import Any

from extractors.shapes.forum_engines import Engine, group, select
from extractors.shapes.forum_times import find_stamp


def text_of(element: Any) -> str:
    """An element's text where every part that carries a fuller date in its title gives that instead ("Today" → "01-02-2015")."""
    parts: list[str] = []

    def walk(node: Any, tail: bool) -> None:
        if not isinstance(node.tag, str) or node.tag in ("script", "style"):
            parts.append((node.tail or "") if tail else "")
            return
        title = node.get("title") or ""
        if title and find_stamp(title) and any(character.isdigit() for character in title) and len(title) < 60:
            parts.append(title)
        else:
            parts.append(node.text or "")
            for child in node:
                walk(child, True)
        parts.append((node.tail or "") if tail else "")

    walk(element, False)
    return " ".join("".join(parts).split())


def stamp_of(elements: list[Any]) -> str | None:
    """The raw date of the first element that has one: datetime, epoch, title, then its text."""
    for element in elements:
        for node in (element, *select(element, "time[datetime], [data-time], [data-timestamp], abbr.published")):
            told = node.get("datetime") or node.get("data-time") or node.get("data-timestamp")
            if node.get("class") == "published" and node.get("title"):
                told = told or node.get("title")
            if told and any(character.isdigit() for character in told):
                return str(told).strip()
        line = re.sub(r"\s+(?:#\d+|»|«)\s*$", "", text_of(element))
        if find_stamp(line):
            return _shortened(line)
    return None


def _shortened(line: str) -> str:
    """The date with its weekday, without the author's name and the words around it."""
    stamp = find_stamp(line) or line
    at = line.find(stamp)
    before = re.search(r"([^\W\d_]{2,4}\.?,?\s)$", line[:at]) if at > 0 else None
    return (before[1] if before and before[1].strip().lower() not in ("on", "am", "le", "el", "by", "at") else "") + stamp


def post_id(post: Any, engine: Engine) -> str | None:
    """A post's id: of its element, else of the anchors and ids in it."""
    own = [post.get(name) or "" for name in ("id", "data-content", "data-node-id", "data-commentid", "data-pid")]
    inner = (
        node.get(name) or "" for node in post.iter("a", "div", "h5", "span", "td") for name in ("name", "id", "data-commentid")
    )
    return next((found for text in (*own, *inner) if text and (found := group(engine.post_id, text))), None)


def post_number(post: Any, engine: Engine) -> int | None:
    """The post's place in its thread, where the page counts posts."""
    for element in select(post, engine.number) if engine.number else []:
        if found := re.fullmatch(r"(?:[^\W\d]+ )?#\s?(\d[\d.,]{0,9})", " ".join(element.text_content().split())):
            return int(re.sub(r"\D", "", found[1]))
    return None


def author_of(post: Any, engine: Engine) -> tuple[str | None, str | None]:
    """(name, id) of a post's author; guests have no id."""
    for element in select(post, engine.author):
        link = element if element.tag == "a" else next(iter(element.iter("a")), None)
        near = [element, link, element.getparent()] if element.getparent() is not None else [element, link]
        name = " ".join((link if link is not None and link.text_content().strip() else element).text_content().split())
        if not name:
            continue
        told = next((node.get("data-user-id") for node in near if node is not None and node.get("data-user-id")), None)
        hrefs = [node.get("href") or "" for node in (*near, *select(post, "a[href]")) if node is not None and node.get("href")]
        author_id = told or next((found for href in hrefs[:2] if (found := group(engine.author_id, href))), None)
        if author_id is None and element.tag == "b":  # phpBB's old styles: the link stands below the post
            below = post.getnext() if post.tag == "tr" else None
            hrefs += [link.get("href") or "" for link in (below.iter("a") if below is not None else ())]
            author_id = next((found for href in hrefs if "profile" in href and (found := group(engine.author_id, href))), None)
        return post.get("data-author") or name, author_id if author_id != "0" else None
    return post.get("data-author") or None, None


def outer_quotes(post: Any, engine: Engine) -> list[Any]:
    """The quotes of a post that lie in no other quote."""
    found = select(post, engine.quotes)
    return [element for element in found if not any(above in found for above in element.iterancestors())]
