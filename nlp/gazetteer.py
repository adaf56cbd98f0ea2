"""Every name of every configured bank, compiled into one matcher over folded text.

config/banks.yml ──► names by script (endings, clitics), handles, hashtags, domains, tickers ──► Found spans of the folded text
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from nlp import romanised_names
from nlp.text import fold_words
from settings.models import Bank

_HAN = re.compile("[\u3400-\u9fff]")
_LETTER = "[^\\W\u3040-\u30ff\u3400-\u9fff]"  # a letter that may go on a name: in Chinese, a foreign name stands between characters
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CLITIC = "(?:[وف]?(?:بال|كال|لل|ال|[بلك])?)"
_RUSSIAN_END = "(?:ами|ями|ого|ому|ыми|ой|ою|ей|ем|ом|ам|ям|ах|ях|ов|ев|а|я|у|ю|е|ы|и|о|ь|й)?"
_VOWELS = "аеиоуыэюяьй"
# Turkish case endings on a bare name (ASCII after folding), longest first; after an apostrophe any ending is one.
_TURKISH_END = (
    "(?:larindan|larinda|larina|larin|lardan|larda|lari|lara|lar|lerinden|lerinde|lerine|lerin|lerden|lerde|leri|lere|ler|ndan|nden|nda|nde|dan|den|tan|ten"
    "|daki|deki|nin|nun|yla|yle|sinda|sinde|sina|sine|da|de|ta|te|ya|ye|yi|yu|na|ne|la|le|li|lu|si|in|un|ca|ce)?"
)
_LATIN_END = rf"(?:'\w{{1,10}}|s|{_TURKISH_END[3:-2]})?"
_NOUN_IE = re.compile("(.*[нт])(?:ие|ия|ию|ием|ии)$")  # "открытие" is declined, "открыть" is another word
_OF_IE = "(?:ием|ией|ие|ия|ию|ии)"
_HAS_CASE = re.compile("[A-Za-z\u00c0-\u024f\u0400-\u04ff]")
CONTEXT_REACH = 120
Shown = Callable[[int, int], str]
# What a name that is also a word needs near it: these say it in any case; a word of money, or another bank, says it of a capitalised one.
GENERIC_CONTEXT = ("bank", "банк", "银行", "账户", "بنك", "مصرف", "حساب", "banka", "account", "счет", "hesap")
_MONEY = re.compile(
    r"(?<!\w)(?:cards?\b|atms?\b|branch|cashier|wire\b|deposit|mortgage|loan|credit union|cashback|groceries|points\b|карт|вклад|ипотек|кредит|отделени|офис"
    r"|банкомат|перевод|kart|sube|faiz|eft\b|havale|kredi|mevduat|promosyon|atm)|借记卡|信用卡|取现|转账|贷款|存款|بطاق|تحويل|قرض|وديعة|مستفيد"
)
_SENTENCE_END = re.compile(r"(?:^|[.!?…:\n]\s*|[\"«“(]\s*)$")


@dataclass(frozen=True)
class Found:
    """A bank found at [start, end) of the folded text, and by what kind of name."""

    bank_id: str
    start: int
    end: int
    by: str


class Gazetteer:
    """`find(folded)` gives non-overlapping Found spans in order; the longest name at a place wins."""

    def __init__(self, banks: Sequence[Bank]) -> None:
        self._names: list[tuple[str, bool]] = []
        self._context = {bank.id: _context_pattern(bank) for bank in banks}
        self._handles = {fold_words(h): bank.id for bank in reversed(banks) for hs in bank.handles.values() for h in hs}
        self._handles_longest = sorted((h for h in self._handles if _HAN.search(h)), key=len, reverse=True)
        self._pattern = self._compile(banks)
        self._romanised = {language: list(_romanised(banks, language)) for language in (romanised_names.RUSSIAN, romanised_names.ARABIC)}

    def find(self, folded: str, shown: Shown | None = None, romanised: str | None = None) -> list[Found]:
        """Banks named in a folded text; `shown` gives the text as written, whose capitals tell a name from a word.

        `romanised`: the language that is written in Latin letters here, "ru" or "ar": its own names are looked for in those letters too.
        """
        certain: list[Found] = []
        doubtful: list[Found] = []
        for match in self._pattern.finditer(folded):
            if (hit := self._resolve(match)) and not _is_across_words(folded, hit):
                (doubtful if hit.by == "ambiguous" else certain).append(hit)
        for hit in self._in_latin(folded, romanised) if romanised else ():
            if not any(hit.start < other.end and other.start < hit.end for other in (*certain, *doubtful)):
                (doubtful if hit.by == "ambiguous" else certain).append(hit)
        kept = [hit for hit in doubtful if self._is_meant(hit, folded, certain, shown)]
        return sorted(certain + [replace(hit, by="name") for hit in kept], key=lambda hit: hit.start)

    def _in_latin(self, folded: str, language: str) -> Iterable[Found]:
        """Names of the language's own script in Latin letters, the longest first."""
        for name, bank_id, ambiguous in self._romanised.get(language, ()):
            for match in name.finditer(folded):
                if folded[max(0, match.start() - 1) : match.start()] not in ("@", "#", "/", "."):
                    yield Found(bank_id, match.start(), match.end(), "ambiguous" if ambiguous else "name")

    def _is_meant(self, hit: Found, folded: str, certain: Sequence[Found], shown: Shown | None) -> bool:
        """Whether an ambiguous name is the bank's here: by a bank's word near it, or written as a name beside money or another bank."""
        before, after = folded[max(0, hit.start - CONTEXT_REACH) : hit.start], folded[hit.end : hit.end + CONTEXT_REACH]
        around = f"{before} {after}"
        if self._context[hit.bank_id].search(around):
            return True
        others = (other for other in certain if other.bank_id != hit.bank_id and other.by != "handle")  # a handle says whom a post is for
        beside = any(abs(other.start - hit.start) <= CONTEXT_REACH for other in others)
        money = bool(_MONEY.search(around))
        if beside == money:
            return beside
        written = shown(hit.start, hit.end) if shown else ""
        if not _HAS_CASE.match(written):
            return beside
        return written[0].isupper() and (bool(_HAN.search(around)) or not _SENTENCE_END.search(before))

    def _compile(self, banks: Sequence[Bank]) -> re.Pattern[str]:
        entries: dict[str, list[tuple[str, str]]] = {"word": [], "arabic": [], "han": []}
        stems: list[str] = []
        for name, bank_id, ambiguous in sorted(_all_names(banks), key=lambda row: (-len(row[0]), row[0], row[1])):
            group = f"n{len(self._names)}"
            self._names.append((bank_id, ambiguous))
            family = "han" if _HAN.search(name) else "arabic" if _ARABIC.search(name) else "word"
            entries[family].append((name[0], f"(?P<{group}>{_name_pattern(name, family)})"))
            if family != "arabic" and not ambiguous and len(name) >= 4:
                stems.append(f"(?P<h{len(self._names) - 1}>{re.escape(name.replace(' ', ''))})")
        domains = [(d.lower(), bank.id) for bank in banks for d in bank.domains]
        tickers = [(t.lower(), bank.id) for bank in banks for t in bank.tickers]
        parts = [
            self._extras(r"(?<![\w-])(?:https?://|www\.)?(?:[\w-]+\.){{0,4}}{}(?![\w-])(?:/[^\s]*)?", "d", domains),
            r"(?P<link>https?://\S+|www\.\S+)",
            r"(?P<handle>(?<![\w.])[@＠][\w\-.]*[\w])",
            self._extras(r"\${}(?!\w)", "t", tickers),
            rf"#(?P<tag>\w*?(?:{'|'.join(stems)})\w*)" if stems else "",
            rf"(?<![@$])(?<!{_LETTER})(?:{_grouped(entries['word'])})" if entries["word"] else "",
            rf"(?<![\w@]){_CLITIC}(?:{_grouped(entries['arabic'])})(?!\w)" if entries["arabic"] else "",
            _grouped(entries["han"]) if entries["han"] else "",
        ]
        return re.compile("|".join(part for part in parts if part))

    def _extras(self, template: str, prefix: str, values: Iterable[tuple[str, str]]) -> str:
        groups = []
        for value, bank_id in values:
            self._names.append((bank_id, False))
            groups.append(f"(?P<{prefix}{len(self._names) - 1}>{re.escape(value)})")
        return template.format(f"(?:{'|'.join(groups)})") if groups else ""

    def _resolve(self, match: re.Match[str]) -> Found | None:
        name = match.lastgroup  # the outermost: a hashtag's holds that of its name
        if name == "handle":
            return self._handle(match)
        if name == "tag":
            name = next(g for g, value in match.groupdict().items() if value is not None and g != "tag")
        if name is None or name == "link":
            return None
        bank_id, ambiguous = self._names[int(name[1:])]
        start, end = match.start(name), match.end(name)
        if ambiguous:
            return Found(bank_id, start, end, "ambiguous")
        if name[0] in "dt":
            start, end = match.span()
        elif name[0] == "h":
            start, end = match.start(), match.end("tag")
        return Found(bank_id, start, end, {"d": "domain", "t": "ticker", "h": "hashtag"}.get(name[0], "name"))

    def _handle(self, match: re.Match[str]) -> Found | None:
        handle = match.group("handle")[1:]
        if bank_id := self._handles.get(handle):
            return Found(bank_id, match.start("handle"), match.end("handle"), "handle")
        # Chinese posts write on right after a name: "@某银行你们的…".
        for known in self._handles_longest:
            if handle.startswith(known):
                return Found(
                    self._handles[known], match.start("handle"), match.start("handle") + 1 + len(known), "handle"
                )
        return None


