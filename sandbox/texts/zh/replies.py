"""Chinese frames: answers of banks and customers in a thread."""

GRAMMAR = """
= thanks
<谢谢|多谢|感谢>[，<帮大忙了|太好了|有用>]
谢谢<这么快|耐心|详细>的<回复|解答>
<好的|太好了|太棒了>，谢谢！
谢谢，我<试试|照做>
<哇|呀>，好快，谢谢
谢谢，{t.np}的事明白了

= confirms
<好了|可以用了>[，谢谢]
<解决了|搞定了>[，谢谢]
<对|嗯>，<钱回来了|到账了|成功了>
刚看了，<一切正常|没问题了>
<更新|后续>：<打电话来解决了|恢复了>
{t.np}的问题解决了，谢谢
<办好了|收到了>，一切正常

= still_angry
<这|这样>根本<没用|不算回答>
第<三|四|五>次收到<一样|同样>的<回复|话>
<还是|依旧>没有结果，全是<套话|空话>
都{days}了，<什么都没变|还是坏的>
你们到底看没看我写的？
<早试过了|做过了>，{times}，还有别的办法吗
这叫<敷衍|复制粘贴>，不叫回答
{t.np}的事{weeks}前就这么说过
没解决，<还在等|没下文>
我不要<道歉|链接>，我要解决

= answer
{hello}{t.help}。{help.end}
{hello}{sorry}{t.help}。
{sorry}{t.help}。{help.end}
{hello}感谢您的<咨询|反馈|提醒>。{t.help}。
{hello}关于{t.np}：{t.help}。{help.end}
{t.help}，<已为您核实|刚为您查过>。{help.end}
{hello}好消息：{t.help}。

= hello
<您好|你好>，
<您好|上午好|下午好>！
{first}您好，

= sorry
<抱歉|非常抱歉>给您带来<不便|困扰>，
<理解您的心情|这确实不应该>，
感谢您的耐心，

= help.end
<希望能帮到您|有问题随时找我们>。
<祝您愉快|祝好>。
如果<还不行|没恢复>请再留言。
我们会一直跟进到解决。

= ask
{hello}{sorry}{ask.what}？
{hello}{ask.what}？
{hello}<为了核实|为了帮您>，请补充：{ask.what}？
<很乐意|可以>帮您看{t.np}的问题，{ask.what}？
{hello}关于{t.np}，{ask.what}？
{sorry}{ask.what}[，另外{ask.what}]？

= ask.what
您<看到了什么|试过哪些办法>
是<几点|哪一天>发生的
当时提示的内容是什么
方便再描述一下经过吗
是在哪个<城市|地区>
有受理编号吗
您第一次<发现|联系我们>是什么时候
是本人账户还是联名账户

= divert
{hello}请拨打400-555-{1000-9999}{divert.end}
{hello}<请私信我们|麻烦私信我们|请发私信给我们>{divert.end}
{hello}请到{your_branch}办理{divert.end}
{sorry}请私信我们，一起看{t.np}的问题
<这个只能|此事需要>通过<电话|网点|私信>处理{divert.end}
{hello}{t.np}由客服热线负责，请拨打400-555-{1000-9999}
请把<卡号后四位|工单号>私信给我们{divert.end}
{hello}关于{t.np}，请在官网填写表单

= your_branch
就近网点
任一网点（带身份证）
附近的营业厅

= divert.end
。
，同事会为您<处理|解答>。
，方便我们<核实|查询>。
，谢谢。
，并备好客户号。

= automatic
感谢您的留言，我们已收到您的信息，将在24小时内回复您。
【自动回复】您的消息已收到，工作人员将按顺序为您解答。
您的反馈已登记，编号{100000-999999}，请勿回复本消息。
感谢联系！当前客服繁忙，我们会尽快回复您。

= peer_answer
<我也遇到过|一样>，{t.help}
不是银行的人，不过{t.help}
{t.help}，<我这样弄好的|上周刚办过>
试试这个：{t.help}
<好像|据我所知>{t.help}
<我朋友|我老婆>也问过，{t.help}
{t.np}不用担心，{t.help}
<不用打电话|很简单>，{t.help}

= attach
- customer
{bank}，{=text}
- official
{=text}——{bank}
- other
{=text}（{other}也看看）
{=text}，{other}也听听
"""
