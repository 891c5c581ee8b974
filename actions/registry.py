"""All actions of the server. An action that is not here does not exist; a test holds this against the domain."""

from actions.aftersale_form import ActionFinishAftersale, ValidateAftersaleForm
from actions.base import ShopAction
from actions.cases import (
    ActionChangeCase,
    ActionExplainRefundAmount,
    ActionShowCases,
    ActionShowRefund,
    ActionTellReturnAddress,
    ActionTellReturnFreight,
    ActionWithdrawCase,
)
from actions.clarify import ActionClarify
from actions.conversation import (
    ActionAffirm,
    ActionDeny,
    ActionGreet,
    ActionRepeatLast,
    ActionResumeRequest,
    ActionTakeInformation,
)
from actions.general_answers import ActionAnswerInGeneral
from actions.handoff import ActionCalmAbuse, ActionEscalateComplaint, ActionRaiseEmergency, ActionRequestHandoff
from actions.invoices import ActionShowInvoice
from actions.logistics import (
    ActionArrangeDelivery,
    ActionCheckNotReceived,
    ActionCheckStuckParcel,
    ActionExplainRefusal,
    ActionTellArrival,
    ActionTellCarrier,
    ActionTellShipDate,
    ActionTrackParcel,
    ActionUrgeDelivery,
    ActionUrgeShipping,
)
from actions.order_cancel import ActionCancelOrder
from actions.order_items import ActionChangeItems
from actions.order_receiver import ActionChangeReceiver
from actions.order_restore import ActionRestoreOrder
from actions.orders import ActionShowOrder, ActionTellFreight
from actions.prices import ActionProtectPrice, ActionShowMembership
from actions.products import ActionAnswerAboutProduct
from actions.proof import ValidateOrderProofForm
from actions.repairs import ActionTellWarranty
from actions.returns import ActionExplainReturnPolicy, ActionOfferQualityPaths, ActionTellRefundDestination
from actions.service_requests import ActionArrangeInstallation, ActionCheckCoupon, ActionServePrivacy
from actions.services import Services
from actions.tickets import ActionRaiseComplaint

ACTIONS: tuple[type[ShopAction], ...] = (
    ActionAffirm,
    ActionAnswerAboutProduct,
    ActionAnswerInGeneral,
    ActionArrangeDelivery,
    ActionArrangeInstallation,
    ActionCalmAbuse,
    ActionCancelOrder,
    ActionChangeCase,
    ActionChangeItems,
    ActionChangeReceiver,
    ActionCheckCoupon,
    ActionCheckNotReceived,
    ActionCheckStuckParcel,
    ActionClarify,
    ActionDeny,
    ActionEscalateComplaint,
    ActionExplainRefundAmount,
    ActionExplainRefusal,
    ActionExplainReturnPolicy,
    ActionFinishAftersale,
    ActionGreet,
    ActionOfferQualityPaths,
    ActionProtectPrice,
    ActionRaiseComplaint,
    ActionRaiseEmergency,
    ActionRepeatLast,
    ActionRequestHandoff,
    ActionRestoreOrder,
    ActionResumeRequest,
    ActionServePrivacy,
    ActionShowCases,
    ActionShowInvoice,
    ActionShowMembership,
    ActionShowOrder,
    ActionShowRefund,
    ActionTakeInformation,
    ActionTellArrival,
    ActionTellCarrier,
    ActionTellFreight,
    ActionTellRefundDestination,
    ActionTellReturnAddress,
    ActionTellReturnFreight,
    ActionTellShipDate,
    ActionTellWarranty,
    ActionTrackParcel,
    ActionUrgeDelivery,
    ActionUrgeShipping,
    ActionWithdrawCase,
    ValidateAftersaleForm,
    ValidateOrderProofForm,
)


def build_actions(services: Services) -> list[ShopAction]:
    """Every action once, and in `services.answers` which of them answers which intent."""
    built = [action(services) for action in ACTIONS]
    services.answers.update({intent: action for action in built for intent in action.intents})
    return built
