"""Sums of money: ¥99.9, 一百二十块, 9块9, 少退了20. The value is yuan with two places, as on the wire."""

import re
from decimal import Decimal
from typing import Iterator, List, Optional, Text

from bot.language.entities.chinese_numbers import CHARACTERS, number_of
from bot.language.entities.entity import Entity

FIGURE = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?"
# 块 also counts batteries and watches, and 一块 means together.
GOODS_IN_PIECES = (
    r"(?!电池|表|手表|屏|玻璃|布|肥皂|香皂|板|瓷砖|砖|木|毛巾|地垫|石|饼|蛋糕|巧克力|硬盘|显卡|"
    r"主板|充电宝|给|退|买|发|寄|换|下单|付|算)"
)
SIGNED = re.compile(rf"(?:¥|￥|\$|rmb|人民币)\s?({FIGURE})(?!\d)")
WITH_UNIT = re.compile(
    rf"(?<![\d.a-z])({FIGURE})\s?(万)?\s?多?(?:元|圆|块钱|块(?!\d){GOODS_IN_PIECES}|rmb|人民币|块(?=\d))(?:(\d)(?!\d)[毛角]?)?"
)
IN_CHARACTERS = re.compile(
    rf"(?<![第{CHARACTERS}])([{CHARACTERS}]{{1,8}})多?(?:元钱?|块钱|块{GOODS_IN_PIECES})([{CHARACTERS}]?)(?:[毛角])?"
)
CENTS = re.compile(rf"(?<![\d.{CHARACTERS}])(\d{{1,2}}|[{CHARACTERS}])[毛角]钱?(?!巾|衣|绒|线|刺|病|落)")
LACKED = re.compile(r"[少缺差]了?$")  # 拼图少了三块
TOLD = re.compile(
    r"(?:少退|多扣|多收|只退|才退|应该?退|该退|退了|退我|退给我|差价|差了|补差价?|补我|赔偿?|赔我|花了?|"
    r"付了|实付|降到|降了|涨到|涨了|便宜了|优惠|减了?|满|"
    r"卖|售价|价格|原价|现价|到手价|扣了|扣我|转了|刷了|充了|金额)(?:我|了|给我|是|为|:|：|\s){0,3}"
    r"(\d{1,6}(?:\.\d{1,2})?)(?![\d.]|\s?(?:[个件天次号码折分小时年月日双瓶盒包台套条只支袋箱斤张%:点]|多天|来天))"
)


def _yuan(number: Decimal) -> Text:
    return str(number.quantize(Decimal("0.01")))


def _decimal(figure: Text) -> Decimal:
    return Decimal(figure.replace(",", ""))


def _with_unit(match: "re.Match[str]") -> Decimal:
    tenths = Decimal(match[3]) / 10 if match[3] else Decimal(0)
    return _decimal(match[1]) * (10_000 if match[2] else 1) + tenths


def _in_characters(match: "re.Match[str]") -> Optional[Decimal]:
    whole, tenths = number_of(match[1]), number_of(match[2]) if match[2] else 0
    is_together = match[1] == "一" and not match[0].startswith(("一块钱", "一元"))
    is_pieces = LACKED.search(match.string[: match.start()][-2:]) and "钱" not in match[0] and "元" not in match[0]
    if whole is None or is_together or is_pieces or tenths is None or tenths > 9:
        return None
    return Decimal(whole) + Decimal(tenths) / 10


def _matches(folded: Text) -> Iterator["tuple[int, int, Optional[Decimal], float]"]:
    for match in SIGNED.finditer(folded):
        yield match.start(), match.end(), _decimal(match[1]), 0.97
    for match in WITH_UNIT.finditer(folded):
        yield match.start(), match.end(), _with_unit(match), 0.95
    for match in IN_CHARACTERS.finditer(folded):
        yield match.start(), match.end(), _in_characters(match), 0.9
    for match in CENTS.finditer(folded):
        cents = number_of(match[1])
        yield match.start(), match.end(), None if cents is None else Decimal(cents) / 10, 0.85
    for match in TOLD.finditer(folded):
        yield match.start(1), match.end(1), _decimal(match[1]), 0.75


def read_amounts(folded: Text) -> List[Entity]:
    return [
        Entity("amount", _yuan(yuan), start, end, {}, confidence)
        for start, end, yuan, confidence in _matches(folded)
        if yuan is not None
    ]
