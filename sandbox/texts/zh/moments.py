"""Chinese frames without a topic: the card outage, small talk, and a place that shares a bank's name."""

GRAMMAR = """
= offtopic
{off.start}{off.what}
{off.what}，{off.end}
{off.what}
{off.start}{off.what}，{off.end}

= off.start
<今天|早上|终于>
周末计划：
<心情|记录>：

= off.what
<炖了一锅汤|烤了苹果派|做了面包>，{4-10}个人吃
<今晚|周六>看球赛
下雨天看书
公园里<春天来了|下雪了>
那部悬疑剧追到第{2-5}季
{30-70}岁开始学<吉他|西班牙语|象棋>
我家猫大战<吸尘器|洗衣机>
<徒步|骑车>{10-60}公里
新专辑单曲循环
阳台种了{2-9}盆番茄
火车晚点{10-50}分钟，和邻座聊成朋友
爬山看日出，{1-5}点起床

= off.end
<你们呢|还有谁>
生活真好
<照片|后续>晚点发
求同好
再来杯咖啡

= ambiguous_place
{place.start}港湾{place.end}
港湾{place.what}
{place.start}港湾，{place.what}
港湾的<海鸥|灯火|船>，{place.what}
港湾新开了<咖啡馆|海鲜市场|博物馆>，{place.what}

= place.start
<傍晚|早上|饭后>走在
<早餐|晚饭>在
带孩子去了
<音乐会|烟花|集市>在
<路过|夜游>

= place.end
<吹海风|看日落>
<遛狗|散步>，{8-24}度
拍了{3-90}张照片

= place.what
<风景绝了|风平浪静|风很大>
<游客|帆船>真多
停了{3-30}条船
日落最美
鱼汤很鲜

= crisis
{crisis.bad}。{bank}，{crisis.end}
{bank}，{crisis.bad}
{crisis.bad}，{crisis.bad}。{bank}？
{bank}<崩了吗|瘫了>？{crisis.bad}
还有人用{bank}吗？{crisis.bad}
{crisis.bad}，{bank}<不吭声|在睡觉>
{bank}的卡{city}<都刷不了|全废了>？{crisis.bad}
- angry
{bank}！{crisis.bad}！{crisis.end}！
{bank}你们搞什么！{crisis.bad}！
{crisis.bad}！<快修|说话啊|管不管>，{bank}！
- sarcastic
真会挑时候，{bank}：{crisis.bad}
{bank}教我过没钱的日子，{crisis.bad}
谢谢{bank}，今晚我在{city}洗碗抵债：{crisis.bad}
- worried
{bank}，救命：{crisis.bad}，{crisis.worry}
好慌，{crisis.bad}，{crisis.worry}，{bank}帮帮忙
{crisis.worry}，{crisis.bad}，怎么办，{bank}
- short
{bank}{hour}开始{crisis.brief}
{shop}{crisis.brief}，{bank}
{bank}崩了？
{bank}的卡在{city}刷不了
{crisis.brief}，{bank}
{bank}{crisis.brief}，{city}
{bank}{crisis.brief}，试了{times}

= crisis.brief
刷卡失败
卡刷不了
付不了款
取款机也瘫了
没现金也没卡
又被拒了

= crisis.bad
{market}刷了{times}，收银员看我像看骗子
工资卡废了，{city}打不到车，也吃不上饭
<交押金|买药|加油>的钱有，卡就是刷不动
{hour}起全家的卡一张都不灵
{shop}刷卡失败{times}，钱明明在
{market}卡在收银台，后面{2-40}个人排着，卡就是刷不了
{market}一车东西，付款全被拒
{place}的ATM也死机，哪都取不到现金
卡被拒，APP崩了，热线占线
困在{stranded}，卡用不了
{market}只好把东西都放下，刷了{times}都不行
<打车|酒店|饭>钱付不了，机器显示“发卡行无响应”
{hour}到现在一笔都付不出去
整个餐厅的人卡都刷不了，{city}
刷卡扫码都不行，取款机也关了

= crisis.end
怎么回事
什么时候能好
倒是说句话
我怎么回家
丢人
给个通知行不行
赶紧修卡

= crisis.worry
我一个人带<一|两|三>个孩子
钱还在不在
今晚要买药
身上一分现金没有
我妈还在药店等
离家很远

= stranded
{city}的加油站
{city}机场
{city}火车站
出租车上
酒店前台
国外还带着孩子
"""
