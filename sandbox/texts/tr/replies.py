"""Turkish frames: answers of banks and customers in a thread."""

GRAMMAR = """
= thanks
<teşekkürler|teşekkür ederim|sağ olun>[, <işime yaradı|çok naziksiniz|günümü kurtardınız>]
<hızlı|açık|nazik> <cevap|yanıt> için teşekkürler
<tamam|harika|süper>, teşekkürler!
sağ olun, <denerim|öyle yapacağım>
<vay|oo>, ne hızlı. teşekkürler
teşekkürler, {t.np} konusunu şimdi anladım
eyvallah

= confirms
<oldu|çalışıyor>[, teşekkürler]
<çözüldü|halloldu>[, sağ olun]
<evet|tamam>, <para geri geldi|ulaştı|oldu>
şimdi baktım, <her şey yolunda|sorun yok>
güncelleme: <aradılar, çözüldü|yeniden çalışıyor>
{t.np} konusu çözüldü, teşekkürler
<geldi|yattı>, her şey normal

= still_angry
bu <cevap değil|işe yaramıyor>
<üçüncü|dördüncü|beşinci> kez aynı <cevap|cümle>
<laf|söz> çok, <çözüm|sonuç> yok
{2-9} gün geçti, <değişen yok|hâlâ bozuk>
yazdığımı okudunuz mu siz?
bunu {times} denedim. başka fikir?
bu cevap değil, kopyala yapıştır
{t.np} için {weeks} önce de aynısını dediniz
hayır, çözülmedi. <hâlâ bekliyorum|ses yok>
<özür|bağlantı> istemiyorum, çözüm istiyorum

= answer
{hello} {t.help}. {help.end}
{hello} {sorry} {t.help}.
{sorry} {t.help}. {help.end}
{hello} <sorunuz|mesajınız|uyarınız> için teşekkürler. {t.help}.
{hello} {t.np} konusunda: {t.help}. {help.end}
{t.help}, <sizin için kontrol ettik|az önce baktık>. {help.end}
{hello} güzel haber: {t.help}.

= hello
<merhaba|iyi günler|selamlar>,
<merhaba|iyi günler>!
merhaba {first},

= sorry
<aksaklık|gecikme> için <üzgünüz|özür dileriz>,
<sizi anlıyoruz|böyle olmamalıydı>,
sabrınız için teşekkürler,

= help.end
<umarız yardımcı olmuştur|başka sorunuz olursa buradayız>.
<iyi günler|sağlıkla kalın>.
<olmazsa|düzelmezse> tekrar yazın.
çözülene kadar takipteyiz.

= ask
{hello} {sorry} {ask.what}?
{hello} {ask.what}?
{hello} <bakabilmemiz|yardım edebilmemiz> için bir bilgi gerekli: {ask.what}?
{t.np} konusunda <memnuniyetle|seve seve> yardımcı oluruz. {ask.what}?
{hello} {t.np} konusunda, {ask.what}?
{sorry} {ask.what}[, ayrıca {ask.what}]?

= ask.what
tam olarak ne <gördünüz|denediniz>
<saat kaçta|hangi gün> oldu
gelen mesajda ne yazıyordu
şimdiye kadar neler denediniz
hangi <şehirde|ilçede> oldu
kayıt numaranız var mı
ilk ne zaman <fark ettiniz|bize yazdınız>
kendi hesabınız mı ortak hesap mı

= divert
{hello} lütfen 0850 555 {10-99} {10-99} numarasını arayın{divert.end}
{hello} <lütfen bize DM gönderin|bize özel mesaj atar mısınız|lütfen özel mesajdan yazın>{divert.end}
{hello} lütfen {your_branch} uğrayın{divert.end}
{sorry} {t.np} konusuna bakmamız için bize özel mesaj gönderin
<bu işlem|bu konu> yalnızca <telefonla|şubeden|özel mesajla> çözülebiliyor{divert.end}
{hello} {t.np} soruları için çağrı merkezimizi arayın: 0850 555 {10-99} {10-99}
<müşteri numaranızı|bilgilerinizi> özel mesajla iletir misiniz{divert.end}
{hello} {t.np} için sitemizdeki formu doldurun lütfen

= your_branch
en yakın şubemize
kimliğinizle bir şubeye
size uygun bir şubemize

= divert.end
.
, ekibimiz <yardımcı olacak|ilgilenecek>.
, <kontrol edelim|bakalım>.
, teşekkürler.
, müşteri numaranız yanınızda olsun.

= automatic
Bize ulaştığınız için teşekkür ederiz. Mesajınızı aldık, 24 saat içinde dönüş yapacağız.
Bu otomatik bir yanıttır. Mesajınız alınmıştır, ekibimiz sırayla yanıt verecektir.
Talebiniz {100000-999999} numarasıyla kaydedilmiştir. Lütfen bu mesajı yanıtlamayınız.
Mesajınız için teşekkürler! Tüm temsilcilerimiz şu anda meşgul, en kısa sürede dönüş yapacağız.

= peer_answer
<bende de oldu|aynısını yaşadım>: {t.help}
bankadan değilim ama {t.help}
{t.help}, <bende işe yaradı|geçen hafta yaptım>
şunu dene: {t.help}
<sanırım|bildiğim kadarıyla> {t.help}
<arkadaşım|eşim> de sormuştu: {t.help}
{t.np} için dert etme: {t.help}
<aramaya gerek yok|kolay>: {t.help}[, kolay gelsin]

= attach
- customer
{bank}, {=text}
- official
{=text} — {bank}
- other
{=text} ({other} da görsün)
{=text} {other} bilginize
"""
