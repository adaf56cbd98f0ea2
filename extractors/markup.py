"""HTML and XML as trees: encodings by declaration, then by detection; no entities, no external DTDs, no network."""

from __future__ import annotations

import codecs
import re
from typing import Any

from charset_normalizer import from_bytes
from lxml import etree, html

from settings import RenownError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)""", re.I)
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
# What browsers read under these labels (WHATWG Encoding, section 4.2)
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
          "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-9": "cp1254", "shift_jis": "cp932", "euc-kr": "cp949",
          "ks_c_5601-1987": "cp949", "tis-620": "cp874", "iso-8859-11": "cp874"}  # fmt: skip


def decode_text(body: bytes, content_type: str | None = None) -> str:
    """The text of a document: by its byte-order mark, its Content-Type, its own declaration, UTF-8, or detection. Never raises."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    declared = _HEADER.search(content_type or "")
    own = _META.search(body[:4096])
    names = [declared[1] if declared else None, (own[1] or own[2]).decode("ascii", "replace") if own else None, "utf-8"]
    if _is_surely_utf8(body):
        names.insert(0, "utf-8")
    for name in [n.lower() for n in names if n]:
        try:
            return body.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeDecodeError):
            continue
    best = from_bytes(body[:200_000]).best()
    return body.decode(best.encoding if best else "utf-8", "replace")


def _is_surely_utf8(body: bytes) -> bool:
    """Whether a page is UTF-8 whatever it declares (saved again, or a template's wrong label): other encodings do not look like it by chance."""
    return len(_MULTIBYTE.findall(body[:500_000])) >= 8 and _is_utf8(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def html_tree(text: str) -> html.HtmlElement:
    """The tree of an HTML document or fragment. Raises RenownError where there is no element in it."""
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    if not re.search(r"<[a-zA-Z]", cleaned):  # some versions of the parser wrap bare words in a page of their own
        raise RenownError("not HTML (no element)", "give the body as it came from the platform", 2)
    try:
        tree = html.document_fromstring(cleaned, parser=html.HTMLParser(no_network=True, huge_tree=False, recover=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RenownError(f"not HTML ({type(error).__name__})", "give the body as it came from the platform", 2) from None
    return tree


def xml_tree(body: bytes) -> Any:
    """The root of an XML document. Raises RenownError for what is no XML, and for documents that define entities (bombs, XXE)."""
    if re.search(rb"<!ENTITY", body.replace(b"\x00", b""), re.I):
        raise RenownError("the XML defines entities, which is refused", "give the body as it came from the platform", 2)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RenownError(f"not XML ({type(error).__name__})", "give the body as it came from the platform", 2) from None
