"""Chinese frames: the bank's own posts, news, promotion and spam."""

GRAMMAR = """
= official_pr
<好消息|重要消息>！{bank}将{t.npos}。{pr.end}
{bank}即将{t.npos}。{pr.end}
<下周|下月|五月>起，{bank}将{t.npos}。{pr.end}
您的声音我们听到了：{bank}将{t.npos}。{pr.end}
很荣幸地宣布，{bank}将{t.npos}。{pr.end}
#{bank}新动态#{bank}将{t.npos}。{pr.end}
{bank}为什么要{t.npos}？<专访|答案>见官网
{city}见！{bank}开放日，聊聊如何{t.npos}

= pr.end
<详情|更多>见<官网|APP>
<因为有您|与您同行|让金融更简单>
<您怎么看|您期待吗>？
转发告诉朋友
感谢一路相伴

= news.title
- positive
{bank}将{t.npos=x}
{bank}宣布{t.npos=x}
{bank}计划{t.npos=x}
- negative
{bank}陷风波：{t.nneg=x}
{t.nneg=x}，{bank}遭质疑
{bank}被曝{t.nneg=x}
{bank}：{t.nneg=x}，怎么回事
- neutral
{bank}将{t.nneu=x}
{bank}拟{t.nneu=x}
{bank}：计划{t.nneu=x}

= news.lead
- positive
{weekday}，{bank}宣布将{=x}。
记者获悉，{bank}计划{=x}。
{bank}在公告中表示，将{=x}。
- negative
近日，{bank}被指{=x}。
{weekday}，有关{bank}“{=x}”的消息引发关注。
记者调查发现，{bank}存在{=x}等问题。
- neutral
{weekday}，{bank}发言人表示，将{=x}。
据公告，{bank}拟{=x}。
{bank}证实，计划{=x}。

= news.more
- positive
消费者协会对此表示<欢迎|肯定>。
分析人士认为这显示了实力，股价上涨{1-5}.{1-9}%。
{city}的试点客户反响热烈。
“这是多年来最利民的一步。”一位分析师说。
最新调查中，客户对{t.np}的满意度上升{3-15}个百分点。
同业目前尚无可比方案。
- negative
消费者组织称其“不可接受”，正准备集体诉讼。
股价早盘下跌{1-9}.{1-9}%。
该行拒绝置评。
涉及{t.np}的投诉一年内增加{15-80}%。
受影响的客户称数周得不到答复。
监管部门已介入调查。
“信任失去得比建立得快。”一位分析师说。
- neutral
此举涉及约{10-90}%的客户。
更多细节将于<下周|月底>公布。
该行现有客户{2-9}00万户、网点{4-30}0家。
费用未披露。
{2021-2024}年曾讨论过关于{t.np}的类似计划。
- context
该行现有客户{2-9}00万户、网点{4-30}0家。
总部设在{city}。
下一份财报将于<五月|三周后>发布。
一年前，{t.np}也曾是话题。

= promotion
用我的邀请码{code}开{bank}账户，咱俩各得{20-90}元
<最后几天|仅限本周>：{bank}新客送{50-300}元，链接在主页
{bank}将{t.npos}，今天<注册|预约>送{50-300}元 #广告#
抽{2-9}部手机！关注{bank}，点赞转发
【广告】{bank}将{t.npos}，新客前<三|六>个月免费
想找更好的银行？{bank}，优惠码{code}，还将{t.npos}
我在{bank}有内推名额，评论“1”发邀请，得{20-90}元

= bot_spam
在家兼职日赚{300-900}，{bank}客户优先，私信我{link}
{bank}客户领{200-900}USDT，点这里{link}
欠一身债，多亏遇到这位老师，{bank}的朋友看过来{link}
恭喜！{bank}抽中您，奖金{1000-9000}元，点击领取{link}
无抵押{5-30}分钟放款，比{bank}快，戳{link}
投{100-300}，{2-7}天变{1000-5000}，稳赚，{bank}用户专享{link}

= link
 https://{link.word}-{link.word}.example/{code}
 http://{link.word}{10-99}.example/{code}

= link.word
fuli
yinli
jinbi
hongbao
profit
bonus

= code
{link.letter}{link.letter}{100-999}{link.letter}
{link.letter}{10-99}{link.letter}{10-99}

= link.letter
<a|b|c|d|e|f|g|h|k|m|n|p|q|r|s|t|w|x|z>
"""
