"""How many: 两件, 3个, 一双, x2. The value is a whole number; `extra["unit"]` the measure word."""

import re
from typing import List, Text

from bot.language.entities.chinese_numbers import CHARACTERS, NUMBER, number_of
from bot.language.entities.entity import Entity

UNITS = (
    "件|双|条|瓶|盒|包|箱|套|台|部|只|支|本|袋|罐|桶|把|副|对|斤|公斤|千克|kg|组|卷|枚|颗|片|顶|"
    "辆|盏|根|提|床|串|扎|听|板|筒|块|张|份|个|单"
)
# What is counted with the same words but is not goods: 一个月, 三个问题, 两张券, 一条短信.
NOT_GOODS = (
    r"(?!月|小时|钟头|星期|礼拜|周|工作日|季度|人|问题|说法|交代|解释|答复|理由|办法|方案|选择|"
    r"选项|电话|地址|手机号|号|码|尺码|快递|客服|字|图|群|道理|态度|"
    r"活动|券|优惠|红包|发票|短信|信息|消息|评价|评论|差评|好评|视频|照片|图片|链接|截图|订单|"
    r"单号|单子|收据|证明|合同|通知|建议|意思|包裹|城市|推(?!车)|里|单(?!鞋|肩)|地方|回复|投诉|机会|"
    r"版本|平台|店|商家|师傅|小哥|维修|品牌|型号|颜色|款|种|样|都没|人工|部分|起球|别|"
    r"下|时|半|多月|多小时|多星期|来月|名字|抬头|公司|账号|帐号|流程|审核|包装)"
)
# Where the measure word begins another word: 3只是, 2包邮, 1对吗.
NO_UNIT = (
    r"(?!只[是能有要想可用看]|包[邮装裹括含退换赔修你我]|提[供交前醒示现货出到取]|"
    r"对[吗吧不的于方比我你]|把[我你它他钱货订地这那握]|本[人店来身地月周]|部[分门都]|份额)"
)
NOT_AFTER = rf"(?<![第哪每某另同整上下几多{CHARACTERS}\d.])"
COUNTED = re.compile(rf"{NOT_AFTER}({NUMBER})\s?(?:大|小)?{NO_UNIT}({UNITS}){NOT_GOODS}")
TIMES = re.compile(r"(?<![\d.a-z])[x×*]\s?(\d{1,3})(?![\d.a-z])|(?<![\d.a-z])(\d{1,3})[x×](?![\da-z])")
# 一 before these is often only "a": it counts where something was bought, sent, missing, or is to go back.
VAGUE_UNITS = frozenset("个份块张单条片把部本")
VERBS = re.compile(
    r"(?:退|买|拍|少|缺|漏|发|换|要|寄|收到?|剩|补|坏|碎|破|订|多|送|丢|留|烂|差|只有|下|来|错|"
    r"还有)(?:了|发了?|我|过|掉|的|寄)?$"
)
THESE = re.compile(r"[这那]$")
DO_AFTER = re.compile(r"^.{0,4}?(?:坏|碎|破|漏|没|烂|少|缺|都|退|裂|不|是|错|换)")
WHOLE = {"一": 1}


def _is_vague(folded: Text, match: "re.Match[str]") -> bool:
    """Whether `一个` is the article rather than the number."""
    number = number_of(match[1])
    before = folded[max(0, match.start() - 4) : match.start()]
    if THESE.search(before) and number == 1:
        return True
    if number != 1 or match[1] == "1" or match[2] not in VAGUE_UNITS:
        return False
    if VERBS.search(before):
        return match[2] == "单" and not before.endswith("下")
    return not (before in ("", " ") and match[2] in "个份" and DO_AFTER.search(folded[match.end() :]))


def read_quantities(folded: Text) -> List[Entity]:
    found = []
    for match in COUNTED.finditer(folded):
        number = number_of(match[1])
        if number is None or number == 0 or number > 9999 or match[2] == "单" or _is_vague(folded, match):
            continue
        found.append(Entity("quantity", str(number), *match.span(), {"unit": match[2]}, 0.85))
    for match in TIMES.finditer(folded):
        found.append(Entity("quantity", str(int(match[1] or match[2])), *match.span(), {"unit": ""}, 0.8))
    return found
