"""What a shopper reads about a case: the next step for every status, and the line of a proactive notice."""

from datetime import datetime
from decimal import Decimal

from contracts.shop import CaseStatus, CaseType
from policy.calendar import instant_in_chinese, legal_day

CASE_NAMES = {
    CaseType.REFUND_ONLY: "仅退款",
    CaseType.RETURN_REFUND: "退货退款",
    CaseType.EXCHANGE: "换货",
    CaseType.REPAIR: "维修",
    CaseType.RESEND: "补寄",
    CaseType.INTERCEPT: "拦截退款",
    CaseType.PRICE_PROTECTION: "价保退差",
}
NEXT_STEPS = {
    CaseStatus.APPLIED: "申请已提交，我们会在 {until} 前审核完并告诉您结果。",
    CaseStatus.APPROVED: "申请已通过，请在 {until} 前寄回商品，并填写快递单号。",
    CaseStatus.REJECTED: "申请没有通过，您可以在 {until} 前修改后重新提交，或申请人工介入。",
    CaseStatus.WAIT_SHOPPER_SHIP: "请在 {until} 前把商品寄到退货地址，并填写快递单号。",
    CaseStatus.WAIT_SHOP_RECEIVE: "您寄回的包裹在路上，我们收到后会尽快验货。",
    CaseStatus.INSPECTING: "我们已收到商品，会在 {until} 前完成验货。",
    CaseStatus.REPAIRING: "商品正在维修，预计 {until} 前修好寄回。",
    CaseStatus.REFUNDING: "退款正在处理，会在 {until} 前按原支付方式退出。",
    CaseStatus.RESHIPPING: "商品正在准备寄出，会在 {until} 前发货。",
    CaseStatus.WAIT_SHOPPER_CONFIRM: "商品已经寄出，收到后请确认；到 {until} 没有问题会自动完成。",
    CaseStatus.DONE: "售后已完成，感谢您的耐心。",
    CaseStatus.CANCELLED: "售后申请已撤销，需要时可以重新申请。",
    CaseStatus.TIMED_OUT: "超过期限没有操作，售后单已关闭；如还需要，请联系人工客服。",
    CaseStatus.DISPUTED: "已由专人跟进，会在 {until} 前与您联系。",
}
NEXT_STEPS_OF = {
    (CaseType.INTERCEPT, CaseStatus.APPLIED): (
        "已请快递拦截，会在 {until} 前告诉您结果。没拦住的话，送到时可以当面拒收，也可以签收后申请退货。"
    ),
    (CaseType.INTERCEPT, CaseStatus.REJECTED): "包裹没有拦下来，送到时可以当面拒收，也可以签收后申请退货。",
    (CaseType.INTERCEPT, CaseStatus.WAIT_SHOP_RECEIVE): "包裹已经拦下，正在退回，我们收到后会尽快为您退款。",
}
DONE_BY_TYPE = {
    CaseType.REFUND_ONLY: "退款已原路退回，到账时间以支付渠道为准。",
    CaseType.RETURN_REFUND: "退款已原路退回，到账时间以支付渠道为准。",
    CaseType.EXCHANGE: "换货已完成，感谢您的耐心。",
    CaseType.REPAIR: "维修已完成，感谢您的耐心。",
    CaseType.RESEND: "补寄已完成，感谢您的耐心。",
    CaseType.INTERCEPT: "退款已原路退回，到账时间以支付渠道为准。",
    CaseType.PRICE_PROTECTION: "差价已原路退回，到账时间以支付渠道为准。",
}


def next_step(case_type: CaseType, status: CaseStatus, deadline_at: datetime | None, now: datetime) -> str:
    """One sentence: who does what until which hour."""
    if status is CaseStatus.DONE:
        return DONE_BY_TYPE[case_type]
    until = instant_in_chinese(deadline_at, seen_from=legal_day(now)) if deadline_at else ""
    return NEXT_STEPS_OF.get((case_type, status), NEXT_STEPS[status]).format(until=until)


def escalated_text(case_type: CaseType, title: str, owner: str, until: datetime, now: datetime) -> str:
    """The shop was late: said as it is, with who has it now and until when."""
    hour = instant_in_chinese(until, seen_from=legal_day(now))
    return f"您的「{title}」{CASE_NAMES[case_type]}没有按时处理好，很抱歉。已经交给{owner}，{hour} 前给您结果。"


def ticket_escalated_text(ticket_id: str, owner: str, until: datetime, now: datetime) -> str:
    hour = instant_in_chinese(until, seen_from=legal_day(now))
    return f"工单 {ticket_id} 没有按时答复您，很抱歉。已经交给{owner}，{hour} 前给您结果。"


def ticket_done_text(ticket_id: str, subject: str, answer: str) -> str:
    told = f"：{answer}" if answer else "。还有问题随时告诉我们。"
    return f"工单 {ticket_id}（{subject}）已经办好{told}"


def invoice_issued_text(order_number: str, title: str, email: str) -> str:
    where = "已经发到您的邮箱，在订单详情里也能下载" if email else "在订单详情里可以下载"
    return f"订单 {order_number} 的发票已经开好，抬头：{title}，{where}。"


def notice_text(case_type: CaseType, title: str, sentence: str, refund: Decimal | None, status: CaseStatus) -> str:
    """The line the shopper gets unasked when a case moves on."""
    money = f"金额{refund}元，" if status is CaseStatus.DONE and refund else ""
    return f"您的「{title}」{CASE_NAMES[case_type]}有新进展：{money}{sentence}"
