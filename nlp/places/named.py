"""Places that the wording names: the branch on a street, the ATM in a mall, the mall, the metro station, the district.

given text (Chinese, Arabic: folded) ──► a quick look for service nouns ──► patterns a language ──► Named spans
"""

# ruff: noqa: E501, SIM905  (lists of words and patterns stand in long lines, as in nlp/cues)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

FOLDED = ("zh", "ar")  # languages without capitals: their patterns read the folded text


@dataclass(frozen=True, slots=True)
class Named:
    """A named place at [start, end) of the text that was read, and the noun that says what it is. `inside`: the name stands for where it is."""

    start: int
    end: int
    kind: str
    cue: str
    inside: bool = False


# -- English ---------------------------------------------------------------------------------------------------------------
_EN_STREET = r"(?:Street|St\b|Road|Rd\b|Avenue|Ave\b|Lane|Square|Sq\b|Boulevard|Blvd|Drive|Place|Gardens|Terrace|Parade|Hill|Bridge|Crescent|Row|Way)"
_EN_WORD = r"(?:(?!ATMs?\b|I\b)[A-Z][\w'’&]*|\d{1,4}(?:st|nd|rd|th)?(?=\s[A-Z]))"
_EN_NAME = rf"{_EN_WORD}(?:[ -](?:(?:of the|of|the|and|on|de|el|al|bin) )?{_EN_WORD}){{0,4}}"
_EN_LOWER_STREET = r"(?:[a-z]+ ){1,2}(?:street|road|avenue|lane|square|boulevard)\b"
_EN_AT = r"(?:right )?(?:on|in|at|near|by|outside|inside|opposite|next to|across from|off|down)(?: the (?:corner of )?)? ?"
_EN_ATM = r"(?:ATMs?|atms?|Atm|cash ?machines?|cash ?points?|Cash ?machines?|cash ?dispensers?)"
# -- Russian ---------------------------------------------------------------------------------------------------------------
_RU_WORD = r"[А-ЯЁ][а-яёА-ЯЁ-]*"
_RU_QUOTED = r"[«\"“][^«»\"“”\n]{2,40}[»\"”]"
_RU_STREET = (
    r"(?:ул(?:иц\w*|\.)|пр(?:оспект\w*|-т\w*|-кт\w*|\.)|пл(?:ощад\w*|\.)|бульвар\w*|б-р\w*|наб(?:ережн\w*|\.)|шоссе|переул\w*|пер\.|просп\.|тракт\w*)"
)
_RU_NAME = rf"(?:{_RU_STREET}\s?)?(?:\d+-[йяе]\w*\s)?{_RU_WORD}(?:\s{_RU_WORD}){{0,2}}(?:\s{_RU_STREET})?"
_RU_AT = r"(?:на|в|во|у|около|возле|рядом с|напротив|по адресу)\s"
# -- Turkish ---------------------------------------------------------------------------------------------------------------
_TR_WORD = r"[A-ZÇĞİÖŞÜÂ][\wçğıöşüâ]*"
_TR_STREET = r"(?:Cadde\w*|Cad\.?|cadde\w*|Sokak|Sokağı|Bulvarı|bulvarı|Meydanı|meydanı)"
_TR_NAME = rf"{_TR_WORD}(?:\s{_TR_WORD}){{0,3}}(?:\s{_TR_STREET})?"
_TR_CASE = r"(?:['’]?n?[dt][ae]ki)?"
_TR_ATM = r"(?:ATM|Atm|atm|bankamati[kğ]|Bankamati[kğ])"
# -- Chinese (folded) ------------------------------------------------------------------------------------------------------
_H = "[\u4e00-\u9fff]"
_ZH_END = "(?:路|街|大道|广场|大厦|中心|国际|花园|新村|镇|桥|门|口岸|火车站|高铁站|机场|大学城|万达|百货|商场|商城)"
_ZH_MALL = "(?:购物中心|购物公园|商场|商城|大悦城|万达广场|万象城|吾悦广场|银泰城?|来福士|奥特莱斯|天街|百货|太古里|太古汇|环球港|印象城)"
_ZH_OFFICE = "(?:支行|分行|分理处|营业部)"
_ZH_ATM = "(?:atm|自助银行|自动取款机|自助取款机|取款机|提款机|柜员机|自助机)"
# -- Arabic (folded: ة is ه, أ is ا, ى is ي) ---------------------------------------------------------------------------------
_A = "[\u0621-\u064a]"
_AR_WORD = rf"{_A}{{3,}}"
_AR_ROYAL = "(?:عبد ?العزيز|عبد ?الله|فهد|فيصل|خالد|سلمان|سعود|محمد|تركي|سلطان|نايف|زايد|راشد|حمد|حسين|فاروق)"
_AR_STREET = (
    rf"(?:شارع|حي|طريق|ميدان|دوار)\s(?:(?:الملك|الامير|الشيخ|الامام|السلطان) {_AR_ROYAL}|{_AR_WORD}(?: (?!الساعه|الذي|التي|اللي|اليوم|الي |الا )(?:ال{_A}{{3,}}|بن {_A}+))?)"
)
_AR_NAME = rf"(?:{_AR_STREET}|ال{_A}{{3,}})"
_AR_STOP = (
    r"(?!(?:ال(?:رييسي|رءيسي|رئيسي|قريب|اقرب|جديد|بنك|مصرف|يوم|ذي|لي|تي|وحيد|مذكور|تابع|ثاني|اول|كبير|صغير|بطاقه|بطاقات|موظف|مدير|زحمه|حساب|اي|نقدي|الي|عام|معتمد"
    r"|كل|ان|خدمه|عميل|عملاء|ساعه|صباح|مساء|سبت|احد|اثنين|ثلاثاء|اربعاء|خميس|جمعه|طابور|دور|صراف|رقم|مركز|رقمي|الكتروني|لكتروني|نساءي|رجال|نساء|سيدات|مشكله|كاونتر|شباك|فلوس|مكينه|ماكينه|مول|محطه|سوق|مستشفي|مطار|مدخل|شارع|حي|بيت|شغل|جامعه)\w{0,3})(?!\w))"
)
_AR_MALL = r"(?:مول|سنتر|جاليريا|هايبر)"

