"""Turkish wordings by topic: branches, queues, app, internet bank, outage, call centre, staff, opening, fraud."""

GRAMMAR = """
= branch_service
- np
şubeler
şube hizmeti
{street} şubesi
- bad
{street} şubesinde {40-90} dakika masadan masaya gönderildim
{10-40} km yol gidip şubeyi "teknik nedenle" kapalı buldum
şube <adresimi|imzamı> değiştiremedi, başka şubeden kâğıt istedi
şubede imzaladığım formu anlatabilen çıkmadı
kasabadaki tek şube haftada {2-3} saat açık
- good
{street} şubesinde her şey on dakikada bitti
gişedeki hanım mesai bitince kalıp bana yardım etti
{street} şubesi ferah, sessiz, kahve de var
- ask
{street} şubesi cumartesi açık mı
şubede imza değiştirmek için randevu gerekir mi
hangi şubede kiralık kasa var
- req
{street} şubesinin dörtte kapanmamasını
{street} şubesinden randevu verilmesini
- wish
bizim mahalleye şube açsa
her şubede yaşlılara bir gişe ayırsa
- fact
{street} şubesi mayısa kadar tadilatta
bugün {street} şubesindeydim
- help
{street} şubesi dokuzdan {16-18}.00 saatine kadar açık, randevu internetten alınır
adres her şubede değişir, kimlik yeter
- npos
küçük şehirlerde {5-40} şube açmayı
şubeleri cumartesi açık tutmayı
- nneg
kapatılan {10-60} şube
şubelerde kötü hizmet
- nneu
şube saatlerini mayısta değiştirmeyi
{street} şubesini taşımayı

= queues
- np
kuyruklar
bekleme süresi
sıra sistemi
- bad
bir imza için {40-120} dakika kuyruk
{10-30} kişi bekliyor, tek gişe açık, iki memur çay içiyor
numaram {80-190}, tabela {12-60} gösteriyor, birazdan öğle arası
açılışta geldim, yine {1-3} saat sıra bekledim
randevu almak için kuyruğa girmek gerekiyor
- good
{4-9} dakikada girdim çıktım, bekleyen yok
sıra gelince mesaj atıyorlar, ayakta beklemek yok
üç kişi birikince hemen ikinci gişeyi açıyorlar
- ask
{street} tarafı hangi saatte tenha
sıra numarası internetten alınır mı
bekleme sabah mı az akşam mı
- req
{street} için ikinci gişenin açılmasını
sıra makinesinin onarılmasını
- wish
kuyruk uzunluğunu sitede gösterse
kısa işler için ayrı sıra açsa
- fact
önümde {3-9} kişi var
kapıya yeni sıra makinesi koymuşlar
- help
sıra numarası bir saat önceden internetten alınır
en az bekleme {13-14} ile 16 arası
- npos
bekleme süresini yarıya indirmeyi
{5-10} dakikadan uzun bekletmemeyi
- nneg
{2-4} saati bulan kuyruklar
kapı önünde uzayan sıralar
- nneu
mesajla sıra numarası denemeyi
bekleme sürelerini ölçmeyi

= mobile_app
- np
mobil uygulama
uygulama
telefon uygulaması
- bad
güncellemeden sonra uygulama <açılır açılmaz kapanıyor|logoda takılıyor|dakikada bir atıyor>
uygulama önce parmak izimi, sonra şifremi, sonra beni unuttu
{days} telefonda "bir sorun oluştu"
yeni tasarımda bakiyeyi görmek {6-12} dokunuş
bildirimler {2-9} saat geç geliyor ya da {3-6} kere
uygulama pili bitiriyor, hareketler yine yüklenmiyor
- good
uygulama güncellemesi <harika|çok iyi>: hızlı, sade, her şey elimin altında
yüzle giriş anında açılıyor
yarım gün süren işi telefondan {1-3} dakikada hallettim
- ask
telefonu değiştirdim, girişi nasıl taşırım
uygulama eski telefonda çalışır mı
uygulamada <ekstre|düzenli ödeme> nerede
uygulamayı yeni telefona nasıl taşırım
- req
{4-9}.{1-20} sürümündeki giriş hatasının düzeltilmesini
çalınan telefonumun uygulamadan kaldırılmasını
- wish
uygulamaya <karanlık mod|bakiye aracı> eklese
saat için uygulama yapsa
- fact
uygulamanın {4-9}.{1-20} sürümü çıktı
uygulamayı tablete kurdum
- help
uygulamayı {5-9}.{1-20} sürümüne güncelleyip tekrar girmek sorunu çözüyor
uygulamada Profil, Cihazlar, Cihaz ekle deyin, kod mesajla gelir
- npos
sesli aramalı yeni mobil uygulama çıkarmayı
uygulamaya çocuk hesabı eklemeyi
- nneg
kullanıcıları dışarıda bırakan uygulama güncellemesi
uygulamaya yağan tek yıldızlar
- nneu
eski telefonlarda uygulama desteğini bitirmeyi
uygulamanın tasarımını sonbaharda yenilemeyi

= internet_bank
- np
internet bankacılığı
web sitesi
internet şubesi
- bad
internet bankacılığı formun ortasında atıyor, her şey baştan
web sitesi {2012-2017} model tarayıcı istiyor
internet şubesinden indirdiğim ekstre boş dosya
internet bankacılığı girişte {3-6} kez kod soruyor
web sitesinde hesaplarımın yarısı kayıp
- good
internet şubesi sonunda bütün hesapları tek sayfada gösteriyor
web sitesi eski bilgisayarda bile hızlı
internet bankacılığından bir yıllık döküm tek tıkla tablo oluyor
- ask
internet bankacılığı hangi tarayıcıyla çalışır
internet şubesinden kaşeli ekstre nasıl alınır
telefonsuz web sitesine girilir mi
- req
internet bankacılığı girişimin açılmasını
web sitesinde ekstre indirmenin geri getirilmesini
- wish
internet şubesine tutarla arama eklese
web sitesinde bütün yılları bir seferde indirtse
- fact
internet şubesinin güvenlik sertifikası değişti
faturaları web sitesinden ödüyorum
- help
tarayıcı önbelleğini silip internet şubesine tekrar girmek çözüyor
ekstreler internet şubesinde Belgeler altında, {5-10} yıl geriye gider
- npos
internet bankacılığını görme engellilere uygun hale getirmeyi
internet şubesine güvenlik anahtarı getirmeyi
- nneg
internet bankacılığında giriş arızaları
{3-9} saat açılmayan web sitesi
- nneu
internet şubesinde giriş yöntemini değiştirmeyi
web sitesini pazar günü bakıma almayı

= outage
- np
kesintiler
sistem bakımı
sistemlerin durumu
- bad
{hour} beri her şey çökük: ödeme, giriş, bakiye
iş günü ortasında "bakım", bu ay {3-6}. kez
{2-9} saattir hiçbir şey açılmıyor, ödeme yapamıyorum
sunucular çökmüş, durum sayfası "her şey yolunda" diyor
bakiye sıfır, giriş yok, {days} "arızanın farkındayız"
- good
bakımı bir hafta önceden haber verdiler, {10-40} dakikada bitti
arıza {5-20} dakikada giderildi, nedenini de anlattılar
{2-5} yılda tek kesinti görmedim
- ask
sistem herkeste mi çöktü yoksa bende mi
bakım ne zaman bitecek
bu geceki bakımda ödeme geçer mi
- req
sistem açılınca haber verilmesini
gerçek bir durum sayfası yayımlanmasını
- wish
bakımı bir hafta önce duyursa
kesintide bari bakiyeyi gösterse
- fact
bu gece {1-3} ile {4-6} arası planlı bakım var
dün gece hizmetler {10-50} dakika kapalıydı
- help
sistemler yeniden açıldı, lütfen tekrar giriş yapın
bakım sabah {4-6} gibi biter, kartlar bu sürede çalışır
- npos
kesintiye karşı ikinci veri merkezi kurmayı
son kesinti için müşterilere tazminat ödemeyi
- nneg
ödemeleri {3-9} saat durduran kesinti
tekrarlanan teknik arızalar
- nneu
pazar gecesi sistem bakımı yapmayı
sistemleri yeni veri merkezine taşımayı

= call_centre
- np
müşteri hattı
çağrı merkezi
telefon desteği
- bad
hatta {30-90} dakika bekledim, sonra düştü
çağrı merkezi {3-7} kez aktardı, sonuncusu kapattı
"aramanız bizim için önemli" {20-70} dakika, müziği ezberledim
robot "temsilci" sözünü anlamıyor
telefondaki her temsilci başka söylüyor, {times} aradım
- good
ikinci çalışta gerçek insan açtı
temsilci dediği saatte geri aradı
gece {1-4} gibi tek telefonla çözüldü
- ask
yurt dışından hangi numarayı arayayım
telefon desteği kaça kadar açık
müşteri hattında insana nasıl bağlanırım
- req
{10000-99999} numaralı kayıt için geri aranmamı
derdimi her temsilciye baştan anlatmamak için not düşülmesini
- wish
müzik yerine geri arama sunsa
gece de telefon açsa
- fact
müşteri hattının numarası değişmiş
bir belge için hattı aradım, dönüş bekliyorum
- help
yurt dışından kartın arkasındaki numara aranır, geri arama da istenebilir
hat en çok {19-20}.00 sonrası boş olur
- npos
çağrılara {20-60} saniyede yanıt vermeyi
işaret dilinde hat açmayı
- nneg
hatta bir saati aşan bekleme
çağrı yağmurunda kilitlenen çağrı merkezi
- nneu
çağrı merkezini taşımayı
müşteri hattının numarasını değiştirmeyi

= staff
- np
çalışanların tutumu
personel
müşteri temsilcileri
- bad
ikinci soruyu sorunca memur gözlerini devirdi
müdür annemle <çocukla|hırsızla> konuşur gibi konuştu
personel tatil sohbetinde, insanlar ayakta
danışman ürünü önümde broşürden öğrendi
{2-4} kişiden üst üste "bu benim işim değil"
- good
ilgilenen hanım sabırlı ve her şeyi biliyor
müdür bizzat özür diledi, kendi eliyle çözdü
öyle sıcak insanlar çalışıyor ki babaannem isimleriyle soruyor
- ask
bir çalışana nasıl teşekkür edebilirim
kişisel temsilcim hâlâ aynı kişi mi
{street} tarafındaki danışman izindeyken kim bakıyor
- req
bana başka bir temsilci atanmasını
sözlerimin {street} müdürüne iletilmesini
- wish
çalışanlara sade konuşmayı öğretse
ziyaretten sonra temsilciye puan verme imkânı sunsa
- fact
{street} için yeni müdür gelmiş
bugün bir danışmanla konuştum
- help
çalışanla ilgili görüş şube müdürüne gider, {2-5} günde yanıt gelir
başka temsilci Profil bölümünden seçilebilir
- npos
{2-9}00 çalışana işaret dili öğretmeyi
{1-4}00 danışman işe almayı
- nneg
çalışanların kaba davranışı
müşteriye hakaret eden memurun açığa alınması
- nneu
yeni bölge müdürü atamayı
{5-20}0 çalışanı uzaktan çalışmaya geçirmeyi

= account_opening
- np
hesap açılışı
müşteri olma süreci
kayıt
- bad
hesap açmak {weeks} sürdü, hâlâ açılmadı
görüntülü kimlik kontrolü "ışık kötü" diye {times} düştü
hesap açma formu <tireli soyadımı|yeni adresimi> kabul etmiyor
gerekçesiz hesap açmadılar
formu doldurdum, belgeleri yükledim, "baştan başlayın"
- good
hesabı {6-12} dakikada otobüste açtım
hesap açılırken düzenli ödemelerimi kendileri taşıdı
kayıt kolay, gereksiz şey sormuyorlar
- ask
öğrenciye hesap açmak için ne gerekir
{10-16} yaşındaki kızıma hesap açabilir miyim
şubeye gitmeden müşteri olunur mu
- req
{10000-99999} numaralı hesap başvurumun durumunun bildirilmesini
yarım kalan kaydımın silinmesini
- wish
ortak hesabı internetten açsa
hesap açarken yabancı pasaport kabul etse
- fact
geçen hafta orada hesap açtım
hesap belgelerini postayla yolladım
- help
hesap açmak için kimlik ve özçekim yeter, {8-15} dakika sürer
başvuru e-postadaki bağlantıdan sürdürülür
- npos
{5-10} dakikada kâğıtsız hesap açmayı
yabancı öğrencilere hesap açmayı
- nneg
reddedilen hesap başvuruları
haftalarca bekleyen yeni müşteriler
- nneu
yeni müşterilerden vergi numarası istemeyi
hesap açılışında kimlik kontrolünü değiştirmeyi

= fraud
- np
dolandırıcılığa karşı koruma
güvenlik
sahtecilik birimi
- bad
bir gecede hesabımdan {amount} çalındı, "siz onayladınız" diyorlar
dolandırıcı adıma kredi çekti, geçmiş
çalınan para için {2-9} gün önce başvurdum, iade yok
dolandırıcıya giden transfer geçti, benim kiram şüpheli sayıldı
sahtecilik birimi altıda kapanıyor, hırsız kapanmıyor
- good
dolandırıcıya giden {amount} transferi durdurup hemen aradılar
çalınan paranın tamamı {2-5} günde geri geldi
şüpheli çekimden bir dakika sonra güvenlikten aradılar
- ask
<kodlu|bağlantılı> mesajı gerçekten siz mi attınız
kodu dolandırıcıya söylediysem ne yapmalıyım
yapmadığım harcamaya nasıl itiraz ederim
- req
biri adıma girmiş, her şeyin dondurulmasını
bana ait olmayan {amount} tutarındaki iki işlemin iptalini
- wish
yurt dışı işlemi kapatma imkânı verse
büyük transferi bir saat bekletip dolandırıcıyı engellese
- fact
telefon dolandırıcılığı üzerine bir konuşma vardı
dolandırıcılara karşı broşür gönderdiler
- help
şüpheli işleme İşlemler bölümünden itiraz edilir, erişim hemen kilitlenir
banka asla kod istemez, telefonu kapatıp şifreyi değiştirmek yeter
- npos
dolandırılan müşterilerin parasını {2-5} günde ödemeyi
sahte transferlerin yüzde {90-99} kadarını engellemeyi
- nneg
hesaplardan hırsızlık dalgası
parası iade edilmeyen dolandırıcılık mağdurları
- nneu
sahte mesajlara karşı uyarmayı
yeni alıcıya ilk transferi geciktirmeyi
"""
