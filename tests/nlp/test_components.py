"""What each component must see in texts written for these tests."""

from __future__ import annotations

import pytest
from conftest import Read  # type: ignore[import-not-found]

from nlp.components.handles import HandlesComponent, skeleton
from nlp.components.language import detect
from nlp.stories import assign
from settings import Settings

LANGUAGES = ("en", "ru", "zh", "ar", "tr")


@pytest.mark.parametrize(("text", "language"), [
    ("The cash machine ate my card again", "en"), ("Банкомат опять съел мою карту", "ru"), ("取款机又吞了我的卡", "zh"),
    ("الصراف ابتلع بطاقتي مرة أخرى", "ar"), ("Bankamatik yine kartımı yuttu", "tr"), ("臺灣的銀行服務很好", "zh"),
    ("privet, pochemu karta opyat ne rabotaet?", "ru"), ("leh el card msh 3ayza teshta8al ana 3ayez a3raf", "ar"),
    ("Банк України знову не працює, дуже шкода", "und"), ("ATM がまたカードを飲み込んだ", "und"), ("!!! 12 😀", "und"),
    ("El cajero automático se tragó mi tarjeta otra vez y nadie responde", "und"),
])  # fmt: skip
def test_language(text: str, language: str) -> None:
    assert detect(text, LANGUAGES)[0] == language


def test_language_hint_decides_only_where_the_text_does_not() -> None:
    assert detect("ok 👍", LANGUAGES, "tr")[0] == "tr"
    assert detect("Банкомат опять съел мою карту", LANGUAGES, "en")[0] == "ru"


@pytest.mark.parametrize(("text", "found"), [
    ("Velmora's app", [("velmora", "Velmora's")]), ("VELMORA BANK is down", [("velmora", "VELMORA BANK")]),
    ("в Велморе очередь, о Тарнвике молчу", [("velmora", "Велморе"), ("tarnwick", "Тарнвике")]),
    ("с Велмора Банком всё", [("velmora", "Велмора Банком")]), ("Velmora'da kuyruk, Nimbradan iyi", [("velmora", "Velmora'da"), ("nimbra", "Nimbradan")]),
    ("我在維摩拉銀行開戶", [("velmora", "維摩拉銀行")]), ("وبفيلمورا مشكلة", [("velmora", "فيلمورا")]), ("لتارنويك", [("tarnwick", "تارنويك")]),
    ("$VLMR falls", [("velmora", "$VLMR")]), ("see help.velmora.example/x", [("velmora", "help.velmora.example/x")]),
    ("#VelmoraDown", [("velmora", "#VelmoraDown")]), ("@VelmoraHelp hi", [("velmora", "@VelmoraHelp")]), ("@维摩拉银行你们好", [("velmora", "@维摩拉银行")]),
    ("@VelmoraFan90 hi", []), ("Velmorania is a land", []), ("http://news.example/velmora", []), ("the harbour at night", []),
    ("my Harbour card was declined", [("harbourstone", "Harbour")]),
])  # fmt: skip
def test_banks(read: Read, text: str, found: list[tuple[str, str]]) -> None:
    label = read(text).labels["banks"]
    assert [(b["bank_id"], b["text"]) for b in label] == found
    assert all(text[b["start"] : b["end"]] == b["text"] for b in label)


@pytest.mark.parametrize(("handle", "platform", "status", "bank"), [
    ("VelmoraBank", "x", "official", "velmora"), ("velmorabank", "x", "official", "velmora"), ("TarnwickBank", "x", "other_bank", "tarnwick"),
    ("VelmoraBannk", "x", "look_alike", "velmora"), ("Ve1moraBank", "x", "look_alike", "velmora"), ("Velmora_Heip", "x", "look_alike", "velmora"),
    ("VеlmоraBank", "x", "look_alike", "velmora"), ("velmora_bank", "x", "look_alike", "velmora"), ("velmora_bank", "vk", "official", "velmora"),
    ("维摩垃银行", "weibo", "look_alike", "velmora"), ("巷石银行", "weibo", "look_alike", "harbourstone"), ("anna_b", "x", "unknown", None),
    ("VelmoraBank_Fans_Club", "x", "unknown", None), ("Velmora_Care", None, "official", "velmora"),
])  # fmt: skip
def test_handles(demo: Settings, handle: str, platform: str | None, status: str, bank: str | None) -> None:
    assert HandlesComponent(demo.banks.banks, demo.banks.home).status(handle, platform) == (status, bank)


