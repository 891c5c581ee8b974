"""How the engine names what it was told: reasons, terms, levels, payers, kinds. Chinese, for cards and packages."""

from contracts.shop import CaseReason, CaseType, MemberLevel, ReturnTerms
from contracts.verdict import FreightPayer

REASONS = {
    CaseReason.NO_REASON: "不想要了",
    CaseReason.SIZE: "尺码或规格不合适",
    CaseReason.QUALITY: "质量问题",
    CaseReason.DAMAGED: "收到时破损",
    CaseReason.WRONG_ITEM: "发错商品",
    CaseReason.MISSING_ITEM: "少发漏发",
    CaseReason.NOT_AS_DESCRIBED: "与描述不符",
    CaseReason.LATE: "发货或配送太慢",
    CaseReason.NOT_RECEIVED: "没有收到货",
    CaseReason.OTHER: "其他原因",
}
TERMS = {
    ReturnTerms.SEVEN_DAYS: "支持7天无理由退货",
    ReturnTerms.EXCLUDED_BY_LAW: "依法不适用7天无理由退货",
    ReturnTerms.EXCLUDED_CONFIRMED: "下单时已确认不支持7天无理由退货",
}
LEVELS = {
    MemberLevel.REGULAR: "普通会员",
    MemberLevel.SILVER: "白银会员",
    MemberLevel.GOLD: "黄金会员",
    MemberLevel.DIAMOND: "钻石会员",
}
CASE_TYPES = {
    CaseType.REFUND_ONLY: "仅退款",
    CaseType.RETURN_REFUND: "退货退款",
    CaseType.EXCHANGE: "换货",
    CaseType.REPAIR: "维修",
    CaseType.RESEND: "补寄",
    CaseType.INTERCEPT: "拦截退款",
    CaseType.PRICE_PROTECTION: "价保退差",
}
PAYERS = {FreightPayer.SHOP: "我们", FreightPayer.SHOPPER: "您"}
YES_NO = {True: "是", False: "否"}
HOURS_SAID_AS_DAYS = 72


def duration(hours: int) -> str:
    """48小时, but 7天 rather than 168小时."""
    return f"{hours}小时" if hours < HOURS_SAID_AS_DAYS else f"{hours // 24}天"
