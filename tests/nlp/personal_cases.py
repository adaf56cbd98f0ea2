"""Running texts with personal data in them and texts with what only looks like it; shares no code with nlp/personal/.

    numbers with check digits reckoned here ──► written as people write them ──► put into a sentence ──► Case(text, truth)

Every draw comes from a seed made of the kind and the language, so a case is the same in every run.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
COUNT = 240
Draw = random.Random
Maker = Callable[[Draw], str]


@dataclass(frozen=True)
class Case:
    """A text, its language, and the spans that it holds: (start, end, kind)."""

    language: str
    text: str
    truth: tuple[tuple[int, int, str], ...]


@cache
def carriers() -> dict[str, dict[str, list[str]]]:
    return dict(yaml.safe_load((Path(__file__).parent / "personal_carriers.yml").read_text("utf-8")))


def digits(draw: Draw, count: int) -> str:
    return "".join(draw.choice(string.digits) for _ in range(count))


def born(draw: Draw) -> date:
    return date(1940, 1, 1) + timedelta(days=draw.randrange(24_000))


# -- check digits -----------------------------------------------------------------------------------------------------

def luhn_digit(body: str) -> str:
    """The digit that makes the doubled-every-second sum a multiple of ten."""
    total = 0
    for i, c in enumerate(reversed(body)):
        value = int(c)
        if i % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def iban_of(country: str, bban: str) -> str:
    """ISO 7064 mod 97-10 over the rearranged number, letters as 10 to 35."""
    remainder = 0
    for c in bban + country + "00":
        for figure in str(int(c, 36)):
            remainder = (remainder * 10 + int(figure)) % 97
    return f"{country}{98 - remainder:02d}{bban}"


def inn10(draw: Draw) -> str:
    body = draw.choice(("77", "78", "50", "66", "23")) + digits(draw, 7)
    return body + str(sum(int(c) * w for c, w in zip(body, (2, 4, 10, 3, 5, 9, 4, 6, 8), strict=True)) % 11 % 10)


def inn12(draw: Draw) -> str:
    body = draw.choice(("77", "78", "50", "66", "23")) + digits(draw, 8)
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        body += str(sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11 % 10)
    return body


def snils(draw: Draw) -> str:
    body = str(draw.randrange(2, 10)) + digits(draw, 8)
    check = sum(int(c) * (9 - i) for i, c in enumerate(body)) % 101
    return body + f"{0 if check == 100 else check:02d}"


def iin(draw: Draw) -> str:
    day = born(draw)
    body = day.strftime("%y%m%d") + draw.choice("34" if day.year < 2000 else "56") + digits(draw, 4)
    check = sum(int(c) * (i + 1) for i, c in enumerate(body)) % 11
    if check == 10:
        check = sum(int(c) * ((i + 2) % 11 + 1) for i, c in enumerate(body)) % 11
    return body + str(check) if check < 10 else iin(draw)


def resident_id(draw: Draw) -> str:
    body = draw.choice(("110105", "310104", "440305", "510107", "330106", "420111")) + born(draw).strftime("%Y%m%d") + digits(draw, 3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def tckn(draw: Draw) -> str:
    body = str(draw.randrange(1, 10)) + digits(draw, 8)
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    tenth = (odd * 7 - even) % 10
    return body + str(tenth) + str((odd + even + tenth) % 10)


def saudi_id(draw: Draw) -> str:
    body = draw.choice(("10", "11", "21", "22", "23", "24")) + digits(draw, 7)
    return body + luhn_digit(body)


def emirates_id(draw: Draw) -> str:
    body = f"784{born(draw).year}{digits(draw, 7)}"
    return body + luhn_digit(body)


def nino(draw: Draw) -> str:
    first, second = draw.choice("ABCEGHJKLMPRSTWXYZ"), draw.choice("ABCEGHJKLMPRSTWXYZ")
    if first + second in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:
        return nino(draw)
    return f"{first}{second}{digits(draw, 6)}{draw.choice('ABCD')}"


def ssn(draw: Draw) -> str:
    return f"{draw.choice([n for n in range(100, 900) if n != 666]):03d}-{draw.randrange(1, 100):02d}-{draw.randrange(1, 10000):04d}"


CARDS = (("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("2200", 16), ("2204", 16), ("62", 16), ("62", 19),
         ("6011", 16), ("3528", 16), ("36", 14), ("9792", 16), ("4", 19))  # fmt: skip
BBANS: dict[str, Callable[[Draw], str]] = {
    "DE": lambda d: digits(d, 18), "GB": lambda d: letters(d, 4) + digits(d, 14), "FR": lambda d: digits(d, 10) + digits(d, 11) + digits(d, 2),
    "TR": lambda d: digits(d, 5) + "0" + digits(d, 16), "SA": lambda d: digits(d, 20), "AE": lambda d: digits(d, 19), "EG": lambda d: digits(d, 25),
    "KZ": lambda d: digits(d, 3) + letters(d, 6) + digits(d, 7), "NL": lambda d: letters(d, 4) + digits(d, 10), "CH": lambda d: digits(d, 17),
}  # fmt: skip


def letters(draw: Draw, count: int) -> str:
    return "".join(draw.choice(string.ascii_uppercase) for _ in range(count))


# -- as people write them ---------------------------------------------------------------------------------------------

def grouped(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return separator.join([*parts, number[place:]] if number[place:] else parts)


def card_number(draw: Draw) -> str:
    prefix, size = draw.choice(CARDS)
    body = prefix + digits(draw, size - len(prefix) - 1)
    return body + luhn_digit(body)


def write_card(draw: Draw, number: str) -> str:
    sizes = (4, 6, 5) if len(number) == 15 else (4, 6, 4) if len(number) == 14 else (4, 4, 4, 4)
    return grouped(number, sizes, draw.choice((" ", "-", "", "", "\u00a0", " - ")))


def card(draw: Draw) -> str:
    return write_card(draw, card_number(draw))


def bad_card(draw: Draw) -> str:
    number = card_number(draw)
    return write_card(draw, number[:-1] + str((int(number[-1]) + draw.randrange(1, 10)) % 10))


def iban_number(draw: Draw) -> str:
    country = draw.choice(list(BBANS))
    return iban_of(country, BBANS[country](draw))


def write_iban(draw: Draw, number: str) -> str:
    number = number.lower() if draw.random() < 0.15 else number
    return grouped(number, (4,) * 8, draw.choice((" ", " ", "", "-", "\u00a0"))).strip(" -\u00a0")


def iban(draw: Draw) -> str:
    return write_iban(draw, iban_number(draw))


def bad_iban(draw: Draw) -> str:
    number = iban_number(draw)
    spot = draw.randrange(len(number) - 6, len(number))
    if not number[spot].isdigit():
        return bad_iban(draw)
    return write_iban(draw, number[:spot] + str((int(number[spot]) + draw.randrange(1, 10)) % 10) + number[spot + 1 :])


PHONES: dict[str, tuple[Maker, ...]] = {
    "en": (lambda d: f"07{d.choice(('400', '533', '825'))} {digits(d, 6)}", lambda d: f"+44 7{d.choice(('400', '533'))} {digits(d, 6)}",
           lambda d: f"020 7{digits(d, 3)} {digits(d, 4)}", lambda d: f"+49 151 2{digits(d, 7)}", lambda d: f"+33 6 1{digits(d, 1)} {digits(d, 2)} {digits(d, 2)} {digits(d, 2)}",
           lambda d: f"(0161) 4{digits(d, 2)} {digits(d, 4)}", lambda d: f"07400{digits(d, 6)}", lambda d: f"0044 7533 {digits(d, 6)}"),
    "ru": (lambda d: f"8 (9{d.choice(('16', '26', '03'))}) {digits(d, 3)}-{digits(d, 2)}-{digits(d, 2)}", lambda d: f"+79{d.choice(('16', '26', '03'))}{digits(d, 7)}",
           lambda d: f"8-916-{digits(d, 3)}-{digits(d, 2)}-{digits(d, 2)}", lambda d: f"8916{digits(d, 7)}", lambda d: f"+7 495 {d.randrange(200, 800)} {digits(d, 2)} {digits(d, 2)}",
           lambda d: f"+7 701 {digits(d, 3)} {digits(d, 2)} {digits(d, 2)}", lambda d: f"+7(926){digits(d, 7)}", lambda d: f"8 926 {digits(d, 3)} {digits(d, 2)} {digits(d, 2)}"),
    "zh": (lambda d: f"13{d.choice('5678')}{digits(d, 8)}", lambda d: f"138 {digits(d, 4)} {digits(d, 4)}", lambda d: f"+86 139 {digits(d, 4)} {digits(d, 4)}",
           lambda d: f"010-6{digits(d, 7)}", lambda d: f"186-{digits(d, 4)}-{digits(d, 4)}", lambda d: f"+86159{digits(d, 8)}", lambda d: f"021-5{digits(d, 7)}"),
    "ar": (lambda d: f"050{digits(d, 7)}", lambda d: f"055 {digits(d, 3)} {digits(d, 4)}", lambda d: f"+966 50 {digits(d, 3)} {digits(d, 4)}", lambda d: f"+97150{digits(d, 7)}",
           lambda d: f"0100{digits(d, 7)}", lambda d: f"+20 10 0{digits(d, 3)} {digits(d, 4)}", lambda d: f"00966 55 {digits(d, 3)} {digits(d, 4)}"),
    "tr": (lambda d: f"0532 {digits(d, 3)} {digits(d, 2)} {digits(d, 2)}", lambda d: f"+90 532 {digits(d, 3)} {digits(d, 2)} {digits(d, 2)}", lambda d: f"0533{digits(d, 7)}",
           lambda d: f"0 (212) 2{digits(d, 2)} {digits(d, 2)} {digits(d, 2)}", lambda d: f"+90542{digits(d, 7)}", lambda d: f"0505-{digits(d, 3)}-{digits(d, 4)}"),
}  # fmt: skip
BAD_PHONES: dict[str, tuple[Maker, ...]] = {
    "en": (lambda d: f"0{digits(d, 5)}", lambda d: f"+44 0{digits(d, 4)}", lambda d: f"07911 {digits(d, 4)}", lambda d: f"+999 {digits(d, 9)}"),
    "ru": (lambda d: f"8 916 {digits(d, 3)}-{digits(d, 2)}", lambda d: f"+7 000 {digits(d, 7)}", lambda d: f"+7 916 {digits(d, 5)}", lambda d: f"+999{digits(d, 9)}"),
    "zh": (lambda d: f"12{digits(d, 9)}", lambda d: f"138{digits(d, 5)}", lambda d: f"+86 139 {digits(d, 4)}", lambda d: f"+999 {digits(d, 9)}"),
    "ar": (lambda d: f"050{digits(d, 4)}", lambda d: f"+966 00 {digits(d, 7)}", lambda d: f"+971 50 {digits(d, 3)}", lambda d: f"+999{digits(d, 9)}"),
    "tr": (lambda d: f"0532 {digits(d, 3)} {digits(d, 2)}", lambda d: f"+90 000 {digits(d, 7)}", lambda d: f"0 (999) {digits(d, 3)} {digits(d, 2)} {digits(d, 2)}", lambda d: f"+999 {digits(d, 9)}"),
}  # fmt: skip
NAMES = ("anna.kowal", "i_petrov", "j.smith+bank", "w-li", "mehmet.y", "a.hassan", "bob", "x99", "maria.de.la.cruz", "o'neil")
DOMAINS = ("mail.example", "gmail.com", "yandex.ru", "qq.com", "firma.com.tr", "co.uk", "post.example.org", "почта.рф", "163.com", "sub.domain.ac.uk")
STREETS = ("Baker", "High", "Station", "Church", "Victoria", "Green Park", "St. James", "Old Mill", "King's Cross")


def email(draw: Draw) -> str:
    name, domain = draw.choice(NAMES), draw.choice(DOMAINS)
    number = digits(draw, draw.randrange(4))
    found = f"{name}{number}@{domain}"
    return found.upper() if draw.random() < 0.1 and domain.isascii() else found


def bad_email(draw: Draw) -> str:
    return draw.choice((f"@{draw.choice(NAMES)}", f"{draw.choice(NAMES)}@", f"icon{digits(draw, 2)}@2x.png", "me@localhost", f"{digits(draw, 1)} @ {digits(draw, 2)}", "@user@mastodon.example"))


def passport(language: str, draw: Draw) -> str:
    number = digits(draw, 8)
    if language == "en":
        return draw.choice((str(draw.randrange(1, 10)) + number, letters(draw, 1) + number))
    if language == "ru":
        series = f"{draw.randrange(10, 99)}{draw.choice((' ', ''))}{draw.randrange(10, 26)}"
        return draw.choice((f"{series} {digits(draw, 6)}", f"{series} № {digits(draw, 6)}", f"{series}{digits(draw, 6)}", f"7{digits(draw, 1)} {digits(draw, 7)}", f"7{digits(draw, 1)} № {digits(draw, 7)}"))
    if language == "zh":
        return draw.choice((f"E{number}", f"G{number}", f"E{draw.choice('ABCDEFGH')}{digits(draw, 7)}"))
    return draw.choice("UuS" if language == "tr" else "ABXV") + number


def bad_passport(language: str, draw: Draw) -> str:
    short, long = digits(draw, 5), digits(draw, 13)
    return {
        "en": draw.choice((short, long, f"QZ{short}")), "ru": draw.choice((f"{digits(draw, 2)} {digits(draw, 4)}", digits(draw, 8), long)),
        "zh": draw.choice((f"E{short}", f"Z{long}", f"G{digits(draw, 10)}")), "ar": draw.choice((f"A{short}", long)), "tr": draw.choice((f"U{short}", f"S{digits(draw, 11)}")),
    }[language]  # fmt: skip


def account(language: str, draw: Draw) -> str:
    if language == "ru":
        number = draw.choice(("40817", "40820", "42301", "40702", "40802")) + draw.choice(("810", "840", "978")) + digits(draw, 12)
        return draw.choice((number, number, grouped(number, (5, 3, 1, 4), " "), grouped(number, (5, 3, 1, 4), ".")))
    sizes = {"en": (8,), "zh": (12, 17, 15), "ar": (10, 12, 14), "tr": (7, 8, 10)}[language]
    number = str(draw.randrange(1, 9)) + digits(draw, draw.choice(sizes) - 1)
    return draw.choice((number, number, grouped(number, (4,), "-")))


def address(language: str, draw: Draw) -> str:
    n, flat = draw.randrange(1, 200), draw.randrange(1, 300)
    if language == "en":
        street = f"{draw.choice(STREETS)} {draw.choice(('Street', 'Road', 'Avenue', 'Lane', 'St', 'Rd', 'Drive', 'Close', 'Crescent', 'Way'))}"
        return draw.choice((f"{n} {street}", f"{n}{draw.choice('ABC')} {street}", f"Flat {flat}, {n} {street}", f"{n} {street}, London NW1 6XE"))
    if language == "ru":
        name = draw.choice(("Ленина", "Садовая", "Академика Королёва", "8 Марта", "Большая Ордынка", "Мира", "Гагарина"))
        tail = draw.choice((f", д. {n}", f" {n}", f", дом {n}, кв. {flat}", f", {n}к2", f", д. {n}/3, корп. 2, кв. {flat}"))
        return draw.choice((f"ул. {name}{tail}", f"улица {name}{tail}", f"пр-т {name}{tail}", f"пер. {name}{tail}", f"Невский проспект{tail}", f"г. Москва, ул. {name}{tail}"))
    if language == "zh":
        city = draw.choice(("北京市朝阳区", "上海市徐汇区", "广东省深圳市南山区", "杭州市西湖区", "成都市武侯区", ""))
        tail = draw.choice((f"{n}号", f"{n}号{draw.randrange(1, 30)}号楼{flat}室", f"{n}号{draw.randrange(1, 9)}栋{flat}室", f"{n}弄{draw.randrange(1, 30)}号"))
        return city + draw.choice(("建国路", "中山北路", "人民大道", "南京东路", "长安街", "科技园路")) + tail
    if language == "ar":
        name = draw.choice(("الملك فهد", "التحرير", "الأمير محمد بن عبدالعزيز", "الشيخ زايد", "العليا", "الهرم"))
        return draw.choice((f"شارع {name} {n}", f"شارع {name}، مبنى {n}", f"شارع {name} رقم {n}", f"{n} شارع {name}", f"طريق {name}، فيلا {n}", f"شارع {name}، عمارة {n}، شقة {flat}"))
    name = draw.choice(("Atatürk", "İstiklal", "Bağdat", "Gül", "Şehit Ahmet", "Çınar"))
    tail = draw.choice((f"No: {n}", f"No:{n}/{flat}", f"No {n} Daire {flat}", f"No: {n} D: {flat}", f"{n}"))
    return draw.choice((f"{name} Caddesi {tail}", f"{name} Cad. {tail}", f"{name} Sokak {tail}", f"{name} Sk. {tail}", f"Moda Mah. {name} Sok. {tail.replace(str(n), 'No: ' + str(n), 1) if tail[0].isdigit() else tail}", f"{draw.randrange(1000, 1999)}. Sokak {tail}"))


def national(variant: str, draw: Draw) -> str:
    if variant == "inn":
        return draw.choice((inn10, inn12))(draw)
    if variant == "snils":
        number = snils(draw)
        return draw.choice((number, grouped(number, (3, 3, 3), " "), f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"))
    if variant == "nino":
        number = nino(draw)
        return draw.choice((number, grouped(number, (2, 2, 2, 2), " "), number.lower()))
    if variant == "emirates":
        number = emirates_id(draw)
        return draw.choice((number, grouped(number, (3, 4, 7), "-")))
    return {"ssn": ssn, "iin": iin, "ric": resident_id, "saudi": saudi_id, "tckn": tckn}[variant](draw)


def bad_national(variant: str, draw: Draw) -> str:
    if variant == "ssn":
        return draw.choice((f"000-{digits(draw, 2)}-{digits(draw, 4)}", f"666-{digits(draw, 2)}-{digits(draw, 4)}", f"9{digits(draw, 2)}-00-{digits(draw, 4)}"))
    if variant == "nino":
        return draw.choice((f"BG{digits(draw, 6)}A", f"QQ{digits(draw, 6)}C", f"AB{digits(draw, 6)}Z", f"AB{digits(draw, 5)}C"))
    number = national(variant, draw)
    last = number[-1]
    return number[:-1] + str(((0 if last == "X" else int(last)) + draw.randrange(1, 10)) % 10)


# -- what only looks like personal data ---------------------------------------------------------------------------------

def labelled_number(draw: Draw) -> str:
    """What stands behind "order", "tracking", "transaction", "timestamp"."""
    return draw.choice((
        digits(draw, draw.randrange(6, 13)), "20" + digits(draw, 12), f"17{digits(draw, 8)}", f"17{digits(draw, 11)}", f"RA{digits(draw, 9)}CN", f"SF{digits(draw, 13)}",
        f"1Z{letters(draw, 3)}{digits(draw, 11)}", f"{digits(draw, 4)}-{digits(draw, 4)}-{digits(draw, 4)}", f"TXN{digits(draw, 12)}", digits(draw, 14), digits(draw, 20), digits(draw, 24),
        f"{letters(draw, 1)}{digits(draw, 8)}", f"{draw.getrandbits(64):016x}", f"07{digits(draw, 9)}", f"89{digits(draw, 9)}", f"13{digits(draw, 9)}", f"05{digits(draw, 8)}", f"#{digits(draw, 10)}",
    ))  # fmt: skip


def bare_number(draw: Draw) -> str:
    """Dates, times, prices, sums, shares, versions and addresses of computers; they need no label."""
    day = date(2024, 1, 1) + timedelta(days=draw.randrange(900))
    return draw.choice((
        day.isoformat(), day.strftime("%d.%m.%Y"), day.strftime("%d/%m/%Y %H:%M"), day.strftime("%Y-%m-%d 14:30:05"), day.strftime("%d.%m.%Y-") + day.strftime("%d.%m.%Y"),
        day.strftime("%Y%m%d"), f"{day.isoformat()}T10:{draw.randrange(10, 60)}:00Z", day.strftime("%d-%m-%Y"), f"2019-2024 {digits(draw, 3)}",
        f"{draw.randrange(1, 999)},{digits(draw, 3)},{digits(draw, 3)}.00", f"${draw.randrange(10, 99)},{digits(draw, 3)}", f"{draw.randrange(1, 99)} {digits(draw, 3)} {digits(draw, 3)} руб.",
        f"€{digits(draw, 7)}", f"{draw.randrange(1, 999)}.{digits(draw, 3)}.{digits(draw, 3)},00 TL", f"{digits(draw, 8)}元", f"{digits(draw, 7)} ريال",
        f"{draw.randrange(1, 255)}.{draw.randrange(255)}.{draw.randrange(255)}.{draw.randrange(1, 255)}", f"{digits(draw, 2)}.{digits(draw, 9)}", f"{digits(draw, 3)}%", f"v{digits(draw, 1)}.{digits(draw, 2)}.{digits(draw, 4)}",
        f"17{digits(draw, 8)}", f"17{digits(draw, 11)}", f"https://shop.example/o/{digits(draw, 16)}", f"https://x.example/u/status/1{digits(draw, 18)}",
        f"{draw.randrange(10, 23)}:{draw.randrange(10, 59)}-{draw.randrange(10, 23)}:{draw.randrange(10, 59)}", f"{digits(draw, 3)} {digits(draw, 3)}", digits(draw, 5),
    ))  # fmt: skip


# -- into sentences -----------------------------------------------------------------------------------------------------

BEFORE = ("", "", "", "😡 ", "👨‍👩‍👧‍👦🏳️‍🌈 ", "\u200f", "\u202b", "é\u0301 ", "\u200b\u200d ", "@VelmoraBank ")
AFTER = ("", "", "", " 🙏", " 👍🏽!!", "\u202c", "\u200e", " #fail", "\n\n2 days", " …")
ARABIC = str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans(string.digits, "۰۱۲۳۴۵۶۷۸۹")
WIDE = str.maketrans(string.digits, "０１２３４５６７８９")


def dressed(draw: Draw, language: str, value: str, kind: str) -> str:
    """The value in the digits of its script, now and then with marks that nobody sees inside."""
    if language == "ar" and kind not in ("email", "iban", "passport"):
        value = value.translate(draw.choice((ARABIC, ARABIC, PERSIAN, {})))
    if language == "zh" and kind not in ("email", "address") and draw.random() < 0.3:
        value = value.translate(WIDE)
    if draw.random() < 0.08 and len(value) > 6 and kind != "email":
        spot = draw.randrange(2, len(value) - 2)
        value = value[:spot] + draw.choice(("\u200b", "\u200e", "\u2060", "\u00ad")) + value[spot:]
    return value


def put(draw: Draw, language: str, carrier: str, value: Maker, kind: str | None) -> Case:
    """A sentence with the value in each {}; `kind` None where it is nobody's."""
    text, truth = draw.choice(BEFORE), []
    parts = carrier.split("{}")
    for part in parts[:-1]:
        text += part
        written = dressed(draw, language, value(draw), kind or "")
        if kind:
            truth.append((len(text), len(text) + len(written), kind))
        text += written
    return Case(language, text + parts[-1] + draw.choice(AFTER), tuple(truth))


