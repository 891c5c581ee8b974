"""Whom an invoice is made out to: a company's name, or 个人."""

import re
from typing import List, Optional, Text

from bot.language.entities.entity import Entity

STRONG_SUFFIX = (
    "有限责任公司|股份有限公司|有限公司|集团公司|分公司|股份公司|集团|事务所|经营部|工作室|合作社|"
    "研究院|研究所|委员会|商行|服务部|贸易行|个体工商户"
)
WEAK_SUFFIX = "公司|大学|学院|中学|小学|幼儿园|学校|医院|中心|协会|银行|厂|店|局|社区|超市|餐厅|酒店"
NAME_MAX = 34
NAME = r"[\u4e00-\u9fffa-zA-Z0-9()（）·&]"
STRONG = re.compile(STRONG_SUFFIX)
CUE = re.compile(
    r"(?:发票)?(?:抬头|名头|公司名称|公司名|单位名称|单位名|单位|名称|公司全称|开票信息|"
    r"开票资料|购买方)(?:写|开|填|改|换|用|错|是|为|就|要|应该|应为|的)*(?:成(?!都)|为|是|写|"
    r"给)?[:：,，\s是]{0,3}"
)
LEAD = re.compile(
    r"^.*(?:抬头|名头|公司名称|公司名|单位名称|单位|名称|公司全称|发票|开给|开成(?!都)|开到|"
    r"开的是|改成(?!都)|改为|换成(?!都)|写成|写的是|写错了?|变成(?!都)|应该是|应该|需要|我们是|"
    r"我是|填|写|开|给|为|是|到|用|要|帮我|麻烦|把)(?:的|了|写|开|填|成(?!都)|为|是|个|一下)?"
)
GENERIC = re.compile(
    r"^(?:你们?|我们?|贵|他们?|这个?|那个?|快递|物流|保险|搬家|什么|哪个|哪家|一个|一家|某|您|"
    r"咱们?|贵司|本|该|单位|公司|个人|上市|大|小|卖家|皮包|骗子|垃圾|黑心)*$"
)
PERSONAL = re.compile(
    r"(?:抬头|名头|发票|开票|开|专票|普票|改成|换成|写|填).{0,6}?(个人)(?!信息|中心|原因|资料|"
    r"所得|主页|页面|觉得|感觉|账户)|^(个人)(?:的|吧|就行|抬头|发票|普票|名义)?[。!]?$"
)
TITLE_AFTER = re.compile(rf"{NAME}{{4,{NAME_MAX}}}")


def _name_before(clean: Text, folded: Text, end: int) -> Optional[Entity]:
    """The name that ends at `end`: back to a sign or to the last word that leads up to it."""
    start = end
    while start > max(0, end - NAME_MAX) and re.match(NAME, clean[start - 1]):
        start -= 1
    lead = LEAD.match(folded[start : end - 2])
    start += lead.end() if lead else 0
    name = clean[start:end]
    if len(name) < 5 or GENERIC.fullmatch(re.sub(rf"(?:{STRONG_SUFFIX}|{WEAK_SUFFIX})$", "", folded[start:end])):
        return None
    return Entity("invoice_title", name, start, end, {"kind": "company"}, 0.9)


def _companies(clean: Text, folded: Text) -> List[Entity]:
    found: List[Entity] = []
    for match in STRONG.finditer(folded):
        entity = _name_before(clean, folded, match.end())
        if entity is None:
            continue
        if found and found[-1].start == entity.start:  # …科技集团有限公司: the later suffix is the whole name
            found.pop()
        found.append(entity)
    return found


def _cued(clean: Text, folded: Text) -> List[Entity]:
    """After 抬头 and the like, a name with a weaker ending will do: 抬头 深圳市第三人民医院."""
    found = []
    for cue in CUE.finditer(folded):
        match = TITLE_AFTER.match(clean, cue.end())
        suffixes = list(re.finditer(WEAK_SUFFIX, match[0])) if match else []
        if not match or not suffixes:
            continue
        end = cue.end() + suffixes[-1].end()
        name = clean[cue.end() : end]
        if (
            len(name) >= 4
            and not GENERIC.fullmatch(re.sub(rf"(?:{WEAK_SUFFIX})$", "", name))
            and not re.search(r"[吗呢怎么]|可以|能不能|^(?:不|别|要|换|改|写|没|用)", name)
        ):
            found.append(Entity("invoice_title", name, cue.end(), end, {"kind": "company"}, 0.85))
    return found


def _personal(folded: Text) -> List[Entity]:
    match = PERSONAL.search(folded)
    if match is None:
        return []
    group = 1 if match[1] else 2
    return [Entity("invoice_title", "个人", *match.span(group), {"kind": "personal"}, 0.8)]


def read_invoice_titles(clean: Text, folded: Text) -> List[Entity]:
    companies = _companies(clean, folded)
    if not companies:
        companies = _cued(clean, folded)
    return companies or _personal(folded)
