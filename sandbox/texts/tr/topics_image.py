"""Turkish wordings by topic: data, products, reputation, employer, fear, business, charity, loyalty, general."""

GRAMMAR = """
= data_leak
- np
kişisel verilerin korunması
gizlilik
müşteri verileri
- bad
adım, numaram, bakiyem sızdırılan dosyada
veri sızıntısından beri günde {4-20} istenmeyen arama
bana yabancı birinin ekstresini yolladılar, bütün harcaması ortada
verilerimizin sızdığını gazeteden öğrendik
profilimde başka müşterinin belgeleri çıktı
- good
sızıntıdan sonra aynı gün herkese yazıp izleme hizmeti verdiler
kimseden az kişisel veri istiyorlar
hakkımda tuttukları her şeyi {2-6} günde eksiksiz verdiler
- ask
sızıntıda benim verilerim var mı
hakkımda hangi veriyi tuttuğunuzu nasıl görürüm
müşteri verisini reklamcılara veriyor musunuz
- req
kişisel verilerimin silinmesini
hangi verimin sızdığının bildirilmesini
- wish
verimize kimin baktığını gösterse
eski kimlik fotokopilerini silse
- fact
yeni gizlilik metni yayımlamışlar
kişisel veri işleme yazısı geldi
- help
tutulan veriler Gizlilik sayfasında görülür ve oradan silinir
etkilenenlere yazı gitti, şifreler önlem olarak yenilendi
- npos
verinin her kullanımını müşteriye göstermeyi
{2-9}0 bin müşteriye veri izleme hizmeti vermeyi
- nneg
{2-90}0 bin müşterinin veri sızıntısı
açık sunucuda bulunan müşteri bilgileri
- nneu
gizlilik metnini güncellemeyi
veri olayını kuruma bildirmeyi

= new_product
- np
yeni ürün
yeni paket
yeni hizmet
- bad
törenle çıkardıkları genç paketi daha ilk hafta çöktü
yeni paket, eski hesabın fiyat etiketlisi
yeni ürünü çıkardılar, bizde {3-9} aydır "yakında"
yeni hizmeti açtım, içinde başkasının deneme verisi var
yeni genç hesabı ilk gün kilitlendi
- good
geçen ay çıkan aile kumbarası çok işe yarıyor
yeni bütçe özelliği unuttuğum {2-5} aboneliği buldu
yeni genç hesabı tam aradığımız şey
yeni çıkan kumbaralar hem basit hem ücretsiz
- ask
çıkardığınız genç paketi {city} için ne zaman açılır
yeni paket {city} için ne zaman başlıyor
yeni abonelikte eskisinden farklı ne var
eski müşteri yeni ürüne geçebilir mi
- req
yeni ürün için bekleme listesine alınmamı
yeni pakete geçirilmemi
- wish
ortak giderler için yeni bir ürün çıkarsa
yetmiş yaş üstüne yeni paket yapsa
- fact
bugün ayda {49-199} liraya yeni paket çıkardılar
yeni hesabın denemesi {city} içinde başlıyor
- help
yeni ürün <mayısta|haziranda> herkese açılıyor, bekleme listesi sitede
eski müşteriler yeni pakete bir kez ücretsiz geçer
- npos
<gençlere hesap|aile kumbarası|bütçe yardımcısı> çıkarmayı
yatırım içeren yeni bir paket sunmayı
- nneg
tutmayan yeni ürün
{2-6} haftada geri çekilen yeni hizmet
- nneu
yeni hesabı {1-9} bin müşteriyle denemeyi
paketlerin adını değiştirmeyi

= reputation
- np
itibar
güvenilirlik
marka imajı
- bad
bir skandal daha, bu yıl {3-5}. oldu
her panoda vaat, her haberde rezalet
golf turnuvasına para var, emeklinin iadesine yok
paylaşımlarının altındaki eleştirileri siliyorlar
tanıdığım kimse artık bu isme güvenmiyor
- good
sözünü tutan az sayıda kurumdan biri
{2-5}. kez en güvenilir seçildiler, hak ettiler
hatayı açıkça kabul edip düzelttiler, saygı duydum
- ask
itibarları nasıl
bu isme güvenilir mi
bugün neden herkes onları konuşuyor
- req
bugünkü gazete haberine yanıt verilmesini
inceleme sonuçlarının açıklanmasını
- wish
pano alacağına müşteriyi dinlese
hatalarda dürüst olsa
- fact
adları artık stadyumda
{place} reklamlarını gördüm
- help
haberle ilgili açıklama basın sayfasında
inceleme sonucu <mayısta|haziranda> yayımlanacak
- npos
müşteriye verdiği sözleri her <ay|çeyrek> raporlamayı
güven için şikâyet sayılarını her ay açıklamayı
- nneg
eski başkanla ilgili skandal
sosyal medyada boykot çağrısı
- nneu
logosunu değiştirmeyi
yeni iletişim müdürü atamayı

= employer
- np
orada çalışmak
iş ilanları
çalışma koşulları
- bad
{2-6} yıl çalıştım: ücretsiz mesai, bağıran müdürler
{4-7}. mülakat, sessizlik, sonra robottan ret
arkadaşımı {8-20} yıl sonra e-postayla işten çıkardılar
maaşlar piyasadan yüzde {10-30} düşük ama langırt var
- good
ekipte {2-9}. yılım, pazartesileri hâlâ seviyorum
en iyi işe başlangıç: mentor, bilgisayar, öğle yemeği
çocuklu çalışanlar evden çalışabiliyor, kimse laf etmiyor
- ask
orada çalışan var mı, analist maaşı ne kadar
yeni mezun alıyorlar mı
yazılımcı için kaç mülakat oluyor
- req
{weeks} önce yaptığım iş başvurusuna yanıt verilmesini
çalışma belgemin gönderilmesini
- wish
stajyere maaş verse
ilanlara maaşı yazsa
- fact
{city} için <analist|gişe görevlisi> arıyorlar
bugün iş görüşmem vardı
- help
iş başvurularına {2-4} haftada yanıt verilir, ilanlar kariyer sayfasında
stajlar <martta|eylülde> başlar
- npos
{1-9}00 mühendis işe almayı
dört günlük çalışma haftasını denemeyi
- nneg
{2-9}00 çalışanın işten çıkarılması
ücretsiz mesai şikâyetleri
- nneu
{city} ofisini {1-5}00 kişilik yapmayı
yeni insan kaynakları müdürü atamayı

= liquidity_fear
- np
paranın güvende olması
ödeme gücü
mali durum
- bad
herkes paraları bitti diyor, onlar gülücük atıyor
günde {2-9} bin çekim sınırı koydular, sonrasını biliyoruz
kapılar kapanmadan birikimimi çekiyorum
{20-60} kişi parasını çekiyor, gişedeki fısıltıyla "likidite" diyor
tahvilleri {40-70} olmuş, bize korkmayın diyorlar
- good
stres testini rahat geçtiler, birikimim kalıyor
panik boşunaydı: {20-90} bin lirayı sorusuz verdiler
sermaye sağlam, bilanço sıkıcı, birikim için tam istediğim
- ask
batıyorlar diyorlar, doğru mu
birikimim devlet güvencesinde mi
söylentiler yüzünden paramı çekeyim mi
- req
iflas söylentilerinin açıklanmasını
bütün birikimimin bugün ödenmesini
- wish
sermaye oranını her ay yayımlasa
söylentileri açıkça konuşsa
- fact
raporda sermaye yeterliliği yüzde {13-19}
birikimler yasayla güvence altında
- help
birikimler devlet güvencesinde, çekimler normal sürüyor
sermaye raporu herkese açık, çekimde sınır yok
- npos
sermaye artırıp mudileri rahatlatmayı
likidite rakamlarını her hafta yayımlamayı
- nneg
iflas söylentisi ve şubelere hücum
likidite kaygısıyla düşen kredi notu
- nneu
likidite rakamlarını haftaya yayımlamayı
tahvil piyasasından {1-9} milyar lira borçlanmayı

= business_banking
- np
ticari hesaplar
KOBİ bankacılığı
POS hizmeti
- bad
maaş günü şirket hesabımızı dondurdular
kafedeki POS {hour} beri ölü, saatte {2-9}000 lira kaybediyoruz
küçük bir işletmeye ticari hesap açmak {weeks} sürdü
güncellemeden beri şirketin muhasebe aktarımı bozuk
POS komisyonunu sessizce yüzde {3-5} yaptılar
- good
şirket hesabımızı {2-4} günde açtılar, POS da geldi
KOBİ danışmanı fırınımızı muhasebeciden iyi anlıyor
POS satışları ertesi sabah şirket hesabında
- ask
küçük dükkâna POS ücreti ne
şahıs şirketi internetten ticari hesap açabilir mi
ticari hesap muhasebe programına bağlanır mı
- req
dükkânımızdaki POS cihazının değiştirilmesini
ortağımın şirket hesabına imza yetkilisi eklenmesini
- wish
ticari hesaba fatura kesme eklese
yeni kurulan şirketlere ucuz tarife yapsa
- fact
şirketimizin hesabı {2012-2022} yılından beri orada
{city} içinde girişimci kahvaltısı düzenliyorlar
- help
ikinci imza Şirket, Kullanıcılar bölümünden eklenir
POS {1-3} iş gününde değiştirilir
- npos
KOBİ'lere {1-9} milyar lira kredi vermeyi
yeni girişimlere ücretsiz ticari hesap açmayı
- nneg
dondurulan esnaf hesapları
parası yatmayan POS'lu esnaf
- nneu
ticari müşterilerin tarifesini değiştirmeyi
KOBİ birimlerini birleştirmeyi

= charity
- np
bağışlar
sosyal sorumluluk
hayır işleri
- bad
bağıştan yüzde {5-12} "işlem bedeli" kestiler
yetimhaneyle fotoğraf çektirip oyun parkını geri götürdüler
hayır koşusunun parası pankartlara gitmiş
sormadan küsurat bağışını açmışlar
- good
sel mağdurlarına yapılan her bağışı ikiye katladılar
gönüllüler izin gününde okulumuzu boyadı
küsurat bağışıyla çocuk hastanesine {2-6} ambulans alındı, helal olsun
- ask
küsurat bağışları nereye gidiyor
barınağımız hibeye nasıl başvurur
bağıştan kesinti oluyor mu
- req
{2023-2025} yılı bağış makbuzumun gönderilmesini
aylık bağışımın durdurulmasını
- wish
puanları bağışlama seçeneği sunsa
barınak bağışlarını ikiye katlasa
- fact
pazar günü hayır koşuları var
kapıda bağış kutusu duruyor
- help
bağış makbuzu Belgeler bölümünde, kesinti yok
hibe başvurusu <mayıs|ekim> sonuna kadar açık
- npos
çocuk hastanelerine {1-9} milyon lira bağışlamayı
müşteri bağışlarıyla {1-9}0 bin ağaç dikmeyi
- nneg
bağıştan kesinti tepkisi
yardım fonunda kayıp para
- nneu
hayır koşusu düzenlemeyi
yıllık program için {3-9} dernek seçmeyi

= general
- np
hizmet
genel deneyim
günlük işlemler
- bad
hiçbir şey söz verildiği gibi değil
{days} cevap yok
üçüncü yazı, üçüncü bahane
basit bir soru, {weeks}, sonuç sıfır
çözeceğiz deyip kayboluyorlar
onlar için bir numarasın, onu da kaybetmişler
- good
her şey tıkır tıkır işliyor
{2-12} yıldır tek sorun yaşamadım
hızlı, kibar, uğraştırmıyorlar
insana insan gibi davranıyorlar
- ask
değer mi
deneyimleriniz nasıl
öğrenciye uygun mu
- req
{10000-99999} numaralı kaydıma bakılmasını
{weeks} önceki yazıma yanıt verilmesini
- wish
biraz daha hızlı olsa
yazıları sade dille yazsa
- fact
{2-15} yıllık müşterileriyim
onlardan bir mektup geldi
- help
bu tür konular genelde {2-5} günde çözülür
hepsi Yardım sayfasında anlatılıyor
- npos
ürünlerini sadeleştirmeyi
{2-9}0 bin yeni müşteri almayı
- nneg
artan şikâyetler
yavaş ve özensiz hizmet
- nneu
yıllık raporunu perşembe açıklamayı
genel kurulunu {city} içinde yapmayı

= loyalty
- np
puanlar
nakit iade
ödül programı
- bad
{3-9} bin puan bir gecede silindi, uyarı yok
"yüzde 10'a varan" iade ayda {9-60} lira çıktı
puan kuralları yine değişti, <market|benzin> artık sayılmıyor
hoş geldin bonusu gelmedi, "koşulları okumamışsınız"
- good
bu ay {small} nakit iade, doğrudan hesaba
puanlarla <uçak bileti|iki gece otel> aldım
iade kategorileri gerçekten harcadığım şeyler: market, benzin, eczane
- ask
geçen ayın nakit iadesi ne zaman yatar
puanların süresi doluyor mu
<nisan|mayıs> ayında iade veren mağazalar hangileri
- req
söz verilen bonusun yüklenmesini
puanlarımın eşimin hesabına aktarılmasını
- wish
iade kategorisini bize seçtirse
puanı paraya çevirse
- fact
gelecek ayın iade kategorileri market ve taksi
{2-9} bin puanım birikti
- help
puanlar ayın {5-15}. gününe kadar yüklenir, {12-36} ay geçerlidir
iade kategorileri ay sonuna kadar Ödüller bölümünden seçilir
- npos
market harcamasına yüzde {2-5} iade vermeyi
puanı bire bir paraya çevirmeyi
- nneg
habersiz silinen puanlar
kırpılan nakit iadeler
- nneu
iade kategorilerini gelecek ay değiştirmeyi
ödül programını yeni ortağa taşımayı
"""
