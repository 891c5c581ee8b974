"""What the words beside a number say it is."""

import re
from typing import Optional, Pattern, Text

BEFORE, AFTER = 18, 10

CUES = {
    "refund": "退款编号|退款单号|退款单|售后单号|售后编号|售后单|服务单号|服务单|维修单号",
    "payment": "交易号|流水号|支付单号|商户单号|付款单号|交易单号",
    "order": "订单编号|订单号码|订单号|定单号|订单|定单|单子|下单|这单|这笔|order",
    "tracking": (
            "顺丰|圆通|中通|申通|韵达|极兔|京东快递|京东物流|邮政|ems|德邦|百世|快递单号|物流单号|"
            "运单号码|运单号|运单|面单|快递号|快递单|物流号|快递|物流|包裹|寄回|寄出|已寄|退回去|回寄"
        ),
    "single": "单号|单子号|编号",
    "tax": "纳税人识别号|纳税识别号|统一社会信用代码|社会信用代码|信用代码|识别号|税号|税务登记号",
    "id_card": "身份证号码|身份证号|身份证|身分证|证件号码|证件号|证件",
    "gift_card": (
            "礼品卡卡号|礼品卡号|会员卡卡号|会员卡号|购物卡号|购物卡卡号|e卡卡号|e卡号|储值卡号|"
            "提货卡号|礼品卡|会员卡|购物卡|储值卡|充值卡|提货卡|e卡|电话卡|流量卡|卡密|兑换码|券码|"
            "激活码|序列号|条形码|条码|货号|sn码|imei|取件码|取货码|邮编|工号|群号|qq|店铺id"
        ),
    "bank_card": (
            "银行卡号|银行卡|银行账号|银行账户|储蓄卡|信用卡|借记卡|工资卡|卡号|账号|帐号|开户行|农行|"
            "工行|建行|招行|中行|交行|邮储|农商行|银行"
        ),
    "phone": "手机号码|手机号|手机|电话号码|电话|联系方式|联系我|打给我|微信号|微信|号码|拨打|打我|座机",
}  # fmt: skip
# One search for all of them; the longest word of a place must come first, or 手机 would hide 手机号码.
WORDS = sorted(((word, cue) for cue, words in CUES.items() for word in words.split("|")), key=lambda w: -len(w[0]))
CUE_OF = dict(WORDS)
ANY_CUE: "Pattern[str]" = re.compile("|".join(re.escape(word) for word, _ in WORDS))
NO_MORE = re.compile(r"[。！？!?；;\n]")


def cue_before(folded: Text, start: int) -> Optional[Text]:
    """The kind the nearest word before `start` names, within the same sentence and 18 characters."""
    window = folded[max(0, start - BEFORE) : start]
    cut = max((match.end() for match in NO_MORE.finditer(window)), default=0)
    nearest = None
    for match in ANY_CUE.finditer(window, cut):
        nearest = CUE_OF[match[0]]
    return nearest


def cue_after(folded: Text, end: int) -> Optional[Text]:
    """The kind the first word right after `end` names (`…的订单`, `是我的手机号`)."""
    match = ANY_CUE.search(folded[end : end + AFTER])
    return CUE_OF[match[0]] if match else None