def _is_across_words(folded: str, hit: Found) -> bool:
    """Whether a Chinese name of two characters is the end of one word and the beginning of the next (港石 in 香港|石硖尾)."""
    if hit.end - hit.start != 2 or not _HAN.match(folded[hit.start]) or not _HAN.match(folded[hit.end - 1]):
        return False
    import jieba  # its dictionary takes a second to load: only where such a name was found

    jieba.setLogLevel("WARNING")
    start = max(0, hit.start - 8)
    edges = {start + edge for _, first, last in jieba.tokenize(folded[start : hit.end + 8], HMM=False) for edge in (first, last)}
    return (hit.start not in edges and hit.end not in edges) or (hit.start + 1 in edges and not {hit.start, hit.end} <= edges)


def _all_names(banks: Sequence[Bank]) -> set[tuple[str, str, bool]]:
    names: dict[str, tuple[str, bool]] = {}
    for bank in banks:
        ambiguous = {fold_words(a) for a in bank.ambiguous}
        plain = {fold_words(a) for a in (bank.name, *(alias for aliases in bank.aliases.values() for alias in aliases))}
        for name in sorted(plain | ambiguous):
            if name and name not in names:
                names[name] = (bank.id, name in ambiguous)
    return {(name, bank_id, ambiguous) for name, (bank_id, ambiguous) in names.items()}


