"""An alert's mail as a page, so that each language runs its own way: plain text leaves that to the reader's mail program.

    title, text, link ──► a line a paragraph, addresses as links (always from left to right) ──► html, no style sheet and no picture from anywhere
"""

from __future__ import annotations

import re
from html import escape

from delivery import words

FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans CJK SC', sans-serif"
ADDRESS = re.compile(r"https?://[^\s<>\"']+")
ISOLATES = {"\u2068": "<bdi>", "\u2069": "</bdi>"}  # what the catalogue keeps apart; some mail programs show the letters themselves as boxes


def html(title: str, text: str, link: str | None, language: str) -> str:
    """The page; `text` and `link` as in the plain part."""
    direction = "rtl" if words.is_right_to_left(language) else "ltr"
    shown = "".join(_line(line) for line in [*text.strip().splitlines(), *(["", link] if link else [])])
    return (f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>{_plain(title)}</title></head>'
            f'<body dir="{direction}" style="font-family:{escape(FONT)};font-size:15px;line-height:1.5;max-width:46em;margin:1em">'
            f'<h1 style="font-size:1.2em">{_plain(title)}</h1>{shown}</body></html>\n')


def _line(line: str) -> str:
    """A line with its indent; what people wrote, and a command, run their own way."""
    said = line.strip()
    if not said:
        return '<div style="height:.8em"></div>'
    shown = f"<bdi>{_linked(said)}</bdi>" if said.startswith(('"', "renown ")) else _linked(said)
    return f'<div style="margin-inline-start:{(len(line) - len(line.lstrip())) / 2:.1f}em">{shown}</div>'


def _linked(said: str) -> str:
    parts, at = [], 0
    for found in ADDRESS.finditer(said):
        address = escape(found[0])
        parts += [_plain(said[at:found.start()]), f'<a dir="ltr" style="word-break:break-all" href="{address}">{address}</a>']
        at = found.end()
    return "".join([*parts, _plain(said[at:])])


def _plain(said: str) -> str:
    return "".join(ISOLATES.get(letter, letter) for letter in escape(said))
