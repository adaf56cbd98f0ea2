"""What feeds nest inside their entries and feedparser takes for the entry's own.

    <item><description>words</description><og><description/></og></item> ──without_strangers──► <item>…<og/></item>
feedparser knows elements by their name alone: an extension's empty <description> empties the entry's, a person's <title> becomes the
entry's, an Atom <link> without an address makes an address of what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

_CORE = {
    "title", "link", "description", "summary", "guid", "id", "pubdate", "published", "updated", "modified", "issued", "created", "date",
    "comments", "enclosure", "content",
}  # fmt: skip
# Atom's own nesting, and what feedparser reads as a context of its own
_HOLDERS = {"title", "subtitle", "summary", "description", "content", "source", "image", "textinput", "encoded", "body"}
_XHTML = "http://www.w3.org/1999/xhtml"


def without_strangers(body: bytes) -> bytes | None:
    """The feed without what its entries' extensions nest under an entry's names; None where nothing of it is there, or no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    strangers = list(_strangers(root))
    for element in strangers:
        element.getparent().remove(element)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) if strangers else None


def _strangers(root: Any) -> Iterator[Any]:
    for entry in root.iter("{*}item", "{*}entry"):
        for child in entry.iterchildren("*"):
            name = etree.QName(child)
            if name.localname == "link" and "Atom" in (name.namespace or "") and child.get("href") is None:
                yield child
            elif len(child) and name.localname.lower() not in _HOLDERS:
                yield from _nested(child, entry)


def _nested(child: Any, entry: Any) -> Iterator[Any]:
    """The outermost elements below a child that bear an entry's name in the entry's own namespace, or in none."""
    own = (None, etree.QName(entry).namespace)
    for element in child.iterchildren("*"):
        name = etree.QName(element)
        if name.namespace in own and name.namespace != _XHTML and name.localname.lower() in _CORE:
            yield element
        else:
            yield from _nested(element, entry)
