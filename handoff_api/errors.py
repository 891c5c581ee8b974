"""Every way in which the bridge refuses, in one tree, and how a refusal is answered.

BridgeError
├── Theirs: the caller can do something about it
│   ├── TextEmpty · TextTooLong · FrameInvalid · FrameUnknown · RequestInvalid ·
│   │   RulesRefused                                                                422
│   ├── NotSignedIn · TokenInvalid · SignInRefused · PasswordRefused · NoticeRefused  401
│   ├── OriginRefused · Forbidden · NotYourConversation · SignatureRefused          403
│   ├── ShopUnknown · ConversationNotFound · ReadingNotFound · ChoiceUnknown ·
│   │   CannedReplyNotFound · SkillUnknown · ChannelUnknown · AccountNotFound       404
│   ├── IllegalStep · StaleEpoch · AgentAtCapacity · AgentHoldsMore ·
│   │   AgentUnavailable · RatingRefused · LoginTaken · LastAdmin · RulesChanged    409
│   ├── AccountLocked                                                               423
│   └── RateLimited                                                                 429
└── Ours: a part of the system is missing
    └── BotUnavailable · ShopUnavailable · RecordUnavailable                        503
"""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from contracts.frames import ErrorFrame
from contracts.wire import ErrorBody, ErrorDetail

log = structlog.get_logger()


class BridgeError(Exception):
    """`message` is shown to people: one Chinese sentence that says what to do, without shopper data."""

    status_code = 500
    code = "internal"
    message = "系统开小差了，请稍后再试。"
    retry_after_s: int | None = None

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.code)

    def detail(self, reference: str | None = None) -> ErrorDetail:
        return ErrorDetail(code=self.code, message=self.message, reference=reference)


class Theirs(BridgeError):
    status_code = 400
    code = "bad_request"
    message = "请求不正确，请检查后再试。"


class TextEmpty(Theirs):
    status_code = 422
    code = "text_empty"
    message = "请先输入内容再发送。"


class TextTooLong(Theirs):
    status_code = 422
    code = "text_too_long"
    message = "一条消息最多 2000 个字，请分几条发送。"


class FrameInvalid(Theirs):
    status_code = 422
    code = "frame_invalid"
    message = "这条消息的格式不正确，没有被处理。"


class FrameUnknown(Theirs):
    status_code = 422
    code = "frame_unknown"
    message = "不认识的消息类型，没有被处理。"


class RequestInvalid(Theirs):
    status_code = 422
    code = "request_invalid"
    message = "请求的内容不正确，请检查后再试。"


class FileRefused(Theirs):
    status_code = 415
    code = "file_refused"
    message = "这个文件不能发送，请换成 JPG、PNG、WebP 或 GIF 图片。"


class FileTooLarge(Theirs):
    status_code = 413
    code = "file_too_large"
    message = "文件太大了，一个文件最多 15 MB。"


class PictureTooLarge(Theirs):
    status_code = 413
    code = "picture_too_large"
    message = "图片的尺寸太大了，请截取需要的部分或换一张再发。"


class TooManyFiles(Theirs):
    status_code = 429
    code = "too_many_files"
    message = "今天发送的图片和文件太多了，请明天再发，或用文字说明情况。"


class FileNotFound(Theirs):
    status_code = 404
    code = "file_not_found"
    message = "这个文件不存在或已过期。"


class NotSignedIn(Theirs):
    status_code = 401
    code = "not_signed_in"
    message = "请先登录。"


class TokenInvalid(Theirs):
    status_code = 401
    code = "token_refused"
    message = "会话已失效，请刷新页面后再试。"


class SignInRefused(Theirs):
    status_code = 401
    code = "sign_in_refused"
    message = "账号或密码不正确。"


class PasswordRefused(Theirs):
    status_code = 401
    code = "password_refused"
    message = "当前密码不正确。"


class NoticeRefused(Theirs):
    status_code = 401
    code = "notice_refused"
    message = "通知的签名或时间不正确。"


class OriginRefused(Theirs):
    status_code = 403
    code = "origin_refused"
    message = "不允许从这个网站访问。"


class Forbidden(Theirs):
    status_code = 403
    code = "forbidden"
    message = "您没有这项权限。"


class NotYourConversation(Theirs):
    status_code = 403
    code = "not_your_conversation"
    message = "这个会话现在由其他同事负责。"


class SignatureRefused(Theirs):
    status_code = 403
    code = "signature_refused"
    message = "签名、时间或密钥不正确。"


class ChannelUnknown(Theirs):
    status_code = 404
    code = "channel_unknown"
    message = "没有配置这个渠道。"


class ShopUnknown(Theirs):
    status_code = 404
    code = "shop_unknown"
    message = "没有找到这家店铺。"


class ConversationNotFound(Theirs):
    status_code = 404
    code = "conversation_not_found"
    message = "没有找到这个会话。"


class ReadingNotFound(Theirs):
    status_code = 404
    code = "reading_not_found"
    message = "这条消息还没有识别结果。"


class ShopRefused(Theirs):
    """The shop says no, in its own words, which are made to be read."""

    status_code = 409
    code = "shop_refused"
    message = "店铺系统没有接受这个操作。"


class CannedReplyNotFound(Theirs):
    status_code = 404
    code = "canned_reply_not_found"
    message = "没有找到这条快捷回复，可能已被删除。"


class ChoiceUnknown(Theirs):
    status_code = 404
    code = "choice_unknown"
    message = "这个按钮已经失效，请直接输入您的问题。"


