"""Turkish wordings around a post: titles, openings, further sentences, closings, hashtags, emoji."""

GRAMMAR = """
= title
- crisis
{bank} kartları çalışmıyor mu?
{bank}: bütün ödemeler reddediliyor
{bank} sizde de çöktü mü?
- opinion
{bank}: {t.np}
{bank} ve {t.np} üzerine
- fraud_report
<Dikkat|Uyarı>: {bank} adına dolandırıcılık
{bank} adıyla dolandırıyorlar
- consider
{bank} mantıklı mı?
{bank}, {t.np}: deneyimler?
- wish
{bank} için bir fikir: {t.np}
{bank} için bir dilek
- comparison
{bank} mı {other} mı: {t.np}
{other} ve {bank} karşılaştırması
- ambiguous_place
Liman <akşamı|fotoğrafları>
Pazar günü Liman
- offtopic
<Sohbet|Konu dışı>: {off.what}
Başka bir konu: {off.what}
- negative
{bank} sorunu: {t.np}
{bank}: {t.bad}
{bank} ve {t.np}, <yaşadıklarım|bu normal mi?>
- positive
{bank} ile <güzel|iyi> deneyim: {t.np}
{bank}: {t.good}
- neutral
{bank} hakkında <soru|bir soru>: {t.np}
{bank} ve {t.np}

= open
- negative
Forumlara pek yazmam ama bu kez mecburum.
Başıma geleni anlatayım da başkaları bilsin.
{2-15} yıldır bu bankanın müşterisiyim.
Biraz uzun olacak, kusura bakmayın.
- positive
İnsan genelde kızınca yazar, bu tersi.
{2-15} yıllık müşteriyim, paylaşmak istedim.
Hâlâ karar verememiş olanlara iki satır.
- neutral
Herkese merhaba.
İyi akşamlar arkadaşlar.
Forumda aradım, yeni bir şey bulamadım.

= more
- negative
Destek hattını {2-6} kez aradım, her seferinde başka hikâye.
Sorumluluğu üstlenen yok.
Ayın {1-28}. günü attığım e-posta hâlâ cevapsız.
Yarım iş günüm gitti.
Kaydı "çözüldü" diye kapatmışlar, çözülmedi.
<Eşim de|Babam da|Abim de> {t.np} konusunda aynı dertte.
Gelen tek şey hazır bir mektup.
Üstüne bir de {t.bad}.
- positive
Destek {2-20} dakikada döndü.
<Eşim de|Annem de|Ablam da> {t.np} konusunda çok memnun.
Şimdilik bir kusur bulamadım.
Üstelik {t.good}.
Çok daha kötüsünü bekliyordum.
Eski bankama göre başka bir dünya.
- neutral
<Cumaya|Gelecek aya> kadar lazım değil.
Koşulları okudum, yazmıyor.
Bilgi için: {t.fact}.
Her ipucuna açığım.
Belki burada yapan vardır.

= more.request
- neutral
Talep <pazartesiden|geçen haftadan> beri açık.
Gerekirse belgeleri yollarım.
Kısa bir onay yeter.
Aynısını e-postayla da yazdım.
Bilgi için: {t.fact}.

= more.fraud_report
- negative
Lütfen diğer müşterileri uyarın.
Hepsinin ekran görüntüsü var.
Arayan numaranın sonu {10-99}.
Yaşlılar hemen inanır.
Ayın {4-20}. günü polise bildirdim.
Hakkımda şaşılacak kadar çok şey biliyorlardı.

= more.wish
- neutral
Başkalarında çoktan var.
Tek isteyen ben değilimdir.
Dinlediğiniz için teşekkürler.
Sadece bir fikir.
Böylece {t.np} herkes için daha rahat olur.

= more.opinion
- neutral
Bildiğim bu kadar.
Başkası farklı düşünebilir.
Pek sık kullanmıyorum.
Başka bankada da hesabım var.
Tavsiye değildir.

= close
- negative
<Aynısını yaşayan var mı|Siz olsanız ne yapardınız>?
Sabrım kalmadı.
Sonuç alabilen oldu mu?
Kararı siz verin.
- positive
Söylemek istedim.
Gönül rahatlığıyla öneririm.
Emeği geçen herkese teşekkürler!
- neutral
Şimdiden teşekkürler.
Okuduğunuz için teşekkürler.
Ne dersiniz?

= hashtags
- negative
#rezalet
#müşterihizmetleri
#mağdur
- positive
#teşekkürler
#memnuniyet
- neutral
#banka
#soru
#para

= emoji
- negative
😡
🤬
😤
🤦
😞
👎
- positive
😊
👍
❤️
🎉
👏
🙏
- neutral
🤔
🙂
👀
- sarcastic
🙃
👏👏👏
🤡
😂
- worried
😢
😰
🙏
"""
