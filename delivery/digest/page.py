"""The digest as one self-contained page (no script, no request to anywhere), and as PDF from the same page.

    Facts + Document ──► jinja2 (everything escaped but our own charts) ──► html ──► weasyprint ──► pdf

Numbers and days are written as the reader's locale writes them (CLDR, by babel).
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import jinja2

from delivery import words
from delivery.digest.charts import all_charts, font
from delivery.digest.facts import Facts
from delivery.digest.reader import reader
from delivery.document import Document
from settings import RenownError

LONGEST = 48  # letters of an address that are shown
FONTS = {"zh": ("zh", "fonts-noto-cjk"), "ar": ("ar", "fonts-dejavu-core")}  # language → fontconfig's, Debian's package


def write(path: Path, kind: str, facts: Facts, document: Document) -> None:
    """The digest as html or pdf. Raises RenownError where the machine cannot make a PDF in this language."""
    if kind == "pdf":
        path.write_bytes(pdf(html(facts, document, "png"), document.language))
    else:
        path.write_text(html(facts, document), "utf-8")


def html(facts: Facts, document: Document, pictures: Literal["svg", "png"] = "svg") -> str:
    """The page."""
    language = document.language or "en"
    flawed = [(source, counts) for source, counts in document.coverage.sources.items()
              if counts["gaps"] or counts["unfinished"] or counts["rejected"]]
    return _template().render(
        facts=facts, language=language, direction="rtl" if words.is_right_to_left(language) else "ltr", font=font(language),
        charts=all_charts(facts, language, pictures), notes=document.footer(facts.mentions), flawed=flawed,
        coverage_is_complete=document.coverage.verdict == "complete", days=words.days(facts.window, language),
        w=lambda key: words.word(key, language), s=lambda key, **values: words.sentence(key, language, **values),
        safe_link=safe_link, short=short, **reader(language, facts))


def pdf(page: str, language: str | None) -> bytes:
    """The page as PDF. Raises RenownError where weasyprint's libraries or letters of the language are missing."""
    _has_letters(language)
    try:
        import weasyprint
    except (ImportError, OSError):
        raise RenownError("a PDF needs the Pango library, which this machine has not",
                          "'apt-get install libpango-1.0-0 libpangoft2-1.0-0' (weasyprint's manual), or use format: html") from None
    own = weasyprint.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)  # the page's own pictures, and nothing from anywhere else
    made: bytes = weasyprint.HTML(string=page, url_fetcher=own).write_pdf(pdf_identifier=b"renown")
    return made


def safe_link(address: str | None) -> bool:
    """Whether an address may stand in a page: of the web, and nothing that runs."""
    return bool(address) and urlsplit(str(address)).scheme in ("http", "https")


def short(address: str) -> str:
    """An address as it is shown: without its scheme, and with an end."""
    shown = address.partition("://")[2]
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _has_letters(language: str | None) -> None:
    """Raises RenownError where fontconfig knows no font for the language; does nothing where it cannot be asked."""
    code, package = FONTS.get(language or "", ("", ""))
    if not code or shutil.which("fc-list") is None:
        return
    found = subprocess.run(["fc-list", f":lang={code}", "family"], capture_output=True, text=True, timeout=30).stdout
    if not found.strip():
        raise RenownError(f"no font on this machine has the letters of '{language}'", f"'apt-get install {package}', or use format: html")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string((Path(__file__).parent / "page.html").read_text("utf-8"))
