"""Personal data in texts: payment cards, IBANs, phones, e-mail, passports, national ids, account numbers, postal addresses.

    folded text ──► Reading (ASCII digits, dashes and blanks; labels) ──► one recogniser a kind ──► Match, ranked
                ──► resolve (the most specific wins, repeats) ──► spans of the given text ──► masked text

A number counts where its check digit, issuer or numbering plan says so; one that has none counts where a word beside it says what it is.
"""

from nlp.personal.addresses import KIND as ADDRESS
from nlp.personal.reading import Match, Reading
from nlp.personal.recognise import KINDS, find, mask

__all__ = ["ADDRESS", "KINDS", "Match", "Reading", "find", "mask"]
