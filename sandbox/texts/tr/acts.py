"""Turkish frames: what customers do with a topic's wordings."""

GRAMMAR = """
= complaint
{bank}, {t.bad}
{t.bad}. <sağ olun|aferin|bravo>, {bank}
<yine|gene> {bank}: {t.bad}
{bank} yine <yaptı yapacağını|bildiğimiz gibi|şaşırtmadı>: {t.bad}
{t.bad}, {bank} ise <susuyor|çiçek gönderiyor|oralı değil>
{bank}, bu <normal mi|nasıl iş|olacak şey mi>? {t.bad}
<merak ediyorum|acaba>, {bank} bunları okuyor mu? {t.bad}
{t.bad}. {neg.end} {bank}
{neg.start} {bank}, {t.bad}
{bank}, {neg.end}. {t.bad}
eskiden {bank} iyiydi, şimdi {t.bad}
{bank} böyle mi söz vermişti? {t.bad}
{bank} ile {2-9}. gün: {t.bad}
<uzak durun|tavsiye etmiyorum>: {bank}. {t.bad}
{bank} mağduru başka var mı? {t.bad}
{t.bad}. {bank} <böyle işte|sağ olsun>
- formal
Sayın {bank}, {t.bad}. {formal.end}.
{bank} hakkında şikâyetçiyim: {t.bad}. {formal.end}.
{bank} yetkililerine: {t.bad}. {formal.end}.
- angry
{bank}, <dalga mı geçiyorsunuz|ayıp ya|yeter artık>! {t.bad}!
{t.bad}! {neg.end} {bank}!
{bank}, {very} <rezalet|ayıp|sinir bozucu>! {t.bad}!
<bıktım|illallah|çıldıracağım>, {bank}! {t.bad}!
hayatımdaki en kötü <banka|hizmet>: {bank}! {t.bad}
{t.bad}! <ne için para ödüyorum|muhatap yok mu>, {bank}?!
- sarcastic
{bank} <aşığıyım|hastasıyım>: {t.bad}
{t.bad}. <beş yıldız|muhteşem hizmet|tebrikler>, {bank}, <aynen devam|her zamanki gibi>
{bank} {sarcasm}: {t.bad}
<kutlarım|şapka çıkarıyorum> {bank}: {t.bad}
{bank} ile <güzel|harika> bir gün daha, {t.bad}
işte o meşhur {bank} hizmeti: {t.bad}
sabır öğrettiğin için sağ ol {bank}, {t.bad}

= sarcasm
müşterisini el üstünde tutuyor
sözünün eri
zamanımıza değer veriyor
her şeyi düşünmüş

= very
tam bir
gerçekten
resmen
çoook

= neg.start
<ya|yahu>
<pes artık|inanılmaz>,
<kusura bakmayın ama|açıkçası>
<alo|hey>

= neg.end
<ilgilenen yok|muhatap yok>
<ne olacak şimdi|ne zaman düzelecek>
sabrım <taştı|kalmadı>
<açıklama bekliyorum|çözüm istiyorum>
bir özür bile yok
<yazıklar olsun|pes>
hâlâ bekliyorum
hizmet bu mu
günüm ziyan oldu

= formal.end
{5-14} gün içinde yazılı yanıt bekliyorum
Gereğinin yapılmasını rica ederim
Çözülmezse ilgili kuruma başvuracağım
Bu durum kabul edilemez
Açıklama yapmanızı bekliyorum

= question
{bank}, {t.ask}?
<merhaba|selam|iyi günler> {bank}, {t.ask}?
{t.ask}, {bank}?
{t.fact}. {bank}, {t.ask}?
{bank}, iki sorum var: {t.ask}? bir de {t.ask}?
<annem|ev arkadaşım|iş arkadaşım> soruyor, {bank}: {t.ask}?
{bank}, {t.ask}? <cumaya|haftaya|yolculuk için|annemler için> lazım
<yeni müşteriyim|acemiyim>, {bank}, {t.ask}?
<rahatsız ediyorum|kolay gelsin>, {bank}, {t.ask}?
<bir sorum var|soru>, {bank}: {t.ask}?
<bilen var mı|bilgisi olan var mı>, {bank}: {t.ask}?
{bank} müşterileri, {t.ask}?
{t.np} hakkında {bank} için soruyorum: {t.ask}?
<sitede bulamadım|yardım sayfasında yazmıyor>, {bank}, {t.ask}?
acele değil {bank} ama {t.ask}?
{bank} <kullananlar|hesabı olanlar>, {t.ask}?
- formal
İyi günler {bank}, bilgi almak istiyorum: {t.ask}? Teşekkürler.
Sayın {bank}, {t.np} konusunda sorum var: {t.ask}?

= request
{bank}, {t.req} <rica ediyorum|istiyorum>
<merhaba|iyi günler> {bank}, {t.req} rica edeceğim
{bank}, lütfen, {t.req} <bekliyorum|istiyorum>
{t.req} rica ediyorum, {bank}
{t.np} konusunda {bank} için bir ricam var: {t.req} istiyorum
{bank}, <mümkünse|müsait olunca> {t.req} rica ederim
<zahmet olmazsa|kolay gelsin> {bank}, {t.req} istiyorum
- formal
Sayın {bank}, {t.req} rica ederim. Müşteri numaram {100000-999999}.
{bank} yetkilileri, {t.req} talep ediyorum, belgeler sizde.

= wish
keşke {bank} {t.wish}
{bank} {t.wish} ne <güzel|iyi> olur
<öneri|fikir>: {bank} {t.wish} <çok kişi sevinir|iyi olur>
{bank} bir de {t.wish}, {why_wish}
{t.np} konusunda tek dileğim: {bank} {t.wish}
{bank} {t.wish}, {why_wish}
ah {bank}, bir {t.wish}
acaba {bank} bir gün {t.wish}? {why_wish}

= why_wish
<başkalarında var|çok zor olmamalı>
<herkes memnun kalır|çok kişi sevinir>
o zaman tadından yenmez
duyarsanız sevinirim

= praise
<teşekkürler|çok teşekkürler|sağ olun> {bank}: {t.good}
{bank}, {t.good}. {pos.end}
{t.good}. {pos.end} {bank}
<hakkını yemeyelim|takdir etmek lazım>, {bank}: {t.good}
{t.good}, <bu yüzden|işte bundan> {bank}
{bank} <şaşırttı|yüzümü güldürdü|işini biliyor>: {t.good}
bankaları pek övmem ama {bank}: {t.good}
{bank} hakkında şikâyet yazacaktım, tersi oldu: {t.good}
{bank} için söyleyecek kötü sözüm yok: {t.good}
{t.good}, <çok mutlu oldum|günüm güzelleşti>. {bank}, <helal|eyvallah>
- formal
Sayın {bank}, teşekkür ederim: {t.good}. {pos.end}.
{bank} çalışanlarına teşekkürü borç bilirim: {t.good}.

= pos.end
<aynen devam|böyle devam edin>
<beş yıldız|on numara>
<işte hizmet|olması gereken bu>
<herkese öneririm|tavsiye ederim>
<helal olsun|bravo|süpersiniz>
çok memnunum
daha iyisi olamaz

= consider
{bank} düşünüyorum, <komşum|arkadaşım> "{t.good}" diyor. <değer mi|deneyimi olan>?
{t.np} nedeniyle {bank} düşünüyorum da, {t.ask}?
{bank} hesabı açsam mı? <kuzenim|iş arkadaşım> "{t.good}" diyor
<belki|galiba> {bank} müşterisi olacağım, önemli olan {t.np}
banka seçerken {t.np} karşılaştırıyorum, {bank} listede
{bank} hesabı olan var mı? <yeni banka arıyorum|banka değiştireceğim>, önceliğim {t.np}
şimdiki bankam bana uymuyor, sıradaki {bank} olabilir, sebep {t.np}
- other
{bank} ile {other} arasında kaldım, yeni hesap açacağım, önceliğim {t.np}
{bank} mı {other} mı? haftaya hesap açıyorum, baktığım şey {t.np}
{other} yerine {bank} düşünüyorum, {t.np} konusunda övüyorlar

= leave
<bitti|yeter|elveda> {bank}: {t.bad}. hesabı kapatıyorum
paramı {bank} hesabından çektim: {t.bad}
{2-15} yıl sonra {bank} ile yollarımız ayrıldı: {t.bad}
{t.bad}. {bank} hesabım kapandı, <hoşça kal|geçmiş olsun>
bardağı taşıran damla: {t.bad}. <güle güle|elveda> {bank}
{bank} hesabı nasıl kapatılır? {t.bad}, istemiyorum artık
bugün başka bankaya geçtim, {bank} vaat etmeye devam etsin: {t.bad}
- other
{bank} bitti, {other} başladı: {t.bad}
{t.bad}. elveda {bank}, merhaba {other}
{bank} hesabını kapatıp {other} hesabı açtım, sebep: {t.bad}

= fraud_report
<dikkat|uyarı>: {bank} adına <arıyorlar|mesaj atıyorlar>, {t.np} deyip <kod istiyorlar|sahte bağlantı veriyorlar>
{bank}, adınıza <annemi aradılar|insanları arıyorlar>, {t.np} bahanesiyle <şifre istiyorlar|mesajdaki kodu istiyorlar>
sahte {bank} sayfası var, {scam.how}
{bank} hesabımdan {amount} çekilmiş: {scam.what}
{bank}, benim yapmadığım {amount} işlem: {scam.what}, her şeyi dondurun
"{bank}" adıyla sahte mesaj geldi: <hesabınız kapanacak|ödül kazandınız>. {scam.how}
{bank} taklidi bir profil {t.np} soranlara yazıyor, {scam.how}
{bank} giriş sayfasının kopyası dolaşıyor, oltalama, {scam.how}
{bank} için dolandırıcılık bildirimi: {scam.what}, her şey {t.np} konulu bir aramayla başladı

= scam.how
iki komşumuz para kaptırdı
kart numarası ve kod istiyor
adresinde fazladan bir harf var
<tıklamayın|büyüklerinize söyleyin>
polise bildirdim
lütfen kapattırın

= scam.what
gitmediğim mağazada {2-6} harcama
tanımadığım kişiye transfer
sabaha karşı {city} üzerinden giriş
numaram başkasınınkiyle değiştirilmiş
adıma kredi çekilmiş
arayan bakiyemi biliyordu

= opinion.positive
<bence|bana göre>, {t.np} konusunda {bank} <en iyisi|herkesin önünde>
ne derseniz deyin, {bank} {t.np} konusunda <başarılı|işi biliyor>
{bank} ve {t.np}: <on numara|gönül rahatlığı>. {t.good}
<üç|beş> yıllık {bank} müşterisiyim, özet: {t.good}
<arkadaşlar|iş yerinde> {bank} soruyor, diyorum ki {t.good}
{t.np} önemliyse {bank} <iyi|akıllıca> seçim
{bank}: {t.good}. <nadir|az bulunur|takdir ediyorum>
{bank} için haksızlık ediliyor: {t.good}
{bank} konusunda şüphem vardı, kalmadı: {t.good}

= opinion.negative
<bence|bana göre>, {t.np} konusunda {bank} <en kötüsü|sınıfta kaldı>
ne derseniz deyin, {bank} {t.np} konusunda <beceriksiz|başarısız>
{bank} ve {t.np}: <hazin bir hikâye|tam fiyasko>. {t.bad}
{bank} kullanan herkes aynı dertten yanıyor: {t.bad}
<üç|beş> yıllık {bank} müşterisiyim, özet: {t.bad}
{t.np} önemliyse {bank} <olmaz|size göre değil>
{bank} {t.np} hakkında çok konuşur, icraat <sıfır|yok>
{bank} <her yıl daha kötü|eskisi gibi değil>: {t.bad}
{bank} tavsiye edeni anlamıyorum, {t.bad}
{bank} içinde {t.np} kimin işiyse kendisi müşteri değil herhalde

= opinion.neutral
{t.np} konusunda {bank} <orta|ne iyi ne kötü>
{bank} artıları ve eksileri: {t.good}, ama {t.bad}
{bank}: {t.fact}, özel bir şey yok
{bank} için bir fikrim yok. {t.fact}
{bank} ve {t.np}: <memnun olan da var olmayan da|ihtiyaca göre>
{bank} hakkında karışık duygular: {t.bad}, öte yandan {t.good}
{t.np} konusunda {bank} diğerlerinden ne iyi ne kötü
{bank} ve {t.np} için bir şey diyemem, <az kullanıyorum|daha erken>

= opinion.plain
{bank}: {t.fact}
{t.fact}, <bu arada bu|yani> {bank}
<bugün|bu hafta> {bank}: {t.fact}
{t.fact} ({bank})
{bank} ve {t.np} üzerine okuyorum
{bank} soranlara: {t.fact}
<öğle yemeğinde|toplantıda> {bank} ve {t.np} konuşuldu
ablam {bank} yanında oturuyor, {t.fact}

= comparison
{bank} ile {other}: ilkinde {t.good}, ikincisinde {t.bad}
{other}: {t.bad}. {bank}: {t.good}. <fark ortada|farkı görün>
{other} yerine {bank} seçtim, <pişman değilim|iyi ki>: {t.good}
{t.np} konusunda {bank} ile {other} arasında dağlar var, {bank} önde
{bank}: {t.good}. {other} ise hâlâ {1995-2008} yılında
{other} sonrası {bank} tatil gibi: {t.good}
{bank} yapıyor da {other} niye yapamıyor? {other}: {t.bad}
"""
