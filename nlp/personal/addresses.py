"""Postal addresses: a street's word, a name and a house number, as each of the five languages writes them.

Where the script has capital letters the street's name must have one, unless a word before it says that an address comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nlp.personal.reading import Match, Reading

KIND, RANK = "address", 40
_NOT_A_HOUSE = (
    r"(?!\d)(?![.,:/]\d)(?! ?(?:%|мин|час|руб|тыс|год|лет|чел|раз|дн|км|метр|м(?!\w)|дней|мест|hours?(?!\w)|min|day|year|km(?!\w)|people|"
    r"dakika|saat|gun|kisi|yil|metre|tl(?!\w)|دقيق|ساع|يوم|سن|متر|كم(?!\w)|محل|ريال|درهم|شخص))"
)

_EN_TYPE = (
    r"(?:street|str?|road|rd|avenue|ave|lane|ln|drive|dr|close|way|court|ct|place|pl|square|sq|terrace|crescent|boulevard|blvd|gardens|grove|mews|"
    r"parade|walk|highway|hwy|row|hill|green|park)"
)
_EN_FLAT = r"(?:flat|apt|apartment|unit|suite)\.? ?#?\d{1,4}[a-z]?"
_EN = re.compile(
    rf"(?<![\w.,:/-])(?:{_EN_FLAT},? )?\d{{1,5}}[a-z]?(?:[-/]\d{{1,4}})?,? "
    r"(?P<name>(?:[a-z][a-z'.-]*[a-z'.]|[a-z]|\d{1,3}(?:st|nd|rd|th)) ){1,4}?"
    rf"{_EN_TYPE}(?!\w)(?! {_EN_TYPE}(?!\w))(?:,? {_EN_FLAT}(?!\w))?"
    r"(?:(?:,? [a-z]+){0,2},? [a-z]{1,2}\d[a-z\d]? \d[a-z]{2}(?!\w)|, [a-z]+(?: [a-z]+)?, [a-z]{2} \d{5}(?!\w))?"
)

_RU_TYPE_FIRST = (
    r"(?:ул(?:иц[аеуы]|\.| )|просп(?:ект[аеу]?|\.)|пр(?:-т|-кт|\.)|пер(?:еул(?:ок|ке|ка|\.)|\.)|бульвар[еа]?|б-р|бул\.|ш(?:оссе|\.)|"
    r"наб(?:ережн(?:ая|ой)|\.)|пл(?:ощад[ьи]|\.)|проезд[еа]?|пр-д|туп(?:ик[еа]?|\.)|алле[яию]|мкр\.?|микрорайон)"
)
_RU_TYPE_LAST = (
    r"(?:ул(?:иц[аеуы]|\.)|просп(?:ект[еа]?|\.)|пр(?:-т[еа]?|\.)|пер(?:еул(?:ок|ке|ка)|\.)|бульвар[еа]?|б-р|шоссе|"
    r"наб(?:ережн(?:ая|ой)|\.)|площад[ьи]|проезд[еа]?)"
)
_RU_HOUSE = (
    rf"(?:д(?:ом[еа]?|\.)? ?№? ?)?\d{{1,4}}(?:/\d{{1,4}})?(?:[а-гик](?!\w)| [а-гик](?=[,.;)]|$))?{_NOT_A_HOUSE}"
    r"(?:,? ?(?:к|корп|корпус|стр|строение)\.? ?\d{1,3}[а-г]?(?!\w))*(?:,? ?(?:кв|квартира|офис|оф)\.? ?№? ?\d{1,4}(?!\w))?"
)
_RU_CITY = r"(?P<lead>(?:\d{6},? )?(?:(?:г(?:ород|\.) ?)?[а-я][а-я-]{2,}, ?)?)"
_RU_WORD = r"(?:\d{1,3}(?:-?(?:я|й|го))? |[а-я]\. ?)?[а-я][а-я-]+"
_RU_FIRST = re.compile(rf"(?<![\w-]){_RU_CITY}{_RU_TYPE_FIRST} ?(?P<name>{_RU_WORD}(?: {_RU_WORD}){{0,2}}?),? {_RU_HOUSE}")
_RU_LAST = re.compile(rf"(?<![\w-]){_RU_CITY}(?P<name>[а-я][а-я-]+(?:ая|ой|ую|ий|ый|ом|ая)) {_RU_TYPE_LAST},? {_RU_HOUSE}")

_HAN = "\u4e00-\u9fff"
_ZH = re.compile(
    rf"(?P<name>[{_HAN}]{{2,24}}(?:路|街|大道|大街|巷|胡同|弄|里|道)(?:[东西南北中]段)?)\d{{1,5}}(?:号院|号楼|号|弄|栋|幢)"
    rf"(?:[{_HAN}]{{0,10}}?\d{{1,4}}(?:号楼|栋|幢|座|单元|楼|层|号|室)){{0,4}}(?:\d{{1,4}}室?)?"
)
# Words that end before an address begins; what stands after the last of them is the address.
_ZH_BEFORE = re.compile(
    "地址是|地址为|住址是|住址为|地址|住址|居住在|住在|家住|搬到|位于|寄到|寄往|送到|发到|邮寄到|我家在|家在|就在|在|寄给|到了|就是|是|去了|于|住"
)
_ZH_NOT = re.compile("[这那哪几每条的了吗呢]|地铁|铁路|高速|线路|公交")

_AR_WORD = "[\u0621-\u064a]+"
_AR_STOP = r"(?!(?:فيه|في|من|علي|الي|عند|كان|وفيه|بعد|قبل|مع|عن|هذا|هو|لمده|منذ|حوالي|اكثر|اقل)(?!\w))"
_AR_HOUSE = (
    r"(?:(?:رقم|مبني|المبني|عماره|العماره|بنايه|منزل|المنزل|بيت|البيت|فيلا|برج|بلوك) ?(?:رقم )?)?\d{1,5}(?!\d|[.,:/]\d)"
    r"(?! ?(?:%|دقيق|ساع|يوم|سن|متر|كم(?!\w)|محل|ريال|درهم|شخص|مر))"
)
_AR_FLAT = rf"(?:[،,]? ?(?:شقه|الشقه|الدور|الطابق|مكتب) ?(?:رقم )?\d{{1,4}}(?!\d))*(?:[،,] ?حي {_AR_WORD})?"
_AR_STREET = rf"(?:شارع|طريق|جاده|درب|حاره|زقاق) (?P<name>{_AR_STOP}{_AR_WORD}(?: {_AR_STOP}{_AR_WORD}){{0,4}}?)"
_AR_FIRST = re.compile(rf"(?<!\w){_AR_STREET}[،,]? {_AR_HOUSE}{_AR_FLAT}")
# With the number before it, the name ends where no title, no "bin" and no article goes on.
_AR_TITLES = "(?:الملك|الملكه|الامير|الاميره|الشيخ|الامام|السلطان|الشهيد|الدكتور|ابو|ابي|ابن|بن|عبد|محمد|احمد|خالد|عمر|صلاح|جمال|طارق|يوسف|سعد)"
_AR_NAME = rf"(?:{_AR_TITLES} )*{_AR_STOP}{_AR_WORD}(?: بن {_AR_WORD})?(?: ال{_AR_WORD}){{0,2}}"
_AR_LAST = re.compile(rf"(?<![\w.,:/-]){_AR_HOUSE} (?:ش\.?|شارع|طريق|جاده|درب|حاره|زقاق) (?P<name>{_AR_NAME})")

_TR_WORD = r"(?:[a-z][a-z'-]*\.?)"
_TR_NAME = rf"(?P<name>(?:{_TR_WORD} ){{0,2}}?(?:{_TR_WORD}|\d{{1,4}}\.?) )"
_TR_TYPE = r"(?:sok(?:ak|agi|\.)?|sk\.?|cad(?:desi|\.)?|cd\.?|bulv(?:ari|\.)?|blv\.?|bul\.|yolu|meydani)"
_TR_NUMBER = r"\d{1,4}(?:/\d{1,4}|[a-z](?!\w))?"
_TR_NO = r"(?:no|numara|nu|apt|bina)[.: ]{0,3}"
_TR_FLAT = r"(?:,? ?(?:daire|d|kat|k|ic kapi)[.: ]{1,3}(?:no[.: ]{1,3})?\d{1,4}(?!\d))*"
_TR_ROAD = rf"(?:(?:{_TR_WORD} ){{0,2}}(?:{_TR_WORD}|\d{{1,4}}\.?) {_TR_TYPE},? )?"
_TR_QUARTER = re.compile(rf"(?<![\w.']){_TR_NAME}(?:mah(?:allesi|\.)?|mh\.?),? {_TR_ROAD}{_TR_NO}{_TR_NUMBER}(?!\d){_TR_FLAT}")
_TR_STREET = re.compile(rf"(?<![\w.']){_TR_NAME}{_TR_TYPE}(?!\w),? (?:{_TR_NO})?{_TR_NUMBER}{_NOT_A_HOUSE}{_TR_FLAT}")


def _as_found(reading: Reading, match: re.Match[str]) -> int | None:
    return match.start()


def _chinese_start(reading: Reading, match: re.Match[str]) -> int | None:
    """Where the address begins within a run of Chinese characters; None where what is left names no street."""
    name = match.group("name")
    begin = max((m.end() for m in _ZH_BEFORE.finditer(name)), default=0)
    rest = name[begin:]
    if len(rest) < 2 or _ZH_NOT.search(rest):
        return None
    return match.start() + begin


def _capital_start(reading: Reading, match: re.Match[str]) -> int | None:
    """All words of the name have capitals, or the text says that an address comes."""
    words = [match.start("name") + m.start() for m in _WORD.finditer(match.group("name"))]
    if all(reading.is_capital(word) for word in words) or "address" in reading.label(match.start()):
        return match.start()
    return None


def _russian_start(reading: Reading, match: re.Match[str]) -> int | None:
    """The name's last word has a capital ("1-я Тверская", "академика Королёва"); a city before it only with one of its own."""
    words = [match.start("name") + m.start() for m in _WORD.finditer(match.group("name")) if len(m.group()) > 2]
    if not any(reading.is_capital(word) for word in words) and "address" not in reading.label(match.start()):
        return None
    lead = [match.start("lead") + m.start() for m in _WORD.finditer(match.group("lead")) if m.group() not in ("г", "город")]
    return match.start() if all(reading.is_capital(word) for word in lead) else match.end("lead")


