"""The action server: rasa-sdk's executor behind FastAPI and a bearer token.

A crash in an action is answered by an honest line and two ways on, and logged with the action's name; the tracker,
which holds what the shopper wrote, is never logged.
"""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from starlette.exceptions import HTTPException

from actions.choices import person, retry
from actions.errors import ActionError, CallRefused
from actions.registry import build_actions
from actions.services import Services
from actions.settings import Settings, read_settings
from contracts.bot_output import BotCustom
from contracts.edge import BodyLimit
from policy import load_rules

log = structlog.get_logger()

LARGEST_TRACKER = 8_388_608
"""Rasa sends the whole conversation along with every action."""
NO_CALL = CallRefused("The call is not an action call.", code="bad_call", status_code=422)
OF_HTTP = {404: ("not_found", "There is no such address."), 405: ("method_not_allowed", "Only POST /webhook acts.")}


@dataclass(frozen=True)
class ActionCall:
    """What Rasa posts. Its own fields are rasa-sdk's affair; the two that are named are all this file reads."""

    next_action: str
    tracker: dict[str, Any]
    payload: dict[str, Any]


async def read_call(request: Request) -> ActionCall:
    """By hand: a model would copy the whole conversation twice at every action, once in and once out."""
    try:
        payload = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise NO_CALL from None
    match payload:
        case {"next_action": str(name), "tracker": {"sender_id": str()} as tracker}:
            return ActionCall(name, tracker, payload)
    raise NO_CALL


def create_app(settings: Settings | None = None, services: Services | None = None) -> FastAPI:
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = services or build_services(settings)
        app.state.executor = build_executor(app.state.services)
        yield
        if services is None:
            await app.state.services.shop_http.aclose()

    app = FastAPI(title="Shouhou actions", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(ActionError, _say_error)
    app.add_exception_handler(HTTPException, _say_http_error)
    app.add_middleware(BodyLimit, largest=LARGEST_TRACKER)

    async def check_caller(request: Request) -> None:
        _check_caller(request, settings)

    @app.post("/webhook", dependencies=[Depends(check_caller)])  # before the body is looked at
    async def run_action(request: Request) -> JSONResponse:
        return await _run(request.app.state.executor, await read_call(request))

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/health/ready")
    async def ready(request: Request) -> dict[str, str]:
        """Ready when the actions are registered; a shop that is down is said to the shopper, not to the supervisor."""
        return {"status": "ok", "actions": str(len(request.app.state.executor.actions))}

    return app


def build_services(settings: Settings) -> Services:
    http = httpx.AsyncClient(
        base_url=settings.shop_api_url,
        timeout=settings.shop_timeout.total_seconds(),
        headers={"Authorization": f"Bearer {settings.shop_api_token.get_secret_value()}"},
        trust_env=False,
    )
    return Services(shop_http=http, rules=load_rules())


def build_executor(services: Services) -> ActionExecutor:
    executor = ActionExecutor()
    for action in build_actions(services):
        executor.register_action(action)
    return executor


def _check_caller(request: Request, settings: Settings) -> None:
    expected = f"Bearer {settings.actions_token.get_secret_value()}"
    if not secrets.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
        raise CallRefused("The bearer token is missing or wrong.")


async def _run(executor: ActionExecutor, call: ActionCall) -> JSONResponse:
    payload = {**call.payload, "domain": call.payload.get("domain") or {}}  # ours read none, so none need be sent
    try:
        result = await executor.run(payload)
    except ActionNotFoundException:
        raise CallRefused("There is no such action.", code="unknown_action", status_code=404) from None
    except Exception:  # the process edge: the shopper gets a line, the log gets the trace
        log.exception("action.crashed", action=call.next_action, sender_id=call.tracker.get("sender_id"))
        return JSONResponse({"events": [], "responses": [_apology(call)]})
    return JSONResponse(result.model_dump() if isinstance(result, BaseModel) else result)


def _apology(call: ActionCall) -> dict[str, Any]:
    latest = call.tracker.get("latest_message") or {}
    intent = (latest.get("intent") or {}).get("name") or "greet"
    choices = [person(primary=True), retry(intent).model_copy(update={"style": "default"})]
    custom = BotCustom(choices=choices).model_dump(mode="json", exclude_none=True)
    return {"response": "utter_action_crashed", "text": None, "custom": custom}


async def _say_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ActionError)
    return JSONResponse(error.body().model_dump(), status_code=error.status_code)


async def _say_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, said = OF_HTTP.get(error.status_code, ("http_error", "The call could not be understood."))
    refused = CallRefused(said, code=code, status_code=error.status_code)
    return JSONResponse(refused.body().model_dump(), status_code=refused.status_code, headers=error.headers)
