"""Writes the pages of `docs/reference/` that repeat what the code says: frames, life cycle, Redis keys, shop API.

python -m ops.generate_docs           write them
python -m ops.generate_docs --check   fail when one is not what the code says
"""

import ast
import inspect
import json
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, SecretStr

from contracts import events, frames
from contracts.wire import WireModel
from handoff_api.channels.webhook import openapi as webhook
from handoff_api.domain import conversation
from handoff_api.store import keys
from policy import load_rules
from policy.page import policy_page
from shop_api import app as shop_app
from shop_api import settings as shop

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by `python -m ops.generate_docs`. Do not edit. -->\n\n"
SOCKETS = (
    ("Shopper → bridge", frames.ShopperCommand),
    ("Bridge → shopper", frames.ShopperFrame),
    ("Agent → bridge", frames.AgentCommand),
    ("Bridge → agent", frames.AgentFrame),
)
VALUES = (
    events.Event, events.MessageBody, events.StatusBody, events.CsatAskBody, events.CsatGivenBody, events.NoteBody,
    events.ConversationView, events.ConversationRow, events.ChannelState, events.Undelivered,
    events.HandoffPackage, events.QueuePlace, events.Reading,
)  # fmt: skip


def _named(annotation: object) -> str:
    """A type as a reader expects it: `str | None`, `list[Event]`."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _named(typing.get_args(annotation)[0])
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__name__
    shown = str(annotation)
    for prefix in ("typing.", "contracts.events.", "contracts.frames.", "contracts.wire.", "datetime."):
        shown = shown.replace(prefix, "")
    return shown


def _model(model: type[BaseModel], title: str) -> Iterator[str]:
    yield f"### {title}\n"
    said = inspect.getdoc(model)
    if said and model.__dict__.get("__doc__"):
        yield said + "\n"
    rows = [(name, field) for name, field in model.model_fields.items() if name not in ("type", "kind")]
    if rows:
        yield "| field | type | |\n|---|---|---|"
        for name, field in rows:
            needed = "" if field.is_required() else "optional"
            yield f"| `{name}` | `{_named(field.annotation).replace('|', '&#124;')}` | {needed} |"
        yield ""


def wire_protocol() -> Iterator[str]:
    yield "# The wire protocol\n"
    yield (inspect.getdoc(frames) or "").split("\n", 1)[1].strip() + "\n"
    yield "Sockets: `/v1/shopper/socket` and `/v1/agent/socket`. Long poll of the shopper: `POST /v1/shopper/frames`,"
    yield "`GET /v1/shopper/events`, `POST /v1/shopper/poll` (both at once).\n"
    for title, union in SOCKETS:
        yield f"## {title}\n"
        for member in typing.get_args(typing.get_args(union)[0]):
            yield from _model(member, f"`{member.model_fields['type'].default}`")
    yield "## Values\n"
    for model in VALUES:
        yield from _model(model, model.__name__)
    yield "## Errors\n"
    yield "Every refused HTTP call and the `error` frame carry the same detail:\n"
    yield from _model(typing.cast(type[WireModel], frames.ErrorDetail), "ErrorDetail")


def life_cycle() -> Iterator[str]:
    yield "# The life cycle of a conversation\n"
    yield (inspect.getdoc(conversation) or "").split("\n", 1)[1].strip() + "\n"
    yield "```mermaid\nstateDiagram-v2"
    for (before, step), after in conversation.TRANSITIONS.items():
        yield f"    {before.value} --> {after.value}: {step.value}"
    yield "```\n\n| status | step | becomes |\n|---|---|---|"
    for (before, step), after in conversation.TRANSITIONS.items():
        yield f"| `{before.value}` | `{step.value}` | `{after.value}` |"


def redis_keys() -> Iterator[str]:
    yield "# Redis keys\n"
    yield (inspect.getdoc(keys) or "") + "\n"
    yield "| key | what it is |\n|---|---|"
    for node in ast.parse(inspect.getsource(keys)).body:
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return):
            said = " ".join((ast.get_docstring(node) or "").split())
            shape = ast.unparse(node.body[-1].value) if node.body[-1].value else ""
            shape = re.sub(r"\{\{\{(\w+)\}\}\}", r"{<\1>}", shape.removeprefix("f").strip("'\""))
            shape = re.sub(r"(?<!<)\{(\w+)\}", r"<\1>", shape)
            yield f"| `{shape.replace('|', '&#124;')}` | {said.replace('|', '&#124;')} |"


PAGES = {"wire-protocol.md": wire_protocol, "life-cycle.md": life_cycle, "redis-keys.md": redis_keys}


def shop_contract() -> str:
    """The OpenAPI document a merchant implements, without the demo's routes."""
    secret = SecretStr("not used: nothing is served")
    settings = shop.Settings(shop_api_token=secret, turn_secret=secret, identity_secret=secret, notice_secret=secret)
    return json.dumps(shop_app.create_app(settings).openapi(), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    stale = []
    texts = {name: MADE + "\n".join(make()).rstrip() + "\n" for name, make in PAGES.items()}
    texts["shop-openapi.json"] = shop_contract()
    texts["webhook-openapi.json"] = json.dumps(webhook.document(), ensure_ascii=False, indent=1) + "\n"
    texts["policy.md"] = MADE + policy_page(load_rules())
    for name, text in texts.items():
        page = FOLDER / name
        if "--check" not in arguments:
            page.write_text(text, encoding="utf-8")
        elif not page.is_file() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"docs/reference/ is behind the code: {', '.join(stale)}. Run: python -m ops.generate_docs")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