class SkillUnknown(Theirs):
    status_code = 404
    code = "skill_unknown"
    message = "没有同事负责这个技能组，请选择其他技能组。"


class AccountNotFound(Theirs):
    status_code = 404
    code = "account_not_found"
    message = "没有找到这个账号。"


class LoginTaken(Theirs):
    status_code = 409
    code = "login_taken"
    message = "这个登录名已被使用，请换一个。"


class RulesChanged(Theirs):
    status_code = 409
    code = "rules_changed"
    message = "规则刚刚被其他人修改过，请刷新后再改。"


class RulesRefused(Theirs):
    """The message names the place and the mistake."""

    status_code = 422
    code = "rules_refused"
    message = "规则没有保存，请检查后再试。"


class LastAdmin(Theirs):
    status_code = 409
    code = "last_admin"
    message = "至少要保留一位管理员，请先指定另一位。"


class IllegalStep(Theirs):
    status_code = 409
    code = "illegal_step"
    message = "会话的状态已经变化，这个操作现在不能进行。"


class StaleEpoch(Theirs):
    status_code = 409
    code = "stale_epoch"
    message = "会话的负责人已经变化，请刷新后再试。"


class AgentAtCapacity(Theirs):
    status_code = 409
    code = "agent_at_capacity"
    message = "接待数已满，请先结束一个会话。"


class CallbackRefused(Theirs):
    status_code = 409
    code = "callback_refused"
    message = "这个时间已经不能预约，请重新选择。"


class AgentHoldsMore(Theirs):
    status_code = 409
    code = "agent_holds_more"
    message = "该客服手上的会话已超过这个数，请先转接或等会话结束。"


class AgentUnavailable(Theirs):
    status_code = 409
    code = "agent_unavailable"
    message = "这位同事现在不在线，请选择其他同事或转回队列。"


class QuoteUnknown(Theirs):
    status_code = 404
    code = "quote_unknown"
    message = "引用的消息已撤回或不在这个会话里，请去掉引用再发送。"


class RecallRefused(Theirs):
    status_code = 409
    code = "recall_refused"
    message = "发出超过两分钟的消息不能撤回。"


class RecallImpossible(Theirs):
    status_code = 409
    code = "recall_impossible"
    message = "这条消息不能撤回：只能撤回自己在网页渠道发出的文字消息。"


class PresetNotFound(Theirs):
    status_code = 404
    code = "preset_not_found"
    message = "没有找到这个视图或宏，可能已被删除。"


class PresetsFull(Theirs):
    status_code = 409
    code = "presets_full"
    message = "视图和宏已经很多了，请先删除不用的。"


class RatingRefused(Theirs):
    status_code = 409
    code = "rating_refused"
    message = "这次服务已经评价过，或还没有结束。"


class AccountLocked(Theirs):
    status_code = 423
    code = "account_locked"
    message = "登录失败次数过多，账号已暂时锁定，请 15 分钟后再试。"
    retry_after_s = 900


class RateLimited(Theirs):
    status_code = 429
    code = "rate_limited"
    message = "操作太快了，请稍等片刻再试。"
    retry_after_s = 5


class Ours(BridgeError):
    status_code = 503
    code = "unavailable"


class BotUnavailable(Ours):
    code = "bot_unavailable"
    message = "智能客服暂时无法回答。"


class ShopUnavailable(Ours):
    code = "shop_unavailable"
    message = "店铺系统暂时无法访问，请稍后再试。"


class RecordUnavailable(Ours):
    code = "record_unavailable"
    message = "系统暂时无法保存，请稍后再试。"


def error_frame(error: BridgeError, reference: str | None = None) -> ErrorFrame:
    """The one way in which a socket answers a refusal."""
    return ErrorFrame(error=error.detail(reference))


def answer(error: BridgeError) -> JSONResponse:
    """The one way in which HTTP answers a refusal."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else None
    body = ErrorBody(error=error.detail()).model_dump(mode="json")
    return JSONResponse(body, status_code=error.status_code, headers=headers)


_OF_HTTP = {
    400: ("bad_request", "请求没有完整到达，请再试一次。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
}


class _OfHttp(BridgeError):
    """A refusal of the framework itself (no such route, wrong method) in our shape."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        self.code, message = _OF_HTTP.get(status_code, ("http_error", None))
        super().__init__(message)


def _fields_at_fault(error: RequestValidationError) -> str:
    """Names them, never their values."""
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return "请求的内容不是正确的 JSON。"
    fields = sorted({".".join(str(part) for part in each["loc"][1:]) or "body" for each in error.errors()})
    return f"请求的内容不正确：{'、'.join(fields)[:200]}"


def install(app: FastAPI) -> None:
    """Answer every refusal and every surprise of `app` with `ErrorBody`."""

    async def refused(_: Request, error: Any) -> JSONResponse:
        return answer(error)

    async def invalid(_: Request, error: Any) -> JSONResponse:
        return answer(RequestInvalid(_fields_at_fault(error)))

    async def of_http(_: Request, error: Any) -> JSONResponse:
        response = answer(_OfHttp(error.status_code))
        response.headers.update(error.headers or {})  # which methods are allowed
        return response

    async def surprised(request: Request, error: Any) -> JSONResponse:
        log.error("request.failed", path=request.url.path, error=type(error).__name__)
        return answer(BridgeError())

    app.add_exception_handler(BridgeError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, surprised)
