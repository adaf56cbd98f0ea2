"""Pages that broke off: an HTML page that does not close is asked for again, unless its site never closes its pages.

A cut page parses without complaint and simply holds less: what stood in its second half would be lost in silence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urlsplit

_END = re.compile(r"</(?:html|body)\s*>", re.I)
_TAIL = 20_000  # characters in which the end must stand: widgets and comments come after it
SAME = 3  # how often a page must come unclosed, at the same length, to be believed
SITES = 2  # pages of a site that were believed so, before its others are believed at once


class Wholeness:
    """What a run knows of how its sites end their pages."""

    def __init__(self) -> None:
        self._lengths: dict[str, list[int]] = defaultdict(list)
        self._believed: dict[str, set[str]] = defaultdict(set)
        self._closing: set[str] = set()

    def is_whole(self, url: str, text: str) -> bool:
        """Whether to take this page; False: ask for it again."""
        host = urlsplit(url).netloc
        if _END.search(text[-_TAIL:]):
            self._closing.add(host)
            self._lengths.pop(url, None)
            return True
        if host not in self._closing and len(self._believed[host]) >= SITES:
            return True
        seen = self._lengths[url]
        seen.append(len(text))
        if seen.count(len(text)) < SAME:
            return False
        self._believed[host].add(url)
        self._lengths.pop(url)
        return True