_PATTERNS: dict[str, list[tuple[str, str, bool]]] = {
    "en": [
        ("mall", rf"(?P<n>Mall of (?:the )?{_EN_WORD}|{_EN_NAME} (?P<cue>[Mm]all|[Ss]hopping [Cc]ent(?:re|er)|Outlet|Galleria|Arcade)|Westfield(?: {_EN_WORD}(?: {_EN_WORD})?)?)", False),
        ("metro", rf"(?P<n>{_EN_NAME}) (?P<cue>(?:tube|metro|underground|subway|Metro|Tube|Underground|DLR)(?: [Ss]tation| [Ss]top)?)\b", False),
        ("metro", rf"(?P<cue>(?:metro|tube|subway|underground|Metro) (?:station|stop)) (?:at )?(?P<n>{_EN_NAME})", False),
        ("branch", rf"(?P<cue>[Bb]ranch|BRANCH|(?:bank|local|main|head) office) {_EN_AT}(?P<n>{_EN_NAME}|{_EN_LOWER_STREET})", True),
        ("branch", rf"(?P<n>{_EN_NAME}|\b{_EN_LOWER_STREET}) (?P<cue>[Bb]ranch)\b", False),
        ("atm", rf"(?P<cue>{_EN_ATM}) {_EN_AT}(?P<n>{_EN_NAME}|{_EN_LOWER_STREET})", True),
        ("atm", rf"(?P<n>{_EN_NAME}) (?P<cue>{_EN_ATM})\b", False),
        ("district", rf"(?P<n>{_EN_NAME}) (?P<cue>[Dd]istrict|[Nn]eighbou?rhood|[Bb]orough|[Qq]uarter)\b", False),
    ],
    "ru": [
        ("mall", rf"(?P<cue>Т[РО]?[ЦК]|ТРЦ|ТРК|тр?ц|трк|МФК|[Тт]оргов\w{{2}}(?:-развлекательн\w{{2}})? центр\w*|[Мм]олл?\w{{0,2}}|[Уу]нивермаг\w{{0,2}})\s(?P<n>{_RU_QUOTED}|{_RU_WORD}(?:\s{_RU_WORD})?)", False),
        ("mall", r"(?P<cue>тр?[цк])\s(?P<n>[а-яё]{4,}(?:-[а-яё]+)?)", False),
        ("metro", rf"(?P<cue>(?:[Сс]танц\w+\s)?[Мм]етро|(?<!\w)м\.|(?<!\w)ст\.\s?м\.)\s?(?P<n>{_RU_QUOTED}|{_RU_WORD}(?:\s(?:{_RU_WORD}|проспект|парк|площадь|бульвар|вокзал|поле|роща|гора)){{0,2}})", False),
        ("branch", rf"(?P<cue>[Оо]тделени\w+|[Дд]оп ?офис\w*|[Оо]фис\w*|[Фф]илиал\w*)\s(?:банка\s|[А-ЯЁ][а-яё]+\s)?{_RU_AT}(?P<n>{_RU_NAME})", True),
        ("branch", rf"(?P<cue>[Оо]тделени\w+|[Оо]фис\w*|[Фф]илиал\w*)\s(?P<n>{_RU_QUOTED})", False),
        ("branch", r"(?P<n>[А-ЯЁ][а-яё]+ск(?:ое|ом|ого|ому|им))\s(?P<cue>отделени\w+)", False),
        ("atm", rf"(?P<cue>[Бб]анкомат\w*|[Тт]ерминал\w*)\s(?:банка\s|[А-ЯЁ][а-яё]+\s)?{_RU_AT}(?:(?:ТЦ|ТРЦ|ТРК|тц|трц|метро|м\.|торговом центре)\s)?(?P<n>{_RU_QUOTED}|{_RU_NAME})", True),
        ("district", rf"(?P<cue>[Рр]айон\w{{0,2}}|[Мм]икрорайон\w{{0,2}}|мкр\.?|ЖК)\s(?P<n>{_RU_QUOTED}|{_RU_WORD}(?:\s{_RU_WORD})?)", False),
        ("district", r"(?P<n>[А-ЯЁ][а-яё]+(?:ск|цк|н|в)(?:ий|ой|ом|ого|ому|им|ый|ым))\s(?P<cue>район\w{0,2}|округ\w{0,2})(?!\w)", False),
    ],
    "tr": [
        ("mall", rf"(?P<n>{_TR_NAME} (?P<cue>AVM|Avm|avm|Alışveriş Merkezi|alışveriş merkezi|Outlet|Mall))(?![a-zçğıöşü])", False),
        ("mall", r"(?P<n>[a-zçğıöşü]{4,} (?P<cue>avm))(?:['’]?[dt]e(?:ki)?)?(?!\w)", False),
        ("metro", rf"(?P<n>{_TR_NAME}){_TR_CASE} (?P<cue>[Mm]etro(?:su|sunda\w*|bus\w*)?(?: (?:[İi]stasyonu|[Dd]urağı)\w*)?)", False),
        ("branch", rf"(?P<n>{_TR_NAME})(?P<c>{_TR_CASE})(?: (?:üzerinde|üstünde)(?:ki)?)? (?P<cue>[Şş]ube\w*|[Ss]ube(?:si|sinde|den|ye|de)\w*)", False),
        ("atm", rf"(?P<n>{_TR_NAME}(?: (?:AVM|Avm|avm|Alışveriş Merkezi|alışveriş merkezi))?|[a-zçğıöşü]{{4,}} avm)(?P<c>{_TR_CASE})(?: (?:üzerinde|üstünde|önünde)(?:ki)?)? (?P<cue>{_TR_ATM}\w*)", False),
        ("district", rf"(?P<n>{_TR_NAME}) (?P<cue>[Mm]ahalle\w*|[Mm]ah\.|[İi]lçesi\w*|[Ss]emti\w*)", False),
    ],
    "zh": [
        ("metro", rf"(?P<cue>地铁)(?:\d+号线)?(?P<n>{_H}{{2,6}}?)站", False),
        ("metro", rf"(?P<n>{_H}{{2,6}})(?P<cue>地铁站|地铁口)", False),
        ("mall", rf"(?P<n>{_H}{{0,6}}{_ZH_MALL})(?P<cue>)", False),
        ("branch", rf"(?P<n>{_H}{{2,8}})(?P<cue>{_ZH_OFFICE})", False),
        ("branch", rf"(?P<n>{_H}{{1,7}}{_ZH_END})(?:上的|那边的|那个|那家|附近的|的|这个|店)?(?P<cue>网点|营业厅|银行网点)", False),
        ("atm", rf"(?P<n>{_H}{{1,7}}(?:{_ZH_END}|{_ZH_MALL}|(?<!地铁)站))(?:里面的|里的|上的|那台|那个|门口的|旁边的|的|一楼的)?(?P<cue>{_ZH_ATM})", False),
    ],
    "ar": [
        ("mall", rf"(?<!\w)[وب]?(?P<cue>{_AR_MALL})\s(?!في)(?!من\s){_AR_STOP}(?P<n>(?:ال)?{_A}{{3,}}(?:\s(?:ال{_A}{{3,}}|سنتر))?)", False),
        ("mall", rf"(?<!\w)[وب]?(?P<n>(?!في\s|من\s)(?:ال)?{_A}{{3,}}\s(?P<cue>مول|بارك|سنتر|جاليري|بلازا))(?!\w)", False),
        ("metro", rf"(?<!\w)(?:[وب]?(?:ال)?محطه\s)?[وب]?(?:ال)?(?P<cue>مترو)\s(?:محطه\s)?{_AR_STOP}(?P<n>ال{_A}{{3,}}(?:\sال{_A}{{3,}})?|{_A}{{3,}}\sال{_A}{{3,}})", False),
        ("metro", rf"(?<!\w)[وب]?(?P<cue>محطه)\s{_AR_STOP}(?P<n>ال{_A}{{3,}})(?=\s(?:مترو|للمترو))", False),
        ("branch", rf"(?<!\w)[وبل]?(?:ال)?(?P<cue>فرعكم|فرعهم|فرع)\s(?:البنك\s|بنك\s{_A}+\s)?(?P<c>(?:في|علي)\s)?{_AR_STOP}(?P<n>{_AR_NAME})", False),
        ("atm", rf"(?<!\w)[وبل]?(?:ال)?(?P<cue>صراف|صرافكم|ماكينه|مكينه)(?:\s(?:الالي|الصراف|السحب|الي|البنك))?\s(?:في|داخل|عند|جنب|بجانب|قرب|امام)\s(?:فرع\s|محطه\s|مترو\s)?{_AR_STOP}(?P<n>(?:مول|سوق|مجمع|مطار)\s{_A}{{3,}}|{_AR_NAME}|{_A}{{3,}}\s(?:مول|بارك))", True),
        ("district", rf"(?<!\w)[وبل]?(?P<cue>حي)\s(?P<n>ال{_A}{{3,}}|{_A}{{4,}})", False),
    ],
}  # fmt: skip
_NOUNS = {
    "en": r"branch|office|\batm|cash|\bmall|shopping|outlet|galleria|arcade|westfield|\bmetro|\btube|subway|underground|\bdlr|district|borough|neighb|quarter",
    "ru": r"отделени|офис|филиал|банкомат|терминал|\bтр?[цк]\b|\bмф?к|торгов|молл|универмаг|метро|\bм\.|район|округ|мкр|\bжк\b",
    "tr": r"sube|\batm|bankamati|\bavm|alisveris|outlet|\bmall|metro|mahalle|\bmah\.|ilcesi|semti",
    "zh": r"地铁|购物|商场|商城|大悦城|万达|万象城|吾悦|银泰|来福士|奥特莱斯|天街|百货|太古|环球港|印象城|支行|分行|分理处|营业|网点|atm|自助|取款机|提款机|柜员机",
    "ar": r"مول|سنتر|بارك|بلازا|جاليري|مترو|محطه|فرع|صراف|ماكينه|مكينه|حي ",
}
# First words of a sentence, determiners, days and months: no names.
_NOT_NAMES = frozenset(
    "The This That My Your Our Their His Her Its Every Each Any Some Another Same Local Nearest Main Head New Old Which What Whole Entire Only One No Nice Great Good Bad "
    "Best Worst Why When How I We You They It If So And But Or Is Are Was At In On To From Of Near By After Before Last First Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday January February March April May June July August September October November December ATM ATMs Bank Branch Visited Went Today Yesterday Just Closed "
    "Avoid Terrible Shopping Christmas Easter Thank Thanks Hi Hello Dear Still Again Not Also Both Two Three All Other Customer Mobile Broken Closest About Where There Here Does Do Did Can Could Would Should Will Please Have Has Had For With Your "
    "Bu Şu O Bir Her Hangi Tüm Bütün Yeni Eski En Ve Ama Fakat Bugün Dün Yarın Sizin Bizim Benim Merkez Banka Bankanın Sabah Akşam Neden Niye Hiçbir Aynı Diğer Yakın "
    "Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar Kapalı Merhaba Sayın Lütfen Böylece Üstelik Sanırım Galiba Hem Ayrıca Ancak Keşke Acaba Madem Demek Çünkü Sadece Yani Hâlâ Hala Belki Bence Peki Evet Hayır Tek Birkaç Bazı Fakat Artık Yine Maalesef Mobil İnternet Nakit "
    "Понедельник Вторник Банк Банка Москва-река Вы Мы Я Они Это Там Тут Здесь Вчера Сегодня Где Почему Когда Как".split()
)
_ZH_CUT = re.compile(
    r".*(?:在|到|去|从|的|了|跑|你们|我们|他们|咱们|贵行|这家|那家|这个|那个|一家|来(?!福士|宾|广)|和(?!平)|与|跟|看重|好像|前者|后者|关于|对比|趟|回|找|逛|坐|于|附近|旁边|楼下|对面|门口|银行|是|把|被|说|给|让|问|等|今天|昨天|周末|早上|下午|刚|又|往|经过)"
)
_ZH_STOP = re.compile("(?:商场|商城|百货|购物中心|火车站|中心|广场|国际)|(?:哪个?|这|那|各|所有|每个?|最近|其他|全部|大|小|你|我|公司|本地|当地|附近|总|省|市|区|某|很多|多家|开户|一个?|两个?|几个?|线下|银行)+")
_TRAILING = re.compile(r"[\s,.;:!?'’\-]+$")


