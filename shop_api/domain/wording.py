"""What a shopper reads about a case: the next step for every status, and the line of a proactive notice."""

from datetime import datetime
from decimal import Decimal

from contracts.shop import CaseStatus, CaseType
from policy.calendar import in_chinese, legal_day

CASE_NAMES = {
    CaseType.REFUND_ONLY: "仅退款",
    CaseType.RETURN_REFUND: "退货退款",
    CaseType.EXCHANGE: "换货",
    CaseType.REPAIR: "维修",
    CaseType.RESEND: "补寄",
}
NEXT_STEPS = {
    CaseStatus.APPLIED: "申请已提交，我们会在{day}前审核完并告诉您结果。",
    CaseStatus.APPROVED: "申请已通过，请在{day}前寄回商品，并填写快递单号。",
    CaseStatus.REJECTED: "申请没有通过，您可以在{day}前修改后重新提交，或申请人工介入。",
    CaseStatus.WAIT_SHOPPER_SHIP: "请在{day}前把商品寄到退货地址，并填写快递单号。",
    CaseStatus.WAIT_SHOP_RECEIVE: "您寄回的包裹在路上，我们收到后会尽快验货。",
    CaseStatus.INSPECTING: "我们已收到商品，会在{day}前完成验货。",
    CaseStatus.REPAIRING: "商品正在维修，预计{day}前修好寄回。",
    CaseStatus.REFUNDING: "退款正在处理，会在{day}前按原支付方式退出。",
    CaseStatus.RESHIPPING: "商品正在准备寄出，会在{day}前发货。",
    CaseStatus.WAIT_SHOPPER_CONFIRM: "商品已经寄出，收到后请确认；到{day}没有问题会自动完成。",
    CaseStatus.DONE: "售后已完成，感谢您的耐心。",
    CaseStatus.CANCELLED: "售后申请已撤销，需要时可以重新申请。",
    CaseStatus.TIMED_OUT: "超过期限没有操作，售后单已关闭；如还需要，请联系人工客服。",
    CaseStatus.DISPUTED: "已由专人跟进，会在{day}前与您联系。",
}
DONE_BY_TYPE = {
    CaseType.REFUND_ONLY: "退款已原路退回，到账时间以支付渠道为准。",
    CaseType.RETURN_REFUND: "退款已原路退回，到账时间以支付渠道为准。",
    CaseType.EXCHANGE: "换货已完成，感谢您的耐心。",
    CaseType.REPAIR: "维修已完成，感谢您的耐心。",
    CaseType.RESEND: "补寄已完成，感谢您的耐心。",
}


def next_step(case_type: CaseType, status: CaseStatus, deadline_at: datetime | None, now: datetime) -> str:
    """One sentence: who does what until which day."""
    if status is CaseStatus.DONE:
        return DONE_BY_TYPE[case_type]
    day = in_chinese(legal_day(deadline_at), seen_from=legal_day(now)) if deadline_at else ""
    return NEXT_STEPS[status].format(day=day)


def notice_text(case_type: CaseType, title: str, sentence: str, refund: Decimal | None, status: CaseStatus) -> str:
    """The line the shopper gets unasked when a case moves on."""
    money = f"金额{refund}元，" if status is CaseStatus.DONE and refund else ""
    return f"您的「{title}」{CASE_NAMES[case_type]}有新进展：{money}{sentence}"
