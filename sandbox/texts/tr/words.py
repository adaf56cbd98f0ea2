"""Turkish word lists that the frames fill in."""

GRAMMAR = """
= first
Ayşe Hanım
Mehmet Bey
Zeynep Hanım
Emre Bey
Elif Hanım
Can Bey
Deniz Hanım
Murat Bey

= shop
<markette|fırında|eczanede|benzinlikte|kafede|kitapçıda>
<sinemada|lokantada|ayakkabıcıda|pazarda|nalburda>

= abroad
yurt dışında
<İtalya'da|Japonya'da|Mısır'da|Yunanistan'da>

= while_away
<ben tatildeyken|ben hastanedeyken|iş gezisindeyken>
<taşınma|düğün|uçuş> günü
{50-300} liralık alışveriş yüzünden

= place
<garın|hastanenin|üniversitenin|belediyenin> yanındaki
{street} üzerindeki
alışveriş merkezindeki

= street
<Çınar|Cumhuriyet|Gül|Bahar|İstasyon|Çarşı|Yıldız> Caddesi

= city
İzmir
Bursa
Antalya
Eskişehir
Konya
Adana
Trabzon
Kayseri

= amount
{2-99}00 lira
{2-90} bin lira
{100-990} TL
{1-9}.{100-999} TL

= small
{19-190} lira
{19-290} TL

= market
<markette|süpermarkette|kitapçıda|ayakkabıcıda|nalburda>

= weeks
{2-6} hafta
bir ay
üç hafta

= days
{2-9} gündür
{2-3} haftadır
bir haftadır

= times
iki kez
üç kere
{3-9} kez

= hour
<sabahtan|öğleden|dünden|akşamdan>
saat {9-18}.00 sularından

= weekday
<pazartesi|salı|çarşamba|perşembe|cuma> günü
"""
