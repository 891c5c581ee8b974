"""What can go wrong in an action.

ActionError
├── CallRefused          the caller of the action server is not the bot, or its call is not one (theirs)
├── ShopUnavailable      the shop did not answer in time, or answered with its own failure (said aloud, tried again)
└── ShopSaidNo
    ├── OrderNotFound    no such order for this shopper; another shopper's order looks the same
    └── ShopRefused      the shop understood and declined, with its code
"""

from contracts.wire import ErrorBody, ErrorDetail


class ActionError(Exception):
    """`message` carries no shopper data; the shop's own are Chinese and may be shown."""

    status_code = 500
    code = "action_failed"

    def __init__(self, message: str = "", *, code: str | None = None, status_code: int | None = None) -> None:
        super().__init__(message or self.__class__.__name__)
        self.message = message
        self.code = code or self.code
        self.status_code = status_code or self.status_code

    def body(self) -> ErrorBody:
        return ErrorBody(error=ErrorDetail(code=self.code, message=self.message or "The action could not be run."))


class CallRefused(ActionError):
    status_code = 401
    code = "unauthorized"


class ShopUnavailable(ActionError):
    status_code = 503
    code = "shop_unavailable"


class ShopSaidNo(ActionError):
    status_code = 409
    code = "refused"


class OrderNotFound(ShopSaidNo):
    status_code = 404
    code = "order_not_found"


class ShopRefused(ShopSaidNo):
    """`code` is the shop's own word: `case_refused`, `version_conflict`, `illegal_step`, `rate_limited` …"""
