"""Which photos help a person decide, by reason. A wish, never a condition: who has none is still heard."""

from contracts.shop import CaseReason

CHECKLIST: dict[CaseReason, tuple[str, ...]] = {
    CaseReason.QUALITY: ("有问题的部位近照", "商品全貌", "能看出问题的短视频（有的话）"),
    CaseReason.DAMAGED: ("破损处近照", "外包装", "快递面单"),
    CaseReason.WRONG_ITEM: ("收到的商品全貌", "型号或吊牌", "快递面单"),
    CaseReason.MISSING_ITEM: ("收到的全部商品", "外包装", "快递面单"),
    CaseReason.NOT_AS_DESCRIBED: ("实物全貌", "和页面不一样的地方"),
}


def evidence_for(reason: CaseReason) -> list[str]:
    """Empty where the reason needs no proof."""
    return list(CHECKLIST.get(reason, ()))
