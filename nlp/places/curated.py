"""What no frequency list knows about names of places: which are ordinary words or people, and what a city is also called."""

# ruff: noqa: E501  (lists of words and patterns stand in long lines, as in nlp/cues)

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Folded names that are never taken for places: words of banking, and countries whose capital bears the same name.
NEVER = _words("""
bank banks mobile central post deal sale most same best card may march june police orange enterprise commerce visa union republic
kuwait luxembourg panama mexico guatemala djibouti georgia jordan lebanon cuba chad mali niger peru oman qatar
bar man as is and the limit credit branch international grace hope faith normal
genc orta cumhuriyet aralik arac hani keskin cagdas turkler vize canta dilek kiraz ulus bayat kurt gurbuz ambar ilica merkez akarsu pazarlar
kredi sube banka hesap asagi yukari hisar tire mut
банк центральный кредит центр счет вклад мир союз карта победа дружба
中心 民主 合作 中和 土地 联合 青年 胜利 公平 启动 大桥 友好 开通 平安 大进 高峰 先锋 共和 光辉 分水 上和 大有 大中 中站 前进 解放 站前 市中 将军 新建
和平 文化 海洋 奋斗 花园 当两 三角 园林 打通 安稳 土地乡 生活 银行 工行 建行 农行 中行 招行 网点 支行 分行 客服 手机 信用 高中 城市 地区 社区 小区
市区 城区 郊区 景区 园区 专区 全市 本市 我市 省市 上市 都市 超市 股市 门市 开市 入市 街市 夜市 集市 城中 大树 天心 上城 内门
كان امان دوله الجديد الجديده جامعه الثوره مرات العلم عنك عاليه ثوره بيان الحي وقف خبر بلد الصف الوجه الجميل القائم البيض ملكه قنوات الطرف الهنديه الزعيم حديثه حجه
الخمس معسكر سحر سلطات تونس الجزائر الكويت قطر جمال علم بنك فرع حساب صراف بطاقه جديد القديم المركز الباب الحد سوف صور البيضاء بشار
""")

# Turkish towns and quarters that are words or given names: a capital and a case ending or another cue must speak for them.
TURKISH_WORDS = _words("""
of van ordu batman agri fatih aydin yildiz pazar cay selcuk tokat persembe carsamba kale tut bolu bahce konak kemer kars nilufer korfez bozkurt
demirtas soma adalar delice can golbasi gole zekeriya kulu kose korkut bor odemis kula idil side kavak bucak yaprakli ortakoy kosk cat ula
yildizli kalkan ugur menderes inonu bulanik cubuk hendek demirci kas esenler bagcilar avcilar yesilyurt durmus gunes bayindir cinar palu mus usak
karatas kilis deniz gaziler yilmaz karasu kozan harran bozkir kangal alaca havza duragan imamoglu serik hacilar tosya kulp derince dereli
sorgun biga sultan gonen foca urla alacam bafra ergani cukurca edremit kinik didim dinar bebek aksu karaman kartal maltepe kazan
yenisehir esentepe cumhuriyet hurriyet gultepe cesme yalova dikili pinarbasi milas gemlik emet banaz zile silvan lice arsin
kabul moda lara talas levent goztepe sincan meram genc dicle korkuteli merkez balya savas ovacik hisarcik kaynarca elmali gerede arac
""")

# Of those, the ones that are people's names: "from Fatih" and "to Aydın" speak of a person, only "at" of the town.
TURKISH_PERSONS = _words("fatih aydin selcuk nilufer demirtas menderes inonu imamoglu ugur durmus gunes deniz cinar yildiz kemal levent yilmaz kose korkut")

# Given names and surnames that are towns: they need a cue, and a neighbouring name takes them away.
PERSON_NAMES = _words("""
jackson houston austin charlotte florence victoria chelsea santiago diego washington jordan lincoln madison carson tyler aurora denver dallas
anderson carter clinton kennedy nelson wilson hamilton preston stafford burton warren spencer bradford ashton clayton chandler logan
carmen paris sydney adelaide brandon kent wells derby alexandria sofia francis salem marion everett wayne trenton
lopez fernando rosario leon cordoba valencia mercedes angeles luis jose maria san santa isabella vera laura diana regina elizabeth helena catherine
ali hasan ahmed omar salem said mahmud kemal mustafa murat orhan eyup hamdan nasser faisal rashid abdullah
geneva athena troy sydney lima bella anna eva ida nina rita roman marina eden enna jena lourdes chester lancaster stanley ross perry grant mitchell
""")

