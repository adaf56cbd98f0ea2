"""Plain text out of what platforms send: HTML to text with emoji kept, entities decoded, and what the text names."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import emoji

from extractors.emoji_names import to_emoji

_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "dd",
    "dt",
}
_SILENT = {"script", "style", "noscript", "template", "svg", "iframe"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "source", "wbr", "area", "base", "col", "embed", "track"}
_URL = re.compile(r"https?://[^\s<>\"'\u3000-\u303f\uff00-\uffef]+", re.I)
_TAG_START = re.compile(r"<[a-zA-Z/!]")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_TRAILING = ".,;:!?)]}»”’…"


class _Reader(HTMLParser):
    """Collects text; block ends are line breaks; images give their alt where it is an emoji; quoted asides are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.images = 0
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self._silent:
            if tag not in _VOID:
                self._silent.append(tag)
            return
        if tag in _SILENT or (tag == "aside" and "quote" in (found.get("class") or "")):
            self._silent.append(tag)
        elif tag == "img":
            self._image(found)
        elif tag == "a" and (found.get("href") or "").startswith(("http://", "https://")):
            self.links.append(str(found["href"]))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def _image(self, attrs: dict[str, str | None]) -> None:
        alt, classes = attrs.get("alt") or "", attrs.get("class") or ""
        if "emoji" in classes or re.fullmatch(r"\[[^\]]{1,20}\]|:[\w+-]{1,40}:(t[2-6]:)?", alt) or emoji.is_emoji(alt):
            self.parts.append(to_emoji(alt))
        else:
            self.images += 1

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            while tag in self._silent and self._silent.pop() != tag:
                pass
        elif tag in _BLOCKS and tag not in _VOID:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def read_html(source: str) -> tuple[str, tuple[str, ...], int]:
    """HTML → (plain text, absolute links, images that are not emoji). Never raises: broken mark-up is read as far as it goes."""
    if not _TAG_START.search(source):
        return tidy(html.unescape(source)), (), 0
    reader = _Reader()
    try:
        reader.feed(source)
        reader.close()
    except (AssertionError, ValueError):  # html.parser's own refusals of broken declarations
        return tidy(html.unescape(re.sub(r"<[^>]*>", " ", source))), (), 0
    return tidy("".join(reader.parts)), unique(reader.links), reader.images


def html_to_text(source: str) -> str:
    """The plain text of HTML."""
    return read_html(source)[0]


def plain(source: str) -> str:
    """Text that is not HTML but may hold entities and <br> (VK, X): decoded, inner line breaks kept."""
    return tidy(html.unescape(re.sub(r"<br\s*/?>", "\n", source, flags=re.I) if "<" in source else source))


def tidy(text: str) -> str:
    """No-break spaces as spaces, no control characters, no spaces at line ends, at most one empty line; emoji and joiners stay."""
    if text.isprintable():  # neither line ends nor controls nor no-break spaces: nothing to tidy
        return text.strip()
    text = text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", text)).strip()


def flowing(source: str) -> str:
    """HTML whose line ends are blanks, as browsers show them; preformatted lines keep theirs."""
    parts = re.split(r"(<pre\b.*?</pre>)", source, flags=re.I | re.S) if "\n" in source else [source]
    return "".join(part if index % 2 else re.sub(r"\s*\n\s*", " ", part) for index, part in enumerate(parts))


def urls(text: str) -> tuple[str, ...]:
    """The http(s) addresses that the text names, in order, once each."""
    return unique(found.rstrip(_TRAILING) for found in _URL.findall(text)) if "http" in text.lower() else ()


def handles(text: str, pattern: str = r"(?<![\w@./])@([\w][\w.]*\w|\w)") -> tuple[str, ...]:
    """@handles without the @, in order, once each."""
    return unique(re.findall(pattern, text)) if "@" in text else ()


def hashtags(text: str, pattern: str = r"(?<![\w&/#])#(\w+)") -> tuple[str, ...]:
    """#tags without the #, in order, once each."""
    return unique(tag for tag in re.findall(pattern, text) if not tag.isdigit()) if "#" in text else ()


def unique(values: object) -> tuple[str, ...]:
    """The non-empty strings of an iterable in first-seen order."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))  # type: ignore[attr-defined]
