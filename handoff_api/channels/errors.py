"""Why something was not delivered.

NotDelivered
├── TryLater           the platform is busy, away, or did not answer: the same message again, later
├── MayNotSend         held until the shopper writes again
│   ├── WindowClosed     too long since the shopper's last message, or they left
│   └── QuotaUsedUp      the platform allows no more messages for now
└── Refused            for good: the platform will not take this message
    └── MediaIdRefused   it does not know the media id any more
NotFetched             a file that a shopper sent cannot be had, today or ever
"""


class NotDelivered(Exception):
    """`reason` is one Chinese sentence an agent understands; `detail` is for the log (a code, never a text)."""

    reason = "没有送达。"

    def __init__(self, detail: str = "", *, reason: str = "") -> None:
        self.detail = detail
        self.reason = reason or type(self).reason
        super().__init__(detail)


class TryLater(NotDelivered):
    """`is_accepted_perhaps`: the answer was lost after the message had been sent."""

    reason = "平台暂时没有响应，正在重试。"

    def __init__(self, detail: str = "", *, after_s: float | None = None, is_accepted_perhaps: bool = False) -> None:
        super().__init__(detail)
        self.after_s = after_s
        self.is_accepted_perhaps = is_accepted_perhaps


class MayNotSend(NotDelivered):
    reason = "平台现在不允许发送。"


class WindowClosed(MayNotSend):
    reason = "顾客太久没有发消息，或已取消关注，平台不再允许发送；顾客再来消息时会自动补发。"


class QuotaUsedUp(MayNotSend):
    reason = "平台允许的条数已用完；顾客再来消息时会自动补发。"


class Refused(NotDelivered):
    reason = "平台拒绝了这条消息。"


class MediaIdRefused(Refused):
    reason = "平台不认识这个文件了。"


class NotFetched(Exception):
    """`reason` is said behind the name of what is missing; `detail` is for the log."""

    def __init__(self, detail: str, *, reason: str) -> None:
        self.detail = detail
        self.reason = reason
        super().__init__(detail)
