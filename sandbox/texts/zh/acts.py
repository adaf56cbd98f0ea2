"""Chinese frames: what customers do with a topic's wordings."""

GRAMMAR = """
= complaint
{bank}，{t.bad}
{t.bad}。<谢谢啊|真行|厉害了>，{bank}
<又是|还是>{bank}：{t.bad}
{bank}又<来了|这样|犯病了>，{t.bad}
{t.bad}，{bank}<装死|不吭声|发个表情就完事|觉得很正常>
{bank}，这<正常吗|合理吗|说得过去吗>？{t.bad}
<请问|想问问>{bank}有人看留言吗？{t.bad}
{t.bad}。{neg.end}，{bank}
{neg.start}{bank}，{t.bad}
{t.bad}。{bank}，{neg.end}
以前觉得{bank}还不错，现在{t.bad}
这可不是{bank}<宣传|承诺>的样子：{t.bad}
跟{bank}扯皮第{2-9}天：{t.bad}
<避雷|劝退>{bank}！{t.bad}
还有谁被{bank}坑过？{t.bad}
{t.bad}，<服了|无语|醉了>，{bank}
不<指望|期待>{bank}了，{t.bad}
- formal
{bank}，您好。本人投诉如下：{t.bad}。{formal.end}。
现就以下问题向{bank}提出投诉：{t.bad}。{formal.end}。
致{bank}：{t.bad}。{formal.end}。
- angry
{bank}，你们<搞什么|还要不要脸|有没有人管>！{t.bad}！
{t.bad}！{neg.end}，{bank}！
{bank}，{very}<气死|火大|失望|离谱>！{t.bad}！
<垃圾|差劲|坑人>{bank}！{t.bad}！
{t.bad}！<凭什么|我交的钱都干嘛了>，{bank}？！
我{very}<受够了|忍无可忍>，{bank}！{t.bad}
- sarcastic
<太喜欢|最爱>{bank}了：{t.bad}
{t.bad}。<五星好评|业界良心|感动中国>，{bank}，<继续保持|一如既往>
{bank}{sarcasm}：{t.bad}
<恭喜|佩服>{bank}：{t.bad}
又是{bank}陪伴的<美好|快乐>一天，{t.bad}
这就是{bank}传说中的服务：{t.bad}
谢谢{bank}让我<清醒|锻炼耐心>，{t.bad}

= sarcasm
真会替客户着想
说到做到呢
省时省心
什么都想到了

= very
真的
实在
简直
太太太

= neg.start
<拜托|醒醒>，
<无语|服了>，
<说真的|讲道理>，
<喂|哈喽>，

= neg.end
没人管
<等到现在|杳无音信>
<忍不了了|耐心用完了>
<给个说法|什么时候解决>
连句道歉都没有
<心累|心寒>
<这就是服务|就这态度>
还在等

= formal.end
请在{5-14}日内书面答复
请尽快核实处理
如不解决将向监管部门投诉
请说明原因
请告知处理时限

= question
{bank}，{t.ask}？
<你好|您好|请问>{bank}，{t.ask}？
{t.ask}？{bank}
{t.fact}。{bank}，{t.ask}？
{bank}，两个问题：{t.ask}？还有，{t.ask}？
<我妈|室友|同事>让我问{bank}，{t.ask}？
{bank}，{t.ask}？<周五前|下周|出差|替爸妈>要用
<新手|小白>求教{bank}，{t.ask}？
<打扰了|辛苦>，{bank}，{t.ask}？
{bank}的<小伙伴|客服>，{t.ask}？<蹲个回复|急>
<想问一下|问个问题>，{bank}：{t.ask}？
<有人知道|谁知道>{bank}{t.ask}？
有{bank}账户的朋友，{t.ask}？
关于{t.np}问下{bank}，{t.ask}？
<官网没找到|帮助里没写>，{bank}，{t.ask}？
不急，{bank}，{t.ask}？
用{bank}的，{t.ask}？<谢谢|在线等>
- formal
{bank}，您好，咨询一下：{t.ask}？谢谢。
您好，{bank}，关于{t.np}，{t.ask}？

= request
{bank}，请{t.req}
{bank}，<麻烦|劳驾>{t.req}，<谢谢|多谢>
<你好|您好>{bank}，能{t.req}吗？
<拜托|求>{bank}{t.req}
{t.req}，{bank}，<可以吗|麻烦了>？
{bank}，我需要你们{t.req}
关于{t.np}，请{bank}{t.req}
<有空的话|方便的话>，{bank}，请{t.req}
- formal
{bank}，您好，请协助{t.req}，客户号{100000-999999}。
现申请{bank}{t.req}，材料已提交。

= wish
<建议|希望>{bank}{t.wish}
{bank}，<能不能|可不可以>{t.wish}？
要是{bank}能{t.wish}就好了
给{bank}提个<建议|想法>：{t.wish}
<盼着|坐等>{bank}{t.wish}
{bank}，<考虑一下|听我一句>：{t.wish}，{why_wish}
关于{t.np}，就盼{bank}{t.wish}
{t.wish}，{bank}，{why_wish}
<许愿|愿望>：{bank}{t.wish}

= why_wish
别家都有了
<省心|好多人会高兴>
应该不难吧
那就完美了

= praise
<谢谢|感谢|多谢>{bank}：{t.good}
{bank}，{t.good}。{pos.end}
{t.good}。{pos.end}，{bank}
<必须夸|不得不夸|表扬一下>{bank}：{t.good}
{t.good}，<所以我选|所以一直用>{bank}
{bank}<给了我惊喜|没让人失望|真不错>：{t.good}
很少夸银行，但{bank}{t.good}
本来想吐槽{bank}，结果{t.good}
对{bank}没什么可挑的：{t.good}
{t.good}，<太开心了|心情大好>。{bank}，<赞|给力|点赞>
- formal
{bank}，您好，特此致谢：{t.good}。{pos.end}。
向{bank}表示感谢：{t.good}。

= pos.end
<继续保持|再接再厉>
<好评|五星好评|满分>
<这才叫服务|就该这样>
<推荐给大家|推荐>
<暖心|贴心>
<赞|点赞|真棒>
没得挑

= consider
想换到{bank}，<同事|邻居>说“{t.good}”，<靠谱吗|值得吗>？
看中{bank}的{t.np}，想问{t.ask}？
要不要去{bank}开个户？<朋友|我姐>说“{t.good}”
<可能|大概>会去{bank}，主要看{t.np}
在挑银行，对比{t.np}，{bank}在名单里
谁有{bank}的账户？<想找家新银行|打算换银行>，最看重{t.np}
现在的银行不合适，下一家多半是{bank}，冲着{t.np}去
- other
纠结{bank}还是{other}，要开新户，主要看{t.np}
{bank}和{other}选哪个？下周开户，看重{t.np}
想从{other}换到{bank}，听说{t.np}不错

= leave
<再见|拜拜|够了>，{bank}：{t.bad}，我要销户
钱全转走了，{bank}：{t.bad}
用了{2-15}年，<离开|告别>{bank}：{t.bad}
{t.bad}。{bank}的账户已销，<再见|不送>
最后一根稻草：{t.bad}。{bank}，<告辞|再也不见>
{bank}怎么销户？{t.bad}，不用了
今天换了别家，{bank}继续画饼吧：{t.bad}
- other
从{bank}转去{other}了：{t.bad}
{t.bad}。再见{bank}，你好{other}
销了{bank}，开了{other}，原因：{t.bad}

= fraud_report
<警惕|当心>：有人冒充{bank}<打电话|发短信>，说{t.np}的事，<要验证码|链接是假的>
{bank}，有人用你们名义<打给我妈|到处打电话>，聊{t.np}，<骗验证码|骗密码>
出现假的{bank}页面，{scam.how}
{bank}，我账户被人转走{amount}：{scam.what}
{bank}，有一笔{amount}不是我<付|转>的：{scam.what}，快冻结
收到假冒{bank}的短信“<账户将冻结|您已中奖>”，{scam.how}
有个山寨{bank}账号，专找问{t.np}的人私信，{scam.how}
钓鱼网站仿{bank}登录页，{scam.how}
向{bank}举报诈骗：{scam.what}，起因是一个聊{t.np}的电话

= scam.how
<已有两个邻居|好几个人>被骗
要卡号和验证码
网址多了一个字母
<别点链接|告诉爸妈>
我已报警
赶紧叫人下架

= scam.what
在没去过的店里刷了{2-6}笔
钱转给了陌生人
凌晨{1-5}点有人在{city}登录
手机号被改成别人的
冒我名贷了款
对方知道我余额

= opinion.positive
<个人觉得|我看|说实话>，论{t.np}，{bank}<最好|领先一截>
不管怎么说，{bank}的{t.np}<做得好|让人放心>
{bank}的{t.np}<没得说|靠谱>：{t.good}
用了<三年|五年>{bank}，结论：{t.good}
<朋友|同事>问我{bank}怎么样，我就说{t.good}
看重{t.np}的话，{bank}是<不错|聪明>的选择
{bank}：{t.good}。<难得|少见|认可>
{bank}被低估了，{t.good}
以前对{bank}有疑虑，现在没了：{t.good}

= opinion.negative
<个人觉得|我看|说实话>，论{t.np}，{bank}<垫底|最差>
不管怎么说，{bank}的{t.np}<不行|让人失望>
{bank}的{t.np}，<一言难尽|呵呵>：{t.bad}
身边用{bank}的都在吐槽：{t.bad}
用了<三年|五年>{bank}，结论：{t.bad}
看重{t.np}的话，<绕开|别选>{bank}
{bank}嘴上天天讲{t.np}，实际<一塌糊涂|啥也没有>
{bank}<越来越差|一年不如一年>：{t.bad}
不懂为什么有人推荐{bank}，{t.bad}
设计{bank}{t.np}的人，自己肯定不用

= opinion.neutral
{bank}的{t.np}<一般般|中规中矩>
{bank}有好有坏：{t.good}，但{t.bad}
{bank}：{t.fact}，没什么特别
对{bank}没什么感觉，{t.fact}
{bank}的{t.np}，<有人满意有人不满|看个人需要>
对{bank}评价复杂：{t.bad}，不过{t.good}
论{t.np}，{bank}不比别家好，也不比别家差
{bank}的{t.np}说不上来，<用得少|还早>

= opinion.plain
{bank}：{t.fact}
{t.fact}，就是{bank}
<今天|这周>{bank}的事：{t.fact}
{t.fact}（{bank}）
在看{bank}的{t.np}
有人问{bank}，说一下：{t.fact}
<中午|开会>聊到{bank}和{t.np}
<我姐|邻居>就住{bank}旁边，{t.fact}

= comparison
{bank}对比{other}：前者{t.good}，后者{t.bad}
{other}：{t.bad}。{bank}：{t.good}。<高下立判|差距啊>
从{other}换到{bank}，<值了|不后悔>：{t.good}
论{t.np}，{bank}甩{other}几条街
{bank}{t.good}，{other}还活在{1995-2008}年
用过{other}再用{bank}，<像放假|天上地下>：{t.good}
为什么{bank}行，{other}不行？{other}那边{t.bad}
"""
