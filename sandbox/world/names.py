"""Names of people by language: native script beside a Latin form for handles."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST: dict[str, tuple[str, ...]] = {
    "en": _words(
        "Alice Ben Carol Dylan Emma Frank Grace Harry Isla Jack Katie Liam Mia Noah Olivia Peter Quinn Rose Sam Tess "
        "Uma Victor Wendy Zoe Aidan Bella Callum Daisy"
    ),
    "ru": _words(
        "Анна:anna Борис:boris Вера:vera Глеб:gleb Дарья:darya Егор:egor Жанна:zhanna Зоя:zoya Иван:ivan "
        "Кирилл:kirill Лидия:lidia Максим:maxim Нина:nina Олег:oleg Павел:pavel Роман:roman Софья:sofya Тимур:timur "
        "Ульяна:ulyana Фёдор:fedor Юлия:yulia Яна:yana Артём:artem Марина:marina"
    ),
    "zh": _words(
        "伟:wei 芳:fang 娜:na 敏:min 静:jing 磊:lei 洋:yang 艳:yan 勇:yong 军:jun 杰:jie 娟:juan 涛:tao 明:ming "
        "超:chao 霞:xia 平:ping 刚:gang 晓雨:xiaoyu 梓涵:zihan 浩然:haoran 思远:siyuan 雨桐:yutong 子轩:zixuan"
    ),
    "ar": _words(
        "أحمد:ahmad سارة:sara خالد:khalid ليلى:layla عمر:omar نورة:noura يوسف:yousef هند:hind فهد:fahad ريم:reem "
        "ماجد:majed "
        "منى:mona طارق:tareq دانة:dana سلمان:salman هدى:huda زياد:ziyad أمل:amal بدر:badr رنا:rana "
        "حسن:hasan مريم:maryam ناصر:naser عائشة:aisha"
    ),
    "tr": _words(
        "Ahmet:ahmet Ayşe:ayse Burak:burak Ceren:ceren Deniz:deniz Elif:elif Fatih:fatih Gizem:gizem Hakan:hakan "
        "İrem:irem Kaan:kaan Leyla:leyla Mert:mert Nazlı:nazli Onur:onur Pınar:pinar Serkan:serkan Tuğçe:tugce "
        "Umut:umut Volkan:volkan Yasemin:yasemin Zeynep:zeynep Cem:cem Derya:derya"
    ),
}

LAST: dict[str, tuple[str, ...]] = {
    "en": _words(
        "Archer Bishop Carver Dawson Ellis Fletcher Grant Hughes Irving Jarvis Knight Lawson Mercer Norris Osborne "
        "Palmer Quigley Reeves Sutton Turner Underhill Vance Walsh Yates"
    ),
    "ru": _words(
        "Белов:belov Воронин:voronin Гусев:gusev Дроздов:drozdov Ершов:ershov Журавлёв:zhuravlev Зимин:zimin "
        "Ильин:ilyin Котов:kotov Лапин:lapin Мельник:melnik Носов:nosov Орлов:orlov Панин:panin Рыбак:rybak "
        "Сокол:sokol Титов:titov Усов:usov Фокин:fokin Шубин:shubin"
    ),
    "zh": _words(
        "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu 孙:sun 马:ma 朱:zhu 胡:hu "
        "郭:guo 何:he 林:lin 高:gao 罗:luo"
    ),
    "ar": _words(
        "الحربي:harbi العتيبي:otaibi القحطاني:qahtani الشمري:shammari الزهراني:zahrani الغامدي:ghamdi المطيري:mutairi "
        "الدوسري:dosari الحداد:haddad النجار:najjar الخطيب:khatib المصري:masri السيد:sayed الشامي:shami الراشد:rashed "
        "الخالدي:khalidi"
    ),
    "tr": _words(
        "Yılmaz:yilmaz Kaya:kaya Demir:demir Şahin:sahin Çelik:celik Yıldız:yildiz Aydın:aydin Öztürk:ozturk "
        "Arslan:arslan Doğan:dogan Kılıç:kilic Aslan:aslan Çetin:cetin Kara:kara Koç:koc Kurt:kurt Özkan:ozkan "
        "Şimşek:simsek"
    ),
}

PLACES: dict[str, tuple[str, ...]] = {
    "en": ("London", "Leeds", "Dublin", "Bristol, UK", "Berlin", "Glasgow", "Manchester"),
    "ru": ("Москва", "Казань", "Самара", "Санкт-Петербург", "Омск"),
    "zh": ("北京 朝阳区", "上海 浦东新区", "广东 深圳", "浙江 杭州", "四川 成都"),
    "ar": ("الرياض", "جدة", "دبي", "القاهرة", "عمّان"),
    "tr": ("İstanbul", "Ankara", "İzmir", "Bursa", "Antalya"),
}

PUBLISHERS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Eastgate Wire", "eastgatewire.example"),
        ("City Ledger", "cityledger.example"),
        ("Northbridge Post", "northbridgepost.example"),
    ),
    "ru": (("Деловой вестник", "delovoy.example"), ("Финансовая хроника", "finhronika.example")),
    "zh": (("财经晨报", "caijingchenbao.example"), ("商报在线", "shangbao.example")),
    "ar": (("صحيفة الاقتصاد اليوم", "iqtisad.example"), ("أخبار المال", "akhbarmal.example")),
    "tr": (("Ekonomi Gündemi", "ekonomigundemi.example"), ("Piyasa Postası", "piyasapostasi.example")),
}

COMMUNITIES: tuple[tuple[str, str, str], ...] = (
    ("-202001", "podslushano_gorod", "Подслушано в городе"),
    ("-202002", "finansy_prosto", "Финансы просто"),
    ("-202003", "sosedi_raion", "Соседи по району"),
)


def native(entry: str) -> str:
    """The name in its own script."""
    return entry.partition(":")[0]


def latin(entry: str) -> str:
    """The name in lower-case Latin letters, for handles."""
    name, _, transliterated = entry.partition(":")
    return transliterated or name.lower()
