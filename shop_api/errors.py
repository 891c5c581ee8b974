"""The errors of the shop; each becomes the one error shape with its status.

ShopError
├── ServiceUnauthorized 401   TurnTokenRefused 401   SignInNeeded 403   DemoNotHere 403
├── OrderNotFound 404   CaseNotFound 404   TicketNotFound 404   ShopperNotFound 404
├── VersionConflict 409   IllegalStep 409   CaseExists 409   NotWaitingForShipping 409
├── PickUpNotPossible 409   EvidenceNotTaken 409   TicketDone 409
├── ChangeTooLate 409   OptionNotThere 409   NotCancellable 409   NotRestorable 409   QuantityRefused 409
├── StepNotYours 403
├── IdempotencyKeyNeeded 400   IdempotencyMismatch 422
├── CaseRefused 422   CaseInvalid 422   InvoiceRefused 422
└── TooManyAttempts 429
"""


class ShopError(Exception):
    """A call the shop refuses. `message` is one Chinese sentence without shopper data."""

    status_code = 400
    code = "bad_request"
    message = "请求无法处理。"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.code)


class ServiceUnauthorized(ShopError):
    status_code = 401
    code = "service_unauthorized"
    message = "缺少或错误的服务令牌。"


class TurnTokenRefused(ShopError):
    status_code = 401
    code = "turn_token_refused"
    message = "会话令牌无效或已过期，请重试。"


class SignInNeeded(ShopError):
    status_code = 403
    code = "sign_in_needed"
    message = "请先登录，或用订单号和收件手机号后四位验证订单。"


class DemoNotHere(ShopError):
    status_code = 403
    code = "demo_not_here"
    message = "演示接口只在本机开放。"


class OrderNotFound(ShopError):
    status_code = 404
    code = "order_not_found"
    message = "没有查到这笔订单，请核对订单号。"


class CaseNotFound(ShopError):
    status_code = 404
    code = "case_not_found"
    message = "没有查到这个售后单，请核对单号。"


class TicketNotFound(ShopError):
    status_code = 404
    code = "ticket_not_found"
    message = "没有查到这个工单，请核对单号。"


class ShopperNotFound(ShopError):
    status_code = 404
    code = "shopper_not_found"
    message = "没有这位顾客。"


class VersionConflict(ShopError):
    status_code = 409
    code = "version_conflict"
    message = "内容刚刚有更新，请刷新后再试。"


class IllegalStep(ShopError):
    status_code = 409
    code = "illegal_step"
    message = "售后单当前的状态不能这样操作。"


class CaseExists(ShopError):
    status_code = 409
    code = "case_exists"
    message = "这件商品已有进行中的售后单，不需要重复申请。"


class NotWaitingForShipping(ShopError):
    status_code = 409
    code = "not_waiting_for_shipping"
    message = "这笔订单现在不是待发货状态，不需要催发货。"


class PickUpNotPossible(ShopError):
    status_code = 409
    code = "pick_up_not_possible"
    message = "这个售后单现在不需要上门取件。"


class EvidenceNotTaken(ShopError):
    status_code = 409
    code = "evidence_not_taken"
    message = "这个售后单已经结束，或者照片已经够多了。"


class TicketDone(ShopError):
    status_code = 409
    code = "ticket_done"
    message = "这张工单已经办结，不能再改。"


class ChangeTooLate(ShopError):
    status_code = 409
    code = "change_too_late"
    message = "这笔订单已经发出或正在退款，收货信息和商品不能再改了。"


class OptionNotThere(ShopError):
    status_code = 409
    code = "option_not_there"
    message = "这个规格没有了或者库存不够，请换一个规格。"


class NotCancellable(ShopError):
    """The message is the policy's explanation: what can be done instead."""

    status_code = 409
    code = "not_cancellable"


class NotRestorable(ShopError):
    """The message is the policy's explanation: why, and what can be done instead."""

    status_code = 409
    code = "not_restorable"


class QuantityRefused(ShopError):
    """The message is the policy's explanation: why, and what can be done instead."""

    status_code = 409
    code = "quantity_refused"


class StepNotYours(ShopError):
    status_code = 403
    code = "step_not_yours"
    message = "这一步要由另一方来操作。"


class IdempotencyKeyNeeded(ShopError):
    status_code = 400
    code = "idempotency_key_needed"
    message = "写操作需要 Idempotency-Key 请求头。"


class IdempotencyMismatch(ShopError):
    status_code = 422
    code = "idempotency_mismatch"
    message = "同一个 Idempotency-Key 不能用于不同的内容。"


class CaseRefused(ShopError):
    """The message is the explanation of the verdict, ready to be read by the shopper."""

    status_code = 422
    code = "case_refused"


class CaseInvalid(ShopError):
    status_code = 422
    code = "case_invalid"
    message = "商品或数量与订单不符，请核对后再申请。"


class InvoiceRefused(ShopError):
    """The message is the explanation of the verdict, ready to be read by the shopper."""

    status_code = 422
    code = "invoice_refused"


class TooManyAttempts(ShopError):
    status_code = 429
    code = "too_many_attempts"
    message = "验证次数过多，请过一会儿再试，或联系人工客服。"
