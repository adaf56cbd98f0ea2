"""Character tables for texts in a script other than the usual one: Russian in Latin letters, Traditional Chinese."""

from __future__ import annotations

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LATIN = tuple("a,b,v,g,d,e,zh,z,i,j,k,l,m,n,o,p,r,s,t,u,f,h,c,ch,sh,sch,,y,,e,yu,ya".split(","))  # noqa: SIM905

TO_LATIN = str.maketrans(
    {**dict(zip(_CYRILLIC, _LATIN, strict=True)), "ё": "e"}
    | {letter.upper(): latin.capitalize() for letter, latin in zip(_CYRILLIC, _LATIN, strict=True)}
    | {"Ё": "E"}
)

# The characters of our own Chinese wordings that differ, one to one; words whose choice hangs on the context stay out.
_SIMPLIFIED = (
    "万与丑专业东丢两严个临为举么义乐习书买乱争于亏产亲亿仅从们价优会传体余俩债倾偿储儿兑关内册写冲决况冻"
    "净准减几凭击划刘则刚创删别剧劝办务动劲劳区医协单卖占却厅历厉压厦县发变台号后吗听启员咨响园国场坏块坛"
    "垫墙声处备复够头夸奖妈学实宠审对导将尔尘尽届属岁岗岛币师带帮并广应废开张归当录征怀态怜总恶悬惊愿战户"
    "执扫扬扰抚护报担拟拦拨择挂挤损换据摊攒数断无旧时显暂机杂权条来构柜标栏树样档检横欢欧气汇汉汤没测浏涂"
    "涨游湾满灯灵灾炖点炼烟烦热爱状犹独猫环现电画痪瘫监盗盘码确礼离种积称税稳笔签简类紧纠约级纳纷纸纹线组"
    "细织终经绑结绕给绝统继绩续维缓编缘缩网罢职联聪脑脸腾节苹荐荣药获营虑虚补装见规视览觉誉计订认讨让训议"
    "记讲许论讼设访证评识诈诉试诚话询该详语误说请诺读谁调谅谢谣谱负财责败账货质购贴贷费资赔赚赛赞赵赶车转"
    "轮软轻载辆辑输辞边达迁过还这进远违连迟适选邮邻里钓钞钟钥钱铁铢银铺链销锁锅错键锻镇长门闪问闲间闻阅队"
    "阳际陈险随隐难静韩页项顺须预领频题额风饭饼馆馈马驾骂验骑骗骚鱼鲜鸥齐龙"
)
_TRADITIONAL = (
    "萬與醜專業東丟兩嚴個臨為舉麼義樂習書買亂爭於虧產親億僅從們價優會傳體餘倆債傾償儲兒兌關內冊寫衝決況凍"
    "淨準減幾憑擊劃劉則剛創刪別劇勸辦務動勁勞區醫協單賣佔卻廳歷厲壓廈縣發變臺號後嗎聽啟員諮響園國場壞塊壇"
    "墊牆聲處備復夠頭誇獎媽學實寵審對導將爾塵盡屆屬歲崗島幣師帶幫並廣應廢開張歸當錄徵懷態憐總惡懸驚願戰戶"
    "執掃揚擾撫護報擔擬攔撥擇掛擠損換據攤攢數斷無舊時顯暫機雜權條來構櫃標欄樹樣檔檢橫歡歐氣匯漢湯沒測瀏塗"
    "漲遊灣滿燈靈災燉點煉煙煩熱愛狀猶獨貓環現電畫瘓癱監盜盤碼確禮離種積稱稅穩筆簽簡類緊糾約級納紛紙紋線組"
    "細織終經綁結繞給絕統繼績續維緩編緣縮網罷職聯聰腦臉騰節蘋薦榮藥獲營慮虛補裝見規視覽覺譽計訂認討讓訓議"
    "記講許論訟設訪證評識詐訴試誠話詢該詳語誤說請諾讀誰調諒謝謠譜負財責敗賬貨質購貼貸費資賠賺賽贊趙趕車轉"
    "輪軟輕載輛輯輸辭邊達遷過還這進遠違連遲適選郵鄰裡釣鈔鐘鑰錢鐵銖銀鋪鏈銷鎖鍋錯鍵鍛鎮長門閃問閒間聞閱隊"
    "陽際陳險隨隱難靜韓頁項順須預領頻題額風飯餅館饋馬駕罵驗騎騙騷魚鮮鷗齊龍"
)

TO_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
