"""Where an item's experience took place, where its writer stands with the bank, and what it gives away: by the finished text, its act and topic.

    text ──► cities by name ─┐
    topic ─► branch, ATM ────┴─► places        act + topic ──► journey {stage, channel}        text ──► kinds of personal data
"""

from __future__ import annotations

import re

from sandbox.texts.scripts import TO_LATIN, TO_TRADITIONAL
from sandbox.world.model import Item

# The cities of the texts' grammars, in every form that a grammar writes, by GeoNames id.
CITIES: dict[str, tuple[int, str]] = {
    "Leeds": (2644688, "Leeds"), "Bristol": (2654675, "Bristol"), "York": (2633352, "York"), "Dublin": (2964574, "Dublin"),
    "Berlin": (2950159, "Berlin"), "Hamburg": (2911298, "Hamburg"), "Cardiff": (2653822, "Cardiff"), "Glasgow": (2648579, "Glasgow"),
    "Vienna": (2761369, "Vienna"), "Norwich": (2641181, "Norwich"), "Exeter": (2649808, "Exeter"), "Cork": (2965140, "Cork"),
    "Kazan": (551487, "Казан(?:ь|и)"), "Samara": (499099, "Самар[ае]"), "Perm": (511196, "Перм(?:ь|и)"), "Omsk": (1496153, "Омске?"),
    "Tula": (480562, "Тул[ае]"), "Ufa": (479561, "Уф[ае]"), "Tver": (480060, "Твер(?:ь|и)"), "Tomsk": (1489425, "Томске?"),
    "Pskov": (504341, "Пскове?"), "Ryazan": (500096, "Рязан(?:ь|и)"),
    "Chengdu": (1815286, "成都"), "Hangzhou": (1808926, "杭州"), "Nanjing": (1799962, "南京"), "Wuhan": (1791247, "武汉"),
    "Xi'an": (1790630, "西安"), "Qingdao": (1797929, "青岛"), "Xiamen": (1790645, "厦门"), "Changsha": (1815577, "长沙"),
    "Riyadh": (108410, "الرياض"), "Jeddah": (105343, "جدة"), "Dubai": (292223, "دبي"), "Amman": (250441, "عم[اّ]+ن"),
    "Cairo": (360630, "القاهرة"), "Doha": (290030, "الدوحة"), "Muscat": (287286, "مسقط"), "Manama": (290340, "المنامة"),
    "Izmir": (311046, "İzmir"), "Bursa": (750269, "Bursa"), "Antalya": (323777, "Antalya"), "Eskişehir": (315202, "Eskişehir"),
    "Konya": (306571, "Konya"), "Adana": (325363, "Adana"), "Trabzon": (738648, "Trabzon"), "Kayseri": (308464, "Kayseri"),
}  # fmt: skip
ARABIC = "\u0600"


def _form(written: str) -> re.Pattern[str]:
    """A name as it stands in a text: a whole word (Chinese and Arabic: anywhere), Russian also in Latin letters, Chinese also in Traditional characters."""
    forms = "|".join(dict.fromkeys((written, written.translate(TO_LATIN), written.translate(TO_TRADITIONAL))))
    if written[0] >= ARABIC:
        return re.compile(forms)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")


_BY_NUMBER = {f"geonames:{number}": _form(written) for number, written in CITIES.values()}
# Numbers and addresses in the forms of the texts' grammars.
_PERSONAL = {
    "phone": re.compile(r"0800 555 \d{4}|8 800 555-\d\d-\d\d|0850 555 \d\d \d\d|400-555-\d{4}|800-555-\d{4}"),
    "email": re.compile(r"help@service\.example"),
}
KINDS = {"branch_service": "branch", "queues": "branch", "atm_network": "atm"}
CHANNELS = {
    "mobile_app": "mobile_app", "internet_bank": "internet_bank", "atm_network": "atm", "branch_service": "branch", "queues": "branch",
    "call_centre": "call_centre",
}  # fmt: skip
STAGES = {"leave": "leaving", "consider": "consideration", "fraud_report": "support", "request": "support"}
EXPERIENCES = frozenset({"complaint", "crisis", "question", "praise", "wish"})


def places(item: Item) -> list[dict[str, str | None]]:
    """Cities that the text names and the kind of place that its topic is about: [{kind, place_id (None for a kind), text}]."""
    said = f"{item.title or ''}\n{item.text}"
    found: list[dict[str, str | None]] = []
    for place_id, form in _BY_NUMBER.items():
        if named := form.search(said):
            found.append({"kind": "city", "place_id": place_id, "text": named[0]})
    kinds = dict.fromkeys(KINDS[topic] for topic in item.topics if topic in KINDS)
    return found + [{"kind": kind, "place_id": None, "text": kind} for kind in kinds]


def journey(item: Item) -> dict[str, str | None]:
    """Stage and channel of a customer's own experience; both None in what banks, the press and advertisements say."""
    stage = STAGES.get(item.act) or ("use" if item.act in EXPERIENCES and item.topics else None)
    if stage is None:
        return {"stage": None, "channel": None}
    if stage == "use" and "account_opening" in item.topics:
        stage = "onboarding"
    return {"stage": stage, "channel": next((CHANNELS[topic] for topic in item.topics if topic in CHANNELS), None)}


def personal_data(item: Item) -> list[str]:
    """The kind of each piece of personal data in the text, a bank's own numbers among them."""
    return [kind for kind, form in _PERSONAL.items() for _ in form.finditer(item.text)]