RUSSIAN_WORDS = _words("""
орел мирный маркс энгельс пушкин королев владимир киров калинин жуковский чехов чайковский свободный горячий ключ лиски мыски белый красный
елец тихий заречный советский октябрьский первомайский находка удачный надым отрадное отрадный строитель радужный луга дно холм остров клин чудово
великие луки сокол арсенал приморский железнодорожный северный восточный южный западный центральный ленинский кировский московский новый старый
юбилейный солнечный озеры руза суда сухой лог бор ковров городец бологое тайга зима курган камень мелеуз полярный снежный гай мир вольск алексин
орша друга ванна рено бат сен май али ван оф нис ним банк пески горки светлый дмитров дмитриев кадников ильин николаев славянск
ростовский кремль успенский вельск слободской коса родники рабочий комсомольский академический алексеевский динамо аэропорт
беговой войковский печатники черта лима ром порто сан
""")

# Cities whose Arabic name is a word as well.
WEAK_ARABIC = _words("""
جده العين الخبر مكه المدينه حمص حماه فاس عمان حلب صيدا القصر النصر الموصل الشهداء الطائف القائم الزرقاء عدن حجه تعز رفح قنا المنيا الباحه
القاسم الخليل غزه الساحل الخميس الشروق العبور رشيد الرقه عمران الكرامه السلميه الزاويه الطيبه العماره الخضر حاتم جاسم كريمه الحراك القصور بحري
الطور الرمادي الميادين صخره ستره الريان مساكن بركان العقبه العلا الخرج الوقف سلوى تربه معان الكاف الكرك الحله البدع تفوح القابل درج
شقراء التل ديانا نايف هون سالم دورا سعيده العريش سحاب قبه عرعر الجوف ينقل
""")

# Of those, the ones that even "from" or a clitic speaks for.
ARABIC_MAJOR = _words("جده مكه حلب عدن غزه عمان الموصل الطائف صيدا حمص الخبر رفح المنيا الباحه الخليل العريش الزرقاء العلا")

# Chinese names that are words, or parts of other words; 市, 区 or 县 after them speaks for the place.
WEAK_HAN = _words("""
朝阳 大同 中山 东方 三明 永安 安康 平凉 来宾 白银 开封 天水 保定 周口 太平 新乡 长春 长治 武威 吉安 安顺 延安 长安 仙桃 天门 海东 日照 安阳 儋州
中卫 固原 昌平 大理 玉树 三元 光明 大兴 南山 西湖 白云 江北 江南 东城 西城 河东 河西 河北 南开 滨江 高新 北海
金华 上饶 抚州 丽水 云浮 白城 辽源 通化 四平 松原 双鸭山 铜仁 山南 林芝 普洱 德州 凤凰 黄山 泰山 天涯 三河 定州 安国 新民 和平 红旗 新华 明水
金山 长宁 万州 合作 文山 红河 海南 张掖 金昌 安庆 新余 平安 桃园 中正
""")

HAN_KNOWN_DISTRICTS = _words("""
海淀 浦东 徐汇 静安 黄浦 虹口 杨浦 闵行 松江 嘉定 奉贤 崇明 丰台 石景山 顺义 昌平 房山 门头沟 怀柔 密云 延庆 通州 福田 罗湖 宝安 龙岗 盐田
天河 越秀 荔湾 海珠 番禺 花都 增城 萧山 余杭 拱墅 武侯 青羊 成华 渝中 渝北 沙坪坝 九龙坡 硚口 武昌 汉阳 洪山 雁塔 碑林 未央 玄武 建邺 秦淮 栖霞 江宁
浦口 姑苏 吴中 虎丘 思明 湖里 集美 岳麓 雨花 崂山 李沧 南岗 沈河 皇姑 郫都 龙泉驿 温江 双流 青浦 普陀
""")

# Short or rare, and yet nothing else.
SURE = _words(
    "nyc екб bursa paris berlin kocaeli baku hatay antep urfa 长春 义乌 昆山 القدس уфа دبي مسقط ابها تبوك حائل نجران بغداد الدوحه الدمام جيزه الجيزه طنطا ابوظبي 纽约 巴黎 伦敦 东京 首尔 曼谷 迪拜 柏林 罗马 米兰 悉尼 莫斯科 台中"
)