def _turkish_start(reading: Reading, match: re.Match[str]) -> int | None:
    """The name begins with the capitals or the number that stand directly before the street's word."""
    start: int | None = None
    for word in reversed(list(_TR_PART.finditer(match.group("name")))):
        place = match.start("name") + word.start()
        if not (word.group()[0].isdigit() or reading.is_capital(place)):
            break
        start = place
    return match.start() if start is None and "address" in reading.label(match.start()) else start


_WORD = re.compile(r"[^\W\d_][\w'-]*")
_TR_PART = re.compile(r"[\w'-]+")


@dataclass(frozen=True)
class Form:
    """How a language writes an address: `word` must be in the text at all; `start` says where a match begins, None where it is none."""

    word: re.Pattern[str]
    pattern: re.Pattern[str]
    start: Callable[[Reading, re.Match[str]], int | None]


_FORMS = (
    Form(re.compile(rf" {_EN_TYPE}(?!\w)"), _EN, _capital_start),
    Form(re.compile(r"(?<![\w-])(?:ул|пр|пер|бул|б-р|ш|наб|пл|туп|алл|мкр|микро)"), _RU_FIRST, _russian_start),
    Form(re.compile(r"(?:ая|ой|ую|ий|ый|ом) (?:ул|пр|пер|бул|б-р|ш|наб|пл)"), _RU_LAST, _russian_start),
    Form(re.compile(r"[路街道巷同弄里段]\d"), _ZH, _chinese_start),
    Form(re.compile("شارع|طريق|جاده|درب|حاره|زقاق"), _AR_FIRST, _as_found),
    Form(re.compile(r"\d (?:ش\.? |شارع|طريق|جاده|درب|حاره|زقاق)"), _AR_LAST, _as_found),
    Form(re.compile(r"(?<!\w)(?:mah|mh)"), _TR_QUARTER, _turkish_start),
    Form(re.compile(r"(?<!\w)(?:sok|sk|cad|cd|bul|blv|yolu|meydan)"), _TR_STREET, _turkish_start),
)


def find(reading: Reading) -> Iterator[Match]:
    """Addresses in any of the five languages' forms."""
    for form in _FORMS:
        if form.word.search(reading.plain):
            for match in form.pattern.finditer(reading.plain):
                start = form.start(reading, match)
                if start is not None:
                    yield Match(start, match.end(), KIND, RANK)