def test_skeletons_of_confusable_names_are_one() -> None:
    assert skeleton("VеlmorаBаnk") == skeleton("velmora_bank") == skeleton("VELMORABANK")


def test_the_platforms_own_list_of_addressed_accounts_wins(read: Read) -> None:
    assert [h["handle"] for h in read("@NimbraBank hello", platform="x").labels["handles"]] == ["NimbraBank"]
    assert read("@NimbraBank hello", platform="x", handles=()).labels["handles"] == []
    assert read("mail me at anna@velmorabank.example", platform="x").labels["handles"] == []


@pytest.mark.parametrize(("text", "velmora", "tarnwick"), [
    ("Velmora solved it in minutes, great service, but Tarnwick is terrible and nobody answers", "positive", "negative"),
    ("Велмора молодцы, всё быстро решили, а Тарнвик ужас, третий день не отвечают", "positive", "negative"),
    ("维摩拉银行服务很好，很满意，但是塔恩维克太差了，客服打不通", "positive", "negative"),
    ("فيلمورا خدمة ممتازة وسريعة، لكن تارنويك سيئ جدا ولا أحد يرد", "positive", "negative"),
    ("Velmora harika, hemen çözdüler ama Tarnwick rezalet, kimse ilgilenmiyor", "positive", "negative"),
    ("Velmora is far better than Tarnwick", "positive", "negative"), ("Switched from Velmora to Tarnwick, no regrets", "negative", "positive"),
])  # fmt: skip
def test_sentiment_is_towards_each_bank(read: Read, text: str, velmora: str, tarnwick: str) -> None:
    label = {b["bank_id"]: b["sentiment"]["label"] for b in read(text).labels["banks"]}
    assert label == {"velmora": velmora, "tarnwick": tarnwick}


@pytest.mark.parametrize(("text", "label"), [
    ("Card swallowed, nobody answers, worst bank ever", "negative"), ("Thank you, solved in five minutes, excellent", "positive"),
    ("How can I change the limit of my card?", "neutral"), ("Не работает приложение, ужас, третий день", "negative"),
    ("Спасибо, отличный сервис, всё быстро", "positive"), ("Подскажите, как поменять лимит по карте?", "neutral"),
    ("太差了，打不通，没人管", "negative"), ("服务很好，点赞，很满意", "positive"), ("请问怎么修改信用卡额度？", "neutral"),
    ("خدمة سيئة جدا ولا أحد يرد", "negative"), ("شكرا خدمة ممتازة وسريعة", "positive"), ("كيف يمكنني تغيير حد البطاقة؟", "neutral"),
    ("Rezalet, kartım çalışmıyor, kimse ilgilenmiyor", "negative"), ("Teşekkürler, harika hizmet, çok memnunum", "positive"),
    ("Kart limitimi nasıl değiştirebilirim?", "neutral"),
])  # fmt: skip
def test_sentiment_of_service_talk(read: Read, text: str, label: str) -> None:
    found = read(text).labels["sentiment"]
    assert found["label"] == label
    assert abs(sum(found["probabilities"].values()) - 1) < 0.001


@pytest.mark.parametrize(("text", "topic"), [
    ("The ATM swallowed my card", "atm_network"), ("два часа в очереди", "queues"), ("手机银行又闪退", "mobile_app"), ("قرض عقاري", "mortgage"),
    ("kimlik bilgilerim, müşteri verileri sızdırıldı", "data_leak"), ("they charged me a hidden fee", "fees"), ("правда, что у банка отзовут лицензию, отзыв лицензии?", "liquidity_fear"),
])  # fmt: skip
def test_topics(read: Read, text: str, topic: str) -> None:
    assert topic in [t["topic_id"] for t in read(text).labels["topics"]]


@pytest.mark.parametrize(("text", "task", "label"), [
    ("v velmore zablokirovali schet, dengi ne otdayut, pozhaluysta pomogite", "urgency", "money_locked"),
    ("Банк України: банкомат проглотил карту, стою без грошей, допоможіть", "urgency", "card_swallowed"),
    ("Банк України: верните деньги, жду ответа на обращение, допоможіть", "journey", {"stage": "support", "channel": None}),
])  # fmt: skip
def test_a_text_of_no_known_language_still_says_what_it_says(read: Read, text: str, task: str, label: object) -> None:
    assert read(text).labels[task] == label