# Quarters as people name them, by country; one list a country, commas between.
QUARTERS = {
    "TR": (
        "Kadıköy,Beşiktaş,Bakırköy,Sarıyer,Beyoğlu,Pendik,Kartal,Tuzla,Eyüpsultan,Kağıthane,Beykoz,Bayrampaşa,Gaziosmanpaşa,Güngören,Esenler,"
        "Avcılar,Çekmeköy,Sultanbeyli,Maltepe,Ümraniye,Taksim,Levent,Mecidiyeköy,Nişantaşı,Etiler,Bostancı,Kozyatağı,Suadiye,Moda,Karaköy,"
        "Bomonti,Ortaköy,Aksaray,Şirinevler,Florya,Yeşilköy,Caddebostan,Göztepe,Acıbadem,Altunizade,Kavacık,Maslak,Gayrettepe,Osmanbey,Sirkeci,"
        "Kızılay,Keçiören,Yenimahalle,Mamak,Etimesgut,Sincan,Altındağ,Pursaklar,Tunalı,Ulus,Bahçelievler,Batıkent,Eryaman,Ümitköy,Çayyolu,"
        "Bornova,Konak,Karşıyaka,Buca,Alsancak,Bayraklı,Çiğli,Gaziemir,Balçova,Narlıdere,Güzelbahçe,Karabağlar,Osmangazi,Nilüfer,Yıldırım,"
        "Muratpaşa,Kepez,Konyaaltı,Lara,Seyhan,Çukurova,Yüreğir,Şahinbey,Şehitkamil,Melikgazi,Kocasinan,Talas,Selçuklu,Meram,Odunpazarı,Tepebaşı"
    ),
    "RU": (
        "Хамовники,Арбат,Якиманка,Замоскворечье,Пресня,Марьино,Бутово,Южное Бутово,Северное Бутово,Чертаново,"
        "Ясенево,Митино,Строгино,Кунцево,Солнцево,Бирюлево,Бибирево,Медведково,Отрадное,Выхино,Кузьминки,Люблино,Братеево,Измайлово,Гольяново,"
        "Новокосино,Крылатское,Раменки,Тропарево,Коньково,Хорошево-Мневники,Щукино,Тушино,Южное Тушино,Ховрино,Дегунино,Свиблово,Лефортово,"
        "Перово,Новогиреево,Некрасовка,Капотня,Нагатино,Царицыно,Орехово-Борисово,Зябликово,Коммунарка,Купчино,Автово,Рыбацкое,Парнас,"
        "Мурино,Кудрово,Девяткино,Васильевский остров,Петроградка,Уралмаш,Академгородок,Химмаш,Эльмаш,Автозавод,Сормово,Безымянка"
    ),
    "GB": (
        "Soho,Canary Wharf,Camden,Shoreditch,Hackney,Mayfair,Kensington,Chelsea,Covent Garden,Brixton,Peckham,Clapham,Battersea,Paddington,"
        "Docklands,Kings Cross,Ealing,Croydon,Lewisham,Barking,Romford,Headingley,Didsbury,Clifton,Leith,Salford Quays,Digbeth,Edgbaston"
    ),
    "AE": "Deira,Bur Dubai,Jumeirah,Al Barsha,Business Bay,Downtown Dubai,JLT,DIFC,ديرة,بر دبي,جميرا,البرشاء,القوز,مردف,دبي مارينا,الخليج التجاري,الكرامة",
    "SA": (
        "العليا,الملز,النسيم,السليمانية,النرجس,الياسمين,العقيق,الملقا,حطين,الربوة,الروضة,النخيل,الورود,المروج,الصحافة,الحمراء,الشاطئ,البلد,"
        "الأندلس,السلامة,الفيصلية,الصفا,المروة,أبحر,العزيزية,العوالي,الشوقية,قرطبة,اليرموك,إشبيلية,المونسية,التحلية,Olaya,Al Olaya"
    ),
    "EG": (
        "مدينة نصر,مصر الجديدة,المعادي,الزمالك,المهندسين,الدقي,شبرا,حلوان,التجمع الخامس,الرحاب,مدينتي,الشيخ زايد,6 أكتوبر,السادس من أكتوبر,"
        "وسط البلد,العجوزة,الهرم,فيصل,إمبابة,سموحة,سيدي جابر,سيدي بشر,المنتزه,Maadi,Zamalek,Heliopolis,Nasr City,Dokki,Mohandessin"
    ),
    "CN": "陆家嘴,中关村,国贸,三里屯,望京,五道口,西二旗,徐家汇,五角场,前海,华强北,春熙路,解放碑,观音桥,珠江新城,天府新区,金融街,西单,王府井,亦庄,回龙观,天通苑,张江",
    "US": "Brooklyn,Manhattan,Bronx,Harlem",
}  # fmt: skip