VARIANTS = {"en": ("nino", "ssn"), "ru": ("inn", "snils", "iin"), "zh": ("ric",), "ar": ("saudi", "emirates"), "tr": ("tckn",)}
KINDS = ("card", "iban", "phone", "email", "passport", "national_id", "account", "address")


def makers(kind: str, language: str) -> list[tuple[str, Maker, Maker | None]]:
    """(carrier's name, maker of valid values, maker of near-valid ones)."""
    if kind == "national_id":
        return [(f"national_id_{v}", lambda d, v=v: national(v, d), lambda d, v=v: bad_national(v, d)) for v in VARIANTS[language]]  # type: ignore[misc]
    table: dict[str, tuple[Maker, Maker | None]] = {
        "card": (card, bad_card), "iban": (iban, bad_iban), "email": (email, bad_email), "phone": (lambda d: d.choice(PHONES[language])(d), lambda d: d.choice(BAD_PHONES[language])(d)),
        "passport": (lambda d: passport(language, d), lambda d: bad_passport(language, d)), "account": (lambda d: account(language, d), None), "address": (lambda d: address(language, d), None),
    }  # fmt: skip
    return [(kind, *table[kind])]


def valid_cases(kind: str, language: str, count: int = COUNT) -> Iterator[Case]:
    """Texts that hold one number of the kind (or two of it)."""
    for name, good, _ in makers(kind, language):
        draw = random.Random(f"valid {name} {language}")
        for _ in range(count):
            yield put(draw, language, draw.choice(carriers()[language][name]), good, kind)


def near_cases(language: str, count: int = COUNT) -> Iterator[Case]:
    """Texts that hold nothing personal: near-valid numbers in the same sentences, labelled and bare numbers of other things."""
    for kind in KINDS:
        for name, _, bad in makers(kind, language):
            draw = random.Random(f"near {name} {language}")
            for _ in range(count if bad else 0):
                yield put(draw, language, draw.choice(carriers()[language][name]), bad, None)  # type: ignore[arg-type]
    draw = random.Random(f"other {language}")
    for _ in range(count * 2):
        yield put(draw, language, draw.choice(carriers()[language]["other"]), labelled_number, None)
        yield put(draw, language, draw.choice(carriers()[language]["plain"]), bare_number, None)


def as_spans(found: list[dict[str, Any]]) -> set[tuple[int, int, str]]:
    """A pii label as the set that Case.truth is compared with."""
    return {(span["start"], span["end"], span["kind"]) for span in found}
