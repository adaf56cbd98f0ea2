"""Chinese wordings around a post: titles, openings, further sentences, closings, hashtags, emoji."""

GRAMMAR = """
= title
- crisis
{bank}的卡都刷不了？
{bank}：付款全部失败
{bank}崩了吗
- opinion
{bank}：{t.np}
聊聊{bank}的{t.np}
- fraud_report
<警惕|当心>冒充{bank}的诈骗
有人冒用{bank}名义行骗
- consider
要不要办{bank}
{bank}的{t.np}怎么样，求经验
- wish
给{bank}的建议：{t.np}
{bank}，一个愿望
- comparison
{bank}还是{other}：{t.np}
{other}与{bank}对比
- ambiguous_place
<傍晚|周日>的港湾
港湾随拍
- offtopic
<闲聊|水一帖>：{off.what}
说点别的：{off.what}
- negative
吐槽{bank}：{t.np}
{bank}：{t.bad}
{bank}的{t.np}，<我的遭遇|这正常吗>
- positive
{bank}<好评|体验不错>：{t.np}
{bank}：{t.good}
- neutral
<求问|请教>{bank}：{t.np}
关于{bank}的{t.np}

= open
- negative
很少发帖，这次实在忍不住。
说说经过，给大家提个醒。
我是{2-15}年的老客户了。
有点长，见谅。
- positive
一般生气才发帖，这次反过来。
老客户{2-15}年，来分享一下。
给还在犹豫的人说两句。
- neutral
大家好。
各位坛友好。
搜了论坛没找到新的。

= more
- negative
打了{2-6}次客服，每次说法都不一样。
没人负责。
{1-28}号发的邮件到现在没回。
为这事耽误了半天工。
工单写着“已解决”，其实没有。
我<老婆|老公|爸>的{t.np}也一样糟。
只收到一封套话信。
而且{t.bad}。
- positive
客服{2-20}分钟就回了。
我<老婆|老公|妈>对{t.np}也很满意。
目前没发现坑。
而且{t.good}。
本来没抱期望。
跟以前那家比是两个世界。
- neutral
<周五|下个月>前用得上。
条款看了，没写。
补充一下：{t.fact}。
有线索都行。
有人办过吗。

= more.request
- neutral
<周一|上周>就提过了。
需要材料我可以补。
回个简短确认就行。
同样内容也发了邮件。
补充一下：{t.fact}。

= more.fraud_report
- negative
请提醒其他客户。
我都截图了。
对方号码尾号{10-99}。
老人很容易上当。
{4-20}号已报警。
他们对我的情况了解得吓人。

= more.wish
- neutral
别家早有了。
应该不止我一个人想要。
这样{t.np}就更方便了。
谢谢倾听。
只是个想法。

= more.opinion
- neutral
知道的就这些。
也许有人不这么看。
平时用得不多。
我在别家也有账户。
不构成建议。

= close
- negative
<有同样遭遇的吗|换你会怎么办>？
耐心用完了。
有人成功维权过吗？
大家自己判断吧。
- positive
就想说说。
放心推荐。
感谢每一位！
- neutral
先谢谢了。
谢谢看完。
大家怎么看？

= hashtags
- negative
#差评#
#服务态度#
#避雷#
#维权#
- positive
#好评#
#暖心服务#
#点赞#
- neutral
#银行#
#理财#
#求助#

= emoji
- negative
😡
🤬
😤
🙄
👎
{[}怒{]}
{[}吐{]}
- positive
😊
👍
❤️
🎉
👏
{[}赞{]}
{[}鼓掌{]}
- neutral
🤔
🙂
👀
{[}思考{]}
- sarcastic
🙃
👏👏👏
🤡
{[}微笑{]}
- worried
😢
😰
🙏
"""