# GeoNames id → names that GeoNames lists not, or not first: exonyms of Turkish and English, common short forms, Arabic spellings.
EXTRA_NAMES: dict[int, tuple[str, ...]] = {
    2643743: ("Londra",),
    524901: ("Moskova", "Moskva", "Мск"),
    498817: ("Saint Petersburg", "St Petersburg", "St. Petersburg", "Petersburg", "Sankt Petersburg", "Питер", "Санкт-Петербург", "Петербург", "СПб"),
    1486209: ("Yekaterinburg", "Ekaterinburg", "Екат", "Екб"),
    520555: ("Nizhny Novgorod", "Nizhniy Novgorod", "Нижний Новгород"),
    501175: ("Rostov-on-Don", "Ростов-на-Дону", "Ростов"),
    745044: ("Istanbul", "İstanbul", "İst", "اسطنبول", "إسطنبول"),
    1816670: ("Pekin", "Peking", "بكين"),
    1796236: ("Şangay", "Şanghay", "شنغهاي"),
    360630: ("Kahire", "القاهرة"),
    361058: ("İskenderiye", "الإسكندرية", "اسكندرية"),
    108410: ("Riyad", "الرياض"),
    105343: ("Cidde", "Jidda", "جدة"),
    104515: ("Mekke", "Makkah", "Mecca", "مكة المكرمة", "مكة"),
    109223: ("Medine", "Madinah", "Medina", "المدينة المنورة"),
    110336: ("Dammam", "الدمام"),
    109323: ("Khobar", "Al Khobar", "الخبر"),
    107968: ("Taif", "الطائف"),
    292968: ("Abu Dabi", "Абу-Даби", "أبوظبي", "أبو ظبي", "ابوظبي"),
    292223: ("Dubai", "دبي"),
    292672: ("Sharjah", "الشارقة"),
    290030: ("Doha", "الدوحة"),
    290340: ("المنامة",),
    287286: ("Maskat", "مسقط"),
    250441: ("Amman", "عمّان"),
    98182: ("Bağdat", "Baghdad", "بغداد"),
    170654: ("Şam", "دمشق"),
    276781: ("Beyrut", "بيروت"),
    170063: ("Halep", "حلب"),
    2553604: ("Kazablanka", "Casablanca", "الدار البيضاء", "كازابلانكا"),
    2988507: ("Paris", "باريس"),
    2761369: ("Viyana",),
    2867714: ("Münih", "Munich"),
    2886242: ("Cologne",),
    2800866: ("Brüksel",),
    756135: ("Varşova",),
    3054643: ("Budapeşte",),
    2660646: ("Cenevre",),
    2657896: ("Zürih", "Zurich"),
    2267057: ("Lizbon", "Lisbon"),
    3128760: ("Barselona", "Barcelona"),
    611717: ("Tiflis", "Tbilisi"),
    587084: ("Bakü", "Baku"),
    616052: ("Erivan", "Yerevan"),
    1526384: ("Almatı", "Almaty"),
    264371: ("Atina", "Athens"),
    734077: ("Selanik",),
    727011: ("Sofya",),
    683506: ("Bükreş", "Bucharest"),
    792680: ("Belgrad", "Belgrade"),
    785842: ("Üsküp",),
    3191281: ("Saraybosna",),
    3169070: ("Rome", "Roma"),
    3173435: ("Milan", "Milano"),
    5128581: ("New York", "New York City", "NYC", "Нью-Йорк", "纽约", "نيويورك"),
    1835848: ("Seul",),
    1880252: ("Singapore", "Singapur", "Сингапур", "新加坡"),
    1819729: ("Hong Kong", "Гонконг", "香港"),
    311046: ("İzmir",),
    523750: ("Набережные Челны", "Челны"),
    519336: ("Великий Новгород",),
    379252: ("الخرطوم",),
    109571: ("الأحساء", "الهفوف"),
    314830: ("Antep", "Gaziantep"),
    298333: ("Urfa", "Şanlıurfa"),
    310859: ("Maraş", "Kahramanmaraş"),
    323779: ("Hatay", "Antakya"),
    325303: ("Afyon", "Afyonkarahisar"),
    745028: ("Kocaeli", "İzmit"),
}
