"""Turkish wordings by topic: cards, cash, fees, loans, deposits, transfers, insurance, exchange."""

GRAMMAR = """
= cards
- np
kartlar
banka kartı
kartla ödeme
- bad
kartım {shop} <reddedildi|geçmedi>, oysa hesapta {amount} var
yeni kart {2-5} günde gelecekti, {weeks} oldu hâlâ yok
temassız <bir çalışıyor beş çalışmıyor|yine bozuldu>
kartımı {while_away} bloke ettiler, açtırmak {days} sürüyor
kart yenileme {weeks} sürdü, <nerede olduğunu bilen yok|herkes başka şey söylüyor>
karta ismimi yanlış yazmışlar, bu ikinci basım
plastik {2-6} ayda soyuldu, {shop} hiç okumuyor
- good
yeni kart <ertesi gün geldi|on dakikada basıldı>
kartım her yerde çalışıyor, {abroad} bile
kartın blokesi <tek dokunuşla|bir dakikada> kalktı, telefon bile gerekmedi
sanal kart <anında açıldı|tatilde hayat kurtardı>
- ask
temassız limitini nasıl yükseltirim
kart şifresini şubeye gitmeden değiştirebilir miyim
yeni kart {city} adresine kaç günde gelir
internet alışverişi için sanal kart var mı
bu kart {abroad} geçer mi
- req
{1000-9999} ile biten kartımın blokesinin kaldırılmasını
çipi bozulan kartımın yenilenmesini
yeni kartımın yeni adresime gönderilmesini
- wish
kartı geçici kapatmaya izin verse
<gençlere özel kart|tek kullanımlık kart numarası> çıkarsa
- fact
yeni kartımı bugün aldım
kartımın süresi <martta|haziranda|ekimde> doluyor, yenisi postayla gelecek
{shop} bu kartla ödüyorum
- help
kart blokesi Kartlar, Güvenlik bölümünden kaldırılabilir
kart yenileme {3-6} iş günü sürer, sanal kart hemen açılır
günlük kart limiti dolmuş olabilir, gece yarısı yenilenir
- npos
<yurt dışında komisyonsuz kart|şifresi sürekli değişen sanal kart> çıkarmayı
numarasız kartlara geçmeyi
- nneg
toplu kart reddi
aylarca süren kart yenileme gecikmeleri
- nneu
banka kartı tasarımlarını <mayısta|temmuzda> değiştirmeyi
{2-9}0 bin kartı yeni işlem sistemine taşımayı

= atm_network
- np
ATM'ler
bankamatikler
nakit çekme
- bad
{place} ATM kartımı yuttu, gelen giden yok
{place} bankamatik {days} bozuk
ATM {amount} eksik verdi, fişte tam yazıyor
bugün {2-5} bankamatik gezdim, hepsinde para bitmiş
ATM'ye {amount} yatırdım, hesaba <geçmedi|yarısı geçti>
koca {city} içinde çalışan tek ATM yok
- good
sonunda {place} ATM koydular, artık uzağa yürümek yok
yeni bankamatikler bozuk parayı bile saniyede sayıyor
her bankamatikten ücretsiz nakit çekiliyor
- ask
en yakın para yatırılan ATM nerede
başka bankaların ATM'lerinde çekim limiti ne kadar
{place} bankamatik gece açık mı
- req
{place} ATM'nin yuttuğu kartımın iadesini
{place} bankamatiğe para konulmasını
eksik veren ATM'nin kontrol edilmesini
- wish
{place} bir ATM daha koysa
bankamatiklerden küçük banknot verse
- fact
{place} ATM girişe taşındı
{place} ATM'den {amount} çektim
- help
şu an çalışan en yakın ATM {place} cihaz, gece de açık
ATM'nin aldığı kart ertesi iş günü şubeden teslim alınır
- npos
yıl sonuna kadar {4-30}0 yeni ATM kurmayı
tüm bankamatiklerde ücretsiz çekimi başlatmayı
- nneg
bayramda boş kalan bankamatikler
köylerden kaldırılan {5-20}0 ATM
- nneu
ATM yazılımlarını aralıkta yenilemeyi
{2-8}0 bankamatiği marketlere taşımayı

= fees
- np
ücretler
hesap işletim ücreti
masraflar
- bad
hesap ücretini {10-30} liradan {60-190} liraya çıkardılar, <haber yok|küçük yazıda gizli>
{small} "hizmet bedeli" kesmişler, neyin bedeli belli değil
yine gizli masraf: {small}, ekstrede gördüm
"ücretsiz" hesap üçüncü ay ücretli oldu
gelmeyen SMS'in parasını alıyorlar
kendi paramı almak için masraf ödüyorum
- good
aylık ücret yok, gizli masraf yok
{small} masrafı tartışmadan iade ettiler
ücret tarifesi tek sayfa, net, sürpriz yok
- ask
hesap işletim ücreti aylık ne kadar
ikinci hesap için ücret var mı
hangi bakiyede masraf alınmıyor
- req
ayın {1-28}. günü kesilen {small} masrafın iadesini
ücretsiz tarifeye geçirilmemi
- wish
masrafı kesmeden önce gösterse
<öğrencilerden|emeklilerden> ücret almasa
- fact
hesap ücreti ayda {20-90} lira, {5-50} bin bakiyede alınmıyor
gelecek ay yeni ücret tarifesi geçerli
- help
ayda {5-20} bin lira girişte ücret alınmaz
bütün masraflar Hesap, Tarife bölümünde yazar
- npos
<gençlerden|emeklilerden> hesap ücreti almamayı
masrafları yüzde {10-50} düşürmeyi
- nneg
gizli masraflar
ücretlere gelen sert zam
- nneu
yeni ücret tarifesini haziranda yayımlamayı
{3-6} tarifeyi ikiye indirmeyi

= loans
- np
krediler
ihtiyaç kredisi
borçlanma
- bad
kredi yüzde {2-3} dediler, sözleşmede yüzde {4-6} yazıyor
kredi notum tertemiz, başvuru gerekçesiz ret
krediyi <martta|mayısta> kapattım, hâlâ taksit istiyorlar
krediye {amount} sigorta <iliştirmişler|eklemişler>, soran olmadı
kredi başvurusu {days} "değerlendiriliyor"
erken kapama için {2-5} kez gittim, faizi yine aldılar
- good
kredi {10-50} dakikada hesapta
kredi faizimi kendiliklerinden düşürdüler
erken ödeme iki tıkla oldu, faiz hemen yeniden hesaplandı
- ask
taksit bir ay ertelenebiliyor mu
{20-90} bin lira kredinin faizi ne
kredi erken kapanırsa ceza var mı
ihtiyaç kredisi için hangi belgeler lazım
- req
kredimin ödeme planının gönderilmesini
kapanan kredi için borcu yoktur yazısı verilmesini
- wish
gerçek kredi faizini başvurudan önce gösterse
yılda bir taksit ertelemeye izin verse
- fact
oradan {24-48} ay vadeli araç kredisi kullandım
sitedeki kredi hesaplayıcı yüzde {2-4} ile başlıyor
- help
erken ödeme Krediler bölümünden cezasız yapılır
kredi kapama yazısı {2-5} iş gününde hazır olur
- npos
ihtiyaç kredisi faizini yüzde {2-3} düzeyine indirmeyi
zor durumdaki borçlulara taksit ertelemeyi
- nneg
artan batık krediler
kredilere zorla eklenen sigortalar
- nneu
kredi koşullarını sonbaharda sıkılaştırmayı
{2-30} milyar liralık kredi portföyünü satmayı

= mortgage
- np
konut kredisi
mortgage
ev kredisi faizleri
- bad
konut kredisi onayı için {weeks} bekledik, satıcı evi başkasına verdi
imza günü ev kredisi faizini artırdılar
ekspertiz raporunu kaybettiler, parasını yine bizden istiyorlar
ev borcu bitti, ipotek {3-9} aydır kalkmadı
konut kredisi danışmanı {2-5} kez değişti, hepsi aynı evrakı istiyor
- good
ipotek işlemi tek günde bitti, ev artık bizim
konut kredisi {2-4} günde onaylandı, haftaya taşınıyoruz
danışman ev kredisi sözleşmesini madde madde anlattı
ev kredimizi tek ziyarette daha düşük faizle taşıdık
- ask
ilk ev için peşinat yüzde kaç
başka bankadaki konut kredisi taşınır mı
{10-20} yıllık konut kredisi faizi bugün kaç
- req
borcu biten evimizin ipoteğinin kaldırılmasını
konut kredisi faiz belgesinin verilmesini
- wish
konut kredisi evrakını internetten alsa
serbest çalışanlara da ev kredisi verse
- fact
{10-20} yıl vadede konut kredisi yüzde {2-3} civarı
salı günü ev kredisi sözleşmesini imzaladık
- help
konut kredisi belgesi Belgeler bölümünde bir günde çıkar
ev kredisi taşıma {2-4} hafta sürer
- npos
genç ailelere konut kredisi faizini düşürmeyi
ev kredisini bir günde onaylamayı
- nneg
aylarca geciken konut kredisi onayları
artan ipotek takipleri
- nneu
konut kredisi faizlerini haftaya gözden geçirmeyi
ev kredisinde peşinat oranını değiştirmeyi

= deposits
- np
mevduat
vadeli hesap
mevduat faizi
- bad
mevduat faizini yüzde {40-48} iken {20-30} yapmışlar, tesadüfen gördüm
vadelimi sormadan düşük faizle yenilediler
vadeli hesap kapatmak {2-4} ziyaret ve bir saat ikna turu
vade faizi {amount} eksik yattı
yüzde {50-58} diye reklam, iki ay ve sadece yeni para içinmiş
- good
mevduat faizi her gün işliyor, görüyorum
vadeli hesabı koltuktan iki dakikada açtım
eski birikim hesabımın faizini de artırdılar
- ask
{3-6} aylık mevduat faizi yüzde kaç
faiz her ay mı yoksa vade sonunda mı ödeniyor
vadeliden vade dolmadan çekebilir miyim
- req
vadeli hesabımın otomatik yenilenmesinin durdurulmasını
mevduat faizimin vadesiz hesaba aktarılmasını
- wish
vadeliye ara eklemeye izin verse
ortak birikim hesabı açsa
- fact
üç aylık mevduat bugün yüzde {35-48}
vadelim <nisanda|mayısta> doluyor
- help
otomatik yenileme vade gününe kadar kapatılabilir
bu mevduatın faizi ayın son günü yatar
- npos
mevduat faizini yüzde {40-49} düzeyine çıkarmayı
günlük faizli birikim hesabı açmayı
- nneg
faiz indirimi sonrası mevduat kaçışı
izinsiz yenilenen vadeli hesaplar
- nneu
mevduat oranlarını pazartesi değiştirmeyi
üç aylık mevduatı kapatmayı

= transfers
- np
havale
EFT
para transferi
- bad
{amount} EFT {days} havada, <"işlemde" diyor|destek bilmiyor>
anneme para gönderdim, hesaptan çıktı ama ulaşmadı
kira havalesi iki kez gitti
"anında" transfer {2-5} gün sürdü
maaş havalesi sebepsiz iade edildi
gönderdiğim para iki banka arasında kayıp
- good
havale {5-50} saniyede ulaştı, hem de gece
yanlış IBAN'a giden para ertesi gün geri geldi
EFT ücretsiz ve hafta sonu da çalışıyor
- ask
başka bankaya EFT ne kadar sürer
günlük havale limiti ne kadar
yanlış gönderdiğim transfer iptal olur mu
- req
ayın {1-28}. günü gönderdiğim {amount} havalenin bulunmasını
IBAN hatalı transferimin geri çekilmesini
- wish
hafta sonuna ileri tarihli havale koysa
paranın nerede olduğunu adım adım gösterse
- fact
arkadaşıma {amount} gönderdim
saat {16-18}.00 sonrası EFT ertesi iş günü gidiyor
- help
havale gerçekleşmeden Transferler bölümünden iptal edilir
yurt dışı transfer {1-3} iş günü sürer
- npos
havaleyi tamamen ücretsiz yapmayı
{8-30} ülkeye anında transferi açmayı
- nneg
günlerce askıda kalan transferler
hatalı işlem yüzünden geciken maaşlar
- nneu
yeni ödeme sistemine geçmeyi
transfer limitlerini değiştirmeyi

= insurance
- np
sigorta
seyahat sigortası
poliçeler
- bad
sigorta başvurumu {times} reddettiler, bütün belgeler tam
kartın seyahat sigortası "dahil", ta ki ayağın kırılana kadar
poliçeyi <mayısta|haziranda> iptal ettim, primi hâlâ çekiyorlar
{2-5} yıl çıkamadığım bir sigorta sattılar
hasar dosyası {weeks} sessiz
- good
seyahat sigortası hastane masrafını {3-9} günde ödedi
sigorta hasarı tek telefon etmeden kapandı
iptal ettiğim poliçenin kalan primini hemen iade ettiler
- ask
kartın seyahat sigortası çocukları kapsıyor mu
yurt dışından hasar bildirimi nasıl yapılır
konut sigortası yıllık ne kadar
- req
konut poliçemin iptalini
vize için sigorta belgesinin gönderilmesini
- wish
evcil hayvan sigortası çıkarsa
hasarı fotoğrafla kabul etse
- fact
seyahat ve konut poliçesi de satıyorlar
sigorta primi ayda {50-300} lira
- help
poliçe belgesi Sigortalar bölümünden indirilir
hasar için fotoğraf ve fatura yeter, karar {3-10} günde çıkar
- npos
seyahat sigortasını standart hesaba eklemeyi
küçük hasarları bir günde ödemeyi
- nneg
emeklilere yanıltıcı poliçe satışı
reddedilen sigorta talepleri
- nneu
konut sigortası ortağını değiştirmeyi
telefon sigortasını haziranda bitirmeyi

= currency_exchange
- np
döviz kuru
döviz işlemleri
döviz hesapları
- bad
dolar kuru köşedeki bürodan yüzde {3-8} kötü
döviz bozarken kur "güncellendi", {amount} zarar
tam dolar lazımken döviz hesabı {days} işleme kapalı
euro ayırttım, şubeye gittim, yok dediler
- good
{city} içinde en iyi döviz kuru, makas neredeyse yok
pazar günü bile doları piyasa kurundan bozdum
ayırttığım sterlin aynı gün hazırdı
- ask
dolar kuru bugün kaç
yen hesabı açabilir miyim
{city} tarafında nerede euro bozdurabilirim
- req
bana dolar hesabı açılmasını
{1-5}000 euro nakit ayrılmasını
- wish
kur makasını açıkça gösterse
<yuan|dirhem> hesabı eklese
- fact
dolar bugün orada {40-48},{10-90}
tatilden önce biraz döviz aldım
- help
döviz kuru bir dakika sabit kalır, makas ekranda yazar
nakit döviz {1-3} gün önceden ayrılır
- npos
{8-25} dövizde makassız işlem yapmayı
hafta sonu döviz işlemlerini açmayı
- nneg
kurda gizli makas
şubelerde döviz sıkıntısı
- nneu
kuru {5-30} dakikada bir güncellemeyi
{2-6} yeni döviz eklemeyi
"""
