"""The week at a glance: one self-contained page, or the same as PDF.

    marts ──► facts ──► charts (SVG, no browser) ──► page.html ──► html | pdf
"""

from delivery.digest.facts import MARTS, Facts, gather
from delivery.digest.page import html, write
from delivery.digest.reader import named, summary

__all__ = ["MARTS", "Facts", "gather", "html", "named", "summary", "write"]