def test_romanised_names_are_found_with_their_offsets(read: Read) -> None:
    found = read("privet, pochemu v velmore i u tarnvika opyat ochered, a prilozhenie ne rabotaet?")
    assert found.language == "ru"
    assert [(b["bank_id"], b["text"]) for b in found.labels["banks"]] == [("velmora", "velmore"), ("tarnwick", "tarnvika")]


def test_fee_is_no_feeling(read: Read) -> None:
    assert read("I feel fine about the weather today").labels["topics"] == []


@pytest.mark.parametrize(("text", "intent"), [
    ("I am closing my account and moving to another bank", "leave"), ("Thinking of opening an account at Velmora, any experiences?", "consider"),
    ("Мошенники звонят якобы из банка и просят код", "fraud_report"), ("Keşke uygulamaya karanlık mod eklense", "wish"), ("请帮我解冻账户，麻烦尽快处理", "request"),
    ("متى يفتح الفرع؟", "question"), ("Розыгрыш! Промокод по ссылке, успей получить приз", "promotion"), ("Terrible, card declined again, nobody answers", "complaint"),
])  # fmt: skip
def test_intents(read: Read, text: str, intent: str) -> None:
    assert intent in [i["intent"] for i in read(text).labels["intents"]]


def test_articles_are_news(read: Read) -> None:
    assert read("Velmora card outage hits customers", platform="rss", kind="article").labels["intents"][0]["intent"] == "news"


@pytest.mark.parametrize(("text", "role"), [
    ("This is an automatic reply. Your message has been received.", "automatic"), ("Please send us a direct message with your number.", "divert"),
    ("Уточните, пожалуйста, в каком городе банкомат?", "ask"), ("The limit is 500 euros a day, you can change it in the app.", "answer"),
])  # fmt: skip
def test_reply_roles(read: Read, text: str, role: str) -> None:
    assert read(text, is_official=True, is_reply=True, official_of="velmora").labels["reply"]["role"] == role
    assert read(text, is_official=False, is_reply=True).labels["reply"]["role"] == "none"


@pytest.mark.parametrize(("text", "closing"), [
    ("Thank you!", "thanks"), ("It works now, thanks", "confirms"), ("Still not solved, same answer again, useless", "still_angry"), ("And in Leeds?", "none"),
    ("заработало, спасибо", "confirms"), ("до сих пор ничего, одни отписки", "still_angry"),
])  # fmt: skip
def test_closings(read: Read, text: str, closing: str) -> None:
    assert read(text, is_official=False, is_reply=True).labels["reply"]["closing"] == closing


def test_official_kinds(read: Read) -> None:
    assert read("We are proud to open a new branch", is_official=True).labels["official_kind"] == {"kind": "pr"}
    assert read("You can change it in the app", is_official=True, is_reply=True).labels["official_kind"] == {"kind": "help"}
    assert read("You can change it in the app", is_official=False).labels["official_kind"] == {"kind": None}


def test_entities_have_offsets_and_banks_are_organisations(read: Read) -> None:
    text = "Иван Петров из Москвы перевёл 5000 руб. в Велмору 12 марта 2026"
    found = {(e["text"], e["label"]) for e in read(text).labels["entities"]}
    assert {("Иван Петров", "PER"), ("Москвы", "LOC"), ("Велмору", "ORG"), ("12 марта 2026", "DATE")} <= found
    assert any(label == "MONEY" and "5000" in surface for surface, label in found)


def test_stories_never_merge_and_follow_time_order() -> None:
    one = "Velmora's cards stopped working in every shop of the town this morning"
    assert assign([("a", one), ("b", one + "!"), ("c", "Something else entirely is written here")]) == {"a": "a", "b": "a", "c": "c"}
    assert assign([("late", one)], known=[("old", one + "?")]) == {"late": "old"}
    far = "x" * 40
    assert assign([("m", "abcdefghij" * 4)], known=[("s1", far), ("s2", "y" * 40)]) == {"m": "m"}


def test_stories_need_four_fifths_of_the_shingles() -> None:
    base = "".join(chr(97 + i % 26) + chr(97 + (i * 7) % 26) for i in range(60))
    near, far = base[:-8] + "QRSTUVWX", base[:-30] + "0123456789" * 3
    assert assign([("a", base), ("b", near), ("c", far)]) == {"a": "a", "b": "a", "c": "c"}
