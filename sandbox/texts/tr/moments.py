"""Turkish frames without a topic: the card outage, small talk, and a place that shares a bank's name."""

GRAMMAR = """
= offtopic
{off.start} {off.what}
{off.what}, {off.end}
{off.what}
{off.start} {off.what}, {off.end}

= off.start
<bugün|bu sabah|nihayet>
hafta sonu planı:
<ruh hali|günün özeti>:

= off.what
<mercimek çorbası|elmalı turta|ev ekmeği>, {4-10} kişilik
<akşam|cumartesi> <maç|derbi> var
yağmur ve güzel bir kitap
nehir kenarında <bahar|kar>
o polisiye dizinin {2-5}. sezonu
{30-70} yaşında <gitar|İspanyolca|satranç>
kedim <süpürgeye|çamaşıra> karşı
{10-60} km <yürüyüş|bisiklet>
yeni albüm sürekli çalıyor
balkonda {2-9} kök domates
tren {10-50} dakika geç kaldı, vagonca tanıştık
sabah {4-6} gibi kalkıp gün doğumu

= off.end
<ya siz|başka kim var>?
hayat güzel
<fotoğraf|devamı> sonra
bol kahveyle

= ambiguous_place
{place.start} Liman {place.end}
Liman <bugün|bu akşam>: {place.what}
{place.start} Liman, {place.what}
Liman tarafında <martılar|ışıklar|tekneler>, {place.what}
Liman civarında yeni <kafe|balık pazarı|müze>, {place.what}

= place.start
<akşam yürüyüşü|sabah koşusu>:
<kahvaltı|akşam yemeği>:
<konser|havai fişek> akşamı
çocuklarla
buluşma yeri

= place.end
<gün batımı|gün doğumu>
kıyısında <arkadaşlarla|köpekle>
ve {8-24} derece hava

= place.what
<manzara harika|deniz sakin|rüzgâr sert>
<turist|yelkenli> dolu
{3-30} gemi demirli
en güzel gün batımı
balık çok taze

= crisis
{crisis.bad}. {bank}, {crisis.end}
{bank}, {crisis.bad}
{crisis.bad}. {crisis.bad}. {bank}?
{bank} çöktü mü? {crisis.bad}
{bank} kullanan başka kim var? {crisis.bad}
{crisis.bad}, {bank} <susuyor|uyuyor>
{bank} kartları {city} genelinde <çalışmıyor mu|ölü mü>? {crisis.bad}
- angry
{bank}! {crisis.bad}! {crisis.end}!
{bank} ne yapıyorsunuz! {crisis.bad}!
{crisis.bad}! <düzeltin şunu|bir şey söyleyin>, {bank}!
NE OLUYOR {bank}! {crisis.bad}
- sarcastic
tam zamanıydı {bank}: {crisis.bad}
{bank} parasız yaşamayı öğretiyor. {crisis.bad}
sayende {bank}, bu akşam bulaşıklar bende: {crisis.bad}
- worried
{bank} yardım edin: {crisis.bad}, {crisis.worry}
korkuyorum, {crisis.bad}, {crisis.worry}. {bank} lütfen
{crisis.worry} ve {crisis.bad}. ne yapayım {bank}?
- short
{bank}, {hour} beri {crisis.brief}
{shop} {crisis.brief}, {bank}
{bank} çöktü mü?
{bank} kartları çalışmıyor, {city}
{crisis.brief}, {bank}
{bank} {crisis.brief}, {city}
{bank} {crisis.brief} {times}

= crisis.brief
kart reddedildi
kartlar geçmiyor
ödeme yok
ATM de ölü
ne nakit ne kart
yine ret

= crisis.bad
{market} kasiyer hırsıza bakar gibi bakıyor, kart {times} geçmedi
maaş kartım ölü, {city} içinde ne taksi ne yemek
<ilaç|benzin|süt> parası var, kart geçmiyor
{hour} beri ailede çalışan kart yok
kartım {shop} {times} reddedildi, para hesapta
{market} kasada kaldım, arkada {2-40} kişi, kart çalışmıyor
{market} sepet dolu, her ödeme reddediliyor
{place} ATM de çökmüş, hiçbir yerde nakit yok
kart ret, uygulama çökük, hat meşgul
{stranded} mahsur kaldım, kart geçmiyor
{market} aldıklarımı bıraktım, kart {times} reddedildi
<taksiyi|oteli|yemeği> ödeyemiyorum, cihaz "banka yanıt vermiyor" yazıyor
{hour} beri tek ödeme geçmiyor
{city} içinde koca restoranın kartları geçmiyor
ne kartla ne telefonla ödeniyor, bankamatikler kapalı

= crisis.end
ne oluyor
ne zaman düzelecek
bir şey söyleyin
eve nasıl döneceğim
bu rezalet
bir bilgi verin
kartları düzeltin

= crisis.worry
yanımda <bir|iki|üç> çocuk var
param duruyor mu
bu akşam ilaç lazım
cebimde nakit yok
annem eczanede bekliyor
evden uzaktayım

= stranded
{city} yakınında benzinlikte
{city} havaalanında
{city} garında
takside
otel resepsiyonunda
yurt dışında çocuklarla
"""
