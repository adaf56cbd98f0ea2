"""Turkish frames: the bank's own posts, news, promotion and spam."""

GRAMMAR = """
= official_pr
<güzel haber|yenilik>! {bank} {t.npos} planlıyor. {pr.end}
{bank} olarak {t.npos} planlıyoruz. {pr.end}
<Yakında|Gelecek ay>: {bank} olarak {t.npos} hedefliyoruz. {pr.end}
Sizi dinledik: {bank} {t.npos} gündemine aldı. {pr.end}
{bank} olarak {t.npos} istiyoruz, gururluyuz. {pr.end}
{bank} haberleri: {t.npos} hedefliyoruz. {pr.end}
{bank} neden {t.npos} istiyor? <Söyleşi|Yanıtı> sitemizde
{city} buluşması: {bank} ile kahve, sohbet ve {t.npos} neden istediğimiz

= pr.end
<Ayrıntılar|Fazlası> <sitede|uygulamada>
<Çünkü siz önemlisiniz|Sizin için, sizinle>
<Ne dersiniz|Nasıl buldunuz>?
Blogumuzda okuyun
Bizimle olduğunuz için teşekkürler

= news.title
- positive
{bank} {t.npos=x} planlıyor
{bank} {t.npos=x} hedefliyor
{bank} {t.npos=x} gündemine aldı
- negative
{bank} zorda: {t.nneg=x}
{bank} eleştiri altında: {t.nneg=x}
{bank} ve {t.nneg=x}: neler oluyor
- neutral
{bank} {t.nneu=x} planlıyor
{bank} {t.nneu=x} düşünüyor
{bank} {t.nneu=x} kararlaştırdı

= news.lead
- positive
{bank}, {=x} planladığını {weekday} duyurdu.
{weekday} yapılan açıklamaya göre {bank} {=x} hedefliyor.
{bank} yönetimi {=x} gündemine aldı.
- negative
{bank}, {=x} nedeniyle eleştiriliyor.
{weekday} ortaya çıkan bilgilere göre {bank} için gündem: {=x}.
{bank} haftaya kötü başladı, neden {=x}.
- neutral
{bank}, {=x} planladığını {weekday} bildirdi.
{weekday} yayımlanan duyuruya göre {bank} {=x} düşünüyor.
{bank} sözcüsü {=x} planladıklarını doğruladı.

= news.more
- positive
Tüketici dernekleri kararı <memnuniyetle karşıladı|övdü>.
Analistler bunu güç işareti sayıyor, hisse yüzde {1-5},{1-9} yükseldi.
{city} denemesine katılan müşteriler memnun kaldı.
Bir analist "Yıllardır atılan en müşteri dostu adım" dedi.
Son ankette {t.np} konusunda memnuniyet yüzde {3-15} arttı.
Rakiplerin henüz benzer bir ürünü yok.
- negative
Tüketici dernekleri durumu "kabul edilemez" buldu ve toplu dava hazırlıyor.
Hisse güne yüzde {1-9},{1-9} düşüşle başladı.
Banka yorum yapmadı.
Bir yılda {t.np} konusundaki şikâyetler yüzde {15-80} arttı.
Mağdurlar haftalardır yanıt alamadıklarını söylüyor.
Düzenleyici kurum inceleme başlattı.
Bir analist "Güven kazanıldığından hızlı kaybedilir" dedi.
- neutral
Değişiklik müşterilerin yaklaşık yüzde {10-90} kadarını ilgilendiriyor.
Ayrıntılar <gelecek hafta|ay sonunda> açıklanacak.
Bankanın {2-9}00 bin müşterisi ve {4-30}0 şubesi var.
Maliyet açıklanmadı.
Benzer planlar {t.np} için {2021-2024} yılında da konuşulmuştu.
- context
Bankanın {2-9}00 bin müşterisi ve {4-30}0 şubesi var.
Genel merkezi {city} ilinde.
Sonraki rapor <mayısta|üç hafta sonra> açıklanacak.
Bir yıl önce de {t.np} konuşuluyordu.

= promotion
{bank} hesabı aç, kodum {code}, ikimize de {1-5}00 lira
<son günler|pazara kadar>: {bank} yeni müşteriye {1-9}00 lira veriyor, bağlantı profilde
{bank} {t.npos} planlıyor: bugün <kayıt ol|başvur>, {1-9}00 lira hediye #reklam
{bank} ile {2-9} telefon kazan: takip et, beğen, paylaş
reklam: {bank} {t.npos} planlıyor, yeni müşteriye ilk <üç|altı> ay ücretsiz
daha iyi banka mı arıyorsun? {bank}, kod {code}, yüzde {5-20} indirim, üstelik {t.npos} planlıyorlar
{bank} davetiyem var: yoruma "kod" yaz, {1-5}00 lira kazan

= bot_spam
Evden günde {1-9}000 lira kazan, bana sor {bank} {link}
{bank} müşterilerine {200-900} USDT hediye, buradan al {link}
Borç içindeydim, bu yatırımcıyla tanıştım, teşekkürler {first}! {bank} {link}
Tebrikler! {bank} sizi seçti, {10-90} bin lira ödül. Onayla {link}
{5-30} dakikada sorgusuz kredi, {bank} yerine buraya yaz {link}
{1-3}000 yatır, {2-7} günde {10-50} bin al, garantili {bank} {link}

= link
https://{link.word}-{link.word}.example/{code}
http://{link.word}{10-99}.example/{code}

= link.word
kazanc
hediye
kripto
altin
bonus
firsat

= code
{link.letter}{link.letter}{100-999}{link.letter}
{link.letter}{10-99}{link.letter}{10-99}

= link.letter
<a|b|c|d|e|f|g|h|k|m|n|p|q|r|s|t|w|x|z>
"""