@cache
def _compiled(language: str) -> tuple[re.Pattern[str], list[tuple[str, re.Pattern[str], bool]]]:
    return re.compile(_NOUNS[language]), [(kind, re.compile(p), inside) for kind, p, inside in _PATTERNS[language]]


def find_named(text: str, folded: str, language: str) -> Iterator[Named]:
    """Named places, offsets in `folded` for Chinese and Arabic, in `text` otherwise; several kinds may share one span."""
    if language not in _PATTERNS:
        return
    nouns, patterns = _compiled(language)
    if not nouns.search(folded):
        return
    read = folded if language in FOLDED else text
    for kind, pattern, inside in patterns:
        for match in pattern.finditer(read):
            start, end = _trimmed(match, read, language)
            if end - start >= 2:
                located = inside or bool("c" in pattern.groupindex and match.group("c"))
                yield Named(start, end, kind, match.group("cue") or kind, located)


def _trimmed(match: re.Match[str], read: str, language: str) -> tuple[int, int]:
    """The name without quotes, leading words that are no part of it, and trailing punctuation; empty where nothing is left."""
    start, end = match.span("n")
    if language == "zh":
        cut = _ZH_CUT.match(read, start, end)
        start = cut.end() if cut else start
        return (start, start) if _ZH_STOP.fullmatch(read, start, end) else (start, end)
    if read[start] in "«\"“":
        return start + 1, end - 1
    while language != "ar" and (word := re.compile(r"[\w'’-]+").match(read, start, end)) and word.group() in _NOT_NAMES:
        start = min(end, word.end() + 1)
    trailing = _TRAILING.search(read, start, end)
    return start, trailing.start() if trailing else end
