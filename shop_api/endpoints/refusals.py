"""Every refused call answers the one error shape, and the OpenAPI document says which ones to expect."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from starlette.exceptions import HTTPException

from contracts.wire import ErrorBody, ErrorDetail
from shop_api.errors import ServiceUnauthorized, ShopError, TurnTokenRefused

log = structlog.get_logger()

UNSTORABLE = ("22021", "22P05")
OF_HTTP = {
    400: ("bad_request", "请求没有完整到达，请再试一次。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
}


def documented(*errors: type[ShopError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: its own errors beside those of every /v1 call."""
    by_status: dict[int, list[str]] = {422: ["invalid_request"]}
    every: tuple[type[ShopError], ...] = (ServiceUnauthorized, TurnTokenRefused, *errors)
    for error in every:
        by_status.setdefault(error.status_code, []).append(error.code)
    return {
        status: {"model": ErrorBody, "description": " / ".join(f"`{code}`" for code in codes)}
        for status, codes in sorted(by_status.items())
    }


def answer(status: int, code: str, message: str) -> JSONResponse:
    body = ErrorBody(error=ErrorDetail(code=code, message=message))
    return JSONResponse(body.model_dump(mode="json"), status_code=status)


def add_refusals(app: FastAPI) -> None:
    app.add_exception_handler(ShopError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(DBAPIError, _refuse_value)
    app.add_exception_handler(OperationalError, _say_unavailable)
    app.add_exception_handler(Exception, _fail)


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ShopError)
    log.info("call.refused", path=request.url.path, code=error.code)
    return answer(error.status_code, error.code, error.message)


async def _refuse_shape(request: Request, error: Exception) -> JSONResponse:
    """Names the fields at fault, never their values."""
    assert isinstance(error, RequestValidationError)
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return answer(422, "invalid_request", "请求的内容不是正确的 JSON。")
    fields = ", ".join(sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()}))
    return answer(422, "invalid_request", f"请求格式不对：{fields[:200]}")


async def _refuse_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, message = OF_HTTP.get(error.status_code, ("http_error", "请求不正确，请检查后再试。"))
    response = answer(error.status_code, code, message)
    response.headers.update(error.headers or {})  # which methods are allowed
    return response


async def _refuse_value(request: Request, error: Exception) -> JSONResponse:
    """A value no column can hold, such as a NUL character in PostgreSQL. Everything else is our own failure."""
    assert isinstance(error, DBAPIError)
    if not isinstance(error, DataError) and getattr(error.orig, "sqlstate", None) not in UNSTORABLE:
        return await _fail(request, error)
    return answer(422, "invalid_request", "请求里有无法保存的字符。")


async def _say_unavailable(request: Request, error: Exception) -> JSONResponse:
    log.error("database.unavailable", path=request.url.path, problem=type(error).__name__)
    return answer(503, "shop_unavailable", "系统正忙，请稍后再试。")


async def _fail(request: Request, error: Exception) -> JSONResponse:
    log.error("call.failed", path=request.url.path, problem=type(error).__name__)
    return answer(500, "shop_failed", "系统暂时出了问题，请稍后再试。")