def _romanised(banks: Sequence[Bank], language: str) -> Iterable[tuple[re.Pattern[str], str, bool]]:
    for name, bank_id, ambiguous in sorted(_all_names(banks), key=lambda row: (-len(row[0]), row[0], row[1])):
        if written := romanised_names.pattern(name, language):
            yield re.compile(written), bank_id, ambiguous


def _context_pattern(bank: Bank) -> re.Pattern[str]:
    words = sorted(
        {fold_words(w) for ws in bank.context.values() for w in ws} | {fold_words(w) for w in GENERIC_CONTEXT}
    )
    return re.compile(
        "|".join(
            (r"" if _HAN.search(w) else rf"(?<!\w){_CLITIC}" if _ARABIC.search(w) else r"(?<!\w)") + re.escape(w)
            for w in words
        )
    )


def _name_pattern(name: str, family: str) -> str:
    if family == "han":
        return re.escape(name)
    if family == "arabic":
        return rf"\s+{_CLITIC}".join(re.escape(word) for word in name.split(" "))
    return r"[\s\-]+".join(_inflected(word) for word in name.split(" ")) + f"(?!{_LETTER})"


def _inflected(word: str) -> str:
    if _CYRILLIC.search(word):
        if noun := _NOUN_IE.match(word):
            return re.escape(noun[1]) + _OF_IE
        stem = word.rstrip(_VOWELS) if len(word) >= 5 else word
        return re.escape(stem if len(stem) >= 3 else word) + _RUSSIAN_END
    return re.escape(word) + (_LATIN_END if len(word) >= 4 else r"(?:'\w{1,10})?")


def _grouped(entries: Iterable[tuple[str, str]]) -> str:
    """Alternatives behind a look at their first character; within one, the longest name first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for first, pattern in entries:
        groups[first].append(pattern)
    return "|".join(f"(?={re.escape(first)})(?:{'|'.join(patterns)})" for first, patterns in groups.items())
